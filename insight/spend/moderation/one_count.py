"""Everything to ask of one place's spend count."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from insight.spend.headings import OURS, map_headings
from insight.spend.moderation.missing import of_missing
from insight.spend.moderation.mixtures import of_mixtures
from insight.spend.moderation.remarks import checked, on_lines
from insight.spend.moderation.scale import of_scale
from insight.spend.moderation.scope import of_scope
from insight.spend.moderation.single_lines import of_single_lines
from insight.spend.moderation.totals import of_totals
from insight.spend.names import alike, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from insight.spend.moderation.remarks import Remark

__all__ = ["moderate"]


def moderate(
    spend: pd.DataFrame,
    *,
    expected: pd.DataFrame | None = None,
    headings: pd.DataFrame | None = None,
    stated: pd.DataFrame | None = None,
) -> tuple[Remark, ...]:
    """Return what to ask about a spend count; nothing of it is changed or netted.

    Parameters
    ----------
    spend
        `amount_pence` and `cofog` or `heading`, and any column of the contract
        `spend`. A column that is not there is not remarked on, but for `nature`.
        Lines are named by `line_id`, or else by their labels in the index.
    expected
        Sources and bodies that should be there: `what` and `name`.
    headings
        The place's own headings in COFOG, for :func:`map_headings`.
    stated
        Totals that the count states, kept apart from its lines: `body` (blank for
        all lines) and `amount_pence`.

    Returns
    -------
    remarks
        Single lines first, then scope, scale, headings, kinds of money that are
        mixed, totals, and what is missing. Empty if there is nothing to ask.

    Raises
    ------
    InsightError
        If there are no lines, `amount_pence` is not there, or neither `cofog` nor
        `heading`.

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
    >>> print(moderate(spend)[0])  # doctest: +NORMALIZE_WHITESPACE
    1 of 2 lines (£100; line 1): no COFOG 1999 code that is known. Give a division or
    group; until then the money stands apart.
    """
    count = checked(spend)
    return (
        *of_single_lines(count),
        *of_scope(count),
        *of_scale(count),
        *_of_headings(count, headings),
        *of_mixtures(count),
        *of_totals(count, stated),
        *of_missing(count, expected),
    )


def _of_headings(
    count: pd.DataFrame, headings: pd.DataFrame | None
) -> Iterator[Remark]:
    """Say which lines stand by an own heading, by whose mapping, and which do not."""
    by_heading = count["code"].isna() & count["heading"].notna()
    if not by_heading.any():
        return
    mapped = map_headings(count, headings)
    hints = [
        f"{row['heading']!r} (near {row['nearest']})" if row["nearest"]
        else repr(row["heading"])
        for row in mapped.unmapped.to_dict("records")
    ]  # fmt: skip
    absent = set(alike(mapped.unmapped["heading"]))
    unmapped = by_heading & alike(count["heading"]).isin(absent)
    yield from on_lines(
        count,
        unmapped,
        "heading not mapped",
        f"own headings that no mapping knows: {listed(hints)}",
        "Add them to the table headings; until then the money stands apart",
    )
    used = mapped.used[mapped.used["whose"] == OURS]
    ours = by_heading & alike(count["heading"]).isin(set(alike(used["heading"])))
    said = (
        f"placed by an own heading ({used['heading'].nunique()} in all) in {OURS}'s "
        f"mapping, version {listed(sorted(set(used['version'])))}, which is not CIPFA's"
    )
    do = "Check it against your books, and state your own mapping as headings"
    for remark in on_lines(count, ours, "headings by our mapping", said, do):
        yield replace(remark, where=())
