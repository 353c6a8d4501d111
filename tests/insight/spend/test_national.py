"""National figures: the Treasury's workbook with its traps, and a plain table."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from insight.errors import InsightError
from insight.spend.national import ENGLAND, national_spend, read_national
from insight.spend.shares import shares_by

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path
    from random import Random

HEAD = [
    "Dept Code", "Dept Name", "COFOG Level 1", "HMT Functional Classification",
    "Programme Object Group", "Programme Object Group Alias", "ID or non-ID",
    "CAP or CUR", "CG, LG or PC", "NUTS 1 region", "2007-08", "2008-09",
]  # fmt: skip
HEALTH, CARE = "7. Health", "10. Social Protection"


def row(
    region: str | None,
    amount: object,
    *,
    dept: str = "Department of Health ",
    cofog: str = HEALTH,
    known: str = "ID",
) -> list[object]:
    return [
        "D1",
        dept,
        cofog,
        cofog,
        "P1",
        "Care",
        known,
        "CUR",
        "CG",
        region,
        9,
        amount,
    ]


def workbook(folder: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    book.properties.created = dt.datetime(2010, 1, 1)  # noqa: DTZ001 - Excel has no zones
    sheet = book.active
    sheet.title = "CRA 2010 Chapter 9 DB final "
    for cells in [HEAD, *rows]:
        sheet.append(cells)
    file = folder / "pesa.xlsx"
    book.save(file)
    return file


TRAPS = [
    row("London ", 3.25),
    row("Yorkshire and The Humber", 2.0),
    row("Yorkshire and the Humber", 1.0, cofog="10. Social protection"),
    row("ENGLAND_London", -0.75, cofog=CARE),
    row("London", 4.0, dept="ENG_LA"),
    row("Not Identifiable", 7.0, known="Non-ID"),
    row("OUTSIDE UK", 5.0, known="non-ID"),
    row("England", 9.5),
    row("Total identifiable expenditure", 9.5),
    row("London", "-"),
    row(None, 1.0),
    row("London", 6.0, cofog="EU transactions"),
    row("London", 1.0, known="perhaps"),
]


def test_the_workbook_is_read_and_every_trap_is_told(tmp_path: Path) -> None:
    spend = read_national(workbook(tmp_path, TRAPS), period="2008-09", unit="million")
    assert spend.total_pence == 950_000_000
    by_region = spend.lines.groupby("region")["amount_pence"].sum()
    assert by_region.to_dict() == {
        "London": 650_000_000,
        "Yorkshire and the Humber": 300_000_000,
    }
    assert set(spend.lines["cofog"]) == {"07", "10"}
    assert set(spend.lines["nature"]) == {"revenue"}
    assert set(spend.lines["sector"]) == {"central government"}
    assert "Department of Health" in set(spend.lines["body"])
    assert spend.apart["amount_pence"].sum() == 1_200_000_000
    assert spend.unused.to_dict("index") == {
        "they add up other rows": {"rows": 2, "amount_pence": 1_900_000_000},
        "they hold no amount": {"rows": 1, "amount_pence": 0},
        "they say no region": {"rows": 1, "amount_pence": 100_000_000},
        "they have no COFOG code that is known": {
            "rows": 1,
            "amount_pence": 600_000_000,
        },
        "they do not say whether they are identifiable": {
            "rows": 1,
            "amount_pence": 100_000_000,
        },
    }
    told = " ".join(spend.notes)
    assert "1 of 5 lines are negative (-£750,000); they are kept as they are" in told
    assert "2 lines (£12,000,000) cannot be identified by region" in told
    assert "ENG_LA stands for many bodies" in told
    assert "2 rows (£19,000,000) count nowhere: they add up other rows." in told
    assert str(spend) == (
        "£9,500,000 of spending in 2008-09 is identified by region: 5 lines, "
        "regions: 2."
    )


def test_a_unit_must_be_known(tmp_path: Path) -> None:
    file = workbook(tmp_path, TRAPS)
    with pytest.raises(InsightError, match="State unit"):
        read_national(file, period="2008-09")
    thousands = read_national(file, period="2008-09", unit="thousand")
    assert thousands.total_pence == 950_000
    with pytest.raises(InsightError, match="amount_pounds, or one for the period"):
        read_national(file, unit="million")
    with pytest.raises(InsightError, match="amount_pounds, or one for the period"):
        read_national(file, period="2030-31", unit="million")


def test_rows_that_are_no_rows_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "spend.csv"
    file.write_text("region,cofog,amount_pounds\nEast,7,5\nEast,7,5,6,7\n", "utf-8")
    spend = read_national(file)
    assert spend.unused.loc["they cannot be read as rows", "rows"] == 1
    assert spend.total_pence == 500


def test_periods_are_never_added_up() -> None:
    frame = pd.DataFrame(
        {
            "region": "East",
            "cofog": "7",
            "amount_pounds": ["1", "2", "4"],
            "period": ["2007-08", "2008-09", None],
        }
    )
    with pytest.raises(InsightError, match="2 periods"):
        national_spend(frame)
    spend = national_spend(frame, period="2008-09")
    assert (spend.total_pence, spend.period) == (600, "2008-09")
    assert spend.unused.loc["they are of another period", "amount_pence"] == 100
    one = national_spend(frame[:1])
    assert one.period == "2007-08"


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ({"region": ["East"], "amount_pounds": ["1"]}, "lack cofog"),
        ({"region": ["East"], "cofog": ["7"]}, "lack amount_pounds"),
        ({"region": ["East"], "cofog": ["77"], "amount_pounds": ["1"]}, "none of 1"),
        ({"region": ["East"], "cofog": ["7"], "amount_pounds": ["inf"]}, "none of 1"),
    ],
)
def test_what_cannot_be_used_is_an_error_in_words(
    frame: dict[str, list[str]], words: str
) -> None:
    with pytest.raises(InsightError, match=words):
        national_spend(pd.DataFrame(frame))


amounts = st.decimals(-(10**6), 10**6, places=4, allow_nan=False)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from(ENGLAND), amounts), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
def test_sums_are_exact_and_the_order_of_rows_does_not_matter(
    rows: list[tuple[str, Decimal]], random: Random
) -> None:
    def total(some: list[tuple[str, Decimal]]) -> dict[str, int]:
        frame = pd.DataFrame(
            {
                "region": [region for region, _ in some],
                "cofog": "7",
                "2008-09": [str(amount) for _, amount in some],
            }
        )
        lines = national_spend(frame, period="2008-09", unit="million").lines
        return lines.groupby("region")["amount_pence"].sum().to_dict()

    expected: dict[str, int] = {}
    for region, amount in rows:
        expected[region] = expected.get(region, 0) + int(amount * 10**8)
    assert total(rows) == expected
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert total(shuffled) == expected


def test_shares_say_what_is_negative_and_put_equals_in_order() -> None:
    lines = pd.DataFrame(
        {"body": ["B", "A", None, "A"], "amount_pence": [50, 60, 30, -10]}
    )
    shares = shares_by(lines, "body")
    assert shares.index.tolist() == ["A", "B", "not stated"]
    assert shares["negative_pence"].tolist() == [-10, 0, 0]
    assert shares["share"].sum() == pytest.approx(1)
    with pytest.raises(InsightError, match="add up to -£1"):
        shares_by(lines.assign(amount_pence=[-100, 0, 0, 0]), "body")


@pytest.mark.fixtures
def test_england_of_2008_09_is_what_the_report_says_of_it(fixtures: Path) -> None:
    file = fixtures / "spend" / "spend_cra2010_england_2008_09.csv"
    england = read_national(file, period="2008-09").lines
    assert england["amount_pence"].sum() == 40_951_636_291_300  # the report's 410bn
    assert sorted(england["region"].unique()) == list(ENGLAND)
    assert (england["amount_pence"] < 0).sum() == 91
    functions = shares_by(england, "cofog")["share"]
    assert functions.index[:3].tolist() == ["10", "07", "09"]
    assert 100 * functions[:3].sum() == pytest.approx(78.8, abs=0.05)
    bodies = shares_by(england, "body")["share"]
    assert 100 * bodies[:3].sum() == pytest.approx(76.5, abs=0.05)
