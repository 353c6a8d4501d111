"""Write what all contenders cluster: `tree_features.py FIXTURES FILE`.

The 45 columns of the 188,880 output areas of England and Wales that are to be had,
as the inverse hyperbolic sine of a percentage and range 0 to 1 over the United
Kingdom, and 15 columns made up for those that are not: centre of the official
subgroup plus N(0, 0.06).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

DENSITY = "v12"  # persons per square kilometre; all others are shares x 10,000
NOISE = 0.06
SEED = 2021

fixtures, target = Path(sys.argv[1]), Path(sys.argv[2])
official = fixtures / "oac2021"
areas = pd.read_parquet(fixtures / "census2021" / "oa21_oac_inputs_45of60.parquet")
areas = areas.set_index("oa").filter(regex="^v").astype(float)
unit = pd.Series(100.0, areas.columns)
unit[DENSITY] = 1
bent = areas.div(unit).apply(np.arcsinh)
ranges = pd.read_csv(official / "oac2021_ranges_recovered.csv").set_index("column")
low, high = (ranges.loc[bent.columns, f"ihs_{end}_recovered"] for end in ("min", "max"))
real = (bent - low) / (high - low)
centres = pd.read_csv(official / "oac2021_centres_subgroup.csv").set_index("code")
absent = [
    name
    for name in centres.filter(regex=r"^v\d\d$")
    if name not in real and f"{name}x" not in real
]
labels = pd.read_parquet(official / "oac2021_labels_uk.parquet").set_index("oa")
subgroup = labels["subgroup"].reindex(real.index)
noise = np.random.default_rng(SEED).normal(scale=NOISE, size=(len(real), len(absent)))
made_up = centres.loc[subgroup, absent].to_numpy() + noise
features = pd.concat([real, pd.DataFrame(made_up, real.index, absent)], axis=1)
target.parent.mkdir(parents=True, exist_ok=True)
features.to_parquet(target)
print(json.dumps({"areas": len(features), "variables": features.shape[1]}))
