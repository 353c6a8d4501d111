"""One small engine on two: what DuckDB answers, Spark answers."""

from __future__ import annotations

import datetime as dt
import gc
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from place import DuckDBEngine, Engine, PlaceError, SparkEngine, start_engine, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator

FRAME = pd.DataFrame(
    {
        "n": [1, 2, 3],
        "half": [0.5, float("nan"), 1.5],
        "word": ["a", None, "b"],
        "kind": pd.Categorical(["x", "y", "x"]),
        "yes": [True, False, True],
        "small": pd.array([1, None, 3], dtype="UInt8"),
    },
    index=[9, 8, 7],
)


@pytest.fixture(scope="module")
def spark(java: None) -> Iterator[SparkEngine]:  # noqa: ARG001 - skips without Java
    engine = SparkEngine()
    yield engine
    engine.close()


@pytest.fixture(
    params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)],
)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "spark":
        yield request.getfixturevalue("spark")
        return
    local = DuckDBEngine()
    yield local
    local.close()


def rows(engine: Engine, sql: str) -> list[dict[str, Any]]:
    return engine.arrow(sql).to_pylist()


# -- one answer on both


def test_a_frame_is_a_table_without_its_index(engine: Engine) -> None:
    engine.register("f", FRAME)
    assert engine.columns("f") == ("n", "half", "word", "kind", "yes", "small")
    assert rows(engine, "SELECT * FROM f ORDER BY n") == [
        {"n": 1, "half": 0.5, "word": "a", "kind": "x", "yes": True, "small": 1},
        {"n": 2, "half": None, "word": None, "kind": "y", "yes": False, "small": None},
        {"n": 3, "half": 1.5, "word": "b", "kind": "x", "yes": True, "small": 3},
    ]


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        (pa.array(["x"]).dictionary_encode(), "x"),
        (pa.array([b"\xc3\xa9"]), "é"),
        (pa.array(["x"], pa.large_string()), "x"),
        (pa.array(["x"], pa.string_view()), "x"),
        (pa.array([1.5], pa.float16()), 1.5),
        (pa.array([2**64 - 1], pa.uint64()), 2**64 - 1),
        (pa.array([7], pa.uint32()), 7),
        (pa.nulls(1), None),
        (pa.array([dt.date(2009, 4, 1)]), dt.date(2009, 4, 1)),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_every_type_of_arrow_is_read_alike(
    engine: Engine, values: pa.Array, answer: object
) -> None:
    engine.register("t", pa.table({"x": values}))
    assert rows(engine, "SELECT x FROM t") == [{"x": answer}]


def test_parquet_files_are_stacked(engine: Engine, tmp_path: Path) -> None:
    files = [tmp_path / "it's one.parquet", tmp_path / "two.parquet"]
    for at, file in enumerate(files):
        pq.write_table(pa.table({"n": [at]}), file)
    engine.open("stack", files)
    assert rows(engine, "SELECT n FROM stack ORDER BY n") == [{"n": 0}, {"n": 1}]


def test_a_query_may_be_kept_even_over_what_it_reads(engine: Engine) -> None:
    engine.keep("k", "SELECT 1 AS n")
    engine.keep("k", "SELECT n + 1 AS n FROM k")
    engine.keep("k", "SELECT n + 1 AS n FROM k")
    assert rows(engine, "SELECT * FROM k") == [{"n": 3}]


def test_what_comes_last_under_a_name_is_what_is_read(
    engine: Engine, tmp_path: Path
) -> None:
    """A frame, kept rows and a file take each other's place in any order."""
    pq.write_table(pa.table({"n": [3]}), tmp_path / "a.parquet")
    steps = {
        1: lambda: engine.register("same", pd.DataFrame({"n": [1]})),
        2: lambda: engine.keep("same", "SELECT 2 AS n"),
        3: lambda: engine.open("same", [tmp_path / "a.parquet"]),
    }
    for step in (1, 2, 1, 3, 1, 3, 2, 3, 3, 2, 2, 1, 1):
        steps[step]()
        assert rows(engine, "SELECT * FROM same") == [{"n": step}]


def test_a_table_is_known_whatever_its_capitals(engine: Engine) -> None:
    engine.register("Budget", FRAME)
    assert engine.has("budget")
    assert engine.has("BUDGET")
    assert not engine.has("budgets")
    assert not engine.has("o'budget" if engine.dialect == "duckdb" else "obudget")


def test_the_shared_ways_to_sum_and_rank_agree(engine: Engine) -> None:
    engine.register("f", FRAME)
    sql = (
        "SELECT kind, CAST(sum(n) AS BIGINT) AS n, count(half) AS halves, "
        "percentile_cont(0.5) WITHIN GROUP (ORDER BY n) AS middle, "
        "row_number() OVER (ORDER BY kind) AS seq FROM f GROUP BY kind ORDER BY kind"
    )
    assert rows(engine, sql) == [
        {"kind": "x", "n": 4, "halves": 2, "middle": 2.0, "seq": 1},
        {"kind": "y", "n": 2, "halves": 0, "middle": 2.0, "seq": 2},
    ]


