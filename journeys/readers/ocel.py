"""Events about several objects, flattened to the contacts of one kind of object.

An object-centric event log (OCEL 2.0) relates an event to any number of objects: a
family, its social worker, the agency, the case. A journey follows one kind of them,
the customer. An event of several customers becomes a row for each; what else it
relates to stays beside as columns.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from journeys.errors import JourneyError
from journeys.readers.dates import timestamps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

__all__ = ["DIRECT", "THROUGH", "ObjectEvent", "ObjectLog", "flattened", "read_whole"]

DIRECT: Final = "ocel:type:"
THROUGH: Final = "ocel:through:"
ALSO: Final = "ocel:also:"
TIME: Final = "ocel:timestamp"


@dataclass(frozen=True, kw_only=True)
class ObjectEvent:
    """An event: `related` pairs the objects with what each was to it."""

    id: str
    type: str
    time: str | None
    values: dict[str, str] = field(default_factory=dict)
    related: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, kw_only=True)
class ObjectLog:
    """A log: its events, `objects` with their types, and which are linked."""

    events: Sequence[ObjectEvent]
    objects: Sequence[tuple[str, str]]
    links: Sequence[tuple[str, str]] = ()


def read_whole(path: Path) -> bytes:
    """Return what a file holds.

    Raises
    ------
    JourneyError
        If it cannot be opened.
    """
    try:
        return path.read_bytes()
    except OSError as shut:
        msg = (
            f"{path.name} cannot be opened: {shut.strerror}. Check that the path "
            "names a file that you may read."
        )
        raise JourneyError(msg) from None


def flattened(log: ObjectLog, path: Path, customer: str | None = None) -> pa.Table:
    """Return one row for each event, or for each customer of each event.

    Parameters
    ----------
    log
        What a file holds.
    path
        The file, for errors.
    customer
        The column that will be the customer: "ocel:type:Family" is the objects of
        that type to which an event relates; "ocel:through:Family" is the same and,
        where an event relates to none, those linked to one of its objects. With
        `None`, events stay whole.

    Returns
    -------
    rows
        `ocel:eid`, `ocel:activity`, `ocel:timestamp`, the attributes of the event by
        name, and for each type of object `ocel:type:T`, the first object of that type
        by name, with `ocel:also:T` for the others, separated by ";". With `customer`,
        an event of several has a row for each: "/1", "/2" ... follow its `ocel:eid`,
        `ocel:customers` says how many there are, and `ocel:qualifier` what this one
        was to the event. A cost stands on every one of the rows. An event without a
        customer keeps a row, so that it is told and not lost.

    Raises
    ------
    JourneyError
        If there is no event, or an event or a link names an object that the log does
        not declare, or one object has two types.

    References
    ----------
    Berti, A., Koren, I., Adams, J. N. et al. (2024). OCEL (Object-Centric Event Log)
    2.0 Specification. https://www.ocel-standard.org/

    Examples
    --------
    >>> import pathlib
    >>> both = [("ann", "asks"), ("bob", "")]
    >>> visit = ObjectEvent(id="e1", type="visit", time=None, related=both)
    >>> log = ObjectLog(events=[visit], objects=[("ann", "person"), ("bob", "person")])
    >>> rows = flattened(log, pathlib.Path("x.json"), "ocel:type:person").to_pylist()
    >>> [(row["ocel:eid"], row["ocel:type:person"]) for row in rows]
    [('e1/1', 'ann'), ('e1/2', 'bob')]
    """
    kinds = _checked(log, path)
    near: dict[str, set[str]] = defaultdict(set)
    for one, other in log.links:
        near[one].add(other)
        near[other].add(one)
    if customer is not None and _kind(customer) not in kinds.values():
        customer = None  # whoever maps it is told that there is no such column
    rows = [row for each in log.events for row in _rows(each, kinds, near, customer)]
    known = [f"{DIRECT}{kind}" for kind in sorted(set(kinds.values()))]
    asked = [customer] if customer else []
    names = dict.fromkeys([*(name for row in rows for name in row), *known, *asked])
    table = pa.table(
        {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}
    )
    at = table.schema.get_field_index(TIME)
    return table.set_column(at, TIME, timestamps(table[TIME], TIME, path))


def _kind(customer: str) -> str:
    return customer.removeprefix(DIRECT).removeprefix(THROUGH)


def _checked(log: ObjectLog, path: Path) -> dict[str, str]:
    """Return the type of each object, or say why the log is none."""
    if not log.events:
        msg = f"{path.name} holds no event. Export the log again."
        raise JourneyError(msg)
    kinds = dict(log.objects)
    twice = sum(n > 1 for n in Counter(name for name, _ in set(log.objects)).values())
    dangling = sum(
        any(name not in kinds for name, _ in each.related) for each in log.events
    )
    loose = sum(one not in kinds or other not in kinds for one, other in log.links)
    undeclared = "name an object that the log does not declare"
    counts = {
        "objects have two types. Give each object one": twice,
        f"of {len(log.events):,} events {undeclared}. Export all its objects": dangling,
        f"links between objects {undeclared}. Export all its objects": loose,
    }
    faults = [f"{path.name}: {n:,} {said}." for said, n in counts.items() if n]
    if faults:
        raise JourneyError(*faults)
    return kinds


def _rows(
    event: ObjectEvent,
    kinds: dict[str, str],
    near: dict[str, set[str]],
    customer: str | None,
) -> Iterator[dict[str, str | None]]:
    qualifiers: dict[str, set[str]] = defaultdict(set)
    for name, qualifier in event.related:
        qualifiers[name].add(qualifier)
    row: dict[str, str | None] = dict(event.values)
    row |= {"ocel:eid": event.id, "ocel:activity": event.type, TIME: event.time}
    for name in sorted(qualifiers):
        _put(row, kinds[name], name)
    if customer is None:
        yield row
        return
    row.pop(f"{ALSO}{_kind(customer)}", None)
    owners = sorted(_owners(customer, qualifiers, kinds, near))
    for number, owner in enumerate(owners or [None], start=1):
        mark = f"/{number}" if owners[1:] else ""
        said = "; ".join(sorted(filter(None, qualifiers.get(owner or "", ()))))
        yield row | {
            "ocel:eid": f"{event.id}{mark}",
            customer: owner,
            "ocel:customers": str(len(owners)),
            "ocel:qualifier": said or None,
        }


def _put(row: dict[str, str | None], kind: str, name: str) -> None:
    if row.setdefault(f"{DIRECT}{kind}", name) != name:
        also = f"{ALSO}{kind}"
        row[also] = f"{row[also]}; {name}" if also in row else name


def _owners(
    customer: str,
    related: Iterable[str],
    kinds: dict[str, str],
    near: dict[str, set[str]],
) -> set[str]:
    """Return the customers of an event."""
    kind = _kind(customer)
    direct = {name for name in related if kinds[name] == kind}
    if direct or customer.startswith(DIRECT):
        return direct
    return {other for name in related for other in near[name] if kinds[other] == kind}
