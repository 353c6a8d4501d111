"""Make what a spend count has beside COFOG codes: own headings, and what is expected.

Lines are planted for moderation to find: one by a heading that the place maps itself,
one by a heading that only the toolkit's mapping knows and one that none does, a refund,
a line twice, and an amount in thousands.
"""

from __future__ import annotations

import pandas as pd
from example_world import PERIOD

__all__ = ["PLANTED", "add_lines", "make_headings", "make_spend_expected"]

COUNCIL, GRANT, TAX = "Exampleton Council", "Formula grant", "Council tax"
LOCAL = "local authority"

# Own heading, COFOG, share of the heading, and why.
HEADINGS = (
    ("Family intervention", "10.4", 0.6, "support to families"),
    ("Family intervention", "10.6", 0.25, "keeping a tenancy"),
    ("Family intervention", "03.1", 0.15, "neighbourhood policing"),
    ("Customer access", "01.3", 1.0, "one-stop shops and the contact centre"),
)

# Source, heading or COFOG, pounds, programme, its aim and whom it is for.
LINES = (
    (GRANT, "Family intervention", "184210.37", "Family team", "families", "parents"),
    (TAX, "Libraries", "31044.10", "Mobile library", "reading", "older people"),
    (TAX, "Neighbourhood wardens", "66830.55", "Wardens", "safe streets", "tenants"),
    (TAX, "08.1", "-20515.20", "Leisure refund", "", ""),
    (TAX, "08.1", "12400.00", "Swimming lessons", "health", "children"),
    (TAX, "08.1", "12400.00", "Swimming lessons", "health", "children"),
    (TAX, "08.1", "12.40", "Walks", "health", "older people"),
    (TAX, "08.1", "14750.00", "Walks", "health", "older people"),
)
PLANTED = {
    "negative amount": ("Leisure refund",),
    "counted twice": ("Swimming lessons",),
    "out of scale": ("Walks",),
    "heading not mapped": ("Neighbourhood wardens",),
    "headings by our mapping": ("Libraries",),
    "missing body": ("Ambulance Trust",),
}


def make_headings() -> pd.DataFrame:
    """Return the place's own headings in COFOG."""
    frame = pd.DataFrame(HEADINGS, columns=["heading", "cofog", "weight", "note"])
    return frame.assign(version=PERIOD)


def make_spend_expected() -> pd.DataFrame:
    """Return sources and bodies that the count should name; one is not there."""
    names = (
        ("source", TAX), ("source", GRANT), ("source", "HM Treasury"),
        ("body", COUNCIL), ("body", "Exampleton NHS Trust"), ("body", "Police"),
        ("body", "Ambulance Trust"),
    )  # fmt: skip
    return pd.DataFrame(names, columns=["what", "name"])


def add_lines(spend: pd.DataFrame) -> pd.DataFrame:
    """Return a spend count with the planted lines below it, and their columns."""
    rows = [
        {
            "source": source,
            "body": COUNCIL,
            "body_kind": LOCAL,
            "cofog": what if what[0].isdigit() else "",
            "heading": "" if what[0].isdigit() else what,
            "amount_pounds": pounds,
            "programme": programme,
            "nature": "revenue",
            "basis": "actual",
            "recurring": "recurring",
            "period": PERIOD,
            "aim": aim,
            "beneficiaries": group,
        }
        for source, what, pounds, programme, aim, group in LINES
    ]
    return pd.concat([spend, pd.DataFrame(rows)], ignore_index=True).fillna("")
