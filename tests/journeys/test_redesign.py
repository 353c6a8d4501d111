"""Redesign: each change by hand, what must stay exact, and faults in settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import encode_log, find_duplication, read_rules
from journeys.errors import JourneyError
from journeys.redesign import Draws, redesign, redesign_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from journeys import Log
    from journeys.redesign import Redesigned
    from place.engine import DuckDBEngine

RULES = read_rules().model_copy(
    update=dict.fromkeys(
        (
            "parallel_holding",
            "preventable_contact",
            "repeated_course",
            "rework",
            "handoff_delay",
        )
    )
)
FEW = Draws(replicates=50)
SURE = {"low": 1.0, "central": 1.0, "high": 1.0}
HALF = {"low": 0.5, "central": 0.5, "high": 0.5}
TEAM = {
    "kind": "merge agencies",
    "name": "One team",
    "agencies": ["A", "B"],
    "into": "Team",
    "avoided": SURE,
}
DOOR = {"kind": "front door", "name": "Door", "agency": "A", "avoided": SURE}
FIRST = {
    "kind": "assess first",
    "name": "First",
    "activities": ["look"],
    "avoided": SURE,
}
VISIT = {
    "kind": "merge steps",
    "name": "One visit",
    "first": "talk",
    "then": ["look"],
    "within_days": 5,
    "avoided": HALF,
}
OFFER = {
    "kind": "opt-in offer",
    "name": "Offer",
    "agency": "Lead",
    "take_up": HALF,
    "effect": SURE,
    "offer_pounds": {"low": 1, "central": 1, "high": 1},
}


def event(agency: str, kind: str, day: float, **other: Any) -> dict[str, Any]:  # noqa: ANN401
    told = {"customer_id": "x", "activity": "look" if kind == "assess" else "talk"}
    return {
        **told,
        "agency": agency,
        "activity_class": kind,
        "day": day,
        "cost_pence": 1000,
    } | other


def done(log: Log, change: dict[str, Any], **other: Any) -> Redesigned:  # noqa: ANN401
    found = find_duplication(log, RULES)
    return redesign(found, redesign_of(change), draws=FEW, **other)


def rows(log: Log) -> list[tuple[Any, ...]]:
    """Return the events of a log as names, in order."""
    frame = log.decoded(
        log.engine.arrow(
            "SELECT event_id, agency, time_us, referred_to, cost_pence "
            f"FROM {log.table} ORDER BY event"
        ),
        {"agency": "agency", "referred_to": "agency"},
    )
    day = (frame.pop("time_us") - 1_238_544_000_000_000) / 86_400_000_000
    frame.insert(2, "day", day.round(3))
    return list(
        frame.astype(object)
        .where(frame.notna(), None)
        .itertuples(index=False, name=None)
    )


def test_merging_agencies_takes_what_was_done_twice_between_them(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(
        event("A", "assess", 0),
        event("B", "assess", 5),
        event("C", "assess", 9, need="money"),
        event("B", "assess", 12, need="money", cost_pence=700),
    )
    made = done(log, TEAM)
    d1 = made.rules.set_index("rule").loc["D1"]
    assert (d1["before"], d1["after"]) == (2, 1)
    assert made.money.gross.pence == made.money.net.pence == 1000
    assert [row[1] for row in rows(made.log)] == ["Team", "Team", "C", "Team"]
    assert made.log.n_events == log.n_events
    handoffs = made.measures.set_index("measure").loc["hand-offs"]
    assert (handoffs["before"], handoffs["after"]) == (3, 2)
    by = made.by_agency.set_index("agency")["change_pence"].to_dict()
    assert by == {"C": 0, "Team": -1000}


def test_a_log_without_crossings_costs_the_same_when_agencies_merge(
    log_of: Callable[..., Log],
) -> None:
    made = done(
        log_of(event("A", "assess", 0), event("C", "assess", 5)),
        TEAM | {"agencies": ["A", "C"], "into": "A", "name": "Same name"},
    )
    assert made.money.gross.pence == 1000
    apart = [event("A", "assess", 0), event("B", "assess", 500)]
    made = done(log_of(*apart), TEAM)
    assert made.money.net.pence == made.fallen == 0


def test_steps_in_one_visit_leave_half_their_cost_with_its_agency(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(
        event("A", "intake", 0),
        event("B", "assess", 4, data_items="income=1"),
        event("B", "assess", 5),
        event("B", "assess", 30),
    )
    made = done(log, VISIT)
    assert [row[0] for row in rows(made.log)] == ["e000", "e002", "e003"]
    items = made.log.engine.arrow("SELECT event, item FROM redesigned_items")
    assert items.to_pylist() == [{"event": 0, "item": "income"}]
    assert (made.money.gross.pence, made.money.net.pence) == (1000, 500)
    by = made.by_agency.set_index("agency")["change_pence"].to_dict()
    assert by == {"A": 500, "B": -1000}


@pytest.mark.parametrize(
    ("agency", "need", "left"),
    [("same", "housing", 2), ("any", "housing", 1), ("any", "money", 2)],
)
def test_a_step_joins_a_visit_of_its_need(
    log_of: Callable[..., Log], agency: str, need: str, left: int
) -> None:
    log = log_of(event("A", "intake", 0), event("B", "assess", 4, need=need))
    assert done(log, VISIT | {"agency": agency}).log.n_events == left


def test_an_assessment_at_first_contact_lets_repeats_fall(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(
        event("A", "contact_in", 0),
        event("B", "assess", 20),
        event("C", "assess", 40, cost_pence=300),
        event("C", "assess", 190),
    )
    made = done(log, FIRST)
    assert rows(made.log) == [
        ("e000", "A", 0.0, None, 1000),
        ("e001", "A", 0.0, None, 1000),
        ("e003", "C", 190.0, None, 1000),
    ]
    assert made.money.net.pence == 300
    by = made.by_agency.set_index("agency")["change_pence"].to_dict()
    assert by == {"A": 1000, "B": -1000, "C": -300}


def test_an_assessor_may_come_to_first_contact(log_of: Callable[..., Log]) -> None:
    log = log_of(event("A", "contact_in", 0), event("B", "assess", 20))
    made = done(log, FIRST | {"by": "assessor", "valid_days": 30})
    assert [row[1] for row in rows(made.log)] == ["A", "B"]
    assert not made.by_agency["change_pence"].any()


def test_a_front_door_passes_on_at_once(log_of: Callable[..., Log]) -> None:
    log = log_of(
        event("B", "contact_in", 0),
        event("B", "refer", 2, referred_to="C"),
        event("C", "refer", 6, referred_to="D"),
        event("D", "contact_in", 9),
        event("D", "service", 10),
        event("B", "contact_in", 11, need="money"),
    )
    made = done(log, DOOR | {"agency": "C"})
    assert rows(made.log) == [
        ("e000", "C", 0.0, None, 1000),
        ("e002", "C", 0.0, "D", 1000),
        ("e003", "D", 3.0, None, 1000),
        ("e004", "D", 4.0, None, 1000),
        ("e005", "B", 11.0, None, 1000),
    ]
    assert made.money.gross.pence == 1000
    by = made.by_agency.set_index("agency")["change_pence"].to_dict()
    assert by == {"B": -2000, "C": 1000, "D": 0}


def test_a_front_door_that_does_the_work_refers_nobody(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(
        event("B", "contact_in", 0),
        event("B", "refer", 2, referred_to="A"),
        event("A", "service", 10),
    )
    made = done(log, DOOR)
    assert [(row[0], row[1], row[2]) for row in rows(made.log)] == [
        ("e000", "A", 0.0),
        ("e002", "A", 8.0),
    ]


def test_a_customer_never_helped_is_left_alone(log_of: Callable[..., Log]) -> None:
    log = log_of(event("B", "contact_in", 0), event("A", "contact_in", 2))
    made = done(log, DOOR)
    assert rows(made.log) == rows(log)


def test_an_offer_is_paid_for_by_those_who_take_it(log_of: Callable[..., Log]) -> None:
    log = log_of(
        *(
            event(agency, "assess", day, customer_id=who)
            for who in "xyz"
            for agency, day in (("A", 0), ("B", 5))
        ),
        event("A", "assess", 0, customer_id="lone"),
    )
    groups = pd.DataFrame({"customer_id": list("xyz"), "segment": ["p", "p", "q"]})
    made = done(log, OFFER | {"segments": ["p"]}, segments=groups)
    assert made.customers == made.fallen == 2
    assert made.money.gross.pence == 2000
    assert made.money.offer is not None
    assert made.money.offer.pence == 100
    assert made.money.net.pence == 900
    by = made.by_agency.set_index("agency")["change_pence"].to_dict()
    assert by == {"A": 0, "B": -1000, "Lead": 100}
    by_segment = made.by_segment.fillna({"segment": "-"}).set_index("segment")
    assert by_segment["change_pence"].to_dict() == {"p": -900, "q": 0, "-": 0}
    assert made.assumptions["assumption"].tolist()[-1].startswith("cost of the offer")


def test_shares_come_from_the_rules_where_the_redesign_has_none(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(event("A", "assess", 0), event("B", "assess", 5))
    found = find_duplication(log, RULES)
    share = found.rules.repeat_assessment.preventable  # type: ignore[union-attr]
    change = {name: value for name, value in TEAM.items() if name != "avoided"}
    made = redesign(found, redesign_of(change), draws=FEW)
    assert share is not None
    assert made.money.net.pence == round(1000 * share.central)
    assert made.money.least == round(1000 * share.low)
    assert "preventable, D1" in made.assumptions["source"].tolist()[1]


def test_an_interval_holds_the_estimate_and_the_seed_fixes_it(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(
        *(
            event(agency, "assess", day, customer_id=f"c{n}", cost_pence=100 * n)
            for n in range(1, 30)
            for agency, day in (("A", 0), ("B", 5))
        )
    )
    wide = TEAM | {"avoided": {"low": 0.2, "central": 0.5, "high": 0.9}}
    made = [done(log, wide, table=name).money for name in ("one", "two")]
    assert made[0].net == made[1].net
    assert made[0].least < made[0].net.low < made[0].net.pence < made[0].net.high
    other = redesign(
        find_duplication(log, RULES),
        redesign_of(wide),
        draws=Draws(replicates=50, seed=1),
    )
    assert other.money.net != made[0].net
    assert other.money.net.pence == made[0].net.pence


def test_it_says_itself(log_of: Callable[..., Log]) -> None:
    log = log_of(event("A", "assess", 0), event("B", "assess", 5, cost_pence=None))
    dear = {"low": 100, "central": 100, "high": 100}
    said = str(done(log, OFFER | {"offer_pounds": dear}))
    assert "1 of 1 customers change; 1 of 2 contacts fall away" in said
    assert "1 contacts have no cost. The offer costs £50 (£0 to £" in said
    assert "Spending rises by £50 (£0 to £" in said
    assert "unaudited, on 2 stated assumptions." in said


def test_an_empty_log_stays_empty(log_of: Callable[..., Log]) -> None:
    log = log_of(event("A", "assess", 0), event("B", "talk", 5, activity_class=None))
    made = done(log, TEAM | {"agencies": ["A", "B"], "into": "B"})
    assert made.money.net.pence == 0
    assert made.measures["after"].tolist()[:2] == [2.0, 0.0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "merge steps"}, r"\[first\]: is missing"),
        ({"kind": "merge step", "name": "x"}, "Did you mean 'merge steps'"),
        (TEAM | {"agencys": []}, "Did you mean 'agencies'"),
        (TEAM | {"agencies": ["A"]}, "at least 2"),
        (VISIT | {"then": ["talk"]}, "take it out of one"),
        (DOOR | {"reach": HALF | {"low": 0.9}}, "should not fall"),
        (OFFER | {"offer_pounds": SURE | {"low": 2.0}}, "should not fall"),
        (DOOR | {"work": ["assesss"]}, "did you mean 'assess'"),
        (DOOR | {"work": []}, r"\[work\]: .* at least 1 item"),
        (DOOR | {"contacts": []}, r"\[contacts\]: .* at least 1 item"),
        (FIRST | {"rules": []}, r"\[rules\]: .* at least 1 item"),
        (TEAM | {"agencies": ["A", "A"]}, "names one more than once"),
    ],
)
def test_a_faulty_block_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(JourneyError, match=said):
        redesign_of(change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (TEAM | {"agencies": ["A", "Council"]}, "no event has the agency 'Council'"),
        (TEAM | {"into": "C"}, "is an agency of the log, and not one"),
        (VISIT | {"first": "lok"}, "Did you mean 'look'"),
        (OFFER | {"segments": ["young"]}, "no customer is in segments"),
        (FIRST | {"activities": ["assess"], "rules": ["D99"]}, "rules that were run"),
    ],
)
def test_what_the_log_lacks_is_refused(
    log_of: Callable[..., Log], change: dict[str, Any], said: str
) -> None:
    log = log_of(*(event(agency, "assess", 1) for agency in "ABC"))
    with pytest.raises(JourneyError, match=said):
        done(log, change)


MANY = [
    TEAM | {"avoided": HALF},
    VISIT | {"then": ["screen", "clinic"]},
    FIRST | {"activities": ["clinic"], "avoided": HALF},
    DOOR | {"reach": HALF},
    OFFER,
]


@settings(max_examples=5)
@given(data=st.data(), change=st.sampled_from(MANY))
def test_no_event_is_invented_and_money_adds_up(
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
    change: dict[str, Any],
) -> None:
    every = [
        {"customer_id": "w", "agency": agency, "activity": activity, "day": 0}
        for agency in "AB"
        for activity in ("talk", "clinic", "screen")
    ]
    events = events_of(data.draw(random_events) + every)
    log = encode_log(events, engine=engine)
    groups = pd.DataFrame({"customer_id": ["x", "w"], "segment": ["p", "q"]})
    made = done(log, change, segments=groups)
    before, after = (
        each.engine.arrow(f"SELECT * FROM {each.table}")
        .to_pandas()
        .set_index("event_id")
        for each in (log, made.log)
    )
    assert set(after.index) <= set(before.index)
    assert made.log.n_customers == log.n_customers
    assert len(before) - len(after) == made.fallen
    assert before["cost_pence"].sum() - after["cost_pence"].sum() == (
        made.money.gross.pence
    )
    for frame in (made.by_segment, made.by_agency):
        assert frame["change_pence"].sum() == -made.money.net.pence
        assert frame["before_pence"].sum() == before["cost_pence"].sum()
        assert frame["contacts_before"].sum() == len(before)
        assert frame["contacts_after"].sum() == len(after)


@settings(max_examples=3)
@given(data=st.data())
def test_merging_removes_exactly_what_crosses(
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
) -> None:
    every = [
        {"customer_id": "w", "agency": name, "day": 0, "activity": "talk"}
        for name in "AB"
    ]
    events = events_of(data.draw(random_events) + every)
    made = done(encode_log(events, engine=engine), TEAM)
    renamed = events.assign(
        agency=events["agency"].replace({"A": "Team", "B": "Team"}),
        referred_to=events["referred_to"].replace({"A": "Team", "B": "Team"}),
        joint_with=events["joint_with"].str.replace(r"\b[AB]\b", "Team", regex=True),
    )
    expected = find_duplication(
        encode_log(renamed, engine=engine, table="renamed"), RULES
    )
    names = ["event_id", "rule", "kind"]
    pd.testing.assert_frame_equal(
        made.after.findings()[names], expected.findings()[names]
    )
    was = made.before.findings().groupby("event_id")["cost_pence"].sum()
    still = made.after.findings().groupby("event_id")["cost_pence"].sum()
    fallen = (was - still.reindex(was.index).fillna(0)).clip(lower=0)
    assert made.money.gross.pence <= fallen.sum()
