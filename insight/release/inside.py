"""What tells of one person, written for the partnership alone and never beyond it.

Nothing here is rounded or hidden, since nothing here is released: it goes into
`private/`, which its owner alone may open. It names nobody and dates nothing.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from insight.release.cells import protect_table
from insight.release.door import (
    PRIVATE_README,
    Door,
    _checked,
    _log,
    _names_a_person,
)
from insight.release.errors import ReleaseError
from insight.release.paper import csv_bytes, put
from insight.release.rules import RULES
from insight.release.sheet import Released, Sheet

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

__all__ = ["keep_inside", "write_private_page"]


def keep_inside(door: Door, frame: pd.DataFrame, sheet: Sheet) -> Released:
    """Write a table about one person to `private/NAME.csv`, and hand it back.

    Parameters
    ----------
    door
        Where to; the folder is made for its owner alone.
    frame
        Columns by name.
    sheet
        What the columns are; nothing numeric passes undeclared.

    Returns
    -------
    kept
        For a page of :func:`write_private_page` alone: nothing of it is protected.

    Raises
    ------
    ReleaseError
        If a column names a person, or says when something happened to one, or is not
        declared.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"day": [0, 14], "agency": ["council", "health"]})
    >>> sheet = Sheet(name="one", title="One customer", public=["day"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["threshold10"], "Anytown", synthetic=True)
    ...     keep_inside(door, frame, sheet).path
    'private/one.csv'
    """
    refused = [str(name) for name in frame.columns if _names_a_person(frame, name)]
    if refused:
        msg = (
            f"{sheet.name}: columns {refused} say who a person is, or when something "
            "happened to one. Leave them out; count days from the first contact."
        )
        raise ReleaseError(msg)
    cells = protect_table(frame.reset_index(drop=True), sheet, RULES["none"])
    content = csv_bytes(cells.shown, cells.hidden)
    _put_inside(door, f"{_checked(sheet.name)}.csv", content)
    return Released(
        name=sheet.name,
        title=sheet.title,
        frame=cells.shown,
        hidden=cells.hidden,
        kinds=cells.kinds,
        rule=RULES["none"],
        note=sheet.note,
        path=f"private/{sheet.name}.csv",
    )


def write_private_page(door: Door, name: str, html: str) -> Path:
    """Write a page about one person to `private/NAME.html`, log it, return its path.

    Parameters
    ----------
    door
        Where to; the folder is made for its owner alone.
    name
        Name of the file, in small letters, digits, "-" and "_".
    html
        The page, which says itself that it stays inside the partnership.

    Raises
    ------
    ReleaseError
        If `name` cannot be a file's, or the page does not say that it stays inside.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> page = "<!doctype html><p>Keep it inside the partnership."
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["none"], "Anytown", synthetic=True)
    ...     write_private_page(door, "customer-a", page).name
    'customer-a.html'
    """
    if "inside the partnership" not in html:
        msg = (
            f"{name}: the page does not say that it stays inside the partnership. Make "
            "it from a report that is `inside`."
        )
        raise ReleaseError(msg)
    return _put_inside(door, f"{_checked(name)}.html", html.encode())


def _put_inside(door: Door, name: str, content: bytes) -> Path:
    """Write a file that its owner alone may read, and log that it was written."""
    folder = door.out / "private"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    put(folder / "README.txt", PRIVATE_README.encode(), mode=0o600)
    put(folder / name, content, mode=0o600)
    _log(
        door,
        kind="record-level",
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return folder / name
