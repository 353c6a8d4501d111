"""Cost as a union: the Shapley value of the largest part, against every order."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from math import factorial
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.duplication.findings import shares_sql

if TYPE_CHECKING:
    from place.engine import DuckDBEngine

RULES = ("D1", "D2", "D3", "D5")
Parts = dict[str, int | None]


def shapley(parts: dict[str, int]) -> dict[str, Fraction]:
    """Let the rules come in every order, each paid for what it adds to the largest."""
    worth = dict.fromkeys(parts, Fraction(0))
    for order in permutations(parts):
        largest = 0
        for rule in order:
            worth[rule] += max(parts[rule] - largest, 0)
            largest = max(largest, parts[rule])
    return {rule: sum_ / factorial(len(parts)) for rule, sum_ in worth.items()}


def shares(engine: DuckDBEngine, events: list[Parts]) -> list[dict[str, int]]:
    rows = [
        {"event": at, "rule": rule, "part_pence": part}
        for at, parts in enumerate(events)
        for rule, part in parts.items()
    ]
    schema = pa.schema(
        [("event", pa.int64()), ("rule", pa.string()), ("part_pence", pa.int64())]
    )
    engine.register("claims", pa.Table.from_pylist(rows, schema=schema))
    got: list[dict[str, int]] = [{} for _ in events]
    for row in engine.arrow(shares_sql("claims")).to_pylist():
        got[row["event"]][row["rule"]] = row["cost_pence"]
    return got


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"D1": 95}, {"D1": 95}),
        ({"D1": 95, "D3": 95}, {"D1": 48, "D3": 47}),
        ({"D1": 100, "D5": 40}, {"D1": 80, "D5": 20}),
        ({"D1": 100, "D5": 41}, {"D1": 80, "D5": 20}),  # the odd penny to the first
        ({"D1": 10, "D2": 10, "D3": 10}, {"D1": 4, "D2": 3, "D3": 3}),
        ({"D1": None, "D5": 40}, {"D5": 40}),
        ({"D1": None}, {}),
        ({"D1": 0, "D3": 7}, {"D1": 0, "D3": 7}),
        ({"D1": 30, "D2": 60, "D3": 90}, {"D1": 10, "D2": 25, "D3": 55}),
    ],
)
def test_what_two_rules_find_is_shared(
    engine: DuckDBEngine, parts: Parts, expected: dict[str, int]
) -> None:
    assert shares(engine, [parts]) == [expected]


@settings(max_examples=20)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(RULES),
            st.none() | st.integers(0, 40) | st.integers(0, 10**9),
            min_size=1,
        ),
        min_size=20,
        max_size=60,
    )
)
def test_shares_equal_the_mean_over_every_order_of_rules(
    engine: DuckDBEngine, events: list[Parts]
) -> None:
    for parts, got in zip(events, shares(engine, events), strict=True):
        known = {rule: part for rule, part in parts.items() if part is not None}
        assert got.keys() == known.keys()
        assert sum(got.values()) == max(known.values(), default=0)
        exact = shapley(known)
        # Each step up from the part before may leave less than a penny a sharer.
        assert all(abs(got[rule] - exact[rule]) < len(known) for rule in known)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=4))
def test_parts_without_odd_pence_are_shared_exactly(
    engine: DuckDBEngine, steps: list[int]
) -> None:
    parts = {
        rule: 12 * sum(steps[: at + 1]) for at, rule in enumerate(RULES[: len(steps)])
    }
    (got,) = shares(engine, [dict(parts)])
    assert got == shapley(parts)
