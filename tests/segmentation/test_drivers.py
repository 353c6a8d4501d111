"""Drivers: planted and found, absent and not found, and checked by plain arithmetic."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pytest reads it at run time
from random import Random  # noqa: TC003 - Hypothesis reads it at run time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import kstest, t
from statsmodels.stats.outliers_influence import variance_inflation_factor

from segmentation import SegmentError
from segmentation.action.binomial import Binomial, effects_of, fit_binomial
from segmentation.action.driver_rows import inflation
from segmentation.action.drivers import Drivers, drivers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def logistic(values: ArrayLike) -> NDArray[np.float64]:
    found: NDArray[np.float64] = expit(np.asarray(values, dtype=float))
    return found


def areas(n: int = 160, seed: int = 1, slope: float = 0.5) -> pd.DataFrame:
    """Areas in 8 segments: waits go with satisfaction inside segments, age does not."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame({"segment": [str(n % 8 + 1) for n in range(n)]})
    place = table["segment"].astype(int) - 4.5
    table["waits"] = random.normal(place, 1)
    table["age"] = random.normal(0, 1, n)
    table["seen"] = random.integers(40, 160, n)
    within = table["waits"] - place
    chance = logistic(0.3 - slope * within + 0.2 * place + random.normal(0, 0.2, n))
    table["glad"] = random.binomial(table["seen"], chance)
    return table


AREAS = areas()


def ask(table: pd.DataFrame, factors: tuple[str, ...] = ("waits", "age")) -> Drivers:
    return drivers(table, ("glad", "seen"), factors, segments="segment")


def effect(found: Drivers, factor: str, level: str) -> pd.Series:
    rows = found.effects
    rows = rows[(rows["factor"] == factor) & (rows["level"] == level)]
    return rows.iloc[0]


def test_a_planted_driver_is_found_and_another_is_not() -> None:
    found = ask(AREAS)
    waits, age = effect(found, "waits", "within"), effect(found, "age", "within")
    assert waits["adjusted_p"] < 0.001
    planted = np.exp(-0.5 * AREAS["waits"].std())
    assert waits["low"] < planted < waits["high"]
    assert age["low"] < 1 < age["high"]
    assert age["adjusted_p"] > 0.05


def test_within_and_between_may_point_opposite_ways() -> None:
    found = ask(AREAS)
    assert effect(found, "waits", "within")["odds_ratio"] < 1
    assert effect(found, "waits", "between")["odds_ratio"] > 1
    assert effect(found, "waits", "between")["n"] == 8


def people_of(cells: dict[tuple[int, int], int]) -> pd.DataFrame:
    """Build a person a row from (exposed, glad) -> people."""
    rows = [pair for pair, times in cells.items() for _ in range(times)]
    table = pd.DataFrame(rows, columns=["exposed", "glad"])
    return table.assign(segment="1")


def test_a_table_of_two_by_two_gives_its_odds_ratio_and_difference() -> None:
    table = people_of({(1, 1): 60, (1, 0): 40, (0, 1): 30, (0, 0): 70})
    found = drivers(table, "glad", ["exposed"], segments="segment")
    one = effect(found, "exposed", "within")
    by_hand = (60 * 70) / (40 * 30)
    assert one["odds_ratio"] == pytest.approx(by_hand ** table["exposed"].std())
    error = np.sqrt(1 / 60 + 1 / 40 + 1 / 30 + 1 / 70) * table["exposed"].std()
    width = np.log(one["high"] / one["low"]) / 2
    assert width == pytest.approx(1.972 * error, rel=0.01)  # Student's t of 199
    assert (found.n, found.base, found.events, found.clusters) == (200, 200, 90, 200)


