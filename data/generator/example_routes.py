"""Make the funding route of the spend count, what weakens control, and programmes.

Money in and money out agree at every body, but for what is planted: the Jobcentre
spends a tenth more than reached it, and the Communities department keeps a fiftieth
that no record explains. The council and the Primary Care Trust pay each other, a
ring. Passing money on costs what is declared, and a few streams are very small.
"""

from __future__ import annotations

import pandas as pd
from example_world import PERIOD

__all__ = [
    "PLANTED",
    "make_control",
    "make_own_income",
    "make_programmes",
    "make_transfers",
]

COUNCIL, PCT = "Exampleton Council", "Primary Care Trust"
TRUST, HOUSING = "Exampleton NHS Trust", "Housing Association"
GROUPS = "Voluntary groups"
TREASURY, HEALTH = "HM Treasury", "Department of Health"
COMMUNITIES, STATE = "Communities department", "Department for Work and Pensions"
SCHOOLS, HOME = "Department for Children", "Home Office"
GRANT, TAX, DEDICATED = "Formula grant", "Council tax", "Dedicated schools grant"
TREATMENT = "Treatment agency"

RING = 42_000_000  # pence that the council and the Primary Care Trust pay each other
PLANTED = {
    "short": "Jobcentre",
    "kept": COMMUNITIES,
    "ring": (COUNCIL, PCT),
    "small": ("Community chest", "Small grants"),
}

REPAIR, SAVING, NEW = "housing repair", "energy saving", "new homes"
TENANCY, DEBT = "keeping a tenancy", "debt advice"
OLD, TENANTS = "older people", "council tenants"
WAITING, SINGLE = "people on the waiting list", "single homeless people"

# Programme, aim, beneficiaries, who funds it, who spends it, pounds a year.
PROGRAMMES = (
    ("Decent homes", REPAIR, TENANTS, GRANT, COUNCIL, 1_020_000),
    ("Warm homes", f"{SAVING}; {REPAIR}", OLD, STATE, HOUSING, 86_000),
    ("Heat for all", SAVING, f"{OLD}; lone parents", HOME, GROUPS, 31_000),
    ("Draught busters", SAVING, OLD, "Lottery", GROUPS, 22_000),
    ("Homes build", NEW, WAITING, "Homes agency", HOUSING, 640_000),
    ("Growth points", NEW, WAITING, GRANT, COUNCIL, 95_000),
    ("Empty homes", f"{NEW}; {REPAIR}", WAITING, GRANT, COUNCIL, 48_000),
    ("Supporting people", TENANCY, SINGLE, GRANT, HOUSING, 310_000),
    ("Street to home", TENANCY, SINGLE, HOME, GROUPS, 64_000),
    ("Tenancy rescue", TENANCY, f"{SINGLE}; {TENANTS}", GRANT, COUNCIL, 27_000),
    ("Debt line", DEBT, TENANTS, STATE, GROUPS, 18_000),
    ("Handyman", REPAIR, "disabled people", TREATMENT, GROUPS, 9_000),
)

# Programme, body, COFOG, then duty, targets, conditions, and why; intermediaries are
# left to the route.
CONTROL = (
    ("", COUNCIL, "", 1, 1, 0, "general powers of a council"),
    ("", COUNCIL, "09", 1, 1, 2, "dedicated schools grant is passed to schools"),
    ("", COUNCIL, "10.6", 2, 1, 2, "housing benefit follows entitlement"),
    ("", COUNCIL, "08", 0, 0, 0, "a general power"),
    ("Decent homes", COUNCIL, "", 0, 2, 2, "a national standard and its own money"),
    ("Children's social care", COUNCIL, "", 2, 1, 0, "duty to children in need"),
    ("", TRUST, "", 1, 2, 1, "waiting times and a tariff"),
    ("", PCT, "", 1, 2, 0, "national targets, an open allocation"),
    ("", "Police", "", 1, 2, 1, "a policing pledge and a grant with terms"),
    ("", "Fire and Rescue", "", 1, 1, 0, "a duty, standards set locally"),
    ("", HOUSING, "", 0, 1, 2, "contracts under Supporting people"),
    ("", GROUPS, "", 0, 0, 1, "yearly grants"),
)


