"""Read journey maps from files: a table with one row a step, or TOML.

As TOML a map is written as a person would: a block `[map]` that says whose it is and
how it was told, a `[[stage]]` after another, each with its `[[stage.step]]`, and
`[[link]]` where one step leads to another.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from journeys.errors import JourneyError
from journeys.maps.steps import MAPS, checked_steps, ordered_maps
from place.columnar import open_table
from place.errors import PlaceError
from place.reading import open_rows
from place.said import fault_said
from place.settings import Source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from journeys.maps.steps import DrawnMaps
    from place.rows import Opened

__all__ = ["read_maps"]

OF_MAP: Final = ("map_id", "persona", "segment", "scope", "evidence_date", "source")
OF_STAGE: Final = ("stage", "stage_order", "step_order")
Written = str | int | float | dt.date | list[str] | None
FORBID: Final = ConfigDict(extra="forbid")


def _block(name: str, columns: Iterable[str]) -> type[BaseModel]:
    """Return the model of a block that may hold these columns of the contract."""
    fields: dict[str, Any] = dict.fromkeys(columns, (Written, None))
    return create_model(name, __config__=FORBID, **fields)


MapBlock = _block("MapBlock", OF_MAP)
StepBlock = _block(
    "StepBlock",
    [one.name for one in MAPS.columns if one.name not in (*OF_MAP, *OF_STAGE)],
)


class StageBlock(BaseModel):
    """`[[stage]]`: its name, and its steps in order."""

    model_config = FORBID

    name: str = Field(min_length=1)
    step: list[StepBlock]  # type: ignore[valid-type]


class LinkBlock(BaseModel):
    """`[[link]]`: from one step to another, by step_id or by words."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    source: str = Field(alias="from")
    target: str = Field(alias="to")
    kind: str = "flow"


class MapFile(BaseModel):
    """A whole file of one map."""

    model_config = FORBID

    map: MapBlock  # type: ignore[valid-type]
    stage: list[StageBlock]
    link: list[LinkBlock] = []


def read_maps(files: Iterable[Path]) -> DrawnMaps:
    r"""Read maps from files and check them; see :func:`journeys.maps.steps.maps_of`.

    Parameters
    ----------
    files
        CSV, Excel or Parquet with one row a step, or TOML with one map.

    Returns
    -------
    maps
        Rows that break the contract are set aside and told under `faults`, with file
        and row (for TOML, the number of the step).

    Raises
    ------
    JourneyError
        If a file cannot be read as such, or no step is left.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> text = '[map]\nmap_id = "Family 1"\nsource = "interview"\n[[stage]]\n'
    >>> text += 'name = "Asking"\n[[stage.step]]\nstep = "Rings the landlord"\n'
    >>> text += 'actor = "Mother"\nagency = "Housing Association"\nemotion = -1\n'
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "family.toml")
    ...     _ = file.write_text(text, encoding="utf-8")
    ...     print(read_maps([file]))
    1 drawn maps with 1 steps of 1 agencies (1 from interview).
    """
    kept: list[pd.DataFrame] = []
    faults: list[str] = []
    for number, file in enumerate(files, start=1):
        is_toml = file.suffix.lower() == ".toml"
        try:
            opened = _open_toml(file) if is_toml else open_rows(Source(file=file))
            frame, broken = checked_steps(opened, file)
        except PlaceError as found:
            raise JourneyError(*found.faults) from None
        rows = frame["step_order"].str.replace("^r", f"f{number}r", regex=True)
        faults += _told_before(frame, kept, file)
        kept.append(frame.assign(step_order=rows))
        faults += _unknown(opened, file)
        what, before = ("step", 1) if is_toml else ("row", 0)
        faults += [
            f"{file.name}, {what} {row - before}: {reason}." for row, reason in broken
        ]
    if not kept:
        msg = "No file of journey maps was named. Name one or more."
        raise JourneyError(msg)
    return ordered_maps(pd.concat(kept, ignore_index=True), faults)


def _told_before(
    frame: pd.DataFrame, kept: list[pd.DataFrame], file: Path
) -> list[str]:
    """Say which maps of a file were in an earlier one too, so that steps may double."""
    earlier = {name for each in kept for name in each["map_id"]}
    return [
        f"{file.name}: map {name!r} is in an earlier file too, and their steps are put "
        "together. Leave one file out, or give the map another map_id."
        for name in frame["map_id"].unique()
        if name in earlier
    ]


def _unknown(opened: Opened, file: Path) -> list[str]:
    """Say which columns of a file no map has, and which was likely meant."""
    known = [column.name for column in MAPS.columns]
    loosely = {name.strip().casefold().replace(" ", "_") for name in known}
    faults = []
    for name in opened.columns:
        said = name.strip().casefold().replace(" ", "_").replace("-", "_")
        if said in loosely:
            continue
        near = get_close_matches(said, known, 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        faults.append(f"{file.name}: the column {name!r} is not known to maps.{hint}")
    return faults


def _open_toml(file: Path) -> Opened:
    """Turn a map written as TOML into rows, one a step."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        found = MapFile.model_validate(content).model_dump()
    except OSError as shut:
        msg = f"{file.name}: cannot be opened ({shut.strerror}). Check its path."
        raise JourneyError(msg) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        what = "is not text in UTF-8"
        if isinstance(wrong, tomllib.TOMLDecodeError):
            what = f"cannot be read as TOML ({wrong})"
        msg = f"{file.name}: {what}. Correct it and save it as UTF-8."
        raise JourneyError(msg) from None
    except ValidationError as wrong:
        faults = [fault_said(one, file.name, MapFile) for one in wrong.errors()]
        raise JourneyError(*dict.fromkeys(faults)) from None
    return open_table(_rows(found, file), file)


def _rows(found: dict[str, Any], file: Path) -> pa.Table:
    rows = []
    for at, stage in enumerate(found["stage"], start=1):
        ours = {**found["map"], "stage": stage["name"], "stage_order": at}
        rows += [ours | step for step in stage["step"]]
    _link(rows, found["link"], file)
    names = [one.name for one in MAPS.columns if one.name != "step_order"]
    cells = {name: [_text(row.get(name)) for row in rows] for name in names}
    return pa.table({name: pa.array(own, pa.string()) for name, own in cells.items()})


def _link(rows: list[dict[str, Any]], links: list[dict[str, str]], file: Path) -> None:
    """Write the links of a map beside the steps that they start from."""
    for link in links:
        keys = ("step_id", "step")
        at = next(
            (row for key in keys for row in rows if row.get(key) == link["source"]),
            None,
        )
        if at is None:
            msg = (
                f"{file.name}: a [[link]] starts from {link['source']!r}, which is no "
                "step of the map. Name a step_id or the words of a step."
            )
            raise JourneyError(msg)
        more = f"{link['target']}|{link['kind']}"
        at["links"] = "; ".join(filter(None, [_text(at.get("links")), more]))


def _text(value: Written) -> str | None:
    if value is None:
        return None
    return ";".join(value) if isinstance(value, list) else str(value)
