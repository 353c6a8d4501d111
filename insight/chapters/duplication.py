"""Duplication on the page: by rule, by pair of agencies, by segment, with evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.release import Sheet, release, write_private
from insight.release.rules import HIDDEN
from insight.report import Column, Matrix, Table, Text, figure_of
from journeys import by_pair, by_segment

if TYPE_CHECKING:
    from insight.release import Door, Released
    from insight.report import Block
    from journeys import Duplication

__all__ = ["duplication_blocks"]

COUNTED: Final = Sheet(
    name="findings",
    title="Findings",
    counts=["findings", "customers", "not_costed", "costed"],
    of_people=dict.fromkeys(("findings", "not_costed", "costed"), "customers"),
    measures={"cost_pence": "costed"},
    note="Cost is gross and unaudited.",
)
DAY_US: Final = 86_400_000_000
WIDEST: Final = 25  # most columns of a grid on the page
LONGEST: Final = 12  # most rows of a table on the page
NAMED: Final = 2  # findings named for each pair of agencies
MEANING: Final = (
    "A contact is duplication only where a rule says so: the same need, within the "
    "time an answer stays valid, with nothing in between that would justify asking "
    "again. The naive count beside each rule is what one would get without that."
)


def duplication_blocks(
    found: Duplication, door: Door, segments: str | None
) -> list[Block]:
    """Return findings by rule, pair of agencies and segment, for the page.

    The evidence of each finding goes to `private/findings.csv` alone.

    Parameters
    ----------
    found
        What `journeys.find_duplication` returned.
    door
        Every figure goes through it.
    segments
        Table of `customer_id` and `segment` in the log's engine, or `None`.
    """
    rules = _by_rule(found, door)
    blocks: list[Block] = [Text([MEANING]), rules, *_unmatched(found, door)]
    if not found.events:
        return blocks
    findings = found.findings()
    pairs = _costed(by_pair(found))
    ranked = pairs.sort_values("findings", ascending=False, kind="stable")
    released = release(
        door,
        _with_evidence(ranked, findings, door),
        replace(
            COUNTED,
            name="duplication",
            title="Duplication by pair of agencies",
            labels=["first_agency", "agency"],
        ),
    )
    first = pairs[pairs["rule"] == pairs["rule"].iloc[0]]
    if first["agency"].nunique() <= WIDEST:
        blocks.append(_matrix(first, door))
    else:
        said = f"More than {WIDEST} agencies: who repeats whom is in the table alone."
        blocks.append(Text([said]))
    blocks.append(_pairs(findings, released, door))
    if segments:
        blocks.append(_by_segment(found, door, segments))
    return blocks


def _costed(counted: pd.DataFrame) -> pd.DataFrame:
    """Add how many findings have a cost: what the money rests on."""
    return counted.assign(costed=counted["findings"] - counted["not_costed"])


def _unmatched(found: Duplication, door: Door) -> list[Block]:
    """Say which referrals and joint contacts the rules could not follow."""
    if not any(found.unmatched):
        return []
    frame = pd.DataFrame([found.unmatched._asdict()]).assign(what="unmatched")
    counts = list(found.unmatched._asdict())
    sheet = Sheet(name="unmatched", title="Agencies not in the log", counts=counts)
    out = release(door, frame, sheet)
    said = (
        f"{figure_of(out, 'referrals', label='').value} referrals and "
        f"{figure_of(out, 'joint_contacts', label='').value} joint contacts name an "
        "agency that the log does not have, by a slip of spelling or because it is "
        "outside: the rules could not follow them."
    )
    return [Text([said], tone="caution")]


def _by_rule(found: Duplication, door: Door) -> Table:
    frame = pd.DataFrame(
        {
            "rule": [f"{one.rule} {one.title}" for one in found.by_rule],
            "findings": [one.findings for one in found.by_rule],
            "naive": [one.naive for one in found.by_rule],
            "customers": [one.customers for one in found.by_rule],
            "events": [one.events for one in found.by_rule],
            "all_customers": found.log.n_customers,
            "unjudged": [one.unjudged for one in found.by_rule],
            "not_costed": [one.not_costed for one in found.by_rule],
            "cost_pence": pd.array([one.cost_pence for one in found.by_rule], "Int64"),
        }
    )
    frame = _costed(frame)
    counts = frame.columns.drop(["rule", "cost_pence"]).tolist()
    released = release(
        door,
        frame,
        Sheet(
            name="duplication_rules",
            title="Duplication by rule",
            counts=counts,
            of_people={
                **dict.fromkeys(("findings", "not_costed", "costed"), "customers"),
                **dict.fromkeys(("naive", "events", "unjudged"), "all_customers"),
            },
            measures={"cost_pence": "costed"},
            note=(
                f"Rules version {found.rules.version}. A contact that two rules find "
                "is costed once, half to each. Cost is gross and unaudited."
            ),
        ),
    )
    return Table(
        released=released,
        columns={
            "rule": "Rule",
            "findings": "Contacts found",
            "naive": "Naive count",
            "customers": "Customers",
            "events": "Contacts judged",
            "unjudged": "Without a need, not judged",
            "cost_pence": "Gross cost",
            "not_costed": "Found, without a cost",
        },
    )


def _matrix(pairs: pd.DataFrame, door: Door) -> Matrix:
    rule = pairs["rule"].iloc[0]
    released = release(
        door,
        pairs[["first_agency", "agency", "findings", "customers"]],
        Sheet(
            name="duplication_matrix",
            title=f"Rule {rule}: who repeats whom",
            counts=["findings", "customers"],
            of_people={"findings": "customers"},
            labels=["first_agency", "agency"],
        ),
    )
    return Matrix(
        released=released,
        rows="first_agency",
        columns="agency",
        count="findings",
        title=f"Rule {rule}: contacts of one agency that repeat another's",
        corner="Done first by (down), again by (across)",
    )


def _with_evidence(
    pairs: pd.DataFrame, findings: pd.DataFrame, door: Door
) -> pd.DataFrame:
    """Name the first findings of each pair, unless their number would tell a count."""
    keys = ["rule", "first_agency", "agency"]
    named = findings.groupby(keys)["finding_id"]
    first = named.agg(lambda ids: ", ".join(ids.head(NAMED))).rename("evidence")
    shown = pairs.join(first, on=keys)
    few = shown["customers"] <= max(door.rule.hides_to, NAMED)
    return shown.assign(evidence=shown["evidence"].mask(few, HIDDEN))


def _pairs(findings: pd.DataFrame, released: Released, door: Door) -> Table:
    """Show pairs of agencies; the rows behind them stay inside the partnership."""
    inside = findings.assign(gap_days=findings["gap_us"] / DAY_US)
    kept = [
        "finding_id", "rule", "version", "event_id", "evidence_ids",
        "first_agency", "agency", "need", "kind", "gap_days",
    ]  # fmt: skip
    write_private(door, inside[kept], "findings")
    return Table(
        released=released,
        columns={
            "rule": "Rule",
            "first_agency": "Done first by",
            "agency": "Again by",
            "findings": "Contacts",
            "customers": "Customers",
            "cost_pence": "Gross cost",
            "evidence": "Evidence, such as",
        },
        note=(
            "Each finding, which contact repeats which by the agencies' own event ids, "
            "is a row of private/findings.csv, which stays inside the partnership."
        ),
        limit=LONGEST,
    )


def _by_segment(found: Duplication, door: Door, segments: str) -> Table:
    released = release(
        door,
        _costed(by_segment(found, segments)),
        replace(
            COUNTED,
            name="duplication_by_segment",
            title="Duplication by segment",
            labels=["segment", "rule"],
        ),
    )
    return Table(
        released=released,
        columns={
            "segment": Column("Segment", "text"),
            "rule": "Rule",
            "findings": "Contacts",
            "customers": "Customers",
            "cost_pence": "Gross cost",
        },
        segment="segment",
    )
