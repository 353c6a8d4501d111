"""Times are read again by plain Python: zoneinfo, offsets, both ends of summer."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from place import Column, Source
from place.cells import literal, parsed, tidied
from place.clocks import check_time_format, check_time_zone

ENGINE = duckdb.connect(config={"threads": 1})
LONDON = ZoneInfo("Europe/London")
UTC = dt.UTC
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
SOURCE = Source(file=Path("any.csv"))
DAY = 86_400


def read(
    *values: Any,  # noqa: ANN401 - cells of any kind
    typed: pa.DataType | None = None,
    zone: str | None = "Europe/London",
    source: Source = SOURCE,
) -> list[Any]:
    """Read values as cells of a column, the way that a table's check does."""
    column = Column(name="a cell", note="", kind="time")
    cells = pa.table(
        {"a cell": tidied(pa.array(values, typed or pa.string()), source.missing)}
    )
    ENGINE.execute(f"SET TimeZone = {literal(zone or 'UTC')}")
    ENGINE.register("rows", cells)
    sql = parsed(column, cells.schema.types[0], source, zone)
    return [value for (value,) in ENGINE.execute(f"SELECT {sql} FROM rows").fetchall()]


def micros(moment: dt.datetime) -> int:
    return (moment - EPOCH) // dt.timedelta(microseconds=1)


def london(*parts: int, fold: int = 0) -> int:
    return micros(dt.datetime(*parts, tzinfo=LONDON, fold=fold))


moments = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1))  # noqa: DTZ001 - their zone is what is tested
offsets = st.integers(-14 * 60, 14 * 60).map(
    lambda minutes: dt.timezone(dt.timedelta(minutes=minutes))
)


@given(moments, offsets, st.sampled_from(["T", " "]))
def test_a_time_with_an_offset_agrees_with_python(
    moment: dt.datetime, offset: dt.timezone, between: str
) -> None:
    aware = moment.replace(tzinfo=offset)
    cell = aware.isoformat(sep=between)
    assert read(cell, zone=None) == [micros(aware)]
    assert read(cell, zone="Asia/Tokyo") == [micros(aware)]


