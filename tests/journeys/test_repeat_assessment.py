"""D1: each decoy by hand, and a brute-force search on random logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import encode_log, find_duplication
from journeys.duplication import Exempt, ExemptPair
from journeys.duplication.repeat_assessment import Validity
from tests.journeys.conftest import evidence_of, only

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from journeys import Log
    from journeys.duplication import RepeatAssessment, Rules
    from place.engine import DuckDBEngine


FIRST = {"customer_id": "x", "agency": "A", "activity_class": "assess", "day": 0}
AGAIN = FIRST | {"agency": "B", "day": 10}
SHIPPED = only("repeat_assessment")


def rules_with(**changes: Any) -> Rules:  # noqa: ANN401 - any parameter of the rule
    return only("repeat_assessment", **changes)


def found_in(log: Log, rules: Rules = SHIPPED) -> dict[str, str]:
    """Return the evidence of each event that D1 finds."""
    return evidence_of(log, rules)


def test_a_second_agency_that_assesses_again_is_found(
    log_of: Callable[..., Log],
) -> None:
    found = find_duplication(
        log_of(FIRST, AGAIN | {"cost_pence": 95}), SHIPPED
    ).findings()
    del found["measure"]  # it has none
    assert found.to_dict("records") == [
        {
            "finding_id": "D1-000001",
            "rule": "D1",
            "version": "2026-11",
            "event_id": "e001",
            "evidence_ids": "e000",
            "customer_id": "x",
            "agency": "B",
            "first_agency": "A",
            "need": "housing",
            "gap_us": 10 * 86_400_000_000,
            "cost_pence": 95,
            "part_pence": 95,
            "kind": "assess",
        }
    ]


def test_a_chain_of_four_has_three_redundant_events(log_of: Callable[..., Log]) -> None:
    log = log_of(*(("x", agency, "assess", day) for day, agency in enumerate("ABCD")))
    assert found_in(log) == {"e001": "e000", "e002": "e001", "e003": "e002"}


def test_the_third_of_a_b_b_is_found_with_the_first_as_evidence(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(*(("x", agency, "assess", day) for day, agency in enumerate("ABB")))
    assert found_in(log) == {"e001": "e000", "e002": "e000"}


@pytest.mark.parametrize(
    ("again", "why"),
    [
        ({"agency": "A"}, "the same agency: rework, not duplication"),
        ({"customer_id": "y"}, "another customer"),
        ({"need": "money"}, "another need"),
        ({"need": None}, "no need is named"),
        ({"activity_class": "intake"}, "another class"),
        ({"activity_class": "service"}, "not a class of the rule"),
        ({"activity_class": None}, "no class"),
        ({"day": 180.001}, "expired"),
        ({"activity": "Statutory safeguarding assessment"}, "exempt"),
        ({"joint_with": "A"}, "joint working"),
        ({"joint_with": "C; A"}, "joint working of three"),
        ({"joint_with": "C  ;   A ;D"}, "joint working, with further blanks"),
        ({"joint_with": ";A;; "}, "joint working, with nothing between marks"),
    ],
)
def test_decoys_are_not_found(
    log_of: Callable[..., Log], again: dict[str, Any], why: str
) -> None:
    assert not found_in(log_of(FIRST, AGAIN | again)), why


def test_joint_working_may_be_written_on_the_earlier_event(
    log_of: Callable[..., Log],
) -> None:
    assert not found_in(log_of(FIRST | {"joint_with": "B"}, AGAIN))
    assert found_in(log_of(FIRST | {"joint_with": "Bradford"}, AGAIN))


def test_joint_working_counts_when_the_rule_says_so(log_of: Callable[..., Log]) -> None:
    log = log_of(FIRST, AGAIN | {"joint_with": "A"})
    assert found_in(log, rules_with(joint_working_exempts=False))


def test_the_window_includes_its_end(log_of: Callable[..., Log]) -> None:
    log = log_of(FIRST, AGAIN)
    assert found_in(log, rules_with(window_days=10))
    assert not found_in(log, rules_with(window_days=9.999))


def test_a_need_may_have_a_shorter_shelf_life(log_of: Callable[..., Log]) -> None:
    log = log_of(FIRST, AGAIN)
    ten, nine = Validity(need="housing", days=10), Validity(need="housing", days=9)
    assert found_in(log, rules_with(validity=(ten, Validity(need="money", days=1))))
    assert not found_in(log, rules_with(validity=(ten, nine)))
    assert found_in(log, rules_with(validity=(Validity(need="housing", days=999),)))


def test_a_class_may_have_a_shelf_life_of_its_own_for_a_need(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(FIRST, AGAIN)
    for need, kind, found in [
        (None, "assess", False),
        ("housing", "assess", False),
        ("housing", "intake", True),
        ("money", "assess", True),
    ]:
        limit = Validity(need=need, of_class=kind, days=9)
        assert bool(found_in(log, rules_with(validity=(limit,)))) is found
    with pytest.raises(ValueError, match="name a need, a class, or both"):
        Validity(days=9)


def test_content_may_have_to_overlap(log_of: Callable[..., Log]) -> None:
    first = FIRST | {"data_items": "income=1;address"}
    again = AGAIN | {"data_items": "income=2; health; work"}  # 1 of 4 in both
    log = log_of(first, again)
    assert found_in(log, rules_with(content_overlap=0.25))
    assert not found_in(log, rules_with(content_overlap=0.26))
    assert found_in(log_of(FIRST, again), rules_with(content_overlap=1.0))
    other = again | {"data_items": "health"}
    assert not found_in(log_of(first, other), rules_with(content_overlap=0.01))
    nearer = other | {"agency": "C", "day": 5}
    log = log_of(first, nearer, again)
    found = found_in(log, rules_with(content_overlap=0.25))
    assert found == {"e002": "e001"}
    assert found_in(log, rules_with(content_overlap=0.34)) == {}


def test_the_instrument_may_have_to_be_the_same(log_of: Callable[..., Log]) -> None:
    log = log_of(FIRST | {"activity": "screen"}, AGAIN, AGAIN | {"agency": "C"})
    assert found_in(log, rules_with(same_instrument=True)) == {"e002": "e001"}


@pytest.mark.parametrize(
    ("day", "need", "found"),
    [
        (5, "housing", False),
        (5, None, False),
        (5, "money", True),
        (-1, "housing", True),
        (11, "housing", True),
    ],
)
def test_a_reset_between_makes_it_right(
    log_of: Callable[..., Log], day: int, need: str | None, found: object
) -> None:
    reset = FIRST | {"activity_class": "reset", "day": day, "need": need}
    assert bool(found_in(log_of(FIRST, reset, AGAIN))) is found
    assert found_in(log_of(FIRST, reset, AGAIN), rules_with(reset_classes=()))


@pytest.mark.parametrize("need", ["housing", None])
def test_a_reset_at_one_instant_counts_by_the_order_of_identifiers(
    log_of: Callable[..., Log], need: str | None
) -> None:
    reset = FIRST | {"activity_class": "reset", "need": need}
    same_as_later = reset | {"day": AGAIN["day"]}
    assert not found_in(log_of(FIRST, reset, AGAIN))
    assert not found_in(log_of(FIRST, same_as_later, AGAIN))
    assert found_in(log_of(reset, FIRST, AGAIN)) == {"e002": "e001"}
    assert found_in(log_of(FIRST, AGAIN, same_as_later)) == {"e001": "e000"}


def test_two_agencies_at_one_instant_are_compared(log_of: Callable[..., Log]) -> None:
    log = log_of(FIRST, FIRST | {"agency": "B"})
    row = find_duplication(log, SHIPPED).findings().iloc[0]
    assert (row["event_id"], row["evidence_ids"], row["gap_us"]) == ("e001", "e000", 0)
    assert find_duplication(log, SHIPPED).by_rule[0].naive == 1
    assert found_in(log_of(FIRST, FIRST | {"activity_class": "reset"})) == {}


def test_three_agencies_and_a_reset_on_one_day(log_of: Callable[..., Log]) -> None:
    b, c = FIRST | {"agency": "B"}, FIRST | {"agency": "C"}
    reset = FIRST | {"activity_class": "reset"}
    assert found_in(log_of(FIRST, b, reset, c)) == {"e001": "e000"}
    assert found_in(log_of(FIRST, b, c)) == {"e001": "e000", "e002": "e001"}


def test_a_new_episode_makes_it_right(log_of: Callable[..., Log]) -> None:
    one, two = {"episode_id": "one"}, {"episode_id": "two"}
    assert not found_in(log_of(FIRST | one, AGAIN | two))
    assert found_in(log_of(FIRST | one, AGAIN | one))
    assert found_in(log_of(FIRST | one, AGAIN))
    again = log_of(FIRST | one, AGAIN | two)
    assert found_in(again, rules_with(new_episode_resets=False))


def test_an_exempt_pair_has_a_direction(log_of: Callable[..., Log]) -> None:
    pair = ExemptPair(earlier="screen", later="clinic", reason="Two steps of one.")
    rules = rules_with(exempt_pairs=(pair,))
    screen, clinic = {"activity": "screen"}, {"activity": "clinic"}
    assert not found_in(log_of(FIRST | screen, AGAIN | clinic), rules)
    assert found_in(log_of(FIRST | clinic, AGAIN | screen), rules)


def test_an_exempt_activity_is_no_evidence_either(log_of: Callable[..., Log]) -> None:
    law = {"activity": "Statutory safeguarding assessment"}
    assert not found_in(log_of(FIRST | law, AGAIN))


def test_events_without_a_need_are_counted_as_unjudged(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(FIRST | {"need": None}, AGAIN | {"need": None}, AGAIN | {"day": 11})
    d1 = find_duplication(log, SHIPPED).by_rule[0]
    assert (d1.findings, d1.events, d1.unjudged) == (0, 3, 2)
    assert "2 name no need and could not be judged" in str(d1)
    lenient = rules_with(need_may_be_missing=True)
    assert found_in(log, lenient) == {"e001": "e000"}
    assert find_duplication(log, lenient).by_rule[0].unjudged == 0


def test_the_naive_count_takes_no_notice_of_need_window_or_reset(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(FIRST, AGAIN | {"need": "money"}, AGAIN | {"day": 900, "need": None})
    d1 = find_duplication(log, SHIPPED).by_rule[0]
    assert (d1.findings, d1.naive) == (0, 2)
    assert "a naive count gives 2" in str(d1)


# --- an oracle that looks at every pair -------------------------------------------

SMALL: dict[str, Any] = {
    "window_days": 5,
    "validity": (
        Validity(need="money", days=2),
        Validity(need="housing", of_class="intake", days=3),
    ),
    "exempt": (Exempt(activity="by law", reason="It is the law."),),
    "exempt_pairs": (
        ExemptPair(earlier="screen", later="clinic", reason="Two steps."),
    ),
}


def place_of(event: dict[str, Any]) -> tuple[int, str]:
    """Return where an event stands: by time and, at one instant, by identifier."""
    return event["day"], event["event_id"]


def is_redundant(
    i: dict[str, Any],
    j: dict[str, Any],
    log: Sequence[dict[str, Any]],
    d1: RepeatAssessment,
) -> bool:
    limits = [
        v.days
        for v in d1.validity
        if v.need in {None, j["need"]} and v.of_class in {None, j["activity_class"]}
    ]
    limit = min([d1.window_days, *limits])
    held = [
        {part.split("=")[0].strip() for part in (e["data_items"] or ";").split(";")}
        for e in (i, j)
    ]
    held = [items - {""} for items in held]
    alike = not all(held) or len(held[0] & held[1]) >= d1.content_overlap * len(
        held[0] | held[1]
    )
    partners = [{p.strip() for p in (e["joint_with"] or "").split(";")} for e in (i, j)]
    reset = any(
        r["activity_class"] in d1.reset_classes
        and r["customer_id"] == j["customer_id"]
        and r["need"] in {None, j["need"]}
        and place_of(i) < place_of(r) < place_of(j)
        for r in log
    )
    law = {e.activity for e in d1.exempt}
    pairs = {(p.earlier, p.later) for p in d1.exempt_pairs}
    return (
        j["activity_class"] in d1.classes
        and all(i[n] == j[n] for n in ("customer_id", "need", "activity_class"))
        and (d1.need_may_be_missing or j["need"] is not None)
        and i["agency"] != j["agency"]
        and place_of(i) < place_of(j)
        and 0 <= j["day"] - i["day"] <= limit
        and not reset
        and not (
            i["episode_id"] and j["episode_id"] and i["episode_id"] != j["episode_id"]
        )
        and j["agency"] not in partners[0]
        and i["agency"] not in partners[1]
        and not law & {i["activity"], j["activity"]}
        and (i["activity"], j["activity"]) not in pairs
        and (i["activity"] == j["activity"] or not d1.same_instrument)
        and alike
    )


def brute_force(log: list[dict[str, Any]], d1: RepeatAssessment) -> dict[str, str]:
    """Look at every pair of events."""
    named = [event | {"event_id": f"e{n:03d}"} for n, event in enumerate(log)]
    found = {}
    for j in named:
        mine = [e for e in named if e["customer_id"] == j["customer_id"]]
        earlier = [i for i in mine if is_redundant(i, j, mine, d1)]
        if earlier:
            nearest = max(earlier, key=place_of)
            found[j["event_id"]] = nearest["event_id"]
    return found


@settings(max_examples=8)
@given(
    data=st.data(),
    asked=st.tuples(st.booleans(), st.booleans(), st.sampled_from([0.0, 0.3, 0.6])),
)
def test_findings_equal_a_search_of_every_pair(
    random_logs: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
    asked: tuple[bool, bool, float],
) -> None:
    events = data.draw(random_logs)
    names = ("need_may_be_missing", "same_instrument", "content_overlap")
    rules = rules_with(**SMALL, **dict(zip(names, asked, strict=True)))
    log = encode_log(events_of(events), engine=engine)
    assert rules.repeat_assessment is not None
    assert found_in(log, rules) == brute_force(events, rules.repeat_assessment)


@settings(max_examples=4)
@given(data=st.data(), days=st.integers(1, 9), more=st.integers(0, 9))
def test_a_longer_window_never_loses_a_finding(
    random_logs: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
    days: int,
    more: int,
) -> None:
    log = encode_log(events_of(data.draw(random_logs)), engine=engine)
    short = found_in(log, rules_with(window_days=days))
    long = found_in(log, rules_with(window_days=days + more))
    assert set(short) <= set(long)


@settings(max_examples=4)
@given(data=st.data())
def test_the_naive_count_never_misses_a_finding(
    random_logs: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
) -> None:
    log = encode_log(events_of(data.draw(random_logs)), engine=engine)
    d1 = find_duplication(log, rules_with(need_may_be_missing=True)).by_rule[0]
    assert d1.naive >= d1.findings
