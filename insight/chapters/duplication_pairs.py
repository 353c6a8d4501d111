"""Who repeats whom: findings by pair of agencies and by segment, with evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from insight.release import Sheet, release, write_private
from insight.release.rules import HIDDEN
from insight.report import Matrix, Table, Text
from journeys import by_pair, by_segment
from journeys.duplication.rule import DAY_US

if TYPE_CHECKING:
    import pandas as pd

    from insight.chapters.followed import Followed
    from insight.release import Door, Released
    from insight.report import Block
    from journeys import Duplication

__all__ = ["COUNTED", "NO_SEGMENT", "costed", "pair_blocks", "segment_grid"]

COUNTED: Final = Sheet(
    name="findings",
    title="Findings",
    counts=["findings", "customers", "not_costed", "costed"],
    of_people=dict.fromkeys(("findings", "not_costed", "costed"), "customers"),
    measures={"cost_pence": "costed"},
    note="Cost is gross, before any audit.",
)
WIDEST: Final = 25  # most columns of a grid on the page
LONGEST: Final = 10  # most rows of a table on the page
NAMED: Final = 2  # findings named for each pair of agencies
NO_SEGMENT: Final = "No known segment"


def costed(counted: pd.DataFrame) -> pd.DataFrame:
    """Return counts with how many findings have a cost: what the money rests on."""
    return counted.assign(costed=counted["findings"] - counted["not_costed"])


def pair_blocks(found: Duplication, door: Door) -> list[Block]:
    """Return who repeats whom: one rule as a grid, all rules as a table.

    Parameters
    ----------
    found
        What `journeys.find_duplication` returned, with some finding.
    door
        Every figure goes through it; the evidence goes to `private/findings.csv`.
    """
    findings = found.findings()
    pairs = costed(by_pair(found))
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
    blocks: list[Block] = []
    apart = pairs[
        pairs["first_agency"].notna() & (pairs["first_agency"] != pairs["agency"])
    ]
    if not apart.empty:
        # The rule that finds most between two agencies; of equals, the first.
        most = apart.groupby("rule")["findings"].sum().idxmax()
        chosen = apart[apart["rule"] == most]
        if max(chosen["agency"].nunique(), chosen["first_agency"].nunique()) <= WIDEST:
            blocks.append(_matrix(chosen, door))
        else:
            said = (
                f"More than {WIDEST} agencies: who repeats whom is in the table alone."
            )
            blocks.append(Text([said]))
    return [*blocks, _pairs(findings, released, door)]


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


def segment_grid(followed: Followed, segments: str) -> Matrix:
    """Return findings by segment of the customer and rule.

    Parameters
    ----------
    followed
        The journeys, with what was found in them.
    segments
        Table of `customer_id` and `segment` in the log's engine.
    """
    found = costed(by_segment(followed.found, segments))
    names = {code: f"{code} {name}" for code, name in followed.names.items()}
    called = found["segment"].map(
        lambda code: names.get(code, code), na_action="ignore"
    )
    released = release(
        followed.door,
        found.assign(name=called.fillna(NO_SEGMENT)),
        replace(
            COUNTED,
            name="duplication_by_segment",
            title="Duplication by segment",
            labels=["segment", "name", "rule"],
        ),
    )
    return Matrix(
        released=released,
        rows="name",
        columns="rule",
        count="findings",
        title="Contacts that duplicate another, by segment",
        corner="Segment (down), rule (across)",
    )
