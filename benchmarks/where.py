"""Hotspots and siting beside esda, no correction, and one site at a time."""

from __future__ import annotations

import time
import warnings
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from esda import Moran_Local
from shapely import box

from benchmarks.bars import Bar
from benchmarks.contenders import BUILD
from segmentation.where.hotspots import hotspots
from segmentation.where.neighbours import neighbours
from segmentation.where.siting import choose_sites
from segmentation.where.travel import Reach, straight_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segmentation.where.hotspots import Hotspots

__all__ = ["measure"]

FIXTURES: Final = BUILD.parents[1] / "shared" / "fixtures" / "segmentation"
WIDE: Final = 20
PLACES: Final = {False: 200, True: 40}
SITES: Final = {False: 30, True: 12}


def measure(*, quick: bool) -> Iterator[Bar]:
    """Yield false hotspots on noise, seconds on Leicester, and sites against greedy.

    Parameters
    ----------
    quick
        Fewer places of noise, and fewer possible sites.
    """
    yield from _noise(PLACES[quick])
    areas = _leicester()
    yield from _seconds(areas)
    yield from _sites(areas, SITES[quick])


def _noise(places: int) -> Iterator[Bar]:
    """Count places in which some area is named though only chance is at work."""
    squares = [box(x, y, x + 1, y + 1) for y in range(WIDE) for x in range(WIDE)]
    codes = [f"E{n:03}" for n in range(WIDE * WIDE)]
    areas = gpd.GeoDataFrame({"area_code": codes}, geometry=squares, crs="EPSG:27700")
    near = neighbours(areas, gap=0)
    ours = uncorrected = 0
    for seed in range(places):
        random = np.random.default_rng(seed)
        areas["people"] = random.integers(100, 400, len(areas))
        areas["ill"] = random.binomial(areas["people"], 0.1)
        table = hotspots(areas, {"ill": "ill / people"}, near, permutations=9_999).table
        ours += bool(table["class"].isin(["hot", "cold"]).any())
        uncorrected += bool((table["p"] < 0.05).any())  # noqa: PLR2004 - the usual level
    yield Bar(
        bar=f"where: share of {places} places of noise with an area named; peer is "
        "p < 0.05 without correction",
        value=ours / places,
        peer=uncorrected / places,
        goal="<= 0.1",
    )


def _leicester() -> gpd.GeoDataFrame:
    drawn = gpd.read_parquet(FIXTURES / "boundaries/leicester_oa11.parquet")
    counted = pd.read_parquet(
        FIXTURES / "oac2011/leicester_oa11_167vars_with_oac2011.parquet",
        columns=["OA11CD", "Total_Population", "Total_Population_16_and_over", "u115"],
    )
    drawn = drawn.rename(columns={"oa_code": "area_code"})[["area_code", "geometry"]]
    return drawn.merge(counted, left_on="area_code", right_on="OA11CD")


def _seconds(areas: gpd.GeoDataFrame) -> Iterator[Bar]:
    near = neighbours(areas)
    outcome = {"no qualifications": "u115 / Total_Population_16_and_over"}
    begun = time.perf_counter()
    found: Hotspots = hotspots(areas, outcome, near)
    ours = time.perf_counter() - begun
    graph = near.graph(found.table.index)
    begun = time.perf_counter()
    with warnings.catch_warnings():  # esda says that its default will change
        warnings.simplefilter("ignore")
        Moran_Local(found.table["rate"].to_numpy(), graph, permutations=999, seed=0)
    esda = time.perf_counter() - begun
    yield Bar(
        bar=f"where: s for Gi* and local Moran of {len(found.table)} areas, "
        f"{found.permutations:,} permutations each; peer is esda's local Moran, 999",
        value=round(ours, 2),
        peer=round(esda, 2),
    )
    yield Bar(bar="where: hot areas of Leicester", value=float(found.hot.sum()))


def _sites(areas: gpd.GeoDataFrame, possible: int) -> Iterator[Bar]:
    codes = areas["area_code"].sort_values()
    chosen = codes.sample(possible + 2, random_state=0).to_numpy()
    sites = pd.DataFrame({"site_id": chosen, "area_code": chosen})
    sites["status"] = ["open"] * 2 + ["possible"] * possible
    residents = areas.set_index("area_code")["Total_Population"]
    begun = time.perf_counter()
    found = choose_sites(
        residents,
        straight_lines(areas, sites),
        sites,
        Reach(within=1500),
        new=3,
        aim="distance",
    )
    took = time.perf_counter() - begun
    yield Bar(
        bar=f"where: mean metres to a site, 3 of {possible} opened, proved best: "
        f"{found.optimal}, in {took:.1f} s; peer is one site at a time",
        value=round(found.after, 1),
        peer=round(found.greedy_after, 1),
        goal=f"<= {found.greedy_after:.1f}",
    )
