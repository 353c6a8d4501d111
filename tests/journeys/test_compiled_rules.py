"""Machine code finds what the SQL of each rule finds, and the sweep what pairs find."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import JourneyError, encode_log, find_duplication, read_rules
from journeys.duplication import holdings
from journeys.duplication.handoff_delay import handoffs_judged
from journeys.duplication.parallel_holding import depths_of, excess_holding
from journeys.duplication.rules import Rules
from tests.journeys.conftest import frame_of, many_logs, only

if TYPE_CHECKING:
    from journeys import Log
    from place.engine import DuckDBEngine

needs_numba = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="needs totalplace[fast]"
)
SHIPPED = read_rules().model_dump(by_alias=True)
WHY = {"reason": "so agreed"}
SEVERAL: dict[str, dict[str, list[Any]]] = {
    "repeat_assessment": {
        "need_may_be_missing": [False, True],
        "same_instrument": [False, True],
        "content_overlap": [0.0, 0.0, 0.5],
        "new_episode_resets": [True, False],
        "joint_working_exempts": [True, False],
        "window_days": [180.0, 4.0],
        "validity": [
            (),
            ({"need": "housing", "days": 3.0}, {"class": "intake"} | {"days": 2.0}),
        ],
        "exempt": [({"activity": "by law"} | WHY,)],
        "exempt_pairs": [(), ({"earlier": "screen", "later": "clinic"} | WHY,)],
    },
    "parallel_holding": {
        "need_may_be_missing": [False, True],
        "open_ends_last": [True, False],
        "joint_working_exempts": [True, False],
        "least_overlap_days": [1.0, 0.5, 3.0],
        "exempt": [(), ({"activity": "By law"} | WHY,)],
    },
    "ping_pong": {
        "need_may_be_missing": [False, True],
        "dead_end_days": [4.0, None],
    },
    "preventable_contact": {
        "need_may_be_missing": [False, True],
        "chased_within_days": [60.0, 2.0],
        "back_within_days": [28.0, 2.0],
        "reasons": [{}, {"failed": "a", "not achieved": "b", "Failed": "c"}],
    },
    "asked_again": {
        "unknown_values_count": [True, False],
        "window_days": [365.0, 3.0],
        "validity_days": [{}, {"income": 2.0}],
        "exempt": [({"item": "identity"} | WHY,)],
    },
    "repeated_course": {"need_may_be_missing": [False, True]},
    "rework": {
        "need_may_be_missing": [False, True],
        "window_days": [90.0, 2.0],
        "planned": [(), ({"activity": "Clinic"} | WHY,)],
    },
    "handoff_delay": {
        "need_may_be_missing": [False, True],
        "least_baseline": [1],
        "excess_days": [1.0],
    },
}


@st.composite
def varied_rules(draw: st.DrawFn) -> Rules:
    """Rules of which every option takes each of its ways."""
    told = {
        section: SHIPPED[section]
        | {name: draw(st.sampled_from(ways)) for name, ways in options.items()}
        for section, options in SEVERAL.items()
    }
    return Rules.model_validate({"schema": 1, "version": "varied"} | told)


def told_by(log: Log, rules: Rules, *, compiled: bool) -> dict[str, Any]:
    found = find_duplication(log, rules, compiled=compiled)
    return {
        "said": str(found),
        "by rule": found.by_rule,
        "cycles": found.cycles,
        "findings": found.findings(),
        "holding": excess_holding(log),
        "depths": depths_of(log),
        "hand-offs": handoffs_judged(log),
    }


def assert_same(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    for name, one in ours.items():
        if isinstance(one, pd.DataFrame):
            pd.testing.assert_frame_equal(one, theirs[name], obj=name)
        else:
            assert one == theirs[name], name


@needs_numba
@settings(max_examples=6)
@given(rules=varied_rules(), seed=st.integers(0, 10**9))
def test_machine_code_finds_what_sql_finds(
    engine: DuckDBEngine, rules: Rules, seed: int
) -> None:
    log = encode_log(frame_of(many_logs(seed, logs=40)), engine=engine)
    assert_same(told_by(log, rules, compiled=True), told_by(log, rules, compiled=False))


@needs_numba
def test_nothing_is_found_in_nothing(engine: DuckDBEngine) -> None:
    log = encode_log(frame_of([]), engine=engine)
    rules = read_rules()
    assert_same(told_by(log, rules, compiled=True), told_by(log, rules, compiled=False))


@settings(max_examples=4)
@given(seed=st.integers(0, 10**9), least=st.sampled_from([0.5, 1.0, 3.0]))
def test_a_sweep_finds_what_pairs_find(
    engine: DuckDBEngine, seed: int, least: float
) -> None:
    log = encode_log(frame_of(many_logs(seed, logs=40)), engine=engine)
    rules = only("parallel_holding", least_overlap_days=least)
    by_pairs = find_duplication(log, rules, compiled=False).findings()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(holdings, "MANY", 1)
        swept = find_duplication(log, rules, compiled=False).findings()
    pd.testing.assert_frame_equal(swept, by_pairs)


def test_many_cases_of_one_customer_are_swept(engine: DuckDBEngine) -> None:
    many = 3_000  # in a comparison of pairs, five million of them
    begin = datetime(2009, 4, 1, tzinfo=UTC)
    opened = [begin + timedelta(hours=at) for at in range(many)]
    cases = pd.DataFrame({"customer_id": "x", "time": opened, "need": "housing"})
    cases["end_time"] = cases["time"] + timedelta(days=400)  # none ends before
    cases["agency"] = [f"agency {at % 3}" for at in range(many)]
    cases = cases.assign(activity="visit", activity_class="service")
    log = encode_log(cases, engine=engine)
    rules = only("parallel_holding")
    find_duplication(log, rules, compiled=False)
    # The second and the third case add 400 days less an hour, each later one the two
    # hours by which the case before it outlasts the last of its own agency.
    held = excess_holding(log)
    assert (held.findings, held.most_at_once) == (many - 1, 3)
    hours = 2 * (400 * 24 - 1) + 2 * (many - 3)
    assert held.agency_days == pytest.approx(hours / 24)


def test_machine_code_cannot_be_asked_for_without_numba(
    engine: DuckDBEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journeys.following.find_spec", lambda _: None)
    log = encode_log(frame_of([]), engine=engine)
    with pytest.raises(JourneyError, match=r"pip install 'totalplace\[fast\]'"):
        find_duplication(log, compiled=True)
