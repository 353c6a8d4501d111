"""Spend a head, raw beside adjusted for need, by as many indices as there are.

An adjusted figure divides spend a head by need, which only a figure above zero with
a true nought can stand for. Domain scores of deprivation are standardised: theirs may
be negative or near nought, and dividing by one gives nonsense. Such an index is
refused with the reason; its ranks are shown instead. A logarithm is raised first.

Raw and adjusted stand side by side, with the report's own three explanations for a
difference: nothing here says which of them holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.spend.per_segment import pounds
from place.centre_out_tables import NEED_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EXPLAINED", "PerHead", "per_head"]

EXPLAINED: Final = (
    "there are three explanations (2010 report, lines 707-710): i) the raw figures "
    "were counted wrongly, ii) need is greater there and the spending does not meet "
    "it, or iii) the index does not fit and the adjusted figure is wrong. These "
    "figures do not tell which."
)
"""What may lie behind a difference that adjusting for need makes."""


@dataclass(frozen=True, kw_only=True)
class PerHead:
    """Spend a head of places; made by :func:`per_head`.

    Parameters
    ----------
    table
        Indexed by place: `people`, `amount_pence`, `per_head_pence` and `rank` (1 the
        most; equals share the lowest).
    adjusted
        One row an index and place: `index`, `place`, `need` (1 is the average person
        of these places), `per_head_pence`, `adjusted_pence`, and `rank`.
    ranks
        One row an index and place for indices that cannot be divided by: `index`,
        `place`, `spend_rank` and `need_rank`, 1 the most.
    refused
        Index -> why it was not divided by.
    """

    table: pd.DataFrame
    adjusted: pd.DataFrame
    ranks: pd.DataFrame
    refused: Mapping[str, str]

    def ratio(self, place: str, other: str) -> pd.Series[float]:
        """Return spend a head of one place over another's, raw and by each index.

        Examples
        --------
        >>> found = per_head({"A": 200, "B": 100}, {"A": 1, "B": 1})
        >>> found.ratio("A", "B").to_dict()
        {'raw': 2.0}
        """
        heads = self.table["per_head_pence"]
        ratios = {"raw": float(heads[place] / heads[other])}
        for index, rows in self.adjusted.groupby("index"):
            by_place = rows.set_index("place")["adjusted_pence"]
            ratios[str(index)] = float(by_place[place] / by_place[other])
        return pd.Series(ratios)

    def __str__(self) -> str:
        """Say the result as sentences for the report."""
        told = [
            f"{place}: {pounds(row['per_head_pence'])} a head over "
            f"{row['people']:,.0f} people"
            for place, row in self.table.to_dict("index").items()
        ]
        said = f"Raw and unaudited, {'; '.join(told)}."
        for index, rows in self.adjusted.groupby("index"):
            each = [
                f"{row['place']} {pounds(row['adjusted_pence'])}"
                for row in rows.to_dict("records")
            ]
            said += f" Adjusted by {index}, {'; '.join(each)}."
        said += "".join(f" {index}: {why}" for index, why in self.refused.items())
        if len(self.adjusted):
            said += f" Where the two differ, {EXPLAINED}"
        return said


def per_head(
    spend: Mapping[str, int],
    people: Mapping[str, float],
    *,
    needs: pd.DataFrame | None = None,
) -> PerHead:
    """Return spend a head of places, raw and adjusted for need.

    Parameters
    ----------
    spend
        Place -> pence.
    people
        Place -> residents, above zero.
    needs
        `place`, `index`, `value` and `kind`: "ratio" (above zero, with a true
        nought), "exponential" (the logarithm of one), "standardised" (may be
        negative) or "rank" (1 is most in need). Several indices may stand in it.

    Returns
    -------
    found
        Places in the order of text. Need is a place's value over the mean of the
        places, each weighted by its people, so that adjusting moves no money in all.

    Raises
    ------
    InsightError
        If a place has no people or no spend, or needs repeat a place and index, have
        two kinds for one index or a kind that is not known.

    Notes
    -----
    An index is refused, and its reason told, if its values may be or are negative or
    nought, if it lacks a place, or if it is a rank.

    References
    ----------
    Leadership Centre (2010). Total Place: high level spend counting, footnote 4
    (lines 704-710).
    Noble, M. and others (2008). The English Indices of Deprivation 2007. Communities
    and Local Government, ch. 3 (domain scores are standardised, then exponentiated).

    Examples
    --------
    >>> needs = pd.DataFrame(
    ...     {"place": ["A", "B"], "index": "D", "value": [3.0, 1.0], "kind": "ratio"}
    ... )
    >>> found = per_head({"A": 300, "B": 200}, {"A": 1, "B": 1}, needs=needs)
    >>> found.adjusted["adjusted_pence"].tolist()
    [200.0, 400.0]
    """
    table = _heads(spend, people)
    adjusted, ranks, refused = [], [], {}
    for index, rows in _checked(needs).groupby("index"):
        values = rows.set_index("place")["value"].reindex(table.index).astype(float)
        kind = str(rows["kind"].iloc[0])
        why = _refusal(values, kind)
        if why:
            refused[str(index)] = why
            if kind in ("standardised", "rank"):
                ranks.append(_ranked(table, values, str(index), kind))
            continue
        need = np.exp(values - values.max()) if kind == "exponential" else values
        need = need / np.average(need, weights=table["people"])
        by_need = (table["per_head_pence"] / need).rename("adjusted_pence")
        part = table[["per_head_pence"]].assign(
            index=str(index),
            need=need,
            adjusted_pence=by_need,
            rank=by_need.rank(method="min", ascending=False).astype(int),
        )
        adjusted.append(part.reset_index())
    columns = ["index", "place", "need", "per_head_pence", "adjusted_pence", "rank"]
    return PerHead(
        table=table,
        adjusted=_stacked(adjusted, columns),
        ranks=_stacked(ranks, ["index", "place", "spend_rank", "need_rank"]),
        refused=refused,
    )


def _stacked(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]


def _heads(spend: Mapping[str, int], people: Mapping[str, float]) -> pd.DataFrame:
    names = sorted(spend)
    bad = [name for name in names if not people.get(name, 0) > 0]
    if not names or bad:
        msg = (
            f"{len(bad)} of {len(names)} places have no people: {bad[:5]}. Give the "
            "residents of each place that has spend."
        )
        raise InsightError(msg)
    table = pd.DataFrame(
        {
            "people": [float(people[name]) for name in names],
            "amount_pence": [int(spend[name]) for name in names],
        },
        index=pd.Index(names, name="place"),
    )
    table["per_head_pence"] = table["amount_pence"] / table["people"]
    order = table["per_head_pence"].rank(method="min", ascending=False)
    return table.assign(rank=order.astype(int))


def _checked(needs: pd.DataFrame | None) -> pd.DataFrame:
    columns = ["place", "index", "value", "kind"]
    if needs is None:
        return pd.DataFrame(columns=columns)
    lacks = sorted(set(columns) - set(needs.columns))
    if lacks:
        msg = f"need_indices lacks {lacks}; it has {list(needs.columns)}. Add them."
        raise InsightError(msg)
    kinds = needs.groupby("index")["kind"].nunique(dropna=False)
    mixed = sorted(map(str, kinds[kinds > 1].index))
    unknown = sorted({str(kind) for kind in needs["kind"]} - set(NEED_KINDS))
    twice = int(needs.duplicated(["place", "index"]).sum())
    if mixed or unknown or twice:
        msg = (
            f"need_indices repeats {twice} pairs of place and index, has several kinds "
            f"for {mixed[:5]} and the kinds {unknown[:5]}, which are not known. Use "
            f"{', '.join(NEED_KINDS)}."
        )
        raise InsightError(msg)
    return needs[columns]


def _refusal(values: pd.Series[float], kind: str) -> str:
    """Say why need cannot be divided by; "" where it can."""
    lacks = int(values.isna().sum())
    if kind == "standardised":
        return (
            "not divided by: a standardised score can be negative or near nought, and "
            "its ratios mean nothing. Its ranks are shown; supply a ratio or logarithm."
        )
    if kind == "rank":
        return "not divided by: a rank is not an amount. Ranks are shown beside ranks."
    if lacks:
        return f"not divided by: {lacks} of {len(values)} places have no value."
    if kind == "ratio" and not (values > 0).all():
        return (
            f"not divided by: {int((values <= 0).sum())} of {len(values)} values are "
            "nought or negative, so it is no ratio."
        )
    return ""


def _ranked(
    table: pd.DataFrame, values: pd.Series[float], index: str, kind: str
) -> pd.DataFrame:
    """Set the rank of spend a head beside that of need, among places with a value."""
    known = values.dropna()
    heads = table["per_head_pence"].reindex(known.index)
    frame = pd.DataFrame(
        {
            "spend_rank": heads.rank(method="min", ascending=False).astype(int),
            "need_rank": known.rank(method="min", ascending=kind == "rank").astype(int),
        }
    )
    return frame.assign(index=index).rename_axis("place").reset_index()
