"""Make what is known of need and of access: outcomes, a survey, sites and travel.

Bad health and house fires follow the planted type of an area, and both are raised
in one planted patch, so that there is a hotspot to find; areas of the same types
outside the patch look like it without being it. Satisfaction falls with having no
car. Travel is at walking pace along straight lines, with some detours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from example_areas import RATES, TYPES
from example_draws import Floats, Ints, stream

if TYPE_CHECKING:
    import geopandas as gpd
    from example_areas import Areas

__all__ = ["make_nation", "make_outcomes", "make_sites", "make_travel"]

STREAM = 1_000_003
BAD_HEALTH = (0.03, 0.10, 0.03, 0.07, 0.12)  # of residents, by type of area
HOME_FIRES = (0.010, 0.016, 0.030, 0.030, 0.055)  # of households
PATCH = 0.10  # share of areas in the planted hotspot
RAISED = 2.2  # odds there, against elsewhere
ASKED = 0.3  # share of residents that the survey reached
LABELS = {
    "age_0_15": "Aged 0 to 15",
    "age_65_plus": "Aged 65 and over",
    "unemployed": "Unemployed",
    "students": "Students",
    "limited_illness": "Limiting illness",
    "degree": "Degree",
    "no_car": "No car",
    "lone_parent": "Lone parent",
    "overcrowded": "Overcrowded",
}
NATION = {"population": 50_000_000, "households": 21_000_000}  # an invented nation
SHARE_OF_NATION = (0.30, 0.24, 0.06, 0.28, 0.12)
OPEN, POSSIBLE = 3, 6
PACE = 75.0  # metres a minute


def make_outcomes(areas: Areas, seed: int) -> dict[str, Ints]:
    """Return counts a year by area, and which areas the planted hotspot holds."""
    rng = stream(seed, STREAM, 0)
    frame, type_of = areas.frame, areas.type_of
    hot = _patch(frame, type_of)
    odds_ratio = np.where(hot, RAISED, 1.0)

    def some(whole: Ints, rates: tuple[float, ...]) -> Ints:
        rate = np.asarray(rates)[type_of]
        odds = rate / (1 - rate) * odds_ratio
        odds = odds * np.exp(0.15 * rng.standard_normal(len(type_of)))
        return rng.binomial(whole, odds / (1 + odds)).astype(np.int64)

    residents, homes = (frame[name].to_numpy() for name in ("population", "households"))
    asked = rng.binomial(residents, ASKED)
    content = 0.85 - 0.45 * frame["no_car"].to_numpy() / homes
    return {
        "bad_health": some(residents, BAD_HEALTH),
        "home_fires": some(homes, HOME_FIRES),
        "survey_asked": asked.astype(np.int64),
        "survey_satisfied": rng.binomial(asked, content).astype(np.int64),
        "planted_hotspot": hot.astype(np.int64),
    }


def _patch(frame: gpd.GeoDataFrame, type_of: Ints) -> np.ndarray:
    """Return which areas lie nearest the first one under strain."""
    centres = shapely.get_coordinates(shapely.centroid(frame.geometry.to_numpy()))
    strained = np.flatnonzero(type_of == len(TYPES) - 1)
    away = np.hypot(*(centres - centres[strained[0] if len(strained) else 0]).T)
    hot = np.zeros(len(frame), dtype=np.bool_)
    hot[np.argsort(away, kind="stable")[: max(5, round(PATCH * len(frame)))]] = True
    return hot


def make_nation() -> pd.DataFrame:
    """Return national counts and bases: the planted rates, in national shares."""
    rows = [
        (LABELS[name], round(NATION[base] * np.dot(rates, SHARE_OF_NATION)), base)
        for name, (base, rates) in RATES.items()
    ]
    return pd.DataFrame(
        [(label, int(count), NATION[base]) for label, count, base in rows],
        columns=["variable", "count", "base"],
    )


def make_sites(areas: Areas, seed: int) -> pd.DataFrame:
    """Return sites that are open, in the south, and others that could be."""
    rng = stream(seed, STREAM, 1)
    middle = shapely.centroid(areas.frame.geometry.to_numpy())
    south = np.argsort(shapely.get_y(middle), kind="stable")
    half = len(south) // 2
    chosen = np.concatenate(
        [
            rng.permutation(south[:half])[:OPEN],
            rng.permutation(south[half:])[:POSSIBLE],
        ]
    )
    status = ["open"] * OPEN + ["possible"] * POSSIBLE
    return pd.DataFrame(
        {
            "site_id": [f"S{number}" for number in range(1, len(chosen) + 1)],
            "area_code": areas.frame["area_code"].to_numpy()[chosen],
            "name": [f"Access point {number}" for number in range(1, len(chosen) + 1)],
            "status": status,
        }
    )


def make_travel(areas: Areas, sites: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the minutes on foot from every area to every site."""
    rng = stream(seed, STREAM, 2)
    codes = areas.frame["area_code"].to_numpy()
    where = shapely.get_coordinates(shapely.centroid(areas.frame.geometry.to_numpy()))
    at = where[pd.Index(codes).get_indexer(sites["area_code"])]
    metres: Floats = np.hypot(
        where[:, 0, None] - at[None, :, 0], where[:, 1, None] - at[None, :, 1]
    )
    minutes = 2 + metres / PACE * rng.uniform(1.1, 1.5, metres.shape)
    return pd.DataFrame(
        {
            "area_code": np.repeat(codes, len(sites)),
            "site_id": np.tile(sites["site_id"].to_numpy(), len(codes)),
            "minutes": np.round(minutes, 1).ravel(),
        }
    )
