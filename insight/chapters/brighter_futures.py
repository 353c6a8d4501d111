"""The 2010 report's own example of prevention on the page, worked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from insight.release import Sheet, release
from insight.report import Table
from insight.savings.brighter_futures import brighter_futures, ten_times
from insight.savings.streams import Assumptions

if TYPE_CHECKING:
    from insight.release import Door
    from insight.report import Block

__all__ = ["reference_blocks"]


def reference_blocks(door: Door) -> list[Block]:
    """Return the 2010 report's example worked again, and its "10 times" as printed."""
    later = Assumptions(lag_years=5, lag="squeezed")
    rows = []
    for side in ("council", "city"):
        printed, lagged = brighter_futures(side), brighter_futures(side, later)
        rows.append(
            {
                "side": side,
                "cost_pounds": printed.cost_pence / 100,
                "benefit_pounds": printed.benefit_pence / 100,
                "ratio": round(printed.ratio.central, 3),
                "net_pounds": round(printed.npv.central / 100),
                "break_even_share": round(printed.break_even_share, 4),
                "ratio_later": round(lagged.ratio.central, 2),
            }
        )
    public = [name for name in rows[0] if name != "side"]
    released = release(
        door,
        pd.DataFrame(rows),
        Sheet(
            name="brighter_futures",
            title="Brighter Futures, Birmingham, as the 2010 report prints it",
            public=public,
            note="Lines 2105-2107; no margin and no year are printed, so no interval.",
        ),
    )
    table = Table(
        released=released,
        columns={
            "side": "Benefit to",
            "cost_pounds": "Cost over 15 years",
            "benefit_pounds": "Benefit (city: more than)",
            "ratio": "Benefit for each pound",
            "net_pounds": "Net",
            "break_even_share": "Pays while so much comes true",
            "ratio_later": "Ratio, squeezed into the last 10 years, at 3.5 %",
        },
    )
    facts = release(
        door,
        ten_times().round({"value": 2}),
        Sheet(
            name="ten_times",
            title='What stands behind "10 times higher"',
            public=["value", "low", "high"],
        ),
    )
    heads = {"what": "What", "value": "Times", "low": "Low", "high": "High"}
    return [
        table,
        Table(released=facts, columns=heads | {"note": "Note", "source": "Source"}),
    ]
