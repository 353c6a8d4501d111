"""Drawing evidence again: known distributions, sums, seeds and the order of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from insight.errors import InsightError
from insight.spend import SpendBySegment, spend_per_segment, spend_ratio
from insight.spend.beside import Beside
from insight.spend.intervals import spend_draws, spend_intervals

SIZES = pd.Series({"calm": 1000.0, "busy": 500.0})
SERVICES = {"GP": "07.2", "Hospital": "07.3", "Library": "08.2"}
NO_USE = pd.DataFrame(columns=["service", "segment"])
SURVEY = pd.DataFrame(
    [("Library", "calm", 20, 100), ("Library", "busy", 50, 100)],
    columns=["service", "segment", "users", "asked"],
)


def customers_of(calm: int, busy: int) -> pd.DataFrame:
    n = calm + busy
    return pd.DataFrame(
        {
            "customer_id": [f"c{at:04}" for at in range(n)],
            "service": ["GP", "Hospital"] * (n // 2) + ["GP"] * (n % 2),
            "segment": ["calm"] * calm + ["busy"] * busy,
            "units": 1.0 + np.arange(n) % 3,
            "cost_pence": pd.array([None] * n, dtype="Int64"),
        }
    )


def shared(
    spend: dict[str, int],
    customers: pd.DataFrame | None = None,
    **beside: Any,  # noqa: ANN401 - whatever Beside takes
) -> SpendBySegment:
    use = NO_USE
    if customers is not None:
        use = customers.groupby(["service", "segment"], as_index=False).agg(
            units=("units", "sum"), customers=("customer_id", "nunique")
        )
    lines = pd.DataFrame({"cofog": spend.keys(), "amount_pence": spend.values()})
    found: SpendBySegment = spend_per_segment(
        lines, use, SIZES, services=SERVICES, beside=Beside(**beside)
    )
    return found


def test_the_share_of_a_survey_is_drawn_from_its_beta_distribution() -> None:
    draws = spend_draws(shared({"08.2": 10**6}, survey=SURVEY), replicates=4000)
    calm, busy = (stats.beta(k + 0.5, 100 - k + 0.5) for k in (20, 50))
    rng = np.random.default_rng(1)
    users = 1000 * calm.rvs(4000, random_state=rng)
    whole = users + 500 * busy.rvs(4000, random_state=rng)
    wanted = np.quantile(1e6 * users / whole, [0.025, 0.975])
    seen = spend_intervals(draws).loc["calm"].to_numpy()
    assert seen == pytest.approx(wanted, rel=0.02)
    assert (draws.n_asked, draws.n_customers) == (200, 0)


def test_the_ratio_of_surveyed_spend_has_an_interval_and_says_its_base() -> None:
    ratio = spend_ratio(shared({"08.2": 10**6}, survey=SURVEY), replicates=1000)
    assert ratio.ratio == pytest.approx(2.5, rel=1e-5)  # pence are whole
    assert ratio.interval is not None
    # Logs of two binomial shares: variances 0.8 / 20 and 0.5 / 50.
    spread = 1.96 * np.sqrt(0.8 / 20 + 0.5 / 50)
    assert np.log(ratio.interval) == pytest.approx(
        [np.log(2.5) - spread, np.log(2.5) + spread], abs=0.06
    )
    assert "200 answers to a survey drawn again 1,000 times" in str(ratio)


def test_a_range_of_unit_costs_widens_the_interval() -> None:
    people = customers_of(200, 200)
    widths = []
    for low, high in ((100, 100), (20, 400)):
        costs = pd.DataFrame(
            {
                "service": ["GP", "Hospital"],
                "central_pence": [100, 100],
                "low_pence": [100, low],
                "high_pence": [100, high],
            }
        )
        people["segment"] = ["calm", "busy"] * 200
        found = shared({"07": 10**6}, people, costs=costs)
        assert list(found.rungs.index) == ["use at unit cost"]
        ends = spend_intervals(spend_draws(found, people)).loc["calm"]
        widths.append(ends["high_pence"] - ends["low_pence"])
    assert widths[1] > 1.5 * widths[0]


def test_overheads_follow_the_direct_costs_that_were_drawn() -> None:
    found = shared({"08.2": 900, "01.1": 100}, survey=SURVEY, overheads=["01.1"])
    amounts = spend_draws(found).amounts
    alone = spend_draws(shared({"08.2": 900}, survey=SURVEY)).amounts
    np.testing.assert_allclose(amounts, alone * 1000 / 900)


def test_what_is_not_drawn_stays_as_it_is() -> None:
    found = shared({"08.2": 900, "09": 1500, "02": 70}, survey=SURVEY)
    amounts = spend_draws(found).amounts
    assert (amounts["collective"] == 70).all()
    assert (amounts["calm"] > 1000).all()


@pytest.mark.parametrize(
    ("customers", "words"),
    [
        (None, "use by customer was not given"),
        (customers_of(3, 3), "names no customer"),
    ],
)
def test_without_all_customers_there_are_no_draws(
    customers: pd.DataFrame | None, words: str
) -> None:
    draws = spend_draws(shared({"07": 100}, customers_of(9, 9)), customers)
    assert words in draws.why_none
    assert spend_intervals(draws).isna().all(axis=None)


def test_bad_options_are_refused() -> None:
    found = shared({"08.2": 10}, survey=SURVEY)
    with pytest.raises(InsightError, match="replicates is 99"):
        spend_draws(found, replicates=99)


@settings(max_examples=15)
@given(
    st.integers(20, 60),
    st.integers(20, 60),
    st.integers(0, 99),
    st.integers(1, 10**9),
)
def test_every_replicate_adds_up_and_the_order_of_rows_changes_nothing(
    calm: int, busy: int, seed: int, pence: int
) -> None:
    people = customers_of(calm, busy)
    spend = {"07": pence, "08.2": 2 * pence, "09": 5, "02": 9}
    order = np.random.default_rng(seed).permutation(len(people))
    found = shared(spend, people, survey=SURVEY)
    draws = spend_draws(found, people, replicates=100, random_state=seed)
    other = shared(spend, people.iloc[order], survey=SURVEY.iloc[::-1])
    again = spend_draws(other, people.iloc[order], replicates=100, random_state=seed)
    np.testing.assert_allclose(draws.amounts.sum(axis=1), found.total_pence)
    pd.testing.assert_frame_equal(draws.amounts, again.amounts, check_exact=True)
    ends = spend_intervals(draws)
    assert (ends["low_pence"] <= ends["high_pence"]).all()
