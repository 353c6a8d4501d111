"""Both margins: fitting by hand, what is refused, and pence that stay exact."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.spend.two_margins import fit_margins, round_margins, share_two_ways


def table_of(*rows: list[float]) -> pd.DataFrame:
    return pd.DataFrame(rows).rename(index=str, columns=str)


def margin(*sums: float) -> pd.Series[float]:
    return pd.Series(sums).rename(index=str)


def slowly(seed: pd.DataFrame, rows: list[float], columns: list[float]) -> np.ndarray:
    """Fit in plain Python, one row or column at a time."""
    cells = seed.to_numpy().tolist()
    for _ in range(500):
        for at, row in enumerate(cells):
            cells[at] = [cell * rows[at] / sum(row) for cell in row]
        for at, target in enumerate(columns):
            whole = sum(row[at] for row in cells)
            for row in cells:
                row[at] *= target / whole
    return np.array(cells)


def test_a_table_is_fitted_as_a_slow_way_fits_it() -> None:
    seed = table_of([1, 2, 3], [4, 1, 1], [2, 2, 9])
    found = fit_margins(seed, margin(10, 20, 30), margin(25, 15, 20))
    np.testing.assert_allclose(found, slowly(seed, [10, 20, 30], [25, 15, 20]))


def test_odds_ratios_stay_those_of_the_first_guess() -> None:
    found = fit_margins(table_of([1, 1], [1, 3]), margin(4, 8), margin(6, 6)).to_numpy()
    assert found[0, 0] * found[1, 1] / found[0, 1] / found[1, 0] == pytest.approx(3)


def test_halves_are_rounded_so_that_both_margins_hold() -> None:
    half = table_of([0.5, 0.5], [0.5, 0.5])
    found = round_margins(half, margin(1, 1).astype(int), margin(1, 1))
    assert sorted(found.to_numpy().tolist()) == [[0, 1], [1, 0]]


def test_columns_that_are_not_whole_are_made_so_first() -> None:
    seed = table_of([1, 1, 1])
    found = share_two_ways(seed, margin(10).astype(int), margin(10 / 3, 10 / 3, 10 / 3))
    assert found.to_numpy().tolist() == [[4, 3, 3]]


def test_margins_that_differ_are_refused() -> None:
    with pytest.raises(InsightError, match=r"rows add up to 10.00 and columns to 8.00"):
        fit_margins(table_of([1, 1], [1, 1]), margin(5, 5), margin(4, 4))
    with pytest.raises(InsightError, match="The two are the same money"):
        share_two_ways(table_of([1, 1]), margin(10**12), margin(10**12, 1))


@pytest.mark.parametrize(
    ("seed", "rows", "columns", "words"),
    [
        (table_of([0, 0], [1, 1]), (3, 3), (3, 3), r"1 margins .* \['0'\]"),
        (table_of([0, 1], [0, 1]), (3, 3), (3, 3), r"1 margins .* \['0'\]"),
        (table_of([1, 0], [1, 0]), (3, 3), (6, 0), ""),
        (table_of([0, 1], [1, 1]), (5, 1), (4, 2), "no table with the zeros"),
        (table_of([1, -1]), (2,), (1, 1), "below zero somewhere"),
        (table_of([1, float("nan")]), (2,), (1, 1), "missing"),
        (table_of([1, 1]), (-2,), (-1, -1), "below zero somewhere"),
        (table_of([1, 1]), (2, 3), (1, 1), "margins name 2 rows and 2 columns"),
    ],
)
def test_what_cannot_be_fitted_is_refused(
    seed: pd.DataFrame, rows: tuple[float], columns: tuple[float], words: str
) -> None:
    if not words:
        assert fit_margins(seed, margin(*rows), margin(*columns)).iloc[0, 1] == 0
        return
    with pytest.raises(InsightError, match=words):
        fit_margins(seed, margin(*rows), margin(*columns))


def test_too_many_cells_are_refused() -> None:
    many = pd.DataFrame(np.ones((20_000, 6)))
    with pytest.raises(InsightError, match="120,000 cells"):
        round_margins(many, pd.Series(6, many.index), pd.Series(20_000, many.columns))


weights = st.integers(0, 9)


@settings(max_examples=80)
@given(
    st.integers(1, 6).flatmap(
        lambda wide: st.lists(
            st.lists(st.integers(0, 10**10), min_size=wide, max_size=wide),
            min_size=1,
            max_size=6,
        )
    ),
    st.data(),
)
def test_both_margins_are_exact_and_no_cell_moves_by_a_penny(
    truth: list[list[int]], data: st.DataObject
) -> None:
    whole = pd.DataFrame(truth)
    assume(whole.to_numpy().sum() > 0)
    seed = whole.map(lambda cell: data.draw(st.integers(1, 9)) if cell else 0)
    rows, columns = whole.sum(axis=1), whole.sum()
    fitted = fit_margins(seed.astype(float), rows, columns)
    found = round_margins(fitted, rows, columns)
    assert found.sum(axis=1).tolist() == rows.tolist()
    assert found.sum().tolist() == columns.tolist()
    assert (found - fitted).abs().to_numpy().max() < 1
    assert found.to_numpy().min() >= 0
    assert not found.to_numpy()[seed.to_numpy() == 0].any()
