"""The rows that drivers are asked of: checked, complete, and what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from segmentation.errors import SegmentError, few

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["driver_rows", "inflation"]

KEPT: Final = ("count", "base", "segment", "cluster")


def driver_rows(
    table: pd.DataFrame,
    outcome: str | tuple[str, str],
    factors: Sequence[str],
    segments: str,
    cluster: str | None,
) -> tuple[pd.DataFrame, pd.Series[int]]:
    """Return rows on which all is known, and why the others were left out.

    Parameters
    ----------
    table, outcome, factors, segments, cluster
        See :func:`segmentation.action.drivers.drivers`.

    Returns
    -------
    rows
        The factors as numbers, `count`, `base`, `segment` and `cluster`; in the same
        order for any order of `table`.
    left_out
        Reason -> how many rows; a row counts for its first reason.

    Raises
    ------
    SegmentError
        If a column is absent, is not of its kind or is named twice, a count is not
        from 0 up to its base, a factor does not vary, or no row is complete.

    Examples
    --------
    >>> table = pd.DataFrame({"old": [1, None, 3], "glad": [0, 1, 1], "segment": "1"})
    >>> rows, left_out = driver_rows(table, "glad", ["old"], "segment", None)
    >>> len(rows), left_out.to_dict()
    (2, {"factor 'old' not known": 1})
    """
    pair = (outcome,) if isinstance(outcome, str) else outcome
    named = [*pair, *factors, segments, *([cluster] if cluster else [])]
    _check_names(table, named, factors)
    numbers = [_numbers(table, name) for name in [*pair, *factors]]
    count = numbers[0]
    base = numbers[1] if len(pair) > 1 else count.notna().astype(float)
    rows = pd.DataFrame(
        dict(zip(factors, numbers[len(pair) :], strict=True))
        | {"count": count, "base": base, "segment": table[segments]}
    )
    rows["cluster"] = table[cluster] if cluster else 0
    left_out, keep = _left_out(rows, factors)
    known = rows[keep]
    bad = ~((known["count"] >= 0) & (known["count"] <= known["base"]))
    if len(pair) == 1:
        bad |= ~known["count"].isin([0, 1])
    if bad.any() or known.empty:
        msg = (
            f"{int(bad.sum())} of {len(known)} complete rows (of {len(table)}) have an "
            f"outcome {' / '.join(pair)} that is not 0 or 1, or not a count from 0 up "
            "to its base. Mend them, or supply what is missing."
        )
        raise SegmentError(msg)
    same = [name for name in factors if np.ptp(known[name]) == 0]
    if same:
        msg = (
            f"factors {few(same)} are the same in all {len(known)} complete rows. "
            "Leave them out."
        )
        raise SegmentError(msg)
    known = known.astype({"segment": str, "cluster": str})
    # In an order that hangs on values alone, since sums of fractions hang on it.
    known = known.sort_values([*factors, *KEPT], ignore_index=True)
    if cluster is None:
        known["cluster"] = known.index
    return known, left_out


def _check_names(table: pd.DataFrame, named: list[str], factors: Sequence[str]) -> None:
    absent = [name for name in named if name not in table.columns]
    twice = sorted({name for name in named if named.count(name) > 1})
    taken = [name for name in factors if name in KEPT]
    if absent or twice or taken or not factors:
        msg = (
            f"drivers need one or more factors, each column named once; not in the "
            f"table: {few(absent) or 'none'}; named twice: {few(twice) or 'none'}; "
            f"factors with a name in {KEPT}: {few(taken) or 'none'}. The columns are "
            f"{few(list(table.columns))}."
        )
        raise SegmentError(msg)


def _numbers(table: pd.DataFrame, name: str) -> pd.Series[float]:
    column = table[name]
    if not pd.api.types.is_numeric_dtype(column):
        msg = (
            f"column {name!r} should hold numbers, but is {column.dtype}. Give one "
            "column of 0 and 1 for each of its categories but one."
        )
        raise SegmentError(msg)
    values = column.astype("float64")
    endless = int(np.isinf(values).sum())
    if endless:
        msg = (
            f"column {name!r} is infinite in {endless} of {len(values)} rows. Make the "
            "value missing, or mend it at its source."
        )
        raise SegmentError(msg)
    return values


def _left_out(
    rows: pd.DataFrame, factors: Sequence[str]
) -> tuple[pd.Series[int], pd.Series[bool]]:
    reasons = [
        ("outcome not known", rows[["count", "base"]].isna().any(axis=1)),
        ("nobody in the base", rows["base"] == 0),
        ("segment not known", rows["segment"].isna()),
        ("cluster not known", rows["cluster"].isna()),
        *((f"factor {name!r} not known", rows[name].isna()) for name in factors),
    ]
    keep = pd.Series(data=True, index=rows.index)
    counted = {}
    if not rows["base"].any():
        reasons[0], reasons[1] = reasons[1], reasons[0]
    for reason, bad in reasons:
        counted[reason] = int((bad & keep).sum())
        keep &= ~bad
    left_out = pd.Series(counted, name="rows", dtype="int64")
    return left_out[left_out > 0], keep


def inflation(factors: pd.DataFrame) -> pd.Series[float]:
    """Return how far each factor's variance is inflated by the others.

    Parameters
    ----------
    factors
        One column a factor, none of them made up of others.

    Returns
    -------
    inflation
        1 where a factor is alone in what it says [1]_.

    References
    ----------
    .. [1] Marquardt, D. W. (1970). Generalized inverses, ridge regression, biased
       linear estimation, and nonlinear estimation. Technometrics 12 (3), 591-612.
       https://doi.org/10.1080/00401706.1970.10488699

    Examples
    --------
    >>> factors = pd.DataFrame({"old": [0, 0, 1, 1], "poor": [0, 1, 0, 1]})
    >>> inflation(factors).tolist()
    [1.0, 1.0]
    """
    together = np.atleast_2d(np.corrcoef(factors.to_numpy(dtype=float), rowvar=False))
    return pd.Series(np.linalg.inv(together).diagonal(), factors.columns)