def test_an_error_over_rows_does_not_quote_them(
    engine: Engine, capfd: pytest.CaptureFixture[str]
) -> None:
    engine.register("p", pd.DataFrame({"name": ["Mary Secret"]}))
    for run in (engine.arrow, lambda sql: engine.keep("q", sql)):
        with pytest.raises(PlaceError, match="could not be done") as found:
            run("SELECT CAST(name AS INT) AS n FROM p")
        assert "Secret" not in str(found.value)
    printed = capfd.readouterr()
    assert "Secret" not in printed.out + printed.err


def test_a_column_of_many_kinds_is_refused_without_quoting_it(engine: Engine) -> None:
    mixed = pd.DataFrame({"x": ["Secret", 3]}, dtype=object)
    with pytest.raises(PlaceError, match="'f': a column mixes kinds") as found:
        engine.register("f", mixed)
    assert "Secret" not in str(found.value)


def test_times_of_an_engine_are_in_utc(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    noon = dt.datetime(2009, 7, 1, 12, tzinfo=dt.UTC)
    engine.register(
        "t", pa.table({"noon": pa.array([noon], pa.timestamp("us", "UTC"))})
    )
    assert rows(engine, "SELECT EXTRACT(HOUR FROM noon) AS h FROM t") == [{"h": 12}]


# -- DuckDB alone


cells = st.lists(
    st.tuples(st.integers(-(2**63), 2**63 - 1), st.text(), st.none() | st.booleans())
)


@given(cells)
def test_what_is_registered_comes_back(
    table: list[tuple[int, str, bool | None]],
) -> None:
    names = ("n", "word", "yes")
    columns = {name: [row[at] for row in table] for at, name in enumerate(names)}
    kinds = pa.schema([("n", pa.int64()), ("word", pa.string()), ("yes", pa.bool_())])
    name, engine = table_of(pa.table(columns, kinds), None, "t")
    assert rows(engine, f"SELECT * FROM {name}") == [
        dict(zip(names, row, strict=True)) for row in table
    ]
    engine.close()


def test_a_name_needs_an_engine_that_knows_it() -> None:
    with pytest.raises(PlaceError, match="table 'events' is not known to this engine"):
        table_of("events", None, "log")
    engine = start_engine(memory="1GB", threads=1)
    with pytest.raises(PlaceError, match="Pass the engine that holds it"):
        table_of("events", engine, "log")
    engine.keep("events", "SELECT 1 AS n")
    assert table_of("events", engine, "log") == ("events", engine)
    engine.close()


def test_a_query_sees_tables_and_not_the_variables_of_a_program() -> None:
    unseen = FRAME
    engine = start_engine()
    with pytest.raises(Exception, match="unseen does not exist"):
        engine.arrow("SELECT * FROM unseen")
    assert len(unseen) == 3
    engine.close()


def test_scratch_goes_when_an_engine_closes_or_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    closed, let_go = DuckDBEngine(), DuckDBEngine()
    assert len(list(tmp_path.iterdir())) == 2
    closed.close()
    closed.close()
    assert len(list(tmp_path.iterdir())) == 1
    del let_go
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_more_than_the_memory_goes_to_disk_or_is_an_error_of_ours() -> None:
    engine = start_engine(memory="64MB", threads=1)
    many = "SELECT range AS n, md5(CAST(range AS VARCHAR)) AS word FROM range(2000000)"
    engine.keep("sorted", f"{many} ORDER BY word")
    assert rows(engine, "SELECT count(*) AS n FROM sorted") == [{"n": 2_000_000}]
    with pytest.raises(PlaceError, match=r"Set \[engine\] memory lower"):
        engine.arrow("SELECT list(word ORDER BY word) AS all_of_it FROM sorted")
    engine.close()


def test_parquet_that_is_gone_is_an_error_of_ours(tmp_path: Path) -> None:
    engine = start_engine()
    with pytest.raises(PlaceError, match="opening gone could not be done"):
        engine.open("gone", [tmp_path / "gone.parquet"])
    engine.close()


# -- Spark alone


@pytest.mark.spark
def test_an_engine_stops_no_session_that_it_did_not_start(spark: SparkEngine) -> None:
    other = start_engine("spark")
    other.close()
    assert rows(spark, "SELECT 1 AS n") == [{"n": 1}]


@pytest.mark.spark
@pytest.mark.usefixtures("java")
def test_spark_leaves_nothing_in_the_folder_where_it_runs(tmp_path: Path) -> None:
    script = (
        "from place import start_engine\n"
        "engine = start_engine('spark')\n"
        "engine.keep('k', 'SELECT 1 AS n'); engine.has('k'); engine.close()\n"
    )
    root = str(Path(__file__).parents[2])
    ran = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {root!r})\n{script}"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_spark_that_is_not_installed_is_said_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(PlaceError, match=r"Install totalplace\[spark\] and Java 17"):
        start_engine("spark")
