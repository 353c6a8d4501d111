"""D3: paths by hand, the incident log, and a plain walk on random logs."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import encode_log, find_duplication
from journeys.duplication.ping_pong import cycles_of
from tests.journeys.conftest import only

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from journeys import Log
    from journeys.duplication import PingPong, Rules
    from place.engine import DuckDBEngine


SHIPPED = only("ping_pong", dead_end_days=None)
LENIENT = only("ping_pong", dead_end_days=None, need_may_be_missing=True)


def found_in(log: Log, rules: Rules = SHIPPED) -> list[tuple[str, str, str, str]]:
    """Return event, evidence, kind and the place sent back to."""
    found = find_duplication(log, rules).findings()
    names = ["event_id", "evidence_ids", "kind", "first_agency"]
    return list(found[names].itertuples(index=False, name=None))


def event(
    agency: str, day: float, to: str | None = None, kind: str = ""
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
    row = find_duplication(log, SHIPPED).findings().iloc[0]
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
    assert find_duplication(log, SHIPPED).cycles == 2


def test_referrals_without_a_need_are_unjudged(log_of: Callable[..., Log]) -> None:
    bare = {"need": None}
    log = log_of(event("A", 0, "B") | bare, event("B", 1, "A") | bare)
    d3 = find_duplication(log, SHIPPED).by_rule[0]
    assert (d3.findings, d3.events, d3.unjudged) == (0, 2, 2)
    assert len(found_in(log, LENIENT)) == 1


DEAD = only("ping_pong", dead_end_days=10)
LATE = event("C", 40)  # the log goes on


def test_a_referral_nothing_came_of_is_a_dead_end(log_of: Callable[..., Log]) -> None:
    elsewhere = event("B", 0) | {"customer_id": "y"}
    log = log_of(event("A", 0, "B") | {"cost_pence": 25}, elsewhere, LATE)
    row = find_duplication(log, DEAD).findings().iloc[0]
    assert (row["event_id"], row["evidence_ids"], row["kind"]) == (
        "e000",
        "",
        "dead end",
    )
    assert (row["agency"], row["first_agency"], row["cost_pence"]) == ("A", "B", 25)
    assert row["gap_us"] is pd.NA
    assert not found_in(log)


@pytest.mark.parametrize(
    ("then", "dead"),
    [
        (event("B", 10), False),
        (event("B", 10) | {"need": "money"}, False),
        (event("B", 0), False),
        (event("B", 10.01), True),
        (event("C", 5), True),
        (event("B", -1) | {"need": "money"}, True),
    ],
)
def test_the_other_agency_has_some_days(
    log_of: Callable[..., Log], then: dict[str, Any], dead: object
) -> None:
    elsewhere = event("B", 0) | {"customer_id": "y"}
    log = log_of(event("A", 0, "B"), then, elsewhere, LATE)
    kinds = [kind for *_, kind, _ in found_in(log, DEAD)]
    assert ("dead end" in kinds) is dead


def test_what_nobody_can_know_is_no_dead_end(log_of: Callable[..., Log]) -> None:
    elsewhere = event("B", 0) | {"customer_id": "y"}
    sent = event("A", 0, "B")
    assert not found_in(log_of(sent, elsewhere, event("C", 9)), DEAD)  # not over yet
    assert found_in(log_of(sent, elsewhere, event("C", 10)), DEAD)
    assert not found_in(log_of(sent, LATE), DEAD)  # B is not in the log
    assert not found_in(log_of(event("A", 0, "A"), LATE), DEAD)
    assert not found_in(log_of(sent | {"need": None}, elsewhere, LATE), DEAD)


def test_a_referral_back_that_nothing_came_of_is_a_bounce(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(event("A", 0, "B"), event("B", 1, "A"), LATE)
    assert [kind for *_, kind, _ in found_in(log, DEAD)] == ["bounce"]
    assert find_duplication(log, DEAD).by_rule[0].kinds == {"bounce": 1}


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
    found = find_duplication(encode_log(events, classes=classes), LENIENT)
    d3 = found.by_rule[0]
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


def dead_ends(events: list[dict[str, Any]], rule: PingPong) -> set[str]:
    """Look for the other agency after each referral."""
    ends, days = max(e["day"] for e in events), rule.dead_end_days
    if days is None:
        return set()
    return {
        f"e{n:03d}"
        for n, r in enumerate(events)
        if r["activity_class"] == "refer"
        and (rule.need_may_be_missing or r["need"] is not None)
        and r["referred_to"] not in {None, r["agency"]}
        and r["referred_to"] in {e["agency"] for e in events}
        and r["day"] + days <= ends
        and not any(
            e["customer_id"] == r["customer_id"]
            and e["agency"] == r["referred_to"]
            and 0 <= e["day"] - r["day"] <= days
            for e in events
        )
    }


@settings(max_examples=10)
@given(data=st.data(), missing=st.booleans(), days=st.sampled_from([None, 2, 5]))
def test_findings_equal_a_plain_walk(
    random_logs: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
    missing: bool,  # noqa: FBT001 - Hypothesis names it
    days: int | None,
) -> None:
    events = data.draw(random_logs)
    rules = only("ping_pong", dead_end_days=days, need_may_be_missing=missing)
    log = encode_log(events_of(events), engine=engine)
    assert rules.ping_pong is not None
    back, cycles = walked(events, rules.ping_pong)
    found = found_in(log, rules)
    assert sorted(row for row in found if row[2] != "dead end") == back
    dead = {row[0] for row in found if row[2] == "dead end"}
    assert dead == dead_ends(events, rules.ping_pong) - {row[0] for row in back}
    assert find_duplication(log, rules).cycles == cycles
    assert len(back) > 10


@given(st.text("ABC", max_size=12))
def test_cycles_are_never_more_than_returns(walk: str) -> None:
    stops = [p for n, p in enumerate(walk) if n == 0 or walk[n - 1] != p]
    cycles = cycles_of((place, True) for place in stops)
    assert cycles <= len(stops) - len(set(stops))
    assert (cycles == 0) is (len(stops) == len(set(stops)))
