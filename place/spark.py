"""Start Spark on this machine, and keep its exceptions from quoting rows."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from place.errors import PlaceError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["hush", "local_spark", "spark_rows_unquoted"]


def local_spark(scratch: str) -> tuple[Any, bool]:
    """Return a Spark session, and whether it was started here.

    Parameters
    ----------
    scratch
        Folder for what Spark would else put into the folder where it is started.

    Raises
    ------
    PlaceError
        If pyspark is not installed, or finds no Java that it can use.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an optional extra
    except ImportError as missing:
        msg = (
            "engine backend 'spark' needs pyspark, which is not installed. "
            "Install totalplace[spark] and Java 17 or newer, or set backend = 'duckdb'."
        )
        raise PlaceError(msg) from missing
    running = SparkSession.getActiveSession()
    if running is not None:
        return running, False
    builder = SparkSession.builder.appName("totalplace").master("local[*]")
    for key, value in {
        "spark.sql.warehouse.dir": scratch,
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.shuffle.partitions": "8",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }.items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
    except Exception as broken:
        msg = (
            f"Spark could not be started ({type(broken).__name__}). It needs Java 17 "
            "or newer on PATH or in JAVA_HOME; or set backend = 'duckdb'."
        )
        raise PlaceError(msg) from broken
    session.sparkContext.setLogLevel("OFF")  # a failed task would print its row
    return session, True


def hush() -> None:
    """Keep pyspark from printing every error, with the value that caused it."""
    try:
        from pyspark.logger import PySparkLogger  # noqa: PLC0415 - an optional extra
    except ImportError:  # a session of another version, or of another maker
        return
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
        PySparkLogger.getLogger(name).setLevel(logging.CRITICAL + 1)


@contextmanager
def spark_rows_unquoted(doing: str) -> Iterator[None]:
    """Turn an exception of Spark that may quote a row into one that does not.

    See :func:`place.errors.rows_unquoted`, which does it for DuckDB.

    Raises
    ------
    PlaceError
        In place of what Spark raised, unless it speaks of the SQL text alone.
    """
    try:
        yield
    except Exception as wrong:
        kind = type(wrong).__name__
        if kind in {"AnalysisException", "ParseException"}:
            raise
        msg = (
            f"{doing} could not be done: Spark stopped ({kind}). If it comes again "
            "with the same data, it is a fault of totalplace: please report it."
        )
        raise PlaceError(msg) from None
