"""The 2010 report's own tables, held against their own arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.release import Sheet, release
from insight.report import Section, Table, Text
from insight.spend.per_head_claims import check_per_head
from insight.spend.report_checks import check_tables
from insight.spend.report_claims import check_text
from insight.spend.report_national import (
    check_national,
    odd_digits,
    weighted_functions,
)
from insight.spend.report_tables import table_1, table_2, table_3

if TYPE_CHECKING:
    import pandas as pd

    from insight.release import Door
    from insight.report import Block

__all__ = ["reference_section"]

OUTSIDE: Final = frozenset({"597"})
"""Lines of the text's claims that figures from elsewhere contradict."""
OPEN: Final = (
    "Printed, and held against open figures (HM Treasury's database of 2010, "
    "population estimates, the index of deprivation of 2007): {agree} of {all} "
    "national figures agree. The others, and claims on population and need, are these. "
    "A figure may differ because it is of another edition; what open data contradict "
    "should not be quoted."
)


def reference_section(door: Door) -> Section:
    """Return Tables 1 to 3 as printed, with what does and does not add up.

    Parameters
    ----------
    door
        The tables go through it like any other, though they hold no person.
    """
    checks = check_tables()
    flagged = [str(one) for one in checks if one.verdict != "adds up"]
    text = [one for one in check_text() if one.flagged]
    own = [str(one) for one in text if one.lines not in OUTSIDE]
    against = check_national()
    outside = [str(one) for one in text if one.lines in OUTSIDE]
    outside += [str(one) for one in check_per_head()]
    outside += [str(one) for one in against if not one.agrees]
    agree = sum(one.agrees for one in against)
    lead = (
        f"Of {len(checks)} figures of the 2010 report's Tables 1 to 3 that can be "
        f"recomputed from the report itself, {len(checks) - len(flagged)} add up as "
        "printed. The toolkit shows the others rather than mending them. These figures "
        "are the report's, of real places in 2008-09, and say nothing of this place."
    )
    blocks: list[Block] = [
        Text([], [*flagged, *odd_digits()]),
        _table(
            table_1(), "Table 1: spend counted centre-out and locally, 2008-09", door
        ),
        _table(table_2(), "Table 2: share of spend by function", door),
        _table(table_3(), "Table 3: share of spend by body", door),
        Text(["And in the report's own words:"], own),
        Text([OPEN.format(agree=agree, all=len(against))], outside, "caution"),
        Text([_weighted()], tone="method"),
    ]
    return Section("report-tables", "The 2010 report's own tables", lead, blocks)


def _weighted() -> str:
    """Say Table 2 as one figure, and what base Table 1's differences have."""
    return (
        "Weighted by what the pilots counted, the three functions of Table 2 are "
        f"{weighted_functions():.1f} % of spend, or "
        f"{weighted_functions(mended=True):.1f} % with the total of Bournemouth, "
        "Dorset and Poole mended; national figures, counted another way, have 78.8 % "
        "for England. A difference in Table 1 is 100 % less B/A, on the base of A: "
        "27 % less one way is not 27 % more the other."
    )


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
