"""Rules on drawn maps: what people tell twice is found, as counts alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from journeys.duplication.rules import read_rules
from journeys.maps import find_on_maps, log_of_maps, maps_of, read_maps
from journeys.maps.rules_on_maps import ON_MAPS, events_of_maps

EXAMPLE = Path(__file__).parents[2] / "data" / "generator" / "example_maps.csv"
STEP = {"map_id": "1", "stage": "s", "actor": "a", "need": "home"}


def found_in(*rows: dict[str, Any]) -> list[tuple[str, str, str]]:
    maps = maps_of(pd.DataFrame([STEP | row for row in rows]))
    found = find_on_maps(maps).findings
    return list(zip(found["rule"], found["step"], found["evidence"], strict=True))


def assess(step: str, agency: str, **more: str) -> dict[str, str]:
    return {
        "step": step,
        "agency": agency,
        "activity": "Needs assessment",
        "activity_class": "assess",
        **more,
    }


def refer(step: str, agency: str, to: str) -> dict[str, str]:
    return {
        "step": step,
        "agency": agency,
        "activity_class": "refer",
        "links": f"{to}|referral",
    }


def test_an_assessment_told_twice_is_found_once() -> None:
    rows = assess("first", "GP"), {"step": "waits", "agency": "Family"}
    assert found_in(*rows, assess("second", "Council")) == [("D1", "second", "first")]


def test_the_same_agency_or_another_need_is_no_repeat() -> None:
    assert found_in(assess("first", "GP"), assess("second", "GP")) == []
    other = assess("second", "Council", need="work")
    assert found_in(assess("first", "GP"), other) == []


def test_another_family_is_another_customer() -> None:
    assert found_in(assess("first", "GP"), assess("b", "X", map_id="2")) == []


def test_being_sent_back_is_found() -> None:
    rows = [
        refer("to council", "Landlord", "to landlord"),
        refer("to landlord", "Council", "is seen"),
        {"step": "is seen", "agency": "Landlord", "activity_class": "service"},
    ]
    assert found_in(*rows) == [("D3", "to landlord", "to council")]


def test_facts_asked_for_again_are_found() -> None:
    rows = [
        {"step": "asked", "agency": "GP", "activity_class": "intake"},
        {"step": "again", "agency": "Council", "activity_class": "request"},
    ]
    told = [row | {"data_items": "income"} for row in rows]
    assert ("D5", "again", "asked") in found_in(*told)


def test_the_same_course_after_it_failed_is_found() -> None:
    course = {"activity": "Course", "activity_class": "course"}
    rows = [
        course | {"step": "one", "agency": "GP", "outcome": "not achieved"},
        course | {"step": "two", "agency": "Council"},
    ]
    assert ("D6", "two", "one") in found_in(*rows)
    rows[0]["outcome"] = "achieved"
    assert found_in(*rows) == []


def test_the_example_tells_of_all_four() -> None:
    found = find_on_maps(read_maps([EXAMPLE]))
    assert tuple(found.counts["rule"]) == ON_MAPS
    assert (found.counts["findings"] > 0).all()
    assert "cost" not in " ".join(found.findings.columns)
    said = str(found)
    assert "no rate or cost follows" in said
    assert f"{found.unclassed} of 88 steps have no class of activity" in said
    assert found.n_repeating <= len(found.findings)


def test_rules_that_a_partnership_leaves_out_are_not_run() -> None:
    rules = read_rules().model_copy(update={"repeat_assessment": None})
    maps = maps_of(pd.DataFrame([STEP | assess(one, one) for one in ("A", "B")]))
    found = find_on_maps(maps, rules)
    assert "D1" not in set(found.counts["rule"])
    assert found.findings.empty
    assert "none of the duplication looked for" in str(found)


def test_maps_without_classes_find_nothing_and_say_so() -> None:
    found = find_on_maps(maps_of(pd.DataFrame([STEP | {"step": "a", "agency": "GP"}])))
    assert found.findings.empty
    assert "1 of 1 steps have no class of activity" in str(found)


def test_a_map_is_a_customer_and_a_step_a_day() -> None:
    maps = read_maps([EXAMPLE])
    events = events_of_maps(maps)
    gaps = events.groupby("customer_id")["time"].diff().dropna()
    assert (gaps == pd.Timedelta(days=1)).all()
    log = log_of_maps(maps)
    assert (log.n_events, log.n_customers) == (88, 10)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    frame = pd.read_csv(EXAMPLE, dtype="str")
    one = find_on_maps(maps_of(frame)).findings
    other = find_on_maps(maps_of(frame.sample(frac=1, random_state=seed))).findings
    pd.testing.assert_frame_equal(one, other)
