"""OCEL 2.0 as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from journeys.errors import JourneyError
from journeys.readers.ocel import ObjectEvent, ObjectLog, flattened, read_whole

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

__all__ = ["read_ocel_json"]


class _Part(BaseModel):
    """Keys that are not read here are let pass."""

    model_config = ConfigDict(coerce_numbers_to_str=True)


class _Value(_Part):
    name: str
    value: Any


class _Relation(_Part):
    object_id: str = Field(alias="objectId")
    qualifier: str = ""


class _Event(_Part):
    id: str
    type: str
    time: str
    attributes: list[_Value] = []
    relationships: list[_Relation] = []


class _Object(_Part):
    id: str
    type: str
    relationships: list[_Relation] = []


class _Log(_Part):
    events: list[_Event]
    objects: list[_Object]


def read_ocel_json(path: Path, customer: str | None = None) -> pa.Table:
    """Return the events of an OCEL 2.0 file in JSON.

    Parameters
    ----------
    path
        The file, in UTF-8.
    customer
        See :func:`journeys.readers.ocel.flattened`, also for what is returned.

    Raises
    ------
    JourneyError
        If the file cannot be opened, is not JSON, is not OCEL 2.0, or names an object
        that it does not declare. No value of it is quoted.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> text = '{"objects": [{"id": "ann", "type": "person"}], "events": [{"id": "e1",'
    >>> text += '"type": "ask", "time": "2009-04-01T09:00:00Z", "relationships": ['
    >>> text += '{"objectId": "ann", "qualifier": "who asks"}]}]}'
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "small.jsonocel")
    ...     _ = path.write_text(text)
    ...     read_ocel_json(path)["ocel:type:person"].to_pylist()
    ['ann']
    """
    content = read_whole(path).removeprefix(b"\xef\xbb\xbf")
    try:
        read = _Log.model_validate_json(content)
    except ValidationError as wrong:
        raise JourneyError(_said(wrong, path, content)) from None
    log = ObjectLog(
        events=[
            ObjectEvent(
                id=each.id,
                type=each.type,
                time=each.time,
                values={
                    one.name: _text(one.value)
                    for one in each.attributes
                    if one.value is not None
                },
                related=[(one.object_id, one.qualifier) for one in each.relationships],
            )
            for each in read.events
        ],
        objects=[(each.id, each.type) for each in read.objects],
        links=[
            (each.id, one.object_id)
            for each in read.objects
            for one in each.relationships
        ],
    )
    return flattened(log, path, customer)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _said(wrong: ValidationError, path: Path, content: bytes) -> str:
    """Say the first fault by its place in the file, not by what stands there."""
    first = wrong.errors(include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return (
            f"{path.name} is not JSON in UTF-8, or is cut short. Export the log again."
        )
    if b'"ocel:global-log"' in content or b'"ocel:events"' in content:
        return (
            f"{path.name} is OCEL 1.0, which does not say what an object is to an "
            "event. Export the log as OCEL 2.0."
        )
    at = ".".join(map(str, first["loc"])) or "its outermost value"
    more = (
        f" ({wrong.error_count():,} faults in all)" if wrong.error_count() > 1 else ""
    )
    return (
        f"{path.name} is JSON but not an OCEL 2.0 log: {at}: "
        f"{first['msg'].lower()}{more}. Export the log as OCEL 2.0, or give it as CSV "
        "or Parquet."
    )