def test_points_are_statsmodels_average_marginal_effects() -> None:
    random = np.random.default_rng(3)
    table = pd.DataFrame({"x": random.normal(size=400), "z": random.normal(size=400)})
    table["glad"] = random.binomial(1, logistic(0.4 + 0.8 * table["x"]))
    table["segment"] = "1"
    found = drivers(table, "glad", ["x", "z"], segments="segment")
    scaled = table[["x", "z"]] / table[["x", "z"]].std()
    design = sm.add_constant(scaled - scaled.mean())
    fitted = sm.Logit(table["glad"], design).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": np.arange(400)}
    )
    margins = fitted.get_margeff()
    assert found.effects["points"].to_numpy() == pytest.approx(100 * margins.margeff)
    width = (found.effects["points_high"] - found.effects["points"]) / 1.966
    assert width.to_numpy() == pytest.approx(100 * margins.margeff_se, rel=0.01)
    assert found.explained == pytest.approx(fitted.prsquared)


def test_counts_and_people_give_the_same_answer() -> None:
    table = AREAS.assign(area=AREAS.index)
    long = table.loc[table.index.repeat(table["seen"])].reset_index(drop=True)
    place = long.groupby("area").cumcount()
    long["yes"] = (place < long["glad"]).astype(int)
    many = drivers(long, "yes", ["waits"], segments="segment", cluster="area")
    few = ask(AREAS, ("waits",))
    for column in ("odds_ratio", "low"):
        scale = few.effects["sd"].iloc[0] / many.effects["sd"].iloc[0]
        one = np.log(effect(few, "waits", "within")[column]) / scale
        other = np.log(effect(many, "waits", "within")[column])
        assert one == pytest.approx(other, rel=0.02)


def p_value(
    x: pd.Series[float], glad: pd.Series[int], cluster: pd.Series[int]
) -> float:
    rows = pd.DataFrame({"count": glad, "base": 1, "cluster": cluster})
    model = Binomial.of(rows, pd.DataFrame({"x": x, "level": 1.0}), 1)
    return float(effects_of(fit_binomial(model), ["x"])["p_value"].iloc[0])


