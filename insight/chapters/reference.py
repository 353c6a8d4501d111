"""The 2010 report's own tables, held against their own arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insight.release import Sheet, release
from insight.report import Section, Table, Text
from insight.spend import check_tables, check_text, table_1, table_2, table_3

if TYPE_CHECKING:
    import pandas as pd

    from insight.release import Door
    from insight.report import Block

__all__ = ["reference_section"]


def reference_section(door: Door) -> Section:
    """Return Tables 1 to 3 as printed, with what does and does not add up.

    Parameters
    ----------
    door
        The tables go through it like any other, though they hold no person.
    """
    checks = check_tables()
    flagged = [str(one) for one in checks if one.verdict != "adds up"]
    text = [str(one) for one in check_text() if one.flagged]
    lead = (
        f"Of {len(checks)} figures of the 2010 report's Tables 1 to 3 that can be "
        f"recomputed from the report itself, {len(checks) - len(flagged)} add up as "
        "printed. The toolkit shows the others rather than mending them. These figures "
        "are the report's, of real places in 2008-09, and say nothing of this place."
    )
    blocks: list[Block] = [
        Text([], flagged),
        _table(
            table_1(), "Table 1: spend counted centre-out and locally, 2008-09", door
        ),
        _table(table_2(), "Table 2: share of spend by function", door),
        _table(table_3(), "Table 3: share of spend by body", door),
        Text(["And in the report's own words:"], text),
    ]
    return Section("report-tables", "The 2010 report's own tables", lead, blocks)


def _table(printed: pd.DataFrame, title: str, door: Door) -> Table:
    """Release a printed table; a dash in print is not known."""
    columns = [str(name) for name in printed.columns]
    figures = [name for name in columns if name not in ("pilot", "lines")]
    frame = printed.astype(dict.fromkeys(figures, "Float64")).reset_index(drop=True)
    name = f"report_{title[:7].lower().replace(' ', '_')}"
    sheet = Sheet(name=name, title=title, public=figures, labels=["lines"])
    released = release(door, frame, sheet)
    said = {
        "a_bn": "A: centre-out (£bn)",
        "b_bn": "B: locally led (£bn)",
        "difference_pct": "Difference printed (%)",
        "lines": "Lines of the report",
    }
    headings = {name: said.get(name, _heading(name)) for name in columns}
    return Table(released=released, columns=headings)


def _heading(name: str) -> str:
    """Return a heading for a column such as `social_protection_pct`."""
    words = name.removesuffix("_pct").replace("_", " ")
    words = words.replace("nhs", "NHS")
    words = words[0].upper() + words[1:]
    return f"{words} (%)" if name.endswith("_pct") else words
