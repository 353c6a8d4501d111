"""Every cell is read again by plain Python: decimals, zoneinfo, integers."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from place import Column, Source
from place.cells import literal, parsed, quoted, tidied, written

if TYPE_CHECKING:
    from place.contract import Kind

ENGINE = duckdb.connect(config={"threads": 1})
LONDON = ZoneInfo("Europe/London")
UTC = dt.UTC
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
SOURCE = Source(file=Path("any.csv"))
DAY = 86_400


def read(
    kind: Kind,
    *values: Any,  # noqa: ANN401 - cells of any kind
    typed: pa.DataType | None = None,
    zone: str | None = "Europe/London",
    source: Source = SOURCE,
) -> list[Any]:
    """Read values as cells of a column, the way that a table's check does."""
    column = Column(name="a cell", note="", kind=kind)
    cells = pa.table(
        {"a cell": tidied(pa.array(values, typed or pa.string()), source.missing)}
    )
    ENGINE.execute(f"SET TimeZone = {literal(zone or 'UTC')}")
    ENGINE.register("rows", cells)
    sql = parsed(column, cells.schema.types[0], source, zone)
    return [value for (value,) in ENGINE.execute(f"SELECT {sql} FROM rows").fetchall()]


def seen(values: list[Any], kind: pa.DataType) -> list[Any]:
    """Return values as the text that an id, or a reason, takes from them."""
    ENGINE.register("rows", pa.table({"x": pa.array(values, kind)}))
    sql = written("x", kind)
    return [value for (value,) in ENGINE.execute(f"SELECT {sql} FROM rows").fetchall()]


def micros(moment: dt.datetime) -> int:
    return (moment - EPOCH) // dt.timedelta(microseconds=1)


def london(*parts: int, fold: int = 0) -> int:
    return micros(dt.datetime(*parts, tzinfo=LONDON, fold=fold))


# -- money


@pytest.mark.parametrize(
    ("cell", "pence"),
    [
        ("12", 1200),
        ("£1,200.50", 120_050),
        ("£ 1,200.50", 120_050),
        ("1 200.50", 120_050),
        ("1\u00a0200.50", 120_050),
        ("1\u202f200.50", 120_050),
        ("  7.1\t", 710),
        ("(300)", -30_000),
        ("(£1,300.25)", -130_025),
        ("£(2)", -200),
        ("-5", -500),
        ("-£5", -500),
        ("£-5", -500),
        ("\u22125", -500),
        ("+5", 500),
        ("1.005", 101),
        ("-1.005", -101),
        ("1.0049999999999999999999", 100),
        ("0.004", 0),
        (".5", 50),
        ("5.", 500),
        ("1e3", 100_000),
        ("1.5E-1", 15),
        ("1e-300", 0),
        ("92233720368547758.07", 2**63 - 1),
    ],
)
def test_money_is_read_to_the_nearest_penny(cell: str, pence: int) -> None:
    assert read("pounds", cell) == [pence]


@pytest.mark.parametrize(
    "cell",
    [
        "tbc", "n/a", "-", "£", ".", "e3", "1e", "1,5", "1,20", "12,34.5", "1.200,50",
        "1,2345", "1,,200", "1 2", "--5", "(-5)", "(5", "5)", "5-", "1.2m", "12%",
        "inf", "-inf", "Infinity", "nan", "0x1F", "1_000", "€5", "1e17", "1e400",
        "92233720368547758.08", "5 5", "true", "5£", "1£2", "-£-5", "££5",
    ],
)  # fmt: skip
def test_what_is_not_plainly_money_is_not_guessed_at(cell: str) -> None:
    assert read("pounds", cell) == [None]


decimals = st.decimals(
    min_value=-(10**15), max_value=10**15, allow_nan=False, allow_infinity=False
)


def pence_of(pounds: Decimal) -> int:
    return int((pounds * 100).quantize(Decimal(1), ROUND_HALF_UP))


