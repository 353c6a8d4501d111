"""Duplication against planted truth: precision, recall and cost, clean and spoilt.

The log is the example generator's; what is planted in it is known. Each rule is
run as shipped, on a clean log and under each kind of noise, and beside it stands by
how much a naive count (no need, window, reset or exemption) overstates.
"""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Final

from benchmarks.bars import Bar
from benchmarks.planted import NOISES, plant, score, search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.planted import Score

__all__ = ["measure"]

CUSTOMERS: Final = {False: 50_000, True: 5_000}
SEEDS: Final = {False: (2010, 2011, 2012), True: (2010,)}


def measure(*, quick: bool) -> Iterator[Bar]:
    """Yield precision, recall and cost bias of each rule and noise, as means of logs.

    Parameters
    ----------
    quick
        One log of 5,000 customers in place of three of 50,000; goals are then not
        set, since shares of a few hundred events wander by more than the margin.
    """
    logs = [plant(CUSTOMERS[quick], seed) for seed in SEEDS[quick]]
    for noise in NOISES:
        scores: dict[str, list[Score]] = {}
        for at, planted in enumerate(logs):
            found = search(planted, noise, seed=at)
            for each in score(planted, found):
                scores.setdefault(each.rule, []).append(each)
            found.log.engine.close()
        for rule, told in scores.items():
            yield from _bars(rule, noise, told, quick=quick)


def _bars(rule: str, noise: str, told: list[Score], *, quick: bool) -> Iterator[Bar]:
    """Yield what one rule did under one noise; the bar is for 5 % of each kind."""
    goals: tuple[str | None, str | None] = (">= 0.95", ">= 0.90")
    if quick or noise.startswith(("10%", "20%")):
        goals = (None, None)
    elif noise == "clean":
        goals = (">= 0.99", ">= 0.99")
    where = f"duplication: {rule}, {noise}"
    means = {
        "precision": (fmean(each.precision for each in told), goals[0]),
        "recall": (fmean(each.recall for each in told), goals[1]),
        "cost of what is found against what was planted, less 1": (
            fmean(each.cost_bias for each in told),
            None,
        ),
    }
    for what, (value, goal) in means.items():
        yield Bar(bar=f"{where}: {what}", value=round(value, 3), goal=goal)
    if noise == "clean":
        over = fmean(each.naive for each in told)
        yield Bar(bar=f"{where}: naive count, less 1", value=round(over, 2))
