"""What is known beside recorded use: surveys, unit costs, keys and known totals."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import pandas as pd

from insight.errors import InsightError
from insight.spend.cofog import cofog_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["UNIVERSAL", "Beside", "Price", "checked_codes", "checked_labels", "within"]

UNIVERSAL: Final = ("04", "06", "07", "08", "09")
"""Divisions whose services stand open to all: economic affairs (roads), housing and
community amenities, health, recreation, education. Our own list; yours may differ."""
NOT_KNOWN: Final = "not known"


class Price(NamedTuple):
    """What a unit of a service, or a user of it, costs: pence with their range."""

    low: float
    central: float
    high: float
    per: str


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What a place knows beside recorded use, and how it treats what all share.

    Parameters
    ----------
    survey
        `service`, `segment`, `users` and `asked`: of so many asked, so many use it.
    costs
        `service`, `central_pence`, and where known `low_pence` and `high_pence`;
        `per` is "unit" or "user", and "unit" where the column is not there.
    keys
        COFOG code -> weight of each segment, such as its children; the name of the
        Series says what the key is. A code's key serves its groups too.
    known
        `cofog`, `segment`, `amount_pence`: what segments are known to have got.
    universal
        COFOG codes of services that stand open to all; other spend is targeted.
    overheads
        COFOG codes that follow the direct costs of their body, once those are shared.
    collective_as
        Whether collective goods stand in a bucket, or are shared a head.
    """

    survey: pd.DataFrame | None = None
    costs: pd.DataFrame | None = None
    keys: Mapping[str, pd.Series[float]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    known: pd.DataFrame | None = None
    universal: Sequence[str] = UNIVERSAL
    overheads: Sequence[str] = ()
    collective_as: Literal["bucket", "head count"] = "bucket"

    def surveyed(self) -> pd.DataFrame:
        """Return the survey, added up by service and segment, checked."""
        columns = ["service", "segment", "users", "asked"]
        if self.survey is None:
            return pd.DataFrame(columns=columns)
        table = _columns(self.survey, columns, "survey")
        wrong = table[["users", "asked"]].isna().any(axis=1) | ~table["users"].between(
            0, table["asked"]
        )
        _refuse(wrong, "rows of survey", "do not have 0 <= users <= asked")
        table["segment"] = checked_labels(table["segment"])
        table["service"] = table["service"].astype(str)
        return table.groupby(["service", "segment"], as_index=False).sum()

    def prices(self) -> dict[str, Price]:
        """Return the price of each service, checked; an open end is the central cost.

        Raises
        ------
        InsightError
            If a service comes twice, a cost is missing or below zero, or ends cross.
        """
        if self.costs is None:
            return {}
        whole = self.costs
        table = _columns(whole, ["service", "central_pence"], "costs")
        wide = whole.reindex(columns=["low_pence", "central_pence", "high_pence"])
        ends = wide.astype("Float64").astype("float64")
        for end in ("low_pence", "high_pence"):
            ends[end] = ends[end].fillna(ends["central_pence"])
        per = whole["per"] if "per" in whole else pd.Series("unit", index=whole.index)
        rising = (ends["low_pence"] <= ends["central_pence"]) & (
            ends["central_pence"] <= ends["high_pence"]
        )
        wrong = ~rising | (ends["low_pence"] < 0) | ~per.isin(["unit", "user"])
        wrong |= table["service"].duplicated().to_numpy()
        _refuse(
            wrong,
            "rows of costs",
            "do not have one service, 0 <= low <= central <= high and a cost per "
            "'unit' or 'user'",
        )
        low, central, high = ends.to_numpy().T.tolist()
        rows = zip(low, central, high, map(str, per), strict=True)
        return dict(
            zip(table["service"].astype(str), map(Price._make, rows), strict=True)
        )

    def key_weights(self) -> dict[str, pd.Series[float]]:
        """Return the key of each code, checked.

        Raises
        ------
        InsightError
            If a code is not in COFOG 1999, or a key is missing or below zero
            somewhere, or nothing everywhere.
        """
        codes = checked_codes({code: code for code in self.keys}, "keys")
        keys = {codes[code]: key for code, key in self.keys.items()}
        for code, key in keys.items():
            known = pd.to_numeric(key).astype("float64")
            if known.isna().any() or (known < 0).any() or not known.sum() > 0:
                msg = (
                    f"the key of COFOG {code} ({key.name}) is missing or below zero in "
                    f"{int((known.isna() | (known < 0)).sum())} of {len(key)} segments "
                    f"and adds up to {known.sum():g}. Use another key."
                )
                raise InsightError(msg)
        return keys

    def known_totals(self) -> dict[str, pd.Series[int]]:
        """Return the known pence of each segment by code, checked.

        Raises
        ------
        InsightError
            If an amount is missing, negative or not whole, a segment comes twice for
            a code, or one code lies within another.
        """
        if self.known is None:
            return {}
        table = _columns(self.known, ["cofog", "segment", "amount_pence"], "known")
        amounts = table["amount_pence"].astype("Float64")
        wrong = amounts.isna() | (amounts < 0) | (amounts % 1 != 0)
        table["code"] = [cofog_code(code) for code in table["cofog"]]
        wrong |= table["code"].isna() | table.duplicated(["code", "segment"])
        _refuse(
            wrong,
            "known totals",
            "do not have a COFOG 1999 code, a segment of their own and whole pence",
        )
        codes = sorted(set(table["code"]))
        inside = [code for code in codes if within(code, set(codes) - {code})]
        if inside:
            msg = (
                f"known totals are given for {inside} and for what they are part of. "
                "Give one level only."
            )
            raise InsightError(msg)
        by_segment = table.set_index("segment")["amount_pence"].astype("int64")
        by_segment.index = pd.Index(checked_labels(by_segment.index))
        return {
            code: by_segment[(table["code"] == code).to_numpy()].sort_index()
            for code in codes
        }


def within(code: str, codes: Sequence[str] | set[str]) -> bool:
    """Say whether a code is one of `codes`, or a part of one.

    Examples
    --------
    >>> within("07.3", ["07"]), within("07", ["07.3"])
    (True, False)
    """
    return any(code == one or code.startswith(f"{one}.") for one in codes)


def checked_labels(segments: pd.Series[str] | pd.Index[str]) -> list[str]:
    """Return names of segments as text, a missing one as "not known"."""
    return [
        NOT_KNOWN if missing else str(segment)
        for segment, missing in zip(segments, segments.isna(), strict=True)
    ]


def checked_codes(codes: Mapping[str, str], what: str) -> dict[str, str]:
    """Return codes in one spelling.

    Raises
    ------
    InsightError
        If one is not in COFOG 1999.
    """
    known = {name: cofog_code(code) for name, code in codes.items()}
    wrong = {name: codes[name] for name, code in known.items() if code is None}
    if wrong:
        msg = (
            f"{len(wrong)} {what} have no COFOG 1999 code: "
            f"{dict(list(wrong.items())[:5])}. Use a division such as '07' or a group "
            "such as '07.3'."
        )
        raise InsightError(msg)
    return {name: code for name, code in known.items() if code is not None}


def _columns(frame: pd.DataFrame | None, columns: list[str], what: str) -> pd.DataFrame:
    """Return the columns of a table; of no table, none of its rows."""
    if frame is None:
        return pd.DataFrame(columns=columns)
    lacks = sorted(set(columns) - set(frame.columns))
    if lacks:
        msg = f"{what} lacks {lacks}; it has {list(frame.columns)}. Add them."
        raise InsightError(msg)
    return frame[columns].copy()


def _refuse(wrong: pd.Series[bool], what: str, why: str) -> None:
    if wrong.any():
        first = wrong.index[int(wrong.to_numpy(dtype=bool).argmax())]
        msg = (
            f"{int(wrong.sum())} of {len(wrong)} {what} {why}; the first is row "
            f"{first!r}. Correct them, or leave them out and say so."
        )
        raise InsightError(msg)
