"""What a hostile or careless log does: an error in words or a rejected row, no loss."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from random import Random
from time import process_time
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from insight.graph_commands import graph
from journeys import (
    JourneyError,
    directly_follows,
    encode_log,
    find_duplication,
    handovers,
    read_rules,
    variants,
)
from journeys.readers import readers_of
from journeys.suggestions import alike_names
from journeys.together import working_together
from journeys.waiting import waits
from place import open_place, read_place
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from place import OpenPlace
    from place.engine import DuckDBEngine

HEAD = "event_id,customer_id,time,agency,activity,activity_class,need"
app = typer.Typer()
app.command()(graph)


def put(folder: Path, blocks: str, **files: str) -> Path:  # tests name files freely
    """Write a place of events; a file's name is its keyword, `_` for the dot."""
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    (folder / "place.toml").write_text(f'[place]\nname = "X"\n{blocks}')
    return folder


@contextmanager
def opened(folder: Path) -> Iterator[OpenPlace]:
    place = read_place(folder)
    work = folder / "work"
    work.mkdir()
    one = open_place(place, work, readers=readers_of(place.tables["events"]))
    yield one
    one.engine.close()


def events_in(place: OpenPlace) -> list[dict[str, Any]]:
    return place.engine.arrow("SELECT * FROM events ORDER BY event_id").to_pylist()


def rejected(place: OpenPlace) -> list[tuple[int, str]]:
    return [row for one in place.checked["events"] for row in one.broken]