@given(moments, st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata"]))
def test_a_time_without_one_is_in_the_declared_zone(
    moment: dt.datetime, zone: str
) -> None:
    found = read(moment.isoformat(), zone=zone)
    one, other = (
        micros(moment.replace(tzinfo=ZoneInfo(zone), fold=fold)) for fold in (0, 1)
    )
    # Twice-told hours are the later; skipped ones are read by the clock before.
    assert found == [max(one, other)]
    typed = read(moment, typed=pa.timestamp("us"), zone=zone)
    assert typed == found


def test_the_hour_that_comes_twice_is_the_second() -> None:
    first, second = london(2009, 10, 25, 1, 30), london(2009, 10, 25, 1, 30, fold=1)
    assert second - first == 3600 * 10**6
    assert read("2009-10-25 01:30") == [second]
    assert read("2009-10-25 01:30+01:00") == [first]


def test_the_hour_that_clocks_skip_is_as_if_they_had_not() -> None:
    assert read("2009-03-29 01:30") == read("2009-03-29T01:30Z")


@pytest.mark.parametrize(
    ("cell", "same"),
    [
        ("2009-07-01", "2009-07-01T00:00:00+01:00"),
        ("2009/7/1 9:05", "2009-07-01T09:05:00+01:00"),
        ("2009-07-01T10:00:00,250", "2009-07-01T10:00:00.250+01:00"),
        ("2009-07-01 10:00:00 +0100", "2009-07-01T10:00:00+01:00"),
        ("2009-07-01 10:00 UTC", "2009-07-01T10:00:00+00:00"),
        ("2009-07-01 10:00Z", "2009-07-01T10:00:00+00:00"),
        ("2009-07-01T10:00-05", "2009-07-01T10:00:00-05:00"),
        ("2009-07-01T10:00:00.123456789Z", "2009-07-01T10:00:00.123456+00:00"),
        ("2009-06-30T24:00", "2009-07-01T00:00:00+01:00"),
    ],
)
def test_the_common_ways_to_write_iso_8601(cell: str, same: str) -> None:
    assert read(cell) == [micros(dt.datetime.fromisoformat(same))]


@pytest.mark.parametrize(
    "cell",
    [
        "01/04/09", "01/04/2009", "2009", "20090401", "2009-13-01", "2009-02-30",
        "2009-04-01T25:00", "2009-04-01T10:60", "2009-04-01T10:00+25:00", "10:00",
        "infinity", "-infinity", "epoch", "now", "today", "tbc", "0009-04-01",
        "2009-04-01 10:00 BST", "12009-01-01", "1238544000", "2009-04-01 BC",
    ],
)  # fmt: skip
def test_what_is_not_iso_8601_is_not_guessed_at(cell: str) -> None:
    assert read(cell) == [None]


@pytest.mark.parametrize("cell", ["2009-04-01", "2009-04-01T10:00", "2009-04-01 10:00"])
def test_without_a_zone_a_time_is_not_an_instant(cell: str) -> None:
    assert read(cell, zone=None) == [None]
    assert read("2009-04-01T10:00Z", zone=None) != [None]


def test_typed_times_without_a_zone_need_one_too() -> None:
    naive = dt.datetime(2009, 7, 1, 10)  # noqa: DTZ001 - a naive time is the case
    day = dt.date(2009, 7, 1)
    assert read(naive, typed=pa.timestamp("ns"), zone=None) == [None]
    assert read(day, typed=pa.date32(), zone=None) == [None]
    assert read(naive, typed=pa.timestamp("ns")) == [london(2009, 7, 1, 10)]
    assert read(day, typed=pa.date32()) == [london(2009, 7, 1)]
    assert read(naive, typed=pa.timestamp("ms", "Asia/Tokyo"), zone=None) == [
        micros(naive.replace(tzinfo=UTC))
    ]


@given(moments)
def test_a_format_of_the_place_agrees_with_python(moment: dt.datetime) -> None:
    moment = moment.replace(microsecond=0)
    source = Source(file=Path("any.csv"), time_format="%d/%m/%Y %H:%M:%S")
    cell = moment.strftime("%d/%m/%Y %H:%M:%S")
    assert read(cell, source=source, zone="UTC") == [micros(moment.replace(tzinfo=UTC))]


def test_a_format_with_an_offset_needs_no_zone() -> None:
    source = Source(file=Path("any.csv"), time_format="%d/%m/%Y %H:%M %z")
    cell = "01/07/2009 10:00 +0100"
    assert read(cell, source=source, zone=None) == [london(2009, 7, 1, 10)]
    without = Source(file=Path("any.csv"), time_format="%d/%m/%Y %H:%M")
    assert read(cell[:16], source=without, zone=None) == [None]


def test_beside_a_format_iso_8601_is_understood() -> None:
    source = Source(file=Path("any.csv"), time_format="%d/%m/%Y")
    cells = ["01/07/2009", "2009-07-01", "2009-07-01T00:00:00"]
    assert read(*cells, source=source) == [london(2009, 7, 1)] * 3
    odd = Source(file=Path("any.csv"), time_format="%Y-%d-%m")
    assert read("2009-13-01", "2009-01-13", source=odd) == [
        london(2009, 1, 13),
        None,
    ]


@pytest.mark.parametrize("cell", ["01/04/09", "infinity", "epoch", "31/02/2009", "x"])
def test_a_format_is_not_stretched(cell: str) -> None:
    source = Source(file=Path("any.csv"), time_format="%d/%m/%Y")
    assert read(cell, source=source) == [None]


@pytest.mark.parametrize(
    "written", ["dd/mm/yyyy", "%d/%m", "%H:%M", "%Q", "", "%d/%m/%Y %Z", "%"]
)
def test_a_format_that_says_no_day_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="cannot say a day"):
        check_time_format(written)


@pytest.mark.parametrize("zone", ["BST", "Europe/Leicester", "", "+01:00", "GMT+1"])
def test_letters_that_are_no_zone_are_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="no time zone is called"):
        check_time_zone(zone)


@pytest.mark.parametrize("zone", ["Europe/London", "UTC", "Asia/Kolkata"])
def test_a_zone_of_the_atlas_is_one(zone: str) -> None:
    assert check_time_zone(zone) == zone
