"""How much of all spending each function, body or region has."""

from __future__ import annotations

import pandas as pd

from insight.errors import InsightError
from insight.spend.per_segment import pounds

__all__ = ["shares_by"]


def shares_by(lines: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return how much of the lines each function, body or region has.

    Parameters
    ----------
    lines
        With `amount_pence` and `column`; a missing name stands under "not stated".
    column
        What to add up by.

    Returns
    -------
    shares
        Indexed by the names, largest first and equals by name: `amount_pence` (net),
        `negative_pence` (what of it is below zero) and `share` of the net sum.

    Raises
    ------
    InsightError
        If the lines add up to nothing, of which there are no shares.

    Examples
    --------
    >>> lines = pd.DataFrame({"body": ["A", "B", "A"], "amount_pence": [90, 20, -10]})
    >>> shares_by(lines, "body")["share"].to_dict()
    {'A': 0.8, 'B': 0.2}
    """
    names = lines[column].fillna("not stated").astype(str)
    amounts = lines["amount_pence"].astype("int64")
    table = pd.DataFrame(
        {
            "amount_pence": amounts.groupby(names).sum(),
            "negative_pence": amounts.clip(upper=0).groupby(names).sum(),
        }
    ).rename_axis(column)
    total = int(table["amount_pence"].sum())
    if total <= 0:
        msg = (
            f"the {len(lines)} lines add up to {pounds(total)}, of which there are no "
            "shares. Check the amounts."
        )
        raise InsightError(msg)
    table["share"] = table["amount_pence"] / total
    return table.sort_index().sort_values(
        "amount_pence", ascending=False, kind="stable"
    )
