"""Own headings in COFOG: each line's money split by weights, exact to the penny.

Bodies keep their books by headings of their own. A mapping says how much of a heading
belongs to which COFOG code; the weights of a heading sum to 1. The place's mapping
goes first, heading by heading; for the others there is a small one of ours
(`data/reference/own_headings.csv`), which is our judgement and not CIPFA's.

References
----------
The need for weights: notes of the OpenSpending project on the Country and Regional
Analysis, where one Treasury heading spans three COFOG groups. No open mapping from
CIPFA's service expenditure analysis to COFOG was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from insight.errors import InsightError
from insight.shipped import shipped
from insight.spend.cofog import cofog_code
from insight.spend.names import alike, listed
from insight.spend.pennies import allocate_each
from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    from place.engine import Engine

__all__ = ["OURS", "Mapped", "map_headings", "own_headings", "with_headings"]

OURS: Final = "totalplace"
THEIRS: Final = "place"
SLACK: Final = Decimal("0.000001")
"""How far the weights of a heading may miss 1, for thirds are written with digits."""
NEAR: Final = 2  # names shown for a heading that is not mapped


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """A spend count with COFOG codes for its own headings.

    Parameters
    ----------
    lines
        The count's columns. A line that a heading places is split into one row a
        code; `line` is its label in the count and `mapped_by` says whose mapping it
        was ("place", "totalplace"), blank where the line has a code of its own.
    used
        One row a heading and code: `weight`, `amount_pence`, `lines`, `whose`,
        `version` and `note`.
    unmapped
        One row a heading that no mapping knows: `lines`, `amount_pence` and the
        `nearest` headings that are known.
    """

    lines: pd.DataFrame
    used: pd.DataFrame
    unmapped: pd.DataFrame

    def __str__(self) -> str:
        """Say the result in two sentences."""
        if self.used.empty and self.unmapped.empty:
            return "No line is placed by an own heading."
        ours = self.used[self.used["whose"] == OURS]
        by = {
            "the place's own mapping": self.used[self.used["whose"] == THEIRS],
            f"a mapping of {OURS}, not CIPFA's (version {_versions(ours)})": ours,
        }
        said = "; ".join(
            f"{_several(part['heading'].nunique())} by {whose}: "
            f"{pounds(int(part['amount_pence'].sum()))}"
            for whose, part in by.items()
            if len(part)
        )
        left = (
            f"Not mapped: {_several(len(self.unmapped))}, "
            f"{pounds(int(self.unmapped['amount_pence'].sum()))}."
        )
        return f"{said}. {left}" if said else left


def _several(headings: int) -> str:
    return f"{headings} heading{'s' * (headings != 1)}"


def _versions(used: pd.DataFrame) -> str:
    return listed(sorted({str(one) for one in used["version"].dropna()}))


@cache
def _ours() -> pd.DataFrame:
    frame = pd.read_csv(
        shipped("reference", "own_headings.csv"), dtype=str, keep_default_na=False
    )
    return frame.assign(weight=frame["weight"].map(Decimal))


def own_headings() -> pd.DataFrame:
    """Return our own mapping of common headings to COFOG: a judgement, not CIPFA's.

    Returns
    -------
    headings
        `heading`, `cofog`, `weight` (`Decimal`), `note` and `version`.

    Examples
    --------
    >>> own = own_headings().set_index("heading")
    >>> own.loc["Supporting people", "cofog"].tolist()
    ['10.6', '10.7']
    """
    return _ours().copy()


def map_headings(spend: pd.DataFrame, headings: pd.DataFrame | None = None) -> Mapped:
    """Give lines that have a heading and no COFOG code their codes, to the penny.

    Parameters
    ----------
    spend
        `amount_pence`, and `cofog` or `heading` or both. A line with a code that is
        known keeps it, whatever its heading.
    headings
        The place's mapping: `heading`, `cofog`, and if known `weight` (1 where
        blank), `note` and `version`. Capitals and blanks do not matter.

    Returns
    -------
    mapped
        Every line once, or in parts that sum to it; amounts below nought are split
        as their opposite would be. Pennies left over go to the largest remainders,
        ties to the first code.

    Raises
    ------
    InsightError
        If weights of a heading do not sum to 1, a code is not known or comes twice.

    Examples
    --------
    >>> spend = pd.DataFrame({"heading": ["supporting people"], "amount_pence": [101]})
    >>> map_headings(spend).lines[["cofog", "amount_pence"]].to_numpy().tolist()
    [['10.6', 51], ['10.7', 50]]
    """
    mapping = _mapping(headings)
    lines = spend.assign(line=spend.index, mapped_by=None)
    for name in ("cofog", "heading"):
        if name not in lines:
            lines[name] = None
    written = {one: cofog_code(one) for one in lines["cofog"].unique()}
    key = alike(lines["heading"]).where(lines["cofog"].map(written).isna())
    known = key.isin(set(mapping["key"])).to_numpy(dtype=bool)
    lines["cofog"] = lines["cofog"].astype("object")
    parts, used = [lines[~known]], []
    for heading, own in lines[known].groupby(key[known], sort=True):
        rows = mapping[mapping["key"] == heading].sort_values("cofog")
        weights = {str(row["cofog"]): row["weight"] for row in rows.to_dict("records")}
        whose = str(rows["whose"].iloc[0])
        dealt = allocate_each(own["amount_pence"].astype("int64"), weights)
        parts += [
            own.assign(cofog=code, amount_pence=dealt[code], mapped_by=whose)
            for code in weights
        ]
        used.append(
            rows.assign(
                amount_pence=dealt.sum().to_list(),
                lines=len(own),
            )
        )
    whole = pd.concat(parts).sort_values(["line", "cofog"], kind="stable")
    return Mapped(
        lines=whole.reset_index(drop=True),
        used=_used(pd.concat(used) if used else mapping.head(0)),
        unmapped=_unmapped(lines, key.where(~known), mapping),
    )


def _mapping(headings: pd.DataFrame | None) -> pd.DataFrame:
    """Return the place's mapping and, for headings it does not name, ours."""
    ours = own_headings().assign(whose=OURS)
    theirs = ours.head(0)
    if headings is not None and len(headings):
        theirs = headings.assign(whose=THEIRS)
        for name in ("weight", "note", "version"):
            if name not in theirs:
                theirs[name] = None
        theirs = theirs.assign(weight=theirs["weight"].map(_weight))
    columns = ["heading", "cofog", "weight", "note", "version"]
    both = pd.concat([theirs, ours])[[*columns, "whose"]]
    both.insert(0, "key", alike(both["heading"]))
    named = set(both.loc[both["whose"] == THEIRS, "key"])
    mapping = both[(both["whose"] == THEIRS) | ~both["key"].isin(named)]
    mapping = mapping.assign(written=mapping["cofog"])
    mapping["cofog"] = [cofog_code(code) for code in mapping["cofog"]]
    _check(mapping)
    return mapping[["key", *columns, "whose"]].reset_index(drop=True)


