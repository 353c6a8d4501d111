"""Vocabularies: which word wins, what is a fault, and what is told to be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys import JourneyError, encode_log
from journeys.suggestions import alike_names, nearest_of, suggested_class
from journeys.vocabulary import (
    Mapped,
    mapped_events,
    unmapped_activities,
    used_activities,
)
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from place.engine import DuckDBEngine

DAY = pd.Timestamp("2009-04-01", tz="UTC")


def events_of(*contacts: tuple[str, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(contacts, columns=["agency", "activity", "activity_class"])
    return frame.assign(
        customer_id=[f"c{at // 2}" for at in range(len(frame))],
        event_id=[f"e{at}" for at in range(len(frame))],
        time=DAY,
    )


def words_of(*rows: tuple[str, str | None, str, str | None]) -> pd.DataFrame:
    names = ["activity", "agency", "activity_class", "standard_activity"]
    return pd.DataFrame(rows, columns=names)


EVENTS = events_of(
    ("GP", "appt", None),
    ("Housing", "appt", None),
    ("Housing", "appt", "review"),
    ("Police", "chat", None),
)


def mapped(
    engine: DuckDBEngine,
    words: pd.DataFrame,
    classes: Mapping[str, str] | None = None,
    events: pd.DataFrame = EVENTS,
) -> tuple[Mapped, list[tuple[str, str | None]]]:
    done = mapped_events(events, words, engine=engine, classes=classes)
    rows = engine.arrow(
        f"SELECT activity, activity_class FROM {done.table} ORDER BY event_id"
    ).to_pylist()
    return done, [(row["activity"], row["activity_class"]) for row in rows]


def test_the_most_specific_word_wins(engine: DuckDBEngine) -> None:
    words = words_of(
        ("appt", None, "intake", "appointment"), ("appt", "GP", "assess", None)
    )
    _, rows = mapped(engine, words, {"chat": "contact_in"})
    assert rows == [
        ("appointment", "assess"),
        ("appointment", "intake"),
        ("appointment", "review"),
        ("chat", "contact_in"),
    ]


def test_what_nothing_maps_stays_and_is_listed(engine: DuckDBEngine) -> None:
    done, rows = mapped(engine, words_of(("appt", "GP", "assess", None)))
    assert rows[1] == ("appt", None)
    assert rows[3] == ("chat", None)
    log = encode_log(done.table, engine=engine)
    listed = unmapped_activities(log, known=["Chats", *done.known])
    assert listed[["activity", "events", "customers"]].to_numpy().tolist() == [
        ["appt", 1, 1],
        ["chat", 1, 1],
    ]
    assert listed["nearest"].tolist()[1] == "Chats"


def test_rows_that_no_event_needs_are_told(engine: DuckDBEngine) -> None:
    words = words_of(
        ("appt", None, "intake", None),
        ("chat", "police", "contact_in", None),
        ("exam", None, "assess", None),
    )
    done, _ = mapped(engine, words)
    assert done.unused.to_numpy().tolist()[0] == ["chat", "police"]
    assert done.unused["activity"].tolist() == ["chat", "exam"]
    assert str(done) == (
        "The vocabulary maps 3 activities; 2 of its rows name an activity or an "
        "agency that no event has. Look at their spelling."
    )


@pytest.mark.parametrize(
    ("words", "classes", "match"),
    [
        (
            words_of(("appt", None, "intake", None), ("appt", None, "assess", None)),
            {},
            r"Of 1 activities more than one thing is said .*'appt'",
        ),
        (
            words_of(("appt", "GP", "intake", None), ("appt", "GP", "intake", "a")),
            {},
            "Of 1 activities more than one thing",
        ),
        (
            words_of(("appt", None, "intake", None)),
            {"appt": "assess"},
            r"or in \[journeys\.classes\]: 'appt'",
        ),
        (words_of(("appt", None, "asess", None)), {}, "Did you mean 'assess'"),
        (
            words_of(("appt", None, "intake", None)).drop(columns="activity_class"),
            {},
            r"lacks \['activity_class'\]",
        ),
    ],
)
def test_a_vocabulary_that_contradicts_itself_is_refused(
    engine: DuckDBEngine, words: pd.DataFrame, classes: dict[str, str], match: str
) -> None:
    with pytest.raises(JourneyError, match=match):
        mapped(engine, words, classes)


def test_saying_the_same_twice_over_is_no_contradiction(engine: DuckDBEngine) -> None:
    words = words_of(("appt", None, "intake", None), ("appt", "GP", "assess", None))
    _, rows = mapped(engine, words, {"appt": "intake"})
    assert rows[0] == ("appt", "assess")


def test_rows_that_are_not_filled_map_nothing(engine: DuckDBEngine) -> None:
    words = words_of(("appt", None, "", None), ("chat", "", "contact_in", ""))
    _, rows = mapped(engine, words)
    assert rows[0] == ("appt", None)
    assert rows[3] == ("chat", "contact_in")


def test_activities_are_counted_by_agency(engine: DuckDBEngine) -> None:
    log = encode_log(EVENTS, engine=engine)
    used = used_activities(log)
    assert used.columns.tolist() == [
        *("activity", "agency", "activity_class", "events", "customers")
    ]
    assert used[["activity", "agency", "events", "customers"]].to_numpy().tolist() == [
        ["appt", "GP", 1, 1],
        ["appt", "Housing", 2, 2],
        ["chat", "Police", 1, 1],
    ]
    assert used["activity_class"].isna().all()  # one of the two is a review


names = st.sampled_from(["a", "b", "c"])
agencies = st.sampled_from(["X", "Y"])
kinds = st.sampled_from(ACTIVITY_CLASSES[:3])


@given(
    st.lists(st.tuples(agencies, names, st.none() | kinds), min_size=1, max_size=8),
    st.dictionaries(
        st.tuples(names, st.none() | agencies),
        st.tuples(kinds, st.none() | st.sampled_from(["a", "z"])),
    ),
)
def test_every_event_is_mapped_as_a_person_would(
    engine: DuckDBEngine,
    contacts: list[tuple[str, str, str | None]],
    said: dict[tuple[str, str | None], tuple[str, str | None]],
) -> None:
    rows = [(name, agency, *what) for (name, agency), what in said.items()]
    _, found = mapped(engine, words_of(*rows), events=events_of(*contacts))
    nothing = (None, None)
    expected = []
    for agency, name, own in contacts:
        here, any_ = said.get((name, agency), nothing), said.get((name, None), nothing)
        expected.append((here[1] or any_[1] or name, own or here[0] or any_[0]))
    assert found == expected


@pytest.mark.parametrize(
    ("activity", "expected"),
    [
        ("Appeal heard", "reset"),
        ("Form filled in", "intake"),
        ("platform", ""),
        ("Reassessment", ""),
        ("Risk assessment", "assess"),
        ("Hospital admission", "intake"),
        ("x", ""),
    ],
)
def test_a_class_is_suggested_by_a_word(activity: str, expected: str) -> None:
    assert suggested_class(activity, {})[0] == expected


def test_a_near_name_is_told_whatever_its_capitals() -> None:
    assert nearest_of("HOUSING VISIT", ["Housing visits", "Court"]) == "Housing visits"
    assert nearest_of("zzz", ["Housing visits"]) is None


@given(st.lists(st.text(max_size=6), max_size=6))
def test_names_alike_are_each_in_one_group(words: list[str]) -> None:
    groups = alike_names(words)
    flat: list[Any] = [name for group in groups for name in group]
    assert len(flat) == len(set(flat))
    assert set(flat) <= set(words)
    assert all(len(group) > 1 for group in groups)


def test_names_of_marks_alone_are_no_spelling_of_one_another() -> None:
    assert alike_names(["A & E", "A and E", "A, E", "-", "!"]) == [("A & E", "A and E")]
