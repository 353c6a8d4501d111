"""Lorenz curves of many resamples at once, on arrays.

A column of sums holds one resample: the counts of the k segments, then their bases,
then the sum over areas of count squared over base.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

__all__ = [
    "MEASURES",
    "added",
    "adder",
    "draws",
    "gini",
    "halvings",
    "held_out",
    "measures",
]

REACHED: Final = (10, 20, 30)  # per cent of the base
MEASURES: Final = ("gini", *(f"found_{share}" for share in REACHED), "eta_squared")
HALVINGS: Final = 20
AT_ONCE: Final = 32  # resamples in memory
Numbers: TypeAlias = "NDArray[np.float64]"


def adder(rows: pd.DataFrame, name: str) -> csr_array:
    """Return the matrix that adds up areas: counts, bases, and squares over bases."""
    of, codes = pd.factorize(rows[name], sort=True)
    count, base = rows["count"].to_numpy(), rows["base"].to_numpy()
    n, k = len(rows), len(codes)
    values = np.concatenate([count, base, count**2 / base])
    into = np.concatenate([of, k + of, np.full(n, 2 * k)])
    return csr_array((values, (into, np.tile(np.arange(n), 3))), shape=(2 * k + 1, n))


def draws(n: int, resamples: int, seed: int) -> Iterator[Numbers]:
    """Yield how often each area is drawn in each resample, some at a time."""
    random = np.random.default_rng(seed)
    for start in range(0, resamples, AT_ONCE):
        drawn = [
            np.bincount(random.integers(n, size=n), minlength=n)
            for _ in range(start, min(start + AT_ONCE, resamples))
        ]
        yield np.array(drawn, dtype=np.float64).T


def halvings(n: int, seed: int) -> Iterator[Numbers]:
    """Yield which areas are in the first half of each halving."""
    random = np.random.default_rng(seed)
    halves = [random.permutation(n) < n // 2 for _ in range(HALVINGS)]
    yield np.array(halves, dtype=np.float64).T


def added(
    adders: Mapping[str, csr_array], times: Iterator[Numbers]
) -> dict[str, Numbers]:
    """Return the sums of every grouping in every resample."""
    parts = [[each @ some for each in adders.values()] for some in times]
    joined = [np.hstack(each) for each in zip(*parts, strict=True)]
    return dict(zip(adders, joined, strict=True))


def measures(sums: Numbers) -> Numbers:
    """Return each measure (row) of each column of sums."""
    k = len(sums) // 2
    count, base, squares = sums[:k].T, sums[k : 2 * k].T, sums[-1]
    reached, found = _lorenz(count, base, _order(count, base))
    at = [share / 100 for share in REACHED]
    parts = [np.interp(at, *line) for line in zip(reached, found, strict=True)]
    even = count.sum(axis=1) ** 2 / base.sum(axis=1)
    between = _over(count**2, base).sum(axis=1) - even
    eta = _over(between, squares - even)
    return np.vstack([_area(reached, found), np.array(parts).T, eta])


def _order(count: Numbers, base: Numbers) -> NDArray[np.int64]:
    """Return segments by falling rate; one without a base has the average."""
    average = _over(count.sum(axis=1), base.sum(axis=1))[:, np.newaxis]
    rate = np.where(base > 0, _over(count, base), average)
    order: NDArray[np.int64] = np.argsort(-rate, axis=1, kind="stable")
    return order


def _lorenz(
    count: Numbers, base: Numbers, order: NDArray[np.int64]
) -> tuple[Numbers, Numbers]:
    """Return the curve of each row of segments, from 0 to 1."""
    lines = []
    for each in (base, count):
        total = np.cumsum(np.take_along_axis(each, order, axis=1), axis=1)
        share = _over(total, total[:, -1:])
        lines.append(np.hstack([np.zeros((len(share), 1)), share]))
    return lines[0], lines[1]


def _area(reached: Numbers, found: Numbers) -> Numbers:
    area = 2 * np.asarray(np.trapezoid(found, reached, axis=1)) - 1
    return np.where(found[:, -1] > 0, area, 0.0)  # without an outcome, nothing is told


def gini(count: Numbers, base: Numbers) -> float:
    """Return Gini of segments, or of areas each a segment of its own."""
    one = count[np.newaxis], base[np.newaxis]
    return float(_area(*_lorenz(*one, _order(*one)))[0])


def held_out(learnt: Numbers, whole: Numbers) -> float:
    """Return mean Gini where one half gives the order and the other the curve."""
    k = len(whole) // 2
    first, second = learnt.T, (whole - learnt).T
    ginis = [
        _area(
            *_lorenz(on[:, :k], on[:, k : 2 * k], _order(by[:, :k], by[:, k : 2 * k]))
        )
        for by, on in ((first, second), (second, first))
    ]
    return float(np.mean(ginis))


def _over(above: Numbers, below: Numbers) -> Numbers:
    """Return a quotient, 0 where there is nothing below."""
    out = np.zeros(np.broadcast_shapes(above.shape, below.shape))
    return np.divide(above, below, out=out, where=below > 0)
