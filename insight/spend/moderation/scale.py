"""Amounts a thousand times too large or too small beside their peers.

Returns in pounds and returns in thousands get mixed. A factor of 1,000 shows where
peers are alike among themselves: an amount is suspect if it is some 300 to 3,000 times
the median of its peers, or as many times less, while three in four of them lie
within thirty times of that median.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from insight.spend.moderation.remarks import on_lines
from insight.spend.names import alike

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insight.spend.moderation.remarks import Remark

__all__ = ["of_scale", "out_of_scale"]

NEAR_THOUSAND: Final = (2.5, 3.5)  # powers of ten
ALIKE: Final = 1.5
MOST: Final = 0.75
FEWEST: Final = 4
EACH: Final = ("source", "body", "code", "programme")
SAID: Final = "some thousand times {} than {}, as if pounds and thousands were mixed"
DO: Final = "Ask in which unit it was given"


def out_of_scale(amounts: pd.Series, groups: pd.Series) -> pd.Series[int]:
    """Say which amounts are a thousand times off the others of their group.

    Parameters
    ----------
    amounts
        Pence; nought and missing are no peers. Signs do not matter.
    groups
        The group of each amount; missing for none. At least four make peers.

    Returns
    -------
    off
        1 where an amount is too large, -1 where too small, else 0.

    Examples
    --------
    >>> amounts = pd.Series([3_000, 5_000, 4_000_000, 4_000])
    >>> out_of_scale(amounts, pd.Series(["roads"] * 4)).tolist()
    [0, 0, 1, 0]
    """
    size = amounts.astype(float).abs()
    power = pd.Series(
        np.log10(size.where(size > 0).to_numpy()), index=amounts.index, dtype=float
    )
    by = power.groupby(groups)
    apart = power - by.transform("median")
    near = apart.abs().le(ALIKE).where(apart.notna()).astype(float)
    peers = (by.transform("count") >= FEWEST) & (
        near.groupby(groups).transform("mean") >= MOST
    )
    low, high = NEAR_THOUSAND
    off = peers & apart.abs().between(low, high)
    return (off & (apart > 0)).astype(int) - (off & (apart < 0)).astype(int)


def of_scale(count: pd.DataFrame) -> Iterator[Remark]:
    """Yield lines of a checked count that are a thousand times off their peers.

    Peers are lines of one kind of body and one COFOG division; and the other figures
    (budget, actual, another period) of one programme of one body.
    """
    if "body" not in count:
        return
    kind = count["body_kind"] if "body_kind" in count else count["body"]
    group = (alike(kind) + "\n" + count["code"].str[:2]).where(count["code"].notna())
    off = out_of_scale(count["amount_pence"], group)
    others = "others of that kind of body and division"
    yield from _said(count, off, others)
    if "programme" in count:
        twins = _twins(count, off)
        yield from _said(count, twins, "another figure of the same programme")


def _said(count: pd.DataFrame, off: pd.Series[int], than: str) -> Iterator[Remark]:
    for sign, how in ((1, "more"), (-1, "less")):
        said = SAID.format(how, than)
        yield from on_lines(count, off == sign, "out of scale", said, DO)


def _twins(count: pd.DataFrame, off: pd.Series[int]) -> pd.Series[int]:
    """Mark the larger of several figures of one programme that are a thousand apart.

    Where one of them is off its peers already, that is the one to ask about.
    """
    keys = [count[name].fillna("") for name in EACH if name in count]
    size = count["amount_pence"].abs()
    size = size.where((size > 0) & count["programme"].notna())
    least = size.groupby(keys).transform("min")
    known = off.ne(0).groupby(keys).transform("any")
    low, high = (10**power for power in NEAR_THOUSAND)
    return ((size / least).between(low, high) & ~known).astype(int)
