"""D4: contacts that need not have been made, by hand and by a plain walk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import encode_log, find_duplication
from journeys.duplication.preventable_contact import PreventableContact
from tests.journeys.conftest import only

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from journeys import Log
    from journeys.duplication import Rules
    from place.engine import DuckDBEngine

S = "preventable_contact"
SHIPPED = only(S)
REASONS = {"wrong place": "wrong place", "asked to clarify": "clarifying"}


def event(kind: str, day: float, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields
    return {
        "customer_id": "x",
        "agency": "A",
        "activity_class": kind,
        "day": day,
        "channel": "phone",
        **more,
    }


def found_in(log: Log, rules: Rules = SHIPPED) -> list[tuple[str, str, str]]:
    """Return event, evidence and kind."""
    rows = find_duplication(log, rules).findings()
    names = ["event_id", "evidence_ids", "kind"]
    return list(rows[names].itertuples(index=False, name=None))


ASK = event("request", 0)
FORM = event("contact_in", 0, channel="web", outcome="Failed")
CLOSED = event("review", 5, outcome="closed")


def test_chasing_an_open_request(log_of: Callable[..., Log]) -> None:
    log = log_of(ASK, event("contact_in", 14, agency="B", cost_pence=310))
    assert found_in(log) == [("e001", "e000", "chased")]
    row = find_duplication(log, SHIPPED).findings().iloc[0]
    assert (row["agency"], row["first_agency"], row["part_pence"]) == ("B", "A", 310)


def test_each_chase_counts_until_something_is_done(log_of: Callable[..., Log]) -> None:
    chase = event("contact_in", 14)
    log = log_of(ASK, chase, chase | {"day": 20}, event("service", 21), chase | {"day": 22})  # fmt: skip  # noqa: E501
    assert found_in(log) == [("e001", "e000", "chased"), ("e002", "e000", "chased")]


def test_coming_back_soon_after_closure(log_of: Callable[..., Log]) -> None:
    log = log_of(event("contact_in", 0), CLOSED, event("contact_in", 33))
    assert found_in(log) == [("e002", "e001", "came back")]


def test_closing_at_the_first_contact_counts(log_of: Callable[..., Log]) -> None:
    log = log_of(event("request", 0, outcome="closed"), event("contact_in", 3))
    assert found_in(log) == [("e001", "e000", "came back")]


def test_trying_elsewhere_after_a_failed_form(log_of: Callable[..., Log]) -> None:
    log = log_of(FORM, event("contact_in", 3))
    assert found_in(log) == [("e001", "e000", "failed online")]


def test_a_recorded_reason_counts_after_the_first_contact(
    log_of: Callable[..., Log],
) -> None:
    lost = event("contact_in", 0, outcome="Wrong place")
    log = log_of(lost, lost | {"day": 200, "agency": "B"})
    assert found_in(log) == [("e001", "e000", "wrong place")]


def test_of_several_kinds_the_most_telling_is_told(log_of: Callable[..., Log]) -> None:
    form = FORM | {"activity_class": "request"}
    assert found_in(log_of(form, event("contact_in", 1)))[0][2] == "failed online"
    said = event("contact_in", 1, outcome="asked to clarify")
    assert found_in(log_of(form, said))[0][2] == "clarifying"


WROTE = event("contact_out", 1)


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([event("contact_in", 0)], "a first contact"),
        ([ASK], "a first request"),
        ([ASK, event("contact_in", 9, need="money")], "a new need"),
        ([ASK, event("contact_in", 9, customer_id="y")], "another customer"),
        ([ASK, event("contact_in", 61)], "out of the window"),
        ([ASK, WROTE, event("contact_in", 9)], "the agency wrote first"),
        ([CLOSED, event("contact_in", 34)], "long after closure"),
        ([CLOSED, event("intake", 6), event("contact_in", 9)], "new work began"),
        ([FORM, event("contact_in", 3.1)], "more than 72 hours later"),
        ([FORM, event("contact_in", 1, channel="web")], "the same channel"),
        ([FORM, event("contact_in", 1, channel=None)], "the channel is not known"),
        ([FORM | {"channel": "phone"}, event("contact_in", 1)], "nothing digital"),
        ([FORM, WROTE, event("contact_in", 2)], "called back by the agency"),
        ([FORM | {"outcome": None}, event("contact_in", 1)], "did not fail"),
        ([ASK, event("contact_out", 9)], "not inbound"),
    ],
)
def test_what_only_looks_preventable_is_right(
    log_of: Callable[..., Log], events: list[dict[str, Any]], why: str
) -> None:
    assert not found_in(log_of(*events)), why


def test_the_naive_count_is_every_contact_after_the_first_event(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(ASK, WROTE, event("contact_in", 9), event("contact_in", 10, need=None))
    d4 = find_duplication(log, SHIPPED).by_rule[0]
    assert (d4.findings, d4.naive, d4.events, d4.unjudged) == (0, 2, 3, 1)


def kinds_of(
    e: dict[str, Any], past: dict[str, Any], rule: PreventableContact
) -> Iterator[tuple[str, str]]:
    """Yield why a contact is preventable and by what evidence, the most telling first.

    `past` holds the last event of all, the last with progress, and the last request
    and failure since.
    """
    since = {name: e["day"] - one["day"] for name, one in past.items()}
    if e["outcome"] in rule.reasons:
        yield rule.reasons[e["outcome"]], past["before"]["id"]
    other = "failed" in past and e["channel"] not in {None, past["failed"]["channel"]}
    if other and 24 * since["failed"] <= rule.failed_within_hours:
        yield "failed online", past["failed"]["id"]
    if since.get("opened", rule.chased_within_days + 1) <= rule.chased_within_days:
        yield "chased", past["opened"]["id"]
    closed = "done" in past and past["done"]["outcome"] in rule.closed
    if closed and since["done"] <= rule.back_within_days:
        yield "came back", past["done"]["id"]


def after(
    e: dict[str, Any], past: dict[str, Any], rule: PreventableContact
) -> dict[str, Any]:
    """Return what the past is once an event has happened."""
    if e["activity_class"] in rule.progress or e["outcome"] in rule.closed:
        return {"before": e, "done": e}
    past = past | {"before": e}
    if e["activity_class"] in rule.opened_by:
        past["opened"] = e
    if e["outcome"] in rule.failed and e["channel"] in rule.digital_channels:
        past["failed"] = e
    return past


def walked(
    events: list[dict[str, Any]], rule: PreventableContact
) -> Iterator[tuple[str, str, str]]:
    """Walk over each need of each customer, event by event."""
    named = [e | {"id": f"e{n:03d}"} for n, e in enumerate(events)]
    named = [e for e in named if rule.need_may_be_missing or e["need"]]
    named.sort(key=lambda e: (e["day"], e["id"]))
    pasts: dict[Any, dict[str, Any]] = {}
    for e in named:
        past = pasts.get((e["customer_id"], e["need"]), {})
        kinds = kinds_of(e, past, rule)
        if past and e["activity_class"] in rule.inbound and (kind := next(kinds, None)):
            yield e["id"], kind[1], kind[0]
        pasts[e["customer_id"], e["need"]] = after(e, past, rule)


@settings(max_examples=6)
@given(data=st.data(), missing=st.booleans(), days=st.sampled_from([1.0, 4.0, 30.0]))
def test_findings_equal_a_plain_walk(
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
        need_may_be_missing=missing,
        chased_within_days=days,
        back_within_days=days,
        reasons={"completed": "told by the agency"},
    )
    options = rules.of(S)
    assert isinstance(options, PreventableContact)
    log = encode_log(events_of(events), engine=engine)
    assert sorted(found_in(log, rules)) == sorted(walked(events, options))
