"""Make the spend count: who spends what on which function, and who funds whom.

Spend that service use explains is a little more than the recorded costs of its
users add up to, as in life. Other spend is so much a head of the population.
"""

from __future__ import annotations

import pandas as pd
from example_draws import stream
from example_world import PERIOD, SERVICES

__all__ = ["make_regional_spend", "make_spend"]

STREAM = 1_000_001

# Source, body, kind of body, what for, programme; then pounds a head, or the share
# of the cost of the service of that code, and what sort of money it is.
LOCAL, HEALTH, CENTRE = "local authority", "nhs", "central government"
COUNCIL = "Exampleton Council"
TRUST = "Exampleton NHS Trust"
GRANT, TAX, TREASURY = "Formula grant", "Council tax", "HM Treasury"
DEDICATED, STATE = "Dedicated schools grant", "Department for Work and Pensions"

PER_HEAD = (
    (TAX, COUNCIL, LOCAL, "01.1", "Running the council", 62, ""),
    (GRANT, COUNCIL, LOCAL, "01.1", "Elections", 4, "one-off"),
    (GRANT, COUNCIL, LOCAL, "01.3", "Customer services", 21, ""),
    (GRANT, COUNCIL, LOCAL, "01.7", "Interest on debt", 38, ""),
    (CENTRE.title(), "Ministry of Defence", CENTRE, "02.1", "Defence", 610, ""),
    ("Home Office", "Courts Service", CENTRE, "03.3", "Courts", 48, ""),
    ("Home Office", "Prison Service", CENTRE, "03.4", "Prisons", 57, ""),
    ("Home Office", "Probation Trust", "other", "03.4", "Probation", 17, ""),
    (STATE, "Jobcentre", CENTRE, "04.1", "Employment programmes", 33, ""),
    ("Development agency", "Development agency", "regional", "04.1", "Growth", 24, ""),
    (GRANT, COUNCIL, LOCAL, "04.5", "Highway repair", 71, ""),
    (GRANT, COUNCIL, LOCAL, "04.5", "New link road", 44, "capital"),
    ("Department for Transport", "Highways Agency", CENTRE, "04.5", "Roads", 66, ""),
    ("Department for Transport", "Bus operators", "private", "04.5", "Buses", 29, ""),
    (TAX, COUNCIL, LOCAL, "05.1", "Waste collection", 58, ""),
    (TAX, COUNCIL, LOCAL, "05.2", "Sewers and drains", 9, ""),
    (
        "Environment Agency",
        "Environment Agency",
        CENTRE,
        "05.4",
        "Flood",
        14,
        "capital",
    ),
    (GRANT, COUNCIL, LOCAL, "06.1", "Decent homes", 83, "capital"),
    (
        "Homes agency",
        "Housing Association",
        "third sector",
        "06.1",
        "Build",
        52,
        "capital",
    ),
    (TAX, COUNCIL, LOCAL, "06.4", "Street lighting", 13, ""),
    (TREASURY, TRUST, HEALTH, "07.1", "Prescriptions", 164, ""),
    (TREASURY, TRUST, HEALTH, "07.4", "Screening", 31, ""),
    (TREASURY, "Primary Care Trust", HEALTH, "07.2", "Dentists", 49, ""),
    (TREASURY, "Primary Care Trust", HEALTH, "07.6", "Commissioning", 37, ""),
    (TAX, COUNCIL, LOCAL, "08.1", "Leisure centres", 31, ""),
    (TAX, COUNCIL, LOCAL, "08.2", "Libraries and museum", 27, ""),
    ("Lottery", "Voluntary groups", "third sector", "08.2", "Arts", 6, "one-off"),
    (DEDICATED, COUNCIL, LOCAL, "09.1", "Nursery and primary", 412, ""),
    (DEDICATED, COUNCIL, LOCAL, "09.2", "Secondary schools", 448, ""),
    (DEDICATED, COUNCIL, LOCAL, "09.2", "New academy", 60, "capital"),
    (
        "Skills council",
        "Exampleton College",
        "other",
        "09.3",
        "Further education",
        139,
        "",
    ),
    ("Funding council", "University", "other", "09.4", "Higher education", 158, ""),
    (GRANT, COUNCIL, LOCAL, "09.6", "School transport", 23, ""),
    (STATE, STATE, CENTRE, "10.1", "Disability benefits", 395, ""),
    (STATE, STATE, CENTRE, "10.2", "State pension", 1_180, ""),
    (STATE, STATE, CENTRE, "10.4", "Income support", 288, ""),
    (TREASURY, "HM Revenue and Customs", CENTRE, "10.4", "Tax credits", 502, ""),
    (STATE, COUNCIL, LOCAL, "10.6", "Housing benefit", 331, ""),
    (GRANT, COUNCIL, LOCAL, "10.9", "Voluntary sector grants", 12, ""),
)
FROM_USE = (
    (TREASURY, TRUST, HEALTH, "07.2", "Clinics", 0.45, ""),
    (TREASURY, "Primary Care Trust", HEALTH, "07.2", "GP practices", 0.80, ""),
    (TREASURY, TRUST, HEALTH, "07.3", "Hospital care", 1.18, ""),
    (TREASURY, TRUST, HEALTH, "07.3", "New ward", 0.09, "capital"),
    ("Treatment agency", TRUST, HEALTH, "07.4", "Addiction treatment", 1.1, ""),
    (GRANT, COUNCIL, LOCAL, "10.1", "Disability aids", 1.05, ""),
    (TAX, COUNCIL, LOCAL, "10.2", "Home care", 0.95, ""),
    (GRANT, "Voluntary groups", "third sector", "10.2", "Day centres", 0.21, ""),
    (GRANT, COUNCIL, LOCAL, "10.4", "Children's social care", 1.14, ""),
    (STATE, "Jobcentre", CENTRE, "10.5", "Jobseeker advice", 1.22, ""),
    (GRANT, "Housing Association", "third sector", "10.6", "Housing support", 1.08, ""),
    ("Home Office", "Police", "police", "03.1", "Response", 0.86, ""),
    (TAX, "Police", "police", "03.1", "Neighbourhood policing", 0.47, ""),
    (TAX, "Fire and Rescue", "fire", "03.2", "Fire safety", 1.02, ""),
    (GRANT, "Fire and Rescue", "fire", "03.2", "Fire control room", 0.30, "one-off"),
)
BUDGETED = ("Hospital care", "Home care", "Children's social care", "Response")

