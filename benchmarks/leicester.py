"""Segments of Leicester's 969 output areas, beside geosnap's k-means.

Both cluster the same 60 features (rates, inverse hyperbolic sine, range 0 to 1) into
eight segments, with three seeds. Inertia says who finds the better segments; the
adjusted Rand index against the official classification is shown, not aimed at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.bars import Bar
from benchmarks.contenders import BUILD, compete, peer_python

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["measure"]

PEER: Final = "geosnap==0.17.0"
SEEDS: Final = (0, 1, 2)


def measure(*, quick: bool) -> Iterator[Bar]:
    """Yield inertia, agreement with the official classification, and CPU seconds.

    Parameters
    ----------
    quick
        One seed in place of three.
    """
    file = BUILD / "bench" / "leicester.parquet"
    compete("leicester_features.py", file)
    python = peer_python("geosnap", PEER)
    for seed in SEEDS[:1] if quick else SEEDS:
        ours = compete("leicester_ours.py", file, seed)
        peer = compete("leicester_geosnap.py", file, seed, python=python)
        yield Bar(
            bar=f"leicester: inertia, seed {seed}",
            value=round(ours.found["inertia"], 3),
            peer=round(peer.found["inertia"], 3),
            goal=f"<= {peer.found['inertia'] * (1 + 1e-9):.6f}",
        )
        yield Bar(
            bar=f"leicester: adjusted Rand index with OAC 2011, seed {seed}",
            value=round(ours.found["ari"], 3),
            peer=round(peer.found["ari"], 3),
        )
        yield Bar(
            bar=f"leicester: CPU s (ours 500 restarts, {ours.found['hits']} reached "
            f"the best), seed {seed}",
            value=round(ours.cpu_s, 1),
            peer=round(peer.cpu_s, 1),
        )
