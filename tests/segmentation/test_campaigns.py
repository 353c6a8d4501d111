"""Hold-outs by lot: fair, the same for a seed, and read back as a difference."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.power import NormalIndPower

from segmentation import SegmentError
from segmentation.action.campaign_effects import evaluate_campaign
from segmentation.action.campaigns import HoldOut, hold_out_areas
from segmentation.action.targets import TargetPlan, Targets, target_list

CODES = pd.Index([f"E{n:03}" for n in range(120)], name="area_code")


def a_list(n: int = 60, seed: int = 1) -> Targets:
    random = np.random.default_rng(seed)
    homes = random.integers(80, 200, len(CODES))
    rates = random.beta(8, 24, len(CODES))
    areas = pd.DataFrame({"need": random.binomial(homes, rates), "homes": homes}, CODES)
    segments = pd.Series(["2" if n % 3 == 0 else "1" for n in range(120)], CODES)
    return target_list(areas, "need / homes", segments, plan=TargetPlan(areas=n))


LIST = a_list()


def outcomes(design: HoldOut, treated: float, held: float, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    rate = np.where(design.table["side"] == "treated", treated, held)
    base = design.table["base"].astype(int)
    counted = random.binomial(base, rate)
    return pd.DataFrame({"count": counted, "base": base}, design.table.index)


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5, 0.75])
def test_the_share_is_held_out_in_every_stratum(share: float) -> None:
    table = hold_out_areas(LIST, share=share, seed=4).table
    assert (table["side"] == "held out").sum() == round(share * 60)
    for _, one in table.groupby("stratum"):
        held = (one["side"] == "held out").sum()
        assert abs(held - share * len(one)) < 1


def test_a_seed_gives_one_lot_and_another_seed_another() -> None:
    first = hold_out_areas(LIST, seed=4).table
    pd.testing.assert_frame_equal(first, hold_out_areas(LIST, seed=4).table)
    assert not first["side"].equals(hold_out_areas(LIST, seed=5).table["side"])


def test_any_area_is_as_likely_to_be_held_out_as_its_stratum_says() -> None:
    drawn = [
        hold_out_areas(LIST, seed=n).table["side"] == "held out" for n in range(80)
    ]
    often = pd.concat(drawn, axis=1).mean(axis=1)
    assert often.between(0.05, 0.4).all()  # of 0.2, over 80 lots
    assert often.mean() == pytest.approx(0.2)


def test_the_detectable_difference_is_that_of_two_proportions() -> None:
    """Where areas are no clusters, it is the textbook power of two proportions."""
    base = pd.DataFrame({"need": 30, "homes": 100}, CODES)
    alike = target_list(base, "need / homes", pd.Series("1", CODES))
    design = hold_out_areas(alike, seed=0)
    up = design.rate / 100 + design.detectable / 100
    arc = 2 * (np.arcsin(np.sqrt(up)) - np.arcsin(np.sqrt(design.rate / 100)))
    power = NormalIndPower().power(arc, 4000, 0.05, ratio=1000 / 4000)
    assert design.rate == pytest.approx(30)
    assert power == pytest.approx(0.8, abs=1e-3)


def test_areas_that_differ_make_it_harder_to_see_a_difference() -> None:
    assert LIST.alike > 0
    assert hold_out_areas(LIST).detectable > 3


def test_balance_is_the_standardised_difference() -> None:
    design = hold_out_areas(LIST, seed=2)
    sides = design.table.groupby("side")["base"]
    pooled = np.sqrt(sides.var().mean())
    gap = sides.mean()["treated"] - sides.mean()["held out"]
    assert design.balance.loc["base", "difference"] == pytest.approx(gap / pooled)


def test_the_design_says_itself_in_sentences() -> None:
    said = str(hold_out_areas(LIST, seed=2))
    assert said.startswith("12 of 60 areas, drawn by lot within ")
    assert "four times in five" in said


@pytest.mark.parametrize(
    ("share", "rate", "match"),
    [
        (0.0, None, "holds 0 out"),
        (1.0, None, "holds 0 out"),
        (0.05, None, "of 60 listed areas holds 3 out"),
        (0.97, None, "leaves 2 to treat"),
        (0.2, 0.0, "leaves nothing to compare"),
        (0.2, 130.0, "leaves nothing to compare"),
    ],
)
def test_a_hold_out_that_could_not_tell_is_refused(
    share: float, rate: float | None, match: str
) -> None:
    with pytest.raises(SegmentError, match=match):
        hold_out_areas(LIST, share=share, rate=rate)


def test_a_difference_by_hand_is_read_back() -> None:
    base = pd.DataFrame({"need": 30, "homes": 100}, CODES[:20])
    alike = target_list(base, "need / homes", pd.Series("1", CODES[:20]))
    design = hold_out_areas(alike, share=0.5)
    treated = design.table["side"] == "treated"
    after = pd.DataFrame({"count": 20 + 10 * treated, "base": 100}, treated.index)
    after["count"] += np.arange(20) == 0
    found = evaluate_campaign(design.table, after)
    by_side = (100 * after["count"] / after["base"]).groupby(treated).mean()
    assert found.difference == pytest.approx(by_side[True] - by_side[False])
    assert found.table.loc["treated", "areas"] == 10
    assert found.low < found.difference < found.high
    assert found.p_value < 0.001


def test_within_strata_the_difference_is_mantel_haenszels() -> None:
    """With equal bases: strata weighted by treated * held out / areas."""
    base = pd.DataFrame(
        {"need": [60] * 20 + [20] * 40, "homes": 100}, CODES[:60], dtype=float
    )
    segments = pd.Series(["1"] * 20 + ["2"] * 40, CODES[:60])
    plan = TargetPlan(areas=60)
    design = hold_out_areas(target_list(base, "need / homes", segments, plan=plan))
    after = outcomes(design, 0.5, 0.4, 3).assign(base=100)
    after["count"] = after["count"].clip(upper=100)
    known = design.table.join(after["count"])
    top, below = 0.0, 0.0
    for _, one in known.groupby("stratum"):
        treated = one["side"] == "treated"
        weight = float(treated.sum() * (~treated).sum() / len(one))
        means = one["count"].groupby(treated).mean().to_dict()
        top += weight * (means[True] - means[False])
        below += weight
    assert evaluate_campaign(design.table, after).difference == pytest.approx(
        top / below
    )


def test_where_all_have_the_outcome_no_difference_is_sure() -> None:
    design = hold_out_areas(LIST, share=0.3, seed=1).table
    after = pd.DataFrame({"count": 100, "base": 100}, design.index)
    found = evaluate_campaign(design, after)
    assert found.p_value == 1
    assert abs(found.difference) < 1e-9


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    design = hold_out_areas(LIST, share=0.5, seed=7)
    held = 0
    for seed in range(100):
        found = evaluate_campaign(design.table, outcomes(design, 0.35, 0.30, seed))
        held += found.low <= 5 <= found.high
    assert 88 <= held <= 99  # of 100, where 95 are expected


def test_few_areas_held_out_are_not_sure_of_a_difference_that_is_none() -> None:
    random = np.random.default_rng(3)
    codes = pd.Index([f"E{n:02}" for n in range(24)], name="area_code")
    design = pd.DataFrame({"stratum": list("abc") * 8}, codes)
    missed = 0
    for _ in range(200):
        lot = [random.permutation(8) < 2 for _ in "abc"]
        held = np.column_stack(lot).ravel()
        design["side"] = np.where(held, "held out", "treated")
        base = random.integers(30, 400, 24)
        count = random.binomial(base, random.beta(4, 16, 24))
        after = pd.DataFrame({"count": count, "base": base}, codes)
        effect = evaluate_campaign(design, after)
        missed += not effect.low <= 0 <= effect.high
    assert missed <= 16  # of 200; 10 are to be expected, and HC1 misses about 20


def test_a_stratum_of_one_side_tells_nothing_of_the_difference() -> None:
    codes = pd.Index([f"E{n:02}" for n in range(17)], name="area_code")
    design = pd.DataFrame({"stratum": ["a"] * 16 + ["b"]}, codes)
    design["side"] = ["treated", "held out"] * 8 + ["treated"]
    after = pd.DataFrame({"count": range(17), "base": 40}, codes)
    found = evaluate_campaign(design, after)
    without = evaluate_campaign(design.iloc[:16], after)
    assert (found.difference, found.low) == (without.difference, without.low)
    assert found.table["areas"].to_dict() == {"held out": 8, "treated": 9}


def test_areas_without_an_outcome_are_listed() -> None:
    design = hold_out_areas(LIST, share=0.5, seed=7)
    after = outcomes(design, 0.35, 0.30, 1)
    lost = sorted(after.index)[:2]
    after.loc[lost[0], "count"] = np.nan
    found = evaluate_campaign(design.table, after.drop(index=lost[1]))
    assert found.left_out == tuple(lost)
    assert "Areas without a known outcome: 2." in str(found)


def test_results_that_cannot_be_are_refused() -> None:
    design = hold_out_areas(LIST, seed=7)
    after = outcomes(design, 0.3, 0.3, 1)
    with pytest.raises(SegmentError, match="results lack 'count'"):
        evaluate_campaign(design.table, after[["base"]])
    with pytest.raises(SegmentError, match="1 areas have a count that is not"):
        evaluate_campaign(
            design.table,
            after.assign(base=after["base"].where(after.index != after.index[0], 0)),
        )
    with pytest.raises(SegmentError, match="0 held out have an outcome"):
        evaluate_campaign(design.table, after[design.table["side"] == "treated"])


@settings(max_examples=20)
@given(st.integers(10, 60), st.floats(0.2, 0.8), st.integers(0, 9))
def test_every_area_has_one_side_and_the_numbers_are_those_asked_for(
    n: int, share: float, seed: int
) -> None:
    targets = a_list(n)
    if round(share * n) < 4 or n - round(share * n) < 4:
        return
    table = hold_out_areas(targets, share=share, seed=seed).table
    assert sorted(table.index) == sorted(targets.table.index)
    assert table["side"].value_counts()["held out"] == round(share * n)
