"""Waits and joint working, against plain Python on small and random logs."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, groupby, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import encode_log
from journeys.together import working_together
from journeys.waiting import waits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from journeys import Log
    from place.engine import DuckDBEngine

DAY_S = 86_400.0


def contacts_of(
    events: Sequence[dict[str, Any]],
) -> dict[str, list[tuple[float, int, str, set[str]]]]:
    """Return each customer's contacts in order: day, row, agency, partners."""
    found = defaultdict(list)
    for row, event in enumerate(events):
        named = (event["joint_with"] or "").split(";")
        partners = {part.strip() for part in named} - {""}
        contact = (event["day"], row, event["agency"], partners)
        found[event["customer_id"]].append(contact)
    return {name: sorted(each, key=lambda c: c[:2]) for name, each in found.items()}


def test_waits_stand_apart_by_whether_the_agency_changes(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(
        ("x", "GP", "assess", 1),
        ("x", "GP", "assess", 2),
        ("x", "Police", "assess", 5),
        ("y", "GP", "assess", 1),
        ("y", "GP", "assess", 1),
    )
    found = waits(log).set_index(["place", "source", "target"])
    inside, between = found.loc[("inside", "GP", "GP")], found.iloc[0]
    assert found.index[0] == ("between", "GP", "Police")
    assert (inside["count"], inside["customers"]) == (2, 2)
    assert inside["median_seconds"] == DAY_S / 2
    assert inside["q25_seconds"] == DAY_S / 4
    assert inside["total_seconds"] == DAY_S
    assert inside["share"] == 0.25
    assert between["mean_seconds"] == 3 * DAY_S
    assert between["share"] == 0.75


def test_a_log_without_moves_has_no_waits(log_of: Callable[..., Log]) -> None:
    assert waits(log_of(("x", "GP", "assess", 1))).empty
    assert waits(log_of(), of="all").empty


def test_waits_at_one_moment_have_no_share(log_of: Callable[..., Log]) -> None:
    log = log_of(("x", "GP", "assess", 1), ("x", "GP", "assess", 1))
    found = waits(log, of="all")
    assert found["total_seconds"].tolist() == [0]
    assert found["share"].isna().all()


def test_shares_are_of_each_segment(log_of: Callable[..., Log]) -> None:
    days = [("x", "A", 1), ("x", "B", 2), ("y", "A", 1), ("y", "A", 2), ("y", "B", 5)]
    log = log_of(*((who, agency, "assess", day) for who, agency, day in days))
    segments = pd.DataFrame({"customer_id": ["x"], "segment": ["young"]})
    found = waits(log, of="all", segments=segments)
    assert found["segment"].tolist()[0] == "young"
    assert found["share"].tolist() == [1.0, 0.75, 0.25]


@pytest.mark.parametrize("of", ["agency", "activity", "all"])
@settings(max_examples=15)
@given(data=st.data())
def test_waits_equal_a_plain_count(
    engine: DuckDBEngine,
    events_of: Callable[..., pd.DataFrame],
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    of: Any,  # noqa: ANN401 - one of three words
    data: st.DataObject,
) -> None:
    events = data.draw(random_events)
    found = waits(encode_log(events_of(events), engine=engine), of=of)
    expected = defaultdict(list)
    for customer, contacts in contacts_of(events).items():
        for one, other in pairwise(contacts):
            place = "inside" if one[2] == other[2] else "between"
            ends = {
                "agency": (one[2], other[2]),
                "activity": tuple(events[each[1]]["activity"] for each in (one, other)),
                "all": (),
            }[of]
            expected[(place, *ends)].append((customer, (other[0] - one[0]) * DAY_S))
    names = ["place", *(["source", "target"] if of != "all" else [])]
    assert [tuple(row) for row in found[names].to_numpy()] == sorted(expected)
    total = sum(wait for each in expected.values() for _, wait in each)
    for row in found.to_dict("records"):
        told = expected[tuple(row[name] for name in names)]
        lengths = [wait for _, wait in told]
        assert row["count"] == len(told)
        assert row["customers"] == len({who for who, _ in told})
        assert row["total_seconds"] == pytest.approx(sum(lengths))
        for name, q in (("q25", 25), ("median", 50), ("q75", 75), ("q90", 90)):
            quantile = np.percentile(lengths, q)
            assert row[f"{name}_seconds"] == pytest.approx(quantile)
        if total:
            assert row["share"] == pytest.approx(sum(lengths) / total)


@settings(max_examples=15)
@given(data=st.data())
def test_working_together_equals_a_plain_count(
    engine: DuckDBEngine,
    events_of: Callable[..., pd.DataFrame],
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    data: st.DataObject,
) -> None:
    events = data.draw(random_events)
    expected = defaultdict(list)
    for who, contacts in contacts_of(events).items():
        for _, _, agency, partners in contacts:
            if partners:
                for pair in combinations(sorted({agency} | partners), 2):
                    expected[("joint", *pair)].append(who)
        for _, met in groupby(contacts, key=lambda contact: contact[0]):
            for pair in combinations(sorted({each[2] for each in met}), 2):
                expected[("same day", *pair)].append(who)
    log = encode_log(events_of(events), engine=engine)
    found = working_together(log).to_numpy().tolist()
    assert found == [
        [*key, len(expected[key]), len(set(expected[key]))] for key in sorted(expected)
    ]
