"""The template for the locally led count: a workbook with drop-downs.

It is made of the contract of `spend`, so that what is filled is what can be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.release.forms import Form, Listed
from insight.spend.cofog import cofog_1999
from insight.spend.headings import own_headings
from insight.spend.moderation.missing import DEFENCE
from place.spend_tables import BODY_KINDS, spend

if TYPE_CHECKING:
    from place import Column

__all__ = ["headings_form", "template_form"]

ROOM: Final = 1_000
CODES, KINDS, NOTES, SAMPLE = "COFOG codes", "Body kinds", "Notes", "Example"
WHAT_KINDS: Final = {
    "local authority": "county, district, borough, unitary or parish council",
    "nhs": "primary care trust, hospital, ambulance or mental health trust",
    "police": "police force or authority",
    "fire": "fire and rescue service",
    "central government": "department or agency that spends in the place itself",
    "regional": "government office, development agency or other regional body",
    "third sector": "charity, voluntary group, social enterprise, housing association",
    "private": "company; only where public money pays it",
    "other": "college, university, probation and others: say who in the body's name",
}
HOW: Final = """\
One row is one amount that one body spends from one source on one purpose.

Count what is spent in or for the place, capital as well as revenue. State nature,
basis, recurring and period on every row: money of two kinds is never added.

Money that a body passes on is not spent by it: give the body that spends it last.

Income and refunds are below nought, on rows of their own, and are never netted.

Leave out defence and what is spent for the whole nation.

Give a COFOG group where you can, a division where you cannot, and your own heading
where you know neither; say in the table headings what your headings are.

Leave blank what you do not know. Do not write 0, n/a or tbc.

Do not add a row of totals: write what a body says its rows add up to in total_pounds,
on each of its rows, and it is checked against them.

List the sources and bodies that the count should name in the table spend_expected:
those that are missing are then named."""
# Invented, and says so on the sheet.
LINES: Final = (
    ("Formula grant", "A council (invented)", "local authority", "09.2", "2500000.00"),
    ("Council tax", "A council (invented)", "local authority", "05.1", "410000.50"),
    ("HM Treasury", "A health trust (invented)", "nhs", "07.3", "-12000.00"),
)


def template_form() -> Form:
    """Return the template for the locally led count, for `write_forms`.

    Returns
    -------
    form
        No rows, the columns of the contract `spend`, drop-downs where it allows a
        few words and for COFOG codes, and sheets of codes, of kinds of body, of
        notes and of an invented example.

    References
    ----------
    The 2010 report, section 4.1.1: source, application, nature and amount of
    spending; sections 4.4 and 4.5 for what pilots filled differently.

    Examples
    --------
    >>> form = template_form()
    >>> sorted(form.choices)
    ['basis', 'body_kind', 'cofog', 'nature', 'recurring']
    """
    columns = spend().columns
    codes = cofog_1999().reset_index()[["code", "name", "level", "version"]]
    codes["level"] = codes["level"].map({1: "division", 2: "group"})
    codes.loc[codes["code"].str.startswith(DEFENCE), "level"] += ", not counted locally"
    choices = {one.name: one.one_of for one in columns if one.one_of}
    sample = pd.DataFrame(LINES, columns=[one.name for one in columns[:5]])
    return Form(
        rows=pd.DataFrame(columns=[one.name for one in columns], dtype=object),
        choices=choices | {"cofog": Listed(CODES, "code")},
        words=[
            one.name
            for one in columns
            if one.kind == "text" and one.name not in {*choices, "cofog"}
        ],
        amounts=[one.name for one in columns if one.kind == "pounds"],
        beside={
            NOTES: _notes(columns),
            CODES: codes,
            KINDS: pd.DataFrame(
                {
                    "body_kind": list(BODY_KINDS),
                    "covers": [WHAT_KINDS[kind] for kind in BODY_KINDS],
                }
            ),
            SAMPLE: sample.assign(
                nature="revenue", basis="actual", recurring="recurring",
                period="2008-09",
            ),
        },
        room=ROOM,
    )  # fmt: skip


def _notes(columns: tuple[Column, ...]) -> pd.DataFrame:
    rows = [("how to fill", " ".join(part.split())) for part in HOW.split("\n\n")]
    for one in columns:
        must = "Needed. " * one.required
        rows.append((one.name, f"{must}{one.note or 'One'}{_of(one)}."))
    return pd.DataFrame(rows, columns=["column", "note"])


def _of(one: Column) -> str:
    return f": one of {', '.join(one.one_of)}" * bool(one.one_of)


def headings_form() -> Form:
    """Return our own mapping of headings to COFOG, to change and to add to.

    Examples
    --------
    >>> list(headings_form().rows.columns)
    ['heading', 'cofog', 'weight', 'note', 'version']
    """
    own = own_headings()
    return Form(
        rows=own.assign(weight=own["weight"].astype("str")),
        choices={"cofog": Listed(CODES, "code")},
        words=["heading", "note", "version"],
        amounts=["weight"],
        beside={CODES: cofog_1999().reset_index()[["code", "name"]]},
        room=ROOM,
    )
