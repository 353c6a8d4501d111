"""The evidence base: all words must match, most hits first."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.evidence.examples import find_examples
from insight.evidence.facts import evidence_index

INDEX = pd.DataFrame(
    [
        ("North", "value", "before", "1", "Segments of customers."),
        ("South", "process", "after", "2", "A segment, and another segment."),
        ("Southwold", "value", "before", "3", "Take up of meals; customers asked."),
    ],
    columns=["place", "component", "phase", "lines", "says"],
)


def places(text: str) -> list[str]:
    return find_examples(text, INDEX).found["place"].tolist()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("segment", ["South", "North"]),
        ("SEGMENTS", ["North"]),
        ("segment customer", ["North"]),
        ("take-up", ["Southwold"]),
        ("TAKE\u2011UP", ["Southwold"]),
        ("gment", []),
        ("south", ["South", "Southwold"]),
        ("process", ["South"]),
        ("", ["North", "South", "Southwold"]),
        (" - ", ["North", "South", "Southwold"]),
        ("(", []),
    ],
)
def test_all_words_must_begin_one(text: str, found: list[str]) -> None:
    assert places(text) == found


def test_what_is_found_is_said_with_where_it_stands() -> None:
    said = str(find_examples("take-up"))
    assert said.startswith("2 of 38 examples have 'take-up'.")
    assert "process, before the flags, lines 1440-1447" in said


def test_nothing_found_says_what_to_do() -> None:
    assert "None of 3 examples has all of 'zebra'" in str(find_examples("zebra", INDEX))


def test_an_index_without_a_column_is_refused() -> None:
    with pytest.raises(InsightError, match=r"lack \['says'\]"):
        find_examples("x", INDEX.drop(columns="says"))


@given(st.lists(st.sampled_from(["mosaic", "customer", "police", "£", "one"])))
def test_more_words_never_find_more(words: list[str]) -> None:
    many = [
        len(find_examples(" ".join(words[:n])).found) for n in range(len(words) + 1)
    ]
    assert many == sorted(many, reverse=True)
    assert many[0] == len(evidence_index())
