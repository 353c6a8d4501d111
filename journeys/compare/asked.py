"""How a comparison is asked: groups, permutations, level, follow-up."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from journeys.duplication.rule import Days, RuleFile

__all__ = ["Asked"]


class Asked(RuleFile):
    """Options of a comparison.

    Attributes
    ----------
    permutations
        How often labels are shuffled: no p is below 1 / (permutations + 1).
    replicates
        How often customers are resampled for intervals.
    seed
        Another seed, other shuffles.
    level
        Up to which adjusted p a difference is called real; intervals hold the rest.
    multiplicity
        "max-t" (Westfall and Young: no false one in the whole family) or "bh"
        (Benjamini and Hochberg: few false ones among those named).
    within_days
        How long after first contact events count; customers not observed so long
        are left out. Needed where groups were followed for different times.
    least_customers
        Fewest customers of a group that is compared.
    most_moves
        How many kinds of move to look at, from the commonest.
    most_customers
        Above so many, customers are drawn by lot.
    """

    permutations: Annotated[int, Field(strict=True, ge=99, le=99_999)] = 999
    replicates: Annotated[int, Field(strict=True, ge=50, le=10_000)] = 200
    seed: Annotated[int, Field(strict=True, ge=0)] = 2010
    level: Annotated[float, Field(gt=0, lt=1)] = 0.05
    multiplicity: Literal["max-t", "bh"] = "max-t"
    within_days: Days | None = None
    least_customers: Annotated[int, Field(strict=True, ge=2)] = 20
    most_moves: Annotated[int, Field(strict=True, ge=1, le=500)] = 30
    most_customers: Annotated[int, Field(strict=True, ge=100)] = 200_000

    @model_validator(mode="after")
    def _reachable(self) -> Asked:
        if self.level * (self.permutations + 1) < 1:
            msg = (
                f"with {self.permutations} permutations no p can be as low as "
                f"{self.level}; ask for at least {round(1 / self.level)}"
            )
            raise ValueError(msg)
        return self
