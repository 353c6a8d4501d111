"""What to ask about a spend count before its figures are used.

A first moderation of the locally led count: lines that cannot be placed, negative
amounts, and kinds of money that must not be added as if they were one (budget and
actual, one-off and recurring, several periods). Nothing is changed or netted; each
finding counts its lines and their pounds, and says what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from insight.errors import InsightError
from insight.spend.cofog import cofog_code
from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Remark", "moderate"]

NEEDED: Final = {
    "source": "Name where the money comes from",
    "body": "Name the body that spends it",
}
MIXED: Final = {
    "basis": ("budget and actual figures", "Report the two apart, or ask for outturn"),
    "recurring": ("one-off and recurring money", "Report the two apart"),
    "period": ("periods", "Ask for one financial year, or state each"),
}


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One thing found: `rule`, how many `lines`, their money, and a `sentence`.

    `amount_pence` adds up the lines concerned, negative amounts as they are; it is
    `None` where no line can be pointed to.
    """

    rule: str
    lines: int
    amount_pence: int | None
    sentence: str

    def __str__(self) -> str:
        """Say the sentence for the report."""
        return self.sentence


def _remark(
    spend: pd.DataFrame, concerned: pd.Series[bool], rule: str, do: str
) -> Remark:
    lines = int(concerned.sum())
    pence = int(spend.loc[concerned, "amount_pence"].sum())
    return Remark(
        rule=rule,
        lines=lines,
        amount_pence=pence,
        sentence=f"{lines} of {len(spend)} lines ({pounds(pence)}): {rule}. {do}.",
    )


def _lines(spend: pd.DataFrame) -> list[Remark]:
    """Find single lines that need a question."""
    unplaced = spend["cofog"].map(lambda code: cofog_code(code) is None).astype(bool)
    rules = [
        (
            unplaced,
            "no COFOG 1999 code that is known",
            "Give a division or group; until then the money stands apart",
        ),
        (
            spend["amount_pence"] < 0,
            "negative amount",
            "Say whether it is income, a refund or a correction; it is not netted here",
        ),
    ]
    rules += [
        (spend[name].isna(), f"no {name}", do)
        for name, do in NEEDED.items()
        if name in spend
    ]
    return [
        _remark(spend, concerned, rule, do)
        for concerned, rule, do in rules
        if concerned.any()
    ]


def _kinds(spend: pd.DataFrame) -> list[Remark]:
    """Find kinds of money that are mixed, or not told apart."""
    remarks = []
    for name, (what, do) in MIXED.items():
        if name not in spend:
            continue
        stated = spend[name].dropna().astype(str)
        kinds = sorted(set(stated))
        if len(kinds) > 1:
            shown = ", ".join(f"{kind} {int((stated == kind).sum())}" for kind in kinds)
            remarks.append(
                _remark(spend, spend[name].notna(), f"mixes {what} ({shown})", do)
            )
        if spend[name].isna().any():
            remarks.append(
                _remark(
                    spend, spend[name].isna(), f"{name} not stated", f"State {name}"
                )
            )
    return remarks


def _capital(spend: pd.DataFrame) -> list[Remark]:
    nature = spend.get("nature")
    if nature is None or nature.isna().all():
        said = "No line says whether it is revenue or capital. State nature."
    elif not (nature == "capital").any():
        said = (
            f"No line is capital, among {int(nature.notna().sum())} that state their "
            "nature: capital may have been left out. Ask each body."
        )
    else:
        return []
    return [Remark(rule="capital absent", lines=0, amount_pence=None, sentence=said)]


def moderate(spend: pd.DataFrame) -> tuple[Remark, ...]:
    """Return what to ask about a spend count.

    Parameters
    ----------
    spend
        `cofog` and `amount_pence`, and any of `source`, `body`, `nature`, `basis`,
        `recurring` and `period`. A column that is not there is not remarked on,
        but for `nature`.

    Returns
    -------
    remarks
        Single lines first, then kinds of money that are mixed, then capital. Empty
        if there is nothing to ask.

    Raises
    ------
    InsightError
        If there are no lines, or `cofog` or `amount_pence` is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> spend = pd.DataFrame(
    ...     {
    ...         "cofog": ["07", "77"],
    ...         "amount_pence": [90_000, 10_000],
    ...         "nature": ["revenue", "capital"],
    ...     }
    ... )
    >>> for remark in moderate(spend):
    ...     print(remark)  # doctest: +NORMALIZE_WHITESPACE
    1 of 2 lines (£100): no COFOG 1999 code that is known. Give a division or group;
    until then the money stands apart.
    """
    lacks = sorted({"cofog", "amount_pence"} - set(spend.columns))
    if lacks or spend.empty:
        msg = (
            f"spend has {len(spend)} lines and lacks {lacks}; it has "
            f"{list(spend.columns)}. Give at least one line with both columns."
        )
        raise InsightError(msg)
    return (*_lines(spend), *_kinds(spend), *_capital(spend))
