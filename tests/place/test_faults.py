"""What is wrong with a row, which rows are the same, and in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from place import CONTRACTS, Source, delimited
from place.checking import check_table
from place.columnar import open_table
from place.reading import open_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Check = Callable[..., tuple[list[dict[str, Any]], list[Any]]]

EVENT = "event_id,customer_id,time,agency,activity\n"
SPEND = "source,body,body_kind,cofog,amount_pounds\n"
US = 10**6


def test_a_row_goes_aside_with_every_reason_and_the_rest_go_on(
    lay: Callable[..., Path], check: Check
) -> None:
    file = lay("s.csv", SPEND + "a,,NHS trust,07,tbc\na,b,NHS,07,£1\n,b,nhs,,inf\n")
    rows, (one,) = check("spend", Source(file=file))
    assert [row["amount_pence"] for row in rows] == [100]
    assert one.broken == (
        (
            2,
            (
                "body is missing; body_kind is not one of local authority, nhs, "
                "police, fire, central government, regional, third sector, private, "
                "other (seen: NHS trust); amount_pounds is not an amount (seen: tbc)"
            ),
        ),
        (
            4,
            (
                "source is missing; amount_pounds is not an amount (seen: inf); "
                "names neither cofog nor heading"
            ),
        ),
    )


@pytest.mark.parametrize(
    ("table", "heading", "row", "reason"),
    [
        ("maturity", "place,component,coder,score", "a,Value,x,0", "score is under 1"),
        ("maturity", "place,component,coder,score", "a,value,x,4.5", "not a whole num"),
        ("maturity", "place,component,coder,score", "a,value,x,5", "score is over 4"),
        ("flags", "place,area,colour,count", "a,b,amber,1", "not one of red, green"),
        (
            "flags",
            "place,area,colour,minimum,maximum",
            "a,b,red,3,2",
            "is more than max",
        ),
        ("service_use", "service,agency", "a,b", "names neither customer_id nor area"),
        ("service_use", "area_code,service,agency,units", "a,b,c,nan", "not a number"),
        (
            "service_use",
            "area_code,service,agency,cost_pounds",
            "a,b,c,(300)",
            "cost_pounds is under 0 (written like (999))",
        ),
        (
            "service_use",
            "area_code,service,agency,start,end",
            "a,b,c,2009-04-02,2009-04-01",
            "ends before it starts",
        ),
        (
            "events",
            EVENT.strip() + ",end_time",
            "e,c,2009-04-02T10:00,a,b,2009-04-02T09:59",
            "ends before it begins",
        ),
        (
            "events",
            EVENT.strip() + ",activity_class",
            "e,c,2009-04-02T10:00,a,b,assessment",
            "(written like aaaaaaaaaa)",
        ),
        (
            "events",
            EVENT.strip(),
            "e,c,2/4/2009,a,b",
            "that can be placed (written like ",
        ),
        ("spend", SPEND.strip(), "#N/A,b,nhs,07,1", "source is an error of Excel"),
        ("spend", SPEND.strip(), "a\0b,b,nhs,07,1", "source has a NUL byte"),
        ("regional_spend", "region,cofog,amount_pounds", "a,b,-", "not an amount"),
        (
            "journey_maps",
            "map_id,stage,step,actor,agency,emotion",
            "a,b,c,d,e,3",
            "over 2",
        ),
    ],
)
def test_each_way_to_break_a_contract_has_its_reason(
    lay: Callable[..., Path],
    check: Check,
    table: str,
    heading: str,
    row: str,
    reason: str,
) -> None:
    rows, (one,) = check(table, Source(file=lay("t.csv", f"{heading}\n{row}\n")))
    assert rows == []
    ((number, said),) = one.broken
    assert number == 2
    assert reason in said


def test_missing_is_missing_and_never_zero(
    lay: Callable[..., Path], check: Check
) -> None:
    file = lay("u.csv", "area_code,service,agency,units,cost_pounds\na,b,c,,NULL\n")
    (row,), _ = check("service_use", Source(file=file))
    assert (row["units"], row["cost_pence"]) == (None, None)


def test_times_without_a_zone_go_aside_where_none_is_declared(
    lay: Callable[..., Path], check: Check
) -> None:
    text = EVENT + "a,c,2009-04-02T10:00,a,b\nb,c,2009-04-02T10:00Z,a,b\n"
    rows, (one,) = check("events", Source(file=lay("e.csv", text)), zone=None)
    assert [row["event_id"] for row in rows] == ["b"]
    assert "no time_zone is declared" in one.broken[0][1]


@pytest.mark.parametrize("blank", [",,,,", "", '"",,,,', ",,,,\n\n,,,,"])
def test_blank_rows_are_no_rows_but_keep_their_numbers(
    lay: Callable[..., Path], check: Check, blank: str
) -> None:
    text = SPEND + f"a,b,nhs,07,1\n{blank}\na,b,nhs,07,x\n\n"
    _, (one,) = check("spend", Source(file=lay("s.csv", text)))
    assert one.rows_in == 2
    assert one.broken[0][0] == 4 + blank.count("\n")


def test_a_row_with_words_in_another_column_is_not_blank(
    lay: Callable[..., Path], check: Check
) -> None:
    file = lay("f.csv", "place,area,colour,note\n,,,see below\nLeeds,Jobs,red,\n")
    _, (one,) = check("flags", Source(file=file))
    assert one.rows_in == 2
    assert one.broken[0][0] == 2


def test_ragged_rows_are_counted_and_numbered_with_the_rest(
    lay: Callable[..., Path], check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 64)
    lines = ["a,b,nhs,07,1", "short", "a,b,nhs,07,bad", "a,b,nhs,07,1,long"] * 50
    _, (one,) = check("spend", Source(file=lay("s.csv", SPEND + "\n".join(lines))))
    assert (one.rows_in, one.rows_out) == (200, 50)
    assert [row for row, _ in one.broken] == [
        at for at, line in enumerate(lines, start=2) if line != "a,b,nhs,07,1"
    ]


def test_a_file_of_broken_rows_alone_is_read_to_its_end(
    lay: Callable[..., Path], check: Check
) -> None:
    rows, (one,) = check("spend", Source(file=lay("s.csv", SPEND + "a\n" * 9)))
    assert (rows, one.rows_in, one.rows_out) == ([], 9, 0)


def test_of_rows_with_one_key_the_first_good_one_is_kept(
    lay: Callable[..., Path], check: Check
) -> None:
    text = EVENT + "".join(
        f"{event},c,{time},a,b\n"
        for event, time in [
            ("e1", "bad"),
            ("e1", "2009-07-01T10:00"),
            ("e2", "2009-07-01T10:00"),
            ("e1", "2009-07-01T11:00"),
            ("e1", "2009-07-01T12:00"),
        ]
    )
    rows, (one,) = check("events", Source(file=lay("e.csv", text)))
    assert [row["event_id"] for row in rows] == ["e1", "e2"]
    assert one.broken[1:] == (
        (5, "event_id already stands in row 3"),
        (6, "event_id already stands in row 3"),
    )


def test_a_key_is_one_over_all_files(lay: Callable[..., Path], check: Check) -> None:
    good = EVENT + "e1,c,2009-07-01T10:00,a,b\n"
    one = lay("one's.csv", EVENT + "e0,c,2009-07-01T10:00,a,b\n" + good.split("\n")[1])
    rows, (first, second) = check(
        "events", Source(file=one), Source(file=lay("two.csv", good))
    )
    assert [row["event_id"] for row in rows] == ["e0", "e1"]
    assert first.broken == ()
    assert second.broken == ((2, "event_id already stands in row 3 of one's.csv"),)


def test_two_blanks_in_a_key_are_the_same(
    lay: Callable[..., Path], check: Check
) -> None:
    heading = "place,component,coder,score,phase\n"
    text = heading + "a,value,x,1,\na,value,x,2,\na,value,x,2,after"
    rows, (one,) = check("maturity", Source(file=lay("m.csv", text)))
    assert [row["score"] for row in rows] == [1, 2]
    assert one.broken == (
        (3, "place and component and coder and phase already stands in row 2"),
    )


ids = st.lists(st.sampled_from(["a", "b", "c", " a", ""]), min_size=1, max_size=30)


@settings(max_examples=40)
@given(ids, st.integers(0, 30))
def test_a_plain_loop_keeps_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, keys: list[str], cut: int
) -> None:
    """Two files of ids against a dictionary: which rows stay, which go, and why."""
    folder = tmp_path_factory.mktemp("loop", numbered=True)
    files = []
    for name, part in (("one.csv", keys[:cut]), ("two.csv", keys[cut:])):
        rows = "".join(f"{key},{at}\n" for at, key in enumerate(part))
        (folder / name).write_text("record_id,given_name\n" + rows)
        source = Source(file=folder / name, constants={"agency": "Council"})
        files.append((source, open_rows(source)))
    target = folder / "people.parquet"
    found = check_table(CONTRACTS["people"], files, zone=None, target=target)
    first: dict[str, tuple[str, int]] = {}
    kept: list[str] = []
    broken: dict[str, list[tuple[int, str]]] = {"one.csv": [], "two.csv": []}
    for name, part in (("one.csv", keys[:cut]), ("two.csv", keys[cut:])):
        for row, key in enumerate((key.strip() for key in part), start=2):
            if not key:
                broken[name].append((row, "record_id is missing"))
            elif key in first:
                where, at = first[key]
                of = "" if where == name else f" of {where}"
                said = f"record_id and agency already stands in row {at}{of}"
                broken[name].append((row, said))
            else:
                first[key] = (name, row)
                kept.append(key)
    assert pq.read_table(target)["record_id"].to_pylist() == kept
    assert [list(one.broken) for one in found] == list(broken.values())


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(*[st.text("ab1. £é\0\n\u00a0", max_size=4)] * 3),
        max_size=8,
    )
)
def test_every_row_comes_out_once_or_goes_aside_once(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("any", numbered=True)
    columns = dict(
        zip(
            ("region", "cofog", "amount_pounds"),
            zip(*cells, strict=False),
            strict=False,
        )
    )
    table = pa.table(columns or {"region": [], "cofog": [], "amount_pounds": []})
    source = Source(file=folder / "any.csv")
    target = folder / "regional_spend.parquet"
    opened = open_table(table, source.file)
    (one,) = check_table(
        CONTRACTS["regional_spend"], [(source, opened)], zone=None, target=target
    )
    assert one.rows_in == sum(any(map(str.strip, row)) for row in cells)
    assert pq.read_metadata(target).num_rows == one.rows_out
    numbers = [row for row, _ in one.broken]
    assert sorted(set(numbers)) == numbers
