"""What a cost of duplication may be asked for: replicates, confidence, links."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from journeys.duplication.rule import RuleFile, Shares

__all__ = ["CostOptions"]


class CostOptions(RuleFile):
    """How the interval of a cost is made.

    Attributes
    ----------
    replicates
        How often everything uncertain is drawn.
    confidence
        How much of the draws the interval holds.
    resample_customers
        Whether the interval is for such customers as these, of whom other years bring
        others (true), or for these alone, of whom all events are known (false).
    seed
        Another seed, slightly other ends.
    missed_links
        Share of the links between one person's records that were not made. A finding
        needs such a link, so that cost is divided by one less this share.
    false_links
        Share of the links made that are between two persons; cost is multiplied by
        one less this share. An audit that looks persons up in every agency's own
        system allows for both kinds already; then leave both out.
    """

    replicates: Annotated[int, Field(strict=True, ge=50, le=10_000)] = 500
    confidence: Annotated[float, Field(strict=True, ge=0.5, le=0.999)] = 0.9
    resample_customers: Annotated[bool, Field(strict=True)] = True
    seed: Annotated[int, Field(strict=True, ge=0)] = 2010
    missed_links: Shares | None = None
    false_links: Shares | None = None
