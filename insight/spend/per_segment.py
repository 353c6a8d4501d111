"""What the place spends on each segment of its customers, exact to the penny.

Each line of the spend count is shared among segments by the best evidence there
is for its COFOG code (`rungs`). The budget is what is certain: shares are taken of
it from the top, so segments, buckets and lines add up to what was spent. Use by
people whose segment is missing stands under "not known"; money that no segment
can be given stands in its own bucket. A line is shared by the use of the services
mapped to it even where they cover only a part of it.

The amounts are what bodies declared: unaudited.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.errors import InsightError
from insight.spend.cofog import COLLECTIVE, cofog_code
from insight.spend.pennies import allocate_each
from insight.spend.rungs import (
    BUCKETS,
    MEASURES,
    NOT_KNOWN,
    Evidence,
    evidence_of,
    rung_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["SpendBySegment", "pounds", "spend_per_segment"]


def pounds(pence: float) -> str:
    """Return an amount for people to read, to the nearest pound.

    Examples
    --------
    >>> pounds(123_456_78), pounds(-250)
    ('£123,457', '-£2')
    """
    return f"{'-' if pence < 0 else ''}£{abs(pence) / 100:,.0f}"


@dataclass(frozen=True, kw_only=True)
class SpendBySegment:
    """Spend shared among segments.

    Parameters
    ----------
    lines
        One row a line of spend and segment or bucket: `line` (its label in the
        spend count, or its position if labels repeat), `cofog`, `segment`,
        `amount_pence` and `rung`.
    segments
        Indexed by `segment`, buckets last: `amount_pence`, `share` of all spend,
        `people` (the base) and `per_head_pence`, missing where there is no base.
    rungs
        Indexed by `rung`: `amount_pence` and `lines`.
    evidence
        What the lines were shared by.
    total_pence
        All spend; the sum of any of the above.
    notes
        Sentences on what limits the figures.
    """

    lines: pd.DataFrame
    segments: pd.DataFrame
    rungs: pd.DataFrame
    evidence: Evidence
    total_pence: int
    notes: tuple[str, ...] = ()

    @property
    def extremes(self) -> tuple[str, str] | None:
        """The dearest and the cheapest segment a head, or `None` without two.

        Among equals, the first name in the order of text.
        """
        heads = (
            self.segments["per_head_pence"].drop(NOT_KNOWN, errors="ignore").dropna()
        )
        if len(heads) < 2:  # noqa: PLR2004 - a pair
            return None
        heads = heads.sort_index()
        return str(heads.idxmax()), str(heads.idxmin())

    def __str__(self) -> str:
        """Say the result as a sentence for the report."""
        used = int(self.rungs["amount_pence"].reindex(list(MEASURES)).fillna(0).sum())
        said = (
            f"{pounds(self.total_pence)} of spend (unaudited) in "
            f"{self.lines['line'].nunique()} lines, shared to the penny: "
            f"{pounds(used)} by recorded use of services"
        )
        for rung, pence in self.rungs["amount_pence"].items():
            if rung in WORDS:
                said += f", {pounds(pence)} {WORDS[str(rung)]}"
        said += "."
        if self.extremes is not None:
            said += " A head, " + " and ".join(map(self._head, self.extremes)) + "."
        return said

    def _head(self, segment: str) -> str:
        row = self.segments.loc[segment].to_dict()
        return (
            f"{pounds(row['per_head_pence'])} for segment {segment} "
            f"({row['people']:,.0f} people)"
        )


WORDS: Final[Mapping[str, str]] = {
    "head count": "by head count",
    "collective": "kept apart as of benefit to all",
    "cofog not known": "not shared, for want of a known COFOG code",
}


def spend_per_segment(
    spend: pd.DataFrame,
    use: pd.DataFrame,
    sizes: pd.Series[float],
    *,
    services: Mapping[str, str],
    collective: Sequence[str] = COLLECTIVE,
) -> SpendBySegment:
    """Share each line of spend among segments.

    Parameters
    ----------
    spend
        `cofog` and `amount_pence` (whole pence, may be negative), one row a line.
    use
        Recorded use, one row a service and segment; see
        :func:`insight.spend.use.use_by_segment`. May be empty.
    sizes
        People in each segment.
    services
        COFOG code of each service. A service without one is not used, and noted.
    collective
        COFOG codes kept in a bucket of their own unless a service is mapped to them;
        by default general public services, defence, public order and safety, and
        environmental protection.

    Returns
    -------
    shared
        Adds up to the penny, for each line and in all.

    Raises
    ------
    InsightError
        If there is no spend, an amount is missing or not whole pence, or the
        evidence is wrong (see :func:`insight.spend.rungs.evidence_of`).

    Examples
    --------
    >>> spend = pd.DataFrame({"cofog": ["07", "02"], "amount_pence": [109, 50]})
    >>> use = pd.DataFrame(
    ...     {"service": "GP", "segment": ["1", "2"], "customers": [1, 2]}
    ... )
    >>> shared = spend_per_segment(
    ...     spend, use, pd.Series({"1": 10, "2": 20}), services={"GP": "07"}
    ... )
    >>> shared.segments["amount_pence"].to_dict()
    {'1': 36, '2': 73, 'collective': 50}
    """
    lines = _checked_spend(spend)
    evidence = evidence_of(use, sizes, services=services, collective=collective)
    parts = []
    for code in dict.fromkeys(lines["code"]):
        group = lines[lines["code"] == code]
        rung, weights = rung_of(code or None, evidence)
        shares = allocate_each(group["amount_pence"], weights)
        part = shares.melt(
            var_name="segment", value_name="amount_pence", ignore_index=False
        )
        parts.append(part.assign(rung=rung, cofog=code or None))
    spread = pd.concat(parts).sort_index(kind="stable")
    spread["line"] = lines["line"]
    spread = spread[["line", "cofog", "segment", "amount_pence", "rung"]].reset_index(
        drop=True
    )
    return SpendBySegment(
        lines=spread,
        segments=_segments(spread, evidence),
        rungs=spread.groupby("rung").agg(
            amount_pence=("amount_pence", "sum"), lines=("line", "nunique")
        ),
        evidence=evidence,
        total_pence=int(lines["amount_pence"].sum()),
        notes=_notes(evidence),
    )


def _checked_spend(spend: pd.DataFrame) -> pd.DataFrame:
    lacks = sorted({"cofog", "amount_pence"} - set(spend.columns))
    if lacks or spend.empty:
        msg = (
            f"spend has {len(spend)} lines and the columns {list(spend.columns)}. It "
            "needs at least one line, with 'cofog' and 'amount_pence'."
        )
        raise InsightError(msg)
    amounts = pd.to_numeric(spend["amount_pence"], errors="coerce").astype("Float64")
    wrong = amounts.isna() | (amounts % 1 != 0)
    if wrong.any():
        first = spend.index[int(wrong.to_numpy().argmax())]
        msg = (
            f"{int(wrong.sum())} of {len(spend)} lines of spend have no amount in "
            f"whole pence; the first is line {first!r}. Give the amount, or leave the "
            "line out and say so."
        )
        raise InsightError(msg)
    return pd.DataFrame(
        {
            "line": spend.index if spend.index.is_unique else range(len(spend)),
            "code": [cofog_code(code) or "" for code in spend["cofog"]],
            "amount_pence": spend["amount_pence"].astype("int64").to_numpy(),
        }
    )


def _segments(spread: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Add up segments; one without spend is there with nothing, buckets last."""
    amounts = spread.groupby("segment")["amount_pence"].sum()
    names = sorted(
        {*map(str, amounts.index), *evidence.sizes.index},
        key=lambda name: (name in BUCKETS, name == NOT_KNOWN, name),
    )
    index = pd.Index(names, name="segment")
    table = pd.DataFrame({"amount_pence": amounts.reindex(index, fill_value=0)})
    total = int(table["amount_pence"].sum())
    table["share"] = table["amount_pence"] / total if total else float("nan")
    table["people"] = evidence.sizes.reindex(index)
    table["per_head_pence"] = (table["amount_pence"] / table["people"]).where(
        table["people"] > 0
    )
    return table


def _notes(evidence: Evidence) -> tuple[str, ...]:
    notes = []
    used = set(evidence.use["service"].dropna().astype(str))
    unmapped = sorted(used - set(evidence.services))
    if unmapped:
        notes.append(
            f"{len(unmapped)} services in use have no COFOG code and share no money: "
            f"{', '.join(unmapped[:5])}."
        )
    unused = sorted(set(evidence.services) - used)
    if unused:
        notes.append(
            f"{len(unused)} services with a COFOG code show no use: "
            f"{', '.join(unused[:5])}."
        )
    baseless = sorted(set(evidence.use["segment"]) - set(evidence.sizes.index))
    if baseless:
        notes.append(
            f"No head count is given for {', '.join(baseless[:5])}, so there is no "
            "figure a head."
        )
    return tuple(notes)
