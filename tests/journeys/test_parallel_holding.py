"""D2: cases side by side, by hand and by a plain sweep over random logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import encode_log, find_duplication
from journeys.duplication.parallel_holding import excess_holding
from journeys.duplication.rule import DAY_US
from tests.journeys.conftest import evidence_of, only

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from journeys import Log
    from place.engine import DuckDBEngine

S = "parallel_holding"
SHIPPED = only(S)


def case(
    agency: str,
    opened: float,
    closed: float | None,
    **more: Any,  # noqa: ANN401 - fields of an event
) -> dict[str, Any]:
    return {
        "customer_id": "x",
        "agency": agency,
        "activity_class": "service",
        "day": opened,
        "end_day": closed,
        **more,
    }


def test_a_case_beside_another_is_an_excess(log_of: Callable[..., Log]) -> None:
    log = log_of(case("A", 0, 60), case("B", 20, 80, cost_pence=600))
    row = find_duplication(log, SHIPPED).findings().iloc[0]
    assert (row["event_id"], row["evidence_ids"]) == ("e001", "e000")
    assert (row["agency"], row["first_agency"], row["kind"]) == (
        "B",
        "A",
        "two at once",
    )
    assert row["measure"] == 40 * DAY_US
    assert row["gap_us"] == 20 * DAY_US
    assert row["part_pence"] == 400, "40 of 60 days"


def test_part_of_a_penny_is_rounded_down(log_of: Callable[..., Log]) -> None:
    log = log_of(case("A", 0, 2), case("B", 0, 3, cost_pence=100))
    assert find_duplication(log, SHIPPED).cost_pence == 66


def test_a_case_without_a_cost_stays_without(log_of: Callable[..., Log]) -> None:
    d2 = find_duplication(log_of(case("A", 0, 9), case("B", 1, 9)), SHIPPED).by_rule[0]
    assert (d2.cost_pence, d2.not_costed) == (None, 1)


def test_three_at_once_are_two_excess_cases(log_of: Callable[..., Log]) -> None:
    log = log_of(case("A", 0, 60), case("B", 10, 60), case("C", 20, 60))
    assert evidence_of(log, SHIPPED) == {"e001": "e000", "e002": "e001;e000"}
    told = excess_holding(log)
    assert (told.findings, told.agency_days, told.most_at_once) == (2, 90.0, 3)
    assert str(told).endswith("90 agency-days beyond the first agency, and up to 3 agencies at once.")  # fmt: skip  # noqa: E501


def test_a_second_case_of_one_agency_does_not_count_its_days_twice(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(case("A", 0, 60), case("B", 10, 30), case("B", 20, 50))
    days = find_duplication(log, SHIPPED).findings()["measure"] / DAY_US
    assert days.tolist() == [20, 20]
    nested = log_of(case("A", 0, 60), case("B", 10, 30), case("B", 12, 20))
    assert list(evidence_of(nested, SHIPPED)) == ["e001"]


def test_the_evidence_is_the_last_opening_of_each_agency(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(case("A", 0, 60), case("A", 5, 70), case("B", 20, 80))
    assert evidence_of(log, SHIPPED) == {"e002": "e001"}
    assert find_duplication(log, SHIPPED).by_rule[0].measure == 50 * DAY_US


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (case("A", 0, 20), case("B", 20, 40), "one after the other"),
        (case("A", 0, 20), case("B", 19.5, 40), "a hand-over of half a day"),
        (case("A", 0, 60), case("A", 20, 80), "one agency"),
        (case("A", 0, 60), case("B", 20, 80, need="money"), "another need"),
        (case("A", 0, 60), case("B", 20, 80, customer_id="y"), "another customer"),
        (case("A", 0, 60), case("B", 20, 80, joint_with="A"), "a joint plan"),
        (case("A", 0, 60, joint_with="B"), case("B", 20, 80), "a named lead"),
        (case("A", 0, 60), case("B", 20, 20.1), "a visit of hours"),
        (case("A", 0, 60, activity_class="review"), case("B", 20, 80), "no holding"),
    ],
)
def test_what_only_looks_parallel_is_right(
    log_of: Callable[..., Log],
    first: dict[str, Any],
    second: dict[str, Any],
    why: str,
) -> None:
    assert not evidence_of(log_of(first, second), SHIPPED), why


def test_supporting_roles_hold_no_case(log_of: Callable[..., Log]) -> None:
    log = log_of(case("A", 0, 60), case("B", 9, 60, activity="Interpreter"))
    exempt = [{"activity": "interpreter", "reason": "Supports the others."}]
    assert evidence_of(log, SHIPPED)
    assert not evidence_of(log, only(S, exempt=exempt))


def test_an_open_case_lasts_until_the_log_ends(log_of: Callable[..., Log]) -> None:
    log = log_of(case("A", 0, None), case("B", 20, None), ("x", "C", "contact_in", 50))
    found = find_duplication(log, SHIPPED)
    assert found.by_rule[0].measure == 30 * DAY_US
    assert not evidence_of(log, only(S, open_ends_last=False))


def test_the_naive_count_asks_only_whether_another_agency_had_a_case(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(
        case("A", 0, 1), case("B", 50, 51, need="money"), case("A", 99, 100),
        case("A", 0, 9, customer_id="y"), case("B", 5, 9, need=None),
    )  # fmt: skip
    d2 = find_duplication(log, SHIPPED).by_rule[0]
    assert (d2.findings, d2.naive, d2.events, d2.unjudged) == (0, 3, 5, 1)


def test_without_a_case_there_is_no_excess(log_of: Callable[..., Log]) -> None:
    log = log_of(("x", "A", "assess", 0))
    find_duplication(log, SHIPPED)
    assert str(excess_holding(log)).startswith("No agency opened a case while")


def cases_of(events: list[dict[str, Any]], *, open_ends: bool) -> list[dict[str, Any]]:
    """Return holdings in order, with `end` in place of a missing `end_day`."""
    last = max((e["day"] for e in events), default=0)
    cases = []
    for n, event in enumerate(events):
        end = event["end_day"]
        end = last if end is None and open_ends else end
        holds = event["activity_class"] in {"service", "course"} and event["need"]
        if holds and end is not None and end > event["day"]:
            cases.append(event | {"id": f"e{n:03d}", "end": end})
    return sorted(cases, key=lambda e: (e["customer_id"], e["day"], e["id"]))


def partners(event: dict[str, Any]) -> set[str]:
    return {name.strip() for name in (event["joint_with"] or "").split(";")}


def swept(
    events: list[dict[str, Any]], *, least: float, joint: bool, open_ends: bool
) -> dict[str, tuple[float, str, int | None]]:
    """Compare every pair of cases: days in excess, evidence and part of the cost."""
    cases = cases_of(events, open_ends=open_ends)
    found = {}
    for at, later in enumerate(cases):
        before = [
            c
            for c in cases[:at]
            if (c["customer_id"], c["need"]) == (later["customer_id"], later["need"])
            and c["end"] > later["day"]
        ]
        beside = [
            c
            for c in before
            if c["agency"] != later["agency"]
            and min(c["end"], later["end"]) - later["day"] >= least
            and not (joint and c["agency"] in partners(later))
            and not (joint and later["agency"] in partners(c))
        ]
        own = [c["end"] for c in before if c["agency"] == later["agency"]]
        if not beside:
            continue
        until = max(min(c["end"], later["end"]) for c in beside)
        days = until - max([later["day"], *own])
        if days <= 0:
            continue
        last = {c["agency"]: c["id"] for c in beside}
        near = [c["id"] for c in beside[::-1] if c["id"] in last.values()]
        cost, length = later["cost_pence"], later["end"] - later["day"]
        part = None if cost is None else int(cost * days // length)
        found[later["id"]] = (days, ";".join(near), part)
    return found


@settings(max_examples=5)
@given(data=st.data(), least=st.sampled_from([0.5, 1.0, 3.0]), joint=st.booleans())
def test_findings_equal_a_comparison_of_all_pairs(
    random_logs: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
    *,
    least: float,
    joint: bool,
) -> None:
    events = data.draw(random_logs)
    open_ends = data.draw(st.booleans())
    rules = only(
        S,
        least_overlap_days=least,
        joint_working_exempts=joint,
        open_ends_last=open_ends,
    )
    log = encode_log(events_of(events), engine=engine)
    rows = find_duplication(log, rules).findings()
    found = {
        row.event_id: (
            row.measure / DAY_US,
            row.evidence_ids,
            None if row.part_pence is None else int(row.part_pence),
        )
        for row in rows.astype({"part_pence": object})
        .where(rows.notna(), None)
        .itertuples()
    }
    assert found == swept(events, least=least, joint=joint, open_ends=open_ends)


@settings(max_examples=4)
@given(data=st.data())
def test_days_add_up_to_the_depth_of_the_sweep(
    random_logs: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
) -> None:
    events = data.draw(random_logs)
    rules = only(S, least_overlap_days=0.001, joint_working_exempts=False)
    log = encode_log(events_of(events), engine=engine)
    find_duplication(log, rules)
    cases = cases_of(events, open_ends=True)
    excess = most = 0
    for day in range(80):  # whole days: at each, how many agencies hold
        held: dict[tuple[str, str], set[str]] = {}
        for c in cases:
            if c["day"] <= day < c["end"]:
                held.setdefault((c["customer_id"], c["need"]), set()).add(c["agency"])
        excess += sum(len(agencies) - 1 for agencies in held.values())
        most = max([most, *(len(agencies) for agencies in held.values())])
    told = excess_holding(log)
    assert told.agency_days == excess
    assert told.most_at_once == (most if most > 1 else 0)
