"""Ours: `spend_ours.py make LINES` or `spend_ours.py share|rows LINES SEGMENTS`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from insight.spend.beside import Beside
from insight.spend.cofog import cofog_1999
from insight.spend.pennies import _deal
from insight.spend.per_segment import spend_per_segment

job, lines = sys.argv[1], int(sys.argv[2])
file = Path(__file__).parents[2] / "build" / "bench" / f"spend_{lines}.parquet"
rng = np.random.default_rng(2010)
REFUNDS = 0.02  # share of lines
GROUPS = [code for code in cofog_1999().index if "." in code]


def make() -> None:
    """Write lines of all groups: some a penny, some millions, some refunds."""
    pence = np.rint(rng.lognormal(12, 3, lines)).astype("int64")
    pence[rng.random(lines) < REFUNDS] *= -1
    file.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(
        {
            "cofog": rng.choice(GROUPS, lines),
            "body": rng.choice([f"body {at}" for at in range(40)], lines),
            "amount_pence": pence,
        }
    ).to_parquet(file, index=False)


def share(segments: int, *, laid_out: bool) -> dict[str, int]:
    """Share the lines with every rung in use, and check every sum."""
    names = [f"{at:02}" for at in range(segments)]
    sizes = pd.Series(rng.integers(500, 50_000, segments), index=names)
    by_kind = {
        kind: [code for code in GROUPS if code.startswith(kind)]
        for kind in ("07", "08", "09", "10")
    }
    use = pd.DataFrame(
        [
            (f"service {code}", name, *rng.integers(1, [10**10, 10**6, 10**4]))
            for code in (*by_kind["07"], *by_kind["10"])
            for name in names
        ],
        columns=["service", "segment", "cost_pence", "units", "customers"],
    )
    use.loc[use["service"].str.contains(" 10"), "cost_pence"] = None
    survey = pd.DataFrame(
        [
            (f"service {code}", name, *sorted(rng.integers(1, 900, 2)))
            for code in by_kind["08"]
            for name in names
        ],
        columns=["service", "segment", "users", "asked"],
    )
    spend = pd.read_parquet(file)
    found = spend_per_segment(
        spend,
        use,
        sizes,
        services={f"service {code}": code for kind in ("07", "08", "10")
                  for code in by_kind[kind]},
        beside=Beside(
            survey=survey,
            keys={"09": pd.Series(rng.integers(1, 9_000, segments), index=names)},
            overheads=["01.1"],
            collective_as="head count",  # so that every line has every segment
        ),
    )  # fmt: skip
    heads = {str(code): int(people) for code, people in sizes.items()}
    for lot in found.lots:
        own = spend["amount_pence"].to_numpy()[lot.at]
        if not (lot.pence.sum(axis=1) == own).all():
            sys.exit(f"lines of COFOG {lot.cofog} do not add up")
        if lot.rung == "head count":
            alone = [_deal(int(pence), heads) for pence in own[::997]]
            if [list(one.values()) for one in alone] != lot.pence[::997].tolist():
                sys.exit(f"lines of COFOG {lot.cofog} are not as each alone is dealt")
    whole = int(spend["amount_pence"].sum())
    if int(found.segments["amount_pence"].sum()) != whole:
        sys.exit("segments do not add up")
    if not laid_out:
        return {"rungs": len(found.rungs), "lines": len(spend)}
    if int(found.lines["amount_pence"].sum()) != whole:
        sys.exit("rows do not add up")
    return {"rows": len(found.lines)}


if job == "make":
    make()
    print(json.dumps({"lines": lines}))
else:
    print(json.dumps(share(int(sys.argv[3]), laid_out=job == "rows")))
