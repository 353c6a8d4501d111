"""Ours: the first level alone, for seeds 0, 1, ...: `tree_seeds.py FILE SEEDS`."""

from __future__ import annotations

import json
import sys

import pandas as pd

from segmentation import CustomerSegments

features = pd.read_parquet(sys.argv[1])
found = [
    CustomerSegments(8, n_init=200, stop_after=6, random_state=seed).fit(features)
    for seed in range(int(sys.argv[2]))
]
print(
    json.dumps(
        {
            "inertias": [each.inertia_ for each in found],
            "starts": [each.n_starts_ for each in found],
            "hits": [each.n_best_ for each in found],
        }
    )
)
