"""D7: work done again, by hand and by a plain walk; and steps that lead back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import JourneyError, encode_log, find_duplication
from journeys.duplication.rework import Rework, backward_steps
from tests.journeys.conftest import evidence_of, only

if TYPE_CHECKING:
    from collections.abc import Callable

    from journeys import Log
    from place.engine import DuckDBEngine

S = "rework"
SHIPPED = only(S)
VISIT = {
    "customer_id": "x",
    "agency": "A",
    "activity": "Home visit",
    "activity_class": "service",
    "day": 0,
    "outcome": "Completed",
}
AGAIN = VISIT | {"day": 20, "outcome": None}


def test_work_done_again_after_it_was_completed(log_of: Callable[..., Log]) -> None:
    log = log_of(VISIT, AGAIN | {"cost_pence": 4200})
    row = find_duplication(log, SHIPPED).findings().iloc[0]
    assert (row["event_id"], row["evidence_ids"], row["kind"]) == ("e001", "e000", "service")  # fmt: skip  # noqa: E501
    assert (row["agency"], row["first_agency"], row["part_pence"]) == ("A", "A", 4200)


def test_an_attempt_in_between_does_not_hide_the_completion(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(VISIT, AGAIN | {"outcome": "no one in"}, AGAIN | {"day": 25})
    assert evidence_of(log, SHIPPED) == {"e001": "e000", "e002": "e000"}


@pytest.mark.parametrize(
    ("first", "again", "why"),
    [
        ({"outcome": "no one in"}, {}, "not completed before"),
        ({"outcome": None}, {}, "nobody wrote how it ended"),
        ({}, {"agency": "B"}, "another agency: see D1"),
        ({}, {"activity": "Telephone visit"}, "another activity"),
        ({}, {"need": "money"}, "another need"),
        ({}, {"customer_id": "y"}, "another customer"),
        ({}, {"day": 91}, "out of the window"),
        ({"activity_class": "course"}, {"activity_class": "course"}, "see D6"),
    ],
)
def test_what_only_looks_like_rework_is_right(
    log_of: Callable[..., Log], first: dict[str, Any], again: dict[str, Any], why: str
) -> None:
    assert not evidence_of(log_of(VISIT | first, AGAIN | again), SHIPPED), why


@pytest.mark.parametrize(("need", "excused"), [("housing", 1), (None, 1), ("money", 0)])
def test_a_change_in_between_makes_it_right(
    log_of: Callable[..., Log], need: str | None, excused: int
) -> None:
    change = {"customer_id": "x", "agency": "C", "activity_class": "reset", "day": 10}
    log = log_of(VISIT, change | {"need": need}, AGAIN)
    assert len(evidence_of(log, SHIPPED)) == 1 - excused


def test_a_planned_series_is_right(log_of: Callable[..., Log]) -> None:
    planned = [{"activity": "home visit", "reason": "One of a series."}]
    assert not evidence_of(log_of(VISIT, AGAIN), only(S, planned=planned))


def test_the_naive_count_asks_only_whether_the_agency_had_done_it(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(
        VISIT | {"outcome": None}, AGAIN | {"day": 999}, AGAIN | {"need": None}
    )
    d7 = find_duplication(log, SHIPPED).by_rule[0]
    assert (d7.findings, d7.naive, d7.events, d7.unjudged) == (0, 2, 3, 1)


def walked(events: list[dict[str, Any]], rule: Rework) -> dict[str, str]:
    """Look back from every event over all the earlier ones."""
    named = [e | {"id": f"e{n:03d}"} for n, e in enumerate(events)]
    named.sort(key=lambda e: (e["customer_id"], e["day"], e["id"]))
    named = [e | {"at": at} for at, e in enumerate(named)]
    work = [
        e
        for e in named
        if e["activity_class"] in rule.classes
        and (rule.need_may_be_missing or e["need"])
        and e["activity"] not in {one.activity for one in rule.planned}
    ]
    found = {}
    same = ("customer_id", "need", "activity", "agency")
    for later in work:
        done = [
            e
            for e in work
            if e["at"] < later["at"]
            and all(e[name] == later[name] for name in same)
            and e["outcome"] in rule.completed
        ]
        if not done or later["day"] - done[-1]["day"] > rule.window_days:
            continue
        resets = [
            e
            for e in named[done[-1]["at"] : later["at"]]
            if e["activity_class"] in rule.reset_classes
            and (e["need"] is None or e["need"] == later["need"])
        ]
        if not resets:
            found[later["id"]] = done[-1]["id"]
    return found


@settings(max_examples=6)
@given(data=st.data(), missing=st.booleans(), days=st.sampled_from([2.0, 90.0]))
def test_findings_equal_a_look_at_all_earlier_events(
    random_logs: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
    *,
    missing: bool,
    days: float,
) -> None:
    events = data.draw(random_logs)
    rules = only(
        S,
        window_days=days,
        need_may_be_missing=missing,
        reset_classes=["reset", "contact_in"],
        completed=["completed", "achieved", "not achieved"],
        planned=[{"activity": "screen", "reason": "A series."}],
    )
    options = rules.of(S)
    assert isinstance(options, Rework)
    log = encode_log(events_of(events), engine=engine)
    assert evidence_of(log, rules) == walked(events, options)


def edges_of(*moves: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(moves, columns=["source", "target", "count"])


def test_a_step_back_goes_against_the_main_course() -> None:
    edges = edges_of(
        ("ask", "plan", 9), ("plan", "visit", 8), ("visit", "ask", 2),
        ("visit", "close", 6),
    )  # fmt: skip
    back = backward_steps(edges)
    assert back.steps[["source", "target"]].to_numpy().tolist() == [["visit", "ask"]]
    assert back.knots == (("ask", "plan", "visit"),)
    assert back.share == 2 / 25


@pytest.mark.parametrize(("there", "back"), [(3, 1), (1, 3), (2, 2)])
def test_of_two_opposite_steps_the_rarer_leads_back(there: int, back: int) -> None:
    told = backward_steps(edges_of(("ask", "visit", there), ("visit", "ask", back)))
    assert told.share == min(there, back) / (there + back)


def test_doing_the_same_again_leads_back_but_is_no_knot() -> None:
    back = backward_steps(edges_of(("ask", "ask", 4)))
    assert (back.share, back.knots) == (1.0, ())
    assert str(back).endswith("0 knots of activities lead to one another.")


def test_no_moves_lead_nowhere() -> None:
    back = backward_steps(edges_of())
    assert back.share is None
    assert str(back) == "No customer has two contacts, so no step can lead back."


def test_an_edge_that_stands_twice_is_refused() -> None:
    edges = edges_of(("ask", "visit", 3), ("ask", "visit", 3))
    with pytest.raises(JourneyError, match="edges stand twice"):
        backward_steps(edges)


@settings(max_examples=40)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")),
        st.integers(1, 9),
    ),
    st.randoms(use_true_random=False),
)
def test_without_the_steps_back_nothing_goes_round(
    moves: dict[tuple[str, str], int],
    random: Any,  # noqa: ANN401 - of Hypothesis
) -> None:
    rows = [(source, target, count) for (source, target), count in moves.items()]
    back = backward_steps(edges_of(*rows))
    steps = set(zip(back.steps["source"], back.steps["target"], strict=True))
    graph = nx.DiGraph(list(moves))
    graph.remove_edges_from(steps)
    assert nx.is_directed_acyclic_graph(graph)
    whole = nx.DiGraph(list(moves))
    reach = {one: nx.descendants(whole, one) for one in whole}
    for knot in back.knots:
        assert all(b in reach[a] for a in knot for b in knot if a != b)
    random.shuffle(rows)
    assert backward_steps(edges_of(*rows)).steps.equals(back.steps)
