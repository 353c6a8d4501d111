"""Run one SQL text on DuckDB here, or on Spark when a place outgrows a machine.

SQL is written by other modules in the subset that both engines read alike:
integer pence, integer microseconds, `CAST(sum(x) AS BIGINT)`, an explicit `seq`,
`percentile_cont(q) WITHIN GROUP (ORDER BY x)`. Where the two must differ, a
caller asks `engine.dialect`. An engine opens tables, runs a text to Arrow or to
a table of its own, and knows nothing else.
"""

from __future__ import annotations

import shutil
import weakref
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import duckdb
import pandas as pd
import pyarrow as pa

from place.columnar import arrow_of
from place.errors import PlaceError, rows_unquoted
from place.scratch import make_scratch
from place.spark import hush, local_spark, spark_rows_unquoted
from place.sqltext import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

__all__ = ["DuckDBEngine", "Engine", "Frame", "SparkEngine", "start_engine", "table_of"]

Frame: TypeAlias = pd.DataFrame | pa.Table
Backend: TypeAlias = Literal["duckdb", "spark"]


class Engine(Protocol):
    """What a room may ask of the engine that a place runs on."""

    dialect: Backend

    def open(self, name: str, parquet: Sequence[Path]) -> None:
        """Make Parquet files readable under `name`."""

    def register(self, name: str, frame: Frame) -> None:
        """Make a frame in memory readable under `name`."""

    def arrow(self, sql: str) -> pa.Table:
        """Run a query and return its rows."""

    def keep(self, name: str, sql: str) -> None:
        """Run a query once and keep its rows under `name`."""

    def has(self, name: str) -> bool:
        """Say whether a table of that name can be read."""

    def columns(self, name: str) -> tuple[str, ...]:
        """Return the column names of a table."""

    def close(self) -> None:
        """Give back memory, scratch space and threads."""


def _scratch(engine: Engine) -> tuple[str, Callable[[], object]]:
    """Return a private folder, and what removes it; it goes with the engine too."""
    folder = str(make_scratch())
    return folder, weakref.finalize(engine, shutil.rmtree, folder, ignore_errors=True)


class DuckDBEngine:
    """DuckDB inside this process: the default, nothing to set up.

    Parameters
    ----------
    memory
        Most memory to use before spilling to disk, such as "4GB"; with `None`,
        DuckDB's own rule (80 % of the machine).
    threads
        How many cores to use; with `None`, all.
    """

    dialect: Backend = "duckdb"

    def __init__(
        self, *, memory: str | None = None, threads: int | None = None
    ) -> None:
        scratch, self._forget = _scratch(self)
        options: dict[str, Any] = {
            "temp_directory": scratch,
            "python_enable_replacements": False,  # a query sees tables, not variables
        }
        if memory is not None:
            options["memory_limit"] = memory
        if threads is not None:
            options["threads"] = threads
        self._connection = duckdb.connect(config=options)
        self._connection.execute("SET TimeZone = 'UTC'")

    def open(self, name: str, parquet: Sequence[Path]) -> None:
        """Make Parquet files readable under `name`."""
        files = ", ".join(literal(file) for file in parquet)
        self._drop(name)
        with rows_unquoted(f"opening {name}"):
            self._connection.execute(
                f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{files}])"
            )

    def register(self, name: str, frame: Frame) -> None:
        """Make a frame in memory readable under `name`."""
        table = arrow_of(frame, name)
        self._drop(name)
        self._connection.register(name, table)

    def arrow(self, sql: str) -> pa.Table:
        """Run a query and return its rows."""
        with rows_unquoted("a query"):
            return self._connection.sql(sql).to_arrow_table()

    def keep(self, name: str, sql: str) -> None:
        """Run a query once and keep its rows under `name`."""
        with rows_unquoted(f"a query for {name}"):
            self._connection.execute(f"CREATE OR REPLACE TABLE _kept_now AS {sql}")
            self._drop(name)
            self._connection.execute(f"ALTER TABLE _kept_now RENAME TO {name}")

    def _drop(self, name: str) -> None:
        """Forget what stood under a name, be it a file, a frame or kept rows."""
        self._connection.unregister(name)
        kinds = "SELECT DISTINCT table_type FROM information_schema.tables WHERE "
        same = f"lower(table_name) = {literal(name.lower())}"
        for (kind,) in self._connection.execute(kinds + same).fetchall():
            what = "VIEW" if kind == "VIEW" else "TABLE"
            self._connection.execute(f"DROP {what} IF EXISTS {name}")

    def has(self, name: str) -> bool:
        """Say whether a table of that name can be read."""
        known = "SELECT 1 FROM information_schema.tables WHERE lower(table_name) = "
        return bool(self.arrow(known + literal(name.lower())).num_rows)

    def columns(self, name: str) -> tuple[str, ...]:
        """Return the column names of a table."""
        return tuple(self.arrow(f"SELECT * FROM {name} LIMIT 0").column_names)

    def close(self) -> None:
        """Give back memory, scratch space and threads."""
        self._connection.close()
        self._forget()


