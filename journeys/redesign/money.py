"""What a redesign saves and costs, whom it helps, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from journeys.cost.money import Amount, Range, drawn
from journeys.cost.weights import resampled_sums
from journeys.redesign.relief import MOVED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    _Part = tuple[Sequence[Any], Sequence[int], Floats]

__all__ = ["Draws", "Offer", "Saved", "saved"]

KEYS: Final = ["segment", "agency", "bearer", "rule"]


@dataclass(frozen=True, kw_only=True)
class Draws:
    """How the interval is made: customers resampled, assumptions drawn.

    Attributes
    ----------
    replicates, confidence, seed
        How often everything uncertain is drawn, and how much the interval holds.
    """

    replicates: int = 500
    confidence: float = 0.9
    seed: int = 2010

    def amount(self, row: Floats) -> Amount:
        """Return an estimate (first) and its draws (the rest) as an amount."""
        return Amount.of(row, self.confidence)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What is offered: to which customers of which segment, by whom, at what price."""

    customers: NDArray[np.int64]
    segments: Sequence[str | None]
    agency: int
    pence: Range


@dataclass(frozen=True, kw_only=True)
class Saved:
    """Money, in all and by segment and agency.

    Attributes
    ----------
    gross
        What contacts cost that fall away where all are reached: nothing is still
        spent. Its interval is of customers alone.
    avoided
        What is no longer spent, at the assumed reach and shares.
    offer
        What the offer costs; `None` where nothing is offered.
    net
        What spending falls by: avoided less offered.
    least, most
        `net` with every assumption at the end that is worst, or best, for it.
    by_segment, by_agency
        What is spent more, or (negative) less: `segment` or `agency` (a code),
        `change_pence`, whole, the ends of its interval, `low_pence` and
        `high_pence`, and `changed`: the customers that it rests on. The changes of
        each sum to minus `net`.
    """

    gross: Amount
    avoided: Amount
    offer: Amount | None
    net: Amount
    least: int
    most: int
    by_segment: pd.DataFrame
    by_agency: pd.DataFrame


def saved(
    cells: pa.Table,
    shares: Mapping[str, Range],
    reach: Range,
    offer: Offer | None,
    draws: Draws,
) -> Saved:
    """Work out money from relief, shares and reach.

    Parameters
    ----------
    cells
        What :func:`journeys.redesign.relief.cells_sql` gave.
    shares
        Rule -> share of its relief that is no longer spent.
    reach
        Share of those concerned whose journeys change.
    offer
        What is offered, or `None`.
    draws
        How intervals are made.
    """
    frame = cells.to_pandas()
    frame["segment"] = frame["segment"].astype(object).where(frame["segment"].notna())
    at, kinds = _cells(frame)
    sums = resampled_sums(
        frame["customer"].to_numpy(np.int64),
        at,
        frame["pence"].to_numpy(np.int64),
        replicates=draws.replicates,
        seed=draws.seed,
    )
    rng = np.random.default_rng(draws.seed)
    reached = _draw(reach, rng, draws)
    share = {MOVED: np.zeros(draws.replicates + 1)} | {
        rule: _draw(shares[rule], rng, draws) for rule in sorted(shares)
    }
    falls = np.array([rule != MOVED for rule in kinds["rule"]], bool)
    spared = np.array([share[rule] for rule in kinds["rule"]]).reshape(sums.shape)
    gone = _whole(sums * reached)
    still = _whole(sums * reached * (1 - spared))
    parts: list[_Part] = [
        (list(kinds["segment"]), list(kinds["agency"]), -gone),
        (list(kinds["segment"]), list(kinds["bearer"]), still),
    ]
    worth = (gone - still).sum(axis=0)
    price = np.zeros(draws.replicates + 1)
    if offer is not None:
        part = _offered(offer, reached, _draw(offer.pence, rng, draws), draws)
        parts.append(part)
        price = part[2].sum(axis=0)
    who = _who(frame, offer)
    ends = _ends(sums[:, 0], list(kinds["rule"]), shares, reach, offer)
    return Saved(
        gross=draws.amount(sums[falls].sum(axis=0)),
        avoided=draws.amount(worth),
        offer=draws.amount(price) if offer is not None else None,
        net=draws.amount(worth - price),
        least=min(ends),
        most=max(ends),
        by_segment=_by("segment", parts, draws).merge(_changed(who, "segment")),
        by_agency=_by("agency", parts, draws).merge(_changed(who, "agency")),
    )


