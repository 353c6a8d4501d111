"""Hold spend drawn from national figures against what a place counted itself.

The difference is the report's: 100 % less B/A, where A is drawn from national figures
and B is the place's own count. What of it can be told by the data is told (functions,
capital, bodies and years that one side lacks); the rest is split into what allocation
error alone is expected to make and what nothing here explains. Neither side is audited.

References
----------
Leadership Centre (2010). Total Place: high level spend counting, section 3.4.3 and
Table 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from insight.errors import InsightError
from insight.spend.centre_out.interval import centre_out_interval
from insight.spend.cofog import cofog_1999
from insight.spend.per_segment import pounds
from insight.spend.reconcile_parts import SECTORS, parts_of, side_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from insight.spend.centre_out.allocate import CentreOut
    from insight.spend.centre_out.interval import CentreOutInterval

__all__ = ["Reconciliation", "difference_pct", "reconcile"]

FIGURES: Final = ("centre_pence", "local_pence")


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """Two counts of one place; made by :func:`reconcile`.

    Parameters
    ----------
    place
        Which.
    cofogs
        Indexed by COFOG division ("not known" last): `name`, `centre_pence`,
        `low_pence`, `high_pence`, `local_pence`, `difference_pct` and its interval
        `low_pct`, `high_pct`, missing where national figures have nothing.
    total
        The same for all spend.
    bodies, sectors
        Indexed by body and by sector of government: `centre_pence`, `local_pence`;
        empty where one side does not say.
    parts
        Indexed by `part`: `amount_pence` of A - B and `how`, a sentence. They add up.
    notes
        What the data cannot tell, and what would.
    level
        Of the intervals.
    """

    place: str
    cofogs: pd.DataFrame
    total: pd.Series
    bodies: pd.DataFrame
    sectors: pd.DataFrame
    parts: pd.DataFrame
    notes: tuple[str, ...]
    level: float

    def __str__(self) -> str:
        """Say the result as sentences for the report."""
        row = self.total
        said = (
            f"{self.place}: {pounds(row['centre_pence'])} by national figures and "
            f"{pounds(row['local_pence'])} by its own count, both unaudited: a "
            f"difference of {row['difference_pct']:.1f} % "
            f"({100 * self.level:.0f} % interval {row['low_pct']:.1f} to "
            f"{row['high_pct']:.1f} %). Of it, "
        )
        told = [
            f"{pounds(pence)} is {part}"
            for part, pence in self.parts["amount_pence"].items()
            if pence
        ]
        return said + ("; ".join(told) or "nothing is left to explain") + "."


def difference_pct(local: float, centre: float) -> float | None:
    """Return 100 % less B/A, the report's difference; `None` without an A above 0.

    Examples
    --------
    >>> difference_pct(7.5, 8.0), difference_pct(7.5, 0)
    (6.25, None)
    """
    return 100 - 100 * local / centre if centre > 0 else None


def reconcile(
    made: CentreOut,
    local: pd.DataFrame,
    *,
    place: str,
    found: CentreOutInterval | None = None,
    bodies: Mapping[str, str] | None = None,
    prices: Mapping[str, float] | None = None,
) -> Reconciliation:
    """Hold the two counts of one place against one another.

    Parameters
    ----------
    made
        What :func:`centre_out` returned.
    local
        The place's own count: `cofog`, `amount_pence`, and any of `body`,
        `body_kind`, `nature` and `period`. Lines of one basis: budget or actual.
    place
        Which place of `made`.
    found
        Its intervals; made anew if left out.
    bodies
        Body of the local count -> what national figures call it, where names differ.
    prices
        Period -> price index, by which lines of other periods are restated.

    Returns
    -------
    reconciliation
        Its parts add up to A - B, to the penny.

    Raises
    ------
    InsightError
        If the place is not known, the count has no lines or lacks a column, or a
        price index is not above zero.

    Examples
    --------
    >>> from insight.spend.centre_out import centre_out, keys_of
    >>> from insight.spend.national import national_spend
    >>> spend = national_spend(
    ...     pd.DataFrame(
    ...         {"region": "East", "cofog": ["7", "3"], "amount_pence": [10_000, 2_000]}
    ...     )
    ... )
    >>> frame = pd.DataFrame(
    ...     [["Northton", "place", 25], ["East", "region", 100]],
    ...     columns=["place", "covers", "population"],
    ... ).assign(region="East")
    >>> local = pd.DataFrame({"cofog": ["07.3"], "amount_pence": [2_400]})
    >>> made = reconcile(centre_out(spend, keys_of(frame)), local, place="Northton")
    >>> made.total["difference_pct"], made.parts["amount_pence"].tolist()
    (20.0, [500, 0, 0, 0, 0, 100, 0])
    """
    centre = side_of(made.of(place))
    count = _checked(local)
    found = found or centre_out_interval(made)
    row = found.places.to_dict("index")[place]
    base = row["amount_pence"] or 1
    total = _difference(row, int(count["amount_pence"].sum()))
    renamed = _renamed(count, bodies or {})
    by_body = _sides(centre, renamed, "body")
    sectors = count.assign(
        sector=[SECTORS.get(str(kind), "outside government") for kind in count["kind"]]
    )
    if count["kind"].isna().all():
        sectors["sector"] = None
    by_sector = _sides(centre, sectors, "sector")
    parts, notes = parts_of(
        centre,
        renamed.assign(sector=sectors["sector"]),
        ends=(row["low_pence"] / base, row["high_pence"] / base),
        period=made.spend.period,
        prices=prices or {},
    )
    return Reconciliation(
        place=place,
        cofogs=_by_cofog(found.cofogs.loc[[place]], count),
        total=total,
        bodies=by_body,
        sectors=by_sector,
        parts=parts,
        notes=notes,
        level=found.level,
    )


def _checked(local: pd.DataFrame) -> pd.DataFrame:
    lacks = sorted({"cofog", "amount_pence"} - set(local.columns))
    if lacks or local.empty:
        msg = (
            f"the place's own count has {len(local)} lines and lacks {lacks}; it has "
            f"{list(local.columns)}. Give at least one line with both columns."
        )
        raise InsightError(msg)
    return side_of(local)


def _renamed(count: pd.DataFrame, bodies: Mapping[str, str]) -> pd.DataFrame:
    known = {name.casefold(): named for name, named in bodies.items()}
    return count.assign(
        body=count["body"].map(lambda body: known.get(str(body).casefold(), body))
    )


def _difference(row: Mapping[Hashable, Any], local: int) -> pd.Series:
    """Return one line of the report's Table 1 with the interval of A and of A - B."""
    ends = (row["amount_pence"], row["low_pence"], row["high_pence"])
    by, low, high = (difference_pct(local, float(end)) for end in ends)
    return pd.Series(
        {
            "centre_pence": int(ends[0]),
            "low_pence": int(ends[1]),
            "high_pence": int(ends[2]),
            "local_pence": local,
            "difference_pct": by,
            "low_pct": low,
            "high_pct": high,
        },
        dtype=object,
    )


