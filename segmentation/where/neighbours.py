"""Neighbours: which areas lie beside which, and which lie alone.

Boundaries of two files, or simplified ones, seldom meet to the millimetre. So areas
are neighbours where they come within a small gap of each other, a metre unless told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from place.boundaries import undrawable
from segmentation.errors import SegmentError, few
from segmentation.features.variables import indexed_by_area

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    from libpysal.graph import Graph as Links
    from numpy.typing import NDArray

__all__ = ["Neighbours", "located", "neighbours"]

LEAST: Final = 2
Kind: TypeAlias = 'int | Literal["touching"]'


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """Which areas lie beside which.

    Parameters
    ----------
    pairs
        One row and one column an area in the order of `points`, 1 where the second
        is a neighbour of the first; never of itself.
    points
        Area code -> `x` and `y` in metres of a point inside, sorted by code.
    rule
        What makes two areas neighbours, in words.
    alone
        Areas without any neighbour.
    linked
        Areas that touch none and were given the nearest as their neighbour.
    """

    pairs: csr_array
    points: pd.DataFrame
    rule: str
    alone: tuple[str, ...]
    linked: tuple[str, ...]

    def among(self, codes: Iterable[str]) -> csr_array:
        """Return the pairs among some of the areas, in the order of `points`."""
        chosen = self.points.index.isin(list(codes))
        return csr_array(self.pairs[chosen][:, chosen])

    def graph(self, codes: Iterable[str]) -> Links:
        """Return the same as a graph of libpysal."""
        wanted = set(codes)
        kept = [code for code in self.points.index if code in wanted]
        pairs = self.among(kept).tocoo()
        lone = np.setdiff1d(np.arange(len(kept)), pairs.row)
        heads = np.concatenate([pairs.row, lone])
        tails = np.concatenate([pairs.col, lone])
        order = np.lexsort([tails, heads])
        names = np.asarray(kept, dtype=object)
        weights = np.repeat([1.0, 0.0], [pairs.nnz, len(lone)])
        from libpysal.graph import Graph  # noqa: PLC0415 - slow to import

        return Graph.from_arrays(
            names[heads[order]], names[tails[order]], weights[order]
        )

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        n = len(self.points)
        mean = self.pairs.nnz / n
        said = f"Neighbours of {n:,} areas are {self.rule}: {mean:.1f} on average."
        if self.linked:
            said += (
                f" {len(self.linked):,} that touch none are linked to the nearest area."
            )
        if self.alone:
            said += f" {len(self.alone):,} have no neighbour: {few(self.alone)}."
        return said


def located(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return areas sorted by code, once it is sure that they can be measured.

    Parameters
    ----------
    areas
        One row an area, with `area_code` as a column or as the index, and boundaries
        in a projected coordinate system. Left as it is.

    Raises
    ------
    SegmentError
        If codes are missing or double, boundaries are missing or cannot be drawn,
        or coordinates are in degrees or of no known system.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame(
    ...     {"area_code": ["B", "A"]},
    ...     geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)],
    ...     crs="EPSG:27700",
    ... )
    >>> located(areas).index.tolist()
    ['A', 'B']
    """
    drawn = indexed_by_area(areas)
    if getattr(drawn, "crs", None) is None:
        msg = (
            "areas say no coordinate system, so nothing can be measured. Set it, such "
            "as areas.set_crs('EPSG:27700') for the British National Grid."
        )
        raise SegmentError(msg)
    if not drawn.crs.is_projected:
        msg = (
            f"areas are in degrees ({drawn.crs.name}), and a degree is no distance. "
            "Project them first, such as areas.to_crs('EPSG:27700')."
        )
        raise SegmentError(msg)
    reasons = undrawable(drawn)
    if reasons:
        named = [f"{drawn.index[at]}: {why}" for at, why in reasons.items()]
        msg = (
            f"{len(reasons)} of {len(drawn)} areas cannot be placed: {few(named)}. "
            "Mend their boundaries (geometry.make_valid()), or leave these areas out "
            "and say so."
        )
        raise SegmentError(msg)
    return drawn.sort_index()