def _cells(frame: pd.DataFrame) -> tuple[NDArray[Any], pd.DataFrame]:
    """Return numbers for the combinations of segment, agencies and rule that occur."""
    grouped = frame.groupby(KEYS, dropna=False, sort=True)
    at = np.asarray(grouped.ngroup(), np.int64)
    kinds = frame.assign(at=at).drop_duplicates("at").sort_values("at")[KEYS]
    return at, kinds.reset_index(drop=True)


def _draw(between: Range, rng: np.random.Generator, draws: Draws) -> Floats:
    """Return the central value, and draws from the range after it."""
    return np.append(between.central, drawn(between, rng, draws.replicates))


def _whole(pence: Floats) -> Floats:
    """Return amounts whose estimates are whole pence; draws stay as they are."""
    pence[:, 0] = np.rint(pence[:, 0])
    return pence


def _offered(offer: Offer, reached: Floats, price: Floats, draws: Draws) -> _Part:
    """Return what the offer costs in each segment."""
    segments = pd.Series(list(offer.segments), dtype=object)
    codes, listed = pd.factorize(segments, use_na_sentinel=False)
    counts = resampled_sums(
        offer.customers,
        codes.astype(np.int64),
        np.ones(len(codes), np.int64),
        replicates=draws.replicates,
        seed=draws.seed,
    )
    return list(listed), [offer.agency] * len(listed), _whole(counts * reached * price)


def _who(frame: pd.DataFrame, offer: Offer | None) -> pd.DataFrame:
    """Return each customer with each segment and agency where money changes."""
    keys = ["customer", "segment", "agency"]
    borne = frame.drop(columns="agency").rename(columns={"bearer": "agency"})
    parts = [frame[keys], borne[keys]]
    if offer is not None:
        told = {"customer": offer.customers, "segment": offer.segments}
        parts.append(pd.DataFrame(told).assign(agency=offer.agency))
    typed = [each.astype({"segment": "str", "agency": "int64"}) for each in parts]
    return pd.concat(typed, ignore_index=True)


def _changed(who: pd.DataFrame, what: str) -> pd.DataFrame:
    """Return how many customers' money changes, by segment or agency."""
    counts = who.groupby(what, dropna=False)["customer"].nunique()
    return counts.rename("changed").reset_index()


def _by(what: str, parts: list[_Part], draws: Draws) -> pd.DataFrame:
    """Return changes by segment or by agency, with intervals."""
    keys = [part[what == "agency"] for part in parts]
    kind = "int64" if what == "agency" else "str"
    at, listed = pd.factorize(
        pd.Series([key for each in keys for key in each], dtype=kind),
        use_na_sentinel=False,
    )
    sums = np.zeros((len(listed), draws.replicates + 1))
    np.add.at(sums, at, np.concatenate([part[2] for part in parts]))
    amounts = [draws.amount(row) for row in sums]
    return pd.DataFrame(
        {
            what: pd.Series(listed, dtype=kind),
            "change_pence": pd.Series([each.pence for each in amounts], dtype="int64"),
            "low_pence": pd.Series([each.low for each in amounts], dtype="int64"),
            "high_pence": pd.Series([each.high for each in amounts], dtype="int64"),
        }
    )


def _ends(
    sums: Floats,
    rules: Sequence[str],
    shares: Mapping[str, Range],
    reach: Range,
    offer: Offer | None,
) -> list[int]:
    """Return the net money with assumptions at their ends."""
    shares = {**shares, MOVED: Range(0, 0, 0)}

    def worth(end: int) -> float:
        each = zip(sums, rules, strict=True)
        return sum(float(pence) * shares[rule][end] for pence, rule in each)

    if offer is None:
        return [round(reach[end] * worth(end)) for end in (0, 2)]
    size = len(offer.customers)
    pairs = [(worth(0) - size * offer.pence[2]), (worth(2) - size * offer.pence[0])]
    return [round(reach[end] * net) for net in pairs for end in (0, 2)]
