"""What is done twice: by rule, with the naive count beside, and where it is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter
from insight.chapters.duplication_methods import methods_text
from insight.chapters.duplication_pairs import (
    COUNTED,
    costed,
    pair_blocks,
    segment_grid,
)
from insight.chapters.duplication_time import time_blocks
from insight.chapters.need_breadth import breadth_blocks
from insight.chapters.one_customer import customer_page
from insight.release import Sheet, release
from insight.report import (
    Bars,
    Picture,
    Section,
    Table,
    Text,
    bars,
    figure_of,
)

if TYPE_CHECKING:
    from insight.chapters.followed import Followed
    from insight.release import Door, Released
    from insight.report import Block
    from journeys import Duplication

__all__ = ["duplication_chapter"]

MEANING: Final = (
    "A contact is duplication only where a rule says so: the same need, within the "
    "time an answer stays valid, with nothing in between that would justify asking "
    "again. The naive count beside each rule is what one would get without that."
)


def duplication_chapter(followed: Followed) -> Chapter:
    """Show what is done twice, with the naive count beside, and who repeats whom.

    The evidence of each finding goes to `private/findings.csv` alone.

    Parameters
    ----------
    followed
        The journeys of a place. Where it has segments, findings are given by segment.
    """
    found, door = followed.found, followed.door
    totals = _totals(found, door)
    again = figure_of(
        totals,
        "duplicates",
        label="contacts that duplicate another",
        note=f"by rules {found.rules.version}",
    )
    contacts = figure_of(totals, "events", label="").value
    lead = (
        f"{again.value} of {contacts} contacts repeat what had been done already, send "
        f"the customer back or need not have been made{_cost(found, totals)}"
    )
    blocks: list[Block] = [Text([MEANING]), *_by_rule(found, door)]
    blocks += _unmatched(found, door)
    if any(one.findings for one in found.by_rule):
        blocks += pair_blocks(found, door)
        if followed.segments:
            blocks.append(segment_grid(followed, followed.segments))
    said, breadth = breadth_blocks(followed.log, door)
    blocks += [*time_blocks(followed), *breadth]
    blocks += [*_one_customer(followed), methods_text(found.rules)]
    return Chapter(
        section=Section("duplication", "What is done twice", lead, blocks),
        sentences=[lead, *said],
        headlines=[again],
    )


def _cost(found: Duplication, totals: Released) -> str:
    """Say what duplication costs, with its base, from what the door let out."""
    if not found.events:
        return "."
    if found.cost_pence is None:
        return ". What they cost is not recorded."
    money = figure_of(totals, "cost_pence", label="").value
    said = f"; they cost {money} gross, before any audit"
    if not found.not_costed:
        return f"{said}."
    without = figure_of(totals, "not_costed", label="").value
    return f"{said}, {without} of them without a recorded cost."


def _totals(found: Duplication, door: Door) -> Released:
    frame = pd.DataFrame(
        {
            "what": ["all rules"],
            "duplicates": [found.events],
            "customers": [found.customers],
            "events": [found.log.n_events],
            "all_customers": [found.log.n_customers],
            "not_costed": [found.not_costed],
            "costed": [found.events - found.not_costed],
            "cost_pence": pd.array([found.cost_pence], "Int64"),
        }
    )
    sheet = replace(
        COUNTED,
        name="duplication_totals",
        title="Duplication by all rules",
        counts=[
            *("duplicates", "customers", "events"),
            *("all_customers", "not_costed", "costed"),
        ],
        of_people={
            **dict.fromkeys(("duplicates", "not_costed", "costed"), "customers"),
            "events": "all_customers",
        },
    )
    return release(door, frame, sheet)


def _one_customer(followed: Followed) -> list[Block]:
    """Write one customer's journey for those inside, where a place asks for it."""
    asked = followed.opened.place.journeys.one_customer
    if not asked or not followed.found.events:
        return []
    page = customer_page(followed.found, followed.door)
    said = (
        "The journey of one customer with many such contacts, day by day and without "
        f"a name, is in {page.parent.name}/{page.name}. It stays inside the "
        "partnership."
    )
    return [Text([said])]


