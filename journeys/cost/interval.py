"""The cost of duplication: gross, preventable and cashable, each with its interval.

*Gross* is what the redundant events cost; *preventable* the share of it that could
have been avoided (a shorter second assessment, not none); *cashable* the share of
that which could leave a budget. They are never added up or put for one another.

The interval is made by Monte Carlo. In each replicate customers are resampled
(Poisson bootstrap), and the rates of an audit, the unit costs, the shares and the
errors of linkage are drawn once each. Without an audit the rules are taken to be
right, so that the interval holds the doubt about sampling and prices only: it is
called *unaudited*. Resampling customers makes it an interval for such a place in such
a year; without (`resample_customers = false`), it is for these very events, whose cost
is in doubt only as far as rules and prices are. Parameters of rules are not averaged
over: see :func:`journeys.cost.window.cost_by_window`.

Money of an event that two rules found is split between them before (see
:mod:`journeys.duplication.findings`), and the audit corrects each rule's own share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from journeys.cost.cells import cells_of
from journeys.cost.factors import MEASURES, factors_of, measured, one_at_a_time
from journeys.cost.money import Amount, ends_of, whole_shares
from journeys.cost.options import CostOptions
from journeys.cost.rates import rates_of
from journeys.cost.results import DuplicationCost
from journeys.cost.unit_costs import RUNGS
from journeys.duplication.all_rules import ALL_RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from journeys.cost.audited import Audit
    from journeys.cost.cells import Cells
    from journeys.cost.unit_costs import Costed
    from journeys.duplication.results import Duplication
    from journeys.duplication.rule import RuleOptions
    from place.engine import Frame

    Floats = NDArray[np.float64]

__all__ = ["cost_duplication"]

GROUPS: Final = ("rule", "agency", "need", "segment")


def cost_duplication(
    found: Duplication,
    *,
    costs: Costed | None = None,
    audit: Audit | None = None,
    segments: str | Frame | None = None,
    options: CostOptions | None = None,
) -> DuplicationCost:
    """Cost what was found twice, with intervals.

    Parameters
    ----------
    found
        What :func:`journeys.duplication.find_duplication` returned.
    costs
        What :func:`journeys.cost.unit_costs.cost_events` returned, if costs were
        filled in before the events were encoded.
    audit
        What :func:`journeys.cost.audited.read_audit` returned, if there was one.
    segments
        Table or frame of `customer_id` and `segment`.
    options
        Replicates, confidence, seed and links; with `None`, the defaults.

    Returns
    -------
    cost
        Money in whole pence; breakdowns add up to the three numbers exactly. Events
        without a cost are counted, not guessed. Without an audit, the gross amount
        is that of `found`, to the penny, where no errors of linkage are given.

    Examples
    --------
    >>> from journeys.duplication.findings import find_duplication
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-11"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "need": "housing"})
    >>> events["agency"] = ["council", "health"]
    >>> events["cost_pence"] = [8000, 9500]
    >>> log = encode_log(events.assign(activity="assess", activity_class="assess"))
    >>> cost_duplication(find_duplication(log)).gross.pence
    9500
    """
    options = CostOptions() if options is None else options
    cells = cells_of(
        found, costs=costs, segments=segments, pool=audit is not None, options=options
    )
    rules = _options_of(found)
    layers = factors_of(cells.cells, rules, costs=costs, audit=audit, options=options)
    money = measured(cells.sums, layers)
    without = {
        "preventable": _lacking(rules, "preventable"),
        "cashable": _lacking(rules, "preventable", "cashable"),
    }
    whole = {
        measure: None
        if cells.cells.empty or len(without.get(measure, ())) == len(rules)
        else Amount.of(money[measure].sum(axis=0), options.confidence)
        for measure in MEASURES
    }
    told = set() if audit is None else set(rates_of(audit))
    return DuplicationCost(
        gross=whole["gross"],
        preventable=whole["preventable"],
        cashable=whole["cashable"],
        confidence=options.confidence,
        resampled=options.resample_customers,
        by={
            group: _grouped(cells.cells[group], money, whole, options.confidence)
            for group in GROUPS
            if group != "segment" or segments is not None
        },
        tornado=_tornado(one_at_a_time(cells.sums, layers, options.confidence), whole),
        rungs=_rungs(cells, costs),
        events=found.events,
        customers=found.customers,
        not_costed=found.not_costed,
        audit=audit,
        unaudited=tuple(rule for rule in rules if (rule, True) not in told),
        unsearched=tuple(rule for rule in rules if (rule, False) not in told),
        without=without,
    )


def _options_of(found: Duplication) -> dict[str, RuleOptions]:
    """Return the options of each rule that found something that costs money."""
    named = {one.rule for one in found.by_rule if one.redundant and one.findings}
    options = {
        rule.name: found.rules.of(rule.section)
        for rule in ALL_RULES
        if rule.name in named
    }
    return {name: each for name, each in options.items() if each is not None}


def _lacking(rules: Mapping[str, RuleOptions], *shares: str) -> tuple[str, ...]:
    return tuple(
        name
        for name, options in rules.items()
        if any(getattr(options, share) is None for share in shares)
    )


def _grouped(
    keys: pd.Series,
    money: Mapping[str, Floats],
    whole: Mapping[str, Amount | None],
    confidence: float,
) -> pd.DataFrame:
    """Return each measure for each value of a key; central figures add up."""
    at, values = pd.factorize(keys, sort=True, use_na_sentinel=False)
    table = pd.DataFrame({str(keys.name): values})
    for measure, amount in whole.items():
        names = [f"{measure}{end}_pence" for end in ("", "_low", "_high")]
        if amount is None:
            table[names] = pd.NA
        else:
            sums = np.zeros((len(values), money[measure].shape[1]))
            np.add.at(sums, at, money[measure])
            ends = np.rint(ends_of(sums[:, 1:], confidence)).astype(np.int64)
            table[names[0]] = whole_shares(sums[:, 0], amount.pence)
            table[names[1]], table[names[2]] = ends
        table[names] = table[names].astype("Int64")
    return table


def _tornado(
    moves: Iterable[tuple[str, str, float, float]], whole: Mapping[str, Amount | None]
) -> pd.DataFrame:
    """Return what moves which measure, the widest first."""
    names = ["input", "measure", "low_pence", "high_pence"]
    known = [move for move in moves if whole[move[1]] is not None]
    known.sort(key=lambda move: (MEASURES.index(move[1]), move[2] - move[3], move[0]))
    rows = pd.DataFrame(known, columns=names)
    rows[names[2:]] = rows[names[2:]].astype(float).round().astype("Int64")
    return rows


def _rungs(cells: Cells, costs: Costed | None) -> pd.DataFrame:
    """Return how much of the money found stands on which rung, unadjusted."""
    found = cells.cells["found"].astype(bool).to_numpy()
    named = {} if costs is None else costs.lines.set_index("line")["basis"].to_dict()
    basis = cells.cells["line"].map(named).astype("object").fillna("recorded")
    rows = pd.DataFrame({"basis": basis, "cost_pence": cells.sums[:, :1].sum(axis=1)})
    money = rows[found].groupby("basis")["cost_pence"].sum().astype("Int64")
    rungs = money.reindex([rung for rung in RUNGS if rung in money.index])
    return rungs.rename_axis("basis").reset_index()
