"""Graph, hand-overs, variants and two rules on 10 million events, beside pm4py.

Both are whole processes from the same Parquet file of strings, in time order. The
counts of both must agree before any figure is printed. pm4py runs nothing like
the duplication rules, so those are timed alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.bars import Bar
from benchmarks.contenders import BUILD, compete, peer_python

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["measure"]

CUSTOMERS: Final = {False: 1_000_000, True: 50_000}
PEER: Final = ("pm4py==2.7.23.11", "pyarrow==26.0.1")


def measure(*, quick: bool) -> Iterator[Bar]:
    """Yield CPU seconds, peak memory and the ratio to the peer.

    Parameters
    ----------
    quick
        Half a million events in place of ten million; goals are then not set.

    Raises
    ------
    RuntimeError
        If the two disagree about a count.
    """
    customers = CUSTOMERS[quick]
    file = BUILD / "bench" / f"events_{customers}.parquet"
    if not file.exists():
        compete("make_events.py", file, customers, 2010)
    peer = compete("journeys_pm4py.py", file, python=peer_python("pm4py", *PEER))
    ours = compete("journeys_ours.py", file, "graph")
    rules = compete("journeys_ours.py", file, "all")
    for count, seen in peer.found.items():
        if ours.found[count] != seen:
            msg = (
                f"{count}: ours {ours.found[count]}, pm4py {seen}. Find out which errs."
            )
            raise RuntimeError(msg)
    size = f"{ours.found['events']:,} events"
    ratio = round(peer.cpu_s / ours.cpu_s, 1)

    def goal(text: str) -> str | None:
        return None if quick else text

    yield Bar(
        bar=f"journeys: CPU s, graph + hand-overs + variants, {size}",
        value=round(ours.cpu_s, 1),
        peer=round(peer.cpu_s, 1),
    )
    yield Bar(bar="journeys: times less CPU than pm4py", value=ratio, goal=goal(">= 3"))
    yield Bar(
        bar="journeys: peak GB",
        value=round(ours.peak_gb, 2),
        peer=round(peer.peak_gb, 2),
        goal=goal("<= 4"),
    )
    yield Bar(
        bar="journeys: wall s",
        value=round(ours.wall_s, 1),
        peer=round(peer.wall_s, 1),
    )
    yield Bar(
        bar="journeys: CPU s with D1 and D3 and their naive counts",
        value=round(rules.cpu_s, 1),
    )
    yield Bar(
        bar="journeys: peak GB with D1 and D3",
        value=round(rules.peak_gb, 2),
        goal=goal("<= 4"),
    )
