"""What a remark on a spend count is, and the count as its rules see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from insight.errors import InsightError
from insight.spend.cofog import cofog_code
from insight.spend.names import listed
from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Remark", "checked", "on_count", "on_lines"]


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One thing to ask of a spend count.

    Parameters
    ----------
    rule
        Short name of the rule, the same for every place.
    said, do
        What was found, and what to do.
    lines, of
        How many lines are concerned, of how many; 0 where none can be pointed to.
    amount_pence
        What these lines add up to, amounts below nought as they are; `None` where
        there are none.
    where
        Their `line_id`, or their labels in the table, in order.
    """

    rule: str
    said: str
    do: str
    lines: int = 0
    of: int = 0
    amount_pence: int | None = None
    where: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The remark as sentences for the report."""
        if self.amount_pence is None:
            return f"{self.said}. {self.do}."
        named = f"; line{'s' * (self.lines > 1)} {listed(self.where)}"
        return (
            f"{self.lines:,} of {self.of:,} lines ({pounds(self.amount_pence)}"
            f"{named * bool(self.where)}): {self.said}. {self.do}."
        )

    def __str__(self) -> str:
        """Say the sentences for the report."""
        return self.sentence


def on_lines(
    count: pd.DataFrame, concerned: pd.Series[bool], rule: str, said: str, do: str
) -> list[Remark]:
    """Return the remark on the lines concerned, or none where no line is."""
    found = count[concerned.to_numpy(dtype=bool)]
    if found.empty:
        return []
    where = found.index.to_series()
    if "line_id" in found:
        where = found["line_id"].where(found["line_id"].notna(), where)
    return [
        Remark(
            rule=rule,
            said=said,
            do=do,
            lines=len(found),
            of=len(count),
            amount_pence=int(found["amount_pence"].sum()),
            where=tuple(map(str, where)),
        )
    ]


def on_count(rule: str, said: str, do: str) -> Remark:
    """Return a remark that no line can be pointed to for."""
    return Remark(rule=rule, said=said, do=do)


def checked(spend: pd.DataFrame) -> pd.DataFrame:
    """Return a count in the order of its labels, with the code each line stands for.

    Raises
    ------
    InsightError
        If there are no lines, `amount_pence` is not there, or neither `cofog` nor
        `heading` is.
    """
    lacks = [] if "amount_pence" in spend else ["amount_pence"]
    if "cofog" not in spend and "heading" not in spend:
        lacks.append("cofog or heading")
    if lacks or spend.empty:
        msg = (
            f"spend has {len(spend)} lines and lacks {lacks}; it has "
            f"{list(spend.columns)}. Give at least one line with both columns."
        )
        raise InsightError(msg)
    own = spend if spend.index.is_unique else spend.reset_index(drop=True)
    count = own.sort_index(kind="stable")
    for name in ("cofog", "heading"):
        if name not in count:
            count = count.assign(**{name: None})
    codes = {written: cofog_code(written) for written in count["cofog"].unique()}
    code = count["cofog"].map(codes).astype("object")
    return count.assign(code=code.where(code.notna(), None))
