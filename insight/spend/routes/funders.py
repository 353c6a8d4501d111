"""How many funders a final spender has for one function, and how many are small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from insight.spend.concentration import divisions_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["funders_of", "small_streams"]


def small_streams(streams: pd.DataFrame, small: Sequence[int]) -> pd.DataFrame:
    """Count streams of less than so many pence, the end left out, and their money.

    Examples
    --------
    >>> streams = pd.DataFrame({"amount_pence": [5, 10]})
    >>> small_streams(streams, [10]).to_numpy().tolist()
    [[10, 1, 2, 5]]
    """
    rows = []
    for below in small:
        few = streams[streams["amount_pence"] < below]
        rows.append(
            {
                "below_pence": int(below),
                "streams": len(few),
                "of_all": len(streams),
                "amount_pence": int(few["amount_pence"].sum()),
            }
        )
    return pd.DataFrame(rows)


def funders_of(spend: pd.DataFrame) -> pd.DataFrame:
    """Count the sources and programmes that each body has for each function.

    Parameters
    ----------
    spend
        `body`, `source` and `amount_pence`; empty is returned where there is no
        `cofog`.

    Examples
    --------
    >>> spend = pd.DataFrame({"body": ["X", "X"], "cofog": ["07.1", "7"]})
    >>> spend = spend.assign(source=["A", "B"], amount_pence=[10, 5])
    >>> funders_of(spend).to_numpy().tolist()
    [['X', '07', 2, 0, 15]]
    """
    columns = ["body", "division", "sources", "programmes", "amount_pence"]
    if "cofog" not in spend or spend.empty:
        return pd.DataFrame(columns=columns)
    lines = pd.DataFrame(
        {
            "body": spend["body"]
            .astype("str")
            .str.strip()
            .where(spend["body"].notna()),
            "division": divisions_of(spend["cofog"]),
            "source": spend["source"],
            "programme": spend.get("programme", pd.NA),
            "amount_pence": spend["amount_pence"].astype("int64"),
        }
    )
    found = lines.groupby(["body", "division"], as_index=False).agg(
        sources=("source", "nunique"),
        programmes=("programme", "nunique"),
        amount_pence=("amount_pence", "sum"),
    )
    return found.sort_values(
        ["sources", "programmes"], ascending=False, kind="stable", ignore_index=True
    )
