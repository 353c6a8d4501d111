"""Moves, waits and returns, recounted with plain loops."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from statistics import median, stdev
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import (
    JourneyError,
    direct_returns,
    directly_follows,
    encode_log,
    end_activities,
    handovers,
    read_xes,
    revisits,
    start_activities,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from journeys import Log
    from place.engine import DuckDBEngine

NAMES = {
    "case:concept:name": "customer_id",
    "org:group": "agency",
    "concept:name": "activity",
    "time:timestamp": "time",
}


def moves_of(frame: pd.DataFrame, column: str) -> dict[tuple[str, str], list[float]]:
    """Return the waits of every move, in seconds, by a plain loop."""
    waits = defaultdict(list)
    ordered = frame.sort_values(["time", "event_id"], kind="stable")
    for _, journey in ordered.groupby("customer_id"):
        rows = journey.to_dict("records")
        for here, there in pairwise(rows):
            if column == "activity" or here["agency"] != there["agency"]:
                wait = (there["time"] - here["time"]).total_seconds()
                waits[here[column], there[column]].append(wait)
    return waits


def returns_of(frame: pd.DataFrame) -> tuple[int, int, int]:
    """Return hand-overs, direct returns and revisits, by a plain loop."""
    moves = direct = again = 0
    ordered = frame.sort_values(["time", "event_id"], kind="stable")
    for _, journey in ordered.groupby("customer_id"):
        path: list[str] = []
        for agency in journey["agency"]:
            if path and path[-1] == agency:
                continue
            moves += bool(path)
            direct += len(path) > 1 and path[-2] == agency
            again += agency in path
            path.append(agency)
    return moves, direct, again


def counts_of(frame: pd.DataFrame) -> dict[tuple[str, str], int]:
    return {(r.source, r.target): r.count for r in frame.itertuples(index=False)}


@pytest.fixture(scope="module")
def running(fixtures: Path) -> pd.DataFrame:
    frame = pd.read_csv(fixtures / "journeys" / "running-example.csv")
    names = NAMES | {"org:resource": "agency", "Unnamed: 0": "row"}
    frame = frame[[n for n in names if n in frame]].rename(columns=names)
    frame["time"] = pd.to_datetime(frame["time"], utc=True)
    return frame


@pytest.mark.fixtures
def test_the_running_example_as_counted_by_hand(running: pd.DataFrame) -> None:
    edges = counts_of(directly_follows(encode_log(running)))
    assert edges["register request", "examine casually"] == 3
    assert edges["register request", "check ticket"] == 2
    assert edges["register request", "examine thoroughly"] == 1
    assert edges["check ticket", "decide"] == 6
    assert edges["decide", "reinitiate request"] == 3
    assert edges["decide", "pay compensation"] == 3
    assert edges["decide", "reject request"] == 3
    assert sum(edges.values()) == 42 - 6


@pytest.mark.fixtures
def test_journeys_of_the_running_example_start_and_end_as_drawn(
    running: pd.DataFrame,
) -> None:
    log = encode_log(running)
    starts = start_activities(log).to_dict("records")
    ends = end_activities(log).to_dict("records")
    assert starts == [{"activity": "register request", "customers": 6}]
    assert ends == [
        {"activity": "pay compensation", "customers": 3},
        {"activity": "reject request", "customers": 3},
    ]


@pytest.mark.fixtures
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("receipt.parquet", (5440, 439, 951)),
        ("08_receipt.xes.gz", (5440, 439, 951)),
        ("bpic2013_incidents.parquet", (9454, 2394, 3286)),
        ("07_bpic2013_incidents.xes.gz", (9454, 2394, 3286)),
    ],
)
def test_hand_overs_and_returns_of_real_logs(
    fixtures: Path, name: str, expected: tuple[int, int, int]
) -> None:
    path = fixtures / "journeys" / name
    xes = name.endswith(".xes.gz")
    frame = read_xes(path).to_pandas() if xes else pd.read_parquet(path)
    log = encode_log(frame[list(NAMES)].rename(columns=NAMES))
    pairs, direct, again = handovers(log), direct_returns(log), revisits(log)
    assert (int(pairs["count"].sum()), direct.count, again.count) == expected
    assert direct.handovers == again.handovers == expected[0]


def test_waits_in_seconds_of_a_log_made_by_hand(log_of: Callable[..., Log]) -> None:
    day = 86_400
    log = log_of(
        ("x", "A", "request", 0),
        ("x", "B", "request", 1),
        ("y", "A", "request", 0),
        ("y", "B", "request", 3),
        ("y", "B", "request", 4),
    )
    assert handovers(log).to_dict("records") == [
        {
            "source": "A",
            "target": "B",
            "count": 2,
            "customers": 2,
            "mean_seconds": 2 * day,
            "median_seconds": 2 * day,
            "q90_seconds": pytest.approx(2.8 * day),
            "min_seconds": day,
            "max_seconds": 3 * day,
            "sum_seconds": 4 * day,
            "sd_seconds": pytest.approx(2**0.5 * day),
        }
    ]


def test_customers_are_counted_once_where_moves_are_many(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(*(("x", agency, "request", day) for day, agency in enumerate("ABABA")))
    pairs = handovers(log)
    assert list(pairs["count"]) == [2, 2]
    assert list(pairs["customers"]) == [1, 1]
    assert str(direct_returns(log)) == (
        "3 of 4 hand-overs (75.0%) went straight back (A, B, A), for 1 customers."
    )
    assert "to an agency that the customer had met before" in str(revisits(log))


def test_no_hand_over_has_no_share(log_of: Callable[..., Log]) -> None:
    found = revisits(log_of(("x", "A", "request", 0)))
    assert found.share is None
    assert str(found) == "No customer passed from one agency to another."


def test_each_segment_has_its_own_graph(log_of: Callable[..., Log]) -> None:
    contacts = [(c, a, "request", d) for c in "xyz" for d, a in enumerate("AB")]
    segments = pd.DataFrame({"customer_id": ["x", "y"], "segment": ["old", "young"]})
    pairs = handovers(log_of(*contacts), segments=segments)
    assert list(pairs["segment"].fillna("none")) == ["old", "young", "none"]
    assert list(pairs["count"]) == [1, 1, 1]


def test_numbers_as_customer_identifiers_find_their_segment(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(("1", "A", "request", 0))
    segments = pd.DataFrame({"customer_id": [1], "segment": [4]})
    assert start_activities(log, segments=segments)["segment"].tolist() == [4]
    assert end_activities(log, segments=segments)["segment"].tolist() == [4]


@pytest.mark.parametrize(
    ("segments", "match"),
    [
        (pd.DataFrame({"customer_id": ["x"], "group": [1]}), r"lacks \['segment'\]"),
        (
            pd.DataFrame({"customer_id": ["x", "x"], "segment": [1, 2]}),
            r"has 1 rows whose customer is missing or is there before",
        ),
        (
            pd.DataFrame({"customer_id": ["x", None], "segment": [1, 2]}),
            r"has 1 rows whose customer is missing",
        ),
    ],
)
def test_segments_that_would_count_twice_are_refused(
    log_of: Callable[..., Log], segments: pd.DataFrame, match: str
) -> None:
    with pytest.raises(JourneyError, match=match):
        directly_follows(log_of(("x", "A", "request", 0)), segments=segments)


@settings(max_examples=25)
@given(data=st.data())
def test_graphs_equal_a_plain_recount(
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
) -> None:
    frame = events_of(data.draw(random_events))
    log = encode_log(frame, engine=engine)
    for column, found in (
        ("activity", directly_follows(log)),
        ("agency", handovers(log)),
    ):
        waits = moves_of(frame, column)
        assert counts_of(found) == {pair: len(w) for pair, w in waits.items()}
        for row in found.itertuples(index=False):
            of_pair = waits[row.source, row.target]
            assert row.median_seconds == median(of_pair)
            assert row.mean_seconds == pytest.approx(sum(of_pair) / len(of_pair))
            assert row.median_seconds <= row.q90_seconds <= max(of_pair)
            assert row.sum_seconds == pytest.approx(sum(of_pair))
            assert (row.min_seconds, row.max_seconds) == (min(of_pair), max(of_pair))
            if len(of_pair) > 1:
                assert row.sd_seconds == pytest.approx(stdev(of_pair))
            else:
                assert pd.isna(row.sd_seconds)
    moves, direct, again = returns_of(frame)
    assert (direct_returns(log).handovers, direct_returns(log).count) == (moves, direct)
    assert revisits(log).count == again


def test_what_is_not_asked_is_left_out(log_of: Callable[..., Log]) -> None:
    log = log_of(("x", "A", "request", 0), ("x", "B", "request", 1))
    assert list(handovers(log, measures=())) == ["source", "target", "count"]
    edges = directly_follows(log, measures=("waits",))
    assert list(edges)[:4] == ["source", "target", "count", "mean_seconds"]


def test_sums_of_waits_are_exact(log_of: Callable[..., Log]) -> None:
    decades = 10_957
    log = log_of(
        *(
            (customer, agency, "request", day + decades * (agency == "B"))
            for day, customer in enumerate("uvwxyz")
            for agency in "AB"
        )
    )
    edge = handovers(log).to_dict("records")[0]
    assert edge["sum_seconds"] == 6 * decades * 86_400
    assert edge["sd_seconds"] == 0


@settings(max_examples=20)
@given(data=st.data())
def test_segments_add_up_to_the_whole(
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
) -> None:
    frame = events_of(data.draw(random_events))
    log = encode_log(frame, engine=engine)
    segments = pd.DataFrame({"customer_id": ["x"], "segment": ["one"]})
    for of in (start_activities, end_activities):
        whole, parts = of(log), of(log, segments=segments)
        assert parts["customers"].sum() == whole["customers"].sum() == log.n_customers
    parts = Counter()
    for row in directly_follows(log, segments=segments).itertuples(index=False):
        parts[row.source, row.target] += row.count
    assert parts == counts_of(directly_follows(log))
