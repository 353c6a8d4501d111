"""Figures said so that a board reads them, and so that nothing hidden is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.report import ReportError
from insight.report.formats import cell_of, decimals_of, form_of, said, said_short

if TYPE_CHECKING:
    from collections.abc import Callable

    from insight.release import Released


@pytest.mark.parametrize(
    ("pence", "words"),
    [(0, "£0"), (50, "£0.50"), (123456, "£1,235"), (-250, "-£2.50"), (9999, "£99.99")],
)
def test_pence_are_said_as_pounds(pence: float, words: str) -> None:
    assert said(pence, "pence") == words


@pytest.mark.parametrize(
    ("pounds", "words"),
    [
        (999, "£999"),
        (999.6, "£1,000"),
        (1000, "£1k"),
        (1_234_567, "£1.2m"),
        (999_999, "£1m"),
        (2.5e9, "£2.5bn"),
        (-1_500_000, "-£1.5m"),
    ],
)
def test_a_card_says_pounds_in_few_letters(pounds: float, words: str) -> None:
    assert said_short(pounds, "pounds") == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "under 1 min"),
        (1 / 1440, "1 min"),
        (0.5, "12 hours"),
        (1.99, "48 hours"),
        (2, "2 days"),
        (9.54, "9.5 days"),
        (1234.5, "1,234 days"),
    ],
)
def test_a_wait_is_said_in_the_unit_a_person_would_use(days: float, words: str) -> None:
    assert said(days, "days") == words


def test_the_ending_of_a_column_says_what_it_holds() -> None:
    assert form_of("spend_pence") == "pence"
    assert form_of("spend_pence", "number") == "number"
    assert form_of("anything") == "number"


def test_hidden_unknown_and_shown_cells_are_told_apart(
    released: Callable[..., Released],
) -> None:
    table = released({"n": [3, None, 52], "who": ["a", None, "c"]}, counts=["n"])
    assert [cell_of(table, row, "n").text for row in range(3)] == ["[c]", "[x]", "50"]
    assert cell_of(table, 0, "n").hidden
    assert [cell_of(table, row, "who").text for row in range(3)] == ["a", "[x]", "c"]


def test_a_cell_of_money_says_its_pence_when_asked(
    released: Callable[..., Released],
) -> None:
    table = released({"spend_pence": [123456]}, public=["spend_pence"])
    assert cell_of(table, 0, "spend_pence").exact == "£1,234.56"


def test_a_column_that_is_not_there_is_named(released: Callable[..., Released]) -> None:
    with pytest.raises(ReportError, match=r"no column 'm'; it has \['n'\]"):
        cell_of(released({"n": [9]}, counts=["n"]), 0, "m")


@given(st.floats(-1e15, 1e15), st.sampled_from(["number", "pence", "pounds", "days"]))
def test_a_short_figure_is_within_a_twentieth_of_the_truth(
    value: float, form: str
) -> None:
    words = said_short(abs(value), form)
    if form != "days" and abs(value) >= 1e5:
        size = {"k": 1e3, "m": 1e6, "n": 1e9}.get(words[-1], 1.0)
        number = float(words.strip("£kmbn").replace(",", "")) * size
        number *= 100 if form == "pence" else 1
        assert number == pytest.approx(abs(value), rel=0.05)
    assert "e+" not in words


@pytest.mark.parametrize(
    ("figures", "texts"),
    [
        ([1.0, 0.95], ["1.00", "0.95"]),
        ([0.5, 12.25], ["0.5", "12.2"]),
        ([1.0, 2.0], ["1", "2"]),
        ([0.5, 150.0], ["0.5", "150"]),
        ([0.00123, 1.0], ["0.00123", "1"]),
    ],
)
def test_a_column_of_small_figures_lines_up_where_it_can(
    released: Callable[..., Released], figures: list[float], texts: list[str]
) -> None:
    table = released({"what": ["a", "b"], "rate": figures}, public=["rate"])
    decimals = decimals_of(table, "rate", range(2))
    cells = [cell_of(table, row, "rate", decimals=decimals) for row in range(2)]
    assert [cell.text for cell in cells] == texts


def test_words_and_hidden_figures_have_no_decimals(
    released: Callable[..., Released],
) -> None:
    table = released({"what": ["a", "b"], "people": [3, 4]}, counts=["people"])
    assert decimals_of(table, "what", range(2)) is None
    assert decimals_of(table, "people", range(2)) is None