def test_nothing_planted_is_found_as_often_as_chance_says() -> None:
    """P-values under clustering are uniform; without it they would be far too low."""
    random = np.random.default_rng(5)
    town = pd.Series([n // 12 for n in range(600)])
    clustered: list[float] = []
    naive: list[float] = []
    for _ in range(150):
        x = town.map(pd.Series(random.normal(size=50)))
        mood = town.map(pd.Series(random.normal(0, 1, 50)))
        glad = pd.Series(random.binomial(1, logistic(mood)))
        clustered.append(p_value(x, glad, town))
        naive.append(p_value(x, glad, pd.Series(list(range(len(town))))))
    assert kstest(clustered, "uniform").pvalue > 0.05
    assert np.mean(np.array(clustered) < 0.05) < 0.1
    assert np.mean(np.array(naive) < 0.05) > 0.15


def test_segments_are_held_against_one_another_by_their_own_spread() -> None:
    """Eight segments that differ at random are eight points, not thousands of people.

    The error is the binomial one, widened by the root of chi-squared over 6.
    """
    found = effect(ask(AREAS), "age", "between")
    sums = AREAS.groupby("segment")[["glad", "seen"]].sum()
    weighted = (AREAS["age"] * AREAS["seen"]).groupby(AREAS["segment"]).sum()
    x = weighted / sums["seen"] / AREAS["age"].std()
    pairs = np.column_stack([sums["glad"], sums["seen"] - sums["glad"]])
    fitted = sm.GLM(pairs, sm.add_constant(x), family=sm.families.Binomial()).fit()
    shares, n = fitted.fittedvalues, sums["seen"]
    spread = (n * (sums["glad"] / n - shares) ** 2 / shares / (1 - shares)).sum() / 6
    half = t.ppf(0.975, 6) * fitted.bse.iloc[1] * np.sqrt(spread)
    assert np.log(found["odds_ratio"]) == pytest.approx(fitted.params.iloc[1])
    assert np.log(found["high"] / found["low"]) / 2 == pytest.approx(half)


def test_a_driver_that_differs_between_segments_is_told() -> None:
    random = np.random.default_rng(9)
    table = pd.DataFrame({"segment": ["1", "2"] * 100, "x": random.normal(size=200)})
    slope = table["segment"].map({"1": 1.0, "2": -1.0})
    table["glad"] = random.binomial(100, logistic(slope * table["x"]))
    table["seen"] = 100
    found = ask(table, ("x",))
    assert found.differ["adjusted_p"].iloc[0] < 0.001
    ratios = found.by_segment.set_index("segment")["odds_ratio"]
    assert ratios["1"] > 1 > ratios["2"]
    assert ask(AREAS).differ["p_value"].between(0.001, 1).all()


def test_holm_is_over_all_effects_of_the_table() -> None:
    effects = ask(AREAS).effects
    ordered = effects.sort_values("p_value")
    assert len(ordered) == 4
    assert ordered["adjusted_p"].iloc[0] == pytest.approx(
        4 * ordered["p_value"].iloc[0]
    )
    assert (effects["adjusted_p"] >= effects["p_value"]).all()


def test_rows_left_out_are_counted_by_their_reason() -> None:
    table = AREAS.copy()
    table["waits"] = table["waits"].mask(table.index < 3)
    table["seen"] = table["seen"].mask(table.index == 5).mask(table.index == 6, 0)
    table["segment"] = table["segment"].mask(table.index == 7)
    table["glad"] = table["glad"].mask(table.index == 6, 0)
    found = ask(table)
    assert found.left_out.to_dict() == {
        "outcome not known": 1,
        "nobody in the base": 1,
        "segment not known": 1,
        "factor 'waits' not known": 3,
    }
    assert found.n == len(table) - 6
    assert "Rows left out: 6." in str(found)


def test_sentences_say_goes_with_and_never_because() -> None:
    said = str(ask(AREAS))
    assert "Within segments, one standard deviation more of waits goes with" in said
    assert "need not cause it" in said
    assert "No factor was shown" in str(ask(areas(slope=0.0), ("age",)))


def test_a_segment_where_everybody_agrees_tells_nothing_and_is_named() -> None:
    table = AREAS.copy()
    table["glad"] = table["glad"].mask(table["segment"] == "3", table["seen"])
    found = ask(table)
    assert found.n == len(table) - 20
    assert any("In segments 3 nobody or everybody" in one for one in found.cautions)
    lost = found.by_segment.query("segment == '3'")
    assert lost["odds_ratio"].isna().all()
    assert (
        lost["why_none"].str.startswith("fewer than 30 people have the outcome").all()
    )


def test_entangled_factors_and_few_clusters_are_cautioned() -> None:
    random = np.random.default_rng(2)
    table = AREAS.assign(queue=AREAS["waits"] + random.normal(0, 0.2, len(AREAS)))
    assert any(
        "variance inflation" in one for one in ask(table, ("waits", "queue")).cautions
    )
    table["town"] = table.index % 20
    found = drivers(
        table, ("glad", "seen"), ["waits"], segments="segment", cluster="town"
    )
    assert "There are only 20 clusters" in " ".join(found.cautions)


def test_segments_alike_in_a_factor_are_not_held_against_one_another() -> None:
    table = AREAS.assign(seen=100, glad=AREAS["glad"].clip(upper=90))
    table["turn"] = (table.index // 8) % 2.0
    assert (ask(table, ("turn",)).effects["level"] == "within").all()


def test_inflation_is_statsmodels_own() -> None:
    frame = AREAS[["waits", "age", "seen"]]
    design = sm.add_constant(frame).to_numpy(dtype=float)
    own = [variance_inflation_factor(design, at) for at in (1, 2, 3)]
    assert inflation(frame).to_numpy() == pytest.approx(own)


@pytest.mark.parametrize(
    ("change", "factors", "match"),
    [
        ({"age": 1.0}, ["age"], "factors 'age' are the same in all 160"),
        ({"age": "old"}, ["age"], "column 'age' should hold numbers"),
        ({"age": np.inf}, ["age"], "'age' is infinite in 160 of 160"),
        ({}, ["heat"], r"not in the table: 'heat'"),
        ({}, ["age", "age"], "named twice: 'age'"),
        ({}, [], "need one or more factors"),
        ({"base": 1.0}, ["base"], "factors with a name in"),
        ({"glad": 1_000}, ["age"], "160 of 160 complete rows"),
        ({"glad": -1}, ["age"], "160 of 160 complete rows"),
        ({"glad": np.nan}, ["age"], "0 of 0 complete rows"),
        ({"glad": 0}, ["age"], "in each of 8 segments nobody or everybody"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    change: dict[str, float | str], factors: list[str], match: str
) -> None:
    table = AREAS.assign(**change)
    with pytest.raises(SegmentError, match=match):
        drivers(table, ("glad", "seen"), factors, segments="segment")


def test_a_factor_made_up_of_others_is_refused() -> None:
    table = AREAS.assign(both=AREAS["waits"] + AREAS["age"])
    with pytest.raises(SegmentError, match="factors 'both' do not vary within"):
        ask(table, ("waits", "age", "both"))


def test_a_factor_that_is_one_figure_a_segment_is_refused() -> None:
    table = AREAS.assign(region=AREAS["segment"].astype(float))
    with pytest.raises(SegmentError, match="factors 'region' do not vary within"):
        ask(table, ("waits", "region"))


def test_too_few_events_or_clusters_are_refused() -> None:
    table = AREAS.assign(glad=AREAS["glad"].clip(upper=1) * (AREAS.index < 40))
    with pytest.raises(SegmentError, match="fewer than 100 people have"):
        ask(table)
    table = AREAS.assign(town=AREAS.index % 9)
    with pytest.raises(SegmentError, match="9 clusters are too few for 9 parameters"):
        drivers(table, ("glad", "seen"), ["age"], segments="segment", cluster="town")


def test_perfect_separation_is_refused_with_the_factor_named() -> None:
    table = people_of({(1, 1): 60, (0, 0): 60})
    with pytest.raises(SegmentError, match="told without fail, by 'exposed'"):
        drivers(table, "glad", ["exposed"], segments="segment")
    half = people_of({(1, 1): 60, (0, 0): 60, (0, 1): 60})
    with pytest.raises(SegmentError, match="told without fail, by 'exposed'"):
        drivers(half, "glad", ["exposed"], segments="segment")


@settings(max_examples=2)
@given(st.randoms(use_true_random=False))
def test_any_order_of_rows_gives_the_same_answer(random: Random) -> None:
    table = areas(48)
    order = random.sample(range(len(table)), len(table))
    before = table.copy()
    one, other = ask(table, ("waits",)), ask(table.iloc[order], ("waits",))
    pd.testing.assert_frame_equal(one.effects, other.effects, check_exact=True)
    pd.testing.assert_frame_equal(one.by_segment, other.by_segment, check_exact=True)
    assert str(one) == str(other)
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.fixtures
def test_bad_health_in_leicester_goes_with_age_and_qualifications(
    fixtures: Path,
) -> None:
    """969 areas in 192 LSOAs, against a plain model with a level for each segment."""
    file = "segmentation/oac2011/leicester_oa11_167vars_with_oac2011.parquet"
    areas = pd.read_parquet(fixtures / file)
    adults = areas["Total_Population_16_and_over"]
    table = pd.DataFrame(
        {
            "unqualified": 100 * areas["u111"] / adults,
            "aged": 100 * areas[["u016", "u017", "u018", "u019"]].sum(axis=1) / adults,
            "ill": areas["u108"] + areas["u109"],
            "people": areas["Total_Population"],
            "segment": areas["supgrpcode"].astype(str),
            "lsoa": areas["LSOA11CD"],
        }
    )
    names = ["unqualified", "aged"]
    found = drivers(table, ("ill", "people"), names, segments="segment", cluster="lsoa")
    scaled = table[names] / table[names].std()
    design = scaled.join(pd.get_dummies(table["segment"], dtype=float))
    pairs = np.column_stack([table["ill"], table["people"] - table["ill"]])
    plain = sm.GLM(pairs, design, family=sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": table["lsoa"].factorize()[0]}
    )
    within = found.effects[found.effects["level"] == "within"]
    assert found.clusters == 192
    found_odds = np.asarray(within["odds_ratio"], dtype=float)
    assert np.log(found_odds) == pytest.approx(plain.params[:2])
    width = np.log(np.asarray(within["high"] / within["low"])) / 2
    assert width == pytest.approx(t.ppf(0.975, 191) * plain.bse[:2])
    assert within["odds_ratio"].round(2).tolist() == [1.35, 1.2]
