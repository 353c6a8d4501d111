"""Headings that answer to a contract, and headings that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from place import Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Check = Callable[..., tuple[list[dict[str, Any]], list[Any]]]

EVENT = "event_id,customer_id,time,agency,activity\n"
SPEND = "source,body,body_kind,cofog,amount_pounds\n"
US = 10**6


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (
            "place,area\na,b\n",
            {},
            "needs a column colour (one of red, green). It has ['place', 'area'].",
        ),
        ("place;area;colour\na;b;red\n", {}, "split by ';': set `delimiter`."),
        (
            "place,area,colour\na,b,red\n",
            {"columns": {"count": "Count"}},
            "maps count to 'Count', which is not there. It has ['place', 'area', 'colo",
        ),
        (
            "place,area,colour\na,b,red\n",
            {"constants": {"area": "x"}},
            "gives area one value under `constants`, and the file has a column for it",
        ),
        (
            "place,area,Colour,COLOUR\na,b,red,red\n",
            {},
            "finds ['Colour', 'COLOUR'] alike for colour. Name one under `columns`.",
        ),
    ],
)
def test_headings_that_do_not_answer_are_said_with_what_was_seen(
    lay: Callable[..., Path],
    faults_of: Callable[..., tuple[str, ...]],
    text: str,
    options: dict[str, Any],
    said: str,
) -> None:
    *_, fault = faults_of("flags", Source(file=lay("f.csv", text), **options))
    assert fault.startswith("f.csv: [tables.flags] ")
    assert said in fault


def test_every_missing_column_is_named(
    lay: Callable[..., Path], faults_of: Callable[..., tuple[str, ...]]
) -> None:
    assert len(faults_of("spend", Source(file=lay("s.csv", "body\nx\n")))) == 3


def test_a_column_of_lists_is_refused_only_where_it_is_wanted(
    tmp_path: Path, check: Check, faults_of: Callable[..., tuple[str, ...]]
) -> None:
    file = tmp_path / "f.parquet"
    columns = {"place": ["a"], "area": ["b"], "colour": ["red"], "tags": [["x"]]}
    pq.write_table(pa.table(columns), file)
    rows, _ = check("flags", Source(file=file))
    assert len(rows) == 1
    (fault,) = faults_of("flags", Source(file=file, columns={"source": "tags"}))
    assert "needs plain values in source, which holds list" in fault
