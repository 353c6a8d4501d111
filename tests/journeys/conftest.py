"""Small logs, written as tuples, and random ones."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import strategies as st

from journeys import encode_log, find_duplication
from journeys.duplication.rules import Rules, read_rules
from place.engine import DuckDBEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from journeys import Log

DAY_ONE = pd.Timestamp("2009-04-01", tz="UTC")
COLUMNS = [
    "customer_id",
    "agency",
    "activity",
    "activity_class",
    "day",
    "need",
    "episode_id",
    "referred_to",
    "joint_with",
    "cost_pence",
    "end_day",
    "outcome",
    "channel",
    "data_items",
]
SHIPPED = read_rules()


def frame_of(events: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Make a frame of events; `day` and `end_day` count from 1 April 2009."""
    frame = pd.DataFrame(list(events), columns=COLUMNS).astype(object)
    frame = frame.where(frame.notna(), None)
    for name, day in (("time", "day"), ("end_time", "end_day")):
        days = pd.to_timedelta(frame.pop(day).astype(float), unit="D")
        frame[name] = DAY_ONE + days.astype("timedelta64[us]")
    frame["event_id"] = [f"e{row:03d}" for row in range(len(frame))]
    return frame.astype(
        {
            "cost_pence": "Int64",
            "event_id": "str",
            "customer_id": "str",
            "agency": "str",
        }
    )


def only(section: str, **changes: Any) -> Rules:  # noqa: ANN401 - options of a rule
    """Return the shipped rules with one rule alone, some of its options changed."""
    shipped = SHIPPED.of(section)
    assert shipped is not None, f"rules.toml has no [{section}]"
    options = type(shipped).model_validate(shipped.model_dump() | changes)
    return Rules.model_validate(
        {"schema": 1, "version": SHIPPED.version, section: options}
    )


def evidence_of(
    log: Log, rules: Rules | None = None, rule: str | None = None
) -> dict[str, str]:
    """Return the evidence of each event that the rules, or one of them, find."""
    found = find_duplication(log, rules).findings()
    found = found if rule is None else found[found["rule"] == rule]
    return dict(zip(found["event_id"], found["evidence_ids"], strict=True))


@pytest.fixture(scope="session")
def engine() -> Iterator[DuckDBEngine]:
    engine = DuckDBEngine(threads=1)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def events_of() -> Callable[[Sequence[dict[str, Any]]], pd.DataFrame]:
    return frame_of


@pytest.fixture(scope="session")
def log_of(engine: DuckDBEngine) -> Callable[..., Log]:
    """Return a log of (customer, agency, class, day) tuples or of dictionaries."""

    def log_of(*contacts: tuple[str, str, str, float] | dict[str, Any]) -> Log:
        names = ("customer_id", "agency", "activity_class", "day")
        events = [
            {"activity": "talk", "need": "housing"}
            | (dict(zip(names, c, strict=True)) if isinstance(c, tuple) else c)
            for c in contacts
        ]
        return encode_log(frame_of(events), engine=engine)

    return log_of


# What a random event is made of, and how often each value comes.
MIX: dict[str, list[tuple[Any, int]]] = {
    "customer_id": [("x", 3), ("y", 1)],
    "agency": [("A", 3), ("B", 3), ("C", 2), ("D", 1)],
    "activity": [("talk", 6), ("screen", 2), ("clinic", 2), ("by law", 1)],
    "activity_class": [
        ("assess", 6),
        ("refer", 6),
        ("course", 3),
        ("service", 3),
        ("contact_in", 2),
        ("intake", 2),
        ("request", 2),
        ("contact_out", 1),
        ("review", 1),
        ("reset", 1),
        (None, 1),
    ],
    "need": [("housing", 6), ("money", 3), (None, 1)],
    "episode_id": [(None, 3), ("one", 1), ("two", 1)],
    "referred_to": [(None, 2), ("A", 2), ("B", 2), ("C", 1)],
    "joint_with": [(None, 8), ("A", 1), ("C; A", 1), ("B ;  D;", 1)],
    "cost_pence": [(None, 1), (7, 1), (10, 1)],
    "outcome": [
        (None, 3),
        ("not achieved", 3),
        ("achieved", 2),
        ("left early", 2),
        ("completed", 2),
        ("closed", 1),
        ("failed", 1),
    ],
    "channel": [(None, 1), ("phone", 2), ("web", 2)],
    "data_items": [
        (None, 3),
        ("income=1", 2),
        ("income=2", 1),
        ("income; address", 1),
        ("address=7;identity=3", 1),
        ("identity", 1),
    ],
}
LASTS = [(None, 3), (0, 1), (1, 1), (4, 1), (12, 1)]  # days from an event to its end


def mixed_events(size_and_seed: tuple[int, int]) -> list[dict[str, Any]]:
    """Draw events by the mix, dense in time so that ties and repeats occur."""
    size, seed = size_and_seed
    random = Random(seed)  # noqa: S311 - test data
    days = max(1, size // 2)
    events = []
    for _ in range(size):
        event: dict[str, Any] = {"day": random.randrange(days)}
        for name, choices in MIX.items():
            values, weights = zip(*choices, strict=True)
            event[name] = random.choices(values, weights)[0]
        lasts = random.choices(*zip(*LASTS, strict=True))[0]
        event["end_day"] = None if lasts is None else event["day"] + lasts
        events.append(event)
    return events


@pytest.fixture(scope="session")
def random_events() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Logs of up to 40 events, in which every part of a rule gets its turn."""
    return st.tuples(st.integers(0, 40), st.integers(0, 10**9)).map(mixed_events)


def many_logs(seed: int, logs: int = 25) -> list[dict[str, Any]]:
    """Draw many small logs as one, with customers of their own."""
    return [
        event | {"customer_id": f"{event['customer_id']}{at}"}
        for at in range(logs)
        for event in mixed_events((3 + 2 * at % 40, seed + at))
    ]


@pytest.fixture(scope="session")
def random_logs() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Logs of some 500 events: one search in place of many, as searches take long."""
    return st.integers(0, 10**9).map(many_logs)
