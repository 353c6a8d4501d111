"""Whether the 2010 report's example of spend a head can be had from open data.

Footnote 4 says that health spend a head of Lewisham and Durham looks almost identical,
and that after adjusting for deprivation Lewisham's is about 60 % of Durham's. The
first follows from Tables 1 and 2 with open population figures. The second does not
follow from the open index of the time: what index the report used is not said.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import pandas as pd

from insight.shipped import shipped
from insight.spend.report_checks import Check
from insight.spend.report_tables import table_1, table_2
from insight.spend.rounding import HUNDRED, Interval, judge

__all__ = ["check_per_head", "per_head_facts"]

PAIR: Final = ("lewisham", "durham")


def per_head_facts() -> pd.DataFrame:
    """Return what the report claims of spend a head, and what it is held against.

    Examples
    --------
    >>> per_head_facts().loc["health a head adjusted", "lines"]
    '706-707'
    """
    frame = pd.read_csv(
        shipped("reference", "per_head_facts.csv"), dtype=str, keep_default_na=False
    )
    return frame.set_index("fact")


def check_per_head() -> tuple[Check, ...]:
    """Recompute health spend a head of Lewisham over Durham's, raw and adjusted.

    Returns
    -------
    checks
        The raw claim ("almost identical"), whose interval from rounding holds 1, and
        the adjusted one, which the open index does not give.

    Examples
    --------
    >>> [check.verdict for check in check_per_head()]
    ['possible', 'does not add up']
    """
    facts = per_head_facts()
    value = {str(name): Decimal(str(each)) for name, each in facts["value"].items()}
    raw, possible = _raw(value)
    need = value["deprivation of lewisham"] / value["deprivation of durham"]
    ends = Interval(HUNDRED * possible.low / need, HUNDRED * possible.high / need)
    found = HUNDRED * raw / need
    claim = value["health a head adjusted"]
    implied = HUNDRED * raw / claim
    return (
        Check(
            place="Text, health spend a head of Lewisham and Durham, raw",
            lines=str(facts.loc["health a head", "lines"]),
            printed="almost identical",
            found=f"{raw:.3f} ({possible.low:.3f} to {possible.high:.3f} by rounding)",
            verdict=judge(Decimal("1.00"), raw, possible),
            note="Table 2's share of Table 1's own count, over the people of each.",
        ),
        Check(
            place="Text, the same adjusted for deprivation",
            lines=str(facts.loc["health a head adjusted", "lines"]),
            printed=f"about {claim} %",
            found=f"{found:.1f} % ({ends.low:.1f} to {ends.high:.1f} % by rounding)",
            verdict=judge(claim, found, ends),
            note=(
                f"The open index of 2007 has {need:.3f} times the need in Lewisham; "
                f"{claim} % would take {implied:.2f} times. The report does not say "
                "which index it used."
            ),
        ),
    )


def _raw(value: dict[str, Decimal]) -> tuple[Decimal, Interval]:
    """Return the ratio of health spend a head, and where rounding lets it lie."""
    share, count = table_2()["health_pct"], table_1()["b_bn"]
    heads, ends = [], []
    for name in PAIR:
        pct, bn = Decimal(int(share[name])), Decimal(str(count[name]))
        people = value[f"people of {name}"]
        a, b = Interval.printed(pct), Interval.printed(bn)
        heads.append(pct * bn / people)
        ends.append(Interval(a.low * b.low / people, a.high * b.high / people))
    first, second = ends
    return heads[0] / heads[1], Interval(
        first.low / second.high, first.high / second.low
    )
