"""Gain and Gini by hand, by plain loops, and as published for the OAC of 2021."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pytest reads it at run time
from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import SegmentError
from segmentation.explain.gain import gain, gain_curve
from segmentation.explain.outcomes import Outcome, outcome_of
from segmentation.explain.side_by_side import compare_gain

CODES = [f"E{number}" for number in range(8)]
ILL = Outcome(
    name="Ill health",
    count=pd.Series([30.0, 20, 25, 25, 5, 5, 10, 0], CODES),
    base=pd.Series(100.0, CODES),
)
TWO = pd.Series(list("11112222"), CODES)


def plain_gini(count: pd.Series, base: pd.Series, segments: pd.Series) -> float:
    """Sum trapezoids below the curve, one segment after the other."""
    parts = [
        (count[segments == code].sum(), base[segments == code].sum())
        for code in segments.unique()
    ]
    parts.sort(key=lambda part: -part[0] / part[1])
    area = found = 0.0
    for part, wide in parts:
        share = part / count.sum()
        area += wide / base.sum() * (found + share / 2)
        found += share
    return 2 * area - 1


def test_gini_and_the_gain_chart_are_what_a_hand_draws() -> None:
    found = gain(ILL, TWO)
    assert found.curve["segment"].tolist() == ["1", "2"]
    assert found.curve["found"].tolist() == pytest.approx([100 / 120, 1])
    assert found.gini == pytest.approx(100 / 120 - 0.5)
    value = found.measures["value"]
    assert value["found_10"] == pytest.approx(0.1 / 0.5 * 100 / 120)
    assert value["found_30"] == pytest.approx(0.3 / 0.5 * 100 / 120)
    assert found.ceiling == pytest.approx(plain_gini(ILL.count, ILL.base, CODES_ALONE))
    assert found.of_ceiling == pytest.approx(found.gini / found.ceiling)
    assert (found.n, found.count, found.base) == (8, 120, 800)


CODES_ALONE = pd.Series(CODES, CODES)


def test_eta_squared_is_the_share_of_variance_between_segments() -> None:
    rates = ILL.count / ILL.base
    within = rates.groupby(TWO).transform(lambda rate: (rate - rate.mean()) ** 2).sum()
    expected = 1 - within / ((rates - rates.mean()) ** 2).sum()
    assert gain(ILL, TWO).measures["value"]["eta_squared"] == pytest.approx(expected)


def test_one_segment_tells_nothing_and_each_area_its_own_tells_all() -> None:
    assert gain(ILL, pd.Series("1", CODES)).gini == pytest.approx(0)
    assert gain(ILL, CODES_ALONE).of_ceiling == pytest.approx(1)


def test_segments_of_noise_are_flattered_and_the_held_out_order_shows_it() -> None:
    random = np.random.default_rng(1)
    codes = [f"E{number:03}" for number in range(200)]
    noise = Outcome(
        name="Noise",
        count=pd.Series(random.binomial(50, 0.1, 200).astype(float), codes),
        base=pd.Series(50.0, codes),
    )
    found = gain(noise, pd.Series(random.integers(0, 40, 200).astype(str), codes))
    assert found.gini > 0.08
    assert abs(found.held_out) < 0.03


def test_the_interval_is_as_wide_as_new_samples_of_areas_are_apart() -> None:
    random = np.random.default_rng(7)

    def drawn() -> tuple[Outcome, pd.Series]:
        segments = random.integers(0, 4, 400)
        rate = np.array([0.05, 0.1, 0.15, 0.3])[segments] * random.uniform(
            0.5, 1.5, 400
        )
        codes = [f"E{number:03}" for number in range(400)]
        count = pd.Series(random.binomial(200, rate).astype(float), codes)
        outcome = Outcome(name="Need", count=count, base=pd.Series(200.0, codes))
        return outcome, pd.Series(segments.astype(str), codes)

    spread = np.std([gain(*drawn(), resamples=2).gini for _ in range(60)])
    low, high = gain(*drawn()).measures.loc["gini", ["low", "high"]]
    assert (high - low) / (2 * 1.96) == pytest.approx(spread, rel=0.3)


def test_what_is_left_out_is_listed_with_what_it_lacks() -> None:
    base = ILL.base.copy()
    base["E0"], base["E1"] = np.nan, 0
    outcome = Outcome(name="Ill health", count=ILL.count, base=base)
    found = gain(outcome, TWO.drop("E7"))
    assert found.n == 5
    assert found.left_out.to_dict() == {
        "E0": "base",
        "E1": "count, base",
        "E7": "segment",
    }
    assert "Areas left out: 3." in str(found)


def test_the_sentence_carries_interval_n_and_base() -> None:
    said = str(gain(ILL, TWO))
    assert said.startswith("Ill health: 2 segments reach a Gini of 0.333 (95 % inter")
    assert said.endswith("(120 over a base of 800, n = 8 areas).")


def test_an_outcome_is_read_from_its_notation() -> None:
    areas = pd.DataFrame({"area_code": CODES, "ill": ILL.count.to_numpy(), "all": 100})
    share = outcome_of(areas, "Ill", "ill / all")
    assert (share.count.sum(), share.base.sum()) == (120, 800)
    assert outcome_of(areas, "Ill", "ill").base.sum() == 8
    with pytest.raises(SegmentError, match="no column is called 'il'"):
        outcome_of(areas, "Ill", "il / all")


def test_segments_without_a_base_have_no_part_in_a_curve() -> None:
    sums = pd.DataFrame({"count": [0, 4], "base": [0, 9]}, index=["1", "2"])
    assert gain_curve(sums)["segment"].tolist() == ["2"]


@pytest.mark.parametrize(
    ("outcome", "match"),
    [
        (Outcome(name="X", count=ILL.count - 9, base=ILL.base), "negative or endless"),
        (Outcome(name="X", count=ILL.count / 0, base=ILL.base), "negative or endless"),
        (Outcome(name="X", count=ILL.count * 0, base=ILL.base), "counts sum to 0"),
        (Outcome(name="X", count=ILL.count[:1], base=ILL.base), "1 of 8 areas have"),
    ],
)
def test_outcomes_that_cannot_be_separated_are_refused(
    outcome: Outcome, match: str
) -> None:
    with pytest.raises(SegmentError, match=match):
        gain(outcome, TWO)


def test_an_area_given_twice_or_no_resamples_are_refused() -> None:
    with pytest.raises(SegmentError, match="'segment' give an area twice"):
        gain(ILL, pd.concat([TWO, TWO]))
    with pytest.raises(SegmentError, match="1 resamples give no interval"):
        gain(ILL, TWO, resamples=1)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 40), st.sampled_from("1234")),
        min_size=2,
        max_size=20,
    ).filter(lambda rows: any(count for count, _, _ in rows)),
    st.randoms(use_true_random=False),
)
def test_gini_is_a_plain_loops_below_its_ceiling_and_blind_to_row_order(
    rows: list[tuple[int, int, str]], random: Random
) -> None:
    codes = [f"E{number:02}" for number in range(len(rows))]
    mixed = random.sample(codes, len(codes))
    count = pd.Series([float(row[0]) for row in rows], codes)
    base = pd.Series([float(row[1]) for row in rows], codes)
    segments = pd.Series([row[2] for row in rows], codes)
    found = gain(Outcome(name="X", count=count, base=base), segments, resamples=5)
    assert found.gini == pytest.approx(plain_gini(count, base, segments), abs=1e-12)
    assert -1e-12 <= found.gini <= found.ceiling + 1e-12
    turned = Outcome(name="X", count=count[mixed], base=base[mixed])
    again = gain(turned, segments[mixed[::-1]], resamples=5)
    pd.testing.assert_frame_equal(found.measures, again.measures, check_exact=True)
    assert found.held_out == again.held_out


MANY = [f"E{number:03}" for number in range(300)]
NEED = Outcome(
    name="Need",
    count=pd.Series([30.0, 10.0, 12.0] * 100, MANY),
    base=pd.Series(100.0, MANY),
)
GOOD = pd.Series(list("122") * 100, MANY)
BAD = pd.Series((["a"] * 150) + (["b"] * 150), MANY)


def test_the_better_separation_is_named_and_so_is_the_worse() -> None:
    found = compare_gain({"ours": GOOD, "bought": BAD}, NEED)
    assert found.differences.loc["bought", "ours_is"] == "better"
    assert "ours (2 groups, Gini 0.244) separates it better than bought" in str(found)
    turned = compare_gain({"ours": BAD, "bought": GOOD}, NEED)
    assert "ours (2 groups, Gini 0.000) separates it less well than" in str(turned)
    low, high = found.differences.loc["bought", ["low", "high"]]
    assert turned.differences.loc["bought", "low"] == pytest.approx(-high)
    assert turned.differences.loc["bought", "high"] == pytest.approx(-low)


def test_chance_is_no_difference_and_neither_is_a_hair() -> None:
    few = [f"E{number:03}" for number in range(9)]
    small = Outcome(name="Need", count=NEED.count[few], base=NEED.base[few])
    other = pd.Series(list("aabbabbab"), few)
    found = compare_gain({"ours": GOOD[few], "theirs": other}, small)
    low, ours_is = found.differences.loc["theirs", ["low", "ours_is"]]
    assert (low > 0) == (ours_is == "better")
    finer = pd.Series(list("123") * 100, MANY)
    hair = compare_gain({"ours": finer, "theirs": GOOD}, NEED)
    assert 0 < hair.differences.loc["theirs", "difference"] < 0.03
    same = compare_gain({"ours": GOOD, "theirs": GOOD.replace("1", "x")}, NEED)
    assert "no clear difference between ours" in str(same)


@pytest.mark.parametrize("seed", range(5))
def test_more_groups_drawn_by_lot_are_no_better(seed: int) -> None:
    random = np.random.default_rng(seed)
    count = random.binomial(100, random.beta(5, 45, len(MANY))).astype(float)
    chance = Outcome(name="Need", count=pd.Series(count, MANY), base=NEED.base)
    many, few = (
        pd.Series(random.integers(k, size=len(MANY)).astype(str), MANY) for k in (40, 5)
    )
    found = compare_gain({"many": many, "few": few}, chance, resamples=199)
    assert found.differences.loc["few", "difference"] > 0.02  # which flatters
    assert found.differences.loc["few", "ours_is"] != "better"


def test_a_sure_difference_that_is_tiny_is_called_alike() -> None:
    count = NEED.count.where(NEED.count != 12, 10.5)
    need = Outcome(name="Need", count=count, base=NEED.base)
    finer = pd.Series(list("123") * 100, MANY)
    found = compare_gain({"ours": finer, "theirs": GOOD}, need)
    assert found.differences.loc["theirs", "ours_is"] == "alike"
    assert "a difference too small to matter between ours (3 groups" in str(found)
    assert "More groups alone lift a Gini, and ours has more." in str(found)


def test_a_paired_difference_is_surer_than_its_sides() -> None:
    near = GOOD.copy()
    near[:9] = "2"
    found = compare_gain({"ours": GOOD, "theirs": near}, NEED)
    low, high = found.differences.loc["theirs", ["low", "high"]]
    sides = [each.measures.loc["gini"] for each in found.gains.values()]
    assert high - low < np.hypot(*(side["high"] - side["low"] for side in sides))


def test_ours_alone_is_told_without_a_rival() -> None:
    found = compare_gain({"ours": GOOD}, NEED)
    assert found.differences.empty
    assert str(found) == str(found.gains["ours"])
    with pytest.raises(SegmentError, match="no classification"):
        compare_gain({}, NEED)


def test_a_classification_may_be_called_count() -> None:
    found = compare_gain({"base": GOOD, "count": BAD}, NEED)
    assert list(found.gains) == ["base", "count"]


OUTCOMES = {
    "bad_or_very_bad_health / residents": (0.158, 0.196, 0.213, 0.328),
    "hh_deprived_2plus / hh_total": (0.209, 0.235, 0.247, 0.317),
    "no_qualifications / residents16": (0.148, 0.183, 0.194, 0.272),
    "arrived_lt2y / residents": (0.534, 0.552, 0.566, 0.709),
    "works_from_home / employed16": (0.145, 0.177, 0.185, 0.256),
    "hh_no_central_heating / hh_total": (0.227, 0.241, 0.254, 0.557),
}  # at 8, 21 and 52 segments, and with each area its own


@pytest.mark.fixtures
def test_the_oac_of_2021_separates_as_much_as_is_known(fixtures: Path) -> None:
    folder = fixtures / "segmentation"
    areas = pd.read_parquet(folder / "census2021" / "oa21_outcomes.parquet")
    areas = areas.rename(columns={"oa": "area_code"})
    labels = pd.read_parquet(folder / "oac2021" / "oac2021_labels_uk.parquet")
    labels = labels.set_index("oa").loc[areas["area_code"]]
    for notation, (*ginis, ceiling) in OUTCOMES.items():
        outcome = outcome_of(areas, notation, notation)
        levels = {level: labels[level].astype(str) for level in labels}
        found = compare_gain(levels, outcome, resamples=2).gains.values()
        assert [round(each.gini, 3) for each in found] == ginis
        assert [each.ceiling for each in found] == pytest.approx(
            [ceiling] * 3, abs=6e-4
        )
        assert {each.n for each in found} == {188_880}
