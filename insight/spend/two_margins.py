"""Share money where both what each line holds and what each segment got are known.

Iterative proportional fitting moves a first guess until its rows and its columns add
up to both; cells that were nothing stay nothing. Pence are then made whole without
moving any sum: whole pence of a cell stay, and which fractions are rounded up is a
flow of least cost from rows to columns.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.spend.pennies import allocate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["fit_margins", "round_margins", "share_two_ways"]

MOST_ROUNDS: Final = 2_000
CLOSE: Final = 1e-9
"""How far a fitted sum may be from its target, in its own unit (pence)."""
EXACT: Final = 1e-15
"""How far floats leave a sum open, as a share of it."""
WHOLE: Final = 1e-6  # a cell so near a whole penny is one
MOST_CELLS: Final = 100_000
"""Cells that are rounded in reasonable time: some five seconds."""
COST_OF_ONE: Final = 1_000_000  # costs of the flow are whole numbers


def fit_margins(
    seed: pd.DataFrame,
    rows: pd.Series[Any],
    columns: pd.Series[Any],
) -> pd.DataFrame:
    """Fit a table to the sums of its rows and of its columns.

    Parameters
    ----------
    seed
        First guess, not negative: lines by segments, as weights of any scale.
    rows, columns
        What each row and each column is to add up to, not negative, in the order of
        `seed`; both add up to the same.

    Returns
    -------
    fitted
        As `seed`; odds ratios are those of the seed, and a cell of zero stays zero.

    Raises
    ------
    InsightError
        If the two sums differ, names differ, something is missing or negative, or
        the zeros of the seed leave no way to reach the sums.

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a
    sampled frequency table when the expected marginal totals are known. Annals of
    Mathematical Statistics 11 (4), 427-444. https://doi.org/10.1214/aoms/1177731829

    Examples
    --------
    >>> seed = pd.DataFrame({"1": [1.0, 1.0], "2": [1.0, 3.0]}, index=["GP", "care"])
    >>> rows, columns = pd.Series({"GP": 4, "care": 8}), pd.Series({"1": 6, "2": 6})
    >>> fit_margins(seed, rows, columns).round(2).to_numpy().tolist()
    [[2.71, 1.29], [3.29, 4.71]]
    """
    _check_margins(seed, rows, columns)
    cells = seed.to_numpy("float64")
    wide, tall = rows.to_numpy("float64"), columns.to_numpy("float64")
    for axis, sums, names in ((1, wide, seed.index), (0, tall, seed.columns)):
        stuck = (cells.sum(axis=axis) == 0) & (sums > 0)
        if stuck.any():
            msg = (
                f"{int(stuck.sum())} margins are above zero where every cell of the "
                f"seed is zero: {[str(name) for name in names[stuck]][:5]}. Give these "
                "cells a weight, or correct the margin."
            )
            raise InsightError(msg)
    for _ in range(MOST_ROUNDS):
        cells = cells * _ratios(wide, cells.sum(axis=1))[:, None]
        gaps = np.abs(cells.sum(axis=0) - tall)
        cells = cells * _ratios(tall, cells.sum(axis=0))
        if (gaps <= np.maximum(CLOSE * min(1.0, tall.sum()), EXACT * tall)).all():
            return pd.DataFrame(cells, index=seed.index, columns=seed.columns)
    msg = (
        f"no table with the zeros of the seed has both margins: after {MOST_ROUNDS} "
        f"rounds a sum is still {gaps.max():g} off. Give weights to cells of zero."
    )
    raise InsightError(msg)


def _ratios(wanted: Floats, seen: Floats) -> Floats:
    return np.divide(wanted, seen, out=np.zeros_like(wanted), where=seen > 0)


def _check_margins(
    seed: pd.DataFrame, rows: pd.Series[Any], columns: pd.Series[Any]
) -> None:
    same = rows.index.equals(seed.index) and columns.index.equals(seed.columns)
    if not same or not seed.columns.is_unique:
        msg = (
            f"the margins name {len(rows)} rows and {len(columns)} columns, the seed "
            f"has {seed.shape[0]} and {seed.shape[1]}. Name the same, each column "
            "once, in the same order."
        )
        raise InsightError(msg)
    values = [
        seed.to_numpy("float64"),
        *(m.to_numpy("float64") for m in (rows, columns)),
    ]
    if not all(np.isfinite(each).all() and (each >= 0).all() for each in values):
        msg = (
            "the seed or a margin is missing, infinite or below zero somewhere. Share "
            "refunds as amounts of their own, and leave nothing blank."
        )
        raise InsightError(msg)
    across, down = (
        sum(map(Fraction, each.tolist()), Fraction(0)) for each in (rows, columns)
    )
    if abs(across - down) > Fraction(EXACT) * max(across, down):
        msg = (
            f"rows add up to {float(across):,.2f} and columns to {float(down):,.2f}. "
            "The two are the same money: correct one of them."
        )
        raise InsightError(msg)


def round_margins(
    fitted: pd.DataFrame,
    rows: pd.Series[int],
    columns: pd.Series[Any],
) -> pd.DataFrame:
    """Round a fitted table to whole pence, keeping every row and column sum.

    Parameters
    ----------
    fitted
        What :func:`fit_margins` returned.
    rows
        Whole pence of each row.
    columns
        Pence of each column; where they are not whole, they are made so first, by
        largest remainder, which keeps their sum.

    Returns
    -------
    whole
        Whole pence: sums exact, each cell less than a penny from `fitted`, and the
        sum of what cells were moved by as small as can be.

    Raises
    ------
    InsightError
        If there are more cells than can be rounded in reasonable time.

    References
    ----------
    Cox, L. H. and Ernst, L. R. (1982). Controlled rounding. INFOR 20 (4), 423-432.
    https://doi.org/10.1080/03155986.1982.11731887

    Examples
    --------
    >>> half = pd.DataFrame({"1": [0.5, 0.5], "2": [0.5, 0.5]}, index=["GP", "care"])
    >>> rows, columns = pd.Series({"GP": 1, "care": 1}), pd.Series({"1": 1, "2": 1})
    >>> round_margins(half, rows, columns).sum().tolist()
    [1, 1]
    """
    if fitted.size > MOST_CELLS:
        msg = (
            f"{fitted.size:,} cells ({len(fitted):,} lines) are too many to round in "
            f"two margins; {MOST_CELLS:,} can be. Add lines of one code up first."
        )
        raise InsightError(msg)
    targets = allocate(int(rows.sum()), {str(k): v for k, v in columns.items()})
    cells = _near_whole(fitted.to_numpy("float64"))
    whole = np.floor(cells).astype(np.int64)
    part = cells - whole
    flow: nx.DiGraph[tuple[str, int]] = nx.DiGraph()
    for at, left in enumerate(rows.to_numpy("int64") - whole.sum(axis=1)):
        flow.add_node(("row", at), demand=-int(left))
    for at, left in enumerate(targets.to_numpy("int64") - whole.sum(axis=0)):
        flow.add_node(("column", at), demand=int(left))
    for row, column in zip(*map(np.ndarray.tolist, np.nonzero(part)), strict=True):
        cost = round(COST_OF_ONE * (1 - 2 * part[row, column]))
        flow.add_edge(("row", row), ("column", column), capacity=1, weight=cost)
    for (_, row), to in nx.min_cost_flow(flow).items():
        for (_, column), up in to.items():
            whole[row, column] += up
    return pd.DataFrame(whole, index=fitted.index, columns=fitted.columns)


def _near_whole(cells: Floats) -> Floats:
    """Return cells with what is a whole penny but for the last bits of a float."""
    nearest = np.round(cells)
    near = np.abs(cells - nearest) <= WHOLE + 10 * EXACT * cells
    return np.where(near, nearest, cells)


def share_two_ways(
    seed: pd.DataFrame, rows: pd.Series[int], columns: pd.Series[Any]
) -> pd.DataFrame:
    """Share whole pence so that every row and every column adds up exactly.

    Parameters
    ----------
    seed, rows, columns
        As for :func:`fit_margins`; rows in whole pence.

    Returns
    -------
    whole
        Whole pence: lines by segments.

    Raises
    ------
    InsightError
        As for :func:`fit_margins` and :func:`round_margins`.

    Examples
    --------
    >>> seed = pd.DataFrame({"1": [1.0, 1.0], "2": [1.0, 3.0]}, index=["GP", "care"])
    >>> rows, columns = pd.Series({"GP": 4, "care": 8}), pd.Series({"1": 6, "2": 6})
    >>> share_two_ways(seed, rows, columns).to_numpy().tolist()
    [[3, 1], [3, 5]]
    """
    return round_margins(fit_margins(seed, rows, columns), rows, columns)
