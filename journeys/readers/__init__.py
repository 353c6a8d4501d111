"""Files of events that name their own structure, each read as a table.

Read in this order: `xes` (logs of traces), `ocel` (events about several objects,
and which of them is the customer), `ocel_json`, `ocel_sqlite` and `ocel_xml` (its
three files), `dates` (times as such files write them), `kinds` (which reader a file
gets). CSV, Excel and Parquet files are opened by `place`.
"""

from journeys.readers.kinds import readers_of
from journeys.readers.ocel_json import read_ocel_json
from journeys.readers.ocel_sqlite import read_ocel_sqlite
from journeys.readers.ocel_xml import read_ocel_xml
from journeys.readers.xes import read_xes

__all__ = [
    "read_ocel_json",
    "read_ocel_sqlite",
    "read_ocel_xml",
    "read_xes",
    "readers_of",
]
