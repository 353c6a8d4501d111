"""Flags added up over areas, with the gaps left open."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.evidence import flags_per_place

if TYPE_CHECKING:
    from pathlib import Path

Row = tuple[Any, ...]
FIGURES = ["areas", "red", "red_minimum", "red_maximum", "red_unknown"]


def flags_of(*rows: Row) -> pd.DataFrame:
    columns = ["place", "area", "colour", "count", "minimum", "maximum"]
    return pd.DataFrame(rows, columns=columns)


def reds(*rows: Row) -> list[int | None]:
    row = flags_per_place(flags_of(*rows)).loc["A", FIGURES]
    return [None if pd.isna(figure) else int(figure) for figure in row]


@pytest.mark.parametrize(
    ("rows", "figures"),
    [
        ([("A", "n", "red", 2, None, None)], [1, 2, 2, 2, 0]),
        ([("A", "n", "red", 0, None, None)], [1, 0, 0, 0, 0]),
        (
            [("A", "n", "red", 2, None, None), ("A", "s", "red", 1, None, None)],
            [2, 3, 3, 3, 0],
        ),
        (
            [("A", "n", "red", 2, None, None), ("A", "s", "red", None, 0, 2)],
            [2, None, 2, 4, 1],
        ),
        (
            [("A", "n", "red", 2, None, None), ("A", "s", "red", None, 1, None)],
            [2, None, 3, None, 1],
        ),
        (
            [("A", "n", "red", 2, None, None), ("A", "s", "green", 1, None, None)],
            [2, None, 2, None, 1],
        ),
        ([("A", "n", "red", None, None, None)], [1, None, 0, None, 1]),
        ([("A", "n", "red", None, 1, 1)], [1, 1, 1, 1, 0]),
        ([("A", "n", "red", 1, 0, 2)], [1, 1, 1, 1, 0]),
    ],
)
def test_cases_worked_by_hand(rows: list[Row], figures: list[int | None]) -> None:
    assert reds(*rows) == figures


def test_a_row_that_is_missing_is_not_a_zero() -> None:
    found = flags_per_place(flags_of(("A", "n", "green", 1, None, None)))
    assert pd.isna(found.loc["A", "red"])
    assert found.loc["A", "green"] == 1


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "flags has 0 rows"),
        ([("A", "n", "amber", 1, None, None)], r"seen \['amber'\]"),
        ([("A", None, "red", 1, None, None)], "1 rows of flags lack a place, area"),
        ([("A", "n", "red", -1, None, None)], "figures in 'count' are not whole"),
        ([("A", "n", "red", 1.5, None, None)], r"from 0 up: \['1.5'\]"),
        ([("A", "n", "red", "two", None, None)], r"\['two'\]"),
        ([("A", "n", "red", None, -1, None)], "figures in 'minimum'"),
        ([("A", "n", "red", 3, 0, 2)], "contradict their own bounds, first 'n', red"),
        ([("A", "n", "red", 0, 1, None)], "contradict their own bounds"),
        ([("A", "n", "red", None, 2, 1)], "contradict their own bounds"),
        ([("A", "n", "red", 1, None, None)] * 2, "1 rows of flags repeat an area"),
    ],
)
def test_bad_rows_are_refused(rows: list[Row], words: str) -> None:
    with pytest.raises(InsightError, match=words):
        flags_per_place(flags_of(*rows))


def test_a_missing_column_is_named() -> None:
    rows = flags_of(("A", "n", "red", 1, None, None)).drop(columns="area")
    with pytest.raises(InsightError, match=r"lacks \['area'\]"):
        flags_per_place(rows)


@pytest.mark.fixtures
def test_three_of_thirteen_pilots_are_complete(fixtures: Path) -> None:
    # evidence.md, section 2b: 31 areas; complete for Birmingham, Kent, Worcestershire.
    wide = pd.read_csv(fixtures / "evidence" / "flags_pilot_areas.csv")
    long = pd.concat(
        wide.assign(
            colour=colour,
            count=wide[colour],
            minimum=wide[f"{colour}_min"],
            maximum=wide["red_max"] if colour == "red" else None,
        )
        for colour in ("red", "green")
    ).rename(columns={"pilot": "place", "caa_area": "area"})
    found = flags_per_place(long)
    assert (len(found), found["areas"].sum()) == (13, 31)
    complete = found.dropna(subset=["red", "green"])
    assert complete[["red", "green"]].to_numpy().tolist() == [[1, 2], [0, 2], [2, 1]]
    assert complete.index.tolist() == ["Birmingham", "Kent", "Worcestershire"]
    manchester = found.loc["Manchester city region and Warrington"]
    assert (manchester["areas"], manchester["red_minimum"]) == (11, 4)


figure = st.one_of(st.none(), st.integers(0, 4))
rows_of = st.dictionaries(
    st.tuples(st.sampled_from("AB"), st.sampled_from("xyz"), st.sampled_from(["red"])),
    figure,
    min_size=1,
).map(lambda cells: [(*cell, count, None, None) for cell, count in cells.items()])


@settings(max_examples=50)
@given(rows_of, st.randoms(use_true_random=False))
def test_a_plain_loop_gives_the_same_sums(rows: list[Row], random: Random) -> None:
    found = flags_per_place(flags_of(*random.sample(rows, len(rows))))
    for place in sorted({row[0] for row in rows}):
        counts = [row[3] for row in rows if row[0] == place]
        assert found.loc[place, "areas"] == len(counts)
        if None in counts:
            assert pd.isna(found.loc[place, "red"])
            assert found.loc[place, "red_minimum"] == sum(filter(None, counts))
        else:
            assert found.loc[place, "red"] == sum(counts)
