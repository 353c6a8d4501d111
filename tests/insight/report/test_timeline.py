"""A timeline shows each contact on its day, and says what duplicates in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.report import ReportError, timeline
from insight.report.diagram import SMALL_LETTER, Diagram

if TYPE_CHECKING:
    from collections.abc import Callable

    from insight.release import Released

ONE = {
    "day": [0, 14, 40],
    "until_day": pd.array([None, 30, None], "Int64"),
    "agency": ["council", "health", "health"],
    "activity": ["ask", "support", "assess"],
    "duplicate": [None, None, "D1"],
}
DAYS = {"public": ["day", "until_day"]}


def drawn(table: Released) -> Diagram:
    shapes = timeline(table).shapes
    assert isinstance(shapes, Diagram)
    return shapes


@pytest.fixture
def one(released: Callable[..., Released]) -> Released:
    """Return three contacts, one of them a spell, one a duplicate."""
    return released(ONE, **DAYS)


def test_each_contact_says_its_agency_day_and_duplicate(one: Released) -> None:
    names = {box.name for box in drawn(one).boxes if box.look == "note"}
    assert names == {
        "council: ask, day 0",
        "health: support, day 14 to 30",
        "health: assess, day 40, duplicate (D1)",
    }


def test_a_duplicate_has_another_shape_and_a_spell_its_length(one: Released) -> None:
    boxes = drawn(one).boxes
    marks = [box for box in boxes if box.look in {"mark", "again"}]
    assert [box.look for box in marks] == ["mark", "mark", "again"]
    (spell,) = (box for box in boxes if box.look == "spell")
    per_day = (marks[2].x - marks[0].x) / 40
    assert spell.width == pytest.approx(16 * per_day)
    assert [key.name for key in timeline(one).keys] == [
        "A contact",
        "Duplicates earlier work, by the rule named beside it",
        "From its start to its end",
    ]


def test_any_order_of_rows_gives_the_same_drawing(
    one: Released, released: Callable[..., Released]
) -> None:
    turned = pd.DataFrame(ONE).iloc[::-1]
    assert timeline(released(turned, **DAYS)).svg == timeline(one).svg


def test_contacts_without_a_day_are_counted(released: Callable[..., Released]) -> None:
    days = pd.array([0, None, None], "Int64")
    said = timeline(released(ONE | {"day": days, "until_day": days}, **DAYS)).note
    assert said.startswith("2 contacts without a known day are not drawn.")


def test_what_cannot_be_drawn_is_refused(released: Callable[..., Released]) -> None:
    with pytest.raises(ReportError, match="no column 'agency'"):
        timeline(released({"day": [1]}, public=["day"]))
    with pytest.raises(ReportError, match="no contact with a known day"):
        timeline(released(ONE | {"agency": [None] * 3}, **DAYS))
    with pytest.raises(ReportError, match="ends before it starts"):
        timeline(released(ONE | {"until_day": [0, 3, 50]}, **DAYS))


@settings(max_examples=30)
@given(st.lists(st.integers(0, 900), min_size=1, max_size=30))
def test_no_words_lie_over_others(
    released: Callable[..., Released], days: list[int]
) -> None:
    many = len(days)
    names = {"agency": ["council"] * many, "activity": ["a long assessment"] * many}
    notes = [
        (box.y, *sorted((box.x, box.x + (-1 if box.ends else 1) * box.width)))
        for box in drawn(released({"day": days, **names}, public=["day"])).boxes
        if box.look == "note"
    ]
    assert len(notes) == many
    for at, (y, left, right) in enumerate(notes):
        assert right - left == pytest.approx(
            len(f"a long assessment, day {sorted(days)[at]}") * SMALL_LETTER
        )
        for other, low, high in notes[:at]:
            assert y != other or right < low or left > high