def _weight(given: Any) -> Decimal:  # noqa: ANN401 - a number as a table holds it
    return Decimal(1) if pd.isna(given) else Decimal(str(given))


def _check(mapping: pd.DataFrame) -> None:
    unknown = mapping[mapping["cofog"].isna()]
    if len(unknown):
        row = unknown.iloc[0]
        msg = (
            f"headings: {len(unknown)} codes are no COFOG 1999 code; the first is "
            f"{row['written']!r} of {row['heading']!r}. Write a division or group, "
            "such as 10.6."
        )
        raise InsightError(msg)
    for heading, own in mapping.groupby("heading", sort=True):
        total = sum(own["weight"], Decimal(0))
        if own["cofog"].duplicated().any():
            msg = f"headings: {heading!r} names a COFOG code twice. Name each once."
            raise InsightError(msg)
        if min(own["weight"]) < 0 or abs(total - 1) > SLACK:
            msg = (
                f"headings: the weights of {heading!r} sum to {total}, not to 1, or "
                "one is below nought. Correct them; a blank weight means 1."
            )
            raise InsightError(msg)


def _used(rows: pd.DataFrame) -> pd.DataFrame:
    names = ["heading", "cofog", "weight", "amount_pence", "lines"]
    table = rows.reindex(columns=[*names, "whose", "version", "note"])
    table["weight"] = table["weight"].astype(float)
    return table.reset_index(drop=True)


def _unmapped(
    lines: pd.DataFrame, key: pd.Series[Any], mapping: pd.DataFrame
) -> pd.DataFrame:
    known = dict(zip(mapping["key"], mapping["heading"], strict=True))
    rows = [
        {
            "heading": str(own["heading"].iloc[0]).strip(),
            "lines": len(own),
            "amount_pence": int(own["amount_pence"].sum()),
            "nearest": " or ".join(
                known[near]
                for near in get_close_matches(str(name), known, n=NEAR, cutoff=0.5)
            ),
        }
        for name, own in lines.sort_values("heading").groupby(key, sort=True)
    ]
    return pd.DataFrame(rows, columns=["heading", "lines", "amount_pence", "nearest"])


def with_headings(engine: Engine) -> Mapped | None:
    """Give the table `spend` of a place's engine the codes of its own headings.

    Parameters
    ----------
    engine
        Holds `spend`, and `headings` where the place has a mapping. Afterwards
        `spend` has split lines, so that all rooms share one reading of headings.

    Returns
    -------
    mapped
        What was done; `None` where no line has a heading in place of a code.
    """
    if "heading" not in engine.columns("spend"):
        return None
    spend = engine.arrow("SELECT * FROM spend").to_pandas()
    if spend["heading"].isna().all():
        return None
    theirs = None
    if engine.has("headings"):
        theirs = engine.arrow("SELECT * FROM headings").to_pandas()
    mapped = map_headings(spend, theirs)
    engine.register("spend", mapped.lines[list(spend.columns)])
    return mapped
