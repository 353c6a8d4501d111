"""Peer: the same tree with scikit-learn, on all cores: `FILE STARTS SHAPE`.

SHAPE holds the number of children of each node, level by level, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections import deque

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from threadpoolctl import (  # type: ignore[import-untyped]  # ships no types
    threadpool_limits,
)

rows = pd.read_parquet(sys.argv[1]).to_numpy()
waiting = deque([rows])
inertias = []
with threadpool_limits(limits=os.cpu_count(), user_api="openmp"):
    for children in json.loads(sys.argv[3]):
        own = waiting.popleft()
        found = KMeans(children, n_init=int(sys.argv[2]), random_state=0).fit(own)
        by_size = np.argsort(-np.bincount(found.labels_), kind="stable")
        waiting.extend(own[found.labels_ == number] for number in by_size)
        inertias.append(float(found.inertia_))
print(json.dumps({"level_one": inertias[0], "inertia": sum(inertias[9:])}))
