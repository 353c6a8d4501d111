"""Make savings, a programme of prevention and a survey of priorities, all invented.

Planted: residents would give up street cleaning first and children's centres last;
older residents would miss day centres more than others do; one saving has no margin
and is to be refused; some grids contradict themselves or lack services.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = [
    "PLANTED",
    "make_prevention",
    "make_priority_grids",
    "make_priority_levels",
    "make_savings",
]

PLANTED = {
    "first": "Street cleaning",
    "last": "Children's centres",
    "differs": "Day centres",
    "misses_more": "Aged 65 and over",
    "refused": "Merge back offices",
}
COUNCIL, PCT, TRUST = "Exampleton Council", "Primary Care Trust", "Exampleton NHS Trust"
PRICES = "2008-09"
INVENTED = "invented for the example"

# Saving, low, central, high (pounds; of recurring ones, a year), gainers, kind.
SAVINGS = (
    ("One assessment, shared", 60_000, 140_000, 210_000,
     f"{COUNCIL}|60; {PCT}|40", "recurring", "not cashable"),
    ("One first contact for debt and benefits", 20_000, 45_000, 80_000,
     COUNCIL, "recurring", "not cashable"),
    ("Close a second office", 90_000, 120_000, 150_000,
     COUNCIL, "recurring", "cashable"),
    ("Sell the second office", 300_000, 450_000, 500_000,
     COUNCIL, "one-off", "cashable"),
    ("Joint purchase of home care", 40_000, 95_000, 160_000,
     f"{COUNCIL}|70; {PCT}|30", "recurring", "cashable"),
    ("Merge back offices", None, 900_000, None, COUNCIL, "recurring", "cashable"),
)  # fmt: skip

# Stream, kind, agency, low, central, high (pounds a year), first and last year.
STREAMS = (
    ("Family workers", "cost", COUNCIL, 180_000, 200_000, 240_000, 2009, 2013),
    ("Training", "cost", PCT, 15_000, 20_000, 30_000, 2009, 2010),
    ("Fewer children in care", "benefit", COUNCIL, 30_000, 90_000, 160_000, 2011, 2020),
    ("Fewer hospital days", "benefit", TRUST, 10_000, 55_000, 90_000, 2011, 2020),
    ("Fewer callouts", "benefit", "Police", 5_000, 25_000, 45_000, 2010, 2018),
)

# Service, then points and what an average resident would lose, level by level.
SERVICES = (
    ("Children's centres", (0, 3, 6), (1.9, 1.2), "centres open"),
    ("Day centres", (0, 3, 6), (0.9, 0.5), "days a week"),
    ("Libraries", (0, 3, 6), (1.1, 0.4), "branches open"),
    ("Parks", (0, 2, 4), (0.8, 0.4), "wardens"),
    ("Recycling", (0, 3, 6), (1.2, 0.7), "collections"),
    ("Street cleaning", (0, 3, 6), (0.5, 0.1), "rounds a week"),
)
BUDGETS = (15, 24)
GROUPS = ("Aged 16 to 39", "Aged 40 to 64", "Aged 65 and over")
OLDER = 1.3  # what older residents would lose more with each level of day centres
RESPONDENTS = 300


def make_savings() -> pd.DataFrame:
    """Return savings that are claimed, one of them without a margin."""
    columns = ["saving", "low_pounds", "central_pounds", "high_pounds", "gainers"]
    frame = pd.DataFrame(SAVINGS, columns=[*columns, "recurring", "cashable"])
    pounds = dict.fromkeys(columns[1:4], "Int64")
    return frame.astype(pounds).assign(
        year="2009-10", price_base=PRICES, evidence=INVENTED
    )


def make_prevention() -> pd.DataFrame:
    """Return the costs and benefits of one programme, over twelve years."""
    columns = ["stream", "kind", "agency", "low_pounds", "central_pounds"]
    frame = pd.DataFrame(STREAMS, columns=[*columns, "high_pounds", "year", "until"])
    frame.insert(0, "programme", "Early help for families")
    optimism = np.where(frame["kind"] == "cost", 0.1, 0.15)
    return frame.assign(optimism=optimism, price_base=PRICES, evidence=INVENTED)


def make_priority_levels() -> pd.DataFrame:
    """Return the levels of service that residents were offered."""
    return pd.DataFrame(
        {
            "service": service,
            "level": level,
            "points": cost,
            "description": f"{('few', 'some', 'many')[level - 1]} {words}",
            "today": "yes" if level == len(points) else "no",
        }
        for service, points, _, words in SERVICES
        for level, cost in enumerate(points, start=1)
    )


def make_priority_grids(seed: int = 2010) -> pd.DataFrame:
    """Return what residents chose at two budgets, each by their own taste.

    A resident takes the package of most utility: that of the group, and an error of
    their own for each level (an approximation of the model, not the model itself).
    """
    rng = np.random.default_rng(seed)
    packages = np.array(np.meshgrid(*[[0, 1, 2]] * len(SERVICES))).reshape(6, -1).T
    points = np.array([service[1] for service in SERVICES])
    costs = points[np.arange(6), packages].sum(axis=1)
    rows = []
    for who in range(RESPONDENTS):
        group = GROUPS[int(rng.integers(len(GROUPS)))]
        taste = np.array([(0, low, low + high) for _, _, (low, high), _ in SERVICES])
        if group == PLANTED["misses_more"]:
            taste[1] += (0, OLDER, 2 * OLDER)
        for budget in BUDGETS:
            felt = taste + rng.gumbel(size=taste.shape)
            worth = felt[np.arange(6), packages].sum(axis=1)
            best = packages[np.where(costs <= budget, worth, -np.inf).argmax()]
            rows += [
                (f"R{who:03}", group, budget, service[0], int(level) + 1)
                for service, level in zip(SERVICES, best, strict=True)
            ]
    columns = ["respondent", "segment", "budget", "service", "level"]
    frame = pd.DataFrame(rows, columns=columns)
    doubled = frame.iloc[[0]].assign(level=4 - frame["level"].iloc[0])
    return pd.concat([frame.drop(index=[20, 50]), doubled], ignore_index=True)
