"""The ground floor: one place's settings, tables and engine.

Read in this order: `tables` (what a row is), `config` (`place.toml`), `reading`
and `checking` (files held against the contracts), `areas`, `opening` (a whole
place), `engine` (SQL on DuckDB or Spark). Every room stands on it.
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
