"""Rows against contracts: what is kept, what goes aside, and in which words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from place import CONTRACTS, PlaceError, Source, checking, delimited
from place.checking import check_table
from place.columnar import open_table
from place.errors import rows_unquoted
from place.rows import Opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Check = Callable[..., tuple[list[dict[str, Any]], list[Any]]]

EVENT = "event_id,customer_id,time,agency,activity\n"
SPEND = "source,body,body_kind,cofog,amount_pounds\n"
US = 10**6


def test_every_column_of_the_contract_comes_out_under_its_stored_name(
    lay: Callable[..., Path], check: Check
) -> None:
    file = lay("e.csv", EVENT + "e1,c1,2009-07-01T10:00Z,Council,Visit\n")
    (row,), (one,) = check("events", Source(file=file))
    assert list(row) == [column.stored for column in CONTRACTS["events"].columns]
    assert {name: value for name, value in row.items() if value is not None} == {
        "event_id": "e1",
        "customer_id": "c1",
        "time_us": 1_246_442_400 * US,
        "agency": "Council",
        "activity": "Visit",
    }
    assert (one.rows_in, one.rows_out, one.broken) == (1, 1, ())
    assert str(one) == "e.csv: 1 of 1 rows kept, 0 rejected"


def test_columns_answer_to_the_headings_that_a_place_gives_them(
    lay: Callable[..., Path], check: Check
) -> None:
    file = lay("f.csv", "Name ,Area,Flag,Note\nLeeds,Jobs,RED,x\n")
    columns = {"place": "Name", "colour": "flag"}
    (row,), _ = check("flags", Source(file=file, columns=columns))
    assert (row["place"], row["area"], row["colour"]) == ("Leeds", "Jobs", "red")


@pytest.mark.parametrize(
    "heading", ["Body Kind", "BODY_KIND", "body-kind", " body kind"]
)
def test_capitals_blanks_and_hyphens_of_a_heading_do_not_matter(
    lay: Callable[..., Path], check: Check, heading: str
) -> None:
    file = lay("s.csv", SPEND.replace("body_kind", heading) + "a,b,nhs,07,3\n")
    (row,), _ = check("spend", Source(file=file))
    assert row["body_kind"] == "nhs"


def test_one_heading_may_serve_two_columns(
    lay: Callable[..., Path], check: Check
) -> None:
    file = lay("e.csv", "case,time,agency,activity\n7,2009-07-01T10:00Z,C,V\n")
    columns = {"customer_id": "case", "need": "case"}
    (row,), _ = check("events", Source(file=file, columns=columns))
    assert (row["customer_id"], row["need"]) == ("7", "7")


def test_constants_fill_columns_that_a_file_lacks(
    lay: Callable[..., Path], check: Check
) -> None:
    file = lay("s.csv", "body,cofog,amount_pounds\nCouncil,09.2,12.34\n")
    constants = {"source": "Return", "body_kind": "local authority", "period": 2009}
    (row,), _ = check("spend", Source(file=file, constants=constants))
    assert (row["source"], row["period"], row["amount_pence"]) == (
        "Return",
        "2009",
        1234,
    )


def test_events_without_an_id_are_numbered_by_their_row(
    lay: Callable[..., Path], check: Check
) -> None:
    rest = "customer_id,time,agency,activity\n,,,\nc1,2009-07-01T10:00Z,C,V\nc1,x,C,V\n"
    one, two = lay("one.csv", rest), lay("two.csv", rest)
    rows, checked = check("events", Source(file=one), Source(file=two))
    assert [row["event_id"] for row in rows] == ["r0000000003", "f2r0000000003"]
    assert [result.rows_in for result in checked] == [2, 2]


def test_files_of_several_agencies_are_stacked_each_with_its_own_words(
    lay: Callable[..., Path], check: Check, tmp_path: Path
) -> None:
    council = lay("council.csv", "Ref;Datum;Was\nc1;01/07/2009 11:00;Visit\n", "cp1252")
    health = tmp_path / "health.parquet"
    pq.write_table(pa.table({"nhs": [7], "at": [1], "act": ["Scan"]}), health)
    trust = lay("trust.csv", "customer_id,time,activity\nc9,2009-07-01 19:00,Test\n")
    rows, checked = check(
        "events",
        Source(
            file=council,
            delimiter=";",
            encoding="cp1252",
            time_format="%d/%m/%Y %H:%M",
            columns={"customer_id": "Ref", "time": "Datum", "activity": "Was"},
            constants={"agency": "Council"},
        ),
        Source(
            file=health,
            columns={"customer_id": "nhs", "activity": "act"},
            constants={"agency": "Health", "time": "2009-07-01T10:00:00Z"},
        ),
        Source(file=trust, time_zone="Asia/Tokyo", constants={"agency": "Trust"}),
    )
    assert [row["customer_id"] for row in rows] == ["c1", "7", "c9"]
    assert {row["time_us"] for row in rows} == {1_246_442_400 * US}  # the same instant
    assert [result.rows_out for result in checked] == [1, 1, 1]


def test_a_fault_far_down_a_file_stops_with_its_own_words(
    lay: Callable[..., Path],
    faults_of: Callable[..., tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 1 << 10)
    text = SPEND + "a,b,nhs,07,1\n" * 999 + "Môn,b,nhs,07,1\n"
    (fault,) = faults_of("spend", Source(file=lay("s.csv", text, "cp1252")))
    assert "s.csv: is not text in utf-8: byte 0xf4 in line 1001." in fault


@pytest.mark.parametrize(
    "stop", [KeyboardInterrupt, PlaceError("x"), duckdb.IOException]
)
def test_stopped_half_way_nothing_is_left_beside_the_target(
    tmp_path: Path, stop: type[BaseException] | BaseException
) -> None:
    names = ("place", "area", "colour")
    good = open_table(pa.table({name: ["red"] for name in names}), Path("f.csv"))
    opened = Opened(names, good.schema, lambda: _then(good, stop))
    with pytest.raises((KeyboardInterrupt, PlaceError)):
        check_table(
            CONTRACTS["flags"],
            [(Source(file=Path("f.csv")), opened)],
            zone=None,
            target=tmp_path / "flags.parquet",
        )
    assert list(tmp_path.iterdir()) == []


def _then(
    good: Opened, stop: type[BaseException] | BaseException
) -> Iterator[pa.RecordBatch]:
    yield from good.rows()
    raise stop


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        (duckdb.ConversionException("Could not convert 'Secret'"), "please report it"),
        (duckdb.OutOfMemoryException("Secret"), "memory"),
        (duckdb.IOException("Secret"), "the disk has room"),
        (pa.ArrowInvalid("Secret"), "please report it"),
        (MemoryError("Secret"), "memory"),
    ],
)
def test_what_an_engine_says_of_a_row_never_reaches_the_user(
    wrong: Exception, remedy: str
) -> None:
    with pytest.raises(PlaceError, match=remedy) as found, rows_unquoted("a sum"):
        raise wrong
    assert "Secret" not in str(found.value)
    assert found.value.__suppress_context__


def test_what_an_engine_says_of_a_query_does() -> None:
    with pytest.raises(duckdb.BinderException), rows_unquoted("a sum"):
        duckdb.sql("SELECT nothing FROM (SELECT 1 AS x)")


def test_a_table_is_checked_piece_by_piece(
    lay: Callable[..., Path], check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 256)
    monkeypatch.setattr(checking, "ROWS_A_PIECE", 30)
    lines = [f"e{at % 90},c,2009-07-01T10:00,A,V" for at in range(100)]
    rows, (one,) = check("events", Source(file=lay("e.csv", EVENT + "\n".join(lines))))
    kept = sorted(row["event_id"] for row in rows)  # pieces may come in any order
    assert kept == sorted(f"e{at}" for at in range(90))
    assert one.broken == tuple(
        (at + 2, f"event_id already stands in row {at - 88}") for at in range(90, 100)
    )
