"""What must not change the answer of any rule, and what must change it just so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import encode_log, find_duplication, read_rules
from journeys.duplication import findings as searching
from journeys.duplication.all_rules import ALL_RULES
from tests.journeys.conftest import frame_of, many_logs, only

if TYPE_CHECKING:
    from journeys import Duplication, Rules
    from place.engine import DuckDBEngine, Engine

# Few steps of a random log are alike, so that baselines would seldom stand.
SHIPPED = read_rules()
assert SHIPPED.handoff_delay is not None
assert SHIPPED.ping_pong is not None
ALL = SHIPPED.model_copy(
    update={
        "handoff_delay": SHIPPED.handoff_delay.model_copy(
            update={"least_baseline": 1, "excess_days": 1.0}
        ),
        "ping_pong": SHIPPED.ping_pong.model_copy(update={"dead_end_days": 4.0}),
    }
)
# Option of a rule that says how far back to look -> a short and a longer while.
WINDOWS = [
    ("repeat_assessment", "window_days", 1.0, 4.0),
    ("asked_again", "window_days", 1.0, 4.0),
    ("repeated_course", "window_days", 1.0, 4.0),
    ("rework", "window_days", 1.0, 4.0),
    ("preventable_contact", "chased_within_days", 1.0, 4.0),
    ("preventable_contact", "back_within_days", 1.0, 4.0),
    ("preventable_contact", "failed_within_hours", 12.0, 96.0),
    ("handoff_delay", "within_days", 5.0, 90.0),
]
ACROSS = ("D1", "D5")  # rules that compare an event with one of another agency
FEW = settings(max_examples=4)
LOGS = st.integers(0, 10**9).map(many_logs)


def search(
    events: pd.DataFrame, engine: Engine, rules: Rules | None = None
) -> Duplication:
    return find_duplication(encode_log(events, engine=engine), rules or ALL)


def keyed(found: Duplication) -> set[tuple[Any, ...]]:
    """Return what was found, without the numbers that findings are given."""
    rows = found.findings()
    names = ["rule", "event_id", "kind", "part_pence", "measure"]
    told = rows[names].astype(object).where(rows[names].notna(), None)
    return set(told.itertuples(index=False, name=None))


def renamed(events: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return events whose agencies have other names, wherever they stand."""
    joint = events["joint_with"].map(
        lambda told: ";".join(names.get(p.strip(), "") for p in told.split(";")),
        na_action="ignore",
    )
    return events.assign(
        agency=events["agency"].map(names),
        referred_to=events["referred_to"].map(names, na_action="ignore"),
        joint_with=joint,
    )


def test_every_rule_finds_something_here(engine: DuckDBEngine) -> None:
    found = search(frame_of(many_logs(7, logs=60)), engine)
    assert [rule.rule for rule in found.by_rule] == [rule.name for rule in ALL_RULES]
    assert {
        rule.rule: rule.findings for rule in found.by_rule if not rule.findings
    } == {}
    events = found.findings()[["rule", "event_id"]]
    assert not events.duplicated().any()  # one finding a rule and event


def test_nothing_is_found_in_nothing(engine: DuckDBEngine) -> None:
    found = search(frame_of([]), engine)
    assert [rule.findings for rule in found.by_rule] == [0] * len(ALL_RULES)
    assert [rule.naive for rule in found.by_rule] == [0] * len(ALL_RULES)
    alone = [e | {"customer_id": n} for n, e in enumerate(many_logs(1, logs=4))]
    found = search(frame_of(alone), engine, SHIPPED)
    assert found.events == 0


@FEW
@given(LOGS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    engine: DuckDBEngine,
    events: list[dict[str, Any]],
    random: Any,  # noqa: ANN401 - a Random of Hypothesis
) -> None:
    frame = frame_of(events)
    mixed = frame.iloc[random.sample(range(len(frame)), len(frame))]
    one = search(frame, engine)
    rows = one.findings()
    other = search(mixed, engine)
    pd.testing.assert_frame_equal(other.findings(), rows)
    assert other.by_rule == one.by_rule
    assert other.cycles == one.cycles


@FEW
@given(LOGS)
def test_a_shift_in_time_changes_nothing(
    engine: DuckDBEngine, events: list[dict[str, Any]]
) -> None:
    frame = frame_of(events)
    rows = search(frame, engine).findings()
    later = pd.Timedelta(days=1000, microseconds=7)
    shifted = frame.assign(
        time=frame["time"] + later, end_time=frame["end_time"] + later
    )
    pd.testing.assert_frame_equal(search(shifted, engine).findings(), rows)


