"""Which periods tables are of."""

from __future__ import annotations

import pandas as pd

__all__ = ["period_of", "periods_of"]


def period_of(table: pd.DataFrame) -> pd.Series[str]:
    """Return the period of each row, missing where the table has no such column.

    Examples
    --------
    >>> period_of(pd.DataFrame({"amount_pence": [1]})).isna().to_list()
    [True]
    """
    none: pd.Series[str] = pd.Series(pd.NA, index=table.index, dtype="str")
    return table.get("period", none)


def periods_of(*tables: pd.DataFrame | None) -> list[str]:
    """Return the periods that rows state, in the order of text.

    Examples
    --------
    >>> periods_of(pd.DataFrame({"period": ["2009-10", None, "2008-09"]}), None)
    ['2008-09', '2009-10']
    """
    return sorted(
        {str(one) for t in tables if t is not None for one in period_of(t).dropna()}
    )
