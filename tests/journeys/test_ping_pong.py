"""D3: paths by hand, the incident log, and a plain walk on random logs."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import encode_log, find_duplication, read_rules
from journeys.duplication.ping_pong import cycles_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from journeys import Log
    from journeys.duplication import PingPong, Rules
    from place.engine import DuckDBEngine


def replace(options: Any, **changes: Any) -> Any:
    """Return options with some changed."""
    return options.model_copy(update=changes)


SHIPPED = read_rules()


def lenient() -> Rules:
    rule = replace(SHIPPED.ping_pong, need_may_be_missing=True)
    return replace(SHIPPED, ping_pong=rule)


def found_in(log: Log, rules: Rules = SHIPPED) -> list[tuple[str, str, str, str]]:
    """Return event, evidence, kind and the place sent back to."""
    found = find_duplication(log, rules).findings()
    found = found[found["rule"] == "D3"]
    names = ["event_id", "evidence_ids", "kind", "first_agency"]
    return list(found[names].itertuples(index=False, name=None))


def event(
    agency: str, day: int, to: str | None = None, kind: str = ""
) -> dict[str, Any]:
    kind = kind or ("refer" if to else "contact_in")
    return {
        "customer_id": "x",
        "agency": agency,
        "activity_class": kind,
        "referred_to": to,
        "day": day,
    }


def test_sent_straight_back_is_a_bounce(log_of: Callable[..., Log]) -> None:
    log = log_of(event("A", 0), event("A", 1, "B"), event("B", 2, "A"))
    assert found_in(log) == [("e002", "e001", "bounce", "A")]


def test_sent_round_is_a_loop(log_of: Callable[..., Log]) -> None:
    log = log_of(event("A", 0, "B"), event("B", 1, "C"), event("C", 2, "A"))
    assert found_in(log) == [("e002", "e000", "loop", "A")]


def test_the_money_is_where_the_customer_was_sent_back(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(event("A", 0, "B"), event("B", 1, "A") | {"cost_pence": 7})
    row = find_duplication(log).findings().iloc[0]
    assert (row["agency"], row["first_agency"], row["cost_pence"]) == ("B", "A", 7)


@pytest.mark.parametrize("kind", ["assess", "service", "course"])
def test_handing_back_after_work_is_not_ping_pong(
    log_of: Callable[..., Log], kind: str
) -> None:
    log = log_of(event("A", 0, "B"), event("B", 1, kind=kind), event("B", 2, "A"))
    assert not found_in(log)


def test_talk_in_between_does_not_make_it_right(log_of: Callable[..., Log]) -> None:
    log = log_of(event("A", 0, "B"), event("B", 1, kind="intake"), event("B", 2, "A"))
    assert len(found_in(log)) == 1


def test_passed_along_without_return_is_not_ping_pong(
    log_of: Callable[..., Log],
) -> None:
    assert not found_in(log_of(event("A", 0, "B"), event("B", 1, "C"), event("C", 2)))


def test_a_customer_who_goes_round_unsent_is_not_ping_pong(
    log_of: Callable[..., Log],
) -> None:
    assert not found_in(log_of(event("A", 0), event("B", 1), event("A", 2)))


def test_a_note_by_the_referring_agency_is_not_a_return(
    log_of: Callable[..., Log],
) -> None:
    assert not found_in(log_of(event("A", 0, "B"), event("A", 1), event("B", 2)))


def test_another_need_has_another_path(log_of: Callable[..., Log]) -> None:
    log = log_of(event("A", 0, "B"), event("B", 1, "A") | {"need": "money"})
    assert not found_in(log)


def test_where_to_is_read_from_the_next_event_if_not_said(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(
        event("A", 0, kind="refer"), event("B", 1, kind="refer"), event("A", 2)
    )
    assert found_in(log) == [("e001", "e000", "bounce", "A")]


def test_referring_to_oneself_is_no_move(log_of: Callable[..., Log]) -> None:
    assert not found_in(log_of(event("A", 0, "A"), event("A", 1, "A")))


def test_a_long_quarrel_has_many_findings_and_few_cycles(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(*(event(a, d, b) for d, (a, b) in enumerate(["AB", "BA", "AB", "BA"])))
    assert [kind for *_, kind, _ in found_in(log)] == ["bounce"] * 3
    assert find_duplication(log).cycles == 2


def test_referrals_without_a_need_are_unjudged(log_of: Callable[..., Log]) -> None:
    bare = {"need": None}
    log = log_of(event("A", 0, "B") | bare, event("B", 1, "A") | bare)
    d3 = find_duplication(log).by_rule[1]
    assert (d3.findings, d3.events, d3.unjudged) == (0, 2, 2)
    assert len(found_in(log, lenient())) == 1


@pytest.mark.fixtures
def test_ping_pong_of_the_incident_log(fixtures: Path) -> None:
    frame = pd.read_parquet(fixtures / "journeys" / "bpic2013_incidents.parquet")
    events = pd.DataFrame(
        {
            "customer_id": frame["case:concept:name"],
            "time": frame["time:timestamp"],
            "agency": frame["org:group"],
            "activity": frame["concept:name"],
        }
    )
    classes = dict.fromkeys(events["activity"].unique(), "refer")
    found = find_duplication(encode_log(events, classes=classes), lenient())
    d3 = found.by_rule[1]
    assert d3.findings == d3.naive == 3286
    assert d3.kinds == {"bounce": 2394, "loop": 892}
    assert found.cycles == 2308
    assert d3.cost_pence is None
    assert d3.not_costed == 3286


def walked(
    events: list[dict[str, Any]], rule: PingPong
) -> tuple[list[tuple[str, str, str, str]], int]:
    """Walk each path, event by event."""
    named = [e | {"event_id": f"e{n:03d}"} for n, e in enumerate(events)]
    named = [e for e in named if rule.need_may_be_missing or e["need"] is not None]
    key = lambda e: (e["customer_id"], e["need"] or "")  # noqa: E731 - used twice
    named.sort(key=lambda e: (key(e), e["day"], e["event_id"]))
    found: list[tuple[str, str, str, str]] = []
    cycles = 0
    for _, group in groupby(named, key=key):
        told = list(group)
        stops: list[tuple[str, str, bool]] = []
        for here, after in zip(told, [*told[1:], None], strict=True):
            if here["activity_class"] in rule.broken_by:
                cycles += cycles_of((place, counts) for place, _, counts in stops)
                stops = []
                continue
            visits = [(here["agency"], False)]
            if here["activity_class"] == "refer":
                to = here["referred_to"] or (after["agency"] if after else None)
                visits += [(to, True)] if to else []
            for place, sent in visits:
                if stops and stops[-1][0] == place:
                    stops[-1] = (place, here["event_id"], stops[-1][2])
                    continue
                before = [n for n, stop in enumerate(stops) if stop[0] == place]
                if sent and before:
                    kind = "bounce" if len(stops) - before[-1] == 2 else "loop"
                    evidence = stops[before[-1]][1]
                    found.append((here["event_id"], evidence, kind, place))
                stops.append((place, here["event_id"], sent and bool(before)))
        cycles += cycles_of((place, counts) for place, _, counts in stops)
    return sorted(found), cycles


@settings(max_examples=60)
@given(data=st.data(), missing=st.booleans())
def test_findings_equal_a_plain_walk(
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
    missing: object,
) -> None:
    events = data.draw(random_events)
    rules = lenient() if missing else SHIPPED
    log = encode_log(events_of(events), engine=engine)
    found, cycles = walked(events, rules.ping_pong)
    assert sorted(found_in(log, rules)) == found
    assert find_duplication(log, rules).cycles == cycles


@given(st.text("ABC", max_size=12))
def test_cycles_are_never_more_than_returns(walk: str) -> None:
    stops = [p for n, p in enumerate(walk) if n == 0 or walk[n - 1] != p]
    cycles = cycles_of((place, True) for place in stops)
    assert cycles <= len(stops) - len(set(stops))
    assert (cycles == 0) is (len(stops) == len(set(stops)))
