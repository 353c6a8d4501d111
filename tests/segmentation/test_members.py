"""Typical and atypical members, by hand and against plain loops."""

from __future__ import annotations

import math
from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation import SegmentError
from segmentation.explain.members import representative_members

FEATURES = pd.DataFrame(
    {"x": [0.0, 1.0, 3.0, 9.0, 9.5], "y": [0.0, 0.0, 4.0, 0.0, 0.0]},
    index=["E1", "E2", "E3", "E4", "E5"],
)
SEGMENTS = pd.Series(["1", "1", "1", "2", "2"], FEATURES.index)
CENTRES = pd.DataFrame({"x": [0.0, 9.0], "y": [0.0, 0.0]}, index=["1", "2"])


def listed(n: int, segment: str, kind: str) -> list[tuple[str, float]]:
    found = representative_members(FEATURES, SEGMENTS, CENTRES, n)
    rows = found[(found["segment"] == segment) & (found["kind"] == kind)]
    return list(zip(rows["member"], rows["distance"], strict=True))


def test_the_nearest_are_typical_and_the_farthest_are_not() -> None:
    assert listed(1, "1", "typical") == [("E1", 0.0)]
    assert listed(1, "1", "atypical") == [("E3", 5.0)]


def test_no_area_is_listed_twice() -> None:
    assert [member for member, _ in listed(2, "1", "typical")] == ["E1", "E2"]
    assert [member for member, _ in listed(2, "1", "atypical")] == ["E3"]
    assert listed(9, "2", "atypical") == []


def test_of_two_equally_far_the_lower_code_comes_first() -> None:
    features = pd.DataFrame(
        {"x": [1.0, -1.0, 2.0, -2.0]}, index=["E2", "E1", "E4", "E3"]
    )
    one = pd.Series("1", features.index)
    found = representative_members(features, one, pd.DataFrame({"x": [0.0]}, ["1"]), 1)
    assert found["member"].tolist() == ["E1", "E3"]


def test_areas_without_a_segment_are_nobodys_members() -> None:
    some = SEGMENTS.where(SEGMENTS.index != "E1")
    found = representative_members(FEATURES, some, CENTRES, 9)
    assert "E1" not in found["member"].tolist()


@pytest.mark.parametrize(
    ("segments", "centres", "n", "match"),
    [
        (pd.Series({"W1": "1"}), CENTRES, 1, "1 areas have no features: 'W1'"),
        (pd.Series({"E1": "9"}), CENTRES, 1, "1 segments have no centre: '9'"),
        (pd.Series(["1", "2"], ["E1", "E1"]), CENTRES, 1, "areas stand twice: 'E1'"),
        (SEGMENTS, CENTRES.assign(z=0.0), 1, "1 features are lacking: 'z'"),
        (SEGMENTS, CENTRES, 0, "n is 0"),
    ],
)
def test_codes_that_do_not_match_are_refused(
    segments: pd.Series, centres: pd.DataFrame, n: int, match: str
) -> None:
    with pytest.raises(SegmentError, match=match):
        representative_members(FEATURES, segments, centres, n)


@given(
    st.lists(st.tuples(st.integers(-9, 9), st.sampled_from("12")), min_size=1),
    st.integers(1, 4),
    st.randoms(use_true_random=False),
)
def test_members_are_what_a_plain_loop_lists_in_any_row_order(
    rows: list[tuple[int, str]], n: int, random: Random
) -> None:
    codes = [f"E{at:03}" for at in range(len(rows))]
    mixed = random.sample(codes, len(codes))
    features = pd.DataFrame({"x": [float(x) for x, _ in rows]}, codes)
    segments = pd.Series([code for _, code in rows], codes)
    centres = pd.DataFrame({"x": [0.5, -3.0]}, ["1", "2"])
    found = representative_members(features.loc[mixed], segments, centres, n)
    for code in set(segments):
        away = [
            (math.dist([x], centres.loc[code]), area)
            for (x, own), area in zip(rows, codes, strict=True)
            if own == code
        ]
        typical = [area for _, area in sorted(away)[:n]]
        own = found[found["segment"] == code]
        assert own[own["kind"] == "typical"]["member"].tolist() == typical
        rest = [pair for pair in away if pair[1] not in typical]
        rest.sort(key=lambda pair: (-pair[0], pair[1]))
        listed = own[own["kind"] == "atypical"]["member"].tolist()
        assert listed == [area for _, area in rest[:n]]