def _by_cofog(found: pd.DataFrame, count: pd.DataFrame) -> pd.DataFrame:
    """Return both counts by division; ends of intervals of groups are added up."""
    division = [str(code)[:2] for code in found.index.get_level_values("cofog")]
    centre = found.groupby(division).sum()
    local = count["amount_pence"].groupby(count["division"].fillna("not known")).sum()
    names = cofog_1999()["name"]
    codes = sorted({*centre.index, *local.index})
    nothing: dict[Hashable, Any] = dict.fromkeys(map(str, centre.columns), 0)
    known = centre.to_dict("index")
    rows = {
        code: _difference(known.get(code, nothing), int(local.get(code, 0)))
        for code in codes
    }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("cofog")
    said = [str(names.get(code, "no known COFOG code")) for code in codes]
    table.insert(0, "name", said)
    money = [name for name in table if str(name).endswith("_pence")]
    pct = [name for name in table if str(name).endswith("_pct")]
    return table.astype(dict.fromkeys(money, "int64") | dict.fromkeys(pct, "Float64"))


def _sides(centre: pd.DataFrame, count: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return both counts by body or sector; empty where one side does not say."""
    if centre[column].isna().all() or count[column].isna().all():
        return pd.DataFrame(columns=list(FIGURES), dtype="int64").rename_axis(column)
    sides = [
        side["amount_pence"].groupby(side[column].fillna("not stated")).sum()
        for side in (centre, count)
    ]
    table = pd.concat(sides, axis=1, keys=list(FIGURES)).fillna(0).astype("int64")
    return table.rename_axis(column).sort_index()
