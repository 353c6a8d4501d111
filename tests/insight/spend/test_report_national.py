"""The report's national figures beside open ones, recomputed from the database."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.spend.report_claims import check_text
from insight.spend.report_national import (
    Against,
    check_national,
    odd_digits,
    weighted_functions,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_seven_of_thirteen_national_figures_agree() -> None:
    agree = {one.lines: one.agrees for one in check_national()}
    found = [str(one) for one in check_national() if not one.agrees]
    assert len(check_national()) == 13
    assert sum(one.agrees for one in check_national()) == 7
    assert agree["577"]
    assert not agree["590-591"]
    assert found[0] == (
        "Total public spending (line 572): printed £600bn; open figures have "
        "£602.35bn, 0.4 % more. The database is a year younger than the report's."
    )
    assert any("printed 37 bodies; open figures have 28 bodies" in one for one in found)


def test_table_2_weighted_by_table_1_comes_near_to_the_nation() -> None:
    assert round(weighted_functions(), 2) == Decimal("79.09")
    assert round(weighted_functions(mended=True), 2) == Decimal("78.88")


def test_figures_printed_to_other_digits_are_named() -> None:
    birmingham, bradford, kent = odd_digits()
    assert "Birmingham" in birmingham
    assert "7.45 to 7.55" in birmingham
    assert "Bradford" in bradford
    assert "4.35 to 4.45" in bradford
    assert kent == (
        "Table 1, Kent (line 681): difference is 5.5, with 1 decimal where the others "
        "have none; it stands for anything from 5.45 to 5.55."
    )


def test_the_summary_has_another_range_than_the_table() -> None:
    (one,) = [check for check in check_text() if check.lines == "98-99"]
    assert one.verdict == "does not add up"
    assert (one.printed, one.found) == ("70 to 80 %", "71 to 87 %")


@given(st.integers(1, 1_000), st.integers(-40, 40))
def test_a_figure_agrees_if_it_rounds_to_what_is_printed(
    whole: int, cents: int
) -> None:
    found = Decimal(whole) + Decimal(cents) / 100
    one = Against(says="x", lines="1", printed=Decimal(whole), found=found, unit="%")
    assert one.agrees
    far = Decimal(whole) * Decimal("1.03") + 1
    for hedge in ("", "about"):
        off = Against(
            says="x",
            lines="1",
            printed=Decimal(whole),
            found=far,
            unit="%",
            hedge=hedge,
        )
        assert not off.agrees


@pytest.mark.fixtures
def test_open_shares_come_from_the_treasury_s_own_rows(fixtures: Path) -> None:
    file = fixtures / "spend" / "spend_cra2010_england_2008_09.csv"
    rows = pd.read_csv(file)
    total = rows["gbp_m_2008_09"].sum()
    sums = rows.groupby("dept")["gbp_m_2008_09"].sum()
    shares = (100 * sums / total).sort_values()
    open_shares = {
        str(one.lines): float(one.found) for one in check_national() if one.unit == "%"
    }
    assert round(total / 1_000, 2) == 409.52
    assert round(shares.iloc[-3:].sum(), 2) == open_shares["584-586"]
    assert round(shares.iloc[-2], 2) == open_shares["590"]
    assert round(shares.iloc[-3], 2) == open_shares["590-591"]
    assert round(shares.iloc[-1], 2) == open_shares["578"]