class SparkEngine:
    """A Spark session, local or Connect, running the same SQL texts.

    Parameters
    ----------
    session
        A running session. With `None`, the one that runs is used, or else a local
        one is started, which needs the extra `totalplace[spark]` and Java 17 or
        newer. Only a session started here is stopped here.
    """

    dialect: Backend = "spark"

    def __init__(self, session: Any = None) -> None:  # noqa: ANN401 - an optional extra
        scratch, self._forget = _scratch(self)
        started = local_spark(scratch) if session is None else (session, False)
        self._session, self._owns = started
        hush()

    def open(self, name: str, parquet: Sequence[Path]) -> None:
        """Make Parquet files readable under `name`."""
        with spark_rows_unquoted(f"opening {name}"):
            read = self._session.read.parquet(*(str(file) for file in parquet))
            read.createOrReplaceTempView(name)

    def register(self, name: str, frame: Frame) -> None:
        """Make a frame in memory readable under `name`."""
        table = arrow_of(frame, name)
        with spark_rows_unquoted(f"registering {name}"):
            self._session.createDataFrame(table).createOrReplaceTempView(name)

    def arrow(self, sql: str) -> pa.Table:
        """Run a query and return its rows."""
        with spark_rows_unquoted("a query"):
            return self._session.sql(sql).toArrow()

    def keep(self, name: str, sql: str) -> None:
        """Run a query once and keep its rows under `name`."""
        with spark_rows_unquoted(f"a query for {name}"):
            self._session.sql(sql).localCheckpoint().createOrReplaceTempView(name)

    def has(self, name: str) -> bool:
        """Say whether a table of that name can be read."""
        return bool(self._session.catalog.tableExists(name))

    def columns(self, name: str) -> tuple[str, ...]:
        """Return the column names of a table."""
        return tuple(self._session.table(name).columns)

    def close(self) -> None:
        """Stop the session if this engine started it."""
        if self._owns:
            self._session.stop()
        self._forget()


def start_engine(
    backend: Backend = "duckdb",
    *,
    memory: str | None = None,
    threads: int | None = None,
) -> Engine:
    """Return a fresh engine.

    Parameters
    ----------
    backend
        "duckdb" or "spark".
    memory, threads
        Limits for DuckDB; Spark reads its own configuration.

    Returns
    -------
    engine
        Close it when done.

    Raises
    ------
    PlaceError
        If Spark is asked for and cannot be started.

    Examples
    --------
    >>> engine = start_engine(threads=1)
    >>> engine.keep("numbers", "SELECT 1 AS n UNION ALL SELECT 2")
    >>> engine.columns("numbers"), engine.has("letters")
    (('n',), False)
    >>> engine.close()
    """
    if backend == "spark":
        return SparkEngine()
    return DuckDBEngine(memory=memory, threads=threads)


def table_of(data: str | Frame, engine: Engine | None, name: str) -> tuple[str, Engine]:
    """Return a table name and an engine that can read it, whatever came.

    Parameters
    ----------
    data
        The name of a table that `engine` knows, or a frame, which is registered
        under `name`.
    engine
        The engine to use; with `None`, a DuckDB of its own.
    name
        What to call a frame.

    Raises
    ------
    PlaceError
        If a table is named and there is no engine, or the engine lacks it.

    Examples
    --------
    >>> table, engine = table_of(pd.DataFrame({"spend": [3, 4]}), None, "budget")
    >>> engine.arrow(f"SELECT max(spend) AS most FROM {table}").to_pylist()
    [{'most': 4}]
    """
    if not isinstance(data, str):
        engine = start_engine() if engine is None else engine
        engine.register(name, data)
        return name, engine
    if engine is None or not engine.has(data):
        msg = (
            f"table {data!r} is not known to this engine. Pass the engine that holds "
            "it, or pass a pandas frame."
        )
        raise PlaceError(msg)
    return data, engine
