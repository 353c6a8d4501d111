"""Work shared among threads, each of which does its own matrix products.

A matrix product that itself runs in several threads sums in another order each
time, and threads that wait for one another on a busy machine cost many times what
they save. So threads share out whole pieces of work.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from threadpoolctl import (  # type: ignore[import-untyped]  # ships no types
    threadpool_limits,
)

from segmentation.kmeans.search import whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["workers"]

WORTH_SHARING: Final = 4_000


@contextmanager
def workers(
    n_threads: int | None, *, rows: int
) -> Iterator[Callable[..., Iterable[Any]]]:
    """Give a `map` that shares its work among threads, results in the order given.

    Parameters
    ----------
    n_threads
        How many; with `None`, as many as the machine has cores.
    rows
        How many rows the work is on. Below 4,000, one thread does it all: threads
        would mostly wait for one another.

    Raises
    ------
    SegmentError
        If the number is not a whole one of 1 or more.

    Examples
    --------
    >>> with workers(2, rows=5_000) as run:
    ...     list(run(abs, [-1, 2, -3]))
    [1, 2, 3]
    """
    if n_threads is not None:
        whole_number("n_threads", n_threads)
    n = 1 if rows < WORTH_SHARING else n_threads or os.cpu_count() or 1
    with threadpool_limits(limits=1), ThreadPoolExecutor(n) as pool:
        yield pool.map if n > 1 else map
