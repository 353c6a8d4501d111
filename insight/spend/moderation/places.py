"""What to ask of several places' spend counts: each by itself and beside the others.

Counts differ because places do. What is remarked on is how they were counted: what
most others name and one does not, another year or basis, capital in or out, one body
for what others lay at many doors, and totals a thousand times off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.errors import InsightError
from insight.spend.moderation.one_count import moderate
from insight.spend.moderation.remarks import alike, checked, listed, on_count
from insight.spend.moderation.scale import out_of_scale
from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from insight.spend.moderation.remarks import Remark

__all__ = ["PlacesModerated", "moderate_places"]

FEWEST: Final = 2  # other places that name something, for its lack to be remarked on
MANY: Final = 5  # bodies at the median of the others, where one place has one
SHOWN: Final = 8
NAMES: Final = {"source": "sources", "body": "bodies", "body_kind": "kinds of body"}
WAYS: Final = ("basis", "period", "nature", "recurring")


@dataclass(frozen=True, kw_only=True)
class PlacesModerated:
    """What to ask of each place.

    Parameters
    ----------
    remarks
        Place to its remarks, those on itself first.
    table
        One row a place and rule: `place`, `rule`, `remarks`, `lines` and
        `amount_pence` (missing where no line can be pointed to).
    totals
        Indexed by place: `lines`, `amount_pence` and `remarks`.
    """

    remarks: Mapping[str, tuple[Remark, ...]]
    table: pd.DataFrame
    totals: pd.DataFrame

    def __str__(self) -> str:
        """Say the result in two sentences."""
        rules = self.table.groupby("rule")["place"].nunique()
        most = rules.sort_index().sort_values(ascending=False, kind="stable")
        said = (
            f"{len(self.totals)} counts of {int(self.totals['lines'].sum()):,} lines "
            f"({pounds(int(self.totals['amount_pence'].sum()))}, unaudited) give "
            f"{int(self.totals['remarks'].sum()):,} remarks."
        )
        if most.empty:
            return said
        return (
            f"{said} Most often: {most.index[0]}, in {most.iloc[0]} of "
            f"{len(self.totals)}."
        )

    def by_rule(self) -> pd.DataFrame:
        """Return places down and rules across: how many remarks, 0 where none."""
        wide = self.table.pivot_table(
            index="place", columns="rule", values="remarks", aggfunc="sum"
        )
        return wide.reindex(self.totals.index).fillna(0).astype(int)


def moderate_places(
    counts: Mapping[str, pd.DataFrame],
    asked: Callable[[str, pd.DataFrame], tuple[Remark, ...]] | None = None,
) -> PlacesModerated:
    """Return what to ask of several places' spend counts.

    Parameters
    ----------
    counts
        Place to its count; see :func:`moderate`.
    asked
        How one place is moderated by itself, from its name and its count; with
        `None`, :func:`moderate` with nothing expected.

    Returns
    -------
    moderated
        The same whatever the order of places and lines. One place alone has no
        others to be held beside.

    Raises
    ------
    InsightError
        If there is no count, or one of them cannot be moderated.

    Examples
    --------
    >>> kent = pd.DataFrame(
    ...     {"cofog": ["07"], "amount_pence": [500], "basis": ["actual"]}
    ... )
    >>> others = {name: kent for name in ("Dorset", "Durham")}
    >>> odd = {"Leeds": kent.assign(basis="budget")}
    >>> moderate_places(others | odd).remarks["Leeds"][-1].said
    'Counts budget, where most others count actual (basis)'
    """
    if not counts:
        msg = "there is no count to moderate. Name at least one file or place."
        raise InsightError(msg)
    ask = asked or (lambda _, spend: moderate(spend))
    known = {place: checked(counts[place]) for place in sorted(counts)}
    remarks = {
        place: (*ask(place, counts[place]), *_beside(place, known)) for place in known
    }
    rows = [
        {
            "place": place,
            "rule": one.rule,
            "lines": one.lines,
            "amount_pence": one.amount_pence,
        }
        for place, several in remarks.items()
        for one in several
    ]
    table = pd.DataFrame(rows, columns=["place", "rule", "lines", "amount_pence"])
    table["amount_pence"] = table["amount_pence"].astype("Int64")
    grouped = table.groupby(["place", "rule"], sort=True)
    summed = pd.DataFrame(
        {
            "remarks": grouped.size(),
            "lines": grouped["lines"].sum(),
            "amount_pence": grouped["amount_pence"].sum(min_count=1),
        }
    )
    totals = pd.DataFrame(
        {
            "lines": {place: len(count) for place, count in known.items()},
            "amount_pence": {
                place: int(count["amount_pence"].sum())
                for place, count in known.items()
            },
            "remarks": {place: len(several) for place, several in remarks.items()},
        }
    )
    return PlacesModerated(
        remarks=remarks,
        table=summed.reset_index(),
        totals=totals.rename_axis("place"),
    )


def _beside(place: str, known: Mapping[str, pd.DataFrame]) -> Iterator[Remark]:
    """Yield what sets one place's way of counting apart from the others'."""
    own = known[place]
    others = [count for name, count in known.items() if name != place]
    yield from _unnamed(own, others)
    yield from _ways(own, others)
    yield from _one_body(own, others)
    yield from _thousands(place, known)


def _unnamed(own: pd.DataFrame, others: list[pd.DataFrame]) -> Iterator[Remark]:
    """Say what half of the others name, and two of them at least."""
    for column, many in NAMES.items():
        if column not in own:
            continue
        told: dict[str, str] = {}
        named: list[set[str]] = []
        for count in others:
            written = count.get(column, pd.Series(dtype=object)).dropna()
            spelt = dict(zip(alike(written), written, strict=True))
            told = {**spelt, **told}
            named.append(set(spelt))
        here = set(alike(own[column]).dropna())
        often = [
            told[name]
            for name in sorted(told)
            if name not in here
            and (by := sum(name in one for one in named)) >= FEWEST
            and by * 2 >= len(others)
        ]
        if often:
            yield on_count(
                f"{many} of other places missing",
                f"Does not name {many} that at least half of the other places name: "
                f"{listed(often, SHOWN)}",
                "Ask whether they spend here, or go by another name",
            )


def _ways(own: pd.DataFrame, others: list[pd.DataFrame]) -> Iterator[Remark]:
    """Say where a place counts another kind of money than most others."""
    for column in WAYS:
        ways = [_kinds(count, column) for count in others]
        stated = [way for way in ways if way]
        here = _kinds(own, column)
        usual = max(sorted(set(stated)), key=stated.count, default="")
        most = stated.count(usual) * 2 > len(others) and stated.count(usual) >= FEWEST
        if here and most and here != usual:
            yield on_count(
                f"{column} not that of others",
                f"Counts {here}, where most others count {usual} ({column})",
                "Compare with care, or ask for the same",
            )


def _kinds(count: pd.DataFrame, column: str) -> str:
    stated = count.get(column, pd.Series(dtype=object)).dropna()
    return " and ".join(sorted({str(one).strip() for one in stated.unique()}))


def _one_body(own: pd.DataFrame, others: list[pd.DataFrame]) -> Iterator[Remark]:
    """Say which function lies with one body here and with many elsewhere."""
    here = _bodies(own)
    beside = pd.DataFrame([_bodies(count) for count in others], dtype=float)
    for division in here.index[here == 1]:
        usual = beside[division].dropna() if division in beside else pd.Series()
        if len(usual) >= FEWEST and usual.median() >= MANY:
            yield on_count(
                "one body where others have many",
                f"Lays all of COFOG division {division} at one body's door, where "
                f"others name {usual.median():g} at the median",
                "Ask whether that body spends it, or passes it on",
            )


def _bodies(count: pd.DataFrame) -> pd.Series[int]:
    if "body" not in count:
        return pd.Series(dtype=int)
    return alike(count["body"]).groupby(count["code"].str[:2]).nunique()


def _thousands(place: str, known: Mapping[str, pd.DataFrame]) -> Iterator[Remark]:
    """Say which sums of a place are a thousand times off the other places' sums."""
    parts = []
    for name, count in known.items():
        sums = count.groupby(count["code"].str[:2])["amount_pence"].sum()
        sums["all"] = count["amount_pence"].sum()
        parts.append(sums.rename_axis("of").reset_index().assign(place=name))
    table = pd.concat(parts, ignore_index=True)
    off = out_of_scale(table["amount_pence"], table["of"])
    for sign, how in ((1, "more"), (-1, "less")):
        found = sorted(table.loc[(table["place"] == place) & (off == sign), "of"])
        if found:
            named = "its whole count" if "all" in found else f"COFOG {listed(found)}"
            yield on_count(
                "out of scale",
                f"Counts some thousand times {how} than other places in {named}, as "
                "if pounds and thousands were mixed",
                "Ask in which unit it was given",
            )
