"""Figures known of a place by itself, and the pots of money that they are taken from.

A pot is what is allocated at once: a line of national figures, or all lines of a
COFOG code (and body) together where something is known of a place for that code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from insight.errors import InsightError
from insight.spend.cofog import cofog_code
from insight.spend.national_words import regions_of
from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from insight.spend.centre_out.keys import Keys

__all__ = ["Figures", "Pot", "figures_of", "pots_of"]

Given: TypeAlias = dict[str, tuple[str, int]]
Figures: TypeAlias = dict[tuple[str, str, str | None], Given]
"""Region, COFOG code and body (or `None` for all) -> place -> rung and pence."""
NEEDED: Final = ("place", "cofog", "amount_pence", "evidence")


@dataclass(frozen=True, kw_only=True)
class Pot:
    """Money of one region and code, and what of it is known to be a place's."""

    region: str
    cofog: str
    body: str | None
    sector: str | None
    nature: str | None
    pence: int
    given: Given = field(default_factory=dict)

    @property
    def left(self) -> int:
        """What remains to be allocated by keys."""
        return self.pence - sum(pence for _, pence in self.given.values())


def figures_of(known: pd.DataFrame | None, keys: Keys) -> Figures:
    """Return what is known of places by themselves, checked.

    Parameters
    ----------
    known
        See :func:`insight.spend.centre_out.allocate.centre_out`.
    keys
        The places, and the regions they lie in.

    Raises
    ------
    InsightError
        If a column is lacking or a row names no place, code or rung, comes twice, is
        both for a body and for all bodies of its code, or does not say in which of
        several regions it lies.

    Examples
    --------
    >>> import pandas as pd
    >>> from insight.spend.centre_out.keys import Keys
    >>> keys = Keys(names=(), shares={"East": {"Northton": {}}}, people={})
    >>> known = pd.DataFrame(
    ...     [["Northton", "9", 500, "observed"]], columns=list(NEEDED)
    ... )
    >>> figures_of(known, keys)
    {('East', '09', None): {'Northton': ('observed', 500)}}
    """
    if known is None or known.empty:
        return {}
    lacks = sorted(set(NEEDED) - set(known.columns))
    if lacks:
        msg = f"local_figures lacks {lacks}; it has {list(known.columns)}. Add them."
        raise InsightError(msg)
    table = known.reindex(columns=[*NEEDED, "body", "region"])
    table = table.astype(object).where(table.notna(), None)
    table["region"] = regions_of(table["region"])
    figures: Figures = {}
    wrong: list[str] = []
    columns = [str(name) for name in table]
    for cells in table.itertuples(index=False, name=None):
        row = dict(zip(columns, cells, strict=True))
        at, fault = _placed(row, keys)
        given = figures.setdefault(at, {})
        if row["place"] in given:
            fault = f"{row['place']} has two figures for COFOG {at[1]}"
        if fault:
            wrong.append(fault)
        else:
            given[row["place"]] = (row["evidence"], int(row["amount_pence"]))
    wrong += _mixed(figures)
    if wrong:
        msg = f"local_figures cannot be used: {'; '.join(wrong[:8])}. Correct it."
        raise InsightError(msg)
    return figures


def _placed(
    row: Mapping[str, Any], keys: Keys
) -> tuple[tuple[str, str, str | None], str]:
    """Return where a figure belongs, and what is wrong with it."""
    place, cofog = row["place"], cofog_code(row["cofog"])
    regions = sorted(name for name, places in keys.shares.items() if place in places)
    region = row["region"] or (regions[0] if len(regions) == 1 else "")
    at = (region, cofog or "", row["body"])
    if not regions:
        return at, f"{place!r} is no place of place_keys"
    if region not in regions:
        return at, f"{place} lies in {regions}, and a figure does not say in which"
    if cofog is None:
        return at, f"{row['cofog']!r} is no COFOG code"
    if row["evidence"] not in ("observed", "modelled"):
        return at, f"{row['evidence']!r} is neither observed nor modelled"
    if row["amount_pence"] is None:
        return at, f"{place} has no amount for COFOG {cofog}"
    return at, ""


def _mixed(figures: Figures) -> list[str]:
    whole = {(region, cofog) for region, cofog, body in figures if body is None}
    parts = {(region, cofog) for region, cofog, body in figures if body is not None}
    return [
        f"COFOG {cofog} in {region} is known both for a body and for all bodies"
        for region, cofog in sorted(whole & parts)
    ]


def pots_of(lines: pd.DataFrame, figures: Figures) -> Iterator[Pot]:
    """Yield what is to be allocated, in an order that the rows' order does not change.

    Raises
    ------
    InsightError
        If there are no national figures for a known one, or it is more than they are.
    """
    columns = ["region", "cofog", "body", "sector", "nature"]
    table = lines[[*columns, "amount_pence"]].astype({"amount_pence": "int64"})
    table = table.astype(object).where(table.notna(), None)
    rows = table.itertuples(index=False, name=None)
    taken: dict[tuple[str, str, str | None], int] = {}
    for region, cofog, body, sector, nature, pence in sorted(rows, key=_in_order):
        at = (region, cofog, body if (region, cofog, body) in figures else None)
        if at in figures:
            taken[at] = taken.get(at, 0) + int(pence)
        else:
            yield Pot(
                region=region,
                cofog=cofog,
                body=body,
                sector=sector,
                nature=nature,
                pence=int(pence),
            )
    for at, given in sorted(figures.items(), key=lambda each: _in_order(each[0])):
        yield _known(at, given, taken)


def _in_order(row: tuple[object, ...]) -> tuple[str, ...]:
    return tuple("" if cell is None else str(cell) for cell in row)


def _known(
    at: tuple[str, str, str | None],
    given: Given,
    taken: Mapping[tuple[str, str, str | None], int],
) -> Pot:
    """Return the pot that known figures are taken from."""
    region, cofog, body = at
    pence = taken.get(at, 0)
    pot = Pot(
        region=region,
        cofog=cofog,
        body=body,
        sector=None,
        nature=None,
        pence=pence,
        given=given,
    )
    if at not in taken or not min(0, pence) <= pot.left <= max(0, pence):
        known = sum(own for _, own in given.values())
        of_body = f" of {body}" if body else ""
        msg = (
            f"local_figures give {pounds(known)} for COFOG {cofog}{of_body} in "
            f"{region}, where national figures have {pounds(pence)}. A place cannot "
            "have more than its region: check codes, bodies and years."
        )
        raise InsightError(msg)
    return pot
