"""Allocate the national figures of a region to its places, to the penny.

Each line of national figures is shared among the places of its region and the rest
of the region, so that a region's total is what it was. What is known of a place by
itself, observed or modelled, is taken first, and only what remains is allocated by
keys; each figure keeps the name of its rung. The amounts are as published, unaudited.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.errors import InsightError
from insight.spend.centre_out.figures import figures_of, pots_of
from insight.spend.centre_out.weights import weights_of
from insight.spend.pennies import allocate
from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.spend.centre_out.figures import Pot
    from insight.spend.centre_out.keys import Keys
    from insight.spend.centre_out.weights import Weights
    from insight.spend.national import NationalSpend

__all__ = ["REST", "RUNGS", "CentreOut", "centre_out"]

REST: Final = "rest of "
"""Goes before the name of a region, for what is left of it."""
RUNGS: Final = ("observed", "modelled", "key")
"""The ladder of evidence, best first."""
COLUMNS: Final = (
    "region", "place", "cofog", "body", "sector", "nature", "rung", "amount_pence",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CentreOut:
    """National figures allocated to places; made by :func:`centre_out`.

    Parameters
    ----------
    lines
        One row a line of national figures and place: `region`, `place` (the rest of a
        region among them), `cofog`, `body`, `sector`, `nature`, `rung` and
        `amount_pence`.
    pots
        What was shared by keys: `region`, `cofog`, `given` (places whose figure was
        known, which had no part in it) and `amount_pence`.
    keys, weights, spend
        What it was made of.
    """

    lines: pd.DataFrame
    pots: pd.DataFrame
    keys: Keys
    weights: Weights
    spend: NationalSpend

    @property
    def places(self) -> pd.DataFrame:
        """Indexed by place: `amount_pence` and what of it stands on each rung."""
        own = self.lines[self.lines["place"].isin(self.keys.places)]
        rungs = own.pivot_table(
            index="place", columns="rung", values="amount_pence", aggfunc="sum"
        ).reindex(columns=list(RUNGS), index=list(self.keys.places))
        rungs = rungs.fillna(0).astype("int64").rename_axis(columns=None)
        return rungs.assign(amount_pence=rungs.sum(axis=1))

    def of(self, place: str) -> pd.DataFrame:
        """Return a place's lines.

        Raises
        ------
        InsightError
            If the place is not known.
        """
        if place not in self.keys.places:
            msg = (
                f"place_keys has no place {place!r}; it has "
                f"{list(self.keys.places)[:10]}. Name one of these."
            )
            raise InsightError(msg)
        return self.lines[self.lines["place"] == place]

    def __str__(self) -> str:
        """Say the result as sentences for the report."""
        total = self.places["amount_pence"]
        by_key = self.places["key"].sum() / max(1, int(total.sum()))
        said = [f"{place}: {pounds(int(pence))}" for place, pence in total.items()]
        return (
            f"By national figures (unaudited), {'; '.join(said)}. {by_key:.0%} of it "
            "is allocated by keys, the lowest rung of evidence."
        )


def centre_out(
    spend: NationalSpend,
    keys: Keys,
    *,
    weights: pd.DataFrame | None = None,
    known: pd.DataFrame | None = None,
) -> CentreOut:
    """Allocate the national figures of regions to places.

    Parameters
    ----------
    spend
        National figures; regions without places are left out.
    keys
        What each place has of what its region has.
    weights
        By which keys each COFOG code is allocated; see :func:`weights_of`. With
        `None`, by population.
    known
        Figures known of a place by itself: `place`, `cofog`, `amount_pence`,
        `evidence` ("observed" or "modelled") and, where they are for one body, `body`;
        `region` for a place that lies in several. They take the place of allocated
        ones. They may not be more than the region's.

    Returns
    -------
    allocated
        Adds up to each region's total, line by line, to the penny; pennies left over
        go to the largest remainders, ties by name.

    Raises
    ------
    InsightError
        If a region of the keys has no national figures, a key with a weight is not
        known of a place, or known figures do not fit.

    References
    ----------
    Leadership Centre (2010). Total Place: high level spend counting, section 3.1.4
    (criteria of allocation). The ladder is ours.

    Examples
    --------
    >>> from insight.spend.centre_out.keys import keys_of
    >>> from insight.spend.national import national_spend
    >>> spend = national_spend(
    ...     pd.DataFrame({"region": ["East"], "cofog": ["7"], "amount_pence": [1001]})
    ... )
    >>> keys = keys_of(
    ...     pd.DataFrame(
    ...         {
    ...             "place": ["Northton", "East"],
    ...             "region": ["East"] * 2,
    ...             "covers": ["place", "region"],
    ...             "population": [25, 100],
    ...         }
    ...     )
    ... )
    >>> made = centre_out(spend, keys)
    >>> made.lines.set_index("place")["amount_pence"].to_dict()
    {'Northton': 250, 'rest of East': 751}
    """
    here = spend.lines[spend.lines["region"].isin(list(keys.shares))]
    absent = sorted(set(keys.shares) - set(here["region"]))
    if absent:
        msg = (
            f"there are no national figures of {absent}, where places lie; they are "
            f"of {sorted(spend.lines['region'].unique())}. Use one spelling for both."
        )
        raise InsightError(msg)
    figures = figures_of(known, keys)
    found = weights_of(weights, here["cofog"], keys.names)
    shares = {
        (region, cofog): _shares(keys, region, cofog, found[cofog])
        for region, cofog in sorted(
            set(zip(here["region"], here["cofog"], strict=True))
        )
    }
    rows: list[tuple[object, ...]] = []
    pots: list[tuple[str, str, tuple[str, ...], int]] = []
    for pot in pots_of(here, figures):
        rows += _spread(pot, shares[pot.region, pot.cofog])
        pots.append((pot.region, pot.cofog, tuple(sorted(pot.given)), pot.left))
    shared = pd.DataFrame(pots, columns=["region", "cofog", "given", "amount_pence"])
    return CentreOut(
        lines=pd.DataFrame(rows, columns=list(COLUMNS)).astype(
            {"amount_pence": "int64"}
        ),
        pots=shared.groupby(["region", "cofog", "given"], as_index=False).sum(),
        keys=keys,
        weights=found,
        spend=spend,
    )


def _shares(
    keys: Keys, region: str, cofog: str, weights: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    """Return each place's share of a region's spend on a code, and that of the rest."""
    shares: dict[str, Fraction] = {}
    for place, own in sorted(keys.shares[region].items()):
        unknown = sorted(set(weights) - set(own))
        if unknown:
            msg = (
                f"COFOG {cofog} is allocated by {unknown}, which is not known of all "
                f"of {place} or of {region}. Supply it, or give other weights."
            )
            raise InsightError(msg)
        shares[place] = sum(
            (weight * own[key] for key, weight in weights.items()), Fraction()
        )
    left = 1 - sum(shares.values(), Fraction())
    return {**shares, REST + region: max(left, Fraction())}


def _spread(pot: Pot, shares: Mapping[str, Fraction]) -> list[tuple[object, ...]]:
    """Return the rows of one pot: what is known, and the rest by keys."""
    about = (pot.cofog, pot.body, pot.sector, pot.nature)
    rows: list[tuple[object, ...]] = [
        (pot.region, place, *about, rung, pence)
        for place, (rung, pence) in sorted(pot.given.items())
    ]
    others = {name: part for name, part in shares.items() if name not in pot.given}
    if not any(others.values()):
        if pot.left:
            msg = (
                f"{pounds(pot.left)} of COFOG {pot.cofog} in {pot.region} is beyond "
                "what is known of its places, and nothing of the region is left to "
                "take it. Check the known figures."
            )
            raise InsightError(msg)
        return rows
    parts = allocate(pot.left, others)
    rows += [
        (pot.region, str(name), *about, "key", int(pence))
        for name, pence in parts.items()
    ]
    return rows
