"""Ours: `leicester_ours.py FILE SEED`."""

from __future__ import annotations

import json
import sys

import pandas as pd
from sklearn.metrics import adjusted_rand_score

from segmentation import CustomerSegments

table = pd.read_parquet(sys.argv[1])
features = table.drop(columns="official")
found = CustomerSegments(8, n_init=500, random_state=int(sys.argv[2])).fit(features)
print(
    json.dumps(
        {
            "inertia": found.inertia_,
            "hits": found.n_best_,
            "ari": adjusted_rand_score(table["official"], found.labels_),
        }
    )
)
