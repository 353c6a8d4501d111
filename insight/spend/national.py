"""National figures of public spending by region, read as they are published.

HM Treasury's country and regional analysis comes as a database in a workbook: one
row a programme, one column a year. Its words vary ("Non-ID" and "non-ID",
"Yorkshire and The Humber", blanks behind names, a sheet whose name ends in a
blank), and some rows add up others. A plain table with `region`, `cofog` and
`amount_pounds` does as well.

Nothing is netted, spread or dropped in silence: negative cells stay as they are,
spending that cannot be identified by region stays apart from spending that can,
and what cannot be used is counted with its reason.

References
----------
HM Treasury (2010). Public Expenditure Statistical Analyses 2010, chapter 9 and
its database. Cm 7890.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow as pa

from insight.errors import InsightError
from insight.spend.national_words import (
    ENGLAND,
    TOTAL,
    amounts_of,
    column_of,
    words_of,
)
from insight.spend.per_segment import pounds
from place import Source
from place.reading import ROW, open_rows

if TYPE_CHECKING:
    from pathlib import Path

    from insight.spend.national_words import Unit

__all__ = [
    "ENGLAND",
    "NationalSpend",
    "national_spend",
    "read_national",
]

POOLED: Final = {"ENG_LA", "ENG_HRA", "PC CAPEX"}


@dataclass(frozen=True, kw_only=True)
class NationalSpend:
    """National figures of one period, cleaned; made by this module.

    Parameters
    ----------
    lines
        Spending identified by region, one row a line of the source: `region`,
        `cofog`, `function`, `body`, `sector`, `nature` (missing where not given)
        and `amount_pence`, negative amounts as they are.
    apart
        Lines that cannot be identified by region, in the same columns.
    unused
        Indexed by `reason`: `rows` and `amount_pence` of rows that count nowhere,
        such as totals of others.
    period
        The financial year, or "" where the source does not say.
    """

    lines: pd.DataFrame
    apart: pd.DataFrame
    unused: pd.DataFrame
    period: str

    @property
    def total_pence(self) -> int:
        """All spending identified by region, negative amounts included."""
        return int(self.lines["amount_pence"].sum())

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what limits the figures."""
        below = self.lines.loc[self.lines["amount_pence"] < 0, "amount_pence"]
        told = []
        if len(below):
            told.append(
                f"{len(below):,} of {len(self.lines):,} lines are negative "
                f"({pounds(int(below.sum()))}); they are kept as they are, and sums "
                "are net of them."
            )
        if len(self.apart):
            told.append(
                f"{len(self.apart):,} lines "
                f"({pounds(int(self.apart['amount_pence'].sum()))}) cannot be "
                "identified by region; they stay apart and are spread over no place."
            )
        told += [
            f"{name} stands for many bodies: all of its kind are one name here."
            for name in sorted(POOLED & set(self.lines["body"].dropna()))
        ]
        told += [
            f"{row['rows']:,} rows ({pounds(row['amount_pence'])}) count nowhere: "
            f"{reason}."
            for reason, row in self.unused.to_dict("index").items()
        ]
        return tuple(told)

    def __str__(self) -> str:
        """Say the result as a sentence for the report."""
        when = f" in {self.period}" if self.period else ""
        return (
            f"{pounds(self.total_pence)} of spending{when} is identified by region: "
            f"{len(self.lines):,} lines, regions: {self.lines['region'].nunique()}."
        )


