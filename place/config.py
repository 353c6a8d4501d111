"""`place.toml`: what a place's files are, what their columns mean, what to do.

Every fault is found before anything runs, and named with the nearest known key.
"""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path  # noqa: TC003 - pydantic reads it at run time
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from place.errors import PlaceError
from place.tables import CONTRACTS

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Place", "Source", "read_place"]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        msg = f"no time zone is called {name!r}; write one such as 'Europe/London'"
        raise ValueError(msg) from unknown
    return name


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


TimeZone = Annotated[str, AfterValidator(_known_zone)]


class Options(BaseModel):
    """A block of settings: unknown keys are errors, nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class About(Options):
    """`[place]`: what the place is called, and how far to believe its data."""

    name: str = Field(min_length=1)
    synthetic: bool = False
    period: str | None = None
    time_zone: TimeZone | None = None


class EngineOptions(Options):
    """`[engine]`: where relational work runs, and how much it may take."""

    backend: Literal["duckdb", "spark"] = "duckdb"
    memory: str | None = Field(default=None, pattern=r"^\d+(\.\d+)? ?[KMGT]i?B$")
    threads: int | None = Field(default=None, ge=1)


class Source(Options):
    """`[tables.NAME]`: one file, and how its columns answer to the contract."""

    file: Path
    columns: dict[str, str] = {}
    constants: dict[str, str | int | float] = {}
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    sheet: str | None = None
    time_zone: TimeZone | None = None
    time_format: str | None = None
    crs: str | None = None


class SegmentOptions(Options):
    """`[segments]`: what makes areas alike, and how many segments to find."""

    k: int = Field(default=8, ge=2)
    seed: int = Field(default=0, ge=0)
    restarts: int = Field(default=50, ge=1)
    transform: Literal["asinh", "log", "none"] = "asinh"
    scale: Literal["range", "z", "interdecile"] = "range"
    compare: str | None = None
    names: dict[str, str] = {}
    variables: dict[str, str] = {}


class JourneyOptions(Options):
    """`[journeys]`: what activities mean, and which rules find duplication."""

    classes: dict[str, str] = {}
    rules: Path | None = None


class SpendOptions(Options):
    """`[spend]`: which service's use explains which budget."""

    services: dict[str, str] = {}
    collective: list[str] | None = None


class EvidenceOptions(Options):
    """`[evidence]`: which flags to hold against insight maturity."""

    colour: Literal["red", "green"] = "red"


class ReleaseOptions(Options):
    """`[release]`: the small-number rule for every figure about people."""

    rule: Literal["nhs_1_7_round5", "threshold10", "threshold5", "none"] = (
        "nhs_1_7_round5"
    )


class Place(Options):
    """A whole `place.toml`, checked, with its paths made absolute."""

    place: About
    engine: EngineOptions = EngineOptions()
    tables: dict[str, Annotated[list[Source], BeforeValidator(_listed)]] = {}
    segments: SegmentOptions = SegmentOptions()
    journeys: JourneyOptions = JourneyOptions()
    spend: SpendOptions = SpendOptions()
    evidence: EvidenceOptions = EvidenceOptions()
    release: ReleaseOptions = ReleaseOptions()


def read_place(file: Path) -> Place:
    """Read and check a `place.toml`.

    Parameters
    ----------
    file
        The file, or the folder that holds it. Paths in it count from there.

    Returns
    -------
    place
        Typed settings; file paths are absolute.

    Raises
    ------
    PlaceError
        With every fault: not TOML, unknown or missing keys, wrong types, unknown
        tables or columns, files that are absent, empty or folders.
    """
    file = file / "place.toml" if file.is_dir() else file
    content = _toml(file)
    try:
        place = Place.model_validate(content)
    except ValidationError as found:
        sentences = [_sentence(fault, file.name) for fault in found.errors()]
        raise PlaceError(*dict.fromkeys(sentences)) from None
    place = _rooted(place, file.resolve().parent)
    faults = [
        *_table_faults(place),
        *(
            fault
            for name, sources in place.tables.items()
            for source in sources
            for fault in _file_faults(f"tables.{name}", source.file)
        ),
    ]
    if place.journeys.rules is not None:
        faults += _file_faults("journeys.rules", place.journeys.rules)
    if faults:
        raise PlaceError(*faults)
    return place


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as absent:
        msg = f"{file}: there is no such file. `totalplace init DIR` makes one to fill."
        raise PlaceError(msg) from absent
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as unreadable:
        msg = (
            f"{file}: cannot be read as TOML in UTF-8: {unreadable}. Correct the file."
        )
        raise PlaceError(msg) from unreadable


def _rooted(place: Place, folder: Path) -> Place:
    tables = {
        name: [
            source.model_copy(update={"file": folder / source.file.expanduser()})
            for source in sources
        ]
        for name, sources in place.tables.items()
    }
    changes: dict[str, object] = {"tables": tables}
    if place.journeys.rules is not None:
        rules = folder / place.journeys.rules.expanduser()
        changes["journeys"] = place.journeys.model_copy(update={"rules": rules})
    return place.model_copy(update=changes)


def _file_faults(key: str, file: Path) -> list[str]:
    if file.is_dir():
        return [f"[{key}] file: {file} is a folder. Name one file in it."]
    if not file.exists():
        near = difflib.get_close_matches(
            file.name, [other.name for other in file.parent.glob("*")], n=1
        )
        hint = f" Did you mean {near[0]!r}?" if near else " Correct the path."
        return [f"[{key}] file: there is no file {file}.{hint}"]
    if file.stat().st_size == 0:
        return [f"[{key}] file: {file} is empty (0 bytes). Export it again."]
    return []


def _table_faults(place: Place) -> list[str]:
    faults = []
    for name, sources in place.tables.items():
        if name not in CONTRACTS:
            faults.append(_unknown(f"[tables.{name}]", name, list(CONTRACTS), "table"))
            continue
        known = [column.name for column in CONTRACTS[name].columns]
        for source in sources:
            for block in ("columns", "constants"):
                given: dict[str, Any] = getattr(source, block)
                faults += [
                    _unknown(f"[tables.{name}] {block}", key, known, "column")
                    for key in given
                    if key not in known
                ]
    return faults


def _unknown(where: str, seen: str, known: list[str], what: str) -> str:
    near = difflib.get_close_matches(seen, known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
    return f"{where}: there is no {what} {seen!r}. {hint}"


def _sentence(fault: ErrorDetails, file: str) -> str:
    """Say a pydantic fault the way the rest of the toolkit speaks."""
    path = [str(step) for step in fault["loc"] if not isinstance(step, int)]
    where = f"{file}: [{'.'.join(path[:-1])}] {path[-1]}" if path[1:] else path[0]
    if fault["type"] == "extra_forbidden":
        return f"{file}: " + _unknown(
            f"[{'.'.join(path[:-1])}]" if path[1:] else "top level",
            path[-1],
            _known_keys(path[:-1]),
            "key",
        )
    if fault["type"] == "missing":
        return f"{where}: is missing. Add it."
    return f"{where}: {fault['msg']} (seen: {fault['input']!r}). Correct it."


def _known_keys(path: list[str]) -> list[str]:
    model: type[BaseModel] = Place
    for step in path:
        if path[0] == "tables":
            model = Source
            break
        inner = model.model_fields[step].annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
    return list(model.model_fields)
