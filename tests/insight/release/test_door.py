"""What the door writes, what it logs, and what it keeps to itself."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import stat
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.release import (
    RULES,
    Door,
    Rate,
    ReleaseError,
    Sheet,
    release,
    write_page,
    write_private,
)

SEGMENTS = Sheet(name="segments", title="People", counts=["people"])


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """Return a door under the default rule."""
    return Door(tmp_path / "out", RULES["nhs_1_7_round5"], "Anytown", synthetic=True)


def rows_of(file: Path) -> list[list[str]]:
    """Read a released file as a spreadsheet would."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.reader(handle))


def log_of(door: Door) -> list[dict[str, object]]:
    """Read the audit log."""
    text = (door.out / "audit.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_hidden_and_unknown_counts_are_told_apart_in_the_file(door: Door) -> None:
    frame = pd.DataFrame({"segment": ["A", "B", "C"], "people": [3, None, 21]})
    released = release(door, frame, SEGMENTS)
    rows = rows_of(door.out / released.path)
    assert rows == [["segment", "people"], ["A", "[c]"], ["B", "[x]"], ["C", "20"]]
    assert released.any_hidden
    assert released.any_unknown
    assert "1-7" in (door.out / "tables" / "README.txt").read_text(
        encoding="utf-8"
    ) or ("1 to 7" in (door.out / "tables" / "README.txt").read_text(encoding="utf-8"))


def test_a_named_index_becomes_a_column(door: Door) -> None:
    frame = pd.DataFrame({"people": [30]}, index=pd.Index(["A"], name="segment"))
    assert list(release(door, frame, SEGMENTS).frame.columns) == ["segment", "people"]


def test_excel_sees_a_byte_order_mark(door: Door) -> None:
    frame = pd.DataFrame({"segment": ["Café"], "people": [30]})
    content = (door.out / release(door, frame, SEGMENTS).path).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert "Café".encode() in content


@pytest.mark.parametrize("label", ["=1+1", "+x", "-x", "@SUM(A1)", "\tx", " =1"])
def test_a_label_is_never_a_formula(door: Door, label: str) -> None:
    frame = pd.DataFrame({"segment": [label], "people": [30]})
    cell = rows_of(door.out / release(door, frame, SEGMENTS).path)[1][0]
    assert cell == f"'{label}"


def test_the_log_tells_what_left_and_no_figure(door: Door) -> None:
    frame = pd.DataFrame({"segment": ["A", "B"], "people": [3, 9876]})
    released = release(door, frame, SEGMENTS)
    (line,) = log_of(door)
    content = (door.out / released.path).read_bytes()
    assert line["sha256"] == hashlib.sha256(content).hexdigest()
    assert (line["rows"], line["cells"], line["hidden"], line["rounded"]) == (
        2,
        4,
        1,
        1,
    )
    assert line["rule"] == "nhs_1_7_round5"
    assert not {"9876", "9875"} & set(json.dumps(line).replace('"', " ").split())


def test_each_release_adds_a_line_and_leaves_no_scrap(door: Door) -> None:
    frame = pd.DataFrame({"segment": ["A"], "people": [30]})
    release(door, frame, SEGMENTS)
    release(door, frame, SEGMENTS)
    assert len(log_of(door)) == 2
    names = sorted(file.name for file in (door.out / "tables").iterdir())
    assert names == ["README.txt", "segments.csv"]


def test_a_refused_table_leaves_nothing(door: Door) -> None:
    with pytest.raises(ReleaseError, match="holds figures"):
        release(door, pd.DataFrame({"age": [3]}), Sheet(name="t", title="T"))
    assert not door.out.exists()


def test_a_page_is_written_whole_and_logged(door: Door) -> None:
    write_page(door, "report", "<p>old</p>")
    file = write_page(door, "report", "<p>£ new</p>")
    assert file.read_text(encoding="utf-8") == "<p>£ new</p>"
    assert [line["kind"] for line in log_of(door)] == ["page", "page"]
    with pytest.raises(ReleaseError, match="cannot name a file"):
        write_page(door, "../report", "")


def test_evidence_is_for_its_owner_alone(door: Door) -> None:
    evidence = pd.DataFrame({"rule": ["D1"] * 9, "event_id": list("abcdefghi")})
    file = write_private(door, evidence, "d1")
    assert rows_of(file)[1] == ["D1", "a"]
    assert "inside the partnership" in (file.parent / "README.txt").read_text("utf-8")
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    (line,) = log_of(door)
    assert line["kind"] == "record-level"


def test_the_log_does_not_tell_how_many_findings_there_are(door: Door) -> None:
    write_private(door, pd.DataFrame({"event_id": ["a", "b"]}), "d1")
    assert not {"rows", "cells"} & log_of(door)[0].keys()


@pytest.mark.parametrize(
    "column",
    [
        "customer_id",
        "Given_Name",
        "time",
        "start_us",
        "time_us",
        "end_time",
        "nhs_number",
    ],
)
def test_evidence_that_names_or_dates_a_person_is_refused(
    door: Door, column: str
) -> None:
    with pytest.raises(ReleaseError, match=column):
        write_private(door, pd.DataFrame({column: ["x"]}), "d1")


def test_a_date_under_another_name_is_refused(door: Door) -> None:
    frame = pd.DataFrame({"seen": pd.to_datetime(["2009-04-01"])})
    with pytest.raises(ReleaseError, match="seen"):
        write_private(door, frame, "d1")


some_rows = st.lists(
    st.tuples(
        st.text(max_size=5),
        st.one_of(st.none(), st.integers(0, 60)),
        st.integers(0, 60),
        st.integers(0, 500),
    ),
    max_size=8,
)


@given(some_rows)
def test_no_small_count_can_be_read_in_any_written_file(
    rows: list[tuple[str, int | None, int, int]],
) -> None:
    frame = pd.DataFrame(rows, columns=["who", "n", "m", "residents"])
    frame = frame.astype({"n": "Int64", "m": "int64", "residents": "int64"})
    frame["who"] = "g " + frame["who"].astype("str")
    said = Sheet(
        name="t",
        title="T",
        counts=["n", "m"],
        public=["residents"],
        rates={"rate": Rate("n", "residents"), "share": Rate("n", "m")},
    )
    with TemporaryDirectory() as folder:
        door = Door(Path(folder), RULES["nhs_1_7_round5"], "Anytown", synthetic=True)
        table = rows_of(door.out / release(door, frame, said).path)
    assert len(table) == len(rows) + 1
    for raw, cells in zip(rows, table[1:], strict=True):
        for count, cell in zip(raw[1:3], cells[1:3], strict=True):
            small = count is not None and 1 <= count <= 7
            assert cell == ("[x]" if count is None else "[c]") or not small
            assert cell in {"[c]", "[x]"} or int(cell) % 5 == 0
        if cells[1] == "[c]":
            assert cells[4] == "[c]"
