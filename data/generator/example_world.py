"""Who serves whom in Exampleton: agencies, needs and services, all invented."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AGENCIES", "DAYS", "FIRST_DAY", "NEEDS", "PERIOD", "SERVICES", "Service"]

FIRST_DAY = "2008-04-01"
PERIOD = "2008-09"
DAYS = 365

AGENCIES = (
    "Council",
    "NHS Trust",
    "Police",
    "Housing Association",
    "Jobcentre",
    "Fire and Rescue",
)
COUNCIL, NHS, POLICE, HOMES, JOBS, FIRE = range(6)

# Each need: who meets it, the usual agency first; three facts that are asked, none
# of them for two needs; and how common it is against the others.
NEEDS = {
    "Housing": (
        (HOMES, COUNCIL, NHS, POLICE),
        ("tenancy history", "rent paid", "household members"),
        5,
    ),
    "Money and benefits": (
        (JOBS, COUNCIL, HOMES, NHS),
        ("income", "savings", "bank details"),
        6,
    ),
    "Care at home": (
        (COUNCIL, NHS, HOMES, FIRE),
        ("medication", "next of kin", "mobility"),
        3,
    ),
    "Work and skills": (
        (JOBS, COUNCIL, HOMES, POLICE),
        ("work history", "qualifications", "driving licence"),
        4,
    ),
    "Parenting": (
        (COUNCIL, NHS, POLICE, HOMES),
        ("children's names", "school", "nursery"),
        3,
    ),
    "Alcohol and drugs": (
        (NHS, POLICE, COUNCIL, JOBS),
        ("units drunk", "substances", "past treatment"),
        2,
    ),
    "Mental health": (
        (NHS, COUNCIL, POLICE, JOBS),
        ("diagnosis", "crisis plan", "care coordinator"),
        3,
    ),
    "Home safety": (
        (FIRE, COUNCIL, HOMES, NHS),
        ("smoke alarm", "heating type", "smoker in the home"),
        1,
    ),
    "Antisocial behaviour": (
        (POLICE, HOMES, COUNCIL, FIRE),
        ("incident diary", "neighbours involved", "witnesses"),
        2,
    ),
    "Disability aids": (
        (COUNCIL, NHS, HOMES, FIRE),
        ("impairment", "aids in use", "stairs in the home"),
        2,
    ),
}


@dataclass(frozen=True)
class Service:
    """A service that costs are recorded for.

    `share` is the share of customers who use it, by type of area; `units` and
    `pounds` are means of the units used and of the cost of one.
    """

    name: str
    agency: int
    cofog: str
    share: tuple[float, float, float, float, float]
    units: float
    pounds: float
    days: int


SERVICES = (
    Service("GP and clinic visit", NHS, "07.2", (0.5, 0.6, 0.4, 0.5, 0.5), 3, 38, 200),
    Service("Hospital stay", NHS, "07.3", (0.06, 0.2, 0.05, 0.1, 0.16), 2.5, 420, 12),
    Service(
        "Addiction treatment", NHS, "07.4", (0.0, 0.0, 0.03, 0.02, 0.1), 9, 95, 150
    ),
    Service(
        "Disability aids", COUNCIL, "10.1", (0.01, 0.1, 0.0, 0.04, 0.05), 1, 900, 40
    ),
    Service("Home care", COUNCIL, "10.2", (0.01, 0.15, 0.0, 0.04, 0.03), 70, 15, 250),
    Service(
        "Children's social care",
        COUNCIL,
        "10.4",
        (0.01, 0.0, 0.0, 0.04, 0.14),
        14,
        210,
        200,
    ),
    Service(
        "Jobseeker support", JOBS, "10.5", (0.03, 0.01, 0.06, 0.12, 0.25), 10, 65, 120
    ),
    Service(
        "Housing support", HOMES, "10.6", (0.02, 0.05, 0.04, 0.12, 0.28), 8, 55, 180
    ),
    Service(
        "Police callout", POLICE, "03.1", (0.03, 0.02, 0.12, 0.06, 0.18), 1.5, 260, 0
    ),
    Service(
        "Fire safety visit", FIRE, "03.2", (0.02, 0.06, 0.02, 0.03, 0.05), 1, 110, 0
    ),
)
