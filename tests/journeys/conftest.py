"""Small logs, written as tuples, and random ones."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import strategies as st

from journeys import encode_log
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
]


def frame_of(events: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Make a frame of events; `day` counts from 1 April 2009."""
    frame = pd.DataFrame(list(events), columns=COLUMNS).astype(object)
    frame = frame.where(frame.notna(), None)
    days = pd.to_timedelta(frame.pop("day").astype(float), unit="D")
    frame["time"] = DAY_ONE + days.astype("timedelta64[us]")
    frame["event_id"] = [f"e{row:03d}" for row in range(len(frame))]
    return frame.astype(
        {
            "cost_pence": "Int64",
            "event_id": "str",
            "customer_id": "str",
            "agency": "str",
        }
    )


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
        ("intake", 2),
        ("request", 2),
        ("service", 1),
        ("reset", 1),
        (None, 1),
    ],
    "need": [("housing", 6), ("money", 3), (None, 1)],
    "episode_id": [(None, 3), ("one", 1), ("two", 1)],
    "referred_to": [(None, 2), ("A", 2), ("B", 2), ("C", 1)],
    "joint_with": [(None, 8), ("A", 1), ("C; A", 1), ("B ;  D;", 1)],
    "cost_pence": [(None, 1), (7, 1), (10, 1)],
}


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
        events.append(event)
    return events


@pytest.fixture(scope="session")
def random_events() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Logs of up to 40 events, in which every part of a rule gets its turn."""
    return st.tuples(st.integers(0, 40), st.integers(0, 10**9)).map(mixed_events)