def make_transfers(spend: pd.DataFrame) -> pd.DataFrame:
    """Return money passed on, so that it pays for what is spent at the end."""
    actual = spend[spend["basis"] == "actual"]
    pence = actual["amount_pounds"].str.replace(".", "").astype("int64")
    sums = pence.groupby([actual["source"], actual["body"]]).sum()
    employed = int(sums[STATE, "Jobcentre"])
    hospital, care = int(sums[TREASURY, TRUST]), int(sums[TREASURY, PCT])
    treated = int(sums[TREATMENT, TRUST])
    acute_cost = hospital // 125
    allocation = hospital + care + acute_cost
    health_cost = allocation // 200
    grants = {body: int(sums[GRANT, body]) for body in (COUNCIL, "Fire and Rescue")}
    passed = {body: int(sums[GRANT, body]) for body in (HOUSING, GROUPS)}
    chest, handed = passed[GROUPS] // 4, passed[GROUPS] // 10
    centres = passed[GROUPS] - chest - handed
    formula = grants[COUNCIL] + passed[HOUSING] + centres + handed
    vote = formula + grants["Fire and Rescue"] + chest
    taken = int(sums["Lottery", GROUPS])
    learned = int(sums[DEDICATED, COUNCIL])
    rows = [
        (TREASURY, HEALTH, "Health vote", "", allocation + treated + health_cost, 0),
        (HEALTH, PCT, "Allocation", "", allocation, health_cost),
        (PCT, TRUST, "Acute contract", "activity tariff", hospital, acute_cost),
        (HEALTH, TREATMENT, "Treatment", "ring-fenced", treated, 0),
        (TREATMENT, TRUST, "Treatment", "ring-fenced", treated, 0),
        (HOME, "Police", "Police grant", "", int(sums[HOME, "Police"]), 0),
        (TREASURY, COMMUNITIES, "Grant vote", "", vote + vote // 50, 0),
        (COMMUNITIES, COUNCIL, GRANT, "", formula, 0),
        (COMMUNITIES, "Fire and Rescue", GRANT, "", grants["Fire and Rescue"], 0),
        (COUNCIL, HOUSING, "Supporting people", "contract", passed[HOUSING], 0),
        (COUNCIL, GROUPS, "Day centres", "yearly grant", centres, 0),
        (COUNCIL, GROUPS, "Small grants", "yearly grant", handed, 0),
        (COMMUNITIES, GROUPS, "Community chest", "bid", chest, 0),
        (SCHOOLS, COUNCIL, DEDICATED, "ring-fenced", learned, 0),
        (STATE, "Jobcentre", "Employment", "targets", employed * 10 // 11, 0),
        (STATE, COUNCIL, "Housing benefit subsidy", "", int(sums[STATE, COUNCIL]), 0),
        ("Lottery", GROUPS, "Arts", "bid", taken, 0),
        (COUNCIL, PCT, "Joint commissioning", "agreement", RING, 0),
        (PCT, COUNCIL, "Social care with health", "agreement", RING, 0),
    ]
    return pd.DataFrame(
        {
            "from_body": payer,
            "to_body": payee,
            "amount_pounds": _pounds(amount),
            "programme": programme,
            "conditions": terms,
            "period": PERIOD,
            "kind": "transfer",
            "distribution_cost_pounds": _pounds(cost) if cost else "",
        }
        for payer, payee, programme, terms, amount, cost in rows
    )


def make_own_income(spend: pd.DataFrame) -> pd.DataFrame:
    """Return the council tax that each body spends."""
    actual = spend[(spend["basis"] == "actual") & (spend["source"] == TAX)]
    pence = actual["amount_pounds"].str.replace(".", "").astype("int64")
    sums = pence.groupby(actual["body"]).sum()
    return pd.DataFrame(
        {"body": body, "amount_pounds": _pounds(int(amount)), "source": TAX}
        for body, amount in sums.items()
    ).assign(period=PERIOD)


def make_control() -> pd.DataFrame:
    """Return what weakens control over lines of spend, by our own judgement."""
    columns = ["programme", "body", "cofog", "statutory_duty", "central_targets"]
    return pd.DataFrame(CONTROL, columns=[*columns, "conditions", "reason"])


def make_programmes() -> pd.DataFrame:
    """Return programmes for housing, some of them alike in aim and beneficiaries."""
    columns = ["programme", "aim", "beneficiaries", "source", "body", "amount_pounds"]
    return pd.DataFrame(PROGRAMMES, columns=columns).assign(period=PERIOD)


def _pounds(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02d}"
