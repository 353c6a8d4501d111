"""What to ask of several places' spend counts: each by itself and beside the others.

Counts differ because places do. What is remarked on is how they were counted: what
most others name and one does not, another year or basis, capital in or out, one body
for what others lay at many doors, and totals a thousand times off.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.errors import InsightError
from insight.spend.moderation.missing import KINDS
from insight.spend.moderation.one_count import moderate
from insight.spend.moderation.remarks import checked, on_count
from insight.spend.moderation.scale import out_of_scale
from insight.spend.names import alike, listed
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
        if most.empty or most.iloc[0] < FEWEST:
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
    facts = {place: _facts(count) for place, count in known.items()}
    thousands = _thousands(known)
    remarks = {
        place: (
            *ask(place, counts[place]),
            *_beside(own, [one for name, one in facts.items() if name != place]),
            *thousands[place],
        )
        for place, own in facts.items()
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


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """How a place counted: names by column, ways by column, bodies by division."""

    names: Mapping[str, Mapping[str, str]]
    ways: Mapping[str, str]
    bodies: pd.Series[int]


def _facts(count: pd.DataFrame) -> _Facts:
    written = {
        column: count[column].dropna() for column in (*NAMES, *WAYS) if column in count
    }
    bodies = pd.Series(dtype=int)
    if "body" in count:
        bodies = alike(count["body"]).groupby(count["code"].str[:2]).nunique()
    return _Facts(
        names={
            column: dict(zip(alike(written[column]), written[column], strict=True))
            for column in NAMES
            if column in written
        },
        ways={
            column: " and ".join(sorted({str(one).strip() for one in set(stated)}))
            for column, stated in written.items()
            if column in WAYS
        },
        bodies=bodies,
    )


def _beside(own: _Facts, others: list[_Facts]) -> Iterator[Remark]:
    """Yield what sets one place's way of counting apart from the others'."""
    yield from _unnamed(own, others)
    yield from _ways(own, others)
    yield from _one_body(own, others)


def _unnamed(own: _Facts, others: list[_Facts]) -> Iterator[Remark]:
    """Say what half of the others name, and two of them at least."""
    for column, here in own.names.items():
        many = NAMES[column]
        named = [one.names.get(column, {}) for one in others]
        told = {key: name for one in reversed(named) for key, name in one.items()}
        times = Counter(key for one in named for key in one)
        often = [
            told[key]
            for key in sorted(times)
            if key not in here
            and key not in KINDS  # those are asked for in any place
            and times[key] >= FEWEST
            and times[key] * 2 >= len(others)
        ]
        if often:
            yield on_count(
                f"{many} of other places missing",
                f"Does not name {many} that at least half of the other places name: "
                f"{listed(often, SHOWN)}",
                "Ask whether they spend here, or go by another name",
            )


def _ways(own: _Facts, others: list[_Facts]) -> Iterator[Remark]:
    """Say where a place counts another kind of money than most others."""
    for column, here in own.ways.items():
        stated = Counter(way for one in others if (way := one.ways.get(column)))
        usual = max(sorted(stated), key=lambda way: stated[way], default="")
        most = stated[usual] * 2 > len(others) and stated[usual] >= FEWEST
        if here and most and here != usual:
            yield on_count(
                f"{column} not that of others",
                f"Counts {here}, where most others count {usual} ({column})",
                "Compare with care, or ask for the same",
            )


def _one_body(own: _Facts, others: list[_Facts]) -> Iterator[Remark]:
    """Say which function lies with one body here and with many elsewhere."""
    for division in own.bodies.index[own.bodies == 1]:
        usual = [one.bodies[division] for one in others if division in one.bodies]
        if len(usual) >= FEWEST and median(usual) >= MANY:
            yield on_count(
                "one body where others have many",
                f"Lays all of COFOG division {division} at one body's door, where "
                f"others name {median(usual):g} at the median",
                "Ask whether that body spends it, or passes it on",
            )


def _thousands(known: Mapping[str, pd.DataFrame]) -> dict[str, list[Remark]]:
    """Say which sums of each place are a thousand times off the other places' sums."""
    parts = []
    for name, count in known.items():
        sums = count.groupby(count["code"].str[:2])["amount_pence"].sum()
        sums["all"] = count["amount_pence"].sum()
        parts.append(sums.rename_axis("of").reset_index().assign(place=name))
    table = pd.concat(parts, ignore_index=True)
    off = out_of_scale(table["amount_pence"], table["of"])
    told: dict[str, list[Remark]] = {name: [] for name in known}
    for sign, how in ((1, "more"), (-1, "less")):
        for place, found in table[off == sign].groupby("place")["of"]:
            where = sorted(map(str, found))
            named = "its whole count" if "all" in where else f"COFOG {listed(where)}"
            told[str(place)].append(
                on_count(
                    "out of scale",
                    f"Counts some thousand times {how} than other places in {named}, "
                    "as if pounds and thousands were mixed",
                    "Ask in which unit it was given",
                )
            )
    return told
