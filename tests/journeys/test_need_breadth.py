"""D2b: agencies for each need, by hand and by plain counting."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from math import comb, exp, log, sqrt
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import JourneyError, encode_log
from journeys.duplication.need_breadth import need_breadth

if TYPE_CHECKING:
    from collections.abc import Callable

    from journeys import Log
    from place.engine import DuckDBEngine

NEET = "not in work"


def met(**customers: str) -> list[dict[str, Any]]:
    """Return events: customer -> the agencies they met, a letter each."""
    return [
        {"customer_id": who, "agency": agency, "day": 0, "need": NEET}
        for who, agencies in customers.items()
        for agency in agencies
    ]


def test_twenty_four_agencies_deal_with_one_need(log_of: Callable[..., Log]) -> None:
    letters = "abcdefghijklmnopqrstuvwx"
    busy = {f"c{n}": "ab" for n in range(97)} | {"c97": letters}
    breadth = need_breadth(log_of(*met(**busy)))
    assert breadth.said(NEET) == (
        "24 agencies deal with not in work; as if 3.5 equal ones (95% interval 1.6 to "
        "8.0), for 98 customers."
    )
    assert str(breadth).startswith(breadth.said(NEET))


def test_equally_busy_agencies_are_as_many_as_they_are(
    log_of: Callable[..., Log],
) -> None:
    row = need_breadth(log_of(*met(x="abc", y="abc"))).needs.iloc[0]
    assert row["effective"] == pytest.approx(3)
    assert (row["agencies"], row["customers"], row["caseloads"]) == (3, 2, 6)


def test_a_single_customer_gives_no_interval(log_of: Callable[..., Log]) -> None:
    breadth = need_breadth(log_of(*met(x="ab")))
    assert breadth.needs[["low", "high"]].isna().all(axis=None)
    assert breadth.said(NEET) == (
        "2 agencies deal with not in work; as if 2.0 equal ones, for 1 customer."
    )


def test_one_agency_is_one(log_of: Callable[..., Log]) -> None:
    breadth = need_breadth(log_of(*met(x="a", y="a")))
    assert breadth.said(NEET).startswith("1 agency deals with not in work (95%")
    assert breadth.overlaps.empty


def test_sharing_beyond_chance_is_found_and_chance_is_not(
    log_of: Callable[..., Log],
) -> None:
    pairs = {f"p{n}": "ab" for n in range(20)} | {
        f"s{n}": "cd"[n % 2] for n in range(80)
    }
    mixed = {f"m{n}": "cd" for n in range(10)}
    breadth = need_breadth(log_of(*met(**pairs, **mixed)))
    beyond = breadth.overlaps[breadth.overlaps["beyond_chance"]]
    assert beyond[["first", "second", "shared"]].to_numpy().tolist() == [["a", "b", 20]]
    assert beyond["expected"].item() == pytest.approx(20 * 20 / 110)
    assert len(breadth.overlaps) == 2, "c and d share ten, fewer than by chance"
    assert breadth.pairs == 6


def test_events_without_a_need_are_counted_and_left_out(
    log_of: Callable[..., Log],
) -> None:
    breadth = need_breadth(log_of(*met(x="a"), {"customer_id": "x", "agency": "b", "day": 1, "need": None}))  # fmt: skip  # noqa: E501
    assert breadth.unnamed == 1
    assert breadth.needs["agencies"].tolist() == [1]


def test_a_log_that_names_no_need_says_so(log_of: Callable[..., Log]) -> None:
    bare = {"customer_id": "x", "agency": "b", "day": 1, "need": None}
    breadth = need_breadth(log_of(bare))
    assert str(breadth) == "No event names a need, so no breadth can be told."
    with pytest.raises(JourneyError, match="has no need 'housing'"):
        breadth.said("housing")


def test_a_log_without_events_says_so(log_of: Callable[..., Log]) -> None:
    found = need_breadth(log_of())
    assert found.needs.empty
    assert found.overlaps.empty
    assert str(found) == "No event names a need, so no breadth can be told."


def test_each_segment_is_looked_at_alone(log_of: Callable[..., Log]) -> None:
    log_ = log_of(*met(x="ab", y="c", z="abc"))
    segments = pd.DataFrame({"customer_id": ["x", "y"], "segment": ["1", "2"]})
    breadth = need_breadth(log_, segments=segments)
    told = breadth.needs.astype({"segment": object}).fillna({"segment": "none"})
    assert dict(zip(told["segment"], told["agencies"], strict=True)) == {
        "1": 2, "2": 1, "none": 3,
    }  # fmt: skip
    assert "deal with not in work of segment 1;" in breadth.said(NEET)
    assert "of no segment" in breadth.said(NEET)


@pytest.mark.parametrize("wrong", [{"level": 1.0}, {"false_discoveries": 0.0}])
def test_a_level_out_of_range_is_refused(
    log_of: Callable[..., Log], wrong: dict[str, float]
) -> None:
    with pytest.raises(JourneyError, match="must be between 0 and 1"):
        need_breadth(log_of(*met(x="a")), **wrong)


def test_more_agencies_than_one_number_has_bits(log_of: Callable[..., Log]) -> None:
    events = [
        {
            "customer_id": f"c{n % 7}",
            "agency": f"agency {n:03d}",
            "day": 0,
            "need": NEET,
        }
        for n in range(130)
    ]
    breadth = need_breadth(log_of(*events))
    assert breadth.needs["agencies"].item() == 130
    shared = sum(comb(len(range(n, 130, 7)), 2) for n in range(7))
    assert len(breadth.overlaps) == shared


def entropy(loads: list[float]) -> float:
    total = sum(loads)
    return -sum(load / total * log(load / total) for load in loads if load)


def plain(events: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[Any, Any]]:
    """Count with sets; move each caseload a little for the delta method."""
    who: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for e in events:
        if e["need"]:
            who[e["need"]][e["agency"]].add(e["customer_id"])
    needs, chances = {}, {}
    for need, agencies in who.items():
        everyone = set().union(*agencies.values())
        n, names = len(everyone), sorted(agencies)
        loads = {name: float(len(agencies[name])) for name in names}
        whole, squares = entropy(list(loads.values())), 0.0
        slopes = {
            name: (entropy(list((loads | {name: loads[name] + 1e-5}).values())) - whole)
            / 1e-5
            for name in names
        }
        for person in everyone:
            moved = sum(slopes[name] for name in names if person in agencies[name])
            squares += moved**2
        reach = 1.959964 * sqrt(n / (n - 1) * squares) if n > 1 else None
        needs[need] = (len(names), n, exp(whole), None if reach is None else (max(1, exp(whole - reach)), min(len(names), exp(whole + reach))))  # fmt: skip  # noqa: E501
        for a, b in combinations(names, 2):
            k, m = len(agencies[a]), len(agencies[b])
            shared = len(agencies[a] & agencies[b])
            tail = sum(comb(k, i) * comb(n - k, m - i) for i in range(shared, min(k, m) + 1))  # fmt: skip  # noqa: E501
            chances[need, a, b] = (shared, tail / comb(n, m))
    return needs, chances


@settings(max_examples=6)
@given(data=st.data())
def test_figures_equal_a_plain_count(
    random_logs: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
) -> None:
    events = data.draw(random_logs)
    breadth = need_breadth(encode_log(events_of(events), engine=engine))
    needs, chances = plain(events)
    assert len(needs) == len(breadth.needs)
    for row in breadth.needs.itertuples():
        agencies, n, effective, interval = needs[row.need]
        assert (row.agencies, row.customers) == (agencies, n)
        assert row.effective == pytest.approx(effective)
        if interval:
            assert (row.low, row.high) == pytest.approx(interval, rel=1e-3)
    assert breadth.pairs == len(chances)
    for row in breadth.overlaps.itertuples():
        shared, chance = chances[row.need, row.first, row.second]
        assert (row.shared, row.p_value) == (shared, pytest.approx(chance))
    # Benjamini and Hochberg: the largest rank whose p is within its share of the rate.
    ranked = sorted(chance for _, chance in chances.values())
    bars = [p for at, p in enumerate(ranked, 1) if p <= 0.05 * at / len(ranked)]
    beyond = sum(chance <= max(bars) for _, chance in chances.values()) if bars else 0
    assert breadth.overlaps["beyond_chance"].sum() == beyond
