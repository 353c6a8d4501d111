"""Make what national figures are brought down by: keys, weights, need, other places.

Exampleton lies in the invented region of Dogger, beside two invented places that
counted their spend too. Dogger has some seven and a half million people.
"""

from __future__ import annotations

import pandas as pd
from example_draws import stream
from example_world import PERIOD

__all__ = [
    "make_allocation_weights",
    "make_need_indices",
    "make_place_keys",
    "make_place_totals",
]

STREAM = 1_000_003
PLACE, REGION = "Exampleton", "Dogger"
PEOPLE = {"Exampleton": 1, "Fairmarket": 1.7, "Saltmere": 0.8}  # times Exampleton's
REGION_PEOPLE = 7_500_000
SHARES = {
    "households": (0.42, 0.05),
    "aged_0_4": (0.06, 0.15),
    "aged_5_17": (0.155, 0.1),
    "aged_16_64": (0.645, 0.03),
    "aged_65_plus": (0.16, 0.15),
}  # a person, and how far a place may be from it
KM2 = {"Exampleton": 6.0, "Fairmarket": 30.0, "Saltmere": 3.0, REGION: 15_000.0}
A_HEAD = 6_000  # pounds that a place counts a head
APART = 0.1
NEED = {"Exampleton": 1.2, "Fairmarket": 0.85, "Saltmere": 1.05}
WEIGHTS = (
    ("09", "aged_0_4", 0.2, "described in the 2010 report; ages and split ours"),
    ("09", "aged_5_17", 0.8, "described in the 2010 report; ages and split ours"),
    ("06", "households", 0.5, "described in the 2010 report; even split ours"),
    ("06", "population", 0.5, "described in the 2010 report; even split ours"),
    ("10", "aged_65_plus", 0.3, "synthetic"),
    ("10", "population", 0.7, "synthetic"),
    ("other", "population", 1.0, "ours"),
)


def make_place_keys(population: int, seed: int) -> pd.DataFrame:
    """Return what three places and their region have."""
    rng = stream(seed, STREAM, 0)
    people = {name: round(population * times) for name, times in PEOPLE.items()}
    people[REGION] = max(REGION_PEOPLE, 20 * sum(people.values()))
    rows = []
    for name, count in people.items():
        spread = 0.0 if name == REGION else 1.0
        row = {
            "place": name,
            "region": REGION,
            "covers": "region" if name == REGION else "place",
            "population": count,
        }
        for key, (share, far) in SHARES.items():
            off = 1 + spread * far * (2 * rng.random() - 1)
            row[key] = round(count * share * off)
        rows.append({**row, "area_km2": KM2[name]})
    return pd.DataFrame(rows)


def make_allocation_weights() -> pd.DataFrame:
    """Return weights by function, each row with who says so."""
    return pd.DataFrame(WEIGHTS, columns=["cofog", "key", "weight", "source"])


def make_place_totals(keys: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return what the two other places counted, in all and for health."""
    rng = stream(seed, STREAM, 1)
    rows = []
    for name, people in zip(keys["place"], keys["population"], strict=True):
        if name in (PLACE, REGION):
            continue
        for cofog, share in (("", 1.0), ("07", 0.065)):
            off = 1 + APART * (2 * rng.random() - 1)
            rows.append(
                {
                    "place": name,
                    "cofog": cofog,
                    "amount_pounds": f"{people * A_HEAD * share * off:.2f}",
                    "period": PERIOD,
                    "source": "synthetic",
                }
            )
    return pd.DataFrame(rows)


def make_need_indices(seed: int) -> pd.DataFrame:
    """Return three invented indices of need, one of them a score about nought."""
    rng = stream(seed, STREAM, 2)
    rows = []
    for name, need in NEED.items():
        values = {
            ("Synthetic deprivation", "ratio", ""): 25
            * need
            * (0.95 + rng.random() / 10),
            ("Synthetic health need", "ratio", "07"): need * (0.9 + rng.random() / 5),
            ("Synthetic health domain", "standardised", "07"): need - 1,
        }
        rows += [
            {
                "place": name,
                "index": index,
                "value": f"{value:.3f}",
                "kind": kind,
                "cofog": cofog,
                "source": "synthetic",
            }
            for (index, kind, cofog), value in values.items()
        ]
    return pd.DataFrame(rows)
