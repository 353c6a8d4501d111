"""Drawn maps: the steps that people told, in order, and the links between them.

A *map* is one journey as a family or a group told it; a *step* is one thing that
happened on it, told with who acted, for which agency, how it felt and what lay behind
it. Whatever breaks the contract of `journey_maps` is told and set aside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow as pa

from journeys.errors import JourneyError
from journeys.maps.links import resolved_links
from place.checking import check_frame
from place.columnar import open_table
from place.errors import PlaceError
from place.map_tables import journey_maps
from place.settings import Source
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from place.engine import Frame
    from place.rows import Opened

__all__ = ["MAPS", "DrawnMaps", "checked_steps", "listed", "maps_of"]

MAPS: Final = journey_maps(ACTIVITY_CLASSES)
TEXTS: Final = [column.name for column in MAPS.columns if column.kind == "text"]
ORDER: Final = r"^(?:f(?P<file>\d+))?r?(?P<row>\d+(?:\.\d+)?)$"
LAST: Final = float("inf")


@dataclass(frozen=True, kw_only=True)
class DrawnMaps:
    """Journey maps, checked and in order.

    Attributes
    ----------
    steps
        One row a step: the columns of the contract `journey_maps`; `step_id`, always
        there and unique within a map; `position` within the map, from 1; and `name`,
        what the step is called in graphs: its `activity`, or else its words. Ordered
        by the maps' names, numbers in them as numbers.
    links
        `map_id`, `source`, `target` (step ids) and `kind`: flow, referral or loop.
    faults
        What was wrong with what was given, a sentence each.
    """

    steps: pd.DataFrame
    links: pd.DataFrame
    faults: tuple[str, ...] = ()

    @property
    def n_maps(self) -> int:
        """How many maps there are."""
        return int(self.steps["map_id"].nunique())

    def __str__(self) -> str:
        """Say how many maps there are, and how they were told."""
        sources = self.steps.groupby("map_id")["source"].first().value_counts()
        told = [f"{count} from {name}" for name, count in sorted(sources.items())]
        unknown = self.n_maps - int(sources.sum())
        told += [f"{unknown} do not say how they were told"] if unknown else []
        agencies = self.steps["agency"].nunique()
        wrong = f"; {len(self.faults)} faults were found" if self.faults else ""
        return (
            f"{self.n_maps} drawn maps with {len(self.steps):,} steps of {agencies} "
            f"agencies ({'; '.join(told)}){wrong}."
        )


def maps_of(steps: Frame, *, faults: Sequence[str] = ()) -> DrawnMaps:
    """Check steps, put them in order, resolve their links, and return the maps.

    Parameters
    ----------
    steps
        One row a step, with the columns of the contract `journey_maps`. A journey is
        in the order of `step_order`; without it, of `stage_order` (where every step
        of a map has one), and then of the rows. A journey may come back to a stage
        only where `step_order` says so, or `stage_order` is left out.
    faults
        What was wrong before, to be told with the rest.

    Raises
    ------
    JourneyError
        If a required column is missing, or no step is left.

    Examples
    --------
    >>> told = {"map_id": "Family 1", "stage": "Asking", "actor": "Mother"}
    >>> rows = [{"step": "Rings", "agency": "Landlord", "links": "Asks again"}]
    >>> rows += [{"step": "Asks again", "agency": "Council", "emotion": 9}]
    >>> maps = maps_of(pd.DataFrame([told | row for row in rows]))
    >>> print(maps)
    1 drawn maps with 1 steps of 1 agencies (1 do not say how they were told); 2 \
faults were found.
    >>> maps.faults[0]
    'Row 2: emotion is over 2 (written like 9).'
    """
    table = steps
    if isinstance(steps, pd.DataFrame):
        table = pa.Table.from_pandas(steps, preserve_index=False)
    file = Path("frame")
    try:
        kept, broken = checked_steps(open_table(table, file), file)
    except PlaceError as found:
        raise JourneyError(*found.faults) from None
    said = [f"Row {row - 1}: {reason}." for row, reason in broken]
    return ordered_maps(kept, [*faults, *said])


def checked_steps(
    opened: Opened, file: Path
) -> tuple[pd.DataFrame, tuple[tuple[int, str], ...]]:
    """Hold the rows of one file against the contract.

    Returns
    -------
    kept, broken
        Rows that keep it, in the contract's columns; row number and reason of others.

    Raises
    ------
    PlaceError
        If the file cannot be read to its end or lacks a required column.
    """
    kept, checked = check_frame(MAPS, Source(file=file), opened)
    frame = kept.drop_columns("_row").to_pandas()
    return frame.astype(dict.fromkeys(TEXTS, "str")), checked.broken


def ordered_maps(steps: pd.DataFrame, faults: Sequence[str]) -> DrawnMaps:
    """Put checked steps in order and resolve their links."""
    if steps.empty:
        msg = "There is no step of a journey map. Give one row a step."
        raise JourneyError(*faults, msg)
    order = steps["step_order"].str.extract(ORDER).astype("float64").fillna({"file": 1})
    told = list(faults)
    odd = int(order["row"].isna().sum())
    if odd:
        told.append(
            f"{odd} steps have a step_order that is no number; they come last. Give a "
            "number."
        )
    is_row = steps["step_order"].str.contains("r", regex=False)
    staged = steps["stage_order"].notna() & is_row
    staged = staged.groupby(steps["map_id"]).transform("all")
    steps = steps.assign(
        _map=steps["map_id"].map(_naturally),
        _stage=steps["stage_order"].where(staged, 0),
        _file=order["file"],
        _row=order["row"].fillna(LAST),
    )
    by = ["_map", "_stage", "_file", "_row", "step"]
    steps = steps.sort_values(by, kind="stable", ignore_index=True)
    steps = steps.drop(columns=by[:-1])
    steps["position"] = steps.groupby("map_id", sort=False).cumcount() + 1
    steps["name"] = steps["activity"].fillna(steps["step"])
    steps, twice = _with_ids(steps)
    links, wrong = resolved_links(steps)
    return DrawnMaps(steps=steps, links=links, faults=(*told, *twice, *wrong))


def listed(values: pd.Series) -> pd.DataFrame:
    """Split a column at ";": `value`, with the index of its row, each once a row.

    Examples
    --------
    >>> listed(pd.Series(["debt; illness", None]))["value"].tolist()
    ['debt', 'illness']
    """
    parts = values.dropna().str.split(";").explode().str.strip()
    frame = parts[parts != ""].rename("value").to_frame()
    return frame.reset_index().drop_duplicates().set_index("index")


def _naturally(name: str) -> tuple[tuple[int, str], ...]:
    """Return a key by which "Family 2" comes before "Family 10"."""
    parts = re.split(r"(\d+)", name)
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)


def _with_ids(steps: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Name every step once within its map, and say which ids stood twice."""
    given = steps["step_id"].fillna(steps["step"])
    time = given.groupby([steps["map_id"], given]).cumcount() + 1
    again = steps[(time > 1) & steps["step_id"].notna()]
    faults = [
        f"Map {name!r}: several steps have the step_id {step!r}; links to it lead to "
        "the first. Give each step its own."
        for name, step in again[["map_id", "step_id"]]
        .drop_duplicates()
        .itertuples(index=False)
    ]
    numbered = given + " (" + time.astype("str") + ")"
    return steps.assign(step_id=given.where(time == 1, numbered)), faults
