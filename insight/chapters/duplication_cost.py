"""What duplication costs: gross, preventable and cashable, and how far to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.chapters.chapter import Chapter
from insight.chapters.duplication_money import by_blocks, rungs_table, three_numbers
from insight.chapters.duplication_moves import (
    curve_picture,
    hours_table,
    tornado_picture,
)
from insight.report import Section, Text, figure_of
from journeys import JourneyError
from journeys.cost.audited import read_audit
from journeys.cost.interval import cost_duplication
from journeys.cost.unit_costs import costs_of

if TYPE_CHECKING:
    from insight.chapters.followed import Followed
    from insight.release import Released
    from insight.report import Block, Figure
    from journeys.cost.audited import Audit
    from journeys.cost.results import DuplicationCost

__all__ = ["duplication_cost_chapter"]

TITLE: Final = "What duplication costs"
MEANING: Final = (
    "Three numbers, never one. Gross is what the contacts cost that duplicate another. "
    "Preventable is the share that could have been avoided: a shorter second "
    "assessment, not none. Cashable is the share of that which could leave a budget. "
    "Each contact is costed once, whatever rules find it, and against the agency that "
    "spent the money."
)
ADVICE: Final = (
    "Nobody has looked these contacts up in case files yet, and rules err both ways. "
    "Until somebody has, the interval holds the doubt of sampling and prices only, and "
    "is too narrow. `totalplace audit sheet` draws the contacts to look up."
)
METHOD: Final = """\
Intervals are the middle {confidence:.0%} of replicates. In each, customers are
resampled (Poisson bootstrap by customer) and everything else that is uncertain is drawn
once: the range of each unit cost and of the shares that are preventable and cashable
(PERT distributions), and, after an audit, each rule's share of money found rightly and
of money missed (beta distributions).

Contacts of which auditors could not tell count as duplicates at the rate of those that
could be told; how many are is drawn as if it were known from one contact only, so that
they widen the interval. Rows not looked up leave a smaller sample.

Contacts that no rule found are searched for omissions in the classes in which rules
found others; each belongs to one rule, so that none is counted twice.

Errors of linkage are not allowed for, beside what auditors found: links that were
missed hide duplication, and links between two persons invent it."""


def duplication_cost_chapter(followed: Followed) -> Chapter:
    """Say what duplication costs, with intervals, and what moves the figure.

    Parameters
    ----------
    followed
        The journeys. Unit costs are those that `cost_events` left in the engine; an
        audit is the table `audit` of the place, if it has one that fits.
    """
    audit, faults = _audited(followed)
    cost = cost_duplication(
        followed.found,
        costs=costs_of(followed.opened.engine),
        audit=audit,
        segments=followed.segments,
    )
    if cost.gross is None:
        said = (
            "Nothing that was found has a cost, so none is given. Fill cost_pounds of "
            "events, or give a table unit_costs."
        )
        section = Section("duplication-cost", TITLE, said, [])
        return Chapter(section=section, sentences=[said])
    picture, released = three_numbers(followed, cost)
    lead = _lead(released, cost)
    blocks: list[Block] = [
        Text([MEANING]),
        picture,
        *_standing(cost, faults),
        *by_blocks(followed, cost),
        curve_picture(followed),
        *tornado_picture(followed, cost),
        rungs_table(followed, cost),
        *hours_table(followed),
        _method(cost),
    ]
    return Chapter(
        section=Section("duplication-cost", TITLE, lead, blocks),
        sentences=[lead],
        headlines=[
            _headline(released, cost, measure)
            for measure in ("gross", "preventable")
            if getattr(cost, measure) is not None
        ],
    )


def _method(cost: DuplicationCost) -> Text:
    said = METHOD.format(confidence=cost.confidence).split("\n\n")
    return Text([" ".join(part.split()) for part in said], tone="method")


def _audited(followed: Followed) -> tuple[Audit | None, tuple[str, ...]]:
    """Return the audit of a place, or why it cannot be used."""
    if not followed.opened.has("audit"):
        return None, ()
    try:
        return read_audit("audit", followed.found), ()
    except JourneyError as wrong:
        return None, wrong.faults


def _said(released: Released, measure: str) -> str:
    """Say one of the three numbers and its interval from released figures."""
    row = list(released.frame["measure"]).index(measure)
    value, low, high = (
        figure_of(released, column, label="", row=row).value
        for column in ("cost_pence", "low_pence", "high_pence")
    )
    return f"{value} ({low} to {high})"


def _lead(released: Released, cost: DuplicationCost) -> str:
    there = set(released.frame["measure"])
    said = f"Duplication costs {_said(released, 'Gross')} gross"
    if "Preventable" in there:
        said += f", of which {_said(released, 'Preventable')} is preventable"
    if "Cashable" in there:
        said += f" and {_said(released, 'Cashable')} cashable"
    return f"{said} ({cost.confidence:.0%} intervals; {cost.label})."


def _headline(released: Released, cost: DuplicationCost, measure: str) -> Figure:
    row = list(released.frame["measure"]).index(measure.capitalize())
    low, high = (
        figure_of(released, f"{end}_pence", label="", row=row).value
        for end in ("low", "high")
    )
    note = f"{cost.confidence:.0%} interval {low} to {high}; {cost.label}"
    label = f"{measure} cost of duplication"
    return figure_of(released, "cost_pence", label=label, row=row, note=note)


def _standing(cost: DuplicationCost, faults: tuple[str, ...]) -> list[Block]:
    """Say what stands behind the amounts, and what they leave out."""
    blocks: list[Block] = []
    if faults:
        said = "The audit could not be used, so the amounts are unaudited."
        blocks.append(Text([said], faults, "caution"))
    if cost.audit is None:
        blocks.append(Text([ADVICE], tone="caution"))
    else:
        points = [
            f"No {what} of {', '.join(rules)} was looked up: {taken}."
            for rules, what, taken in (
                (cost.unaudited, "finding", "all are taken to be right"),
                (cost.unsearched, "contact not found", "none is taken to be missed"),
            )
            if rules
        ]
        blocks.append(Text([f"Audited: {cost.audit}"], points, "finding"))
    left = [
        f"No {share} share is given for {', '.join(rules)}: their money is not in it."
        for share, rules in cost.without.items()
        if rules
    ]
    return [*blocks, *([Text(left)] if left else [])]
