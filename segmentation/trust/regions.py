"""Regions: areas that are alike and lie together, each region in one piece.

Segments say what kind of area this is, wherever it lies; regions are for teams that
must cover ground that hangs together. What that costs in likeness is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from segmentation.errors import SegmentError, few
from segmentation.kmeans.segments import CustomerSegments
from segmentation.trust.resampling import fitted, in_order
from segmentation.where.neighbours import located, neighbours

if TYPE_CHECKING:
    import geopandas as gpd

    from segmentation.trust.resampling import Labels, Rows

__all__ = ["Regions", "contiguous_regions"]

STARTS = 50


@dataclass(frozen=True, kw_only=True)
class Regions:
    """Areas in regions, with what it cost to keep each in one piece.

    Parameters
    ----------
    regions
        Area code -> "1" (most areas) to "n"; of two of one size, the one that holds
        the first area code comes first.
    sizes
        One row a region: `region`, `areas`, `within` (sum of squares inside it).
    links
        One row for each part that touches no other: `area` and `to`, which are taken
        as neighbours, and the `metres` between them.
    left_out
        Areas without features, which are in no region.
    explained
        Share of the total sum of squares that regions explain, 0 to 1.
    explained_free
        The same for as many segments that may lie anywhere.
    gap
        Metres that may lie between areas that touch.
    """

    regions: pd.Series[str]
    sizes: pd.DataFrame
    links: pd.DataFrame
    left_out: tuple[str, ...]
    explained: float
    explained_free: float
    gap: float

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        said = (
            f"{len(self.sizes)} regions of {len(self.regions):,} areas, each in one "
            f"piece, explain {100 * self.explained:.1f} % of what sets the areas "
            f"apart; as many segments that may lie anywhere explain "
            f"{100 * self.explained_free:.1f} %. The smallest region has "
            f"{self.sizes['areas'].min():,} areas and the largest "
            f"{self.sizes['areas'].max():,}."
        )
        if len(self.links):
            said += (
                f" {len(self.links):,} parts that touch no other were joined to the "
                f"nearest area, at most {self.links['metres'].max():,.0f} m away."
            )
        if self.left_out:
            said += (
                f" {len(self.left_out):,} areas without features are in no region: "
                f"{few(self.left_out)}."
            )
        return said


def contiguous_regions(
    areas: gpd.GeoDataFrame,
    features: pd.DataFrame,
    n_regions: int,
    *,
    gap: float = 1.0,
    seed: int = 0,
) -> Regions:
    """Group areas into regions that are alike inside and each in one piece.

    Parameters
    ----------
    areas
        One row an area, with `area_code` as a column or as the index, and boundaries
        in a projected coordinate system. Left as it is.
    features
        One row an area, indexed by its code, scaled. Areas that it lacks are left
        out, and listed.
    n_regions
        How many regions; that many are made.
    gap
        Metres that may lie between areas that touch, or by which they may overlap.
    seed
        Of the free segments to compare with; the regions hang on no seed.

    Returns
    -------
    regions
        By Ward's method, merging only neighbours (spopt's WardSpatial) [1]_: unlike
        k-means under contiguity it needs no random starts, and unlike SKATER [2]_ it
        makes the number of regions asked for, and takes areas of the same features.
        Areas are neighbours where they share a side or a corner, or all but do. A
        part that touches no other (an island, or what is cut off by areas left out)
        is joined to the area nearest to it, and this is listed. The same for any
        order of the rows.

    Raises
    ------
    SegmentError
        If areas cannot be measured (see :func:`segmentation.where.neighbours.located`),
        features are not finite or name an area twice or one that `areas` lacks, or
        `n_regions` is below 2 or above the number of areas.

    References
    ----------
    .. [1] Ward, J. H. (1963). Hierarchical grouping to optimize an objective
       function. Journal of the American Statistical Association 58, 236-244.
       https://doi.org/10.1080/01621459.1963.10500845
    .. [2] Assunção, R. M., Neves, M. C., Câmara, G. and Freitas, C. (2006). Efficient
       regionalization techniques for socio-economic geographical units using minimum
       spanning trees. International Journal of Geographical Information Science 20
       (7), 797-811. https://doi.org/10.1080/13658810600665111

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> codes = pd.Index(list("ABCD"), name="area_code")
    >>> row = [box(x, 0, x + 1, 1) for x in range(4)]
    >>> areas = gpd.GeoDataFrame(geometry=row, index=codes, crs="EPSG:27700")
    >>> features = pd.DataFrame({"x": [0.0, 9.0, 1.0, 0.0]}, index=codes)
    >>> contiguous_regions(areas, features, 2, gap=0.1).regions.to_dict()
    {'A': '1', 'B': '1', 'C': '2', 'D': '2'}
    """
    from libpysal.graph import Graph  # noqa: PLC0415 - slow to import
    from spopt.region import WardSpatial  # noqa: PLC0415 - slow to import

    drawn = located(areas)
    _check(drawn, features, n_regions)
    kept = drawn[drawn.index.isin(features.index)]
    rows = features.loc[kept.index]
    pairs, links = _joined(kept, neighbours(kept, gap=gap).pairs)
    graph = Graph.from_sparse(pairs, ids=kept.index)
    columns = [f"x{number}" for number in range(rows.shape[1])]
    model = WardSpatial(
        rows.set_axis(columns, axis=1), graph.to_W(), columns, n_clusters=n_regions
    )
    model.solve()
    labels = _by_size(model.labels_)
    values = rows.to_numpy(dtype=np.float64)
    within = np.array([_squares(values[labels == each]) for each in range(n_regions)])
    total = _squares(values)
    free = CustomerSegments(n_regions, n_init=STARTS, random_state=seed)
    names = [str(number + 1) for number in range(n_regions)]
    return Regions(
        regions=pd.Series(
            [names[each] for each in labels], kept.index, name="region", dtype="str"
        ),
        sizes=pd.DataFrame(
            {"region": names, "areas": np.bincount(labels), "within": within}
        ),
        links=links,
        left_out=tuple(drawn.index.difference(kept.index).astype(str)),
        explained=1 - within.sum() / total,
        explained_free=1 - fitted(free, values[in_order(rows)]).inertia_ / total,
        gap=gap,
    )


def _check(drawn: pd.DataFrame, features: pd.DataFrame, n_regions: int) -> None:
    in_order(features)  # refuses what is missing or infinite
    twice = features.index[features.index.duplicated()].unique().tolist()
    strange = features.index.difference(drawn.index).tolist()
    if twice or strange:
        msg = (
            f"features name {len(twice)} areas twice ({few(twice) or 'none'}) and "
            f"{len(strange)} that are not in the table of areas "
            f"({few(strange) or 'none'}). Give one row an area, indexed by the "
            "area_code of that table."
        )
        raise SegmentError(msg)
    if not 2 <= n_regions <= len(features):  # noqa: PLR2004 - one region is the place
        msg = (
            f"{n_regions} regions were asked of {len(features)} areas. Ask for 2 "
            "regions or more, and not for more than there are areas."
        )
        raise SegmentError(msg)


def _joined(kept: gpd.GeoDataFrame, pairs: csr_array) -> tuple[csr_array, pd.DataFrame]:
    """Return neighbours with each part joined to the area nearest to it."""
    links = []
    metre = float(kept.crs.axis_info[0].unit_conversion_factor)
    parts, part = connected_components(pairs, directed=False)
    for _ in range(parts - 1):
        present, sizes = np.unique(part, return_counts=True)
        inside = part == present[sizes.argmin()]
        own, others = np.flatnonzero(inside), np.flatnonzero(~inside)
        (of, to), away = kept.geometry.iloc[others].sindex.nearest(
            kept.geometry.iloc[own], return_distance=True
        )
        best = np.lexsort((to, of, away))[0]
        here, there = own[of[best]], others[to[best]]
        links.append((here, there, away[best] * metre))
        part[inside] = part[there]
    found = pd.DataFrame(links, columns=["area", "to", "metres"])
    ends = found[["area", "to"]].to_numpy(dtype=np.int64).T
    more = coo_array((np.ones(len(found)), (ends[0], ends[1])), shape=pairs.shape)
    names = {name: kept.index[found[name].astype(int)] for name in ("area", "to")}
    return csr_array(pairs + more + more.T), found.assign(**names)


def _by_size(labels: Labels) -> Labels:
    """Return labels numbered from the largest, then by the first row of each."""
    _, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    rank: Labels = np.lexsort((first, -sizes)).argsort()[labels]
    return rank


def _squares(rows: Rows) -> float:
    return float(((rows - rows.mean(axis=0)) ** 2).sum())
