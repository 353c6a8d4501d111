"""What makes two counts of one place differ, as far as the data can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.errors import InsightError
from insight.spend.cofog import cofog_code
from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PARTS", "SECTORS", "parts_of", "side_of"]

SECTORS: Final[Mapping[str, str]] = {
    "local authority": "local government",
    "police": "local government",
    "fire": "local government",
    "nhs": "central government",
    "central government": "central government",
    "regional": "central government",
}
"""Kind of body -> sector of the national accounts that it belongs to."""
PARTS: Final = {
    "scope, functions": "COFOG divisions that the local count has no line of",
    "scope, functions left out": (
        "COFOG divisions that only the local count has, taken off"
    ),
    "scope, capital": "capital, of which the local count has no line",
    "missing bodies": "bodies or sectors that the local count has no line of",
    "period": "lines of other years, restated by the price index given",
    "allocation error, at most": (
        "as much of the rest as allocation error alone is expected to make"
    ),
    "not explained": "what is left; nothing here explains it",
}


def side_of(lines: pd.DataFrame) -> pd.DataFrame:
    """Return lines of either count in the same columns; missing words as `None`.

    Examples
    --------
    >>> side_of(pd.DataFrame({"cofog": ["7.3"], "amount_pence": [5]}))["division"][0]
    '07'
    """
    columns = ["body", "sector", "nature", "period"]
    table = lines.reindex(columns=columns).astype(object)
    table = table.where(table.notna(), None).reset_index(drop=True)
    codes = [cofog_code(code) for code in lines["cofog"]]
    table["division"] = pd.Series([code and code[:2] for code in codes], dtype=object)
    kind = lines.get("body_kind")
    table["kind"] = None if kind is None else kind.to_numpy()
    table["kind"] = table["kind"].astype(object).where(table["kind"].notna(), None)
    table["amount_pence"] = lines["amount_pence"].astype("int64").to_numpy()
    return table


def parts_of(
    centre: pd.DataFrame,
    count: pd.DataFrame,
    *,
    ends: tuple[float, float],
    period: str,
    prices: Mapping[str, float],
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Split A - B into what the data can tell and the rest.

    Parameters
    ----------
    centre, count
        Both counts, from :func:`side_of`; bodies under the same names.
    ends
        Ends of the interval of A, as multiples of it.
    period
        Of the national figures.
    prices
        Period -> price index.

    Returns
    -------
    parts, notes
        Indexed by `part`, in the order of `PARTS`: `amount_pence` and `how`. A line
        is in one part alone: the first that holds.

    Examples
    --------
    >>> centre = side_of(
    ...     pd.DataFrame({"cofog": ["7", "3"], "amount_pence": [100, 20]})
    ... )
    >>> count = side_of(pd.DataFrame({"cofog": ["7"], "amount_pence": [90]}))
    >>> parts, _ = parts_of(centre, count, ends=(0.95, 1.1), period="", prices={})
    >>> parts.loc[["scope, functions", "not explained"], "amount_pence"
    ...     ].tolist()
    [20, 5]
    """
    notes: list[str] = []
    here, there = set(centre["division"]), set(count["division"])
    amounts = dict.fromkeys(PARTS, 0)
    rest, own = centre, count
    rest, amounts["scope, functions"] = _without(rest, ~rest["division"].isin(there))
    own, beyond = _without(own, ~own["division"].isin(here))
    amounts["scope, functions left out"] = -beyond
    rest, amounts["scope, capital"] = _without(rest, _capital(rest, own, notes))
    rest, amounts["missing bodies"] = _without(rest, _missing(rest, count, notes))
    amounts["period"] = _restated(own, period, prices, notes)
    left_a = int(rest["amount_pence"].sum())
    left = left_a - int(own["amount_pence"].sum()) - amounts["period"]
    low, high = sorted(round(left_a * (1 - end)) for end in ends)
    amounts["allocation error, at most"] = min(max(left, min(low, 0)), max(high, 0))
    amounts["not explained"] = left - amounts["allocation error, at most"]
    table = pd.DataFrame({"amount_pence": amounts, "how": PARTS}).rename_axis("part")
    return table.loc[list(PARTS)], tuple(notes)


def _without(lines: pd.DataFrame, which: pd.Series[bool]) -> tuple[pd.DataFrame, int]:
    return lines[~which], int(lines.loc[which, "amount_pence"].sum())


def _capital(
    centre: pd.DataFrame, count: pd.DataFrame, notes: list[str]
) -> pd.Series[bool]:
    """Say which lines are capital that the local count left out."""
    none = pd.Series(data=False, index=centre.index)
    if centre["nature"].isna().all() or count["nature"].isna().all():
        who = "national figures do" if centre["nature"].isna().all() else "count does"
        notes.append(
            f"Whether capital was left out cannot be told: the {who} not say which "
            "lines are capital."
        )
        return none
    return (
        none if (count["nature"] == "capital").any() else centre["nature"] == "capital"
    )


def _missing(
    centre: pd.DataFrame, count: pd.DataFrame, notes: list[str]
) -> pd.Series[bool]:
    """Say which lines are of bodies, else of sectors, that the local count lacks."""
    for column in ("body", "sector"):
        counted = {str(name).casefold() for name in count[column].dropna()}
        names = centre[column].map(lambda name: str(name).casefold())
        if centre[column].notna().any() and (names.isin(counted)).any():
            if column == "sector":
                notes.append(
                    "Bodies are told apart by sector of government only: no name of a "
                    "body stands in both counts."
                )
            missing = centre[column].notna() & ~names.isin(counted)
            if column == "body" and missing.any():
                many = centre.loc[missing, "body"].nunique()
                notes.append(
                    f"{many} bodies of the national figures are in the count under no "
                    "such name. If one is there under another, say which."
                )
            return missing
    notes.append(
        "Missing bodies cannot be told: the two counts have no body and no sector in "
        "common. Say what national figures call each body."
    )
    return pd.Series(data=False, index=centre.index)


def _restated(
    count: pd.DataFrame, period: str, prices: Mapping[str, float], notes: list[str]
) -> int:
    """Return what lines of other periods would gain at the prices of this one."""
    if bad := sorted(name for name, index in prices.items() if not index > 0):
        msg = f"price indices of {bad} are not above zero. Correct them."
        raise InsightError(msg)
    stated = count[count["period"].notna()]
    if not period or stated.empty:
        notes.append("Whether years differ cannot be told: one side does not say.")
        return 0
    gained = 0
    for other, lines in stated[stated["period"] != period].groupby("period"):
        pence = int(lines["amount_pence"].sum())
        if {str(other), period} <= set(prices):
            gained += round(pence * (prices[period] / prices[str(other)] - 1))
        else:
            notes.append(
                f"{pounds(pence)} of the count is of {other}, not {period}: what that "
                "makes cannot be told without a price index for both."
            )
    return gained
