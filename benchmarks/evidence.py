"""Evidence: size, power, coverage and time of the tests, beside earlier simulations."""

from __future__ import annotations

import csv
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import spearmanr

from benchmarks.bars import Bar
from insight.evidence import (
    bootstrap_interval,
    exact_permutation_p,
    points_of,
    rho_interval,
    sampled_permutation_p,
    score_test,
    spearman_rho,
)
from insight.evidence.power import Tested, permutation_rejects

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["measure"]

FIXTURES: Final = Path(__file__).parents[2] / "shared" / "fixtures" / "evidence"
AREAS: Final = np.array([1, 1, 3, 1, 3, 1, 1, 2, 1, 2, 11, 3, 1], dtype=float)
LEVEL: Final = [1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4]
COUNT: Final = [1, 2, 3, 0, 1, 1, 2, 0, 0, 1, 1, 0, 0]
COLUMNS: Final[dict[str, Tested]] = {"Spearman_perm": "spearman", "Score_perm": "score"}


def measure(*, quick: bool = False) -> Iterator[Bar]:
    """Yield each bar."""
    yield from _times()
    runs = 1000 if quick else 4000
    for row in _rows("power_sim.csv"):
        if row["n"] != "13" or (quick and row["rate"] != "0.6"):
            continue
        yield from _power(row, runs)
    for row in _rows("ci_coverage_sim.csv"):
        if row["n"] == "13":
            yield from _coverage(row, 300 if quick else 2000)


def _rows(name: str) -> list[dict[str, str]]:
    if not (FIXTURES / name).is_file():
        return []
    with (FIXTURES / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _times() -> Iterator[Bar]:
    untied = [4, 1, 3, 2, 7, 9, 5, 6, 8, 13, 10, 12, 11]
    for statistic in ("tau-b", "spearman", "gamma"):
        for name, x, y in (("tied", LEVEL, COUNT), ("untied", range(13), untied)):
            began = process_time()
            exact_permutation_p(x, y, statistic=statistic)
            yield Bar(
                bar=f"CPU seconds, exact {statistic} at 13 places, {name}",
                value=round(process_time() - began, 4),
                goal="<= 1",
            )
    began = process_time()
    score_test(points_of(LEVEL, COUNT, AREAS.tolist()))
    yield Bar(
        bar="CPU seconds, exact score test at 13 places",
        value=round(process_time() - began, 4),
        goal="<= 1",
    )
    rng = np.random.default_rng(152)
    score = rng.integers(1, 5, 152)
    began = process_time()
    drawn = sampled_permutation_p(score.tolist(), rng.poisson(0.6, 152).tolist())
    yield Bar(
        bar=f"CPU seconds, 152 areas by {drawn.draws} draws (standard error "
        f"{drawn.error:.4f})",
        value=round(process_time() - began, 3),
        goal="<= 5",
    )


def _power(row: dict[str, str], runs: int) -> Iterator[Bar]:
    """Yield the share rejected: a size held to 5 %, a power beside its peer."""
    rate, ratio, scatter = (float(row[name]) for name in ("rate", "RR", "nb_alpha"))
    rng = np.random.default_rng(13)
    score = np.array(LEVEL, dtype=float)
    areas = rng.permuted(np.tile(AREAS, (runs, 1)), axis=1)
    noise = rng.gamma(1 / scatter, scatter, areas.shape) if scatter else 1.0
    counts = rng.poisson(rate * areas * ratio ** (score - score.mean()) * noise).astype(
        float
    )
    peers = {name: float(row[column]) for column, name in COLUMNS.items()}
    for test in ("tau-b", "spearman", "score"):
        share = float(permutation_rejects(score, counts, areas, test=test).mean())
        # three standard errors of simulation beyond 5 %
        most = 0.05 + 3 * (0.05 * 0.95 / runs) ** 0.5
        yield Bar(
            bar=f"share rejected, {test}, rate {rate}, ratio {ratio}, scatter "
            f"{scatter}",
            value=round(share, 3),
            peer=peers.get(test),
            goal=f"<= {most:.3f}" if ratio == 1 else None,
        )


def _coverage(row: dict[str, str], runs: int) -> Iterator[Bar]:
    """Yield how often intervals of rho hold the true one, with 4 levels against counts.

    The true rho is that of 200,000 pairs drawn from the same law.
    """
    r = float(row["latent_r"])
    rng = np.random.default_rng(13)
    truth = float(spearmanr(*_tied(rng, r, 200_000)).statistic)
    held = {"bw": 0, "bca": 0, "perc": 0}
    done = 0
    while done < runs:
        x, y = _tied(rng, r, 13)
        if np.ptp(x) == 0 or np.ptp(y) == 0:
            continue
        done += 1
        rho = spearman_rho(x.tolist(), y.tolist())
        found = {"bw": rho_interval(rho, 13)}
        for name, kind in (("bca", "bca"), ("perc", "percentile")):
            found[name] = bootstrap_interval(
                x.tolist(),
                y.tolist(),
                statistic="spearman",
                kind="bca" if kind == "bca" else "percentile",
                resamples=1000,
                random_state=done,
            ).interval
        for name, interval in found.items():
            held[name] += bool(interval and interval[0] <= truth <= interval[1])
    for name, times in held.items():
        yield Bar(
            bar=f"coverage of {name}, 13 places, latent correlation {r}",
            value=round(times / runs, 3),
            peer=float(row[f"cover_{name}"]),
            goal=None if name == "perc" else ">= 0.93",
        )


def _tied(rng: np.random.Generator, r: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw normal pairs cut into four levels and into counts of a Poisson shape."""
    first = rng.standard_normal(n)
    second = r * first + (1 - r**2) ** 0.5 * rng.standard_normal(n)
    return np.digitize(first, [-0.67, 0, 0.67]), np.digitize(
        second, [-0.5, 0.3, 1, 1.6]
    )
