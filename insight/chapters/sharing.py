"""One segmentation for all agencies: the model that is written, and how to apply it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from insight.chapters.chapter import Chapter
from insight.chapters.finding import model_file
from insight.release.models import write_model
from insight.report import Section, Text
from segmentation import SegmentError
from segmentation.errors import few
from segmentation.share.model import Made
from segmentation.share.sharing import shared_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.release import Door
    from insight.report import Block
    from place import OpenPlace
    from segmentation import Segmentation
    from segmentation.share.model import SharedModel

__all__ = ["sharing_chapter"]

TITLE: Final = "One segmentation for every agency"
OF_ONE_AREA: Final = (
    "the segments rest on how many residents use {}. The range and the deciles of such "
    "a rate are those of single areas, and times the residents of an area they are a "
    "count of customers, which may be small. Find segments without [segments.use] to "
    "hand them on, or agree on ranges: `totalplace federate plan`."
)


def sharing_chapter(
    opened: OpenPlace, found: Segmentation, names: Mapping[str, str], door: Door
) -> Chapter:
    """Write `segments.json`, and say what is in it and how another agency applies it.

    Parameters
    ----------
    opened
        The place; its `[segments]` and the names of its files go into the model.
    found
        Segments of its areas.
    names
        Code -> name, as the report has it.
    door
        Writes the model beside the report.
    """
    try:
        model = _model(opened, found, names, door)
    except SegmentError as cannot:
        said = f"No segments.json was written: {cannot}"
        return Chapter(
            section=Section("share", TITLE, said, [Text([said], tone="caution")]),
            sentences=[said],
        )
    file = write_model(door, model)
    lead = (
        f"Any agency can put its own records into these segments with `{file.name}` "
        "and get the same answer. The file holds no record of anybody."
    )
    return Chapter(
        section=Section("share", TITLE, lead, _said(model, file.name)),
        sentences=[lead.replace("`", "")],
    )


def _model(
    opened: OpenPlace, found: Segmentation, names: Mapping[str, str], door: Door
) -> SharedModel:
    """Return the segments as a model: the one that the place was given, or its own."""
    given = opened.place.segments.model
    if found.pipeline is None and given is not None:
        return model_file(given)
    used = [name for name in opened.place.segments.use if name in found.rates]
    if used and door.rule.name != "none":
        raise SegmentError(OF_ONE_AREA.format(few(used)))
    made = Made(
        place=door.place,
        when=datetime.now(UTC).isoformat(timespec="seconds"),
        sources=tuple(one.file for one in opened.checked.get("areas", ())),
    )
    return shared_model(found, made=made, names=names, synthetic=door.synthetic)


def _said(model: SharedModel, file: str) -> list[Block]:
    dropped = len(model.dropped)
    left = f" ({dropped} were left out, with the reason)" if dropped else ""
    sealed = "Only names of segments may be changed by hand: a checksum shows the rest."
    inside = (
        f"In it: {len(model.variables)} variables with the columns they are made of"
        f"{left}, how each is bent and scaled, {len(model.leaves)} centres, and the "
        "deciles of each variable, by which to see later that the place has changed."
    )
    apply = (
        f"To apply it: `totalplace assign {file} YOUR_TABLE`, where the table has the "
        "same columns, one row an area or a person."
    )
    query = (
        f"Without this toolkit: `totalplace assign {file} --sql` prints one query that "
        "gives the same segments in DuckDB or Spark."
    )
    together = (
        "To fit segments with other agencies and hand over no record: `totalplace "
        "federate plan`."
    )
    return [
        Text([], [apply, query, together]),
        Text([f"{model} {sealed}", inside], tone="method"),
    ]
