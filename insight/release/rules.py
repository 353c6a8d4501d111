"""Say which counts of people are too small to show, and how the rest are rounded.

A count of nought is shown: it is about nobody. A count from 1 up to a rule's
threshold is hidden. Every other count is rounded to the rule's base. The rules
are data, each with its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.release.errors import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HIDDEN", "NOT_KNOWN", "RULES", "Rule", "protect", "rule_named"]

HIDDEN: Final = "[c]"
"""Shorthand of the Government Analysis Function for a confidential figure."""

NOT_KNOWN: Final = "[x]"
"""Shorthand of the Government Analysis Function for a figure that is not available."""

LARGEST: Final = 2**53
"""From here on a floating-point number no longer holds every integer."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of small numbers: counts from 1 to `hides_to` hidden, the rest rounded."""

    name: str
    hides_to: int
    rounds_to: int
    source: str

    @property
    def hidden_range(self) -> str:
        """Say what a hidden count may be, such as "1-7"; empty if none is hidden."""
        return f"1-{self.hides_to}" if self.hides_to else ""

    def __str__(self) -> str:
        """Say the rule as a sentence for a report."""
        hides = (
            f"counts of people from 1 to {self.hides_to} are hidden"
            if self.hides_to
            else "no count of people is hidden"
        )
        rounds = (
            f"all other counts are rounded to the nearest {self.rounds_to}"
            if self.rounds_to > 1
            else "other counts are shown as they are"
        )
        return f"Small numbers: {hides}; {rounds}; nought is shown ({self.name})."


_KNOWN = (
    Rule(
        name="nhs_1_7_round5",
        hides_to=7,
        rounds_to=5,
        source="NHS England, Hospital Episode Statistics disclosure control (2018)",
    ),
    Rule(
        name="threshold10",
        hides_to=9,
        rounds_to=1,
        source="ONS research outputs; default of the SACRO checking tools",
    ),
    Rule(
        name="threshold5",
        hides_to=4,
        rounds_to=1,
        source="common council practice; no single authoritative text",
    ),
    Rule(
        name="none",
        hides_to=0,
        rounds_to=1,
        source="no protection: for invented data, or inside the partnership only",
    ),
)

RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {rule.name: rule for rule in _KNOWN}
)


def rule_named(name: str) -> Rule:
    """Return the rule that a place asked for by name.

    Raises
    ------
    ReleaseError
        If no rule has that name; the message lists those there are.

    Examples
    --------
    >>> print(rule_named("threshold10").hidden_range)
    1-9
    """
    if name not in RULES:
        msg = (
            f"There is no rule of small numbers called {name!r}. "
            f"Choose one of {', '.join(RULES)}."
        )
        raise ReleaseError(msg)
    return RULES[name]


def protect(counts: pd.Series, rule: Rule) -> tuple[pd.Series, pd.Series]:
    """Hide and round counts of people.

    Parameters
    ----------
    counts
        Whole numbers, nought or more; missing where a count is not known.
    rule
        The rule to apply.

    Returns
    -------
    shown
        Nullable integers on the index of `counts`: missing where the count is
        hidden, and where it was missing already. No whole number lies half-way
        between two multiples of 5, so nothing depends on how ties are rounded; with
        an even base, a tie goes up.
    hidden
        True where a count is there but may not be shown.

    Raises
    ------
    ReleaseError
        If a count is negative, not a whole number, not finite or too large to be one.

    Examples
    --------
    >>> counts = pd.Series([0, 1, 7, 8, 12, None])
    >>> shown, hidden = protect(counts, RULES["nhs_1_7_round5"])
    >>> shown.tolist()
    [0, <NA>, <NA>, 10, 10, <NA>]
    >>> hidden.tolist()
    [False, True, True, False, False, False]
    """
    whole = _whole_numbers(counts)
    hidden = ((whole > 0) & (whole <= rule.hides_to)).fillna(value=False).astype(bool)
    base = rule.rounds_to
    rounded = (whole + base // 2) // base * base
    return rounded.mask(hidden), hidden


def _whole_numbers(counts: pd.Series) -> pd.Series:
    """Return `counts` as nullable integers, or say why they are not counts."""
    name = counts.name
    if counts.dtype.kind not in "biuf":
        counts = _numbers(counts)
    known = counts.dropna().astype("float64")
    odd = known[(known < 0) | (known % 1 != 0) | (known >= LARGEST)]
    if not odd.empty or pd.api.types.is_bool_dtype(counts.dtype):
        what = "true or false" if odd.empty else f"{len(odd)} cells that are not"
        msg = (
            f"The column {name!r} is declared as a count of people, but holds {what} "
            "whole numbers from nought up. Count rows or people in it, or declare the "
            "column among the `measures` that rest on a count."
        )
        raise ReleaseError(msg)
    whole: pd.Series = counts.astype("Float64").astype("Int64")
    return whole


def _numbers(counts: pd.Series) -> pd.Series:
    """Return a column of objects as numbers; an all-missing column is one too."""
    try:
        return counts.astype("Float64")
    except (TypeError, ValueError):
        msg = (
            f"The column {counts.name!r} is declared as a count of people, but is of "
            f"type {counts.dtype}. Give it as whole numbers."
        )
        raise ReleaseError(msg) from None
