"""Draw at random so that the same seed gives the same place on every run.

Every stream is named by a key: the number of a chunk of customers and the part of
the place that is drawn. Only uniform, normal and binomial draws are used, and all
else is made from them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Bools", "Floats", "Ints", "coded", "numbered", "pick", "stream", "within"]

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]


def stream(seed: int, *key: int) -> np.random.Generator:
    """Return the generator of one part of one chunk."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def pick(rng: np.random.Generator, size: int, weights: Sequence[float]) -> Ints:
    """Return `size` positions in `weights`, each as likely as its weight."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    return np.minimum(drawn, len(edges) - 1).astype(np.int64)


def within(rng: np.random.Generator, low: Ints | int, high: Ints | int) -> Ints:
    """Return whole numbers between `low` and `high`, ends included.

    At least one of the two is an array; the result has its length.
    """
    low, high = np.broadcast_arrays(low, high)
    drawn = low + np.floor(rng.random(low.size) * (high - low + 1))
    return drawn.astype(np.int64)


def coded(codes: npt.NDArray[Any], names: Sequence[str]) -> pa.Array:
    """Return the name of each code; a code below zero is missing."""
    return pa.array(names, pa.string()).take(pa.array(codes, mask=codes < 0))


def numbered(prefix: str, numbers: Ints, width: int) -> pa.Array:
    """Return `prefix` and the number, padded with zeros to `width` digits."""
    digits = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "")
