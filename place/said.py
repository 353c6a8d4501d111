"""Say a fault that pydantic found the way the rest of the toolkit speaks."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final, get_args

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

__all__ = ["fault_said", "unknown_said"]

_UNION: Final = {"str", "int", "float"}  # steps that pydantic adds for `str | int`
_BLOCKS: Final = {"model_type", "dict_type", "dict_attributes_type"}


def unknown_said(where: str, seen: str, known: Iterable[str], what: str) -> str:
    """Say that there is no such key, and name the nearest known one.

    Examples
    --------
    >>> unknown_said("[place]", "nmae", ["name", "period"], "key")
    "[place]: there is no key 'nmae'. Did you mean 'name'?"
    """
    known = list(known)
    near = difflib.get_close_matches(seen.casefold(), known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
    return f"{where}: there is no {what} {seen!r}. {hint}"


def fault_said(fault: ErrorDetails, file: str, model: type[BaseModel]) -> str:
    """Say one fault of a settings file: where, what was seen, what to do.

    Parameters
    ----------
    fault
        One of `ValidationError.errors()`.
    file
        Name of the file that was read.
    model
        What the whole file was read as.
    """
    path = [str(step) for step in fault["loc"] if not isinstance(step, int)]
    if path[-1] in _UNION and path[2:]:
        path = path[:-1]
    block, key = ".".join(path[:-1]), path[-1]
    where = f"{file}: [{block}] {key}" if block else f"{file}: [{key}]"
    match fault["type"]:
        case "extra_forbidden":
            inside = f"{file}: [{block}]" if block else f"{file}: top level"
            return unknown_said(inside, key, _known_keys(path[:-1], model), "key")
        case "missing":
            return f"{where}: is missing. Add it."
        case "too_short" if fault["input"] == [] and block == "tables":
            return f"{where}: names no file. Write [tables.{key}] and file = '...'."
        case kind if kind in _BLOCKS:
            what = "should be a block of settings, such as file = '...'"
        case _:
            what = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {what} (seen: {fault['input']!r}). Correct it."


def _known_keys(path: list[str], model: type[BaseModel]) -> list[str]:
    for step in path:
        if step in model.model_fields:
            model = _block_of(model.model_fields[step].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _block_of(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type's own parts
    """Return the block of settings that a key holds: itself, or many by name."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_block_of(part) for part in get_args(annotation))
    return next((block for block in inner if block is not None), None)
