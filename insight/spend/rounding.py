"""What a printed figure can stand for.

A figure printed as 7.5 stands for anything from 7.45 to 7.55. Sums and shares of
printed figures are therefore intervals too, and a table is wrong only where the
interval of what was printed and the interval of what follows from the other
figures have no point in common. Figures are `Decimal`, because the digits printed
carry the width.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Interval", "Verdict", "judge", "round_like"]

Verdict: TypeAlias = Literal["adds up", "possible", "does not add up", "incomplete"]
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Interval:
    """All values from `low` to `high`, ends included.

    Examples
    --------
    >>> print(Interval.printed(Decimal("7.5")))
    7.45 to 7.55
    """

    low: Decimal
    high: Decimal

    def __str__(self) -> str:
        """Say both ends."""
        return f"{self.low} to {self.high}"

    @classmethod
    def printed(cls, figure: Decimal) -> Self:
        """Return what `figure` can stand for: half of its last digit either way."""
        half = Decimal(5).scaleb(int(figure.as_tuple().exponent) - 1)
        return cls(figure - half, figure + half)

    @classmethod
    def of_sum(cls, figures: Iterable[Decimal]) -> Self:
        """Return what the sum of printed figures can stand for."""
        parts = [cls.printed(figure) for figure in figures]
        return cls(
            sum((part.low for part in parts), Decimal(0)),
            sum((part.high for part in parts), Decimal(0)),
        )

    @classmethod
    def of_difference(cls, a: Decimal, b: Decimal) -> Self:
        """Return what 100 less the percentage that `b` is of `a` can stand for.

        Both figures must be above their own rounding.
        """
        first, second = cls.printed(a), cls.printed(b)
        return cls(
            HUNDRED - HUNDRED * second.high / first.low,
            HUNDRED - HUNDRED * second.low / first.high,
        )

    def meets(self, other: Interval) -> bool:
        """Say whether the two have a point in common."""
        return self.low <= other.high and other.low <= self.high


def round_like(value: Decimal, printed: Decimal) -> Decimal:
    """Return `value` to as many digits as `printed` has, halves away from zero.

    Examples
    --------
    >>> round_like(Decimal("5.397"), Decimal("5.5"))
    Decimal('5.4')
    """
    return value.quantize(printed, rounding=ROUND_HALF_UP)


def judge(printed: Decimal, found: Decimal, possible: Interval) -> Verdict:
    """Say whether a printed figure agrees with what the other figures give.

    Parameters
    ----------
    printed
        The figure in print.
    found
        The same figure, recomputed from the others as they are printed.
    possible
        Where the recomputed figure can lie, given how the others were rounded.

    Returns
    -------
    verdict
        "adds up" if `found`, rounded as `printed` is, equals it; "possible" if it
        does not, but unrounded figures could have given it (ends included); and
        "does not add up".

    Examples
    --------
    >>> printed, a, b = Decimal("5.5"), Decimal("9.45"), Decimal("8.94")
    >>> judge(printed, Decimal("5.40"), Interval.of_difference(a, b))
    'possible'
    """
    if round_like(found, printed) == printed:
        return "adds up"
    if Interval.printed(printed).meets(possible):
        return "possible"
    return "does not add up"
