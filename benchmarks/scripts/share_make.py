"""Write a model of 8 segments of 20 uses: `share_make.py CUSTOMERS MODEL`.

It is made from the first 20,000 customers, as a pilot's model would be.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

from segmentation import SegmentRecipe, segment_areas
from segmentation.share.sharing import shared_model

if __name__ == "__main__":
    rows = duckdb.connect().execute(f"FROM '{sys.argv[1]}' LIMIT 20000").df()
    rows = rows.rename(columns={"customer_id": "area_code"}).dropna()
    variables = {name: name for name in rows.columns if name.startswith("use_")}
    recipe = SegmentRecipe(k=8, restarts=3, samples=2)
    found = segment_areas(rows, variables, recipe=recipe)
    Path(sys.argv[2]).write_text(
        shared_model(found, variables).text(), encoding="utf-8"
    )
    print(json.dumps({"rows": len(rows)}))
