"""Programmes that serve one aim for one group of people: what could be pooled.

The 2010 report (lines 883-901) counts 58 funding programmes for housing and
regeneration in one department, some alike in aim, and in Durham 12 programmes of one
agency beside 37 from other sources. A programme may have several aims and several
groups of beneficiaries, so it may overlap another in part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from insight.errors import InsightError
from insight.spend.per_segment import pounds

__all__ = ["Overlaps", "overlapping"]

NEEDED: Final = ("programme", "aim", "beneficiaries")


@dataclass(frozen=True, kw_only=True)
class Overlaps:
    """Programmes that share an aim and a group of beneficiaries.

    Parameters
    ----------
    groups
        One row for each `aim` and `beneficiaries` that two or more programmes
        serve, most programmes first: `programmes`, `sources`, `bodies` (how many
        different ones; missing where the table has no such column), `amount_pence`
        (all the money of those programmes), `without_amount` and `names`. A
        programme with two aims stands in two groups: do not add groups up.
    programmes, overlapping
        How many programmes there are, and how many are in some group.
    amount_pence
        Money of the programmes in some group, each counted once.
    not_described
        Programmes that lack an aim or beneficiaries, and so could not be compared.
    """

    groups: pd.DataFrame
    programmes: int
    overlapping: int
    amount_pence: int
    not_described: int

    def __str__(self) -> str:
        """Say the result in a sentence or two."""
        said = (
            f"{self.overlapping} of {self.programmes} programmes "
            f"({pounds(self.amount_pence)}) share an aim and a group of beneficiaries "
            "with another"
        )
        if len(self.groups):
            first = self.groups.iloc[0]
            said += (
                f"; most of all {first['aim']} for {first['beneficiaries']}: "
                f"{first['programmes']} programmes"
            )
        apart = (
            f" {self.not_described} lack an aim or beneficiaries and could not be "
            "compared."
            if self.not_described
            else ""
        )
        return f"{said}. Sharing an aim is a reason to ask, not yet a waste.{apart}"


def overlapping(programmes: pd.DataFrame) -> Overlaps:
    """Find programmes that serve one aim for one group of beneficiaries.

    Parameters
    ----------
    programmes
        `programme`, `aim` and `beneficiaries` (each may name several, separated by
        ";"), and any of `source`, `body` and `amount_pence`. Several rows may be of
        one programme, such as its spend by several bodies; lines without a
        programme are left out. Capitals and spaces around words do not matter.

    Returns
    -------
    overlaps
        Ties between groups go by aim and beneficiaries, in the order of text.

    Raises
    ------
    InsightError
        If a column is not there or no row names a programme.

    Examples
    --------
    >>> programmes = pd.DataFrame(
    ...     {
    ...         "programme": ["Warm Front", "Warm Zones", "Growth fund"],
    ...         "aim": ["warm homes", "Warm homes; jobs", "growth"],
    ...         "beneficiaries": ["tenants", "tenants", "firms"],
    ...         "amount_pence": [50_000, 25_000, 90_000],
    ...     }
    ... )
    >>> print(overlapping(programmes))  # doctest: +NORMALIZE_WHITESPACE
    2 of 3 programmes (£750) share an aim and a group of beneficiaries with another;
    most of all warm homes for tenants: 2 programmes. Sharing an aim is a reason to
    ask, not yet a waste.
    """
    named = _checked(programmes)
    pairs = named.dropna(subset=["aim", "beneficiaries"])
    for column in ("aim", "beneficiaries"):
        pairs = pairs.assign(**{column: pairs[column].str.split(";")}).explode(column)
        pairs[column] = pairs[column].str.strip().str.casefold()
        pairs = pairs[pairs[column] != ""]
    pairs = pairs.drop_duplicates(subset=["row", "aim", "beneficiaries"])
    groups = _groups(pairs)
    keys = pd.MultiIndex.from_frame(groups[["aim", "beneficiaries"]])
    shared = pairs[pd.MultiIndex.from_frame(pairs[["aim", "beneficiaries"]]).isin(keys)]
    return Overlaps(
        groups=groups,
        programmes=named["programme"].nunique(),
        overlapping=shared["programme"].nunique(),
        amount_pence=int(shared.drop_duplicates("row")["amount_pence"].fillna(0).sum()),
        not_described=named["programme"].nunique() - pairs["programme"].nunique(),
    )


def _checked(programmes: pd.DataFrame) -> pd.DataFrame:
    lacks = sorted(set(NEEDED) - set(programmes.columns))
    named = programmes.dropna(subset="programme") if not lacks else programmes
    if lacks or named.empty:
        msg = (
            f"programmes has {len(programmes)} rows and lacks {lacks}; it has "
            f"{list(programmes.columns)}. Give at least one row with a programme, its "
            "aim and its beneficiaries."
        )
        raise InsightError(msg)
    amounts = named.get("amount_pence", pd.Series(pd.NA, index=named.index))
    return named.assign(
        programme=named["programme"].astype("str").str.strip(),
        aim=named["aim"].astype("string"),
        beneficiaries=named["beneficiaries"].astype("string"),
        amount_pence=amounts.astype("Int64"),
        row=range(len(named)),
    )


def _groups(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of aim and beneficiaries that several programmes serve."""
    columns = ["aim", "beneficiaries", "programmes", "sources", "bodies"]
    columns += ["amount_pence", "without_amount", "names"]
    rows = [
        {
            "aim": aim,
            "beneficiaries": group,
            "programmes": own["programme"].nunique(),
            "sources": own["source"].nunique() if "source" in own else pd.NA,
            "bodies": own["body"].nunique() if "body" in own else pd.NA,
            "amount_pence": int(own["amount_pence"].fillna(0).sum()),
            "without_amount": int(own["amount_pence"].isna().sum()),
            "names": "; ".join(sorted(own["programme"].unique())),
        }
        for (aim, group), own in pairs.groupby(["aim", "beneficiaries"])
        if len(set(own["programme"])) > 1
    ]
    found = pd.DataFrame(rows, columns=columns)
    return found.sort_values(
        "programmes", ascending=False, kind="stable", ignore_index=True
    )
