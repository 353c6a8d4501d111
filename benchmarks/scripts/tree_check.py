"""Check each node of the tree against full restarts: `tree_check.py FILE STARTS`.

A full restart begins at as many random rows of the node as it has children, and
runs Lloyd's rounds on all rows of the node to a standstill. It shares neither
samples nor first centres nor seeds with the search.
"""

from __future__ import annotations

import json
import sys
from functools import partial

import numpy as np
import pandas as pd

from segmentation.kmeans.hierarchy import SegmentHierarchy
from segmentation.kmeans.lloyd import settle_fast, squares_of
from segmentation.kmeans.threads import workers

features = pd.read_parquet(sys.argv[1])
tree = SegmentHierarchy((8, 21, 52), random_state=0).fit(features)
steps = tree.grid_.steps(features)
levels = [np.full(len(steps), ""), *tree.codes_.T]


def restart(seed: int, rows: np.ndarray, squares: np.ndarray, k: int) -> int:
    """Return the inertia, in steps squared, of one full restart."""
    chosen = np.random.default_rng([2021, seed]).choice(len(rows), k, replace=False)
    return settle_fast(rows, rows[chosen], squares).inertia


gaps = {}
with workers(None, rows=len(steps)) as run:
    for code, node in tree.nodes_.items():
        if len(node.children) > 1:
            depth = next(n for n, own in enumerate(levels) if (own == code).any())
            rows = steps[levels[depth] == code]
            full = partial(
                restart, rows=rows, squares=squares_of(rows), k=len(node.children)
            )
            best = min(run(full, range(int(sys.argv[2])))) * tree.grid_.step**2
            ours = sum(tree.nodes_[child].inertia for child in node.children)
            gaps[code] = ours / best - 1
            print(f"{code or 'all'}: {gaps[code]:.2e}", file=sys.stderr, flush=True)
            if not code:
                level_one = best
worst = max(gaps, key=lambda code: gaps[code])
print(json.dumps({"gap": gaps[worst], "node": worst or "all", "level_one": level_one}))
