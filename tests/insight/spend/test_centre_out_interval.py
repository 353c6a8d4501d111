"""How far centre-out figures may be off, and how the pilots bear it out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.spend.centre_out import (
    Doubt,
    Residual,
    centre_out,
    centre_out_interval,
    keys_of,
    leave_one_out,
    report_residual,
    residual_of,
)
from insight.spend.national import national_spend, read_national
from insight.spend.report_tables import table_1

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

KEYS = pd.DataFrame(
    {
        "place": ["Northton", "Southam", "East"],
        "region": "East",
        "covers": ["place", "place", "region"],
        "population": [25, 25, 100],
        "households": [20, 25, 100],
    }
)
WEIGHTS = pd.DataFrame(
    {"cofog": "other", "key": ["population", "households"], "weight": [0.5, 0.5]}
)
SPEND = national_spend(
    pd.DataFrame(
        {"region": "East", "cofog": ["7", "9"], "amount_pence": [10**8, 10**8]}
    )
)


def test_the_scatter_over_the_pilots_is_that_of_table_1() -> None:
    found = report_residual()
    pilots = table_1().drop(index="total")
    logs = [
        math.log(float(b) / float(a))
        for a, b in zip(pilots["a_bn"], pilots["b_bn"], strict=True)
    ]
    assert found.sd == pytest.approx(np.std(logs, ddof=1))
    assert round(found.sd, 3) == 0.137
    assert [round(end, 2) for end in found.factors(0.8)] == [0.82, 1.21]
    assert [round(end, 2) for end in found.factors(0.95)] == [0.73, 1.36]
    assert "0.82 to 1.21 times" in str(found)


def test_leaving_each_pilot_out_covers_as_often_as_it_says() -> None:
    pilots = table_1().drop(index="total")
    counts = [[float(each) for each in pilots[name]] for name in ("b_bn", "a_bn")]
    found = leave_one_out(*counts)
    assert (found.within, found.n) == (10, 13)
    assert str(found).endswith("(10.4 expected).")
    assert leave_one_out(*counts, level=0.95).within == 12


@pytest.mark.parametrize(
    ("local", "centre"),
    [([1.0, 2.0], [1.0, 2.0]), ([1.0, 0.0, 1.0], [1.0] * 3), ([1.0] * 3, [1, 2, -1])],
)
def test_scatter_needs_places_with_both_counts(
    local: list[float], centre: list[float]
) -> None:
    with pytest.raises(InsightError, match="3 or more pairs"):
        residual_of(local, centre)


def test_three_places_are_too_few_to_leave_one_out() -> None:
    with pytest.raises(InsightError, match="too few"):
        leave_one_out([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])


@given(
    st.lists(st.floats(0.1, 10), min_size=3, max_size=20),
    st.floats(0.01, 100),
    st.randoms(use_true_random=False),
)
def test_scatter_does_not_depend_on_unit_or_order(
    ratios: list[float], unit: float, random: Random
) -> None:
    one = residual_of(ratios, [1.0] * len(ratios))
    shuffled = list(ratios)
    random.shuffle(shuffled)
    other = residual_of([ratio * unit for ratio in shuffled], [unit] * len(ratios))
    assert other.sd == pytest.approx(one.sd, abs=1e-9)
    assert one == residual_of(shuffled, [1.0] * len(ratios))


def test_with_the_residual_alone_the_interval_is_the_residuals() -> None:
    made = centre_out(SPEND, keys_of(KEYS.drop(columns="households")))
    found = centre_out_interval(made, Doubt(draws=20_000))
    low, high = report_residual().factors()
    row = found.places.loc["Northton"]
    assert row["low_pence"] / row["amount_pence"] == pytest.approx(low, rel=0.02)
    assert row["high_pence"] / row["amount_pence"] == pytest.approx(high, rel=0.02)
    assert row[["weights", "keys", "residual"]].tolist() == [0, 0, 1]
    assert "80 % interval" in str(found)


def test_each_source_of_doubt_has_its_share() -> None:
    made = centre_out(SPEND, keys_of(KEYS), weights=WEIGHTS)
    small = Doubt(residual=Residual(sd=0.01, mean=0.0, n=13))
    shares = centre_out_interval(made, small).places[["weights", "keys", "residual"]]
    assert shares.loc["Northton"].sum() == pytest.approx(1)
    assert (shares.loc["Northton"] > 0).all()
    assert shares.loc["Southam", "residual"] == 1  # both keys say the same of Southam


def test_what_is_observed_is_not_in_doubt() -> None:
    known = pd.DataFrame(
        {
            "place": "Northton",
            "cofog": ["7", "9"],
            "amount_pence": [3_000, 4_000],
            "evidence": "observed",
        }
    )
    found = centre_out_interval(centre_out(SPEND, keys_of(KEYS), known=known))
    row = found.places.loc["Northton"]
    assert row[["low_pence", "high_pence"]].tolist() == [7_000, 7_000]
    assert pd.isna(row["residual"])


def test_the_same_seed_gives_the_same_interval_for_any_order_of_rows() -> None:
    frame = KEYS.sample(frac=1, random_state=3)
    one = centre_out_interval(centre_out(SPEND, keys_of(KEYS), weights=WEIGHTS))
    other = centre_out_interval(
        centre_out(SPEND, keys_of(frame), weights=WEIGHTS[::-1])
    )
    pd.testing.assert_frame_equal(one.places, other.places)
    pd.testing.assert_frame_equal(one.cofogs, other.cofogs)
    another = centre_out_interval(centre_out(SPEND, keys_of(KEYS)), Doubt(seed=1))
    assert (
        another.places.loc["Northton", "low_pence"]
        != one.places.loc["Northton", "low_pence"]
    )


@pytest.mark.parametrize(
    "doubt", [Doubt(level=1.0), Doubt(draws=10), Doubt(concentration=0.0)]
)
def test_an_interval_that_cannot_be_made_is_refused(doubt: Doubt) -> None:
    with pytest.raises(InsightError, match="cannot be made"):
        centre_out_interval(centre_out(SPEND, keys_of(KEYS)), doubt)


@pytest.mark.fixtures
def test_population_alone_comes_within_8_per_cent_of_each_pilot(fixtures: Path) -> None:
    folder = fixtures / "spend"
    people = {"population_mid2008": "population"}
    pilots = pd.read_csv(folder / "spend_pilot_bases.csv").rename(columns=people)
    regions = pd.read_csv(folder / "spend_region_bases.csv").rename(columns=people)
    frame = pd.concat(
        [
            pilots.rename(columns={"pilot": "place"}).assign(covers="place"),
            regions.assign(place=regions["region"], covers="region"),
        ]
    )[["place", "region", "covers", "population"]]
    spend = read_national(
        folder / "spend_cra2010_england_2008_09.csv", period="2008-09"
    )
    made = centre_out(spend, keys_of(frame))
    kept = made.lines.groupby("region")["amount_pence"].sum()
    pd.testing.assert_series_equal(
        kept, spend.lines.groupby("region")["amount_pence"].sum()
    )
    printed = pilots.set_index("pilot")["A_gbp_bn"]
    drawn = made.places["amount_pence"] / 1e11
    assert drawn.sum() == pytest.approx(printed.sum(), rel=0.02)
    assert ((drawn / printed - 1).abs() < 0.08).all()
    assert drawn["Birmingham"] == pytest.approx(8.194682, abs=1e-6)
