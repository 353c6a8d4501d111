"""Budgets beside what use adds up to: cases by hand, and what is flagged."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.spend import spend_per_segment
from insight.spend.beside import Beside
from insight.spend.calibration import Calibration, calibrate

SERVICES = {"GP": "07.2", "Hospital": "07.3", "Library": "08.2"}
COSTS = pd.DataFrame(
    [("Hospital", "unit", 50), ("Library", "user", 3)],
    columns=["service", "per", "central_pence"],
)
SURVEY = pd.DataFrame(
    [("Library", "1", 5, 10), ("Library", "2", 1, 10)],
    columns=["service", "segment", "users", "asked"],
)


def calibrated(
    *spend: tuple[str, int], use: list[tuple[Any, ...]] | None = None
) -> Calibration:
    columns = ["service", "segment", "cost_pence", "units", "customers"]
    return calibrate(
        spend_per_segment(
            pd.DataFrame(spend, columns=["cofog", "amount_pence"]),
            pd.DataFrame(use or [], columns=columns),
            pd.Series({"1": 100, "2": 100}),
            services=SERVICES,
            beside=Beside(survey=SURVEY, costs=COSTS),
        )
    )


def rows(found: Calibration) -> list[tuple[Any, ...]]:
    columns = ["cofog", "bottom_up_pence", "by", "factor", "flagged"]
    return list(found.table[columns].itertuples(index=False, name=None))


def test_recorded_cost_unit_cost_and_survey_each_add_up() -> None:
    use = [("GP", "1", 400, 9, 2), ("Hospital", "2", None, 4, 3)]
    found = calibrated(("07.2", 600), ("07.3", 500), ("08.2", 200), use=use)
    assert rows(found) == [
        ("07.2", 400, "recorded cost", 1.5, False),
        ("07.3", 200, "unit cost", 2.5, True),
        ("08.2", 180, "survey", pytest.approx(200 / 180), False),
    ]
    assert found.table["people"].tolist() == [2, 3, 20]
    assert str(found) == (
        "3 of 3 budgets with services can be held against what use adds up to; outside "
        "half to twice are COFOG 07.3 (2.50 times)."
    )


def test_codes_that_share_a_service_are_held_against_it_as_one() -> None:
    use = [("GP", "1", 400, 9, 2), ("Hospital", "2", 600, 4, 3)]
    found = calibrated(("07", 300), ("07.2", 700), use=use)
    assert rows(found) == [("07, 07.2", 1000, "recorded cost", 1.0, False)]
    assert "each lies between half of it and twice" in str(found)


def test_a_cost_that_is_not_known_leaves_the_sum_not_known() -> None:
    use = [("GP", "1", None, 9, 2), ("Hospital", "2", 600, 4, 3)]
    table = calibrated(("07", 300), use=use).table
    assert table["bottom_up_pence"].isna().all()
    assert table["factor"].isna().all()
    assert not table["flagged"].any()
    assert "No budget can be held" in str(calibrated(("07", 300), use=use))


def test_without_services_there_is_nothing_to_hold_budgets_against() -> None:
    assert calibrated(("09", 300)).table.empty


@settings(max_examples=40)
@given(st.integers(-1000, 1000), st.integers(1, 500))
def test_the_factor_is_budget_over_use_and_flagged_outside_half_to_twice(
    budget: int, cost: int
) -> None:
    row = calibrated(("07.2", budget), use=[("GP", "1", cost, 1, 1)]).table.iloc[0]
    assert row["factor"] * cost == pytest.approx(budget)
    assert row["flagged"] == (not cost / 2 <= budget <= 2 * cost)
