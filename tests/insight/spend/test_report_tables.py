"""The shipped tables against the fixtures and the report's own text."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from insight.shipped import shipped
from insight.spend import outside_facts, statements, table_1, table_2, table_3

if TYPE_CHECKING:
    from pathlib import Path

TABLES = {1: table_1, 2: table_2, 3: table_3}


def test_the_three_tables_share_one_key() -> None:
    pilots = set(table_1().index) - {"total"}
    assert pilots == set(table_2().index) == set(table_3().index)
    assert len(pilots) == 13


def test_figures_keep_the_digits_that_are_printed() -> None:
    table = table_1()
    assert [str(table.loc[key, "b_bn"]) for key in ("birmingham", "croydon")] == [
        "7.5",
        "2.60",
    ]


def test_a_dash_in_print_is_missing_and_not_zero() -> None:
    table = table_3()
    coventry = table.loc["coventry-solihull-warwickshire"]
    assert coventry["local_authorities_pct"] == 53
    assert coventry[["nhs_pct", "central_government_pct", "other_pct"]].isna().all()
    assert table.isna().sum().sum() == 4


def test_a_claim_without_a_figure_has_none() -> None:
    assert statements().loc["table label", "low"] is None


@pytest.mark.fixtures
@pytest.mark.parametrize("number", TABLES)
def test_every_printed_figure_equals_the_fixture(number: int, fixtures: Path) -> None:
    kept = pd.read_csv(fixtures / "spend" / f"spend_table{number}.csv", dtype=str)
    ours = TABLES[number]().reset_index(drop=True)
    columns = {
        1: {
            "A_centre_out_gbp_bn": "a_bn",
            "B_locally_led_gbp_bn": "b_bn",
            "printed_diff_pct": "difference_pct",
            "pilot": "pilot",
        },
        2: {
            "total_pct_printed": "total_pct",
            "pilot_as_printed": "pilot",
            "health_pct": "health_pct",
            "education_pct": "education_pct",
            "social_protection_pct": "social_protection_pct",
        },
        3: {
            "pilot_as_printed": "pilot",
            "nhs_pct": "nhs_pct",
            "other_pct": "other_pct",
            "local_authorities_pct": "local_authorities_pct",
            "central_government_pct": "central_government_pct",
        },
    }[number]
    for theirs, mine in columns.items():
        left = [None if pd.isna(value) else value for value in kept[theirs]]
        right = [None if pd.isna(value) else str(value) for value in ours[mine]]
        if mine != "pilot":
            left, right = (
                [None if value is None else Decimal(value) for value in side]
                for side in (left, right)
            )
        assert left == right, mine
    assert kept["lines"].tolist() == ours["lines"].tolist()


@pytest.mark.fixtures
@pytest.mark.parametrize("number", TABLES)
def test_every_row_stands_on_its_lines_of_the_report(
    number: int, fixtures: Path
) -> None:
    folder = fixtures.parent / "report"
    if not folder.is_dir():
        pytest.skip("needs the text of the 2010 report, which is not here")
    text = next(folder.glob("*.txt")).read_text(encoding="utf-8").splitlines()
    for _, row in TABLES[number]().iterrows():
        first, *last = (int(line) for line in row["lines"].split("-"))
        printed = " ".join(text[first - 1 : (last or [first])[0]])
        figures = row.drop(["pilot", "lines"]).dropna()
        found = re.findall(r"-?\d+(?:\.\d+)?", printed)
        assert {str(figure) for figure in figures} <= set(found), printed


@pytest.mark.fixtures
def test_populations_equal_the_sums_of_the_fixture(fixtures: Path) -> None:
    facts = outside_facts()["value"]
    for name, file in (
        ("population of the pilots", "spend_pilot_bases.csv"),
        ("population of England", "spend_region_bases.csv"),
    ):
        column = pd.read_csv(fixtures / "spend" / file)["population_mid2008"]
        assert facts[name] == int(column.sum())


def test_the_dictionary_names_every_column_and_file() -> None:
    words = shipped("reference", "README.md").read_text(encoding="utf-8")
    for file in shipped("reference").glob("*.csv"):
        if f"`{file.name}`" not in words:
            continue  # a later part's own file says where its dictionary is
        for column in pd.read_csv(file, dtype=str, nrows=1):
            assert f"`{column}`" in words, (file.name, column)
