"""Cost of duplication: how often intervals hold the truth, with and without an audit.

Each log is drawn anew, in truth and as agencies would record it: 5 % of the customers
have links missed, 5 % of the needs are miscoded and 20 % of the resets unrecorded. The
truth is told by a plain search of the true log, apart from the rules under test; the
audit's verdicts are the truth of the contacts that were drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import process_time
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from benchmarks.bars import Bar
from journeys.cost.audit import VERDICTS, draw_audit
from journeys.cost.audited import read_audit
from journeys.cost.interval import cost_duplication
from journeys.cost.options import CostOptions
from journeys.cost.weights import resampled_sums
from journeys.duplication.findings import find_duplication
from journeys.duplication.rules import Rules, read_rules
from journeys.log import encode_log
from place.engine import DuckDBEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journeys.cost.results import DuplicationCost

    Interval = tuple[int, int, int]

__all__ = ["Trial", "coverage", "measure", "trial"]

CUSTOMERS: Final = 2_000
AGENCIES, NEEDS, DAYS = 6, 6, 730
CLASSES: Final = ("contact_in", "assess", "reset")
CLASS_SHARES: Final = (0.57, 0.35, 0.08)
POUNDS: Final = 180
MISSED, MISCODED, UNRECORDED = 0.05, 0.05, 0.2
AUDITED: Final = 400  # half of them findings
FIRST_DAY: Final = pd.Timestamp("2008-04-01", tz="UTC")
BIG: Final = 1_000_000  # customers with a finding, for the time that weights take


@dataclass(frozen=True)
class Trial:
    """One log: its true cost in pence, and three amounts with their intervals.

    `plain` and `audited` are for such customers as these, `these` is the audited
    amount for these customers alone.
    """

    truth: int
    plain: Interval
    audited: Interval
    these: Interval


def measure(*, quick: bool = False) -> Iterator[Bar]:
    """Yield each bar."""
    trials = [trial(seed) for seed in range(30 if quick else 240)]
    yield from coverage(trials, quick=quick)
    rng = np.random.default_rng(10)
    customers = np.arange(BIG // 10 if quick else BIG)
    began = process_time()
    resampled_sums(
        customers,
        rng.integers(0, 1_000, len(customers)),
        rng.integers(100, 20_000, len(customers)),
        replicates=200,
        seed=1,
    )
    yield Bar(
        bar=f"CPU seconds, 200 replicates of {len(customers):,} customers",
        value=round(process_time() - began, 2),
        goal="<= 5",
    )


def coverage(trials: list[Trial], *, quick: bool = False) -> Iterator[Bar]:
    """Yield how often intervals held the truth, their bias and their width.

    An interval for such customers is to hold the cost expected of such a log, and one
    for these customers the cost of this log.
    """
    own = np.array([each.truth for each in trials], float)
    expected = np.full(len(own), own.mean())
    for name, said, truth, peer in (
        ("plain", "unaudited, expected cost", expected, (0.767, 0.038, 0.086)),
        ("audited", "audited, expected cost", expected, (0.925, 0.0006, 0.195)),
        ("these", "audited, cost of the log itself", own, (0.925, 0.0006, 0.195)),
    ):
        got = np.array([getattr(each, name) for each in trials], float)
        central, low, high = got.T
        share = float(((low <= truth) & (truth <= high)).mean())
        goals = (None,) if quick or name == "plain" else (">= 0.85", "<= 0.95")
        for goal in goals:
            yield Bar(
                bar=f"share of 90 % intervals that hold the truth: {said}, "
                f"{len(trials)} logs",
                value=round(share, 4),
                peer=peer[0],
                goal=goal,
            )
        yield Bar(
            bar=f"bias: {said}",
            value=round(abs(float((central / own).mean()) - 1), 4),
            peer=peer[1],
            goal=None if quick or name == "plain" else "<= 0.02",
        )
        yield Bar(
            bar=f"width over the truth: {said}",
            value=round(float(((high - low) / own).mean()), 4),
            peer=peer[2],
        )


def trial(seed: int, *, customers: int = CUSTOMERS, audited: int = AUDITED) -> Trial:
    """Draw a log, cost it with and without an audit, and hold it against the truth."""
    rng = np.random.default_rng([2010, seed])
    true = true_log(rng, customers)
    redundant = redundant_events(true)
    engine = DuckDBEngine(threads=1)
    try:
        log = encode_log(recorded(true, rng), engine=engine)
        found = find_duplication(log, _rules())
        sample = draw_audit(found, size=audited, seed=seed)
        right = sample["event_id"].isin(redundant)
        sample["verdict"] = np.where(right, VERDICTS[0], VERDICTS[1])
        audit = read_audit(sample, found)
        these = CostOptions(resample_customers=False)
        return Trial(
            truth=int(true.loc[true["event_id"].isin(redundant), "cost_pence"].sum()),
            plain=_interval(cost_duplication(found)),
            audited=_interval(cost_duplication(found, audit=audit)),
            these=_interval(cost_duplication(found, audit=audit, options=these)),
        )
    finally:
        engine.close()


def _interval(cost: DuplicationCost) -> Interval:
    gross = cost.gross
    return (gross.pence, gross.low, gross.high) if gross else (0, 0, 0)


def _rules() -> Rules:
    shipped = read_rules()
    return Rules.model_validate(
        {
            "schema": 1,
            "version": shipped.version,
            "repeat_assessment": shipped.repeat_assessment,
        }
    )


def true_log(rng: np.random.Generator, customers: int) -> pd.DataFrame:
    """Draw events as they happened: each customer has up to three needs."""
    lengths = np.clip(rng.lognormal(np.log(8), 0.9, customers), 1, 120).astype(int)
    who = np.repeat(np.arange(customers), lengths)
    n = len(who)
    own = rng.integers(0, NEEDS, (customers, 3))
    kind = rng.choice(len(CLASSES), n, p=CLASS_SHARES)
    # Each customer has a usual agency, which half of the contacts are with.
    usual = rng.integers(0, AGENCIES, customers)[who]
    agency = np.where(rng.random(n) < 0.5, usual, rng.integers(0, AGENCIES, n))  # noqa: PLR2004
    minutes = rng.choice(DAYS * 1_440, n)
    pence = np.rint(100 * POUNDS * np.exp(0.3 * rng.standard_normal(n)))
    frame = pd.DataFrame(
        {
            "customer_id": who,
            "minute": minutes,
            "agency": agency,
            "need": own[who, rng.integers(0, 3, n)],
            "activity_class": np.array(CLASSES)[kind],
            "cost_pence": pence.astype(np.int64),
        }
    ).sort_values(["customer_id", "minute"], kind="stable", ignore_index=True)
    frame["event_id"] = [f"e{row:07d}" for row in range(n)]
    return frame


def redundant_events(true: pd.DataFrame) -> set[str]:
    """Return the assessments that another agency had made, by a plain search."""
    window = 180 * 1_440
    redundant = set()
    open_ones: dict[tuple[int, int], list[tuple[int, int]]] = {}
    columns = ["event_id", "customer_id", "minute", "agency", "need", "activity_class"]
    for event, who, minute, agency, need, kind in true[columns].itertuples(index=False):
        earlier = open_ones.setdefault((who, need), [])
        if kind == "reset":
            earlier.clear()
        elif kind == "assess":
            if any(by != agency and minute - at <= window for at, by in earlier):
                redundant.add(event)
            earlier.append((minute, agency))
    return redundant


def recorded(true: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the events as agencies record them."""
    n = len(true)
    who = true["customer_id"].to_numpy()
    apart = rng.random(who.max() + 1) < MISSED
    side = rng.integers(0, 2, (who.max() + 1, AGENCIES))
    split = apart[who] * side[who, true["agency"].to_numpy()]
    miscoded = rng.random(n) < MISCODED
    need = np.where(miscoded, rng.integers(0, NEEDS, n), true["need"])
    lost = (true["activity_class"] == "reset") & (rng.random(n) < UNRECORDED)
    events = true.assign(
        customer_id=[f"c{a:05d}-{b}" for a, b in zip(who, split, strict=True)],
        time=FIRST_DAY + pd.to_timedelta(true["minute"], unit="min"),
        agency="agency " + true["agency"].astype(str),
        need="need " + pd.Series(need, true.index).astype(str),
        activity=true["activity_class"],
    )
    return events[~lost].drop(columns="minute")
