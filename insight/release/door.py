"""The one way out for figures about people: protected, written whole, and logged.

What this door does: it applies one rule of small numbers to every count, hides what
rests on a hidden count, and refuses figures that nobody declared. What a later
release of it must add: secondary suppression (a hidden cell found by subtraction
across columns, groups or tables), dominance by one person, and who may have what.
Until then totals are summed from protected cells, never from the raw ones.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from insight.release.cells import protect_table
from insight.release.errors import ReleaseError
from insight.release.paper import append_line, csv_bytes, put
from insight.release.rules import HIDDEN, NOT_KNOWN, Rule
from insight.release.sheet import NAME, Released, Sheet

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

__all__ = ["Door", "release", "write_page"]

TABLES_README: Final = """Tables released by totalplace. {place}
{synthetic}
{rule}

{hidden}  hidden to protect people
{missing}  not known

The files are UTF-8 CSV. What left, when and under which rule is in ../audit.jsonl.
"""


@dataclass(frozen=True)
class Door:
    """Where released files go, and under which rule.

    Parameters
    ----------
    out
        Folder of a run's output; `tables/`, `private/` and `audit.jsonl` go inside.
    rule
        The rule of small numbers that every count goes through.
    place
        Name of the place, as the report says it.
    synthetic
        Whether the people and the place are invented.
    """

    out: Path
    rule: Rule
    place: str
    synthetic: bool


def release(door: Door, frame: pd.DataFrame, sheet: Sheet) -> Released:
    """Protect a table, write it to `tables/NAME.csv`, log it, and hand it back.

    Parameters
    ----------
    door
        Where to, and under which rule.
    frame
        One row a group of people. A named index becomes columns.
    sheet
        What the columns are; nothing numeric passes undeclared.

    Returns
    -------
    released
        What may be shown: the only thing that a report takes figures from.

    Raises
    ------
    ReleaseError
        If a column is not declared, or is not what it is declared to be.

    Notes
    -----
    A value rests on its count: where the count is hidden or not known, the value is
    hidden. A value that is its count times a constant (a share of all, a cost at one
    price) would give the exact count away, so it is worked out again from the
    protected count; the note of the table then says so.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from insight.release.rules import RULES
    >>> frame = pd.DataFrame({"segment": ["A", "B"], "people": [123, 4]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["threshold10"], "Anytown", synthetic=True)
    ...     sheet = Sheet(name="segments", title="People", counts=["people"])
    ...     released = release(door, frame, sheet)
    ...     print((Path(folder) / released.path).read_text("utf-8-sig"))
    segment,people
    A,123
    B,[c]
    <BLANKLINE>
    """
    named = [name for name in frame.index.names if name is not None]
    table = frame.reset_index() if named else frame.reset_index(drop=True)
    cells = protect_table(table, sheet, door.rule)
    file = door.out / "tables" / f"{sheet.name}.csv"
    content = csv_bytes(cells.shown, cells.hidden)
    file.parent.mkdir(parents=True, exist_ok=True)
    put(file.parent / "README.txt", _readme(door).encode())
    put(file, content)
    _log(
        door,
        content,
        kind="table",
        name=sheet.name,
        rows=len(cells.shown),
        cells=int(cells.shown.size),
        hidden=int(cells.hidden.to_numpy().sum()),
        rounded=cells.rounded,
    )
    return Released(
        name=sheet.name,
        title=sheet.title,
        frame=cells.shown,
        hidden=cells.hidden,
        kinds=cells.kinds,
        rule=door.rule,
        note=" ".join(part for part in (sheet.note, *cells.notes) if part),
        path=f"tables/{sheet.name}.csv",
    )


def write_page(door: Door, name: str, html: str) -> Path:
    """Write a page made of released tables to `NAME.html`, log it, return its path.

    Raises
    ------
    ReleaseError
        If `name` cannot be a file's.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from insight.release.rules import RULES
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["none"], "Anytown", synthetic=True)
    ...     write_page(door, "report", "<!doctype html>").name
    'report.html'
    """
    content = html.encode()
    file = door.out / f"{_checked(name)}.html"
    door.out.mkdir(parents=True, exist_ok=True)
    put(file, content)
    _log(door, content, kind="page", name=name)
    return file


def _checked(name: str) -> str:
    """Return `name` if a file can be called so."""
    if not NAME.fullmatch(name):
        msg = f'{name!r} cannot name a file. Use small letters, digits, "-" and "_".'
        raise ReleaseError(msg)
    return name


def _readme(door: Door) -> str:
    """Return what stands beside the tables."""
    return TABLES_README.format(
        place=door.place,
        synthetic="SYNTHETIC DATA: invented people and places.\n" * door.synthetic,
        rule=door.rule,
        hidden=HIDDEN,
        missing=NOT_KNOWN,
    )


def _log(door: Door, content: bytes | Path, **facts: object) -> None:
    """Add one line to the audit log: what left, never a figure about people."""
    opened = io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")
    with opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "place": door.place,
        "synthetic": door.synthetic,
        "rule": door.rule.name,
        "version": version("totalplace"),
        **facts,
        "sha256": digest,
    }
    append_line(door.out / "audit.jsonl", json.dumps(line, ensure_ascii=False))
