"""All six outputs on 10 million events beside pm4py, the rules, and 100 million events.

Each is a whole process: from one Parquet file of strings in time order, by SQL and by
the compiled pass; the rules on an encoded log; and from an encoded log of 100 million
events in a folder. What pm4py counts too must agree before any figure is printed.
pm4py runs nothing like the rules of duplication, so those are timed alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.bars import Bar
from benchmarks.contenders import BUILD, compete, peer_python

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.contenders import Run

__all__ = ["measure"]

CUSTOMERS: Final = {False: 1_000_000, True: 50_000}
SEED: Final = 2010
PEER: Final = ("pm4py==2.7.23.11", "pyarrow==26.0.1")


def measure(*, quick: bool) -> Iterator[Bar]:
    """Yield CPU seconds, peak memory and the ratio to the peer.

    Parameters
    ----------
    quick
        Half a million events in place of ten million, and five million in place of a
        hundred; goals are then not set.

    Raises
    ------
    RuntimeError
        If ours and the peer disagree about a count.
    """
    customers = CUSTOMERS[quick]
    plain, full = (_events(customers, kind) for kind in ("plain", "full"))
    compete("journeys_ours.py", plain, "compiled")  # compiles once on a machine
    compiled = compete("journeys_ours.py", plain, "compiled")
    sql = compete("journeys_ours.py", plain, "sql")
    peer = compete("journeys_pm4py.py", plain, python=peer_python("pm4py", *PEER))
    for ours in (compiled, sql):
        _check_alike(ours, peer)

    def goal(text: str) -> str | None:
        return None if quick else text

    size = f"{peer.found['events']:,} events"
    for name, ours, cpu, peak, times in (
        ("compiled", compiled, "<= 3.5", "<= 0.8", ">= 30"),
        ("SQL", sql, "<= 12", "<= 2", ">= 8"),
    ):
        said = f"journeys, {name}, {size}"
        yield Bar(
            bar=f"{said}: CPU s",
            value=round(ours.cpu_s, 1),
            peer=round(peer.cpu_s, 1),
            goal=goal(cpu),
        )
        yield Bar(
            bar=f"{said}: peak GB",
            value=round(ours.peak_gb, 2),
            peer=round(peer.peak_gb, 2),
            goal=goal(peak),
        )
        yield Bar(
            bar=f"{said}: times less CPU than pm4py",
            value=round(peer.cpu_s / ours.cpu_s, 1),
            goal=goal(times),
        )
    yield from _rules(full, size, quick=quick)
    stored = compete("journeys_store.py", _store(10 * customers))
    size = f"{stored.found['events']:,} stored events"
    yield Bar(
        bar=f"journeys, compiled, {size}: CPU s",
        value=round(stored.cpu_s, 1),
        goal=goal("<= 10"),
    )
    yield Bar(
        bar=f"journeys, compiled, {size}: peak GB",
        value=round(stored.peak_gb, 2),
        goal=goal("<= 2"),
    )


def _rules(full: Path, size: str, *, quick: bool) -> Iterator[Bar]:
    """Yield CPU seconds of each rule, of all and of the whole search."""
    compete("journeys_rules.py", full, "compiled")  # compiles once on a machine
    runs = {
        name: compete("journeys_rules.py", full, way)
        for name, way in (("compiled", "compiled"), ("SQL", "sql"))
    }
    if runs["compiled"].found["findings"] != runs["SQL"].found["findings"]:
        msg = "Machine code and SQL find different numbers. Find out which errs."
        raise RuntimeError(msg)
    for name, run in runs.items():
        said = f"journeys, {name}, {size}: CPU s of"
        for rule, seconds in run.found["rules"].items():
            yield Bar(bar=f"{said} {rule}", value=seconds)
        goal = "<= 6" if name == "compiled" and not quick else None
        total = round(sum(run.found["rules"].values()), 1)
        yield Bar(bar=f"{said} all rules", value=total, goal=goal)
        yield Bar(bar=f"{said} evidence and money too", value=run.found["whole"])


def _events(customers: int, kind: str) -> Path:
    file = BUILD / "bench" / f"events_{customers}_{kind}.parquet"
    if not file.exists():
        compete("make_events.py", file, customers, SEED, kind)
    return file


def _store(customers: int) -> Path:
    folder = BUILD / "bench" / f"store_{customers}"
    if not (folder / "manifest.json").exists():
        compete("make_store.py", folder, customers, SEED)
    return folder


def _check_alike(ours: Run, peer: Run) -> None:
    for count, seen in peer.found.items():
        if ours.found[count] != seen:
            msg = (
                f"{count}: ours {ours.found[count]}, pm4py {seen}. Find out which errs."
            )
            raise RuntimeError(msg)
