"""A family of tests declared before the data are seen, and its results together.

One test is primary: its p is read as it stands. All others stand beside it, and Holm's
adjustment over the whole declared family says how surprising each would be among so
many. A declared test that is refused keeps its place in the count, so that refusing a
test never makes another look better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import pandas as pd

from insight.errors import InsightError

if TYPE_CHECKING:
    from insight.evidence.power import Detectable

__all__ = ["Declared", "Family", "Member", "Method"]

Method: TypeAlias = Literal[
    "tau-b",
    "gamma",
    "spearman",
    "score test",
    "Firth Poisson",
    "Firth logistic",
    "exact logistic",
]


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What will be tested, written down before the data are looked at.

    Parameters
    ----------
    primary
        The one test whose p is read as it stands, of the first outcome.
    secondary
        Other tests of the first outcome.
    other_outcomes
        Tests of every further outcome.
    draws, random_state
        For p where it cannot be exact, for intervals by resampling and for power.
    runs
        Simulated studies for each ratio that power is looked for at.

    Examples
    --------
    >>> len(Declared().secondary)
    6
    """

    primary: Method = "tau-b"
    secondary: tuple[Method, ...] = (
        "gamma",
        "spearman",
        "score test",
        "Firth Poisson",
        "Firth logistic",
        "exact logistic",
    )
    other_outcomes: tuple[Method, ...] = ("tau-b",)
    draws: int = 9999
    random_state: int = 0
    runs: int = 400

    def __post_init__(self) -> None:
        """Refuse tests that are not known or are declared twice."""
        named = (self.primary, *self.secondary)
        strange = sorted({*named, *self.other_outcomes} - {*get_args(Method)})
        if strange or len(set(named)) < len(named):
            msg = (
                f"the family declares {[*named]} and for other outcomes "
                f"{[*self.other_outcomes]}. Declare each test once, out of "
                f"{[*get_args(Method)]}."
            )
            raise InsightError(msg)


@dataclass(frozen=True, kw_only=True)
class Member:
    """One declared test and what came of it.

    Parameters
    ----------
    test, outcome
        What was done, to which count.
    primary
        Whether it is the primary one.
    measure
        What `value` is: "tau-b", "rate ratio a point", ...
    value
        The estimate; `None` if the test was refused.
    interval
        95 %, or `None` where there is none.
    p, error
        Raw p, two-sided, and its standard error where it is from draws.
    holm
        p by Holm over the declared family.
    n, counted, exposure
        Units, the sum of counts and that of exposures: the base.
    detectable
        What a study like this would find four times in five.
    refused
        Why the test was not done, if so.
    trusts
        What p takes on trust.
    """

    test: Method
    outcome: str
    primary: bool
    measure: str
    n: int
    counted: int
    exposure: float
    value: float | None = None
    interval: tuple[float, float] | None = None
    p: float | None = None
    error: float = 0.0
    holm: float | None = None
    detectable: Detectable | None = None
    refused: str | None = None
    trusts: str = "the dealing of scores to units at random"

    def __str__(self) -> str:
        """Say the result as a sentence."""
        role = "Primary" if self.primary else "Secondary"
        head = f"{role}, {self.test} of {self.outcome}"
        if self.value is None or self.p is None:
            return f"{head}: refused. {self.refused}"
        spread = "no interval"
        if self.interval is not None:
            spread = "95 % interval {:.2f} to {:.2f}".format(*self.interval)
        drawn = f", standard error {self.error:.4f}" if self.error else ""
        return (
            f"{head}: {self.measure} {self.value:.2f} ({spread}), p {self.p:.4f}"
            f"{drawn}, {self.holm:.4f} after Holm; {self.n} units, {self.counted} "
            f"counted over {self.exposure:g}. p trusts {self.trusts}."
            + (f" {self.detectable}" if self.detectable else "")
        )


@dataclass(frozen=True, kw_only=True)
class Family:
    """The declared family, tested.

    Parameters
    ----------
    members
        One each declared test, the primary one first.
    declared
        What was declared.
    """

    members: tuple[Member, ...]
    declared: Declared

    @property
    def table(self) -> pd.DataFrame:
        """One row a test, for a page or a file; what has no value is missing."""
        rows = [
            {
                "test": member.test,
                "outcome": member.outcome,
                "role": "primary" if member.primary else "secondary",
                "measure": member.measure,
                "value": member.value,
                "low": member.interval[0] if member.interval else None,
                "high": member.interval[1] if member.interval else None,
                "p": member.p,
                "p_error": member.error if member.p is not None else None,
                "p_holm": member.holm,
                "n": member.n,
                "counted": member.counted,
                "exposure": member.exposure,
                "detectable_ratio": (
                    member.detectable.ratio if member.detectable else None
                ),
                "refused": member.refused,
            }
            for member in self.members
        ]
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        """Say all results, a sentence each."""
        return (
            f"A family of {len(self.members)} tests, declared beforehand; Holm's "
            "adjustment is over all of them. "
            + " ".join(str(member) for member in self.members)
        )
