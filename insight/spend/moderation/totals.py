"""Totals and shares that a count states, held against its own lines."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from insight.spend.moderation.remarks import on_count, on_lines
from insight.spend.names import alike
from insight.spend.rounding import HUNDRED, Interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insight.spend.moderation.remarks import Remark

__all__ = ["of_totals"]

GRAINS: Final = (100_000_000, 100_000, 100)
"""Pence to which figures may have been rounded: a million pounds, a thousand, one."""
THOUSAND: Final = 1_000
RULE: Final = "total does not add up"
DO: Final = "Find the line that is missing, doubled or wrong, or correct the total"


def of_totals(count: pd.DataFrame, stated: pd.DataFrame | None) -> Iterator[Remark]:
    """Yield totals and shares of a checked count that its lines do not bear out.

    Parameters
    ----------
    count
        With `total_pence` (what a body says its lines add up to) and `stated_pct`
        where lines state them.
    stated
        Rows of totals, kept apart: `body` (blank for all) and `amount_pence`.
    """
    if stated is not None:
        for row in stated.sort_index().to_dict("records"):
            yield from _against(count, row["body"], int(row["amount_pence"]))
    if "total_pence" in count and "body" in count:
        for _, own in count[count["total_pence"].notna()].groupby(alike(count["body"])):
            totals = sorted({int(each) for each in own["total_pence"]})
            body = str(own["body"].iloc[0]).strip()
            if len(totals) == 1:
                yield from _against(count, body, totals[0])
                continue
            said = f"{body} states {len(totals)} totals"
            every = pd.Series(count.index.isin(own.index), index=count.index)
            yield from on_lines(count, every, RULE, said, "Ask which one holds")
    if "stated_pct" in count:
        yield from _shares(count)


def _against(count: pd.DataFrame, body: Any, total: int) -> Iterator[Remark]:  # noqa: ANN401 - text or missing
    """Hold one total against the sum of its lines, of all bases or of one."""
    own = count
    if isinstance(body, str) and body.strip() and "body" in count:
        name = alike(pd.Series([body])).iloc[0]
        own = count[alike(count["body"]) == name]
    sums = [own["amount_pence"]]
    if "basis" in own:
        sums += [lines["amount_pence"] for _, lines in own.groupby("basis")]
    if any(abs(int(each.sum()) - total) <= _slack(each, total) for each in sums):
        return
    found = int(sums[0].sum())
    whose = body if isinstance(body, str) and body.strip() else "the whole count"
    said = (
        f"The total stated for {whose} is {_exact(total)}; its {len(own):,} lines "
        f"add up to {_exact(found)}, {_exact(abs(found - total))} "
        f"{'more' if found > total else 'less'}"
    )
    if total and abs(found) in (abs(total) * THOUSAND, abs(total) // THOUSAND):
        said += ", as if one were in thousands"
    yield on_count(RULE, said, DO)


def _slack(amounts: pd.Series[int], total: int) -> int:
    """Return pence by which rounding of lines and total can part them: often none."""
    figures = [*map(int, amounts), total]
    for grain in GRAINS:
        if all(figure % grain == 0 for figure in figures):
            return grain * len(figures) // 2
    return 0


def _exact(pence: int) -> str:
    return f"{'-' * (pence < 0)}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def _shares(count: pd.DataFrame) -> Iterator[Remark]:
    """Hold stated shares against the amounts: if each fits, they make a whole."""
    states = count["stated_pct"].notna()
    read = {
        label: _share(text) for label, text in count.loc[states, "stated_pct"].items()
    }
    unread = pd.Series([read.get(label, 0) is None for label in count.index])
    yield from on_lines(
        count,
        unread,
        "share not read",
        "no share that can be read",
        "Write such as 7.5",
    )
    shares = {label: share for label, share in read.items() if share is not None}
    of = pd.Series("", index=count.index)
    if "basis" in count:
        of = count["basis"].astype("object").fillna("")
    whole = count["amount_pence"].groupby(of).transform("sum")
    wrong = [
        label in shares and not _fits(shares[label], int(amount), int(total))
        for label, amount, total in zip(
            count.index, count["amount_pence"], whole, strict=True
        )
    ]
    yield from on_lines(
        count,
        pd.Series(wrong),
        "share does not add up",
        "a share that its amount over the whole cannot have given, however rounded",
        "Correct the share or the amount",
    )


def _share(text: object) -> Decimal | None:
    try:
        share = Decimal(str(text).replace("%", "").strip())
    except InvalidOperation:
        return None
    return share if share.is_finite() else None


def _fits(share: Decimal, amount: int, whole: int) -> bool:
    """Say whether an amount over the whole can have been printed as that share."""
    if whole == 0:
        return False
    printed, exact = Interval.printed(share), HUNDRED * amount / Decimal(whole)
    return printed.low <= exact <= printed.high
