"""Maturity scores from coders' levels, two or three rows at a time."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time
from statistics import mean, median
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.evidence import COMPONENTS, maturity_scores

Row = tuple[Any, ...]


def coded(*rows: Row) -> pd.DataFrame:
    columns = ["place", "component", "coder", "score", "phase"]
    return pd.DataFrame(rows, columns=columns)


def test_a_level_is_the_median_of_coders_and_a_score_the_mean_of_levels() -> None:
    found = maturity_scores(
        coded(
            ("A", "value", "Ann", 1, "before"),
            ("A", "value", "Bob", 2, "before"),
            ("A", "value", "Cem", 4, "before"),
            ("A", "process", "Ann", 3, "before"),
            ("A", "process", "Bob", 4, "before"),
        ),
        components=["value", "process"],
    )
    assert found.profile.loc["A"].to_dict() == {"value": 2.0, "process": 3.5}
    assert found.score["A"] == 2.75
    assert (found.coders, found.components) == (3, ("value", "process"))


def test_a_blank_is_no_low_level_and_leaves_no_score() -> None:
    found = maturity_scores(
        coded(
            ("A", "value", "Ann", 4, "before"),
            ("A", "process", "Ann", None, "before"),
            ("B", "value", "Ann", None, "before"),
        ),
        components=["value", "process"],
    )
    assert found.score.index.tolist() == ["A", "B"]
    assert found.score.isna().all()
    assert found.profile.loc["A", "value"] == 4


def test_evidence_from_after_the_flags_is_left_out_and_counted() -> None:
    found = maturity_scores(
        coded(
            ("A", "value", "Ann", 1, "before"),
            ("A", "value", "Bob", 1, "before"),
            ("A", "value", "Ann", 4, "after"),
            ("B", "value", "Ann", 4, "after"),
            ("B", "value", "Bob", None, "after"),
        ),
        components=["value"],
    )
    assert found.score["A"] == 1.0
    assert pd.isna(found.score["B"])
    assert found.left_out_after == 2
    assert "2 scores of evidence from after the flags left out" in str(found)


def test_components_that_are_not_chosen_do_not_count() -> None:
    rows = coded(
        ("A", "value", "Ann", 3, "before"), ("A", "process", "Ann", 1, "before")
    )
    assert maturity_scores(rows, components=["value"]).score.to_dict() == {"A": 3.0}


def test_agreement_is_given_by_component() -> None:
    rows = [
        (place, "value", coder, level, "before")
        for place, levels in {"A": (1, 1), "B": (3, 2), "C": (4, 4)}.items()
        for coder, level in zip(("Ann", "Bob"), levels, strict=True)
    ]
    found = maturity_scores(coded(*rows), components=["value"]).agreement
    assert found.loc["value", "units"] == 3
    assert found.loc["value", "exact_agreement"] == pytest.approx(2 / 3)
    # Observed 2 x 1 / 6, expected 2 x 99 / 30: see the docstring of `agreement`.
    assert found.loc["value", "alpha"] == pytest.approx(1 - (2 / 6) / (198 / 30))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("A", "value", "Ann", 2, "before")], "1 of 1 levels rest on fewer than two"),
        (
            [("A", "value", "Ann", 1, None), ("A", "value", "Bob", 1, None)],
            "2 scores do not say whether their evidence is from before",
        ),
        (
            [
                (place, "value", coder, level, "before")
                for place, levels in {"A": (1, 4), "B": (4, 1)}.items()
                for coder, level in zip(("Ann", "Bob"), levels, strict=True)
            ],
            "Coders agree too little (ordinal alpha below 0.667) on: value -0.50",
        ),
    ],
)
def test_what_weakens_a_score_is_said(rows: list[Row], words: str) -> None:
    found = maturity_scores(coded(*rows), components=["value"])
    assert any(words in warning for warning in found.warnings), found.warnings


def test_two_coders_who_agree_are_not_warned_of() -> None:
    rows = [
        (place, "value", coder, level, "before")
        for place, level in {"A": 1, "B": 4}.items()
        for coder in ("Ann", "Bob")
    ]
    assert maturity_scores(coded(*rows), components=["value"]).warnings == ()


def test_without_a_phase_column_scores_are_taken_and_it_is_said() -> None:
    rows = coded(("A", "value", "Ann", 2, None)).drop(columns="phase")
    found = maturity_scores(rows, components=["value"])
    assert found.score["A"] == 2.0
    assert any("do not say" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("A", "value", "Ann", 5, "before"), r"1 scores are not a level .*\['5'\]"),
        (("A", "value", "Ann", 0, "before"), "a blank is not a low level"),
        (("A", "value", "Ann", 2.5, "before"), "not a level"),
        (("A", "value", "Ann", "high", "before"), r"\['high'\]"),
        (("A", "culture", "Ann", 1, "before"), r"seen \['culture'\]"),
        ((None, "value", "Ann", 1, "before"), "1 scores name no place or no coder"),
        (("A", "value", None, 1, "before"), "1 scores name no place or no coder"),
    ],
)
def test_bad_rows_are_refused(row: Row, words: str) -> None:
    with pytest.raises(InsightError, match=words):
        maturity_scores(coded(row))


def test_one_coder_has_one_say() -> None:
    rows = coded(("A", "value", "Ann", 1, "before"), ("A", "value", "Ann", 2, "before"))
    with pytest.raises(InsightError, match="first 'value' of 'A'"):
        maturity_scores(rows)


@pytest.mark.parametrize("components", [[], ["culture"]])
def test_components_are_the_reports_four(components: list[str]) -> None:
    with pytest.raises(InsightError, match="components of insight are"):
        maturity_scores(coded(), components=components)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InsightError, match=r"maturity lacks \['coder'\]"):
        maturity_scores(coded().drop(columns="coder"))


cells = st.dictionaries(
    st.tuples(
        st.sampled_from("ABC"),
        st.sampled_from(COMPONENTS),
        st.sampled_from(["Ann", "Bob", "Cem"]),
    ),
    st.one_of(st.none(), st.integers(1, 4)),
    max_size=14,
)
Cells = dict[tuple[str, str, str], int | None]


@settings(max_examples=50)
@given(cells, st.randoms(use_true_random=False))
def test_a_plain_loop_gives_the_same_scores(levels: Cells, random: Random) -> None:
    rows = [(*cell, level, "before") for cell, level in levels.items()]
    found = maturity_scores(coded(*random.sample(rows, len(rows)))).score
    assert sorted(found.index) == sorted({place for place, _, _ in levels})
    for place in found.index:
        by_component = [
            [
                level
                for (where, what, _), level in levels.items()
                if where == place and what == component and level is not None
            ]
            for component in COMPONENTS
        ]
        if all(by_component):
            assert found[place] == mean(median(given) for given in by_component)
        else:
            assert pd.isna(found[place])


def test_what_is_agreed_stands_for_the_median_and_is_not_measured() -> None:
    rows = coded(
        ("A", "value", "Ann", 1, "before"),
        ("A", "value", "Bob", 4, "before"),
        ("A", "value", "agreed by Ann and Bob", 2, "before"),
        ("B", "value", "Ann", 3, "before"),
        ("B", "value", "Bob", None, "before"),
        ("B", "value", "agreed by Cem", None, "before"),
        ("C", "value", "Ann", 3, "before"),
        ("C", "value", "Bob", 3, "before"),
    )
    found = maturity_scores(rows, components=["value"])
    assert found.profile["value"].tolist()[::2] == [2.0, 3.0]
    assert pd.isna(found.profile.loc["B", "value"])
    assert (found.coders, found.settled) == (2, 2)
    assert found.agreement.loc["value", "units"] == 2
    assert "2 levels were agreed after coding" in str(found)


def test_two_agreed_levels_of_one_cell_are_refused() -> None:
    rows = coded(
        ("A", "value", "agreed by Ann", 2, "before"),
        ("A", "value", "agreed by Bob", 3, "before"),
    )
    with pytest.raises(InsightError, match="repeat a place, component and coder"):
        maturity_scores(rows)


def test_a_score_may_be_the_median_of_the_profile() -> None:
    rows = coded(
        *((("A", name, "Ann", level, "before"))
          for name, level in zip(COMPONENTS, (1, 1, 2, 4), strict=True))
    )  # fmt: skip
    assert maturity_scores(rows).score["A"] == 2.0
    assert maturity_scores(rows, summary="median").score["A"] == 1.5
    with pytest.raises(InsightError, match="summary is 'sum'"):
        maturity_scores(rows, summary="sum")  # type: ignore[arg-type]
