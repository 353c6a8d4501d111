"""What tells of one person stays in `private/`, and says so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.release import RULES, Door, ReleaseError, Sheet
from insight.release.inside import keep_inside, write_private_page

if TYPE_CHECKING:
    from pathlib import Path

SHEET = Sheet(name="one", title="One customer", public=["day"])
PAGE = "<!doctype html><p>Keep it inside the partnership."


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path / "out", RULES["threshold10"], "Anytown", synthetic=True)


def test_a_table_and_a_page_go_where_their_owner_alone_can_read(door: Door) -> None:
    kept = keep_inside(door, pd.DataFrame({"day": [0, 14]}), SHEET)
    page = write_private_page(door, "one", PAGE)
    assert (door.out / kept.path).read_text("utf-8-sig").split() == ["day", "0", "14"]
    assert kept.rule.name == "none"
    assert page.parent == door.out / "private"
    for file in (page, door.out / kept.path):
        assert file.stat().st_mode & 0o077 == 0
    assert page.parent.stat().st_mode & 0o077 == 0


def test_the_audit_says_that_something_was_kept_and_no_figure(door: Door) -> None:
    keep_inside(door, pd.DataFrame({"day": [0, 777]}), SHEET)
    (line,) = (door.out / "audit.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["kind"] == "record-level"
    assert "777" not in line.replace(json.loads(line)["sha256"], "")


@pytest.mark.parametrize(
    "column", ["customer_id", "quote", "time", "end_time", "start_us", "postcode"]
)
def test_what_names_or_dates_somebody_is_refused(door: Door, column: str) -> None:
    with pytest.raises(ReleaseError, match="who a person is"):
        keep_inside(door, pd.DataFrame({column: ["x"]}), SHEET)
    assert not door.out.exists()


def test_a_page_that_does_not_say_that_it_stays_is_refused(door: Door) -> None:
    with pytest.raises(ReleaseError, match="does not say that it stays inside"):
        write_private_page(door, "one", "<!doctype html>")
    with pytest.raises(ReleaseError, match="cannot name a file"):
        write_private_page(door, "../one", PAGE)
    assert not door.out.exists()


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_what_is_kept_is_neither_rounded_nor_hidden(
    tmp_path_factory: pytest.TempPathFactory, days: list[int]
) -> None:
    out = tmp_path_factory.mktemp("kept")
    door = Door(out, RULES["nhs_1_7_round5"], "Anytown", synthetic=True)
    kept = keep_inside(door, pd.DataFrame({"day": days}), SHEET)
    assert kept.frame["day"].to_list() == days
    assert not kept.any_hidden
