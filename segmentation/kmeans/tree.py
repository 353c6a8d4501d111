"""Growing a tree of segments: each one is parted on its own, from the top down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from segmentation.errors import SegmentError
from segmentation.kmeans.allotment import allot, check_given, within_by_children
from segmentation.kmeans.lloyd import settle_fast
from segmentation.kmeans.numbering import child_code, largest_first
from segmentation.kmeans.row_order import distinct_rows
from segmentation.kmeans.search import Effort, Found, search, whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from segmentation.kmeans.grid import Grid

__all__ = ["Branch", "SegmentNode", "Tree", "grow", "parted", "spread"]


@dataclass(frozen=True, kw_only=True, eq=False)
class SegmentNode:
    """One segment of a tree.

    Parameters
    ----------
    code
        Such as "3b"; "" is the root, which holds all rows.
    n
        How many rows it has.
    centre_steps, centre
        Mean of its rows in whole steps of the grid, and on the scale of the features.
    inertia
        Sum of squared distances of its rows to the centre.
    children
        Codes of the segments it is parted into, the largest first; none at the bottom.
    starts, hits
        How many starts were tried to part it, and how many led to the best; see
        :class:`segmentation.CustomerSegments`. 0 at the bottom, and where there is
        one child.
    """

    code: str
    n: int
    centre_steps: NDArray[np.float64]
    centre: NDArray[np.float64]
    inertia: float
    children: tuple[str, ...] = ()
    starts: int = 0
    hits: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Branch:
    """The rows of a segment, in an order of their own, and where they were given."""

    code: str
    rows: NDArray[np.float64]
    at: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Tree:
    """A grown tree: its nodes level by level, and the codes of the rows."""

    nodes: dict[str, SegmentNode]
    codes: NDArray[np.str_]


def grow(
    root: Branch,
    levels: Sequence[int | Sequence[int]],
    grid: Grid,
    effort: Effort,
    seed: int,
    run: Callable[..., Iterable[Any]] = map,
) -> Tree:
    """Part rows into segments, those into smaller ones, and so on.

    Parameters
    ----------
    root
        All rows in whole steps, in the order of
        :func:`segmentation.kmeans.row_order.row_order`.
    levels
        For each level how many segments it has in all, or how many children each
        segment of the level above has.
    grid
        The grid of the steps.
    effort
        When to stop trying new starts.
    seed
        Decides the starts.
    run
        Applies a function to each of several things: `map`, or that of a pool of
        threads.

    Raises
    ------
    SegmentError
        If a level has too few or too many segments, or a segment fewer different
        rows than children.
    """
    if len(levels) == 0:
        msg = (
            "there are no levels. Give a number of segments for each, such as (8, 21)."
        )
        raise SegmentError(msg)
    nodes = _nodes([""], Found(settle_fast(root.rows, root.rows[:1]), 0, 0), grid)
    branches, codes = [root], []
    for asked in levels:
        children = _children(asked, branches, seed, run)
        # the root is parted by all threads together, later segments by one each
        outer, inner = (map, run) if len(branches) == 1 else (run, map)
        part = partial(_part, effort=effort, seed=seed, run=inner)
        below: list[Branch] = []
        for branch, found in zip(
            branches, outer(part, branches, children), strict=True
        ):
            own = [child_code(branch.code, n) for n in range(len(found.settled.counts))]
            nodes[branch.code] = replace(
                nodes[branch.code],
                children=tuple(own),
                starts=found.starts,
                hits=found.hits,
            )
            nodes.update(_nodes(own, found, grid))
            below += parted(branch, own, found.settled.labels)
        branches = below
        codes.append(spread(branches, len(root.rows)))
    return Tree(nodes=nodes, codes=np.column_stack(codes))


def parted(
    branch: Branch, codes: Sequence[str], labels: NDArray[np.int64]
) -> list[Branch]:
    """Return the branches that a branch falls into, one a code."""
    masks = [labels == number for number in range(len(codes))]
    return [
        Branch(code=code, rows=branch.rows[mask], at=branch.at[mask])
        for code, mask in zip(codes, masks, strict=True)
    ]


def spread(branches: Sequence[Branch], n: int) -> NDArray[np.str_]:
    """Return the code of each of `n` rows, in the order in which they were given."""
    longest = max(len(branch.code) for branch in branches)
    codes = np.empty(n, dtype=f"<U{longest}")
    for branch in branches:
        codes[branch.at] = branch.code
    return codes


def _nodes(codes: Sequence[str], found: Found, grid: Grid) -> dict[str, SegmentNode]:
    settled = found.settled
    return {
        code: SegmentNode(
            code=code,
            n=int(settled.counts[number]),
            centre_steps=settled.centres[number],
            centre=grid.values(settled.centres[number]),
            inertia=settled.inertias[number] * grid.step**2,
        )
        for number, code in enumerate(codes)
    }


def _children(
    asked: int | Sequence[int],
    branches: Sequence[Branch],
    seed: int,
    run: Callable[..., Iterable[Any]],
) -> list[int]:
    if isinstance(asked, Sequence | np.ndarray) and not isinstance(asked, str):
        return check_given(asked, [branch.code for branch in branches])
    whole_number("a level's number of segments", asked)
    if len(branches) == 1:
        return [asked]
    estimate = partial(_within_by_children, seed=seed)
    return allot(asked, list(run(estimate, branches)))


def _within_by_children(branch: Branch, seed: int) -> list[float]:
    return within_by_children(branch.rows, (seed, *branch.code.encode()))


def _part(
    branch: Branch,
    k: int,
    *,
    effort: Effort,
    seed: int,
    run: Callable[..., Iterable[Any]],
) -> Found:
    rows = branch.rows
    if k == 1:
        return Found(settle_fast(rows, rows[:1]), 0, 0)
    different = distinct_rows(rows, enough=k)
    if different < k:
        name = f" of segment {branch.code!r}" if branch.code else ""
        msg = (
            f"{k} segments were asked of {len(rows)} rows{name}, of which "
            f"{different} differ. Ask for fewer segments."
        )
        raise SegmentError(msg)
    place = (seed, *branch.code.encode())
    found = search(rows, k, effort=effort, seed=place, run=run)
    return found._replace(settled=largest_first(rows, found.settled))
