"""What was found about maturity and flags, with what must be said beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from insight.errors import InsightError
from insight.evidence.interval import least_detectable_tau

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from insight.evidence.exact import PermutationP
    from insight.evidence.flags import Colour
    from insight.evidence.maturity import Maturity
    from insight.evidence.ordinal import OrdinalAssociation

__all__ = ["CAVEAT", "DESIGN_PROBLEMS", "Association"]

CAVEAT: Final = (
    "Appendix G is not available; this tests the claim with your data, it does not "
    "reproduce the report's result."
)
_BUILT_IN = (
    "Built-in overlap: inspectors who gave the flags were asked how well areas know "
    "and engage their communities, so maturity and flags share content."
)
_TIME_ORDER = (
    "Time order: flags were published on 9 December 2009; evidence written after that "
    "day cannot have led to them."
)
_CONFOUNDING = (
    "Confounding: affluent areas had better assessments; without deprivation beside "
    "it, an association may be one with affluence."
)
_UNIT = (
    "Unit: flags belong to areas and maturity to places of one to eleven areas, so "
    "counts are divided by areas, and a large place weighs as much as a small one."
)
DESIGN_PROBLEMS: Final = (_BUILT_IN, _TIME_ORDER, _CONFOUNDING, _UNIT)
SMALL: Final = 6


@dataclass(frozen=True, kw_only=True)
class Association:
    """How maturity and flags an area rank together, and on what evidence.

    Parameters
    ----------
    ordinal
        The result of the engine: tau-b, gamma, rho and score test; `None` where it is
        withheld.
    withheld
        Why no association is reported, or `None`.
    colour
        Of the flags.
    places
        Indexed by `place`: `score`, `areas`, `flags` and `flags_per_area`.
    left_out
        Place to reason.
    maturity
        The scores, with their agreement and warnings.
    warnings
        Further sentences that must stand beside the result.
    """

    ordinal: OrdinalAssociation | None
    colour: Colour
    places: pd.DataFrame
    maturity: Maturity
    left_out: Mapping[str, str] = field(default_factory=dict)
    withheld: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def reported(self) -> OrdinalAssociation:
        """The result of the engine; where it is withheld, an error says why."""
        if self.ordinal is None:
            raise InsightError(self.withheld)
        return self.ordinal

    @property
    def tau(self) -> float:
        """Kendall's tau-b; below 0, more mature places have fewer flags."""
        return self.reported.tau.value

    @property
    def p(self) -> PermutationP:
        """Two-sided permutation p of tau-b."""
        return self.reported.tau.p

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of tau-b, or `None` where the formula has no value."""
        return self.reported.tau.interval

    @property
    def n(self) -> int:
        """Places used."""
        return len(self.places)

    @property
    def least_detectable(self) -> float | None:
        """Size of tau that four studies of five with so many places would detect."""
        return least_detectable_tau(self.n)

    @property
    def finding(self) -> str:
        """The result in one sentence, with n, interval and p."""
        if self.withheld:
            return self.withheld
        if self.interval is None:
            spread = "no interval: the formula needs five places and an imperfect tau"
        else:
            low, high = self.interval
            spread = f"95 % interval {low:+.2f} to {high:+.2f}, after Bonett and Wright"
        colour = self.colour
        return (
            f"Across {self.n} places with {int(self.places['areas'].sum())} areas and "
            f"{int(self.places['flags'].sum())} {colour} flags, maturity of insight "
            f"and {colour} flags an area have Kendall tau-b {self.tau:+.2f} "
            f"({spread}), {self.p}: the share of all ways to deal the same figures to "
            "the places with |tau-b| at least as large."
        )

    @property
    def caveats(self) -> tuple[str, ...]:
        """What must stand beside the finding, a sentence or two each."""
        return (*self._limits(), *self.maturity.warnings, *self.warnings, CAVEAT)

    def __str__(self) -> str:
        """Say the result as sentences for the report, caveats included."""
        return " ".join([self.finding, *self.caveats])

    def _limits(self) -> list[str]:
        said = []
        if self.n < SMALL:
            said.append(
                f"With {self.n} places this is an exercise in method, not evidence."
            )
        if self.least_detectable is not None:
            said.append(
                f"So few places would detect, four times in five, only a true tau of "
                f"{self.least_detectable:.2f} or more in size; no association found "
                "would mean little."
            )
        if self.left_out:
            shown = "; ".join(f"{name} ({why})" for name, why in self.left_out.items())
            said.append(f"Left out: {shown}.")
        return said
