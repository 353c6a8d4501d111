"""Make the evidence tables: insight maturity as coded, flags, and two drawn maps.

The thirteen pilots are called A to M and are invented. Maturer ones tend to have
fewer red flags, weakly, as a weak link is what the toolkit should be tried on.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
from example_draws import pick, stream

__all__ = ["make_flags", "make_journey_maps", "make_maturity"]

STREAM = 1_000_002
PILOTS = [f"Pilot {letter}" for letter in "ABCDEFGHIJKLM"]
COMPONENTS = ("value", "people and skills", "process", "data and systems")
LEVELS = (
    "planned or in development",
    "in use in one service",
    "in use across services",
    "routine, with a measured effect",
)
NO_TEXT = 0.04  # no passage to code: both coders leave the score blank
DOUBT = 0.05  # one coder leaves it blank
SLIP = 0.22  # the second coder is a level away
RED_PER_AREA = (1.3, 0.9, 0.7, 0.35)  # by level of maturity
GREEN_PER_AREA = (0.4, 0.6, 0.8, 1.1)
UNPUBLISHED = 0.04
SOURCE = "synthetic; no inspection of any place"


def _levels(seed: int) -> np.ndarray:
    """Return the planted maturity of each pilot, 0 to 3."""
    return pick(stream(seed, STREAM, 0), len(PILOTS), (0.25, 0.3, 0.3, 0.15))


def make_maturity(seed: int) -> pd.DataFrame:
    """Return two coders' scores of four components, before the flags and some after."""
    rng = stream(seed, STREAM, 1)
    rows = []
    for pilot, level in zip(PILOTS, _levels(seed), strict=True):
        for component in COMPONENTS:
            near = int(np.clip(level + pick(rng, 1, (0.2, 0.6, 0.2))[0] - 1, 0, 3))
            slip = int(np.sign(rng.random() - 0.5)) if rng.random() < SLIP else 0
            silent = rng.random() < NO_TEXT
            for coder, off in (("coder 1", 0), ("coder 2", slip)):
                score = int(np.clip(near + off, 0, 3))
                blank = silent or rng.random() < DOUBT
                said = f"Synthetic: insight on {component} is {LEVELS[score]}."
                rows.append(
                    (
                        pilot,
                        component,
                        coder,
                        "" if blank else str(score + 1),
                        "Synthetic: no passage found." if silent else said,
                        "before",
                    )
                )
    later = [
        (pilot, "value", coder, "4", "Synthetic: written after the flags.", "after")
        for pilot in PILOTS[:3]
        for coder in ("coder 1", "coder 2")
    ]
    names = ["place", "component", "coder", "score", "evidence", "phase"]
    return pd.DataFrame(rows + later, columns=names)


def make_flags(seed: int) -> pd.DataFrame:
    """Return flags by colour for one to four areas of each pilot.

    A few counts are not published: there the fewest and the most stand instead.
    """
    rng = stream(seed, STREAM, 2)
    rows = []
    for pilot, level in zip(PILOTS, _levels(seed), strict=True):
        for area in range(1, 2 + int(rng.random() * 4)):
            for colour, rates in (("red", RED_PER_AREA), ("green", GREEN_PER_AREA)):
                count = int((rng.random(3) < rates[level] / 3).sum())
                hidden = rng.random() < UNPUBLISHED
                rows.append(
                    {
                        "place": pilot,
                        "area": f"{pilot} area {area}",
                        "colour": colour,
                        "count": "" if hidden else str(count),
                        "minimum": str(max(0, count - 1)) if hidden else "",
                        "maximum": str(count + 1) if hidden else "",
                        "source": SOURCE,
                    }
                )
    return pd.DataFrame(rows)


def make_journey_maps() -> pd.DataFrame:
    """Return two maps drawn as in a workshop with a family; both invented."""
    with Path(__file__).with_name("example_maps.csv").open(encoding="utf-8") as lines:
        return pd.DataFrame(list(csv.DictReader(lines)))
