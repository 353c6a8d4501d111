"""Names of agencies that no event has, and how lists of names are split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import encode_log, find_duplication
from journeys.duplication.partners import Unmatched, count_unmatched

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from journeys import Log
    from place.engine import DuckDBEngine

REFERRAL = {"customer_id": "x", "agency": "A", "activity_class": "refer", "day": 0}
ASSESSED = REFERRAL | {"activity_class": "assess"}


def partners_of(log: Log) -> set[tuple[str, str]]:
    """Return (event, partner) as the log keeps them, each once."""
    rows = log.engine.arrow(
        f"SELECT l.event_id, p.partner FROM {log.table}_partners AS p "
        f"JOIN {log.table} AS l ON l.event = p.event"
    )
    frame = log.decoded(rows, {"partner": "agency"})
    found = list(frame.itertuples(index=False, name=None))
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize(
    ("listed", "partners"),
    [
        (None, []),
        ("NHS Trust", ["NHS Trust"]),
        ("  NHS Trust;Council ;   Police  ", ["NHS Trust", "Council", "Police"]),
        ("; ;;", []),
        ("A;A; A", ["A"]),
        ("it's; 100%_\\d", ["it's", "100%_\\d"]),
    ],
)
def test_lists_are_split_and_trimmed(
    log_of: Callable[..., Log], listed: str | None, partners: list[str]
) -> None:
    log = log_of(ASSESSED | {"joint_with": listed}, ASSESSED | {"joint_with": "C"})
    assert partners_of(log) == {("e000", p) for p in partners} | {("e001", "C")}


def test_a_referral_to_a_name_that_no_event_has_is_told(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(
        REFERRAL | {"referred_to": "b"},
        REFERRAL | {"agency": "B", "day": 1, "referred_to": "a"},
    )
    found = find_duplication(log)
    assert found.unmatched == Unmatched(referrals=2, joint_contacts=0)
    assert str(found) == (
        "No duplication found in 2 events; 2 referrals name an agency that the log "
        "does not have."
    )


def test_a_joint_contact_with_a_name_that_no_event_has_is_told(
    log_of: Callable[..., Log],
) -> None:
    log = log_of(
        ASSESSED,
        ASSESSED | {"agency": "B", "day": 1, "joint_with": "C; a"},
        REFERRAL | {"agency": "C", "day": 2, "referred_to": "D"},
    )
    found = find_duplication(log)
    assert found.unmatched == Unmatched(referrals=1, joint_contacts=1)
    assert str(found).endswith(
        "(rules 2026-11); 1 referrals and 1 joint contacts name an agency that the "
        "log does not have."
    )


def test_only_referrals_are_read_for_where_they_go(log_of: Callable[..., Log]) -> None:
    log = log_of(ASSESSED | {"referred_to": "b"}, REFERRAL, REFERRAL)
    assert find_duplication(log).unmatched == Unmatched(0, 0)
    assert "does not have" not in str(find_duplication(log))


@settings(max_examples=40)
@given(data=st.data())
def test_unmatched_names_equal_a_plain_count(
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
) -> None:
    events = data.draw(random_events)
    log = encode_log(events_of(events), engine=engine)
    known = {event["agency"] for event in events}
    lists = [(event["joint_with"] or "").split(";") for event in events]
    partners = [{name.strip() for name in names} - {""} for names in lists]
    referrals = [e["referred_to"] for e in events if e["activity_class"] == "refer"]
    assert count_unmatched(log) == Unmatched(
        referrals=sum(to is not None and to not in known for to in referrals),
        joint_contacts=sum(bool(names - known) for names in partners),
    )
    assert partners_of(log) == {
        (f"e{n:03d}", name) for n, names in enumerate(partners) for name in names
    }
