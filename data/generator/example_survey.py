"""Make a survey of use and unit costs, both invented, for services without records.

Residents of every area are asked whether they use the library and the leisure centre.
Older areas borrow more, areas of students swim more. What a user costs is made up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from example_draws import stream

if TYPE_CHECKING:
    from example_areas import Areas

__all__ = ["make_service_costs", "make_survey_use"]

STREAM = 1_000_011
ASKED = 0.2  # share of residents
PERIOD = "2008-09"
SOURCE = "synthetic; no published figure"
# Share of residents who use it: where all are 65 or over, where all are students, and
# where neither are; then pounds a user: at the least, most likely, at the most.
SURVEYED = {
    "Library": ((0.46, 0.40, 0.22), (55, 80, 130)),
    "Leisure centre": ((0.12, 0.48, 0.25), (70, 115, 160)),
}
# Pounds a unit of what is recorded, to hold beside the recorded cost.
RECORDED = {"GP and clinic visit": (30, 38, 52), "Hospital stay": (330, 420, 610)}


def make_survey_use(areas: Areas, seed: int) -> pd.DataFrame:
    """Return how many of those asked use each service, by area."""
    frame = areas.frame
    people = frame["population"].to_numpy()
    old = frame["age_65_plus"].to_numpy() / people
    students = frame["students"].to_numpy() / people
    asked = np.maximum(1, np.round(people * ASKED)).astype(np.int64)
    mix = np.column_stack([old, students, np.clip(1 - old - students, 0, None)])
    rows = [
        pd.DataFrame(
            {
                "service": service,
                "area_code": frame["area_code"].to_numpy(),
                "users": stream(seed, STREAM, at).binomial(
                    asked, np.clip(mix @ np.array(shares), 0, 1)
                ),
                "asked": asked,
            }
        )
        for at, (service, (shares, _)) in enumerate(SURVEYED.items())
    ]
    return pd.concat(rows, ignore_index=True)


def make_service_costs() -> pd.DataFrame:
    """Return what a user, or a unit, of a service costs, with its range."""
    lines = [(name, "user", *pounds) for name, (_, pounds) in SURVEYED.items()]
    lines += [(name, "unit", *pounds) for name, pounds in RECORDED.items()]
    columns = ["service", "per", "low_pounds", "central_pounds", "high_pounds"]
    table = pd.DataFrame(lines, columns=columns)
    return table.assign(year=PERIOD, price_base=PERIOD, source=SOURCE)
