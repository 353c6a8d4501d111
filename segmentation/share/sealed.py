"""Texts that pass between agencies: readable, versioned, and sealed by a checksum.

A file that was cut short, mended by hand or written by a later version is an error
that says so: nothing is taken from it. Names of segments are not sealed, since they
decide nothing and are the analyst's to change.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from segmentation.errors import SegmentError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Written", "digest", "faults_of", "read_sealed", "seal", "sealed_text"]

SCHEMA: Final = 1
CHECKSUM: Final = "checksum"
NOT_SEALED: Final = frozenset({"names"})
FLAT_LIST: Final = re.compile(r"\[\n([^\[\]{}]*)\n\s*\]")


class Written(BaseModel):
    """What may stand in a file: unknown keys and endless numbers are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Kind = TypeVar("Kind", bound=Written)


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes, and say that it is one.

    Examples
    --------
    >>> digest(b"")[:19]
    'sha256:e3b0c44298fc'
    """
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def seal(written: Written) -> str:
    """Return the checksum of all but names, the same however the text is laid out."""
    content = written.model_dump(
        mode="json", exclude_none=True, exclude=set(NOT_SEALED)
    )
    canonical = json.dumps(
        content, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return digest(canonical.encode())


def sealed_text(written: Written) -> str:
    """Return what a file should hold: readable JSON, with its checksum at the end."""
    content = written.model_dump(mode="json", exclude_none=True)
    content[CHECKSUM] = seal(written)
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    return FLAT_LIST.sub(_on_one_line, text) + "\n"


def _on_one_line(found: re.Match[str]) -> str:
    return "[" + " ".join(line.strip() for line in found[1].splitlines()) + "]"


def read_sealed(text: str, kind: type[Kind], what: str) -> Kind:
    """Read a sealed text.

    Parameters
    ----------
    text
        Of the whole file.
    kind
        What it should hold.
    what
        What to call it in an error, such as "segments.json".

    Raises
    ------
    SegmentError
        If it is no JSON or was cut short, holds NaN or a key twice, is of another
        kind or of a version that is not known, lacks a key or has a strange one, or
        was changed after it was sealed.
    """
    content = _parsed(text, what)
    version = content.get("schema_version")
    if content.get("format") != kind.model_fields["format"].default:
        msg = (
            f"{what} says that it is {content.get('format')!r}, and should be "
            f"{kind.model_fields['format'].default!r}. Give the right file."
        )
        raise SegmentError(msg)
    if version != SCHEMA:
        msg = (
            f"{what} is of schema version {version!r}; this totalplace reads version "
            f"{SCHEMA}. Use the totalplace that wrote it, or have it written again."
        )
        raise SegmentError(msg)
    stated = content.pop(CHECKSUM, None)
    try:
        written = kind.model_validate(content)
    except ValidationError as wrong:
        msg = (
            f"{what} cannot be read as {kind.model_fields['format'].default}: "
            f"{faults_of(wrong)}. Ask its maker for a fresh copy."
        )
        raise SegmentError(msg) from None
    if stated != seal(written):
        seen = "has no checksum" if stated is None else "does not match its checksum"
        msg = (
            f"{what} {seen}: it was changed after it was made, or damaged on its way. "
            "Only `names` may be changed by hand. Ask its maker for a fresh copy."
        )
        raise SegmentError(msg)
    return written


def _parsed(text: str, what: str) -> dict[str, Any]:
    try:
        content = json.loads(
            text.removeprefix("\ufeff"),
            parse_constant=_refuse_constant,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError) as wrong:
        where = f" (line {wrong.lineno})" if isinstance(wrong, _NotJson) else ""
        said = "is not JSON, or was cut short" if where else f"cannot be read: {wrong}"
        msg = f"{what} {said}{where}. Ask its maker for a fresh copy."
        raise SegmentError(msg) from None
    if not isinstance(content, dict):
        msg = (
            f"{what} holds a {type(content).__name__}, not an object of JSON. Give the "
            "right file."
        )
        raise SegmentError(msg)
    return content


_NotJson = json.JSONDecodeError


def _refuse_constant(word: str) -> None:
    msg = f"it holds {word}, which is no number"
    raise ValueError(msg)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        msg = f"it gives {', '.join(map(repr, twice))} twice"
        raise ValueError(msg)
    return found


def faults_of(wrong: ValidationError, *, shown: int = 5) -> str:
    """Return what is wrong with values that were to be written, the first faults."""
    return "; ".join(_sentence(each) for each in wrong.errors()[:shown])


def _sentence(fault: ErrorDetails) -> str:
    where = ".".join(str(step) for step in fault["loc"]) or "as a whole"
    said = {"missing": "is missing", "extra_forbidden": "is not known"}
    words = said.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
    return f"{where}: {words}"