def told_by_command(folder: Path) -> str:
    words = [str(folder), "--out", str(folder / "out")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 1, done.output
    assert "it is a fault of totalplace" not in done.output
    assert not (folder / "out").exists()
    return " ".join(done.output.split())


ONE = '[[tables.events]]\nfile = "a.csv"\ntime_zone = "UTC"\n'
SOUND = f"{HEAD}\n1,x,2009-04-01T09:00,GP,see,assess,health\n"


def test_any_order_of_rows_gives_the_same_findings(
    engine: DuckDBEngine, events_of: Callable[..., pd.DataFrame]
) -> None:
    random = Random(4)  # noqa: S311 - test data
    events = [
        {
            "customer_id": random.choice("xy"),
            "agency": random.choice("ABC"),
            "activity": "talk",
            "activity_class": random.choice(["assess", "refer", "request", "service"]),
            "day": random.randrange(30),
            "need": "housing",
            "referred_to": random.choice("ABC"),
            "cost_pence": 100,
        }
        for _ in range(60)
    ]
    frame = events_of(events)
    told = []
    for seed in (0, 1):
        shuffled = frame.sample(frac=1, random_state=seed)
        log = encode_log(shuffled, engine=engine)
        found = find_duplication(log, read_rules())
        told.append((directly_follows(log), waits(log), found.findings()))
    assert len(told[0][2])
    for one, other in zip(*told, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_ids_that_two_files_share_are_told_with_the_first(tmp_path: Path) -> None:
    blocks = ONE + '[[tables.events]]\nfile = "b.csv"\ntime_zone = "UTC"\n'
    more = f"{SOUND}2,y,2009-04-01T09:00,GP,see,assess,health\n"
    with opened(put(tmp_path, blocks, a_csv=SOUND, b_csv=more)) as place:
        assert [event["event_id"] for event in events_in(place)] == ["1", "2"]
        ((row, reason),) = rejected(place)
        assert row == 2
        assert "event_id" in reason
        assert "a.csv" in reason


def test_an_end_before_its_beginning_is_set_aside(tmp_path: Path) -> None:
    text = (
        f"{HEAD},end_time\n1,x,2009-04-02,GP,see,,,2009-04-01\n"
        "2,x,2009-04-02,GP,see,,,2009-04-02\n3,x,31 June,GP,see,,,\n"
    )
    with opened(put(tmp_path, ONE, a_csv=text)) as place:
        assert [event["event_id"] for event in events_in(place)] == ["2"]
        (first, said), (second, why) = rejected(place)
        assert (first, second) == (2, 4)
        assert said == "ends before it begins"
        assert "time" in why
        assert "June" not in why


@pytest.mark.parametrize("year", [1, 1900, 2100, 2261])
def test_stand_ins_for_no_date_are_refused_in_a_frame(
    events_of: Callable[..., pd.DataFrame], year: int
) -> None:
    event = {"customer_id": "x", "agency": "A", "activity": "talk", "day": 1}
    frame = events_of([event, event])
    moment = datetime(year, 1, 1, tzinfo=UTC)
    times = pd.Series([frame["time"][0].to_pydatetime(), moment]).astype(
        "datetime64[us, UTC]"
    )
    with pytest.raises(JourneyError, match="1 of 2 events are dated before 1901 or"):
        encode_log(frame.assign(time=times))


def test_the_longest_wait_does_not_overflow(engine: DuckDBEngine) -> None:
    ends = pd.to_datetime(["1901-01-01", "2099-12-31"], utc=True).as_unit("us")
    frame = pd.concat(
        pd.DataFrame({"customer_id": f"c{at}", "time": ends}) for at in range(2_000)
    )
    log = encode_log(frame.assign(agency="A", activity="talk"), engine=engine)
    (wait,) = waits(log)["total_seconds"]
    assert wait == 2_000 * (ends[1] - ends[0]).total_seconds()


def test_contacts_without_a_need_are_counted_as_not_judged(
    engine: DuckDBEngine, events_of: Callable[..., pd.DataFrame]
) -> None:
    contact = {"customer_id": "x", "activity": "talk", "activity_class": "assess"}
    events = [contact | {"agency": "A", "day": 1}, contact | {"agency": "B", "day": 2}]
    log = encode_log(events_of(events), engine=engine)
    found = find_duplication(log, read_rules())
    first = found.by_rule[0]
    assert (first.rule, first.findings, first.unjudged) == ("D1", 0, 2)


def test_two_spellings_of_an_agency_are_told(
    engine: DuckDBEngine, events_of: Callable[..., pd.DataFrame]
) -> None:
    contact = {"customer_id": "x", "activity": "talk", "day": 1}
    names = ("NHS Trust", "NHS trust", "Police")
    log = encode_log(
        events_of([contact | {"agency": name} for name in names]), engine=engine
    )
    assert log.names["agency"] == ("NHS Trust", "NHS trust", "Police")
    assert alike_names(log.names["agency"]) == [("NHS Trust", "NHS trust")]


def test_one_customer_of_a_hundred_thousand_contacts_runs_in_seconds(
    engine: DuckDBEngine,
) -> None:
    n = 100_000
    at = pd.Series(range(n))
    kind = (
        at.mul(7919).mod(len(ACTIVITY_CLASSES)).map(dict(enumerate(ACTIVITY_CLASSES)))
    )
    agency = at.mul(104_729).mod(11).map(dict(enumerate("ABCDEFGHIJK")))
    minutes = pd.to_timedelta(at * 600, unit="s").astype("timedelta64[us]")
    time = pd.Timestamp("2009-04-01", tz="UTC") + minutes
    frame = pd.DataFrame(
        {
            "customer_id": "x",
            "time": time,
            "end_time": time + pd.Timedelta(hours=1),
            "agency": agency,
            "referred_to": agency.shift(3),
            "activity": kind,
            "activity_class": kind,
            "need": "housing",
            "cost_pence": 100,
            "data_items": "name; address",
        }
    )
    began = process_time()
    log = encode_log(frame, engine=engine)
    found = find_duplication(log, read_rules())
    findings = found.findings()
    assert len(findings)
    assert findings["customer_id"].eq("x").all()
    assert directly_follows(log)["count"].sum() == n - 1
    assert waits(log)["count"].sum() == n - 1
    assert len(variants(log)["activities"][0]) == n
    assert not working_together(log).empty
    assert process_time() - began < 60


def test_an_empty_log_is_empty_all_the_way(
    engine: DuckDBEngine, events_of: Callable[..., pd.DataFrame]
) -> None:
    log = encode_log(events_of([]), engine=engine)
    assert (log.n_events, log.n_customers) == (0, 0)
    for count in (directly_follows, handovers, variants, waits, working_together):
        assert count(log).empty
    found = find_duplication(log, read_rules())
    assert (found.events, found.customers) == (0, 0)
    assert found.findings().empty


def test_a_file_of_a_heading_alone_says_so(tmp_path: Path) -> None:
    said = told_by_command(put(tmp_path, ONE, a_csv=f"{HEAD}\n"))
    assert "a.csv: has a heading but no rows" in said


LONDON = (
    f"{HEAD}\n"
    "1,x,2009-10-25T00:30,GP,see,,\n"  # summer time: 23:30 the day before
    "2,x,2009-10-25T01:30,GP,see,,\n"  # comes twice: the second is meant
    "3,x,2009-03-29T01:30,GP,see,,\n"  # was skipped: as if not yet put forward
    "4,x,2009-10-25T01:30+01:00,GP,see,,\n"  # says which of the two
)


def test_agencies_of_different_zones_and_encodings_meet_in_one_order(
    tmp_path: Path,
) -> None:
    blocks = """[[tables.events]]
file = "a.csv"
time_zone = "Europe/London"
[[tables.events]]
file = "b.csv"
time_zone = "America/New_York"
encoding = "cp1252"
delimiter = ";"
columns = { event_id = "Ref", customer_id = "Wer", time = "Wann", activity = "Was" }
constants = { agency = "Housing" }
[[tables.events]]
file = "c.csv"
time_format = "%d/%m/%Y %H:%M"
time_zone = "UTC"
"""
    put(tmp_path, blocks, a_csv=LONDON)
    other = "Ref;Wer;Wann;Was\n5;x;2009-10-24T19:45;Café “talk”\n"
    (tmp_path / "b.csv").write_bytes(other.encode("cp1252"))
    third = f"{HEAD}\n6,x,25/10/2009 00:10,Police,call,,\n"
    (tmp_path / "c.csv").write_text(third, encoding="utf-8-sig")
    with opened(tmp_path) as place:
        times = {
            event["event_id"]: pd.Timestamp(event["time_us"], unit="us").isoformat()
            for event in events_in(place)
        }
        assert times == {
            "1": "2009-10-24T23:30:00",
            "2": "2009-10-25T01:30:00",
            "3": "2009-03-29T01:30:00",
            "4": "2009-10-25T00:30:00",
            "5": "2009-10-24T23:45:00",
            "6": "2009-10-25T00:10:00",
        }
        log = encode_log("events", engine=place.engine)
        (path,) = variants(log)["activities"]
        assert path == ("see", "see", "Café “talk”", "call", "see", "see")
        assert log.names["agency"] == ("GP", "Housing", "Police")


def test_times_without_any_zone_are_set_aside(tmp_path: Path) -> None:
    blocks = '[tables.events]\nfile = "a.csv"\n'
    said = told_by_command(put(tmp_path, blocks, a_csv=SOUND))
    assert "every one of 1 rows breaks the contract of events" in said
    assert "time_zone" in said


def xes(*cases: str, head: str = "") -> str:
    traces = "".join(
        f'<trace><string key="concept:name" value="{case}"/><event>'
        '<string key="concept:name" value="see"/><string key="org:group" value="GP"/>'
        '<date key="time:timestamp" value="2009-04-01T09:00:00Z"/></event></trace>'
        for case in cases
    )
    return f"{head}<log>{traces}</log>"


XES = """[tables.events]
file = "a.xes"
columns = { customer_id = "case:concept:name", time = "time:timestamp", \
agency = "org:group", activity = "concept:name" }
"""
NONE_SAID = ("NA", "N/A", "null", "nan", "None")


def test_a_case_called_na_is_a_customer(tmp_path: Path) -> None:
    rows = "".join(f"{at},{n},2009-04-01,GP,see,,\n" for at, n in enumerate(NONE_SAID))
    with opened(put(tmp_path, ONE, a_csv=f"{HEAD}\n{rows}")) as place:
        assert [event["customer_id"] for event in events_in(place)] == list(NONE_SAID)
        assert encode_log("events", engine=place.engine).n_customers == len(NONE_SAID)


def test_a_case_called_na_in_xes_is_a_customer(tmp_path: Path) -> None:
    with opened(put(tmp_path, XES, a_xes=xes(*NONE_SAID))) as place:
        assert {event["customer_id"] for event in events_in(place)} == set(NONE_SAID)


BOMB = (
    '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)
OCEL = '[tables.events]\nfile = "{}"\ncolumns = {{ customer_id = "ocel:type:Family", \
time = "ocel:timestamp", activity = "ocel:activity", agency = "ocel:type:Agency", \
event_id = "ocel:eid" }}\n'


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (xes("x")[:-20], "a.xes is not an XES file"),
        (xes("&d;", head=BOMB), "declares a document type"),
        (xes("x").replace("2009-04", "2009-14"), "dates in 'time:timestamp' that are"),
        (xes(), "a.xes is XES but holds no event"),
    ],
)
def test_a_broken_xes_file_is_said_by_the_command(
    tmp_path: Path, text: str, match: str
) -> None:
    assert match in told_by_command(put(tmp_path, XES, a_xes=text))


def ocel(*related: str) -> dict[str, Any]:
    return {
        "objects": [
            {"id": "f1", "type": "Family"},
            {"id": "f2", "type": "Family"},
            {"id": "GP", "type": "Agency"},
        ],
        "events": [
            {
                "id": "e1",
                "type": "see",
                "time": "2009-04-01T09:00:00Z",
                "relationships": [
                    {"objectId": name, "qualifier": ""} for name in related
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (json.dumps(ocel("Jane", "GP")), "1 of 1 events name an object that the log"),
        (json.dumps({"a": 1}), "is JSON but not an OCEL 2.0 log"),
        ("{", "is not JSON in UTF-8"),
        (json.dumps(ocel("GP")), "every one of 1 rows breaks the contract of events"),
        (
            json.dumps({**ocel("f1"), "objects": [{"id": "f1", "type": "Person"}]}),
            "maps customer_id to 'ocel:type:Family', which is not there",
        ),
    ],
)
def test_a_log_of_objects_that_is_none_is_said_by_the_command(
    tmp_path: Path, text: str, match: str
) -> None:
    said = told_by_command(put(tmp_path, OCEL.format("a.jsonocel"), a_jsonocel=text))
    assert match in said
    assert "Jane" not in said


def test_an_event_of_two_families_is_two_contacts(tmp_path: Path) -> None:
    text = json.dumps(ocel("f1", "f2", "GP"))
    with opened(put(tmp_path, OCEL.format("a.jsonocel"), a_jsonocel=text)) as place:
        told = [
            (e["event_id"], e["customer_id"], e["agency"]) for e in events_in(place)
        ]
        assert told == [("e1/1", "f1", "GP"), ("e1/2", "f2", "GP")]


def test_an_event_of_nobody_is_set_aside_and_not_lost(tmp_path: Path) -> None:
    log = ocel("f1", "GP")
    log["events"].append({**ocel("GP")["events"][0], "id": "e2"})
    text = json.dumps(log)
    with opened(put(tmp_path, OCEL.format("a.jsonocel"), a_jsonocel=text)) as place:
        assert [event["event_id"] for event in events_in(place)] == ["e1"]
        assert [reason for _, reason in rejected(place)] == ["customer_id is missing"]


def test_a_database_that_is_none_is_said_by_the_command(tmp_path: Path) -> None:
    blocks = OCEL.format("a.sqlite")
    said = told_by_command(put(tmp_path, blocks, a_sqlite="not a database"))
    assert "a.sqlite is not a SQLite database" in said


def test_a_database_of_other_tables_is_said_by_the_command(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as db:
        db.execute("CREATE TABLE event (ocel_id, ocel_type)")
        db.commit()
    said = told_by_command(put(tmp_path, OCEL.format("a.sqlite")))
    assert "without the tables ['event_map_type', 'event_object', 'object']" in said


def test_a_database_in_use_is_said_by_the_command(tmp_path: Path) -> None:
    put(tmp_path, OCEL.format("a.sqlite"))
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE event (ocel_id, ocel_type)")
        db.commit()
        db.execute("PRAGMA wal_checkpoint")
        db.execute("INSERT INTO event VALUES ('e', 't')")
        db.commit()
        assert "a.sqlite is open in another program" in told_by_command(tmp_path)
