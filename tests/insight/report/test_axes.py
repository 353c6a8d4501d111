"""Axes hold what they must, with few and round ticks."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.report.axes import ground, named_axis, path_of, round_axis

VALUES = st.lists(
    st.floats(-1e9, 1e9).filter(lambda value: value == 0 or abs(value) > 1e-6),
    min_size=1,
    max_size=8,
)


@given(VALUES, st.booleans())
def test_an_axis_holds_its_values_between_few_round_ticks(
    values: list[float],
    nought: bool,  # noqa: FBT001 - given by Hypothesis
) -> None:
    axis = round_axis(values, "number", from_nought=nought)
    assert all(-1e-9 <= axis.share(value) <= 1 + 1e-9 for value in values)
    places = [at for at, _ in axis.ticks]
    assert 1 <= len(places) <= 7
    steps = [after - before for before, after in pairwise(places)]
    for step in steps:
        assert step == pytest.approx(steps[0])
        tens = 10 ** math.floor(math.log10(step) + 1e-9)
        assert step / tens == pytest.approx(round(step / tens))


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([3, 9], (0, 10)),
        ([70, 90], (70, 90)),  # far from 0, which would flatten it
        ([-4, 7], (-5, 10)),
        ([0], (0, 1)),
        ([5], (0, 5)),
        ([], (0, 1)),
    ],
)
def test_an_axis_from_nought_begins_and_ends_at_round_numbers(
    values: list[float], ends: tuple[float, float]
) -> None:
    axis = round_axis(values, "number", from_nought=True)
    assert (axis.least, axis.most) == pytest.approx(ends)


def test_another_axis_ends_where_its_values_do() -> None:
    axis = round_axis([0.3, 0.9], "share")
    assert (axis.least, axis.most) == (0.3, 0.9)
    assert [words for _, words in axis.ticks] == ["40%", "60%", "80%"]


def test_names_that_are_numbers_stand_as_far_apart_as_their_numbers() -> None:
    axis, places = named_axis(["2001", "2011", "2021", "2022"])
    assert [axis.share(places[each]) for each in ("2011", "2021")] == [10 / 21, 20 / 21]
    evenly, at = named_axis(["2008-09", "2009-10", "2010-11"])
    assert evenly.share(at["2009-10"]) == 0.5


@pytest.mark.parametrize("names", [["nan", "1"], ["1", "inf"], ["one"], []])
def test_names_that_are_no_numbers_stand_evenly(names: list[str]) -> None:
    axis, places = named_axis(names)
    assert list(places.values()) == list(range(len(names)))
    assert axis.most > axis.least


def test_of_many_names_few_are_written_and_long_ones_are_cut() -> None:
    axis, places = named_axis([f"a rather long name {at}" for at in range(40)])
    assert len(axis.ticks) <= 6
    assert all(len(words) <= 12 for _, words in axis.ticks)
    assert len(places) == 40


def test_titles_are_broken_into_lines_of_about_one_length_and_escaped() -> None:
    axis = round_axis([0, 1], "share")
    svg = ground(
        axis, axis, ("<b>", "Share of areas, those of greatest need first"), "", "x"
    )
    assert "&lt;b&gt;" in svg
    assert ">Share of areas, those<" in svg
    assert ">of greatest need first<" in svg


def test_where_ticks_are_many_a_phone_leaves_every_other_out() -> None:
    across, _ = named_axis([f"{year}-{year - 1999:02d}" for year in range(2005, 2011)])
    up = round_axis([0, 1], "share")
    assert ground(across, up, ("", ""), "", "x").count(" spare") == 3
    assert ground(up, up, ("", ""), "", "x").count(" spare") == 0


def test_a_path_goes_through_its_points() -> None:
    assert path_of([(0, 0), (1, 320)]) == "M0.0 0.0L1000.0 320.0"
