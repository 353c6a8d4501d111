"""`place.toml`: what a place's files are, what their columns mean, what to do.

Every fault is found before anything runs, and named with the nearest known key.
"""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from pydantic import BaseModel, ValidationError

from place.errors import PlaceError
from place.settings import Place, Source
from place.tables import CONTRACTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

__all__ = ["Place", "Source", "read_place"]

_UNION: Final = {"str", "int", "float"}  # steps that pydantic adds for `str | int`
_BLOCKS: Final = {"model_type", "dict_type", "dict_attributes_type"}


def read_place(file: Path) -> Place:
    r"""Read and check a `place.toml`.

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

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "place.toml")
    ...     _ = file.write_text('[place]\nname = "Leicester"\ntimezone = "UTC"')
    ...     read_place(file)
    Traceback (most recent call last):
    place.errors.PlaceError: place.toml: [place]: there is no key 'timezone'. ...
    """
    file = Path(file)
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
    for key, given in _further_files(place).items():
        faults += _file_faults(key, given)
    if faults:
        raise PlaceError(*dict.fromkeys(faults))
    return place


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        msg = f"{file}: there is no such file. `totalplace init DIR` makes one to fill."
        raise PlaceError(msg) from None
    except OSError as shut:
        msg = f"{file}: cannot be opened ({shut.strerror}). Check that you may read it."
        raise PlaceError(msg) from None
    except UnicodeDecodeError as other:
        line = other.object[: other.start].count(b"\n") + 1
        msg = f"{file}: is not text in UTF-8 (line {line}). Save it as UTF-8."
        raise PlaceError(msg) from None
    except tomllib.TOMLDecodeError as wrong:
        hint = ' In "quotes" a \\ is written twice, or as /.' * ("\\" in str(wrong))
        msg = f"{file}: cannot be read as TOML: {wrong}.{hint} Correct that line."
        raise PlaceError(msg) from None


def _rooted(place: Place, folder: Path) -> Place:
    tables = {
        name: [
            source.model_copy(update={"file": _in_folder(folder, source.file)})
            for source in sources
        ]
        for name, sources in place.tables.items()
    }
    changes: dict[str, object] = {"tables": tables}
    for key, given in _further_files(place).items():
        block, name = key.split(".")
        options: Any = changes.get(block, getattr(place, block))
        changes[block] = options.model_copy(update={name: _in_folder(folder, given)})
    return place.model_copy(update=changes)


def _further_files(place: Place) -> dict[str, Path]:
    """Return the files that settings name besides tables, by block and key."""
    given = {
        "journeys.rules": place.journeys.rules,
        "segments.model": place.segments.model,
        "segments.previous": place.segments.previous,
    }
    return {key: file for key, file in given.items() if file is not None}


def _in_folder(folder: Path, file: Path) -> Path:
    try:
        return folder / file.expanduser()
    except RuntimeError:  # a home folder of nobody here
        return folder / file


def _file_faults(key: str, file: Path) -> Iterator[str]:
    where = f"[{key}] file"
    try:
        if file.is_dir():
            yield f"{where}: {file} is a folder. Name one file in it."
        elif not file.exists():
            beside = [other.name for other in file.parent.glob("*")]
            near = difflib.get_close_matches(file.name, beside, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else "Correct the path."
            yield f"{where}: there is no file {file}. {hint}"
        elif file.stat().st_size == 0:
            yield f"{where}: {file} is empty (0 bytes). Export it again."
    except OSError as shut:
        yield f"{where}: {file} cannot be opened ({shut.strerror}). Correct the path."


def _table_faults(place: Place) -> Iterator[str]:
    for name, sources in place.tables.items():
        if name not in CONTRACTS:
            yield _unknown(f"[tables.{name}]", name, list(CONTRACTS), "table")
            continue
        known = [column.name for column in CONTRACTS[name].columns]
        for at, source in enumerate(sources):
            for block in ("columns", "constants"):
                given: dict[str, Any] = getattr(source, block)
                for key in given:
                    if key not in known:
                        where = f"[tables.{name}] {block}"
                        yield _unknown(where, key, known, "column")
            if source in sources[:at]:
                yield (
                    f"[tables.{name}]: {source.file.name} stands there twice with the "
                    "same settings, and would count twice. Take one block away."
                )


def _unknown(where: str, seen: str, known: list[str], what: str) -> str:
    near = difflib.get_close_matches(seen.casefold(), known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
    return f"{where}: there is no {what} {seen!r}. {hint}"


def _sentence(fault: ErrorDetails, file: str) -> str:
    """Say a pydantic fault the way the rest of the toolkit speaks."""
    path = [str(step) for step in fault["loc"] if not isinstance(step, int)]
    if path[-1] in _UNION and path[2:]:
        path = path[:-1]
    block, key = ".".join(path[:-1]), path[-1]
    where = f"{file}: [{block}] {key}" if block else f"{file}: [{key}]"
    match fault["type"]:
        case "extra_forbidden":
            inside = f"[{block}]" if block else "top level"
            return f"{file}: {_unknown(inside, key, _known_keys(path[:-1]), 'key')}"
        case "missing":
            return f"{where}: is missing. Add it."
        case "too_short" if fault["input"] == []:
            return f"{where}: names no file. Write [tables.{key}] and file = '...'."
        case kind if kind in _BLOCKS:
            what = "should be a block of settings, such as file = '...'"
        case _:
            what = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {what} (seen: {fault['input']!r}). Correct it."


def _known_keys(path: list[str]) -> list[str]:
    model: type[BaseModel] = Place
    for step in path:
        if step in model.model_fields:
            model = _block_of(model.model_fields[step].annotation) or model
    return list(model.model_fields)


def _block_of(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type's own parts
    """Return the block of settings that a key holds: itself, or many by name."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_block_of(part) for part in get_args(annotation))
    return next((block for block in inner if block is not None), None)
