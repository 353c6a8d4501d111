"""Which reader a file of events gets: by what its name ends in.

A file about several objects can be read only once it is known which of them is the
customer: the settings of the place say so, as the column that `customer_id` is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from journeys.errors import JourneyError
from journeys.readers.ocel import DIRECT, THROUGH
from journeys.readers.ocel_json import read_ocel_json
from journeys.readers.ocel_sqlite import read_ocel_sqlite
from journeys.readers.ocel_xml import read_ocel_xml
from journeys.readers.xes import read_xes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import pyarrow as pa

    from place.reading import Reader
    from place.settings import Source

__all__ = ["readers_of"]

OCEL: Final = {
    ".jsonocel": read_ocel_json,
    ".json": read_ocel_json,
    ".sqlite": read_ocel_sqlite,
    ".sqlite3": read_ocel_sqlite,
    ".xmlocel": read_ocel_xml,
}


def readers_of(sources: Iterable[Source]) -> dict[str, Reader]:
    """Return what reads each further kind of file of a place.

    Parameters
    ----------
    sources
        The files of the place's events. Of one in OCEL 2.0 the customer is the type
        of object to which `columns` maps `customer_id`, as in
        `customer_id = "ocel:type:Family"`, or "ocel:through:Family" to take also
        families that are linked to an object of the event.

    Returns
    -------
    readers
        Suffix, such as ".xes", to what reads such a file.

    Examples
    --------
    >>> from pathlib import Path
    >>> from place.settings import Source
    >>> sorted(readers_of([Source(file=Path("events.csv"))]))[:2]
    ['.json', '.jsonocel']
    """
    customers: dict[Path, set[str]] = {}
    for source in sources:
        name = source.columns.get("customer_id", "")
        if name.startswith((DIRECT, THROUGH)):
            customers.setdefault(source.file, set()).add(name)
    of_ocel: dict[str, Reader] = {
        suffix: _reader(read, customers) for suffix, read in OCEL.items()
    }
    return {".xes": read_xes, ".xes.gz": read_xes, **of_ocel}


def _reader(
    read: Callable[[Path, str | None], pa.Table], customers: dict[Path, set[str]]
) -> Reader:
    def reader(path: Path) -> pa.Table:
        asked = sorted(customers.get(path, ()))
        if asked[1:]:
            msg = (
                f"{path.name} is named with {len(asked)} kinds of customer, and a "
                "journey follows one. Choose one, or run a place for each."
            )
            raise JourneyError(msg)
        return read(path, *asked) if asked else read(path, None)

    return reader
