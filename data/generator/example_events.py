"""Turn stories into events: who lives which, which agency plays which part, when.

All is done on whole arrays: the steps of all stories stand in one flat list, each
story that a customer lives is a stretch of it, and every column of the events is
looked up there. No two events of a customer share a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from example_draws import Ints, coded, numbered, pick, stream, within
from example_stories import LONELY, STORIES
from example_world import AGENCIES, DAYS, FIRST_DAY, NEEDS

if TYPE_CHECKING:
    from example_customers import Chunk

__all__ = [
    "Events",
    "customers_by_need",
    "events_table",
    "make_events",
    "truth_table",
]

STEPS = [step for story in STORIES for step in story.steps]
LENGTHS = np.array([len(story.steps) for story in STORIES])
FIRSTS = np.cumsum(LENGTHS) - LENGTHS
LONGEST = np.array([sum(step.after[1] for step in story.steps) for story in STORIES])
WEIGHTS = [story.weight for story in STORIES]
NAMES = [story.name for story in STORIES]
ROLES = {"A": 0, "B": 1, "C": 2, None: -1}
NEEDS_OF = {"main": 0, "other": 1, "none": -1}
ACTIVITIES = sorted({step.activity for step in STEPS})
CLASSES = sorted({step.kind for step in STEPS})
OUTCOMES = sorted({step.outcome for step in STEPS} - {""})
CHANNELS = ("phone", "face to face", "letter", "web", "e-mail")
USUAL_CHANNELS = {
    "request": (3, 3, 4),
    "contact_in": (0, 0, 1),
    "contact_out": (0, 2, 4),
    "refer": (4, 4, 0),
}
PENCE = {
    "request": 300, "contact_in": 800, "contact_out": 600, "intake": 4_500,
    "assess": 18_000, "refer": 2_500, "service": 14_000, "course": 32_000,
    "review": 6_000, "reset": 500,
}  # fmt: skip
ITEMS = ("", "first two", "first", "third", "with identity", "identity")
IDENTITY = "identity seen in person"
MOST_STORIES = 3
STORIES_BY_PRESSURE = 1.0
COST_UNKNOWN = 0.03
MINUTE, DAY = 60, 86_400
OPENING, OPEN_MINUTES = 8 * 3_600, 600


def _column(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


BY = _column([ROLES[step.by] for step in STEPS])
TO = _column([ROLES[step.to] for step in STEPS])
JOINT = _column([ROLES[step.joint] for step in STEPS])
NEED = _column([NEEDS_OF[step.need] for step in STEPS])
ACTIVITY = _column([ACTIVITIES.index(step.activity) for step in STEPS])
CLASS = _column([CLASSES.index(step.kind) for step in STEPS])
OUTCOME = _column([OUTCOMES.index(s.outcome) if s.outcome else -1 for s in STEPS])
ITEM = _column([ITEMS.index(step.items) for step in STEPS])
SOONEST, LATEST = (_column([step.after[end] for step in STEPS]) for end in (0, 1))
SHORTEST, LONGEST_STAY = (_column([s.lasts[end] for s in STEPS]) for end in (0, 1))
COST = _column([PENCE[step.kind] for step in STEPS])
LASTING = np.array([step.kind in {"service", "course"} for step in STEPS])
CHANNEL = np.array(
    [
        [CHANNELS.index(s.channel)] * 3
        if s.channel
        else USUAL_CHANNELS.get(s.kind, (1, 1, 0))
        for s in STEPS
    ]
)
MARKS = [(at, s.mark) for at, s in enumerate(STEPS) if s.mark is not None]


@dataclass(frozen=True)
class Events:
    """Events of a chunk, ordered by customer, story and step."""

    who: Ints  # position of the customer in the chunk
    number: Ints  # of the event among the customer's, from 0
    story: Ints  # position of the story lived, in the chunk
    step: Ints  # position in STEPS
    need: Ints  # position in NEEDS, or -1
    agency: Ints
    to: Ints
    joint: Ints
    channel: Ints
    pence: Ints  # or -1
    second: Ints  # from the start of the period
    end: Ints  # the same, or -1


def make_events(chunk: Chunk) -> Events:
    """Return all events of the customers of a chunk."""
    rng = stream(chunk.seed, chunk.at, 2)
    living = np.minimum(
        np.floor(
            rng.random(chunk.size) * 2 * STORIES_BY_PRESSURE * chunk.pressure**0.5 + 0.4
        ),
        MOST_STORIES,
    ).astype(np.int64)
    lives = np.repeat(np.arange(chunk.size), living)  # the customer of each story
    told = _told(rng, lives, living, first=chunk.at == 0)
    nth = np.arange(len(lives)) - np.searchsorted(lives, lives)
    common = np.array([weight for _, _, weight in NEEDS.values()])
    keys = -np.log1p(-rng.random((chunk.size, len(NEEDS)))) / common
    mixed = np.argsort(keys, axis=1, kind="stable")  # no need twice
    needs = np.stack([mixed[lives, 2 * nth], mixed[lives, 2 * nth + 1]], axis=1)
    casts = _casts(rng, needs[:, 0])

    counts = LENGTHS[told]
    story = np.repeat(np.arange(len(told)), counts)
    begins = np.cumsum(counts) - counts
    step = FIRSTS[told][story] + np.arange(len(story)) - begins[story]
    who = lives[story]
    number = np.arange(len(who)) - np.searchsorted(who, who)

    waits = np.cumsum(within(rng, SOONEST[step], LATEST[step]))
    start = np.floor(rng.random(len(told)) * (DAYS - LONGEST[told])).astype(np.int64)
    day = start[story] + waits - waits[begins][story]
    minute = np.floor(rng.random(len(story)) * OPEN_MINUTES).astype(np.int64)
    second = day * DAY + OPENING + minute * MINUTE + number  # distinct by `number`
    spread = np.exp(0.2 * rng.standard_normal(len(story)))
    known = rng.random(len(story)) >= COST_UNKNOWN
    return Events(
        who=who,
        number=number,
        story=story,
        step=step,
        need=_cast(needs, story, NEED[step]),
        agency=_cast(casts, story, BY[step]),
        to=_cast(casts, story, TO[step]),
        joint=_cast(casts, story, JOINT[step]),
        channel=CHANNEL[step, pick(rng, len(story), (1, 1, 1))],
        pence=np.where(known, np.round(COST[step] * spread), -1).astype(np.int64),
        second=second,
        end=_ends(rng, step, second),
    )


def _told(rng: np.random.Generator, lives: Ints, living: Ints, *, first: bool) -> Ints:
    """Return which story each is; the first chunk has every story at least once."""
    told = pick(rng, len(lives), WEIGHTS)
    alone = np.flatnonzero(living[lives] == 1)
    if first and len(alone) >= len(STORIES):
        told[alone[: len(STORIES)]] = np.arange(len(STORIES))
    crowded = (told == NAMES.index(LONELY)) & (living[lives] > 1)
    told[crowded] = NAMES.index("changed circumstances")
    return told


def _casts(rng: np.random.Generator, need: Ints) -> Ints:
    """Return the agencies that play A, B and C; the usual one often plays A."""
    able = np.array([agencies for agencies, _, _ in NEEDS.values()])[need]
    keys = rng.random(able.shape) + np.array([0.0, 0.35, 0.6, 0.7])
    order = np.argsort(keys, axis=1, kind="stable")
    return np.take_along_axis(able, order, axis=1)[:, :3]


def _cast(choices: Ints, story: Ints, role: Ints) -> Ints:
    """Return who or what plays a role in each story; -1 stays -1."""
    return np.where(role < 0, -1, choices[story, np.maximum(role, 0)])


def _ends(rng: np.random.Generator, step: Ints, second: Ints) -> Ints:
    """Return when services and courses end; -1 for others and for those still open."""
    days = within(rng, SHORTEST[step], LONGEST_STAY[step])
    minutes = within(rng, np.full(len(step), 20), np.full(len(step), 110))
    end = second + np.where(days > 0, days * DAY, minutes * MINUTE)
    return np.where(LASTING[step] & (end < DAYS * DAY), end, -1)


def events_table(chunk: Chunk, events: Events) -> pa.Table:
    """Return the events as they are written, in the order they happened."""
    order = np.lexsort((events.number, events.who, events.second))
    step, need, who = (a[order] for a in (events.step, events.need, events.who))
    facts = [_asked(kind, three) for _, three, _ in NEEDS.values() for kind in ITEMS]
    asked = np.where(ITEM[step] > 0, need * len(ITEMS) + ITEM[step], -1)
    pence, end = events.pence[order], events.end[order]
    zero = np.datetime64(FIRST_DAY, "s")
    spell = chunk.number[who] * 10 + _spell(events)[order]
    return pa.table(
        {
            "event_id": _event_ids(chunk, who, events.number[order]),
            "customer_id": numbered("C", chunk.number[who], 8),
            "time": zero + events.second[order],
            "agency": coded(events.agency[order], AGENCIES),
            "activity": coded(ACTIVITY[step], ACTIVITIES),
            "need": coded(need, list(NEEDS)),
            "episode_id": numbered("S", spell, 9),
            "activity_class": coded(CLASS[step], CLASSES),
            "channel": coded(events.channel[order], CHANNELS),
            "outcome": coded(OUTCOME[step], OUTCOMES),
            "referred_to": coded(events.to[order], AGENCIES),
            "cost_pounds": pa.array(pence / 100, mask=pence < 0),
            "end_time": pa.array(zero + end, mask=end < 0),
            "data_items": coded(asked, facts),
            "joint_with": coded(events.joint[order], AGENCIES),
        }
    )


def truth_table(chunk: Chunk, events: Events) -> pa.Table:
    """Return one row for each event that is duplication or a decoy of it."""
    at_mark = np.full(len(STEPS), -1)
    at_mark[[step for step, _ in MARKS]] = np.arange(len(MARKS))
    rows = np.flatnonzero(at_mark[events.step] >= 0)
    mark = at_mark[events.step[rows]]
    begins = np.searchsorted(events.story, events.story[rows])

    def shown(which: int) -> pa.Array:
        back = np.array([[*m.evidence, -1][which] for _, m in MARKS])[mark]
        there = begins + np.maximum(back, 0)
        ids = _event_ids(chunk, events.who[there], events.number[there])
        return pc.if_else(pa.array(back >= 0), ids, pa.scalar(None, pa.string()))

    marks = [m for _, m in MARKS]
    pence = events.pence[rows]
    return pa.table(
        {
            "event_id": _event_ids(chunk, events.who[rows], events.number[rows]),
            "rule": coded(mark, [m.rule for m in marks]),
            "kind": coded(mark, [m.kind for m in marks]),
            "why": coded(mark, [m.why for m in marks]),
            "evidence_event_ids": pc.binary_join_element_wise(
                shown(0), shown(1), ";", null_handling="skip"
            ),
            "cost_pounds": pa.array(pence / 100, mask=pence < 0),
        }
    )


def customers_by_need(events: Events) -> Ints:
    """Return how many customers each agency met for each need."""
    has = events.need >= 0
    triple = (events.who[has] * len(NEEDS) + events.need[has]) * len(AGENCIES)
    once = np.unique(triple + events.agency[has]) % (len(NEEDS) * len(AGENCIES))
    counts = np.bincount(once, minlength=len(NEEDS) * len(AGENCIES))
    return counts.reshape(len(NEEDS), len(AGENCIES)).astype(np.int64)


def _event_ids(chunk: Chunk, who: Ints, number: Ints) -> pa.Array:
    return numbered("E", chunk.number[who] * 100 + number, 10)


def _spell(events: Events) -> Ints:
    """Return the position of each event's story among its customer's."""
    return events.story - events.story[np.searchsorted(events.who, events.who)]


def _asked(kind: str, facts: tuple[str, str, str]) -> str:
    """Return the facts that an event asks for, separated by semicolons."""
    asked = {
        "first two": facts[:2],
        "first": facts[:1],
        "third": facts[2:],
        "with identity": (facts[0], IDENTITY),
        "identity": (IDENTITY,),
    }
    return ";".join(asked.get(kind, ()))
