"""Share a sum of money so that the parts are whole pennies and make the sum.

Largest remainder: each share is rounded down to a whole penny, and the pennies
left over go one each to the shares that lost most by it. Ties go by name. The
arithmetic is exact, so the parts do not depend on the order of rows or on the
machine.

Many totals that share their weights are dealt together in whole numbers of the
machine: a quotient guessed in floats, put right by its exact remainder. Where weights
or totals are too large for that, each total is dealt by itself, with the same result.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import gcd, isfinite, lcm
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd

from insight.errors import InsightError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

__all__ = ["allocate", "allocate_each"]

LARGEST_TOTAL: Final = 2**50
"""Pence up to which a guessed quotient is one off at most: some £11 trillion."""
LARGEST_KEY: Final = 2**62
"""Above it, a remainder and the place of a name do not fit into one number."""
AT_ONCE: Final = 2**14  # totals dealt together, so that their shares stay at hand


def _exact(name: str, weight: object) -> Fraction:
    """Return a weight as the exact fraction it stands for."""
    match weight:
        case bool():
            pass
        case Integral():
            return Fraction(int(weight))
        case Fraction():
            return weight
        case Decimal() if weight.is_finite():
            return Fraction(weight)
        case Real() if isfinite(weight):
            return Fraction(float(weight))
    msg = (
        f"weight of {name!r} is {weight!r}, which is no finite number. Leave the name "
        "out, or give it 0 if it is known to have no share."
    )
    raise InsightError(msg)


def _whole(weights: Mapping[str, Any] | pd.Series[Any]) -> dict[str, int]:
    """Return weights as whole numbers in the same proportion, checked."""
    if isinstance(weights, pd.Series) and not weights.index.is_unique:
        twice = sorted(
            {str(name) for name in weights.index[weights.index.duplicated()]}
        )
        msg = (
            f"{len(twice)} names have two weights: {twice[:5]}. Add their weights up "
            "first, so that each name has one."
        )
        raise InsightError(msg)
    exact = {name: _exact(str(name), weight) for name, weight in weights.items()}
    below = {str(name): float(weight) for name, weight in exact.items() if weight < 0}
    if below:
        msg = (
            f"{len(below)} weights are below zero: {dict(list(below.items())[:5])}. A "
            "share cannot be negative; handle refunds as amounts of their own."
        )
        raise InsightError(msg)
    if not any(exact.values()):
        msg = (
            f"all {len(exact)} weights are zero, so there is nothing to share by. Use "
            "another key, such as head count."
        )
        raise InsightError(msg)
    scale = lcm(*(weight.denominator for weight in exact.values()))
    return {cast("str", name): int(weight * scale) for name, weight in exact.items()}


def allocate(
    total_pence: int, weights: Mapping[str, Any] | pd.Series[Any]
) -> pd.Series[int]:
    """Share `total_pence` in proportion to `weights`, exact to the penny.

    Parameters
    ----------
    total_pence
        Whole pence. A negative total is shared as its opposite would be, with the
        signs turned.
    weights
        Name to weight: whole numbers, fractions, decimals or floats, not negative,
        not all zero. A weight of zero never receives a penny.

    Returns
    -------
    shares
        Pence by name, in the order of `weights`; they sum to `total_pence`. Pennies
        left over by rounding down go to the largest remainders, and among equal
        remainders to the first name in the order of text.

    Raises
    ------
    InsightError
        If a weight is missing, infinite or negative, if all are zero, if a name
        comes twice, or if the total is not whole.

    References
    ----------
    Balinski, M. L. and Young, H. P. (1975). The quota method of apportionment.
    American Mathematical Monthly 82 (7), 701-730. https://doi.org/10.2307/2318729
    (there, Hamilton's method).

    Examples
    --------
    >>> allocate(100, {"young": 1, "middle": 1, "old": 1}).to_dict()
    {'young': 33, 'middle': 34, 'old': 33}
    """
    shares = allocate_each([total_pence], weights)
    return shares.iloc[0].rename("amount_pence")


def allocate_each(
    totals_pence: Iterable[int], weights: Mapping[str, Any] | pd.Series[Any]
) -> pd.DataFrame:
    """Share each of many totals by the same weights, each exact to the penny.

    Parameters
    ----------
    totals_pence
        Whole pence, one a row of the result. A Series keeps its index.
    weights
        As for :func:`allocate`.

    Returns
    -------
    shares
        Pence: one row a total, one column a name. Each row sums to its total.

    Raises
    ------
    InsightError
        As for :func:`allocate`.

    Examples
    --------
    >>> allocate_each([100, -100], {"young": 1, "old": 2}).to_numpy().tolist()
    [[33, 67], [-33, -67]]
    """
    whole = _whole(weights)
    totals = _all_pence(totals_pence)
    return pd.DataFrame(
        _deal_each(totals, whole),
        columns=weights.index if isinstance(weights, pd.Series) else pd.Index(whole),
        index=totals_pence.index if isinstance(totals_pence, pd.Series) else None,
    )


def _all_pence(totals: Iterable[int]) -> Ints | list[int]:
    """Return totals as whole pence, checked."""
    if isinstance(totals, pd.Series | np.ndarray) and totals.dtype == np.int64:
        return np.asarray(totals)
    return [_pence(total) for total in totals]


def _pence(total: object) -> int:
    if isinstance(total, bool) or not isinstance(total, Integral):
        msg = (
            f"total is {total!r}, which is not whole pence. Turn pounds into pence "
            "with round(pounds * 100)."
        )
        raise InsightError(msg)
    return int(total)


def _deal_each(totals: Ints | list[int], whole: Mapping[str, int]) -> Ints:
    """Deal every total, together where the numbers of the machine are large enough."""
    names = sorted(whole, key=str)
    divisor = gcd(*whole.values())
    small = {name: weight // divisor for name, weight in whole.items()}
    ends = (int(np.min(totals)), int(np.max(totals))) if len(totals) else (0,)
    most = max(map(abs, ends))
    if most > LARGEST_TOTAL or sum(small.values()) * len(small) > LARGEST_KEY:
        alone = [_deal(total, whole) for total in map(int, totals)]
        rows = [list(shares.values()) for shares in alone]
        return np.array(rows, dtype=np.int64).reshape(len(rows), len(whole))
    by_name = np.array([small[name] for name in names], dtype=np.int64)
    dealt = _deal_together(np.asarray(totals, dtype=np.int64), by_name)
    order = {name: at for at, name in enumerate(names)}
    return dealt[:, [order[name] for name in whole]]


def _deal_together(totals: Ints, weights: Ints) -> Ints:
    """Deal totals by weights in the order of names: one row a total.

    The float quotient is one off at most. Remainders are taken modulo 2^64, where
    products wrap round; as each lies within twice the base, what is left is exact.
    A remainder and the place of its name make one key, so that no two are equal.
    """
    base, size = weights.sum(), len(weights)
    dealt = np.empty((len(totals), size), dtype=np.int64)
    last_first = np.arange(size - 1, -1, -1)
    for at in range(0, len(totals), AT_ONCE):
        some = totals[at : at + AT_ONCE, None]
        sign, amount = np.where(some < 0, -1, 1), np.abs(some)
        share = np.floor(amount * (weights / base)).astype(np.int64)
        left = amount * weights - share * base
        wrong = (left >= base).astype(np.int64) - (left < 0)
        share += wrong
        left -= wrong * base
        key = left * size + last_first
        over = (amount - share.sum(axis=1, keepdims=True)).ravel()
        ranked = np.sort(key, axis=1)
        least = ranked[np.arange(len(over)), size - np.maximum(over, 1)]
        share += (key >= least[:, None]) & (over > 0)[:, None]
        dealt[at : at + AT_ONCE] = share * sign
    return dealt


def _deal(total: int, whole: Mapping[str, int]) -> dict[str, int]:
    """Deal one total of any size by whole weights of any size."""
    amount, base = abs(total), sum(whole.values())
    shares = {name: amount * weight // base for name, weight in whole.items()}
    left = amount - sum(shares.values())
    lost = sorted(whole, key=lambda name: (-(amount * whole[name] % base), str(name)))
    for name in lost[:left]:
        shares[name] += 1
    return {name: -share if total < 0 else share for name, share in shares.items()}
