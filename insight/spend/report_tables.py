"""The figures that the 2010 report prints, as it prints them.

Tables 1, 2 and 3 and the claims of the running text, read from
`data/reference`. Nothing is corrected here: `report_checks` says what does not
add up. Figures of Table 1 are `Decimal`, because 7.5 and 2.60 were rounded to
different digits.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd

from insight.shipped import shipped

__all__ = ["outside_facts", "statements", "table_1", "table_2", "table_3"]


def _read(name: str, key: str) -> pd.DataFrame:
    frame = pd.read_csv(
        shipped("reference", name), dtype=str, keep_default_na=False, encoding="utf-8"
    )
    return frame.set_index(key)


def _whole(printed: pd.Series[str]) -> pd.Series[int]:
    """Return whole per cents; a dash in print is a missing value."""
    return printed.where(printed != "-").astype("Int64")


def _decimals(printed: pd.Series[str]) -> pd.Series[Any]:
    """Return exact figures with the digits printed; an empty cell is `None`."""
    figures = [Decimal(text) if text else None for text in printed]
    return pd.Series(figures, index=printed.index, dtype=object)


def table_1() -> pd.DataFrame:
    """Return Table 1: spend by national figures against the pilots' own counts.

    Returns
    -------
    table
        Indexed by `pilot_key`, the thirteen pilots and last `total`. `pilot` is the
        name printed; `a_bn` and `b_bn` are £ billion and `difference_pct` is
        100 % less B/A, all `Decimal` with the digits printed; `lines` says where.

    Examples
    --------
    >>> print(table_1().loc["kent", ["a_bn", "b_bn", "difference_pct"]].tolist())
    [Decimal('9.45'), Decimal('8.94'), Decimal('5.5')]
    """
    table = _read("table_1.csv", "pilot_key")
    for column in ("a_bn", "b_bn", "difference_pct"):
        table[column] = _decimals(table[column])
    return table


def table_2() -> pd.DataFrame:
    """Return Table 2: three functions as shares of all spend in each pilot.

    Returns
    -------
    table
        Indexed by `pilot_key`, in the order printed. `social_protection_pct`,
        `health_pct`, `education_pct` and `total_pct` are whole per cents.

    Examples
    --------
    >>> int(table_2()["total_pct"].max())
    87
    """
    table = _read("table_2.csv", "pilot_key")
    for column in table.columns.difference(["pilot", "lines"]):
        table[column] = _whole(table[column])
    return table


def table_3() -> pd.DataFrame:
    """Return Table 3: shares of spend by kind of body in each pilot.

    Returns
    -------
    table
        Indexed by `pilot_key`, in the order printed. `local_authorities_pct`,
        `nhs_pct`, `central_government_pct` and `other_pct` are whole per cents,
        missing where the report prints a dash.

    Examples
    --------
    >>> int(table_3()["nhs_pct"].isna().sum())
    1
    """
    table = _read("table_3.csv", "pilot_key")
    for column in table.columns.difference(["pilot", "lines"]):
        table[column] = _whole(table[column])
    return table


def statements() -> pd.DataFrame:
    """Return the claims of the running text that can be checked.

    Returns
    -------
    statements
        Indexed by `statement`, a short name of ours. `says` is the claim in our
        words, `low` and `high` its figure as `Decimal` (`None` where the claim has
        none) in `unit`; `lines` says where.

    Examples
    --------
    >>> print(statements().loc["three functions", "high"])
    88
    """
    claims = _read("statements.csv", "statement")
    for column in ("low", "high"):
        claims[column] = _decimals(claims[column])
    return claims


def outside_facts() -> pd.DataFrame:
    """Return the figures from elsewhere that the claims are held against.

    Returns
    -------
    facts
        Indexed by `fact`, with `value` (`Decimal`), `unit` and `source`.

    Examples
    --------
    >>> print(outside_facts().loc["population of England", "value"])
    51815853
    """
    facts = _read("outside_facts.csv", "fact")
    facts["value"] = _decimals(facts["value"])
    return facts