# Payer, payee, for what, on what terms, and the share of the spend it funds.

DIVISIONS = (
    7_100,
    38_000,
    33_700,
    42_000,
    11_200,
    16_300,
    110_000,
    13_200,
    83_400,
    205_000,
)
REGIONS = {"Dogger": 0.09, "Fisher": 0.07}


def make_spend(population: int, pence_by_service: list[int], seed: int) -> pd.DataFrame:
    """Return the spend count, in pounds with pence.

    `pence_by_service` are the recorded costs, in the order of `SERVICES`.
    """
    cost = {s.cofog: pence for s, pence in zip(SERVICES, pence_by_service, strict=True)}
    lines = [(*line[:5], line[5] * 100 * population, line[6]) for line in PER_HEAD]
    lines += [(*line[:5], line[5] * cost[line[3]], line[6]) for line in FROM_USE]
    spread = stream(seed, STREAM).random(len(lines)) * 0.04 + 0.98
    rows = [
        _row(line, round(line[5] * by), "actual")
        for line, by in zip(lines, spread, strict=True)
    ]
    rows += [
        _row(line, round(line[5]), "budget") for line in lines if line[4] in BUDGETED
    ]
    return pd.DataFrame(rows).sort_values(["cofog", "body"], kind="stable")


def _row(line: tuple, pence: int, basis: str) -> dict[str, str]:
    source, body, kind, cofog, programme, _, sort = line
    return {
        "source": source,
        "body": body,
        "body_kind": kind,
        "cofog": cofog,
        "amount_pounds": _pounds(pence),
        "programme": programme,
        "nature": "capital" if sort == "capital" else "revenue",
        "basis": basis,
        "recurring": "one-off" if sort else "recurring",
        "period": PERIOD,
    }


def _pounds(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02d}"


def make_regional_spend() -> pd.DataFrame:
    """Return ten COFOG divisions for two invented regions of the North Sea."""
    return pd.DataFrame(
        [
            {
                "region": region,
                "cofog": f"{division:02d}",
                "amount_pounds": _pounds(round(millions * share * 1e8)),
                "period": PERIOD,
            }
            for region, share in REGIONS.items()
            for division, millions in enumerate(DIVISIONS, start=1)
        ]
    )
