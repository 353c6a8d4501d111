"""Read events from Parquet, and write their names as codes on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from journeys.compiled.compiling import compiled
from journeys.compiled.interning import bytes_of
from journeys.compiled.ordering import BUCKETS, dealt, in_order, numbered
from journeys.compiled.tallying import Part
from journeys.errors import JourneyError
from journeys.flows import no_value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from journeys.compiled.ordering import Dealt

__all__ = ["has_ties", "read_events", "stored_part"]

Integer = TypeVar("Integer", np.int32, np.int64)

ROWS_AT_ONCE: Final = 1 << 17
MOST_NAMES: Final = 1 << 16
CODED: Final = ("activity", "agency")
CODE_BITS: Final = np.uint32(16)


class _Names:
    """Names of a column that arrives as a dictionary and places in it."""

    def __init__(self, column: str) -> None:
        self.column = column
        self.codes: dict[str, int] = {}

    def coded(self, batch: pa.RecordBatch) -> NDArray[np.uint32]:
        column = batch.column(self.column)
        names = column.dictionary.to_pylist()
        codes = [self.codes.setdefault(name, len(self.codes)) for name in names]
        if len(self.codes) > MOST_NAMES:
            msg = (
                f"Column {self.column!r} has more than {MOST_NAMES:,} names, which the "
                "compiled pass cannot hold. Use encode_log, which can."
            )
            raise JourneyError(msg)
        return np.array(codes, np.uint32)[ints_of(column.indices, np.int32)]


def read_events(file: Path) -> tuple[list[Part], dict[str, list[str]]]:
    """Read a file of events into ordered parts; the order of rows breaks ties.

    Parameters
    ----------
    file
        Parquet with `customer_id`, `agency` and `activity` (text) and `time_us`.

    Returns
    -------
    parts, names
        With codes in the order in which names were first seen.

    Raises
    ------
    JourneyError
        If a value is missing, or there are too many names.
    """
    names = [_Names(column) for column in CODED]
    deals = list(_deals(file, names))
    people = [numbered(deals, bucket) for bucket in range(BUCKETS)]
    none = np.empty(0, np.uint8)
    deals = [each._replace(names=none) for each in deals]  # gives memory back
    parts = [
        Part(*in_order(deals, bucket, *people[bucket])) for bucket in range(BUCKETS)
    ]
    return parts, {each.column: list(each.codes) for each in names}


def _deals(file: Path, names: list[_Names]) -> Iterator[Dealt]:
    """Deal the rows of a file to buckets, some at a time; learn the names."""
    with pq.ParquetFile(file, read_dictionary=list(CODED), pre_buffer=False) as parquet:
        rows, done = parquet.metadata.num_rows, 0
        times, codes = np.empty(rows, np.int64), np.empty(rows, np.uint32)
        for batch in parquet.iter_batches(
            ROWS_AT_ONCE, columns=["customer_id", "time_us", *CODED], use_threads=False
        ):
            _check_filled(batch)
            activity, agency = (each.coded(batch) for each in names)
            people = bytes_of(batch.column("customer_id"))
            when = ints_of(batch.column("time_us"), np.int64)
            here = slice(done, done + len(batch))
            room = times[here], codes[here]
            yield dealt(*people, when, activity << CODE_BITS | agency, room)
            done += len(batch)


def stored_part(file: Path, *, times: bool) -> Part:
    """Read a file of a store; without times, agencies are left out too."""
    wanted = ["seq", "activity", *(["agency", "time_us"] if times else [])]
    with pq.ParquetFile(file, pre_buffer=False) as parquet:
        return part_of(parquet.read(wanted, use_threads=False))


def part_of(rows: pa.Table) -> Part:
    """Return rows of a log, whole customers in order, as a part."""
    column = {name: _whole(rows[name]) for name in rows.column_names}
    activity, none = ints_of(column["activity"], np.int32), np.empty(0, np.int64)
    if "time_us" not in column:
        agency, times = activity, none
    else:
        agency = ints_of(column["agency"], np.int32)
        times = ints_of(column["time_us"], np.int64)
    starts, codes = _packed(ints_of(column["seq"], np.int32), activity, agency)
    return Part(starts, times, codes)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array; one that is so already is not copied."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


@compiled
def _packed(
    seq: NDArray[np.int32], activity: NDArray[np.int32], agency: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Return where customers begin and the last ends, and codes put together."""
    codes = np.empty(len(seq), np.uint32)
    starts = np.empty(len(seq) + 1, np.int64)
    many = 0
    for row in range(len(seq)):
        starts[many] = row
        many += seq[row] == 1
        codes[row] = np.uint32(activity[row]) << CODE_BITS | np.uint32(agency[row])
    starts[many] = len(seq)
    return starts[: many + 1].copy(), codes


def has_ties(part: Part) -> bool:
    """Say whether a customer has two events at one time."""
    same = part.times[1:] == part.times[:-1]
    same[part.starts[1:-1] - 1] = False
    return bool(same.any())


def ints_of(array: pa.Array, kind: type[Integer]) -> NDArray[Integer]:
    """Return the numbers of an Arrow array; none may be missing.

    They are copied only if they are of another kind.
    """
    array = array.cast(pa.from_numpy_dtype(kind))
    return np.frombuffer(array.buffers()[1], kind)[array.offset :][: len(array)]


def _check_filled(batch: pa.RecordBatch) -> None:
    empty = [name for name in batch.schema.names if batch.column(name).null_count]
    if empty:
        raise JourneyError(no_value(empty))
