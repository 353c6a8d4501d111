"""Secrets are planted in every cell, and looked for in all that is said."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from place import OpenPlace, PlaceError, open_place, read_place, write_rejected

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = '[place]\nname = "Leicester"\ntime_zone = "Europe/London"\n'
EVENTS = "event_id,customer_id,time,agency,activity,cost_pounds\n"
SPEND = "source,body,body_kind,cofog,amount_pounds\n"


def block(table: str, file: Path, more: str = "") -> str:
    return f'[[tables.{table}]]\nfile = "{file.name}"\n{more}\n'


# What a row may hold that must never be told: each is looked for in every output.
SECRETS = (
    "C-48151623", "Siân", "Llewellyn-Jones", "1961-04-30", "30/04/1961", "E-90210",
    "943 476 5919", "9434765919", "LE3 9QP", "14 Elm Rise", "100071417680",
    "They never wrote back", "R-31337",
)  # fmt: skip


def told_of(run: Callable[..., OpenPlace], blocks: str, folder: Path) -> str:
    """Return all that a place says: errors with their chain, reasons, files."""
    try:
        place = run(blocks)
    except PlaceError as found:
        return "".join(traceback.format_exception(found))
    place.engine.close()
    files = write_rejected(place, folder / "rejected").values()
    said = [file.read_text(encoding="utf-8-sig") for file in files]
    return "\n".join([*said, place.counts().to_string(), repr(place.checked)])


def tell(values: list[str], heading: str, ends: str) -> str:
    return heading + "".join(
        ",".join([*values[at:], *values[:at]]) + ends for at in range(len(values))
    )


@pytest.mark.parametrize(
    ("table", "heading"),
    [
        ("people", "record_id,agency,given_name,family_name,date_of_birth,sex,address"),
        ("people", "record_id,agency,nhs_number,uprn,postcode,customer_id,area_code"),
        ("events", "event_id,customer_id,time,agency,activity,end_time,cost_pounds"),
        ("events", "customer_id,time,agency,activity,activity_class,channel,outcome"),
        ("service_use", "customer_id,service,agency,units,cost_pounds,start,end"),
        ("journey_maps", "map_id,stage,step,actor,agency,emotion,quote"),
    ],
)
@pytest.mark.parametrize("ends", ["\n", ",stray\n", "\n\n", "\r\n"])
def test_cells_that_slipped_into_any_column_are_never_quoted(
    opened: Callable[..., OpenPlace],
    lay: Callable[..., Path],
    tmp_path: Path,
    table: str,
    heading: str,
    ends: str,
) -> None:
    for start in range(0, len(SECRETS), 6):
        values = [*SECRETS[start:], *SECRETS[:start]][: len(heading.split(","))]
        text = tell(values, heading + "\n", ends) + tell(values, "", ends)
        told = told_of(opened, block(table, lay("t.csv", text)), tmp_path)
        assert told
        assert [secret for secret in SECRETS if secret in told] == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("no heading.csv", ",".join(SECRETS) + "\n" + ",".join(SECRETS)),
        ("twice.csv", ",".join([*SECRETS, *SECRETS])),
        ("tabs.csv", "\t".join(SECRETS)),
        ("lone.csv", "\n".join(SECRETS)),
        ("open.csv", EVENTS + '"' + ",".join(SECRETS) + "\n" + "\n".join(SECRETS)),
        ("open heading.csv", '"' + ",".join(SECRETS) + "\n" + "\n".join(SECRETS)),
        ("cp.csv", (EVENTS + ",".join(SECRETS)).encode("cp1252")),
        ("cp heading.csv", ",".join(SECRETS).encode("cp1252")),
        ("nul.csv", EVENTS + "\0,".join(SECRETS)),
        ("utf16.csv", ",".join(SECRETS).encode("utf-16-le")),
        ("none.parquet", ",".join(SECRETS)),
        ("none.xlsx", ",".join(SECRETS)),
        ("none.csv.gz", ",".join(SECRETS)),
        ("none.xls", ",".join(SECRETS)),
    ],
)
@pytest.mark.parametrize("table", ["people", "events", "service_use", "journey_maps"])
def test_files_that_cannot_be_read_are_never_quoted(
    opened: Callable[..., OpenPlace],
    lay: Callable[..., Path],
    tmp_path: Path,
    table: str,
    name: str,
    content: str | bytes,
) -> None:
    told = told_of(opened, block(table, lay(name, content)), tmp_path)
    assert "PlaceError" in told
    assert [secret for secret in SECRETS if secret in told] == []


def test_typed_columns_and_workbooks_are_never_quoted_either(
    opened: Callable[..., OpenPlace], tmp_path: Path
) -> None:
    names = EVENTS.strip().split(",")
    rows = [list(SECRETS[at : at + 6]) for at in range(7)] * 2
    pq.write_table(
        pa.table([pa.array(column) for column in zip(*rows, strict=True)], names),
        tmp_path / "e.parquet",
    )
    book = openpyxl.Workbook()
    for row in (names, *rows, [*rows[0], "stray"], ["=1+1", *rows[0][1:]]):
        book.active.append(row)
    book.save(tmp_path / "e.xlsx")
    for file in ("e.parquet", "e.xlsx"):
        told = told_of(opened, block("events", tmp_path / file), tmp_path)
        assert "every one of" in told
        assert [secret for secret in SECRETS if secret in told] == []


@settings(max_examples=40)
@given(
    st.lists(
        st.lists(st.sampled_from([*SECRETS, "", '"', "2009-07-01"]), max_size=8),
        max_size=6,
    )
)
def test_whatever_the_rows_are_nobody_is_quoted(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("any", numbered=True)
    text = EVENTS + "\n".join(",".join(row) for row in rows)
    (folder / "e.csv").write_text(text, encoding="utf-8")
    (folder / "place.toml").write_text(HEAD + block("events", folder / "e.csv"))

    def run(_: str) -> OpenPlace:
        return open_place(read_place(folder), folder)

    told = told_of(run, "", folder)
    assert [secret for secret in SECRETS if secret in told] == []
