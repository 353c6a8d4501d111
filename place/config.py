"""`place.toml`: what a place's files are, what their columns mean, what to do.

Every fault is found before anything runs, and named with the nearest known key.
"""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from place.errors import PlaceError
from place.said import fault_said, unknown_said
from place.settings import Place, Source
from place.tables import CONTRACTS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Place", "Source", "read_place"]

STORE: Final = "journeys.store"  # the one path that is a folder


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
        sentences = [fault_said(fault, file.name, Place) for fault in found.errors()]
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
    for key, given in _further_paths(place).items():
        faults += _store_faults(given) if key == STORE else _file_faults(key, given)
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
    for key, given in _further_paths(place).items():
        block, name = key.split(".")
        options: Any = changes.get(block, getattr(place, block))
        changes[block] = options.model_copy(update={name: _in_folder(folder, given)})
    return place.model_copy(update=changes)


def _further_paths(place: Place) -> dict[str, Path]:
    """Return the paths that settings name besides tables, by block and key."""
    given = {
        "journeys.rules": place.journeys.rules,
        STORE: place.journeys.store,
        "segments.model": place.segments.model,
        "segments.previous": place.segments.previous,
    }
    return {key: path for key, path in given.items() if path is not None}


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


def _store_faults(folder: Path) -> Iterator[str]:
    if not folder.is_dir():
        yield (
            f"[journeys] store: there is no folder {folder}. `totalplace encode` "
            "writes one, or take the line away to read the events again."
        )


def _table_faults(place: Place) -> Iterator[str]:
    for name, sources in place.tables.items():
        if name not in CONTRACTS:
            yield unknown_said(f"[tables.{name}]", name, list(CONTRACTS), "table")
            continue
        known = [column.name for column in CONTRACTS[name].columns]
        for at, source in enumerate(sources):
            for block in ("columns", "constants"):
                given: dict[str, Any] = getattr(source, block)
                for key in given:
                    if key not in known:
                        where = f"[tables.{name}] {block}"
                        yield unknown_said(where, key, known, "column")
            if source in sources[:at]:
                yield (
                    f"[tables.{name}]: {source.file.name} stands there twice with the "
                    "same settings, and would count twice. Take one block away."
                )
