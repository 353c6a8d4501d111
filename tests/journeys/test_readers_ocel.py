"""OCEL 2.0 in its three files: small logs by hand, the standard's example, bad ones."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys import JourneyError
from journeys.readers import (
    read_ocel_json,
    read_ocel_sqlite,
    read_ocel_xml,
    readers_of,
)
from place.settings import Source

if TYPE_CHECKING:
    from pathlib import Path

FAMILY = "ocel:type:Family"
LOG: dict[str, Any] = {
    "objectTypes": [],
    "eventTypes": [],
    "objects": [
        {"id": "f1", "type": "Family"},
        {"id": "f2", "type": "Family"},
        {"id": "Housing", "type": "Agency"},
        {"id": "Police", "type": "Agency"},
        {
            "id": "case 9",
            "type": "Case",
            "relationships": [{"objectId": "f2", "qualifier": "of"}],
        },
    ],
    "events": [
        {
            "id": "e1",
            "type": "visit & talk",
            "time": "2009-04-01T09:00:00Z",
            "attributes": [{"name": "channel", "value": "home"}],
            "relationships": [
                {"objectId": "f2", "qualifier": "neighbour"},
                {"objectId": "f1", "qualifier": "visited"},
                {"objectId": "Police", "qualifier": "along"},
                {"objectId": "Housing", "qualifier": "lead"},
            ],
        },
        {
            "id": "e2",
            "type": "decide",
            "time": "2009-04-02T09:00:00Z",
            "relationships": [{"objectId": "case 9", "qualifier": "about"}],
        },
    ],
}


def as_json(folder: Path, log: object = LOG, name: str = "log.jsonocel") -> Path:
    path = folder / name
    path.write_text(json.dumps(log), encoding="utf-8")
    return path


def as_sqlite(folder: Path, log: dict[str, Any] = LOG) -> Path:
    path = folder / "log.sqlite"
    types = sorted({event["type"] for event in log["events"]})
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            "CREATE TABLE event (ocel_id, ocel_type);"
            "CREATE TABLE object (ocel_id, ocel_type);"
            "CREATE TABLE event_map_type (ocel_type, ocel_type_map);"
            "CREATE TABLE object_map_type (ocel_type, ocel_type_map);"
            "CREATE TABLE event_object (ocel_event_id, ocel_object_id, ocel_qualifier);"
            "CREATE TABLE object_object"
            " (ocel_source_id, ocel_target_id, ocel_qualifier);"
        )
        for at, kind in enumerate(types):
            db.execute("INSERT INTO event_map_type VALUES (?, ?)", (kind, f"t{at}"))
            db.execute(f"CREATE TABLE event_t{at} (ocel_id, ocel_time, channel)")
        for event in log["events"]:
            values = {a["name"]: a["value"] for a in event.get("attributes", [])}
            db.execute("INSERT INTO event VALUES (?, ?)", (event["id"], event["type"]))
            db.execute(
                f"INSERT INTO event_t{types.index(event['type'])} VALUES (?, ?, ?)",
                (event["id"], event["time"], values.get("channel")),
            )
        for one, table in ((log["events"], "event"), (log["objects"], "object")):
            for each in one:
                if table == "object":
                    row = (each["id"], each["type"])
                    db.execute("INSERT INTO object VALUES (?, ?)", row)
                db.executemany(
                    f"INSERT INTO {table}_object VALUES (?, ?, ?)",
                    [
                        (each["id"], r["objectId"], r["qualifier"])
                        for r in each.get("relationships", [])
                    ],
                )
        db.commit()
    return path


def as_xml(folder: Path, log: dict[str, Any] = LOG) -> Path:
    def one(tag: str, each: dict[str, Any]) -> str:
        time = f" time={quoteattr(each['time'])}" if "time" in each else ""
        values = "".join(
            f"<attribute name={quoteattr(a['name'])}>{escape(a['value'])}</attribute>"
            for a in each.get("attributes", [])
        )
        related = "".join(
            f"<relationship object-id={quoteattr(r['objectId'])} "
            f"qualifier={quoteattr(r['qualifier'])}/>"
            for r in each.get("relationships", [])
        )
        names = f"id={quoteattr(each['id'])} type={quoteattr(each['type'])}"
        return (
            f"<{tag} {names}{time}><attributes>{values}</attributes>"
            f"<objects>{related}</objects></{tag}>"
        )

    objects = "".join(one("object", each) for each in log["objects"])
    events = "".join(one("event", each) for each in log["events"])
    path = folder / "log.xmlocel"
    text = f"<log><objects>{objects}</objects><events>{events}</events></log>"
    path.write_text(text, encoding="utf-8")
    return path


FILES = {
    "json": (as_json, read_ocel_json),
    "sqlite": (as_sqlite, read_ocel_sqlite),
    "xml": (as_xml, read_ocel_xml),
}


def rows_of(kind: str, folder: Path, customer: str | None) -> list[dict[str, Any]]:
    write, read = FILES[kind]
    rows = read(write(folder), customer).to_pylist()
    return [{k: v for k, v in row.items() if v is not None} for row in rows]


@pytest.mark.parametrize("kind", FILES)
def test_an_event_of_several_customers_is_a_row_for_each(
    kind: str, tmp_path: Path
) -> None:
    first, second, third = rows_of(kind, tmp_path, FAMILY)
    day = pd.Timestamp("2009-04-01T09:00", tz="UTC").to_pydatetime()
    shared = {
        "channel": "home",
        "ocel:activity": "visit & talk",
        "ocel:timestamp": day,
        "ocel:type:Agency": "Housing",
        "ocel:also:Agency": "Police",
        "ocel:customers": "2",
    }
    assert first == shared | {
        "ocel:eid": "e1/1",
        FAMILY: "f1",
        "ocel:qualifier": "visited",
    }
    assert second == shared | {
        "ocel:eid": "e1/2",
        FAMILY: "f2",
        "ocel:qualifier": "neighbour",
    }
    assert third["ocel:eid"] == "e2"
    assert third["ocel:customers"] == "0"
    assert FAMILY not in third


@pytest.mark.parametrize("kind", FILES)
def test_a_customer_may_be_reached_through_another_object(
    kind: str, tmp_path: Path
) -> None:
    rows = rows_of(kind, tmp_path, "ocel:through:Family")
    assert [row["ocel:through:Family"] for row in rows] == ["f1", "f2", "f2"]


@pytest.mark.parametrize("kind", FILES)
def test_without_a_customer_events_stay_whole(kind: str, tmp_path: Path) -> None:
    first, second = rows_of(kind, tmp_path, None)
    assert (first[FAMILY], first["ocel:also:Family"]) == ("f1", "f2")
    assert second["ocel:type:Case"] == "case 9"


names = st.sampled_from(["a", "b", "c", "d"])
random_logs = st.lists(
    st.tuples(names, st.lists(names, max_size=3), st.sampled_from(["x", "y", None])),
    min_size=1,
    max_size=6,
).map(
    lambda events: {
        "objects": [
            {"id": name, "type": kind}
            for name, kind in zip(
                "abcd", ["Family", "Family", "Case", "A"], strict=True
            )
        ],
        "events": [
            {
                "id": f"e{at}",
                "type": kind,
                "time": f"2009-04-{at + 1:02d}T09:00:00Z",
                "attributes": [{"name": "channel", "value": value}] if value else [],
                "relationships": [
                    {"objectId": name, "qualifier": "q"}
                    for name in sorted(set(objects))
                ],
            }
            for at, (kind, objects, value) in enumerate(events)
        ],
    }
)


@given(random_logs)
def test_the_three_files_say_the_same(
    tmp_path_factory: pytest.TempPathFactory, log: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("ocel")
    told = []
    for write, read in FILES.values():
        rows = read(write(folder, log), FAMILY).to_pylist()
        told.append(
            sorted(
                (sorted((k, str(v)) for k, v in row.items() if v) for row in rows),
                key=str,
            )
        )
    for one, other in pairwise(told):
        assert one == other
    families = sum(
        max(1, len({r["objectId"] for r in e["relationships"]} & {"a", "b"}))
        for e in log["events"]
    )
    assert len(told[0]) == families


def test_numbers_and_truth_become_text(tmp_path: Path) -> None:
    log = json.loads(json.dumps(LOG))
    log["events"][1]["attributes"] = [
        {"name": "cost", "value": 12.5},
        {"name": "urgent", "value": True},
        {"name": "note", "value": None},
    ]
    row = read_ocel_json(as_json(tmp_path, log)).to_pylist()[1]
    assert (row["cost"], row["urgent"]) == ("12.5", "true")
    assert "note" not in row


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "is not JSON in UTF-8, or is cut short"),
        ('{"events": [', "is not JSON in UTF-8, or is cut short"),
        ("[" * 100_000, "is not JSON in UTF-8"),
        ("[1, 2]", "not an OCEL 2.0 log: its outermost value"),
        ('{"a": 1}', r"not an OCEL 2.0 log: events: field required \(2 faults"),
        ('{"objects": [], "events": []}', "holds no event"),
        (
            '{"objects": [], "events": [{"id": "e"}]}',
            r"events\.0\.type: field required",
        ),
        ('{"ocel:events": {}, "ocel:objects": {}}', "is OCEL 1.0"),
    ],
)
def test_json_that_is_no_log_says_so(tmp_path: Path, text: str, match: str) -> None:
    path = tmp_path / "log.json"
    path.write_text(text)
    with pytest.raises(JourneyError, match=match):
        read_ocel_json(path)


def test_a_fault_does_not_quote_a_value(tmp_path: Path) -> None:
    log = {"objects": [], "events": [{"id": ["Jane Doe"], "type": "t", "time": "x"}]}
    with pytest.raises(JourneyError) as caught:
        read_ocel_json(as_json(tmp_path, log))
    assert "Jane" not in str(caught.value)


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize(
    ("where", "match"),
    [
        ("events", "1 of 2 events name an object that the log does not declare"),
        ("objects", "1 links between objects name an object"),
    ],
)
def test_ids_of_no_object_are_refused(
    tmp_path: Path, kind: str, where: str, match: str
) -> None:
    log = json.loads(json.dumps(LOG))
    log[where][-1]["relationships"][0]["objectId"] = "Jane Doe"
    write, read = FILES[kind]
    with pytest.raises(JourneyError, match=match) as caught:
        read(write(tmp_path, log), FAMILY)
    assert "Jane" not in str(caught.value)


def test_an_object_of_two_types_is_refused(tmp_path: Path) -> None:
    log = LOG | {"objects": [*LOG["objects"], {"id": "f1", "type": "Agency"}]}
    with pytest.raises(JourneyError, match="1 objects have two types"):
        read_ocel_json(as_json(tmp_path, log))


def test_a_text_is_not_a_database(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    path.write_text("case,activity\n")
    with pytest.raises(JourneyError, match="is not a SQLite database"):
        read_ocel_sqlite(path)


def test_a_damaged_database_says_so(tmp_path: Path) -> None:
    path = as_sqlite(tmp_path)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(JourneyError, match="is damaged or no OCEL"):
        read_ocel_sqlite(path)


def altered(folder: Path, script: str) -> Path:
    path = as_sqlite(folder)
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)
    return path


@pytest.mark.parametrize(
    ("script", "match"),
    [
        ("DROP TABLE event_object", r"without the tables \['event_object'\]"),
        (
            "DROP TABLE event; CREATE VIEW event AS SELECT 1 AS ocel_id, 2 AS b",
            r"without the tables \['event'\]",
        ),
        ("DROP TABLE event_t1", "'event_t1' of OCEL 2.0 is not there"),
        (
            "ALTER TABLE event_t1 RENAME ocel_time TO moment",
            r"'event_t1' of OCEL 2.0 lacks \['ocel_time'\]",
        ),
        ("DELETE FROM event WHERE ocel_id = 'e2'", "1 events stand in other tables"),
        (
            (
                "DELETE FROM event; DELETE FROM event_t0; DELETE FROM event_t1;"
                "DELETE FROM event_object"
            ),
            "holds no event",
        ),
    ],
)
def test_a_database_of_other_tables_says_which(
    tmp_path: Path, script: str, match: str
) -> None:
    with pytest.raises(JourneyError, match=match):
        read_ocel_sqlite(altered(tmp_path, script))


def test_an_event_without_its_row_of_attributes_is_kept(tmp_path: Path) -> None:
    path = altered(tmp_path, "DELETE FROM event_t0")
    times = read_ocel_sqlite(path)["ocel:timestamp"].to_pylist()
    assert times.count(None) == 1


def test_a_database_in_use_is_not_read_half(tmp_path: Path) -> None:
    path = as_sqlite(tmp_path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("DELETE FROM event")
        db.commit()
        with pytest.raises(JourneyError, match="open in another program"):
            read_ocel_sqlite(path)
    with pytest.raises(JourneyError, match="stand in other tables"):
        read_ocel_sqlite(path)  # closed, and still marked as written ahead


def test_a_locked_database_is_read_as_it_was(tmp_path: Path) -> None:
    path = as_sqlite(tmp_path)
    before = path.read_bytes()
    with closing(sqlite3.connect(path)) as db:
        db.execute("BEGIN EXCLUSIVE")
        assert read_ocel_sqlite(path).num_rows == 2
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["log.sqlite"]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("<log>", "not an OCEL 2.0 file: no element found"),
        ("<html/>", "outermost tag is <html>"),
        ("<log><events><event/></events></log>", "an <event> has no id or no type"),
        (
            '<!DOCTYPE log [<!ENTITY a "aaaa">]><log><events/></log>',
            "declares a document type",
        ),
    ],
)
def test_xml_that_is_no_log_says_so(tmp_path: Path, text: str, match: str) -> None:
    path = tmp_path / "log.xmlocel"
    path.write_text(text)
    with pytest.raises(JourneyError, match=match):
        read_ocel_xml(path)


@pytest.mark.parametrize("read", [read_ocel_json, read_ocel_sqlite, read_ocel_xml])
def test_no_file_says_so(tmp_path: Path, read: Any) -> None:  # noqa: ANN401 - any reader
    with pytest.raises(
        JourneyError, match=r"none\.json cannot be opened: No such file"
    ):
        read(tmp_path / "none.json")


def test_the_settings_say_who_is_the_customer(tmp_path: Path) -> None:
    file = as_json(tmp_path)
    source = Source(file=file, columns={"customer_id": FAMILY})
    assert readers_of([source])[".jsonocel"](file).num_rows == 3
    assert readers_of([Source(file=file)])[".jsonocel"](file).num_rows == 2


def test_two_kinds_of_customer_of_one_file_are_refused(tmp_path: Path) -> None:
    file = as_json(tmp_path)
    sources = [
        Source(file=file, columns={"customer_id": each})
        for each in (FAMILY, "ocel:type:Case")
    ]
    with pytest.raises(JourneyError, match="named with 2 kinds of customer"):
        readers_of(sources)[".jsonocel"](file)


@pytest.mark.fixtures
@pytest.mark.parametrize("kind", ["Purchase Order", "Invoice", "Payment"])
def test_the_examples_of_the_standard_agree(fixtures: Path, kind: str) -> None:
    customer = f"ocel:type:{kind}"
    folder = fixtures / "journeys"
    one = read_ocel_json(folder / "ocel20_example.jsonocel", customer).to_pandas()
    other = read_ocel_sqlite(folder / "ocel20_example.sqlite", customer).to_pandas()
    here = other["ocel:timestamp"].dt.tz_localize("Europe/Rome").dt.tz_convert("UTC")
    other["ocel:timestamp"] = here
    key = ["ocel:eid"]
    pd.testing.assert_frame_equal(
        one.sort_values(key, ignore_index=True),
        other.sort_values(key, ignore_index=True)[list(one.columns)],
        check_dtype=False,
    )
    read = json.loads((folder / "ocel20_example.jsonocel").read_text("utf-8"))
    kinds = {each["id"]: each["type"] for each in read["objects"]}
    pairs = {
        (event["id"], each["objectId"])
        for event in read["events"]
        for each in event["relationships"]
        if kinds[each["objectId"]] == kind
    }
    told = one.dropna(subset=customer)
    ids = told["ocel:eid"].str.split("/").str[0]
    assert set(zip(ids, told[customer], strict=True)) == pairs
    assert set(one["ocel:eid"].str.split("/").str[0]) == {
        e["id"] for e in read["events"]
    }
