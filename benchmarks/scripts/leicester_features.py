"""Write what both contenders cluster: `leicester_features.py FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd

from place.areas import read_areas
from place.config import read_place
from segmentation import feature_pipeline, rates

root = Path(__file__).parents[2]
place = read_place(root / "tests" / "places" / "leicester")
areas, _ = read_areas(place.tables["areas"])
pipeline = feature_pipeline(
    transform=place.segments.transform, scale=place.segments.scale
)
features = pipeline.fit_transform(rates(areas, place.segments.variables))
features.columns = [f"f{at:02}" for at in range(features.shape[1])]
target = Path(sys.argv[1])
target.parent.mkdir(parents=True, exist_ok=True)
pd.DataFrame(features).assign(official=areas["supgrpname"]).to_parquet(target)
print(json.dumps({"areas": len(features), "variables": features.shape[1]}))
