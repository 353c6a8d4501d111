"""D6: courses given again, by hand and by a plain walk over random logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import encode_log, find_duplication
from journeys.duplication.repeated_course import RepeatedCourse, course_names
from tests.journeys.conftest import evidence_of, only

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from journeys import Log
    from place.engine import DuckDBEngine

S = "repeated_course"
SHIPPED = only(S)
FIRST = {
    "customer_id": "x",
    "agency": "A",
    "activity_class": "course",
    "day": 0,
    "end_day": 30,
    "outcome": "Not achieved",
}
AGAIN = FIRST | {"agency": "B", "day": 90, "end_day": 120, "outcome": "achieved"}


def kinds_of(log: Log, **changes: Any) -> dict[str, int]:  # noqa: ANN401 - options
    return find_duplication(log, only(S, **changes)).by_rule[0].kinds


def test_a_course_that_achieved_nothing_is_given_again(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(FIRST, AGAIN | {"cost_pence": 320})
    row = find_duplication(log, SHIPPED).findings().iloc[0]
    assert (row["event_id"], row["evidence_ids"]) == ("e001", "e000")
    assert (row["first_agency"], row["part_pence"]) == ("A", 320)
    assert kinds_of(log) == {"not achieved before": 1}


def test_a_course_that_was_left_is_restarted(log_of: Callable[..., Log]) -> None:
    log = log_of(FIRST | {"outcome": "left early"}, AGAIN | {"agency": "A"})
    assert kinds_of(log) == {"restarted": 1}


@pytest.mark.parametrize(
    ("again", "why"),
    [
        ({"customer_id": "y"}, "another customer"),
        ({"need": "money"}, "another need"),
        ({"need": None}, "no need is named"),
        ({"activity": "listen"}, "another course"),
        ({"activity_class": "service"}, "no course"),
        ({"day": 395.001}, "long after the end of the first"),
    ],
)
def test_decoys_are_not_found(
    log_of: Callable[..., Log], again: dict[str, Any], why: str
) -> None:
    assert not evidence_of(log_of(FIRST, AGAIN | again), SHIPPED), why


@pytest.mark.parametrize("outcome", ["achieved", "part done", None])
def test_after_success_or_an_ending_nobody_understands_a_course_is_right(
    log_of: Callable[..., Log], outcome: str | None
) -> None:
    assert not evidence_of(log_of(FIRST | {"outcome": outcome}, AGAIN), SHIPPED)
    between = AGAIN | {"day": 40, "end_day": 50, "outcome": outcome}
    assert list(evidence_of(log_of(FIRST, between, AGAIN), SHIPPED)) == ["e001"]


def test_the_window_runs_from_the_end_of_the_course_before(
    log_of: Callable[..., Log],
) -> None:
    assert kinds_of(log_of(FIRST, AGAIN), window_days=60)
    assert not kinds_of(log_of(FIRST, AGAIN), window_days=59)
    assert not kinds_of(log_of(FIRST | {"end_day": None}, AGAIN), window_days=60)


def test_parts_of_a_series_are_not_repeats_but_the_same_part_again_is(
    log_of: Callable[..., Log],
) -> None:
    one, two = {"activity": "Talk, part 1 of 2"}, {"activity": "Talk, part 2 of 2"}
    assert not kinds_of(log_of(FIRST | one, AGAIN | two), equivalents=())
    assert kinds_of(log_of(FIRST | one, AGAIN | two, AGAIN | one | {"day": 99}))


def test_courses_under_two_names_may_be_the_same(log_of: Callable[..., Log]) -> None:
    log = log_of(FIRST, AGAIN | {"activity": "Speak"})
    assert not kinds_of(log)
    assert kinds_of(log, equivalents=(("speak", "Talk"),))
    one, two = {"activity": "talk part 1"}, {"activity": "Speak (part 1)"}
    assert kinds_of(log_of(FIRST | one, AGAIN | two), equivalents=(("speak", "talk"),))


def test_what_is_given_again_by_plan_is_exempt(
    log_of: Callable[..., Log],
) -> None:
    exempt = ({"activity": "talk", "reason": "Given every year."},)
    assert not kinds_of(log_of(FIRST, AGAIN), exempt=exempt)


def test_a_name_or_word_may_stand_once(log_of: Callable[..., Log]) -> None:
    del log_of
    with pytest.raises(ValueError, match=r"'failed'\] stand twice .* outcomes"):
        only(S, achieved=("Failed",))
    with pytest.raises(ValueError, match=r"'b'\] stand twice .* equivalents"):
        only(S, equivalents=(("a", "b"), ("B", "c")))


def test_events_without_a_need_are_counted_as_unjudged(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(FIRST | {"need": None}, AGAIN | {"need": None})
    counted = find_duplication(log, SHIPPED).by_rule[0]
    assert (counted.findings, counted.events, counted.unjudged) == (0, 2, 2)
    assert counted.naive == 1
    assert kinds_of(log, need_may_be_missing=True)


def walked(log: list[dict[str, Any]], rule: RepeatedCourse) -> dict[str, str]:
    """Walk the log, remembering the last course of each kind."""
    named = [event | {"event_id": f"e{n:03d}"} for n, event in enumerate(log)]
    exempt = {each.activity for each in rule.exempt}
    last: dict[tuple[Any, ...], dict[str, Any]] = {}
    found = {}
    for event in sorted(named, key=lambda e: (e["day"], e["event_id"])):
        if event["activity_class"] not in rule.classes or event["activity"] in exempt:
            continue
        if event["need"] is None and not rule.need_may_be_missing:
            continue
        (course,) = course_names([event["activity"]], rule)
        key = (event["customer_id"], event["need"], course)
        if key in last:
            before = last[key]
            ended = before["end_day"]
            ended = before["day"] if ended is None else ended
            bad = before["outcome"] in {*rule.not_achieved, *rule.incomplete}
            if bad and event["day"] - ended <= rule.window_days:
                found[event["event_id"]] = before["event_id"]
        last[key] = event
    return found


@settings(max_examples=10)
@given(data=st.data(), days=st.integers(1, 9), missing=st.booleans())
def test_findings_equal_a_plain_walk(
    random_logs: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
    days: int,
    missing: bool,  # noqa: FBT001 - Hypothesis names it
) -> None:
    events = data.draw(random_logs)
    rules = only(
        S,
        classes=("course", "service"),
        window_days=days,
        need_may_be_missing=missing,
        equivalents=(("talk", "screen"),),
        exempt=({"activity": "by law", "reason": "It is the law."},),
    )
    log = encode_log(events_of(events), engine=engine)
    assert isinstance(rules.repeated_course, RepeatedCourse)
    found = evidence_of(log, rules)
    assert found == walked(events, rules.repeated_course)
    assert found
