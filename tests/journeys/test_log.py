"""What makes a log, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from time import process_time
from traceback import format_exception
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import JourneyError, encode_log, find_duplication
from journeys.frames import check_frame
from place.engine import DuckDBEngine
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

TIMES = pd.to_datetime(["2009-04-02", "2009-04-01", "2009-04-01"], utc=True)
EVENTS = pd.DataFrame(
    {
        "event_id": ["e3", "e2", "e1"],
        "customer_id": [7, 7, 7],
        "time": TIMES,
        "agency": ["GP", "council ", "council"],
        "activity": ["treat", "ask", "call"],
        "need": ["", None, "housing"],
    }
)


def test_events_are_ordered_by_time_then_identifier() -> None:
    log = encode_log(EVENTS)
    rows = log.engine.arrow("SELECT * FROM log ORDER BY seq").to_pylist()
    assert [row["event_id"] for row in rows] == ["e1", "e2", "e3"]
    assert [row["event"] for row in rows] == [0, 1, 2]
    assert [row["seq"] for row in rows] == [1, 2, 3]
    ask, treat = log.codes("activity", ["ask", "treat"])
    assert [row["next_activity"] for row in rows] == [ask, treat, None]
    assert [row["next_agency"] for row in rows] == [
        *log.codes("agency", ["council", "GP"]),
        None,
    ]
    assert rows[0]["time_us"] == 1_238_544_000_000_000
    assert (log.n_events, log.n_customers) == (3, 1)


def test_optional_columns_are_there_and_empty_text_is_missing() -> None:
    log = encode_log(EVENTS)
    rows = log.engine.arrow("SELECT * FROM log ORDER BY seq").to_pylist()
    assert log.names["need"] == ("housing",)
    assert [row["need"] for row in rows] == [0, None, None]
    assert {row["referred_to"] for row in rows} == {None}
    assert {row["cost_pence"] for row in rows} == {None}
    assert log.engine.arrow("SELECT * FROM log_customers").to_pylist() == [
        {"customer": 0, "customer_id": "7", "first_event": 0}
    ]
    assert not log.engine.arrow("SELECT * FROM log_items").num_rows
    assert not log.engine.arrow("SELECT * FROM log_partners").num_rows


def test_classes_fill_only_where_an_event_has_none() -> None:
    events = EVENTS.assign(activity_class=[None, "request", None])
    log = encode_log(
        events, classes={"treat": "service", "ask": "refer", "sing": "course"}
    )
    rows = log.engine.arrow("SELECT activity_class FROM log ORDER BY seq").to_pylist()
    request, service = map(ACTIVITY_CLASSES.index, ("request", "service"))
    assert [row["activity_class"] for row in rows] == [None, request, service]
    assert log.unmapped == ("call",)
    assert str(log) == "3 events of 1 customers; 1 activities have no class."


def test_classes_that_are_needed_twice_with_quotes_in_them() -> None:
    events = EVENTS.assign(activity="can't \\ say")
    log = encode_log(events, classes={"can't \\ say": "review"})
    assert log.unmapped == ()
    assert str(log).endswith("every activity has a class.")


def test_events_without_identifiers_are_numbered_in_order() -> None:
    events = pd.concat([EVENTS.drop(columns="event_id")] * 4)
    assert check_frame(events)["event_id"].to_pylist()[:2] == ["01", "02"]


def test_a_checked_table_is_taken_by_name(engine: DuckDBEngine) -> None:
    engine.register("contacts", check_frame(EVENTS))
    assert encode_log("contacts", engine=engine).n_events == 3


def test_times_in_microseconds_are_taken_as_they_are() -> None:
    events = EVENTS.drop(columns="time").assign(time_us=[3, 2, 1])
    assert check_frame(events)["time_us"].to_pylist() == [3, 2, 1]


def test_an_empty_frame_is_an_empty_log() -> None:
    log = encode_log(EVENTS.head(0))
    assert str(log) == "0 events of 0 customers; every activity has a class."


def test_the_frame_is_left_as_it_was() -> None:
    before = EVENTS.copy(deep=True)
    encode_log(EVENTS)
    pd.testing.assert_frame_equal(EVENTS, before)


def pence_of(pounds: object) -> list[int | None]:
    frame = EVENTS.assign(cost_pounds=pounds)
    return check_frame(frame)["cost_pence"].to_pylist()


def test_a_cost_in_pounds_becomes_pence() -> None:
    assert pence_of([80, 95, 0]) == [8000, 9500, 0]
    assert pence_of([80.5, None, 1.1]) == [8050, None, 110]
    assert pence_of([None, None, None]) == [None, None, None]
    assert pence_of([Decimal("19.99"), None, Decimal("-0.01")]) == [1999, None, -1]
    assert "cost_pounds" not in check_frame(EVENTS.assign(cost_pounds=1)).column_names


def test_a_cost_in_pounds_is_rounded_to_the_nearest_penny() -> None:
    assert pence_of([1.005, 1.0049, -1.005]) == [101, 100, -101]
    # Halves of a penny as `place` rounds them, though 1.115 is not a binary number.
    assert pence_of([1.115, 0.285, 2.675]) == [112, 29, 268]
    tiny = [Decimal("1.00499999999999999999"), Decimal("1.005"), None]
    assert pence_of(tiny) == [100, 101, None]


def test_a_cost_in_pounds_is_said_by_the_finding() -> None:
    days = pd.to_datetime(["2009-04-01", "2009-04-11"], utc=True)
    events = pd.DataFrame({"customer_id": "a", "time": days, "need": "housing"})
    events = events.assign(activity="assess", activity_class="assess")
    events["agency"] = ["council", "health"]
    found = find_duplication(encode_log(events.assign(cost_pounds=[80.0, 95.0])))
    assert "they cost £95.00 gross" in str(found)


def test_a_file_of_the_contract_read_by_pandas_keeps_its_costs() -> None:
    file = Path(__file__).parents[2] / "data" / "example" / "events.csv"
    rows = pd.read_csv(file, dtype=str).drop_duplicates("event_id")
    times = pd.to_datetime(rows["time"], utc=True, errors="coerce")
    pounds = rows["cost_pounds"].astype(float)
    events = rows.assign(time=times, cost_pounds=pounds).dropna(subset="time")
    found = find_duplication(encode_log(events.drop(columns="end_time")))
    redundant = [each.rule for each in found.by_rule if each.redundant]
    findings = found.findings()
    ids = findings.loc[findings["rule"].isin(redundant), "event_id"]
    told = rows[rows["event_id"].isin(ids)]
    costs = told.set_index("event_id")["cost_pounds"].dropna()
    assert len(told) == found.events > 100
    assert found.not_costed <= len(told) - len(costs)
    repeats = findings[findings["rule"] == "D1"].dropna(subset="part_pence")
    for repeat in repeats.itertuples(index=False):
        assert repeat.part_pence == Decimal(costs[repeat.event_id]) * 100
    parts = findings.groupby("event_id")["part_pence"].max()
    assert found.cost_pence == parts.sum() <= sum(Decimal(c) * 100 for c in costs)
    assert found.unmatched == (0, 0)


@given(st.lists(st.none() | st.integers(-(10**13), 10**13), min_size=3, max_size=3))
def test_pence_are_kept_on_their_way_through_pounds(pence: list[int | None]) -> None:
    pounds = [None if p is None else p / 100 for p in pence]
    assert pence_of(pd.array(pounds, "Float64")) == pence


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e30, 1e18])
def test_a_cost_that_is_no_amount_is_refused(bad: float) -> None:
    events = pa.Table.from_pandas(EVENTS).append_column(
        "cost_pounds", pa.array([1.0, None, bad])
    )
    with pytest.raises(JourneyError, match=r"'cost_pounds' must hold finite amounts"):
        check_frame(events)


def test_errors_hold_no_cell_and_no_cause_that_does() -> None:
    name = "Jane Doe"
    for bad in (
        EVENTS.assign(cost_pounds=["1", name, "2"]),
        EVENTS.assign(cost_pence=["1", name, "2"]),
        EVENTS.assign(need=[1, name, 3.5]),
    ):
        with pytest.raises(JourneyError) as caught:
            check_frame(bad)
        assert name not in "".join(format_exception(caught.value))


@pytest.mark.parametrize(
    ("events", "match"),
    [
        (
            EVENTS.assign(cost_pounds=["1", "2", "3"]),
            r"'cost_pounds' must hold .*pandas\.to_numeric",
        ),
        (EVENTS.assign(cost_pounds=True), r"'cost_pounds' must .* it is bool"),
        (
            EVENTS.assign(cost_pounds=1.0, cost_pence=100),
            r"have 'cost_pounds' and 'cost_pence'.* Drop one",
        ),
        (EVENTS.drop(columns=["agency"]), r"lack \['agency'\]; they have \['event_id'"),
        (EVENTS.drop(columns=["time"]), r"lack \['time_us'\]"),
        (EVENTS.assign(time="2009-04-01"), r"'time' must be a timestamp with a zone"),
        (EVENTS.assign(time=TIMES.tz_localize(None)), r"'time' must be .* it is"),
        (EVENTS.assign(time=[TIMES[0], pd.NaT, TIMES[1]]), r"1 of 3 .*'time_us'"),
        (EVENTS.assign(agency=["GP", " ", None]), r"2 of 3 events .*'agency'"),
        (
            EVENTS.assign(event_id=["a", "b", "a"]),
            r"1 of 3 events repeat an 'event_id'",
        ),
        (
            EVENTS.assign(cost_pence=[1.5, 2, 3]),
            r"'cost_pence' must hold whole numbers",
        ),
        (EVENTS.assign(need=[1, "two", 3.5]), r"A column of the events mixes types"),
        (EVENTS.assign(need=[[1], [2], [3]]), r"'need' must hold text"),
        (
            EVENTS.assign(activity_class="asess"),
            r"'asess' is not a class of activity. Did you mean 'assess'",
        ),
    ],
)
def test_a_broken_frame_says_what_is_wrong(events: pd.DataFrame, match: str) -> None:
    with pytest.raises(JourneyError, match=match):
        encode_log(events)


def test_all_faults_are_told_at_once() -> None:
    events = EVENTS.assign(agency=None, event_id="same")
    with pytest.raises(JourneyError) as caught:
        encode_log(events)
    assert len(caught.value.faults) == 2


def test_an_unknown_class_in_the_mapping_is_refused() -> None:
    with pytest.raises(
        JourneyError, match=r"'zzz' is not a class .*\. The classes are"
    ):
        encode_log(EVENTS, classes={"ask": "zzz"})


def test_a_table_without_a_required_column_is_refused(engine: DuckDBEngine) -> None:
    engine.register("halves", pa.table({"event_id": ["a"]}))
    with pytest.raises(JourneyError, match=r"lack \['customer_id'"):
        encode_log("halves", engine=engine)


@settings(max_examples=20)
@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
    random: Random,
) -> None:
    frame = events_of(data.draw(random_events))
    mixed = frame.iloc[random.sample(range(len(frame)), len(frame))]
    tables = ("log", "log_customers", "log_partners", "log_items")
    texts = [f"SELECT * FROM {table} ORDER BY ALL" for table in tables]
    encode_log(frame, engine=engine)
    first = [engine.arrow(sql) for sql in texts]
    encode_log(mixed, engine=engine)
    assert [engine.arrow(sql) for sql in texts] == first


def test_a_table_without_identifiers_is_numbered_by_row(engine: DuckDBEngine) -> None:
    told = check_frame(EVENTS.assign(joint_with=["GP", None, None]))
    engine.register("rows", told.drop_columns("event_id"))
    log = encode_log("rows", engine=engine)
    rows = engine.arrow("SELECT event_id FROM log ORDER BY event").to_pylist()
    assert [row["event_id"] for row in rows] == ["2", "3", "1"]
    joint = engine.arrow("SELECT event, partner FROM log_partners").to_pylist()
    assert joint == [{"event": 2, "partner": log.codes("agency", ["GP"])[0]}]


def test_facts_and_partners_stand_beside_the_log() -> None:
    told = EVENTS.assign(
        data_items=["address; income=x1", None, " ;address"],
        joint_with=[None, "GP;; Police ", None],
    )
    log = encode_log(told)
    items = log.engine.arrow("SELECT * FROM log_items ORDER BY ALL").to_pylist()
    assert [(row["event"], row["item"], row["value"]) for row in items] == [
        (0, "address", None),
        (2, "address", None),
        (2, "income", "x1"),
    ]
    partners = log.engine.arrow("SELECT * FROM log_partners ORDER BY ALL").to_pylist()
    named = [(row["event"], log.names["agency"][row["partner"]]) for row in partners]
    assert named == [(1, "GP"), (1, "Police")]


def test_a_log_larger_than_memory_is_encoded(tmp_path: Path) -> None:
    many = 200_000
    rows = pa.table(
        {
            "customer_id": pa.array([str(n % 20_011) for n in range(many)]),
            "event_id": pa.array([f"event-{n * 7919 % many:030}" for n in range(many)]),
            "time_us": pa.array([n * 104_729 % 1_000_003 for n in range(many)]),
            "agency": pa.array(["A", "B"] * (many // 2)),
            "activity": pa.array(["ask"] * many),
        }
    )
    file = tmp_path / "events.parquet"
    pq.write_table(rows, file)
    engine = DuckDBEngine(memory="60MB", threads=1)
    engine.open("events", [file])
    log = encode_log("events", engine=engine)
    assert (log.n_events, log.n_customers) == (many, 20_011)
    engine.close()


def test_one_customer_with_very_many_events_is_quick(engine: DuckDBEngine) -> None:
    times = [n * 104_729 % 100_003 for n in range(100_000)]
    events = pd.DataFrame({"time_us": times, "customer_id": "x", "agency": "A"})
    began = process_time()
    log = encode_log(events.assign(activity="ask"), engine=engine)
    assert log.n_events == 100_000
    assert process_time() - began < 5
