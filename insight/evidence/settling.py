"""Where coders differ, and what they agree on when they talk it over.

Agreement is measured on the levels that coders gave alone. Then they meet over a
sheet of the rows on which they differ; what they agree on, with who decided, stands
in the table `maturity` as rows of the coder "agreed by ...".
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from insight.errors import InsightError
from insight.evidence.coding import UNIT, seal_of, texts
from insight.evidence.filled_sheets import level_of
from insight.evidence.maturity import AGREED

__all__ = ["DISAGREEMENT_COLUMNS", "disagreements", "settle"]

DISAGREEMENT_COLUMNS: Final = [
    *UNIT,
    "evidence",
    "levels",
    "agreed",
    "decided_by",
    "check",
]
BLANK: Final = "blank"


def disagreements(maturity: pd.DataFrame) -> pd.DataFrame:
    """Return the rows on which coders differ, as a sheet to settle them on.

    Parameters
    ----------
    maturity
        What `read_coding_sheets` returned: every coder has a row for each unit.

    Returns
    -------
    sheet
        `place`, `component`, `phase`, `evidence`, `levels` ("Ann 2; Bob blank"), and
        for the coders `agreed` (1 to 4 or blank) and `decided_by`. A level against a
        blank is a disagreement too.

    Examples
    --------
    >>> rows = [("A", "value", "before", "x", "Ann", 2),
    ...         ("A", "value", "before", "x", "Bob", 3)]
    >>> names = ["place", "component", "phase", "evidence", "coder", "score"]
    >>> disagreements(pd.DataFrame(rows, columns=names))["levels"].tolist()
    ['Ann 2; Bob 3']
    """
    alone = maturity[~maturity["coder"].str.startswith(AGREED)]
    said = alone["score"].astype("Int64").astype("string").fillna(BLANK).astype(str)
    differ = said.groupby([alone[name] for name in UNIT]).transform("nunique") > 1
    rows = alone.assign(said=alone["coder"] + " " + said)[differ]
    sheet = (
        rows.sort_values([*UNIT, "coder"])
        .groupby(UNIT, as_index=False, sort=True)
        .agg(evidence=("evidence", "first"), levels=("said", "; ".join))
        .assign(agreed="", decided_by="")
    )
    sheet["check"] = [
        seal_of(cells) for cells in sheet[[*UNIT, "levels"]].to_numpy().tolist()
    ]
    return sheet[DISAGREEMENT_COLUMNS]


def settle(maturity: pd.DataFrame, sheet: pd.DataFrame, *, name: str) -> pd.DataFrame:
    """Add to coders' levels what they agreed on afterwards.

    Parameters
    ----------
    maturity
        What `read_coding_sheets` returned.
    sheet
        What `disagreements` returned, filled. A row with neither a level nor who
        decided is not settled: the coders' median stands.
    name
        Of its file, for messages.

    Returns
    -------
    maturity
        With a row "agreed by ..." for each that was settled. Agreed and blank means
        that there is no text after all.

    Raises
    ------
    InsightError
        If the sheet lacks columns or rows, is of other levels than these, holds what
        is no level, or a level that nobody is said to have decided.

    Examples
    --------
    >>> rows = [("A", "value", "before", "x", "Ann", 2),
    ...         ("A", "value", "before", "x", "Bob", 3)]
    >>> names = ["place", "component", "phase", "evidence", "coder", "score"]
    >>> maturity = pd.DataFrame(rows, columns=names)
    >>> sheet = disagreements(maturity).assign(agreed="3", decided_by="Ann, Bob")
    >>> settle(maturity, sheet, name="agreed.csv")["coder"].tolist()
    ['Ann', 'Bob', 'agreed by Ann, Bob']
    """
    lacks = [column for column in DISAGREEMENT_COLUMNS if column not in sheet]
    if lacks:
        msg = f"{name} lacks the columns {lacks}. Use the sheet that was made."
        raise InsightError(msg)
    rows = texts(sheet, DISAGREEMENT_COLUMNS)
    _same_levels(disagreements(maturity), rows, name)
    added = []
    for *unit, evidence, _, given, decided, _ in rows.to_numpy().tolist():
        where = f"{name}: {unit[1]!r} of {unit[0]!r}"
        level, who = level_of(given, where), " ".join(decided.split())
        if level is not None and not who:
            msg = f"{where}: nobody is said to have decided. Fill decided_by."
            raise InsightError(msg)
        if who:
            added.append((*unit, evidence, f"{AGREED}{who}", level))
    columns = [*UNIT, "evidence", "coder", "score"]
    agreed = pd.DataFrame(added, columns=columns).astype({"score": "Int64"})
    both = [maturity.astype({"score": "Int64"}), agreed]
    return pd.concat([each for each in both if len(each)], ignore_index=True)


def _same_levels(made: pd.DataFrame, rows: pd.DataFrame, name: str) -> None:
    """Refuse a sheet of disagreements that is not the one of these levels."""
    seals = [seal_of(cells) for cells in rows[[*UNIT, "levels"]].to_numpy().tolist()]
    differ = set(made["check"]) ^ set(seals)
    if differ or seals != rows["check"].tolist() or len(set(seals)) < len(seals):
        msg = (
            f"{name} is not the sheet of these coders' disagreements: rows are "
            "missing, repeated or changed, or the levels are others. Make it anew from "
            "the same sheets and fill it again."
        )
        raise InsightError(msg)
