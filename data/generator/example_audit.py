"""Make what costs rest on: unit costs for events without one, and an audit.

Auditors are invented like all else. They find most of what was planted, call some of
it right to repeat for a reason that no table holds, cannot tell of some, and now and
then find a duplicate that no rule can see. The sample is of the first chunk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from example_draws import pick, stream

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["make_audit", "make_unit_costs"]

STREAM = 1_000_007
YEAR = "2008-09"
SOURCE = "synthetic; no published figure"
LOW, HIGH = 0.75, 1.5  # of the central figure
DEFAULTS = {
    "request": 3, "contact_in": 8, "contact_out": 6, "intake": 45, "assess": 180,
    "refer": 25, "service": 140, "course": 320, "review": 60, "reset": 5,
}  # fmt: skip
PUBLISHED = {"Needs assessment": 190, "Group course": 330}
TARIFFS = {("NHS Trust", "Needs assessment"): 205, ("Council", "Group course"): 310}
# The first rule, by name, that finds contacts of a class: it owns what none found.
RULE_OF = {
    "intake": "D1", "assess": "D1", "service": "D2", "refer": "D3",
    "contact_in": "D4", "request": "D5", "course": "D6",
}  # fmt: skip
AUDITED = ("D1", "D2", "D3", "D4", "D5", "D6", "D7")
VERDICTS = ("duplicate", "not a duplicate", "cannot tell")
WHEN_FOUND = (0.92, 0.05, 0.03)
WHEN_NOT = (0.01, 0.97, 0.02)
EACH = {"found": 20, "not found": 40}  # rows of a rule, where there are as many


def make_unit_costs() -> pd.DataFrame:
    """Return tariffs of two agencies, two published figures, a default a class."""
    lines = [
        *(("tariff", *key, "", pounds) for key, pounds in TARIFFS.items()),
        *(("published", "", name, "", pounds) for name, pounds in PUBLISHED.items()),
        *(("default", "", "", kind, pounds) for kind, pounds in DEFAULTS.items()),
    ]
    names = ["basis", "agency", "activity", "activity_class", "central_pounds"]
    table = pd.DataFrame(lines, columns=names)
    central = table["central_pounds"].astype(float)
    table["central_pounds"] = central
    table.insert(4, "low_pounds", central * LOW)
    table["high_pounds"] = central * HIGH
    return table.assign(year=YEAR, price_base=YEAR, source=SOURCE)


def make_audit(
    events: pa.Table, truth: pa.Table, seed: int, *, times: float
) -> pd.DataFrame:
    """Return contacts that auditors looked up, found and not found.

    Parameters
    ----------
    events, truth
        What `events_table` and `truth_table` made of the first chunk.
    seed
        The same seed, the same audit.
    times
        How many times as many customers as the chunk the place has.
    """
    marks = truth.select(["event_id", "rule", "kind"]).to_pandas()
    planted = marks[(marks["kind"] == "planted") & marks["rule"].isin(AUDITED)]
    others = events.select(["event_id", "activity_class"]).to_pandas()
    others = others[~others["event_id"].isin(marks["event_id"])]
    others["rule"] = others["activity_class"].map(RULE_OF)
    halves = (
        ("found", planted, WHEN_FOUND),
        ("not found", others.dropna(subset="rule"), WHEN_NOT),
    )
    drawn = []
    for at, (found, half, shares) in enumerate(halves):
        rng = stream(seed, STREAM, at)
        for rule, rows in half.groupby("rule", sort=True):
            n = min(EACH[found], len(rows))
            taken = rows["event_id"].iloc[
                np.sort(np.argsort(rng.random(len(rows)))[:n])
            ]
            drawn.append(
                pd.DataFrame(
                    {
                        "audit_id": [
                            f"{rule}-{found[0]}-{row:06d}" for row in range(1, n + 1)
                        ],
                        "rule": rule,
                        "event_id": taken.to_numpy(),
                        "found": found,
                        "weight": round(times * len(rows) / n, 2),
                        "verdict": [VERDICTS[said] for said in pick(rng, n, shares)],
                        "auditor": "auditor 1",
                    }
                )
            )
    return pd.concat(drawn, ignore_index=True)