@given(decimals)
def test_money_agrees_with_exact_decimals(pounds: Decimal) -> None:
    cell = f"{pounds:f}"
    assert read("pounds", cell) == [pence_of(Decimal(cell))]


@given(decimals)
def test_accountants_and_commas_change_nothing(pounds: Decimal) -> None:
    cell = f"{abs(pounds):,f}"
    cell = f"(£{cell})" if pounds < 0 else f"£{cell}"
    assert read("pounds", cell) == [pence_of(pounds)]


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_money_of_a_typed_column_is_as_exact(pounds: Decimal) -> None:
    assert read("pounds", pounds, typed=pa.decimal128(18, 2)) == [pence_of(pounds)]


@given(st.integers(-(10**15), 10**15))
def test_money_as_a_float_of_pence_is_exact(pence: int) -> None:
    pounds = round(pence / 100, 2) if abs(pence) < 10**13 else pence // 100 * 1.0
    exact = pence_of(Decimal(repr(pounds)))
    assert read("pounds", pounds, typed=pa.float64()) == [exact]


@given(st.text(max_size=12))
def test_no_text_at_all_stops_the_reading(cell: str) -> None:
    for kind in ("text", "number", "integer", "pounds", "time"):
        assert len(read(kind, cell)) == 1


# -- numbers


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_are_exact_to_the_last_bit(number: int) -> None:
    assert read("integer", str(number), f"{number:,}", f"{number}.0") == [number] * 3
    assert read("integer", number, typed=pa.int64()) == [number]


@pytest.mark.parametrize(
    "cell",
    ["£5", "1.5", "1e999", str(2**63), "four", "1_0", "1,00", "nan", "inf", "2-3"],
)
def test_what_is_not_whole_is_not_an_integer(cell: str) -> None:
    assert read("integer", cell) == [None]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_agree_with_python(number: float) -> None:
    assert read("number", repr(number)) == [number]
    assert read("number", number, typed=pa.float64()) == [number]


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "nan", "1e999", "tbc", "1,5"])
def test_what_is_not_finite_is_not_a_number(cell: str) -> None:
    assert read("number", cell) == [None]


# -- text


@pytest.mark.parametrize(
    "cell", ["  x ", "\tx\n", "\u00a0x\u00a0", "\ufeffx", "x\r\n", "\u200bx"]
)
def test_text_is_trimmed_of_every_blank(cell: str) -> None:
    assert read("text", cell) == ["x"]


@pytest.mark.parametrize("cell", ["", " ", "\t", "\u00a0", "NULL", None])
def test_a_blank_and_the_word_null_are_nothing(cell: str | None) -> None:
    kinds: list[Kind] = ["text", "number", "integer", "pounds", "time"]
    assert [read(kind, cell) for kind in kinds] == [[None]] * 5


def test_a_place_may_have_its_own_words_for_nothing() -> None:
    source = Source(file=Path("any.csv"), missing=("n/a", "-"))
    assert read("pounds", "n/a", "-", "3", source=source) == [None, None, 300]
    assert read("text", "NULL", source=source) == ["NULL"]


def test_an_id_is_the_same_text_whatever_its_type() -> None:
    assert seen([12], pa.int64()) == seen([12.0], pa.float64()) == ["12"]
    assert seen([Decimal("12.00")], pa.decimal128(9, 2)) == ["12"]
    assert seen([12.5], pa.float64()) == ["12.5"]
    assert seen([dt.datetime(1961, 4, 30)], pa.timestamp("us")) == ["1961-04-30"]  # noqa: DTZ001 - a day of birth has no zone
    assert seen([dt.date(1961, 4, 30)], pa.date32()) == ["1961-04-30"]


@given(st.text())
def test_names_and_values_stay_names_and_values(text: str) -> None:
    text = text.replace("\0", "")
    sql = f"SELECT {literal(text)} AS {quoted(text or 'x')}"
    assert ENGINE.execute(sql).fetchall() == [(text,)]