@FEW
@given(LOGS)
def test_other_names_change_only_the_names(
    engine: DuckDBEngine, events: list[dict[str, Any]]
) -> None:
    frame = frame_of(events)
    found = search(frame, engine)
    before, rows = keyed(found), found.findings().set_index(["rule", "event_id"])
    names = {"A": "Zed", "B": "Yak", "C": "Xi", "D": "Ant"}
    again = search(renamed(frame, names), engine)
    assert keyed(again) == before
    agencies = again.findings().set_index(["rule", "event_id"])["agency"]
    assert agencies.sort_index().equals(rows["agency"].map(names).sort_index())


@FEW
@given(LOGS)
def test_the_same_again_under_new_names_doubles_every_count(
    engine: DuckDBEngine, events: list[dict[str, Any]]
) -> None:
    frame = frame_of(events)
    twin = frame.assign(
        customer_id=frame["customer_id"] + "'",
        event_id=frame["event_id"] + "'",
        episode_id=frame["episode_id"] + "'",
    )

    def counts(found: Duplication) -> list[int]:
        told = [found.events, found.customers, found.cost_pence or 0, found.cycles]
        for rule in found.by_rule:
            # Odd pence are shared event by event, so shares double as well.
            told += [rule.findings, rule.events, rule.naive, rule.cost_pence or 0]
            told += [rule.measure or 0]
        return told

    single = counts(search(frame, engine))
    assert counts(search(pd.concat([frame, twin]), engine)) == [2 * n for n in single]


@FEW
@given(LOGS)
def test_merging_two_agencies_takes_away_just_what_lay_between_them(
    engine: DuckDBEngine, events: list[dict[str, Any]]
) -> None:
    frame = frame_of(events).assign(joint_with=None)
    both = {"A", "B"}
    names = {"A": "A", "B": "A", "C": "C", "D": "D"}

    def told(found: Duplication) -> pd.DataFrame:
        rows = found.findings()
        return rows[rows["rule"].isin(ACROSS)].set_index(["rule", "event_id"])

    before = told(search(frame, engine))
    after = told(search(renamed(frame, names), engine))
    assert set(after.index) <= set(before.index)
    cross = before["agency"].isin(both) & before["first_agency"].isin(both)
    lost = before.index.difference(after.index)
    assert cross.loc[lost].all()
    kept = after.loc[before.index[cross].intersection(after.index)]
    assert (kept["agency"] != kept["first_agency"]).all()  # a third agency's evidence


@pytest.mark.parametrize(("section", "option", "short", "long"), WINDOWS)
def test_a_longer_window_never_loses_a_finding(
    engine: DuckDBEngine, section: str, option: str, short: float, long: float
) -> None:
    frame = frame_of(many_logs(11, logs=50))
    more = {"least_baseline": 1} if section == "handoff_delay" else {}
    rules = (only(section, **more, **{option: days}) for days in (short, long))
    found = [{row[1] for row in keyed(search(frame, engine, each))} for each in rules]
    assert found[0] <= found[1]
    assert found[1]


def test_every_rule_that_looks_back_is_held_to_its_window() -> None:
    looked = {section for section, *_ in WINDOWS}
    rest = {rule.section for rule in ALL_RULES} - looked
    assert rest == {"parallel_holding", "ping_pong"}  # which have no window


def test_the_order_of_rules_changes_nothing(
    engine: DuckDBEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = frame_of(many_logs(3))
    found = search(frame, engine)
    rows = found.findings()
    monkeypatch.setattr(searching, "ALL_RULES", ALL_RULES[::-1])
    again = search(frame, engine)
    pd.testing.assert_frame_equal(again.findings(), rows)
    assert (again.cost_pence, again.events) == (found.cost_pence, found.events)


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_a_rule_alone_finds_what_it_finds_among_others(
    engine: DuckDBEngine,
    rule: Any,  # noqa: ANN401 - a Rule
) -> None:
    frame = frame_of(many_logs(5))
    among = {row for row in keyed(search(frame, engine)) if row[0] == rule.name}
    options = ALL.of(rule.section)
    assert options is not None
    alone = only(rule.section, **options.model_dump())
    assert keyed(search(frame, engine, alone)) == among
