"""Findings of two rules at once: cost as a union, pairs, sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import (
    JourneyError,
    by_pair,
    by_segment,
    encode_log,
    find_duplication,
)
from journeys.duplication.rules import Rules
from tests.journeys.conftest import only

if TYPE_CHECKING:
    from collections.abc import Callable

    from journeys import Duplication, Log
    from place.engine import DuckDBEngine


# Referrals are assessed by D1 as well, so that both rules meet in one event.
BOTH = Rules.model_validate(
    {"schema": 1, "version": "2026-11"}
    | {
        "repeat_assessment": only(
            "repeat_assessment", classes=("assess", "refer"), window_days=6
        ).repeat_assessment,
        "ping_pong": only("ping_pong").ping_pong,
    }
)


def referral(agency: str, day: int, to: str, pence: int | None) -> dict[str, Any]:
    return {
        "customer_id": "x",
        "agency": agency,
        "activity_class": "refer",
        "referred_to": to,
        "day": day,
        "cost_pence": pence,
    }


def counts_of(found: Duplication) -> list[int]:
    return [rule.findings for rule in found.by_rule] + [found.events, found.cycles]


def test_an_event_found_by_two_rules_is_paid_for_once(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(referral("A", 0, "B", 100), referral("B", 1, "A", 95))
    found = find_duplication(log, BOTH)
    rows = found.findings()
    assert list(rows["finding_id"]) == ["D1-000001", "D3-000001"]
    assert list(rows["event_id"]) == ["e001", "e001"]
    assert list(rows["cost_pence"]) == [48, 47]
    assert (found.events, found.cost_pence) == (1, 95)
    assert [rule.cost_pence for rule in found.by_rule] == [48, 47]


def test_a_search_by_other_rules_leaves_the_first_alone(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(referral("A", 0, "B", 100), referral("B", 1, "A", 95))
    both = find_duplication(log, BOTH)
    rows = both.findings()
    alone = find_duplication(log, only("ping_pong"))
    assert len(alone.findings()) == 1
    pd.testing.assert_frame_equal(both.findings(), rows)


def test_a_missing_cost_stays_missing(log_of: Callable[..., Log]) -> None:
    log = log_of(referral("A", 0, "B", 100), referral("B", 1, "A", None))
    found = find_duplication(log, BOTH)
    assert found.cost_pence is None
    assert found.not_costed == 1
    assert found.findings()["cost_pence"].isna().all()
    assert "none of them has a cost" in str(found)


def test_the_sentence_says_gross_unaudited_and_what_has_no_cost(
    log_of: Callable[..., Log],
) -> None:
    bare = referral("A", 2, "B", None)
    log = log_of(referral("A", 0, "B", 1), referral("B", 1, "A", 123_456), bare)
    assert str(find_duplication(log, BOTH)) == (
        "2 of 3 events duplicate another, for 1 of 1 customers; they cost £1,234.56 "
        "gross, unaudited, and 1 more have no cost (rules 2026-11)."
    )


def test_an_empty_log_has_no_duplication(log_of: Callable[..., Log]) -> None:
    found = find_duplication(log_of(), BOTH)
    assert str(found) == "No duplication found in 0 events."
    assert counts_of(found) == [0, 0, 0, 0]
    assert found.findings().empty
    assert by_pair(found).empty


def test_finding_identifiers_follow_customer_and_order(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(*((c, a, "assess", d) for c in "zy" for d, a in enumerate("ABC")))
    rows = find_duplication(log, BOTH).findings()
    assert list(rows["finding_id"]) == [f"D1-{n:06d}" for n in range(1, 5)]
    assert list(rows["customer_id"]) == ["y", "y", "z", "z"]


def test_pairs_say_who_had_done_it(log_of: Callable[..., Log]) -> None:
    log = log_of(*((c, a, "assess", d) for c in "xy" for d, a in enumerate("AB")))
    pairs = by_pair(find_duplication(log, BOTH))
    assert pairs.pop("cost_pence").isna().all()
    assert pairs.to_dict("records") == [
        {
            "rule": "D1",
            "first_agency": "A",
            "agency": "B",
            "findings": 2,
            "customers": 2,
            "not_costed": 2,
        }
    ]


def test_pairs_by_segment_keep_customers_without_one(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(*((c, a, "assess", d) for c in "xy" for d, a in enumerate("AB")))
    segments = pd.DataFrame({"customer_id": ["x"], "segment": ["old"]})
    pairs = by_pair(find_duplication(log, BOTH), segments=segments)
    assert list(pairs["segment"].fillna("none")) == ["old", "none"]
    assert list(pairs["findings"]) == [1, 1]
    with pytest.raises(JourneyError, match="lacks"):
        by_pair(find_duplication(log, BOTH), segments=segments.drop(columns="segment"))


def test_the_version_of_the_rules_is_carried(log_of: Callable[..., Log]) -> None:
    log = log_of(("x", "A", "assess", 0), ("x", "B", "assess", 1))
    found = find_duplication(
        log, BOTH.model_copy(update={"version": "ours, o'clock 1"})
    )
    assert list(found.findings()["version"]) == ["ours, o'clock 1"]


@settings(max_examples=5)
@given(data=st.data())
def test_costs_add_up_however_they_are_cut(
    random_logs: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
) -> None:
    frame = events_of(data.draw(random_logs))
    found = find_duplication(encode_log(frame, engine=engine), BOTH)
    rows, pairs = found.findings(), by_pair(found)
    events = frame[frame["event_id"].isin(set(rows["event_id"]))]
    union = int(events["cost_pence"].sum())
    assert (found.cost_pence or 0) == union
    assert rows["cost_pence"].sum() == pairs["cost_pence"].sum() == union
    assert sum(rule.cost_pence or 0 for rule in found.by_rule) == union
    assert found.not_costed == events["cost_pence"].isna().sum()
    assert pairs["findings"].sum() == len(rows)
    assert pairs["not_costed"].sum() == rows["cost_pence"].isna().sum()
    assert [sum(r.kinds.values()) for r in found.by_rule] == counts_of(found)[:2]


@settings(max_examples=5)
@given(data=st.data())
def test_evidence_is_an_earlier_event_of_the_same_customer(
    random_logs: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
) -> None:
    frame = events_of(data.draw(random_logs))
    rows = find_duplication(encode_log(frame, engine=engine), BOTH).findings()
    by_id = frame.set_index("event_id")
    later, earlier = by_id.loc[rows["event_id"]], by_id.loc[rows["evidence_ids"]]
    assert (later["customer_id"].to_numpy() == earlier["customer_id"].to_numpy()).all()
    gap = later["time"].to_numpy() - earlier["time"].to_numpy()
    assert (gap.astype("timedelta64[us]").astype(int) == rows["gap_us"]).all()


def test_findings_by_segment_count_people_once(log_of: Callable[..., Log]) -> None:
    log = log_of(*((c, a, "assess", d) for c in "xy" for d, a in enumerate("ABC")))
    segments = pd.DataFrame({"customer_id": ["x"], "segment": ["old"]})
    rows = by_segment(find_duplication(log, BOTH), segments)
    assert list(rows["segment"].fillna("none")) == ["old", "none"]
    assert list(rows["findings"]) == [2, 2]
    assert list(rows["customers"]) == [1, 1]
    with pytest.raises(JourneyError, match="lacks"):
        by_segment(find_duplication(log, BOTH), segments.drop(columns="segment"))


def test_a_matrix_says_who_repeats_whom(log_of: Callable[..., Log]) -> None:
    log = log_of(*((c, a, "assess", d) for c in "xy" for d, a in enumerate("ABA")))
    found = find_duplication(log, BOTH)
    matrix = found.matrix("D1")
    assert matrix.loc["A", "B"] == matrix.loc["B", "A"] == 2
    assert matrix.loc["A", "A"] == 0
    assert found.matrix("D3").empty
    with pytest.raises(JourneyError, match=r"'D9' was not run; these were: D1, D3"):
        found.matrix("D9")


def test_chains_are_counted_by_their_length(log_of: Callable[..., Log]) -> None:
    four = [("x", agency, "assess", day) for day, agency in enumerate("ABCD")]
    fork = [("y", agency, "assess", day) for day, agency in enumerate("ABB")]
    chains = find_duplication(log_of(*four, *fork), BOTH).chains()
    assert chains.to_dict("records") == [
        {"rule": "D1", "length": 2, "chains": 1, "events": 3},
        {"rule": "D1", "length": 4, "chains": 1, "events": 4},
    ]
    assert find_duplication(log_of(), BOTH).chains().empty


@settings(max_examples=5)
@given(data=st.data())
def test_chains_equal_a_walk_of_the_graph(
    random_logs: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
) -> None:
    log = encode_log(events_of(data.draw(random_logs)), engine=engine)
    found = find_duplication(log)
    told = []
    for rule, rows in found.findings().groupby("rule"):
        graph = nx.DiGraph(
            (earlier, row.event_id)
            for row in rows.itertuples()
            for earlier in filter(None, str(row.evidence_ids).split(";"))
        )
        for part in nx.weakly_connected_components(graph):
            length = nx.dag_longest_path_length(graph.subgraph(part)) + 1
            told.append((rule, length, len(part)))
    counted = pd.DataFrame(told, columns=["rule", "length", "events"])
    grouped = counted.groupby(["rule", "length"])["events"].agg(["size", "sum"])
    assert list(found.chains().itertuples(index=False, name=None)) == list(
        grouped.reset_index().itertuples(index=False, name=None)
    )
