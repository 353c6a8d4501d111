"""Small models and tables that several tests of sharing use."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation.share.feature_specs import Feature
from segmentation.share.model import GridSteps, Segment, SharedModel

VARIABLES = {"flats": "flats / homes", "visits": "visits"}
TREE = {"1": None, "2": None, "1a": "1", "1b": "1", "2a": "2", "2b": "2"}
CENTRES = [(-8, 0), (8, 0), (-12, -4), (-4, 4), (4, -4), (12, 4)]


def feature(name: str, of: str, **facts: object) -> Feature:
    usual = {"name": name, "of": of, "transform": "none", "centre": 0.0, "spread": 1.0}
    return Feature.model_validate(usual | facts)


def tree(
    *features: Feature, parents: dict[str, str | None] | None = None
) -> SharedModel:
    """Return a model of features on a grid of steps of 1, with whole centres."""
    made = features or (
        feature("flats", "flats", centre=50.0, spread=2.5),
        feature("visits", "visits", centre=10.0),
    )
    parents = parents or TREE
    return SharedModel(
        variables=VARIABLES,
        features=made,
        grid=GridSteps(offset=(0.0,) * len(made), step=1.0),
        segments=tuple(
            segment_of(code, parent, at, made)
            for at, (code, parent) in enumerate(parents.items())
        ),
        names={code: f"name of {code}" for code in parents},
    )


def segment_of(
    code: str, parent: str | None, at: int, made: tuple[Feature, ...]
) -> Segment:
    steps = (*CENTRES[at], at % 3, -at % 4)[: len(made)]
    centre = {one.name: float(x) for one, x in zip(made, steps, strict=True)}
    return Segment(code=code, parent=parent, steps=steps, centre=centre)


def table(rows: int = 500, seed: int = 0) -> pd.DataFrame:
    """Return counts with ties, gaps, impossible shares and values far out."""
    random = np.random.default_rng(seed)
    homes = random.integers(0, 40, rows).astype(float)
    found = pd.DataFrame(
        {
            "flats": np.floor(homes * random.random(rows)),
            "homes": homes,
            "visits": random.integers(-5, 30, rows).astype(float),
        },
        index=pd.Index([f"r{at}" for at in range(rows)], name="key"),
    )
    strange = [np.nan, np.inf, -np.inf, 1e30, -1e9, 1e308, 50.0]
    for column in found:
        at = random.choice(rows, len(strange) * 3, replace=False)
        found.loc[found.index[at], column] = strange * 3
    return found
