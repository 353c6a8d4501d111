"""Times as files of events write them: ISO 8601, with an offset or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from journeys.errors import JourneyError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["timestamps"]


def timestamps(column: pa.ChunkedArray | pa.Array, name: str, path: Path) -> pa.Array:
    """Return ISO 8601 text as timestamps in microseconds.

    Parameters
    ----------
    column
        Text; missing stays missing.
    name, path
        Of the column and its file, for errors.

    Returns
    -------
    moments
        In UTC where all values have an offset, without a zone where none has.

    Raises
    ------
    JourneyError
        If a value is no date, or only some have an offset.

    Examples
    --------
    >>> import pathlib
    >>> one = pa.array(["2009-04-01T09:30:00+01:00"])
    >>> timestamps(one, "time", pathlib.Path("log.xes")).to_pylist()[0].hour
    8
    """
    text = column.to_pandas().str.strip()
    zoned = text.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", na=False)
    given = text.notna()
    try:
        found = pd.to_datetime(text, format="ISO8601", utc=True)
    except ValueError:
        sound = pd.to_datetime(text, format="ISO8601", utc=True, errors="coerce")
        msg = (
            f"{path.name} holds {int((given & sound.isna()).sum())} of "
            f"{int(given.sum())} dates in {name!r} that are none. Write them in ISO "
            "8601, as in 2009-04-01T09:30:00+01:00."
        )
        raise JourneyError(msg) from None  # the cause quotes a cell
    if (given & ~zoned).any() and zoned.any():
        msg = (
            f"{path.name} gives some dates in {name!r} with an offset and "
            f"{int((given & ~zoned).sum())} without. Give all of them an offset."
        )
        raise JourneyError(msg)
    zone = "UTC" if zoned.any() else None
    found = found if zone else found.dt.tz_localize(None)
    return pa.array(found, pa.timestamp("us", zone), from_pandas=True, safe=False)
