"""Sheets on which coders give levels, blind to flags and to one another.

A sheet has a row for each component of each place that there is evidence on, in an
order of the coder's own, so that no coder tires on the same rows as another. It
carries the passage and where it stands, and nothing on how the place was assessed.
Evidence from after the flags is left out unless it is asked for, and marked then.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

import numpy as np

from insight.errors import InsightError
from insight.evidence.rubric import COMPONENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = [
    "SEALED",
    "SHEET_COLUMNS",
    "UNIT",
    "coding_sheets",
    "quoting",
    "seal_of",
    "texts",
    "units_of_evidence",
]

UNIT: Final = ["place", "component", "phase"]
SEALED: Final = ["row", "coder", "place", "component", "phase", "lines", "passage"]
SHEET_COLUMNS: Final = [*SEALED, "level", "remark", "check"]
LINES: Final = re.compile(r"(\d+)(?:-(\d+))?")
PHASES: Final = ("before", "after")
TELLS: Final = re.compile(
    r"\b(?:red|green)[ -]flag|\bflags?\b|\bflagged\b|\bcaa\b|\boneplace\b"
    r"|comprehensive (?:area|performance) assessment",
    re.IGNORECASE,
)


def units_of_evidence(evidence: pd.DataFrame, *, after: bool = False) -> pd.DataFrame:
    """Return what is to be coded: one row a place, component and phase.

    Parameters
    ----------
    evidence
        `place`, `component` and `passage` (or `says`); where known `phase` ("before"
        or "after" the flags; blank is taken to be before) and `lines`. Several
        passages on one component are put together, in the order given.
    after
        Whether to keep evidence from after the flags. It cannot predict them.

    Returns
    -------
    units
        `place`, `component`, `phase`, `lines` and `passage`, sorted. Components
        without a passage have no row: they stay blank.

    Raises
    ------
    InsightError
        If a column is missing, a component or phase is another word, a passage
        speaks of flags, or nothing is left to code.

    Examples
    --------
    >>> from insight.evidence.facts import evidence_index
    >>> len(units_of_evidence(evidence_index()))
    31
    """
    given = evidence.rename(columns={"says": "passage"})
    lacks = [name for name in ("place", "component", "passage") if name not in given]
    if lacks:
        msg = (
            f"the evidence lacks {lacks}; it has {list(evidence.columns)}. Give a row "
            "for each passage, with its place and component."
        )
        raise InsightError(msg)
    columns = [*UNIT, "lines", "passage"]
    units = texts(given.reindex(columns=columns), columns)
    units["phase"] = units["phase"].replace("", "before")
    units = units[units["passage"].str.strip() != ""]
    _refuse(units)
    if not after:
        units = units[units["phase"] == "before"]
    if units.empty:
        msg = (
            "no passage is left to code. Give passages from before the flags, or ask "
            "for those from after them."
        )
        raise InsightError(msg)
    cited = units["lines"].str.contains(r"^\d", regex=True)
    units["lines"] = units["lines"].mask(cited, "lines " + units["lines"])
    return units.groupby(UNIT, sort=True, as_index=False).agg(
        lines=("lines", lambda each: "; ".join(dict.fromkeys(filter(None, each)))),
        passage=("passage", lambda each: "\n".join(dict.fromkeys(each))),
    )


def _refuse(units: pd.DataFrame) -> None:
    for column, words in (("component", COMPONENTS), ("phase", PHASES)):
        strange = sorted(set(units[column]) - set(words))
        if strange:
            msg = f"{column} is one of {list(words)}; seen {strange[:5]}. Use those."
            raise InsightError(msg)
    if (units["place"].str.strip() == "").any():
        msg = "a passage names no place. Name the place of each."
        raise InsightError(msg)
    told = units[units["passage"].str.contains(TELLS)]
    if not told.empty:
        first = told.iloc[0]
        msg = (
            f"{len(told)} passages speak of flags or of how a place was assessed, "
            f"first {first['component']!r} of {first['place']!r}. Coders must not see "
            "that: take those words out, or leave the passage out."
        )
        raise InsightError(msg)


def quoting(evidence: pd.DataFrame, text: str) -> pd.DataFrame:
    r"""Return evidence with the very lines that it is drawn from below our words.

    Parameters
    ----------
    evidence
        As in `units_of_evidence`, with `lines` such as "3-5; 9".
    text
        That the lines are of, line 1 first; only line feeds end a line.

    Raises
    ------
    InsightError
        If evidence names no lines, or lines that the text does not have.

    Examples
    --------
    >>> import pandas as pd
    >>> given = {"place": ["A"], "says": ["It is two."], "lines": ["2"]}
    >>> quoting(pd.DataFrame(given), "One\nTwo\n")["passage"].item()
    'It is two.\n\nTwo'
    """
    given = evidence.rename(columns={"says": "passage"})
    text_lines = text.split("\n")
    quoted = []
    for cited in given.reindex(columns=["lines"])["lines"].fillna("").astype(str):
        spans = [LINES.fullmatch(part.strip()) for part in cited.split(";")]
        ends = [(int(span[1]), int(span[2] or span[1])) for span in spans if span]
        if len(ends) < len(spans) or max(map(max, ends)) > len(text_lines):
            msg = (
                f"lines {cited!r} are not in a text of {len(text_lines)} lines. Name "
                'lines as "3-5; 9", and the text that they are of.'
            )
            raise InsightError(msg)
        quoted.append("\n".join("\n".join(text_lines[a - 1 : b]) for a, b in ends))
    return given.assign(passage=given["passage"].astype(str) + "\n\n" + quoted)


def coding_sheets(
    evidence: pd.DataFrame,
    coders: Sequence[str],
    *,
    seed: int = 0,
    after: bool = False,
) -> dict[str, pd.DataFrame]:
    """Return a sheet for each coder to fill.

    Parameters
    ----------
    evidence
        See `units_of_evidence`. Columns other than those named there are not shown.
    coders
        Names or codes; two or more, or nothing can be said of agreement.
    seed
        With a coder's name it sets the order of that coder's rows.
    after
        Whether evidence from after the flags is coded too, in rows marked so.

    Returns
    -------
    sheets
        Coder to sheet, with the columns `SHEET_COLUMNS`; `level` and `remark` are
        for the coder. `check` is a seal over the rest of the row.

    Raises
    ------
    InsightError
        If there are fewer than two coders, two have one name, or the evidence
        cannot be coded.

    Examples
    --------
    >>> from insight.evidence.facts import evidence_index
    >>> sheets = coding_sheets(evidence_index(), ["Ann", "Bob"], seed=6)
    >>> sheets["Ann"].loc[0, ["row", "coder", "level"]].tolist()
    ['1 of 31', 'Ann', '']
    """
    names = [" ".join(coder.split()) for coder in coders]
    keys = {name.casefold() for name in names} - {""}
    if len(keys) < len(names) or len(names) < 2:  # noqa: PLR2004 - agreement takes two
        msg = (
            f"coders are {names}. Name two or more, each with a name of its own: one "
            "reader's levels alone show nothing of whether another would agree."
        )
        raise InsightError(msg)
    units = units_of_evidence(evidence, after=after)
    return {name: _sheet(units, name, seed) for name in names}


def _sheet(units: pd.DataFrame, coder: str, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng([seed, *coder.casefold().encode()])
    sheet = units.iloc[rng.permutation(len(units))].reset_index(drop=True)
    sheet["row"] = [f"{at} of {len(sheet)}" for at in range(1, len(sheet) + 1)]
    sheet = sheet.assign(coder=coder, level="", remark="")
    sheet["check"] = [seal_of(row) for row in sheet[SEALED].itertuples(index=False)]
    return sheet[SHEET_COLUMNS]


def texts(sheet: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return columns of a sheet as texts, without the rows that are wholly blank.

    Examples
    --------
    >>> import pandas as pd
    >>> texts(pd.DataFrame({"level": [2, None]}, dtype="Int64"), ["level"])["level"][0]
    '2'
    """
    rows = sheet[list(columns)].astype("object")
    rows = rows.where(rows.notna(), "").astype(str)
    return rows[(rows != "").any(axis=1)].reset_index(drop=True)


def seal_of(cells: Sequence[object]) -> str:
    """Return a seal over cells that shows a change of words, not of spacing.

    Examples
    --------
    >>> seal_of(["a", "b c"]) == seal_of(["a", " b  c"]) != seal_of(["a", "bc"])
    True
    """
    plain = [" ".join(str(cell).split()).lstrip("'") for cell in cells]
    return hashlib.sha256("\x1f".join(plain).encode()).hexdigest()[:12]
