"""Make the small areas of Exampleton: their shapes, people and planted types.

Exampleton lies in the North Sea, where no one lives. Its areas are Voronoi cells,
smaller towards the middle, cut off at a wavy coast. Each belongs to one of five
planted types, which lie in patches, so that a map of them has neighbourhoods. The
census-like counts are drawn from the rates of the type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from example_draws import Floats, Ints, numbered, pick, stream

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TYPES", "Areas", "make_areas"]

TYPES = (
    "Thriving families",
    "Older owners",
    "Students and sharers",
    "Getting by",
    "Under strain",
)
SHARE_OF_AREAS = (0.24, 0.20, 0.14, 0.24, 0.18)
HOUSEHOLD_SIZE = np.array([2.7, 1.9, 2.6, 2.3, 2.5])
CONTACT = np.array([0.6, 1.1, 0.6, 1.1, 1.7])  # how likely a person is a customer
LARGEST_AREA = 300  # customers in an area, on average
FEWEST_AREAS = 80
PEOPLE_PER_CUSTOMER = 6
STRAYS = 0.05  # areas whose type is not that of the patch around them
NOISE = 0.38  # spread of the logarithm of the odds of every rate
CENTRE = (650_000.0, 480_000.0)  # metres, EPSG:27700: open sea
CRS = "EPSG:27700"
STREAM = 1_000_000

# What each count is a share of, and its rate in each type.
RATES = {
    "age_0_15": ("population", (0.26, 0.11, 0.06, 0.20, 0.28)),
    "age_65_plus": ("population", (0.11, 0.36, 0.06, 0.15, 0.10)),
    "unemployed": ("population", (0.02, 0.02, 0.04, 0.06, 0.13)),
    "students": ("population", (0.04, 0.02, 0.40, 0.05, 0.05)),
    "limited_illness": ("population", (0.09, 0.28, 0.08, 0.18, 0.26)),
    "degree": ("population", (0.38, 0.18, 0.44, 0.13, 0.07)),
    "no_car": ("households", (0.07, 0.21, 0.46, 0.27, 0.54)),
    "lone_parent": ("households", (0.04, 0.02, 0.02, 0.10, 0.23)),
    "overcrowded": ("households", (0.02, 0.01, 0.12, 0.05, 0.15)),
}
OWNED = (0.86, 0.83, 0.22, 0.60, 0.23)
SOCIAL_OF_THE_REST = (0.35, 0.50, 0.13, 0.50, 0.74)


@dataclass(frozen=True)
class Areas:
    """The areas as they are written, and what the other parts draw from."""

    frame: gpd.GeoDataFrame
    type_of: Ints  # position in TYPES of each area
    contact: Floats  # weight of each area when a customer's home is drawn
    population: int


def make_areas(customers: int, seed: int) -> Areas:
    """Return about one area for 300 customers, and never fewer than 80."""
    rng = stream(seed, STREAM)
    count = max(FEWEST_AREAS, round(customers / LARGEST_AREA))
    shapes = _cells(rng, count)
    type_of = _patches(rng, shapes)
    mean = PEOPLE_PER_CUSTOMER * customers / count
    population = np.maximum(
        20, np.round(mean * np.exp(0.2 * rng.standard_normal(count) - 0.02))
    )
    households = np.maximum(8, np.round(population / HOUSEHOLD_SIZE[type_of]))
    frame = gpd.GeoDataFrame(
        {
            "area_code": numbered("X", np.arange(1, count + 1), 8).to_pandas(),
            "population": population.astype(np.int64),
            "households": households.astype(np.int64),
            **_counts(rng, type_of, population, households),
            "planted_type": pd.Series(TYPES).iloc[type_of].to_numpy(),
        },
        geometry=shapes,
        crs=CRS,
    )
    contact = population * CONTACT[type_of]
    return Areas(frame, type_of, contact, int(population.sum()))


def _cells(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return `count` cells that fill the place without gap or overlap."""
    reach = float(np.sqrt(count * 3e5 / np.pi))  # 0.3 square kilometres each
    turn = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    waves, phase = (2, 3, 5, 7), rng.random(4) * 2 * np.pi
    coast = 1 + sum(
        0.11 / wave**0.5 * np.sin(wave * turn + start)
        for wave, start in zip(waves, phase, strict=True)
    )
    shape = shapely.Polygon(
        np.column_stack(
            [
                CENTRE[0] + reach * coast * np.cos(turn),
                CENTRE[1] + reach * coast * np.sin(turn),
            ]
        )
    )
    angle, far = rng.random(count) * 2 * np.pi, rng.random(count) ** 0.6
    out = reach * far * np.interp(angle, turn, coast, period=2 * np.pi) * 0.99
    sites = np.column_stack(
        [CENTRE[0] + out * np.cos(angle), CENTRE[1] + out * np.sin(angle)]
    )
    for _ in range(2):  # Lloyd's step evens out the cells
        sites = shapely.get_coordinates(shapely.centroid(_voronoi(sites, shape)))
    return shapely.transform(_voronoi(sites, shape), lambda xy: np.round(xy, 2))


def _voronoi(sites: Floats, shape: shapely.Polygon) -> np.ndarray:
    """Return the cell of each site, in the order of the sites, cut to `shape`."""
    points = shapely.points(sites)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(points), extend_to=shape)
    )
    site, cell = shapely.STRtree(cells).query(points, predicate="intersects")
    ordered = cells[cell[np.argsort(site, kind="stable")]]
    shapely.prepare(shape)
    crossing = ~shapely.contains(shape, ordered)
    ordered[crossing] = shapely.intersection(ordered[crossing], shape)
    return ordered


def _patches(rng: np.random.Generator, shapes: np.ndarray) -> Ints:
    """Return a type for each cell: that of the nearest patch, with a few strays."""
    count = len(shapes)
    centres = shapely.centroid(shapes)
    seeds = rng.permutation(count)[: max(15, count // 9)]
    given = np.searchsorted(
        np.cumsum(SHARE_OF_AREAS), (np.arange(len(seeds)) + 0.5) / len(seeds)
    )
    nearest = shapely.STRtree(centres[seeds]).nearest(centres)
    stray = rng.random(count) < STRAYS
    drawn = pick(rng, count, SHARE_OF_AREAS)
    return np.where(stray, drawn, rng.permutation(given)[nearest]).astype(np.int64)


def _counts(
    rng: np.random.Generator, type_of: Ints, population: Floats, households: Floats
) -> dict[str, Ints]:
    """Return census-like counts; tenures never exceed the households."""

    def some(whole: Floats | Ints, rates: Sequence[float]) -> Ints:
        rate = np.asarray(rates)[type_of]
        odds = rate / (1 - rate) * np.exp(NOISE * rng.standard_normal(len(type_of)))
        return rng.binomial(whole.astype(np.int64), odds / (1 + odds)).astype(np.int64)

    bases = {"population": population, "households": households}
    counts = {name: some(bases[base], rates) for name, (base, rates) in RATES.items()}
    counts["owned"] = some(households, OWNED)
    rest = households - counts["owned"]
    counts["social_rented"] = some(rest, SOCIAL_OF_THE_REST)
    counts["private_rented"] = (rest - counts["social_rented"]).astype(np.int64)
    return counts
