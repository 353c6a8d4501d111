"""What the place spends on each segment of its customers, exact to the penny.

Each line of the spend count is shared among segments by the best evidence there
is for its COFOG code (`rungs`). The budget is what is certain: shares are taken of
it from the top, so segments, buckets and lines add up to what was spent. Use by
people whose segment is missing stands under "not known"; money that no segment
can be given stands in its own bucket. A line is shared by the use of the services
mapped to it even where they cover only a part of it.

Lines of one code are shared alike, so shares are worked out once a code and dealt to
all its lines together; a million lines are no trouble.

The amounts are what bodies declared: unaudited.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.spend.cofog import COLLECTIVE
from insight.spend.lots import as_lines, checked_spend, lots_of
from insight.spend.rungs import (
    BUCKETS,
    LEVELS,
    NOT_KNOWN,
    evidence_of,
    expected_users,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from insight.spend.beside import Beside
    from insight.spend.lots import Lot
    from insight.spend.rungs import Evidence

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
    lots
        Lines that are shared alike, and how each was dealt.
    labels
        Label of each line in the spend count, or its position if labels repeat.
    segments
        Indexed by `segment`, buckets last: `amount_pence`, `share` of all spend,
        `people` (the base) and `per_head_pence`, missing where there is no base.
    rungs
        Indexed by `rung`: `amount_pence`, `lines`, `share` of all spend, and
        `rests_on`: use of cases, survey, key, head count or nothing.
    evidence
        What the lines were shared by.
    total_pence
        All spend; the sum of any of the above.
    notes
        Sentences on what limits the figures.
    """

    lots: Sequence[Lot]
    labels: pd.Index
    segments: pd.DataFrame
    rungs: pd.DataFrame
    evidence: Evidence
    total_pence: int
    notes: tuple[str, ...] = ()

    @cached_property
    def lines(self) -> pd.DataFrame:
        """One row a line of spend and segment or bucket.

        `line`, `cofog`, `segment`, `amount_pence` and `rung`.
        """
        return as_lines(self.lots, self.labels)

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
        of_cases = self.rungs["rests_on"] == LEVELS["customers"]
        used = int(self.rungs.loc[of_cases, "amount_pence"].sum())
        said = (
            f"{pounds(self.total_pence)} of spend (unaudited) in {len(self.labels)} "
            f"lines, shared to the penny: {pounds(used)} by recorded use of services"
        )
        for rung, pence in self.rungs["amount_pence"].sort_index().items():
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
    "known totals": "as totals known for segments say",
    "survey of use": "by a survey of use",
    "proxy key": "by a key such as age",
    "head count": "by head count",
    "overhead": "as overheads that follow direct costs",
    "collective by head count": "as of benefit to all, by head count",
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
    beside: Beside | None = None,
) -> SpendBySegment:
    """Share each line of spend among segments.

    Parameters
    ----------
    spend
        `cofog` and `amount_pence` (whole pence, may be negative), one row a line; with
        `body`, overheads follow the direct costs of their own body.
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
    beside
        Surveys, unit costs, keys and known totals of segments; which spend is overhead
        and which universal; whether collective goods are shared a head.

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
    lines = checked_spend(spend)
    evidence = evidence_of(
        use, sizes, services=services, collective=collective, beside=beside
    )
    lots = lots_of(lines, evidence)
    total = int(lines["amount_pence"].sum())
    return SpendBySegment(
        lots=lots,
        labels=spend.index if spend.index.is_unique else pd.RangeIndex(len(spend)),
        segments=_segments(lots, evidence),
        rungs=_rungs(lots, total),
        evidence=evidence,
        total_pence=total,
        notes=_notes(evidence),
    )


def _rungs(lots: Sequence[Lot], total: int) -> pd.DataFrame:
    """Add up lots by rung, best first."""
    rows = [(lot.rung, lot.total, len(lot.at)) for lot in lots]
    table = pd.DataFrame(rows, columns=["rung", "amount_pence", "lines"])
    summed = table.groupby("rung").sum()
    summed = summed.reindex([rung for rung in LEVELS if rung in summed.index])
    summed["share"] = summed["amount_pence"] / total if total else float("nan")
    summed["rests_on"] = [LEVELS[str(rung)] for rung in summed.index]
    return summed.rename_axis("rung")


def _segments(lots: Sequence[Lot], evidence: Evidence) -> pd.DataFrame:
    """Add up segments; one without spend is there with nothing, buckets last."""
    amounts = pd.concat([lot.by_segment() for lot in lots]).groupby(level=0).sum()
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
    used |= set(evidence.survey["service"])
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
    unreached = sorted(
        name
        for name in set(evidence.survey["service"])
        if expected_users(name, evidence) is None
    )
    if unreached:
        notes.append(
            f"The survey did not reach every segment on {', '.join(unreached[:5])}, so "
            "no money is shared by it."
        )
    baseless = sorted(set(evidence.use["segment"]) - set(evidence.sizes.index))
    if baseless:
        notes.append(
            f"No head count is given for {', '.join(baseless[:5])}, so there is no "
            "figure a head."
        )
    return tuple(notes)
