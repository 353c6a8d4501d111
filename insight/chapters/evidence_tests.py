"""The declared tests, each with its base, its interval and what it could have found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.chapters.evidence_part import Part
from insight.release import Sheet, release
from insight.report import Table, Text

if TYPE_CHECKING:
    from insight.evidence.declared import Family
    from insight.release import Door

__all__ = ["tested_part"]

COLUMNS: Final = {
    "what": "Test",
    "value": "Value",
    "low": "from",
    "high": "to",
    "p": "p",
    "p_holm": "p, Holm",
    "n": "Places",
    "counted": "Flags",
    "detectable_ratio": "Least ratio",
}
WORDS: Final = ("what", "test", "outcome", "role", "measure", "refused")


def tested_part(family: Family, door: Door) -> Part:
    """Show the whole declared family: nothing that was tested is left out.

    Parameters
    ----------
    family
        What :func:`insight.evidence.insight_family` returned.
    door
        The table goes through it, though it holds no person.
    """
    table = family.table
    refused = table["refused"].astype("object")
    what = table["test"] + " of " + table["outcome"]
    named = (table["measure"] != table["test"]) & table["p"].notna()
    what = what.mask(named, what + ": " + table["measure"])
    table = table.assign(
        refused=refused.where(refused.notna(), ""),
        what=what.mask(table["role"] == "primary", what + " (primary)"),
    )
    figures = [str(name) for name in table if name not in WORDS]
    released = release(
        door,
        table.round(dict.fromkeys(figures, 4)),
        Sheet(
            name="evidence_tests",
            title="The declared family of tests",
            public=figures,
            note="Two-sided p: |statistic| at least as large. The primary test is read "
            "as it stands; Holm's p is over all tests declared, the refused ones "
            "counted. Least ratio: rate of flags a point of maturity that four studies "
            "in five like this one would find; blank where even a ratio of twenty "
            "would not be.",
        ),
    )
    refusals = [str(member) for member in family.members if member.p is None]
    done = len(family.members) - len(refusals)
    lead = (
        f"{len(family.members)} tests were declared before the data were looked at, "
        f"one of them primary; {done} could be done."
    )
    return Part(
        name="tests",
        blocks=[
            Text([lead, str(family.members[0])], tone="finding"),
            Table(released=released, columns=COLUMNS),
            *([Text(["What was refused, and why:"], refusals)] if refusals else []),
        ],
        tables=[released],
        sentences=[str(member) for member in family.members],
    )
