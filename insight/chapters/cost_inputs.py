"""What a place supplies to share its spend by, beside recorded use."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from insight.chapters.spend_lines import frame_of
from insight.errors import InsightError
from insight.spend import NOT_KNOWN
from insight.spend.beside import UNIVERSAL, Beside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from place import OpenPlace
    from segmentation import Segmentation

__all__ = ["SpendChoices", "beside_of"]


@dataclass(frozen=True, kw_only=True)
class SpendChoices:
    """How a place wants its spend shared, as `[spend]` says it.

    Parameters
    ----------
    keys
        COFOG code -> a column of `areas`, or two as "population * deprivation",
        added up over the areas of a segment.
    universal
        COFOG codes of services that stand open to all; with `None`, our own list.
    overheads
        COFOG codes that follow the direct costs of their body.
    collective_as
        Whether collective goods stand in a bucket, or are shared a head.
    """

    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    universal: Sequence[str] | None = None
    overheads: Sequence[str] = ()
    collective_as: Literal["bucket", "head count"] = "bucket"


def beside_of(
    opened: OpenPlace, found: Segmentation, choices: SpendChoices
) -> tuple[Beside, list[str]]:
    """Return what stands beside recorded use, and what limits it.

    Parameters
    ----------
    opened
        The place; `survey_use`, `service_costs` and `segment_totals` are read where
        it has them.
    found
        Its segmentation, which gives areas their segments.
    choices
        What `[spend]` says.

    Raises
    ------
    InsightError
        If a key names a column that `areas` lacks, or that is missing somewhere.
    """
    survey, notes = _survey(opened, found)
    beside = Beside(
        survey=survey,
        costs=frame_of(opened, "service_costs"),
        keys={code: _key(opened, found, key) for code, key in choices.keys.items()},
        known=frame_of(opened, "segment_totals"),
        universal=UNIVERSAL if choices.universal is None else choices.universal,
        overheads=choices.overheads,
        collective_as=choices.collective_as,
    )
    return beside, notes


def _survey(
    opened: OpenPlace, found: Segmentation
) -> tuple[pd.DataFrame | None, list[str]]:
    """Return answers by segment; those of an area count for its segment."""
    answers = frame_of(opened, "survey_use")
    if answers is None:
        return None, []
    of_area = answers["area_code"].map(found.segments.astype(str))
    answers["segment"] = answers["segment"].fillna(of_area).fillna(NOT_KNOWN)
    lost = int((answers["segment"] == NOT_KNOWN).sum())
    if not lost:
        return answers, []
    return answers, [
        f"{lost} rows of survey_use are of areas in no segment and count for none."
    ]


def _key(opened: OpenPlace, found: Segmentation, key: str) -> pd.Series[float]:
    """Add a column of areas, or the product of two, up by segment."""
    names = [name.strip() for name in key.split("*")]
    columns = [] if opened.areas is None else list(opened.areas.columns)
    absent = [name for name in names if name not in columns]
    if opened.areas is None or absent:
        msg = (
            f"[spend.keys] {key!r}: areas has no column {absent}. Name a column of "
            "areas, or two as 'population * deprivation'."
        )
        raise InsightError(msg)
    areas = opened.areas[names].reindex(found.segments.index).astype("float64")
    missing = int(areas.isna().any(axis=1).sum())
    if missing:
        msg = (
            f"[spend.keys] {key!r} is missing in {missing} of {len(areas)} areas. Use "
            "a key that is known in all."
        )
        raise InsightError(msg)
    weights: pd.Series[float] = areas.prod(axis=1).groupby(found.segments).sum()
    return weights.rename(key)
