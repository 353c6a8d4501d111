"""A result for machines: sentences and released tables in one JSON file.

Only tables that have been through the door go in, so nothing is in it that may not be
on the page: what the door hid is null here too, and is counted.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pandas as pd

from insight.release.door import Door, _checked, _log
from insight.release.paper import put

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from insight.release.sheet import Released

__all__ = ["write_result"]


def write_result(
    door: Door,
    name: str,
    tables: Sequence[Released],
    *,
    sentences: Mapping[str, Sequence[str]],
) -> Path:
    """Write a result to `NAME.json`, log it, and return its path.

    Parameters
    ----------
    door
        Where to, and under which rule.
    name
        Of the file.
    tables
        Each as the door gave it back.
    sentences
        What the result says, under short headings; words made of released figures.

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
    ...     file = write_result(door, "evidence", [], sentences={"finding": ["None."]})
    ...     json.loads(file.read_text("utf-8"))["sentences"]["finding"]
    ['None.']
    """
    result = {
        "place": door.place,
        "synthetic": door.synthetic,
        "rule": str(door.rule),
        "version": version("totalplace"),
        "sentences": {heading: list(said) for heading, said in sentences.items()},
        "tables": {table.name: _table(table) for table in tables},
    }
    text = json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False)
    content = (text + "\n").encode()
    file = door.out / f"{_checked(name)}.json"
    door.out.mkdir(parents=True, exist_ok=True)
    put(file, content)
    named = [table.name for table in tables]
    _log(door, content, kind="result", name=name, tables=named)
    return file


def _table(table: Released) -> dict[str, Any]:
    return {
        "title": table.title,
        "note": table.note,
        "file": table.path,
        "hidden": int(table.hidden.to_numpy().sum()),
        "rows": [
            {str(name): _cell(cell) for name, cell in row.items()}
            for row in table.frame.to_dict("records")
        ],
    }


def _cell(cell: object) -> object:
    """Return a cell as JSON has it: missing is null."""
    if pd.isna(cell):  # type: ignore[call-overload]
        return None
    if hasattr(cell, "item"):  # a figure of NumPy's
        cell = cell.item()
    return cell if isinstance(cell, (bool, int, float, str)) else str(cell)
