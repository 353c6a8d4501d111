"""One customer's page tells a journey, and neither who nor when."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer import Typer
from typer.testing import CliRunner

from insight import build_example
from insight.chapters.one_customer import contacts_of, customer_page
from insight.customer_commands import customer
from insight.errors import InsightError
from insight.release import RULES, Door
from journeys import Duplication, encode_log, find_duplication

if TYPE_CHECKING:
    from pathlib import Path

DAY_US = 86_400_000_000


def log_of(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    """Return events of (customer, day, agency, activity), each for housing."""
    frame = pd.DataFrame(rows, columns=["customer_id", "time", "agency", "activity"])
    return frame.assign(
        time=pd.to_datetime(frame["time"], utc=True),
        event_id=[f"secret-{at}" for at in range(len(frame))],
        activity_class="assess",
        need="housing",
        cost_pence=10_000,
    )


ROWS = [
    ("ann-1", "2009-04-01", "council", "assess"),
    ("ann-1", "2009-04-15", "health", "assess"),
    ("ann-1", "2009-05-01", "police", "ask about the pigeon"),
    ("bob-2", "2009-04-01", "council", "assess"),
    ("bob-2", "2009-04-03", "health", "assess"),
    *((f"c{at}", "2009-04-01", "council", "assess") for at in range(12)),
]


@pytest.fixture(scope="module")
def found() -> Duplication:
    return find_duplication(encode_log(log_of(ROWS)))


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path / "out", RULES["nhs_1_7_round5"], "Anytown", synthetic=True)


def test_the_page_names_nobody_and_dates_nothing(
    found: Duplication, door: Door
) -> None:
    page = customer_page(found, door)
    assert page == door.out / "private" / "customer-a.html"
    html = page.read_text("utf-8")
    table = (door.out / "private" / "customer-a.csv").read_text("utf-8-sig")
    for text in (html, table):
        assert not re.search(r"ann-1|bob-2|secret-|2009|pigeon|housing", text)
    assert "Keep it inside the partnership" in html
    assert "Customer A had 3 contacts with 3 agencies" in html
    assert [line.split(",")[0] for line in table.splitlines()] == [
        "day",
        "0",
        "14",
        "30",
    ]
    assert not (door.out / "tables").exists()


def test_a_rare_activity_is_named_by_its_class(found: Duplication, door: Door) -> None:
    customer_page(found, door)
    table = (door.out / "private" / "customer-a.csv").read_text("utf-8-sig")
    assert "30,[x],police,an assessment," in table


def test_a_finding_or_a_seed_chooses_the_customer(
    found: Duplication, door: Door
) -> None:
    findings = found.findings().set_index("customer_id")["finding_id"]
    page = customer_page(found, door, finding=findings["bob-2"])
    assert "had 2 contacts" in page.read_text("utf-8")
    drawn = {
        customer_page(found, door, seed=seed).read_text("utf-8").count("police") > 0
        for seed in range(8)
    }
    assert drawn == {True, False}


def test_what_cannot_be_shown_is_refused(found: Duplication, door: Door) -> None:
    with pytest.raises(InsightError, match="No finding is called 'D9-1'"):
        customer_page(found, door, finding="D9-1")
    nothing = find_duplication(encode_log(log_of(ROWS[:1])))
    with pytest.raises(InsightError, match="no customer to show"):
        customer_page(nothing, door)
    assert not door.out.exists()


@settings(max_examples=20)
@given(st.integers(0, 366 * DAY_US))
def test_whatever_the_shift_gaps_are_right_to_the_day(
    found: Duplication, shift: int
) -> None:
    findings = found.findings()
    own = findings[findings["customer_id"] == "ann-1"]
    frame = contacts_of(found.log, own, rare=0, shift=shift)
    assert frame["day"].to_list() == [0, 14, 30]
    assert frame["activity"].to_list() == ["assess", "assess", "ask about the pigeon"]
    rules = frame["duplicate"]
    assert pd.isna(rules.iloc[0])
    assert "D1" in rules.iloc[1]


def test_the_command_draws_a_customer_of_the_example(tmp_path: Path) -> None:
    place = build_example(tmp_path / "town")
    app = Typer()
    app.command()(customer)
    done = CliRunner().invoke(app, [str(place), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "private" / "customer-a.html").exists()
