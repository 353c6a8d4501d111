"""A grid can be shaded by any figure, either way from nought, and says the sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.report import Matrix, ReportError
from insight.report.grids import shaded
from insight.report.palette import LOSSES, contrast

if TYPE_CHECKING:
    from collections.abc import Callable

    from insight.release import Released

SAID = {"rows": "stage", "columns": "agency", "title": "How it felt", "corner": "Stage"}


def cells(table: Released, measure: str) -> list[tuple[str, int]]:
    grid = shaded(Matrix(released=table, measure=measure, scale="diverging", **SAID))
    return [(cell.text, shade) for row in grid.cells for cell, shade in row]


def test_a_mean_is_shaded_either_way_and_keeps_its_sign(
    released: Callable[..., Released],
) -> None:
    rows = {"stage": ["a", "b", "c", "d"], "agency": ["x"] * 4}
    felt = pd.array([-2.0, -1.0, 0.0, 1.5], "Float64")
    table = released(rows | {"emotion": felt}, public=["emotion"])
    assert cells(table, "emotion") == [("-2", -2), ("-1", -1), ("0", 0), ("+1.5", 4)]


def test_money_can_shade_a_grid_and_what_is_hidden_stays_so(
    released: Callable[..., Released],
) -> None:
    rows = {"stage": ["a", "b"], "agency": ["x", "x"], "n": [50, 3]}
    table = released(
        rows | {"cost_pence": [90_000, 500]},
        counts=["n"],
        measures={"cost_pence": "n"},
    )
    grid = shaded(Matrix(released=table, measure="cost_pence", **SAID))
    assert [(cell.text, shade) for ((cell, shade),) in grid.cells] == [
        ("£900", 5),
        ("[c]", 0),
    ]


def test_a_grid_without_a_figure_is_refused(released: Callable[..., Released]) -> None:
    table = released({"stage": ["a"], "agency": ["x"]})
    with pytest.raises(ReportError, match="no column 'count'"):
        Matrix(released=table, **SAID)


@pytest.mark.parametrize(("ground", "ink"), LOSSES)
def test_text_on_a_loss_can_be_read(ground: str, ink: str) -> None:
    assert contrast(ground, ink) >= 4.5


@given(st.lists(st.floats(-9e6, 9e6).map(lambda each: round(each, 2)), min_size=1))
def test_the_shade_and_the_sign_follow_the_figure(
    released: Callable[..., Released], felt: list[float]
) -> None:
    stages = [f"s{at}" for at in range(len(felt))]
    table = released(
        {"stage": stages, "agency": "x", "net_pence": pd.array(felt, "Float64")},
        public=["net_pence"],
    )
    for (text, shade), value in zip(cells(table, "net_pence"), felt, strict=True):
        assert shade in {-2, -1, 0, 2, 4}
        assert shade * value >= 0
        assert text.startswith("+" if value > 0 else "-" if value < 0 else "£")