def national_spend(
    frame: pd.DataFrame, *, period: str = "", unit: Unit | None = None
) -> NationalSpend:
    """Clean national figures by region.

    Parameters
    ----------
    frame
        The table as it was published, or rows of the table `regional_spend`. Needs a
        region, a COFOG code and an amount, under the Treasury's headings or ours.
    period
        The financial year, such as "2008-09": the column to take, or the rows where
        the table has a column `period`.
    unit
        What a column of a year holds; `amount_pounds`, `amount_pence` and a heading
        such as `gbp_m_2008_09` say so themselves.

    Returns
    -------
    spend
        Lines by region, lines that are apart, and what was not used with the
        reason. Fractions of a penny are rounded in each line, halves to even.

    Raises
    ------
    InsightError
        If a column is lacking, the unit is not known, the rows are of several
        periods and none was chosen, or no row can be used.

    Examples
    --------
    >>> frame = pd.DataFrame(
    ...     {
    ...         "NUTS 1 region": ["London ", "ENGLAND_London", "England"],
    ...         "COFOG Level 1": ["7. Health", "7. Health", "7. Health"],
    ...         "ID or non-ID": ["ID", "ID", "ID"],
    ...         "2008-09": ["3.5", "-1.25", "2.25"],
    ...     }
    ... )
    >>> spend = national_spend(frame, period="2008-09", unit="million")
    >>> spend.lines["amount_pence"].tolist(), spend.unused["rows"].to_dict()
    ([350000000, -125000000], {'they add up other rows': 1})
    """
    amounts = amounts_of(frame, period, unit)
    lacks = [name for name in ("region", "cofog") if column_of(frame, name) is None]
    lacks += ["amount_pounds, or one for the period"] * (amounts is None)
    if lacks or amounts is None:
        msg = (
            f"national figures lack {' and '.join(lacks)}; the headings are "
            f"{list(map(str, frame.columns))[:20]} and the period is {period!r}."
        )
        raise InsightError(msg)
    table = words_of(frame).assign(amount_pence=amounts)
    table, other = _of_period(table, period)
    reason = _reasons(table)
    good = reason == ""
    if not (good & (table["identifiable"] == "identifiable")).any():
        msg = (
            f"none of {len(frame)} rows of national figures can be used: "
            f"{reason.value_counts().to_dict()}. Correct the table."
        )
        raise InsightError(msg)
    unused = table[~good].assign(reason=reason[~good])
    sums = pd.concat([unused, other]).groupby("reason")["amount_pence"]
    there = table[good].drop(columns=["identifiable", "period"])
    there["amount_pence"] = there["amount_pence"].astype("int64")
    known = table.loc[good, "identifiable"] == "identifiable"
    periods = table["period"].dropna().unique()
    return NationalSpend(
        lines=there[known].reset_index(drop=True),
        apart=there[~known].reset_index(drop=True),
        unused=pd.DataFrame({"rows": sums.size(), "amount_pence": sums.sum()}),
        period=period or (str(periods[0]) if len(periods) else ""),
    )


def _of_period(table: pd.DataFrame, period: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep the rows of one period, and say what is of others."""
    periods = sorted(table["period"].dropna().unique())
    if len(periods) > 1 and not period:
        msg = (
            f"national figures are of {len(periods)} periods, {periods[:5]}. Choose "
            "one: different years must not be added up."
        )
        raise InsightError(msg)
    other = table["period"].notna() & (table["period"] != (period or table["period"]))
    return table[~other], table[other].assign(reason="they are of another period")


def _reasons(table: pd.DataFrame) -> pd.Series[str]:
    """Say why a row cannot be used; "" where it can."""
    region = table["region"].fillna("")
    rules = {
        "they say no region": region == "",
        "they add up other rows": region.map(
            lambda name: bool(TOTAL.fullmatch(name.casefold()))
        ),
        "they have no COFOG code that is known": table["cofog"].isna(),
        "they hold no amount": table["amount_pence"].isna(),
        "they do not say whether they are identifiable": ~table["identifiable"].isin(
            ["identifiable", "not identifiable"]
        ),
    }
    reason = pd.Series("", index=table.index)
    for words, holds in rules.items():
        reason = reason.mask(holds & (reason == ""), words)
    return reason


def read_national(
    file: Path, *, period: str = "", unit: Unit | None = None, sheet: str | None = None
) -> NationalSpend:
    r"""Read national figures by region from a workbook or a CSV file.

    Parameters
    ----------
    file
        The Treasury's database (.xlsx), or a table (.csv, .parquet).
    period, unit
        As for :func:`national_spend`.
    sheet
        Sheet of a workbook; the first that is not hidden if left out.

    Raises
    ------
    PlaceError
        If the file cannot be read.
    InsightError
        As for :func:`national_spend`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "spend.csv")
    ...     _ = file.write_text("region,cofog,amount_pounds\nEast,7,1000\n")
    ...     print(read_national(file))
    £1,000 of spending is identified by region: 1 lines, regions: 1.
    """
    opened = open_rows(Source(file=file, sheet=sheet))
    schema = pa.schema([(ROW, pa.int64()), *opened.schema])
    rows: pd.DataFrame = pa.Table.from_batches(opened.rows(), schema).to_pandas()
    spend = national_spend(rows.drop(columns=ROW), period=period, unit=unit)
    if not opened.ragged:
        return spend
    more = pd.DataFrame({"rows": [len(opened.ragged)], "amount_pence": [0]})
    unused = pd.concat([spend.unused, more.set_axis(["they cannot be read as rows"])])
    return NationalSpend(
        lines=spend.lines, apart=spend.apart, unused=unused, period=spend.period
    )
