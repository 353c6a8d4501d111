"""Count the different paths of customers, as strings of codes that are numbered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from journeys.compiled.interning import Interner

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Paths"]

WIDTH: Final = np.dtype(np.uint16).itemsize


class Paths:
    """Different paths and how many customers took each."""

    def __init__(self) -> None:
        self._known = Interner()
        self._customers = np.zeros(0, np.int64)

    def add(self, path: NDArray[np.uint16], starts: NDArray[np.int64]) -> None:
        """Count the paths of some customers; `starts` says where each begins."""
        steps = path.view(np.uint8)
        steps.flags.writeable = False  # as text from a file is: one machine code
        taken = self._known.codes(steps, starts * WIDTH)
        if self._known.size > len(self._customers):
            longer = np.zeros(2 * self._known.size, np.int64)
            longer[: len(self._customers)] = self._customers
            self._customers = longer
        np.add.at(self._customers, taken.astype(np.intp), 1)  # quick for these only

    @property
    def different(self) -> int:
        """How many different paths there are."""
        return self._known.size

    def commonest(
        self, most: int, rank: NDArray[np.int64]
    ) -> tuple[list[list[int]], list[int]]:
        """Return the paths that most customers took, and how many took each.

        Parameters
        ----------
        most
            How many paths.
        rank
            Code of an activity -> its place in the order of names, by which equals
            are put in order.
        """
        many = min(most, self.different)
        if not many:
            return [], []
        counts = self._customers[: self.different]
        # How many paths were taken by so many customers or more, from the most.
        at_least = np.cumsum(np.bincount(counts)[::-1])[::-1]
        least = np.flatnonzero(at_least >= many)[-1]
        taken = [
            (-int(counts[path]), rank[self._known.sequence(path)].tolist())
            for path in np.flatnonzero(counts >= least).tolist()
        ]
        taken = sorted(taken)[:many]
        return [path for _, path in taken], [-customers for customers, _ in taken]
