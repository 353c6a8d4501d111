"""Share a sum of money so that the parts are whole pennies and make the sum.

Largest remainder: each share is rounded down to a whole penny, and the pennies
left over go one each to the shares that lost most by it. Ties go by name. The
arithmetic is exact, so the parts do not depend on the order of rows or on the
machine.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import isfinite, lcm
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from insight.errors import InsightError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["allocate", "allocate_each"]


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
    rows = []
    for total in totals_pence:
        pence = _pence(total)
        shares = _deal(abs(pence), whole)
        rows.append([-share if pence < 0 else share for share in shares.values()])
    return pd.DataFrame(
        rows,
        columns=weights.index if isinstance(weights, pd.Series) else pd.Index(whole),
        index=totals_pence.index if isinstance(totals_pence, pd.Series) else None,
        dtype="int64",
    )


def _pence(total: object) -> int:
    if isinstance(total, bool) or not isinstance(total, Integral):
        msg = (
            f"total is {total!r}, which is not whole pence. Turn pounds into pence "
            "with round(pounds * 100)."
        )
        raise InsightError(msg)
    return int(total)


def _deal(total: int, whole: Mapping[str, int]) -> dict[str, int]:
    """Share a total that is not negative by whole weights."""
    base = sum(whole.values())
    shares = {name: total * weight // base for name, weight in whole.items()}
    left = total - sum(shares.values())
    lost = sorted(whole, key=lambda name: (-(total * whole[name] % base), str(name)))
    for name in lost[:left]:
        shares[name] += 1
    return shares
