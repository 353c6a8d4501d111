"""Ours: the tree, on all cores: `tree_ours.py FILE SEED`."""

from __future__ import annotations

import json
import sys
import time

import pandas as pd

from segmentation.kmeans.hierarchy import SegmentHierarchy

features = pd.read_parquet(sys.argv[1])
started = time.perf_counter()
tree = SegmentHierarchy((8, 21, 52), random_state=int(sys.argv[2])).fit(features)
fit_s = time.perf_counter() - started
parted = [node for node in tree.nodes_.values() if node.children]
print(
    json.dumps(
        {
            "inertia": tree.inertia_,
            "fit_s": fit_s,
            "starts": sum(node.starts for node in parted),
            "least_hits": min(node.hits for node in parted),
            "shape": [8, *(len(node.children) for node in parted[1:])],
        }
    )
)
