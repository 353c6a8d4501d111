"""One customer's journey, for those inside the partnership who must see one whole.

It names nobody and dates nothing: days are counted from the first contact, after all
times were shifted by a secret amount that is kept nowhere. It never leaves
`private/`: a journey is its customer's, and whoever knows parts of it knows whose.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.release import RULES, Sheet
from insight.release.inside import keep_inside, write_private_page
from insight.report import (
    Picture,
    Report,
    Section,
    Table,
    Text,
    render_page,
    timeline,
)
from insight.report.formats import said_short
from journeys.duplication.rule import DAY_US
from place.sqltext import literal
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from pathlib import Path

    from insight.release import Door, Released
    from journeys import Duplication, Log

__all__ = ["contacts_of", "customer_page"]

PSEUDONYM: Final = "Customer A"
NAME: Final = "customer-a"
YEAR_US: Final = 366 * DAY_US
RARE: Final = 9  # customers up to which an activity's own words are not shown
METHOD: Final = (
    (
        "All times were shifted by a secret amount before days were counted. It is "
        "kept nowhere, and differs at the next run."
    ),
    (
        "No identifier, need, outcome or quote is shown. An activity that few "
        "customers have is named by its class."
    ),
    (
        "Gaps between contacts are right to the day, so whoever knows some of them may "
        "know the customer."
    ),
)
WORDS: Final = {
    "request": "a request", "contact_in": "a contact",
    "contact_out": "a call or letter",
    "intake": "an intake", "assess": "an assessment", "refer": "a referral",
    "service": "a service", "course": "a course", "review": "a review",
    "reset": "a change of circumstances",
}  # fmt: skip


def customer_page(
    found: Duplication,
    door: Door,
    *,
    finding: str | None = None,
    seed: int | None = None,
    shift_us: int | None = None,
) -> Path:
    """Write one customer's journey to `private/customer-a.html`, and return its path.

    Parameters
    ----------
    found
        What was found twice, with the log that it was found in.
    door
        Where to. The page and its table go into `private/`, for the partnership alone.
    finding
        Identifier of a finding, such as "D1-000017": its customer is shown. With
        `None`, it is the customer with the most duplicated contacts, the first in the
        log's order on ties, or with a `seed` one drawn from all who have any.
    seed
        Draws the customer where no finding is named.
    shift_us
        Microseconds by which all times are shifted; with `None`, a secret amount of up
        to a year that is kept nowhere. Give one in tests alone.

    Raises
    ------
    InsightError
        If nothing was found, or no finding has that identifier.

    Notes
    -----
    Names of activities that nine customers or fewer have (or as many as the door's
    rule hides) are replaced by their class. Gaps between contacts are right to the
    day, so whoever knows some of them may know the customer: hence `private/`.
    """
    findings = found.findings()
    customer = _chosen(findings, finding, seed)
    own = findings[findings["customer_id"] == customer]
    shift = secrets.randbelow(YEAR_US) if shift_us is None else shift_us
    frame = contacts_of(found.log, own, rare=max(RARE, door.rule.hides_to), shift=shift)
    kept = keep_inside(
        door,
        frame,
        Sheet(
            name=NAME,
            title=f"{PSEUDONYM}, contact by contact",
            public=["day", "until_day"],
            note="Days are counted from the first contact.",
        ),
    )
    lead = _lead(frame, own)
    report = Report(
        place=door.place,
        period="",
        synthetic=door.synthetic,
        made=datetime.now(UTC),
        version=version("totalplace"),
        rule=RULES["none"],
        sections=[Section(NAME, f"What happened to {PSEUDONYM}", lead, _blocks(kept))],
        inside=True,
    )
    return write_private_page(door, NAME, render_page(report))


def contacts_of(
    log: Log, findings: pd.DataFrame, *, rare: int, shift: int
) -> pd.DataFrame:
    """Return one customer's contacts in order, without identifier or date.

    Parameters
    ----------
    log
        An encoded log.
    findings
        Findings of one customer, at least one.
    rare
        Activities of so many customers or fewer are named by their class.
    shift
        Microseconds added to every time before days are counted.

    Returns
    -------
    contacts
        Columns `day` (from 0), `until_day` (of a spell, else missing), `agency`,
        `activity` and `duplicate` (rules that found it, else missing).
    """
    customer = literal(str(findings["customer_id"].iloc[0]))
    rows = log.engine.arrow(
        "SELECT event_id, agency, activity, activity_class, time_us, end_time_us "
        f"FROM {log.table} WHERE customer IN (SELECT customer FROM "
        f"{log.table}_customers WHERE customer_id = {customer}) ORDER BY seq"
    )
    few = log.engine.arrow(
        f"SELECT activity FROM {log.table} GROUP BY activity "
        f"HAVING count(DISTINCT customer) <= {rare}"
    )["activity"].to_pylist()
    codes = rows["activity"].to_pylist()
    told = log.decoded(rows, {"agency": "agency", "activity": "activity"})
    rules = findings.groupby("event_id")["rule"].agg(
        lambda each: ", ".join(sorted(set(each)))
    )
    days = (told[["time_us", "end_time_us"]].astype("Int64") + shift) // DAY_US
    first = days["time_us"].iloc[0]
    return pd.DataFrame(
        {
            "day": days["time_us"] - first,
            "until_day": days["end_time_us"] - first,
            "agency": told["agency"],
            "activity": [
                _class_of(kind) if code in few else name
                for code, kind, name in zip(
                    codes,
                    rows["activity_class"].to_pylist(),
                    told["activity"],
                    strict=True,
                )
            ],
            "duplicate": told["event_id"].map(rules).astype("string"),
        }
    )


def _class_of(code: int | None) -> str:
    """Return the words for a class of activity."""
    return "a contact" if code is None else WORDS[ACTIVITY_CLASSES[code]]


def _chosen(findings: pd.DataFrame, finding: str | None, seed: int | None) -> str:
    """Return the customer to show."""
    if findings.empty:
        msg = (
            "No contact was found to duplicate another, so there is no customer to "
            "show. Check the rules and the log."
        )
        raise InsightError(msg)
    if finding is not None:
        named = findings.loc[findings["finding_id"] == finding, "customer_id"]
        if named.empty:
            msg = (
                f"No finding is called {finding!r}. Take one from "
                "private/findings.csv of a run on the same tables."
            )
            raise InsightError(msg)
        return str(named.iloc[0])
    many = findings.groupby("customer_id")["event_id"].nunique()
    if seed is not None:
        return str(np.random.default_rng(seed).choice(many.index.to_numpy()))
    return str(many.idxmax())


def _lead(frame: pd.DataFrame, own: pd.DataFrame) -> str:
    """Say the journey in a sentence."""
    again = int(frame["duplicate"].notna().sum())
    rules = ", ".join(sorted(set(own["rule"])))
    cost = own["cost_pence"].sum(min_count=1)
    money = (
        "" if pd.isna(cost) else f"; {_they(again)} {said_short(int(cost), 'pence')}"
    )
    return (
        f"{PSEUDONYM} had {len(frame):,} contacts with {frame['agency'].nunique()} "
        f"agencies over {int(frame['day'].max()):,} days. {again:,} of them "
        f"{'duplicates' if again == 1 else 'duplicate'} earlier work, by rule {rules}"
        f"{money}{' gross, unaudited' if money else ''}."
    )


def _they(many: int) -> str:
    return "it cost" if many == 1 else "they cost"


def _blocks(kept: Released) -> list[Text | Picture]:
    """Return the timeline, and how it was made."""
    table = Table(
        released=kept,
        columns={
            "day": "Day",
            "until_day": "Until day",
            "agency": "Agency",
            "activity": "Activity",
            "duplicate": "Duplicate by rule",
        },
    )
    title = f"{PSEUDONYM}, day by day"
    alt = (
        f"Timeline of {PSEUDONYM}, a lane for each agency, a mark for each contact; "
        "those that duplicate earlier work stand on a corner. The table lists them."
    )
    return [
        Picture(drawing=timeline(kept), title=title, alt=alt, twin=table),
        Text(METHOD, tone="method"),
    ]
