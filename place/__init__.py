"""The ground floor: one place's settings, tables and engine.

Read in this order: `contract` and `tables` (what a row is), `settings` and `config`
(`place.toml`), `rows` and `reading` (files as rows: `delimited`, `workbooks`,
`columnar`), `matching`, `cells`, `clocks`, `faults` and `checking` (rows held
against the contracts), `boundaries` and `areas`, `engine` (SQL on DuckDB or Spark),
`opening` (a whole place). Every room stands on it.
"""

from place.config import Place, Source, read_place
from place.engine import DuckDBEngine, Engine, SparkEngine, start_engine, table_of
from place.errors import PlaceError
from place.opening import OpenPlace, open_place, write_rejected
from place.tables import CONTRACTS, Column, Contract

__all__ = [
    "CONTRACTS",
    "Column",
    "Contract",
    "DuckDBEngine",
    "Engine",
    "OpenPlace",
    "Place",
    "PlaceError",
    "Source",
    "SparkEngine",
    "open_place",
    "read_place",
    "start_engine",
    "table_of",
    "write_rejected",
]
