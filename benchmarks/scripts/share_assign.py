"""Assign every customer from a model, streaming: `share_assign.py MODEL FILE OUT`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from insight.counted_tables import counted_table
from insight.release.models import write_assignments
from segmentation.share.model import read_model

if __name__ == "__main__":
    model = read_model(Path(sys.argv[1]).read_text(encoding="utf-8"))
    file, out = Path(sys.argv[2]), Path(sys.argv[3])
    with counted_table(file, model.features, model.variables, key="") as table:
        done = write_assignments(out, model, table, file.stem, kind="parquet")
    print(json.dumps({"rows": done.rows, "with_segment": done.with_segment}))
