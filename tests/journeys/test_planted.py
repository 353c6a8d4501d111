"""Rules against planted truth: all of it, and nothing else, on a clean log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from benchmarks.planted import NOISES, plant, score, search
from journeys import encode_log, find_duplication, handovers
from journeys.duplication.all_rules import ALL_RULES
from tests.journeys.conftest import only

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.planted import Planted
    from journeys import Duplication
    from place.engine import DuckDBEngine

NAMES = [rule.name for rule in ALL_RULES]


@pytest.fixture(scope="module")
def planted() -> Planted:
    return plant(customers=6_000, seed=2010)


@pytest.fixture(scope="module")
def clean(planted: Planted) -> Iterator[Duplication]:
    found = search(planted)
    yield found
    found.log.engine.close()


def test_each_rule_has_something_planted_and_decoys(planted: Planted) -> None:
    for name in NAMES:
        assert len(planted.of(name)) > 50, name
        assert len(planted.of(name, "decoy")) > 30, name


def test_a_clean_log_gives_the_planted_events_and_no_decoy(
    planted: Planted, clean: Duplication
) -> None:
    rows = clean.findings()
    for name in NAMES:
        found = set(rows.loc[rows["rule"] == name, "event_id"])
        true = set(planted.of(name)["event_id"])
        assert len(found & true) >= 0.99 * len(found), name
        assert len(found & true) >= 0.99 * len(true), name
        assert not found & set(planted.of(name, "decoy")["event_id"]), name


def test_the_evidence_is_among_what_was_planted(
    planted: Planted, clean: Duplication
) -> None:
    rows = clean.findings().merge(planted.truth, on=["event_id", "rule"])
    for row in rows[rows["rule"].isin(["D1", "D5", "D6", "D7"])].itertuples():
        shown = set(str(row.evidence_ids).split(";"))
        assert shown <= set(row.evidence_event_ids.split(";")), row.finding_id


def test_a_naive_count_is_far_off(planted: Planted, clean: Duplication) -> None:
    naive = {each.rule: each.naive for each in score(planted, clean)}
    assert naive.keys() == set(NAMES)
    assert all(over > 0.4 for over in naive.values())


@pytest.mark.parametrize("noise", [name for name in NOISES if name.startswith("5%")])
def test_noise_costs_a_little(planted: Planted, noise: str) -> None:
    found = search(planted, noise)
    for each in score(planted, found):
        assert each.precision >= 0.95, each
        assert each.recall >= 0.87, each  # >= 0.90 on the larger logs of benchmarks
    found.log.engine.close()


@pytest.mark.parametrize("name", NAMES)
def test_taking_one_planted_event_away_takes_one_finding_away(
    planted: Planted, clean: Duplication, name: str
) -> None:
    customers = planted.events.set_index("event_id")["customer_id"]
    truth = planted.of(name)
    told = truth["event_id"].map(customers)
    marked = planted.truth["event_id"].map(customers).value_counts()
    event = truth.loc[told.map(marked) == 1, "event_id"].iloc[0]  # nothing rests on it
    mine = planted.events[planted.events["customer_id"] == customers[event]]
    before = {each.rule: each.findings for each in clean.by_rule}
    rest = planted.events.drop(mine.index[mine["event_id"] == event])
    found = find_duplication(encode_log(rest, engine=clean.log.engine, table="rest"))
    after = {each.rule: each.findings for each in found.by_rule}
    assert after[name] == before[name] - 1


# --- a real log in which next to nothing is duplication ----------------------------

LINES = (  # what a hospital books: samples taken in, bed-days, supplements, fees
    "aanname laboratoriumonderzoek",
    "ligdagen - alle spec.beh.kinderg.-reval.",
    "190205 klasse 3b        a205",
    "190101 bovenreg.toesl.  a101",
    "190204 klasse 3a        a204",
    "administratief tarief       - eerste pol",
)


@pytest.fixture(scope="module")
def hospital(fixtures: Path) -> pd.DataFrame:
    """Return the BPIC 2011 log: what departments of one hospital did for a patient."""
    log = pd.read_parquet(fixtures / "journeys" / "hospital_slim.parquet")
    events = pd.DataFrame(
        {
            "customer_id": log["case_id"],
            "time": log["timestamp"].dt.tz_localize("UTC"),
            "agency": log["group"].fillna("not told"),
            "activity": log["activity"],
        }
    )
    assert len(events) == 150_291
    return events


def repeated_within_a_week(events: pd.DataFrame) -> tuple[int, int]:
    """Count events of an activity that another department did in the week before.

    First those on the same day or before, as the rule counts; then before alone.
    """
    week = 7 * 86_400_000_000
    seen: dict[tuple[str, str], dict[str, list[int]]] = {}
    with_day = before = 0
    ordered = events.sort_values("time", kind="stable")
    moments = ordered["time"].astype("int64")  # microseconds
    rows = ordered[["customer_id", "activity", "agency"]].assign(at=moments)
    for who, what, department, at in rows.itertuples(index=False):
        last = seen.setdefault((who, what), {})  # two latest moments, by department
        others = [t for name, told in last.items() if name != department for t in told]
        with_day += any(at - t <= week for t in others)
        before += any(0 < at - t <= week for t in others)
        mine = last.setdefault(department, [])
        if at not in mine:
            last[department] = [*mine[-1:], at]
    return with_day, before


@pytest.mark.fixtures
def test_lines_of_a_hospital_look_like_repeats_and_are_not(
    hospital: pd.DataFrame, engine: DuckDBEngine
) -> None:
    same = only("repeat_assessment", window_days=7.0, same_instrument=True)
    events = hospital.assign(activity_class="assess", need="one")
    naive = find_duplication(encode_log(events, engine=engine), same)
    with_day, before = repeated_within_a_week(hospital)
    assert naive.events == with_day == 5_545
    assert before == 4_677
    # Booked lines are no work, so a place's vocabulary gives them no class.
    booked = events["activity"].isin(LINES)
    events.loc[booked, "activity_class"] = None
    found = find_duplication(encode_log(events, engine=engine), same)
    assert found.events == 363
    assert set(LINES) <= set(found.log.unmapped)


@pytest.mark.fixtures
def test_without_needs_the_shipped_rules_find_nothing_in_a_hospital(
    hospital: pd.DataFrame, engine: DuckDBEngine
) -> None:
    consult = hospital["activity"].str.contains("consult")
    kind = consult.map({True: "assess", False: "service"})
    found = find_duplication(
        encode_log(hospital.assign(activity_class=kind), engine=engine)
    )
    assert found.events == 0
    d1 = found.by_rule[0]
    assert d1.unjudged == d1.events == consult.sum() > 5_000
    assert d1.naive > 1_000


@pytest.mark.fixtures
@pytest.mark.parametrize(
    ("column", "moves", "bounces", "returns"),
    [
        ("org:group", 9_454, 2_394, 3_286),
        ("organization involved", 4_350, 1_876, 2_058),
    ],
)
def test_incidents_are_passed_back(
    fixtures: Path, column: str, moves: int, bounces: int, returns: int
) -> None:
    log = pd.read_parquet(fixtures / "journeys" / "bpic2013_incidents.parquet")
    events = pd.DataFrame(
        {
            "customer_id": log["case:concept:name"],
            "time": log["time:timestamp"],
            "agency": log[column],
            "activity": log["concept:name"],
            "activity_class": "refer",
            "need": "one",
        }
    )
    found = find_duplication(encode_log(events), only("ping_pong"))
    assert found.by_rule[0].kinds == {"bounce": bounces, "loop": returns - bounces}
    assert found.by_rule[0].naive == returns
    assert handovers(found.log)["count"].sum() == moves