def neighbours(
    areas: gpd.GeoDataFrame,
    kind: Kind = "touching",
    *,
    gap: float = 1.0,
    link_islands: bool = False,
) -> Neighbours:
    """Find the neighbours of each area.

    Parameters
    ----------
    areas
        One row an area; see :func:`located`.
    kind
        "touching": areas that share a side or a corner (queen contiguity), or all
        but do. A number: that many nearest areas, between points inside; of two
        equally far, the one whose code comes first.
    gap
        Metres that may lie between areas that touch.
    link_islands
        Give an area that touches none the nearest area as its neighbour, and it to
        the nearest. Otherwise it is alone.

    Returns
    -------
    neighbours
        The same for any order of the rows.

    Raises
    ------
    SegmentError
        If areas cannot be measured, there are fewer than two, `gap` is negative or
        there are not more areas than nearest neighbours asked for.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> squares = [box(0, 0, 1, 1), box(1, 1, 2, 2), box(90, 0, 91, 1)]
    >>> areas = gpd.GeoDataFrame(geometry=squares, index=list("ABC"), crs=27700)
    >>> found = neighbours(areas.rename_axis("area_code"), gap=0.1)
    >>> found.pairs.toarray().astype(int).tolist(), found.alone
    ([[0, 1, 0], [1, 0, 0], [0, 0, 0]], ('C',))
    """
    drawn = located(areas)
    n = len(drawn)
    most = n - 1 if kind == "touching" else kind
    if n < LEAST or not 1 <= most < n or gap < 0:
        msg = (
            f"neighbours {kind!r} were asked of {n} areas, with gaps of {gap} m. Give "
            "two areas or more, a number from 1 to one less than them, and a gap of 0 "
            "or more."
        )
        raise SegmentError(msg)
    inside = shapely.get_coordinates(drawn.geometry.representative_point())
    points = pd.DataFrame(inside, drawn.index, columns=["x", "y"])
    if kind != "touching":
        return _found(_nearest(inside, kind), points, f"the {kind} nearest areas")
    metre = float(drawn.crs.axis_info[0].unit_conversion_factor)
    first, second = drawn.sindex.query(
        drawn.geometry, predicate="dwithin", distance=gap / metre
    )
    pairs = _pairs(first, second, n)
    lone = np.flatnonzero(np.diff(pairs.indptr) == 0)
    if link_islands and len(lone):
        closest = _nearest(inside, 1)[lone].tocoo()
        there = lone[closest.row]
        pairs = _pairs(
            np.concatenate([first, there, closest.col]),
            np.concatenate([second, closest.col, there]),
            n,
        )
    rule = f"areas that touch (gaps up to {gap:g} m)"
    linked = drawn.index[lone].tolist() if link_islands else []
    return _found(pairs, points, rule, linked)


def _pairs(first: NDArray[np.int64], second: NDArray[np.int64], n: int) -> csr_array:
    apart = first != second
    rows, columns = first[apart], second[apart]
    pairs = csr_array((np.ones(len(rows)), (rows, columns)), shape=(n, n))
    pairs.data[:] = 1.0  # a pair found twice is one pair
    pairs.sort_indices()
    return pairs


def _nearest(points: NDArray[np.float64], k: int) -> csr_array:
    """Return the k nearest others of each point, the earlier one on a tie."""
    n = len(points)
    spare = min(n, k + 9)  # as many as may lie equally far, on a regular grid
    away, found = KDTree(points).query(points, k=spare)
    own = found == np.arange(n)[:, np.newaxis]
    away = np.where(own, np.inf, np.round(away, 6))
    order = np.lexsort([found, away], axis=1)[:, :k]
    chosen = np.take_along_axis(found, order, axis=1)
    return _pairs(np.repeat(np.arange(n), k), chosen.ravel(), n)


def _found(
    pairs: csr_array, points: pd.DataFrame, rule: str, linked: Iterable[str] = ()
) -> Neighbours:
    alone = points.index[np.diff(pairs.indptr) == 0]
    return Neighbours(
        pairs=pairs,
        points=points,
        rule=rule,
        alone=tuple(map(str, alone)),
        linked=tuple(map(str, linked)),
    )
