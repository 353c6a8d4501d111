"""Replay our stopping rule on the 10,000 official runs: `tree_official.py FIXTURES`.

The runs are cut into stretches; in each, runs are taken in batches of eight until
the rule says to stop.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from segmentation.kmeans.search import BATCH, SAME, Effort

file = Path(sys.argv[1]) / "oac2021" / "oac2021_k8_10000_restarts_wss.parquet"
official = pd.read_parquet(file)["tot_withinss"].to_numpy()
rule = Effort(most=200, stop_after=6)
used, reached = [], []
for stretch in official.reshape(-1, rule.most):
    for end in range(BATCH, len(stretch) + 1, BATCH):
        best = min(stretch[:end])
        hits = sum(each <= best * (1 + SAME) for each in stretch[:end])
        if rule.spent(8, end, hits):
            break
    used.append(end)
    reached.append(best <= official.min() * (1 + SAME))
print(
    json.dumps(
        {
            "share_of_runs": float(np.mean(official <= official.min() * (1 + SAME))),
            "reached": float(np.mean(reached)),
            "starts": float(np.mean(used)),
        }
    )
)
