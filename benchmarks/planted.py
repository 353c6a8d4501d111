"""Logs with planted duplication, the noise of real ones, and how rules do on them.

The generator of the example place plants duplication of the kinds D1 to D8 and
decoys that only look like it. One hand wrote generator and rules, so a clean log
proves the code and not the idea; what tells is how far noise and a naive count fall
behind. Noise is what real logs suffer from: links missed between agencies, people
taken for one another, needs miscoded, resets that nobody recorded.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from benchmarks.contenders import BUILD
from journeys import encode_log, find_duplication
from place.engine import start_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journeys import Duplication, Rules

__all__ = ["NOISES", "Planted", "Score", "plant", "score", "search"]

GENERATOR: Final = BUILD.parent / "data" / "generator"
AREAS_OF: Final = 2_000  # customers whose areas are laid out; stories do not need more
Noise = Callable[[pd.DataFrame, np.random.Generator, float], pd.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A log and its truth: `event_id`, `rule`, `kind`, `why`, `cost_pounds`."""

    events: pd.DataFrame
    truth: pd.DataFrame

    def of(self, rule: str, kind: str = "planted") -> pd.DataFrame:
        """Return the truth of one rule: what was planted, or its decoys."""
        known = self.truth
        return known[(known["rule"] == rule) & (known["kind"] == kind)]


@dataclass(frozen=True, kw_only=True)
class Score:
    """How one rule did: shares from 0 to 1, and how far its events' cost is off.

    `naive` is the naive count against what was planted, less 1.
    """

    rule: str
    planted: int
    precision: float
    recall: float
    cost_bias: float
    naive: float


def plant(customers: int, seed: int) -> Planted:
    """Return a log of the example generator without its broken rows.

    Parameters
    ----------
    customers
        How many, up to 50,000.
    seed
        The same seed gives the same log.
    """
    sys.path.insert(0, str(GENERATOR))
    try:
        areas, people, told = (
            importlib.import_module(f"example_{name}")
            for name in ("areas", "customers", "events")
        )
    finally:
        sys.path.remove(str(GENERATOR))
    place = areas.make_areas(min(customers, AREAS_OF), seed)
    chunk = people.make_chunk(place, 0, customers, seed)
    made = told.make_events(chunk)
    events = told.events_table(chunk, made).to_pandas()
    for name in ("time", "end_time"):
        events[name] = events[name].dt.tz_localize("UTC")
    truth = told.truth_table(chunk, made).to_pandas()
    return Planted(events=events, truth=truth)


def _clean(
    events: pd.DataFrame, rng: np.random.Generator, share: float
) -> pd.DataFrame:
    del rng, share
    return events


def _missed_links(
    events: pd.DataFrame, rng: np.random.Generator, share: float
) -> pd.DataFrame:
    """Give some agencies of some customers an identifier of their own."""
    who, ids = pd.factorize(events["customer_id"])
    split = rng.random(len(ids)) < share
    agency, names = pd.factorize(events["agency"])
    apart = rng.random((len(ids), len(names))) < 0.5  # noqa: PLR2004 - half of them
    other = split[who] & apart[who, agency]
    told = events["customer_id"].where(~other, events["customer_id"] + "-apart")
    return events.assign(customer_id=told)


def _false_merges(
    events: pd.DataFrame, rng: np.random.Generator, share: float
) -> pd.DataFrame:
    """Take some customers, in pairs, for one another."""
    who, ids = pd.factorize(events["customer_id"])
    mixed = rng.permutation(len(ids))[: 2 * round(len(ids) * share / 2)]
    merged = np.arange(len(ids))
    merged[mixed[::2]] = mixed[1::2]
    return events.assign(customer_id=np.asarray(ids)[merged[who]])


def _miscoded_needs(
    events: pd.DataFrame, rng: np.random.Generator, share: float
) -> pd.DataFrame:
    """Write the need of some events at random: now and then the right one."""
    needs = np.array(sorted(events["need"].dropna().unique()), dtype=object)
    drawn = needs[rng.integers(0, len(needs), len(events))]
    wrong = events["need"].notna() & (rng.random(len(events)) < share)
    told = events["need"].where(~wrong, drawn)
    return events.assign(need=told)


def _unrecorded_resets(
    events: pd.DataFrame, rng: np.random.Generator, share: float
) -> pd.DataFrame:
    """Leave some resets out."""
    lost = (events["activity_class"] == "reset") & (rng.random(len(events)) < share)
    return events[~lost]


NOISES: Final[dict[str, tuple[Noise, float]]] = {
    "clean": (_clean, 0.0),
    "5% of customers with missed links": (_missed_links, 0.05),
    "5% of customers falsely merged": (_false_merges, 0.05),
    "10% of customers falsely merged": (_false_merges, 0.10),
    "5% of needs miscoded": (_miscoded_needs, 0.05),
    "5% of resets unrecorded": (_unrecorded_resets, 0.05),
    "20% of resets unrecorded": (_unrecorded_resets, 0.20),
}


def search(
    planted: Planted, noise: str = "clean", rules: Rules | None = None, seed: int = 1
) -> Duplication:
    """Search a log for duplication after a kind of noise; close its engine when done.

    Parameters
    ----------
    planted
        What :func:`plant` returned.
    noise
        One of `NOISES`.
    rules
        What to search by; with `None`, the shipped rules.
    seed
        Of the noise.
    """
    spoil, share = NOISES[noise]
    spoilt = spoil(planted.events, np.random.default_rng(seed), share)
    return find_duplication(encode_log(spoilt, engine=start_engine(threads=2)), rules)


def score(planted: Planted, found: Duplication) -> Iterator[Score]:
    """Yield how each rule did; rules of which nothing was planted are left out."""
    sql = f"SELECT rule, event_id FROM {found.table}"
    rows = found.log.engine.arrow(sql).to_pandas()
    cost = planted.events.set_index("event_id")["cost_pounds"].fillna(0)
    for rule in found.by_rule:
        true = set(planted.of(rule.rule)["event_id"])
        seen = set(rows.loc[rows["rule"] == rule.rule, "event_id"])
        if not true:
            continue
        yield Score(
            rule=rule.rule,
            planted=len(true),
            precision=len(true & seen) / max(len(seen), 1),
            recall=len(true & seen) / len(true),
            cost_bias=_sum(cost, seen) / _sum(cost, true) - 1,
            naive=rule.naive / len(true) - 1,
        )


def _sum(cost: pd.Series[Any], events: set[str]) -> float:
    return float(cost.loc[sorted(events)].sum())
