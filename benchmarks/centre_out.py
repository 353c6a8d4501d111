"""Centre-out: how near open keys come to the report's column A, and do intervals hold.

Needs the real data of ../shared/fixtures/spend. The peer of each figure is what the
report prints, or what was measured on the same data when the bars were set.
"""

from __future__ import annotations

from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Final

import pandas as pd

from benchmarks.bars import Bar
from insight.spend.centre_out import (
    centre_out,
    centre_out_interval,
    keys_of,
    leave_one_out,
    residual_of,
)
from insight.spend.national import read_national
from insight.spend.report_tables import table_1
from insight.spend.shares import shares_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insight.spend.national import NationalSpend

__all__ = ["measure", "pilot_keys"]

FIXTURES: Final = Path(__file__).parents[2] / "shared" / "fixtures" / "spend"
SPEND: Final = "spend_cra2010_england_2008_09.csv"
NAMES: Final = {
    "pilot": "place",
    "population_mid2008": "population",
    "households_2008": "households",
    "a0_4": "aged_0_4",
    "a5_17": "aged_5_17",
    "a16_64": "aged_16_64",
    "a65": "aged_65_plus",
}
PRINTED: Final = {
    "population": 3.7,
    "aged_16_64": 3.8,
    "households": 5.9,
    "aged_5_17": 6.7,
    "aged_0_4": 9.1,
    "aged_65_plus": 13.2,
    "area_km2": 44.7,
}


def pilot_keys() -> pd.DataFrame:
    """Return keys of the thirteen pilots and the nine regions."""
    regions = pd.read_csv(FIXTURES / "spend_region_bases.csv").rename(columns=NAMES)
    pilots = pd.read_csv(FIXTURES / "spend_pilot_bases.csv").rename(columns=NAMES)
    whole = regions.set_index("region")
    for old, new in NAMES.items():
        if new.startswith("aged"):
            pilots[new] = pilots[f"sh_{old}"] * pilots["region"].map(whole[new])
    both = [
        pilots.assign(covers="place"),
        regions.assign(place=regions["region"], covers="region"),
    ]
    return pd.concat(both, ignore_index=True)[["place", "region", "covers", *PRINTED]]


def measure(*, quick: bool = False) -> Iterator[Bar]:
    """Yield each bar."""
    spend = read_national(FIXTURES / SPEND, period="2008-09")
    yield from _national(spend)
    pilots = table_1().drop(index="total").set_index("pilot")
    printed, counted = (pilots[name].astype(float) for name in ("a_bn", "b_bn"))
    began = process_time()
    made = centre_out(spend, keys_of(pilot_keys()))
    found = centre_out_interval(made)
    yield Bar(
        bar="CPU seconds, 1,637 lines to 13 pilots with intervals",
        value=round(process_time() - began, 2),
    )
    drawn = (made.places["amount_pence"] / 1e11).reindex(printed.index)
    off = (drawn / printed - 1).abs()
    yield Bar(
        bar="population alone: total over column A, less 1",
        value=round(float(abs(drawn.sum() / printed.sum() - 1)), 4),
        goal="<= 0.02",
    )
    yield Bar(
        bar="population alone: farthest pilot from column A",
        value=round(float(off.max()), 4),
        peer=0.079,
        goal="<= 0.08",
    )
    yield from _keys(spend, printed, quick=quick)
    for said, centre in (("column A", printed), ("population alone", drawn)):
        scatter = residual_of(list(counted), list(centre))
        yield Bar(bar=f"sd of log own count over {said}", value=round(scatter.sd, 4))
        for level in (0.8, 0.95):
            left = leave_one_out(list(counted), list(centre), level=level)
            yield Bar(
                bar=f"pilots of 13 within the {level:.0%} interval of the other 12, "
                f"{said}",
                value=left.within,
                peer=round(level * left.n, 1),
            )
    table = found.places.reindex(printed.index)
    own = counted * 1e11
    within = (table["low_pence"] <= own) & (own <= table["high_pence"])
    yield Bar(
        bar="own counts of 13 within the 80% interval of all sources",
        value=int(within.sum()),
        peer=10.4,
    )


def _national(spend: NationalSpend) -> Iterator[Bar]:
    total = spend.total_pence / 1e8
    for goal in (">= 409516.36", "<= 409516.37"):
        yield Bar(
            bar="England 2008-09, £m", value=round(total, 4), peer=410_000, goal=goal
        )
    for column, said, goals, peer in (
        ("cofog", "three functions", (">= 78.75", "<= 78.85"), 80.0),
        ("body", "three bodies", (">= 76.45", "<= 76.55"), 77.0),
    ):
        share = 100 * float(shares_by(spend.lines, column)["share"].iloc[:3].sum())
        for goal in goals:
            yield Bar(
                bar=f"share of {said}, %", value=round(share, 3), peer=peer, goal=goal
            )


def _keys(
    spend: NationalSpend, printed: pd.Series[float], *, quick: bool
) -> Iterator[Bar]:
    """Yield the mean error of each key alone against column A."""
    for key, peer in list(PRINTED.items())[: 2 if quick else None]:
        weights = pd.DataFrame({"cofog": ["other"], "key": [key], "weight": [1.0]})
        made = centre_out(spend, keys_of(pilot_keys()), weights=weights)
        drawn = (made.places["amount_pence"] / 1e11).reindex(printed.index)
        error = 100 * float((drawn / printed - 1).abs().mean())
        yield Bar(
            bar=f"mean error against column A by {key}, %",
            value=round(error, 2),
            peer=peer,
        )
