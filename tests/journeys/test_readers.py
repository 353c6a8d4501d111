"""XES files, good and bad; real ones are held against their Parquet twins."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from traceback import format_exception
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys import JourneyError, read_xes

if TYPE_CHECKING:
    from pathlib import Path

HEAD = '<?xml version="1.0"?><log xmlns="http://www.xes-standard.org/">'
SMALL = (
    HEAD
    + """
  <global scope="event"><string key="org:group" value="UNKNOWN"/></global>
  <string key="concept:name" value="the log itself"/>
  <trace>
    <string key="concept:name" value="case 1"/>
    <event>
      <string key="concept:name" value="ask"/>
      <date key="time:timestamp" value="2010-12-30T14:32:00.500+01:00"/>
      <int key="cost" value="50"><string key="currency" value="GBP"/></int>
      <list key="parts"><string key="part" value="one"/></list>
    </event>
    <event>
      <string key="concept:name" value="treat &amp; close"/>
      <string key="org:group" value="GP"/>
      <date key="time:timestamp" value="2010-12-31T00:00:00Z"/>
    </event>
    <boolean key="closed" value="true"/>
  </trace>
  <trace><string key="concept:name" value="no event"/></trace>
  <event><string key="concept:name" value="stray"/></event>
</log>"""
)


def write(folder: Path, text: str, name: str = "log.xes") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_attributes_of_events_and_traces_become_columns(tmp_path: Path) -> None:
    rows = read_xes(write(tmp_path, SMALL)).to_pylist()
    assert rows == [
        {
            "concept:name": "ask",
            "time:timestamp": datetime(2010, 12, 30, 13, 32, 0, 500_000, tzinfo=UTC),
            "cost": "50",
            "org:group": None,
            "case:concept:name": "case 1",
            "case:closed": "true",
        },
        {
            "concept:name": "treat & close",
            "time:timestamp": datetime(2010, 12, 31, tzinfo=UTC),
            "cost": None,
            "org:group": "GP",
            "case:concept:name": "case 1",
            "case:closed": "true",
        },
        dict.fromkeys(
            ("time:timestamp", "cost", "org:group", "case:concept:name", "case:closed")
        )
        | {"concept:name": "stray"},
    ]


def test_dates_without_an_offset_keep_no_zone(tmp_path: Path) -> None:
    text = HEAD + '<event><date key="t" value="2010-12-30T14:32:00"/></event></log>'
    table = read_xes(write(tmp_path, text))
    assert table.schema.field("t").type == pa.timestamp("us")
    assert table["t"].to_pylist() == [datetime(2010, 12, 30, 14, 32)]  # noqa: DTZ001 - on purpose


def test_dates_partly_without_an_offset_are_refused(tmp_path: Path) -> None:
    event = '<event><date key="t" value="{}"/></event>'
    text = HEAD + event.format("2010-12-30T14:32:00Z") + event.format("2010-12-30")
    with pytest.raises(JourneyError, match=r"'t' with an offset and 1 without"):
        read_xes(write(tmp_path, text + "</log>"))


def test_a_column_that_is_not_always_a_date_stays_text(tmp_path: Path) -> None:
    text = HEAD + '<event><date key="t" value="2010-12-30T14:32:00Z"/></event>'
    text += '<event><string key="t" value="soon"/></event></log>'
    column = read_xes(write(tmp_path, text))["t"]
    assert column.to_pylist() == ["2010-12-30T14:32:00Z", "soon"]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("case,activity\n1,ask\n", r"log\.xes is not an XES file: syntax error"),
        ("", r"not an XES file: no element found"),
        (HEAD + "<trace>", r"not an XES file: no element found"),
        ("<html></html>", r"outermost tag is <html>, where an XES file has <log>"),
        (HEAD + "<trace/></log>", r"holds no event"),
        (
            HEAD + '<event><date key="t" value="someday"/></event></log>',
            r"holds 1 of 1 dates in 't' that are none. Write them in ISO 8601",
        ),
        (
            (
                HEAD + '<trace><string key="a" value="1"/><event>'
                '<string key="case:a" value="2"/></event></trace></log>'
            ),
            r"both give a column 'case:a'",
        ),
        (
            (
                '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><log>'
                '<event><string key="k" value="&b;"/></event></log>'
            ),
            r"declares a document type .* refused",
        ),
        ('<!DOCTYPE log SYSTEM "other.dtd"><log/>', r"declares a document type"),
    ],
)
def test_a_bad_file_says_what_is_wrong(tmp_path: Path, text: str, match: str) -> None:
    with pytest.raises(JourneyError, match=match):
        read_xes(write(tmp_path, text))


def test_a_bad_date_is_not_repeated_in_the_error(tmp_path: Path) -> None:
    text = HEAD + '<event><date key="t" value="2009-04-01T09:30:00Z"/></event><event>'
    text += '<date key="t" value="Jane Doe"/></event><event></event></log>'
    with pytest.raises(JourneyError, match=r"holds 1 of 2 dates in 't'") as caught:
        read_xes(write(tmp_path, text))
    assert "Jane Doe" not in "".join(format_exception(caught.value))


def test_a_truncated_gzip_says_so(tmp_path: Path) -> None:
    path = tmp_path / "log.xes.gz"
    path.write_bytes(gzip.compress(SMALL.encode() * 50)[:-20])
    with pytest.raises(JourneyError, match=r"log\.xes\.gz .*cut short or damaged"):
        read_xes(path)


def test_gzip_is_told_by_content(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    path.write_bytes(gzip.compress(SMALL.encode()))
    assert read_xes(path).num_rows == 3


@pytest.mark.parametrize("name", ["", "missing.xes"])
def test_a_folder_or_nothing_in_place_of_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(JourneyError, match="cannot be opened"):
        read_xes(tmp_path / name)


@pytest.mark.fixtures
@pytest.mark.parametrize(
    ("xes", "twin"),
    [
        ("08_receipt.xes.gz", "receipt.parquet"),
        ("07_bpic2013_incidents.xes.gz", "bpic2013_incidents.parquet"),
    ],
)
def test_real_logs_equal_their_parquet_twins(
    fixtures: Path, xes: str, twin: str
) -> None:
    ours = read_xes(fixtures / "journeys" / xes)
    theirs = pq.read_table(fixtures / "journeys" / twin)
    assert set(ours.column_names) == set(theirs.column_names)
    for name in theirs.column_names:
        assert ours[name].to_pylist() == theirs[name].to_pylist(), name


ROWS = st.lists(
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["1", "2"])),
    min_size=1,
    max_size=8,
)


@given(st.lists(ROWS, min_size=1, max_size=4))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, traces: list[list[dict[str, str]]]
) -> None:
    text, expected = HEAD, []
    for number, events in enumerate(traces):
        text += f'<trace><string key="n" value="{number}"/>'
        for event in events:
            values = (f'<string key="{k}" value="{v}"/>' for k, v in event.items())
            text += "<event>" + "".join(values) + "</event>"
            expected.append(event | {"case:n": str(number)})
        text += "</trace>"
    folder = tmp_path_factory.mktemp("xes")
    rows = read_xes(write(folder, text + "</log>")).to_pylist()
    assert [{k: v for k, v in r.items() if v is not None} for r in rows] == expected
