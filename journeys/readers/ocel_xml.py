"""OCEL 2.0 as XML, parsed as a stream; a document type is refused, as in XES."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

from journeys.errors import JourneyError
from journeys.readers.ocel import ObjectEvent, ObjectLog, flattened, read_whole
from journeys.readers.xes import NotXesError, refuse_doctype

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

__all__ = ["read_ocel_xml"]


class _Reader:
    """What to do at each tag; `path` is where in the file the parser stands."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.events: list[ObjectEvent] = []
        self.objects: list[tuple[str, str]] = []
        self.links: list[tuple[str, str]] = []
        self.now: dict[str, str] = {}
        self.related: list[tuple[str, str]] = []
        self.values: dict[str, str] = {}
        self.named, self.text = "", ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.path and tag != "log":
            msg = f"its outermost tag is <{tag}>, where an OCEL file has <log>"
            raise NotXesError(msg)
        self.path.append(tag)
        match tag:
            case "event" | "object":
                if not {"id", "type"} <= attributes.keys():
                    msg = f"an <{tag}> has no id or no type"
                    raise NotXesError(msg)
                self.now, self.related, self.values = attributes, [], {}
            case "relationship":
                other = attributes.get("object-id", "")
                self.related.append((other, attributes.get("qualifier", "")))
            case "attribute":
                self.named, self.text = attributes.get("name", ""), ""

    def said(self, text: str) -> None:
        self.text += text

    def end(self, tag: str) -> None:
        del self.path[-1]
        match tag, self.path[-1:]:
            case "attribute", _ if "event" in self.path:
                self.values[self.named] = self.text.strip()
            case "event", ["events"]:
                self.events.append(
                    ObjectEvent(
                        id=self.now["id"],
                        type=self.now["type"],
                        time=self.now.get("time"),
                        values={
                            name: each for name, each in self.values.items() if each
                        },
                        related=self.related,
                    )
                )
            case "object", ["objects"]:
                self.objects.append((self.now["id"], self.now["type"]))
                self.links += [(self.now["id"], other) for other, _ in self.related]


def read_ocel_xml(path: Path, customer: str | None = None) -> pa.Table:
    """Return the events of an OCEL 2.0 file in XML.

    Parameters
    ----------
    path
        The file.
    customer
        See :func:`journeys.readers.ocel.flattened`, also for what is returned.

    Raises
    ------
    JourneyError
        If the file cannot be opened, is not OCEL 2.0 in XML, declares a document
        type, or names an object that it does not declare.

    References
    ----------
    https://www.ocel-standard.org/specification/formats/xml/

    Examples
    --------
    >>> import pathlib, tempfile
    >>> text = '<log><objects><object id="ann" type="person"/></objects><events>'
    >>> text += '<event id="e1" type="ask" time="2009-04-01T09:00:00Z"><objects>'
    >>> text += '<relationship object-id="ann"/></objects></event></events></log>'
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "small.xmlocel")
    ...     _ = path.write_text(text)
    ...     read_ocel_xml(path)["ocel:type:person"].to_pylist()
    ['ann']
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.said
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        parser.Parse(read_whole(path), True)  # noqa: FBT003 - expat takes it by position
    except (expat.ExpatError, NotXesError) as broken:
        msg = f"{path.name} is not an OCEL 2.0 file: {broken}. Export the log again."
        raise JourneyError(msg) from None
    log = ObjectLog(events=reader.events, objects=reader.objects, links=reader.links)
    return flattened(log, path, customer)