def _unmatched(found: Duplication, door: Door) -> list[Block]:
    """Say which referrals and joint contacts the rules could not follow."""
    if not any(found.unmatched):
        return []
    frame = pd.DataFrame([found.unmatched._asdict()]).assign(what="unmatched")
    counts = list(found.unmatched._asdict())
    sheet = Sheet(name="unmatched", title="Agencies not in the log", counts=counts)
    out = release(door, frame, sheet)
    said = (
        f"{figure_of(out, 'referrals', label='').value} referrals and "
        f"{figure_of(out, 'joint_contacts', label='').value} joint contacts name an "
        "agency that the log does not have, by a slip of spelling or because it is "
        "outside: the rules could not follow them."
    )
    return [Text([said], tone="caution")]


def _by_rule(found: Duplication, door: Door) -> list[Block]:
    """Show each rule, and its naive count, as bars and as a table."""
    frame = pd.DataFrame(
        {
            "rule": [f"{one.rule} {one.title}" for one in found.by_rule],
            "findings": [one.findings for one in found.by_rule],
            "naive": [one.naive for one in found.by_rule],
            "customers": [one.customers for one in found.by_rule],
            "events": [one.events for one in found.by_rule],
            "all_customers": found.log.n_customers,
            "unjudged": [one.unjudged for one in found.by_rule],
            "not_costed": [one.not_costed for one in found.by_rule],
            "cost_pence": pd.array([one.cost_pence for one in found.by_rule], "Int64"),
        }
    )
    frame = costed(frame)
    counts = frame.columns.drop(["rule", "cost_pence"]).tolist()
    released = release(
        door,
        frame,
        Sheet(
            name="duplication_rules",
            title="Duplication by rule",
            counts=counts,
            of_people={
                **dict.fromkeys(("findings", "not_costed", "costed"), "customers"),
                **dict.fromkeys(("naive", "events", "unjudged"), "all_customers"),
            },
            measures={"cost_pence": "costed"},
            note=(
                f"Rules version {found.rules.version}. A contact that several rules "
                "find is costed once, shared between them. Cost is gross, before any "
                "audit; where a rule finds lost time, there is none."
            ),
        ),
    )
    headings = {
        "rule": "Rule",
        "findings": "Contacts found",
        "naive": "Naive count",
        "customers": "Customers",
        "events": "Contacts judged",
        "unjudged": "Without a need, not judged",
        "cost_pence": "Gross cost",
        "not_costed": "Found, without a cost",
    }
    for without in ("unjudged", "not_costed"):
        if not frame[without].any():
            del headings[without]
    table = Table(released=released, columns=headings)
    return [_contrast(frame, table, door)] if frame["naive"].any() else [table]


def _contrast(frame: pd.DataFrame, twin: Table, door: Door) -> Picture:
    """Draw what each rule finds above what one would count without definitions."""
    both = pd.concat(
        {
            "by the rule": frame[["rule", "findings", "customers"]],
            "naive count": frame[["rule", "naive", "all_customers"]].set_axis(
                ["rule", "findings", "customers"], axis=1
            ),
        },
        names=["how"],
    ).reset_index("how")
    both = both.sort_index(kind="stable").reset_index(drop=True)
    rules, naive = both["rule"], both.pop("how") == "naive count"
    both.insert(0, "bar", rules.mask(naive, rules.str[:2] + ": naive count"))
    released = release(
        door,
        both.drop(columns="rule"),
        Sheet(
            name="duplication_naive",
            title="Contacts by rule and by naive count",
            counts=["findings", "customers"],
            of_people={"findings": "customers"},
        ),
    )
    return Picture(
        drawing=bars(released, Bars(label="bar", value="findings")),
        title="What each rule finds, beside a naive count",
        alt=(
            "Bars in pairs, one pair a rule: the contacts that the rule finds, and "
            "those that a naive count gives, which are nearly always far more."
        ),
        twin=twin,
    )
