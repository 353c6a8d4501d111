"""Agreement against scikit-learn, against counting pairs, and on bad input."""

from __future__ import annotations

from itertools import combinations
from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from segmentation import SegmentError, agreement
from segmentation.trust.compare import _adjusted_rand


def groups_of(letters: str, first: int = 0) -> pd.Series:
    """Give area E0, E1, ... (or from a later one) the groups spelt by `letters`."""
    return pd.Series(
        list(letters), index=[f"E{first + n}" for n in range(len(letters))]
    )


def test_the_same_groups_under_other_names_agree_wholly() -> None:
    found = agreement(groups_of("112233"), groups_of("bbccaa"))
    assert (found.rand, found.information, found.matched) == (1, 1, 1)
    assert found.high == 1
    assert found.n == 6


def test_the_table_and_the_matched_share_can_be_counted_by_hand() -> None:
    found = agreement(groups_of("11112222"), groups_of("aaabbbbb"))
    assert found.table.to_numpy().tolist() == [[3, 1], [0, 4]]
    assert (found.table.index.name, found.table.columns.name) == ("ours", "official")
    assert found.matched == 7 / 8


def test_areas_are_matched_by_code_and_the_rest_listed() -> None:
    ours, official = groups_of("1122"), groups_of("bbcc", first=1)
    found = agreement(ours, official)
    assert found.n == 3
    assert found.left_out == ("E0", "E4")
    assert found.rand == adjusted_rand_score(list("122"), list("bbc"))
    assert "2 areas could not be compared" in str(found)


def test_an_area_with_a_missing_group_is_left_out() -> None:
    official = groups_of("aabb").where([True, True, True, False])
    found = agreement(groups_of("1122"), official)
    assert (found.n, found.left_out) == (3, ("E3",))


def test_groups_may_be_numbers() -> None:
    ours, official = groups_of("1122"), groups_of("1122").astype("int64")
    assert agreement(ours, official).rand == 1


def test_the_sentence_says_interval_and_base() -> None:
    sentence = str(agreement(groups_of("112233" * 9), groups_of("112223" * 9)))
    assert sentence.startswith("ARI 0.")
    assert "95 % interval 0." in sentence
    assert "n = 54 areas; 3 groups against 3" in sentence
    assert "could not be compared" not in sentence


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(5)
    chances = np.array([[0.20, 0.05, 0.05], [0.05, 0.25, 0.05], [0.05, 0.05, 0.25]])
    truth = _adjusted_rand((chances * 1e8).astype("int64")[np.newaxis])[0]
    covered = 0
    for _ in range(100):
        cells = random.choice(9, size=150, p=chances.ravel())
        codes = [f"E{number}" for number in range(150)]
        ours = pd.Series(cells // 3, index=codes).astype(str)
        official = pd.Series(cells % 3, index=codes).astype(str)
        found = agreement(ours, official, resamples=199)
        covered += found.low <= truth <= found.high
    assert 88 <= covered <= 100


def test_a_series_from_another_index_is_refused() -> None:
    with pytest.raises(SegmentError, match=r"0 areas are in both .*'E0'.*; 3 in .*0"):
        agreement(groups_of("112"), groups_of("112").reset_index(drop=True))


def test_an_area_given_twice_is_refused() -> None:
    twice = pd.concat([groups_of("12"), groups_of("1")])
    with pytest.raises(SegmentError, match=r"official gives 1 areas .*'E0'"):
        agreement(groups_of("12"), twice)


def test_one_resample_is_too_few() -> None:
    with pytest.raises(SegmentError, match="1 resamples"):
        agreement(groups_of("12"), groups_of("12"), resamples=1)


pairs_of_groups = st.lists(
    st.tuples(st.sampled_from("123"), st.sampled_from("abcd")), min_size=2, max_size=30
)


@given(pairs_of_groups)
def test_the_index_is_what_counting_pairs_gives(rows: list[tuple[str, str]]) -> None:
    ours = groups_of("".join(a for a, _ in rows))
    official = groups_of("".join(b for _, b in rows))
    found = agreement(ours, official, resamples=2)
    both = [(a == c, b == d) for (a, b), (c, d) in combinations(rows, 2)]
    together = sum(one and other for one, other in both)
    in_ours, in_official = (sum(column) for column in zip(*both, strict=True))
    chance = in_ours * in_official / len(both)
    room = (in_ours + in_official) / 2 - chance
    assert found.rand == pytest.approx((together - chance) / room if room else 1)
    assert found.information == pytest.approx(
        adjusted_mutual_info_score(ours, official)
    )
    assert _adjusted_rand(found.table.to_numpy()[np.newaxis])[0] == pytest.approx(
        found.rand
    )


@given(pairs_of_groups, st.randoms(use_true_random=False))
def test_row_order_and_names_of_groups_do_not_matter(
    rows: list[tuple[str, str]], random: Random
) -> None:
    ours = groups_of("".join(a for a, _ in rows))
    official = groups_of("".join(b for _, b in rows))
    found = agreement(ours, official, resamples=20)
    order = random.sample(range(len(rows)), len(rows))
    shuffled = agreement(ours.iloc[order], official, resamples=20)
    assert (shuffled.rand, shuffled.low, shuffled.high) == (
        found.rand,
        found.low,
        found.high,
    )
    renamed = agreement(ours.map({"1": "x", "2": "z", "3": "y"}), official)
    assert renamed.rand == pytest.approx(found.rand)
    assert renamed.matched == found.matched
