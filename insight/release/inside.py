"""What tells of a person or a record, for the partnership alone and never beyond it.

Nothing here is rounded or hidden, since nothing here is released: it goes into
`private/`, which its owner alone may open. It names nobody and dates nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.release.cells import protect_table
from insight.release.door import Door, _checked, _log
from insight.release.errors import ReleaseError
from insight.release.paper import csv_bytes, put
from insight.release.rules import RULES
from insight.release.sheet import Released, Sheet

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PRIVATE_README", "keep_inside", "write_private", "write_private_page"]

ABOUT_A_PERSON: Final = frozenset(
    {
        "customer_id",
        "record_id",
        "given_name",
        "family_name",
        "name",
        "date_of_birth",
        "dob",
        "sex",
        "address",
        "postcode",
        "uprn",
        "nhs_number",
        "quote",
    }
)
DATES: Final = ("time", "start", "end", "date")

PRIVATE_README: Final = """Record-level evidence: stays inside the partnership.

Each row names a record of an agency, so that the agency can look it up in its own
system and say whether a finding is right. Do not publish, mail or copy these files
outside the partnership, and delete them when the check is done.
"""


def write_private(door: Door, frame: pd.DataFrame, name: str) -> Path:
    """Write record-level evidence to `private/NAME.csv`, for the partnership alone.

    Parameters
    ----------
    door
        Where to; the folder is made for its owner alone.
    frame
        One row a finding: event ids, agencies' own references, the rule that fired.
    name
        Name of the file, in small letters, digits, "-" and "_".

    Returns
    -------
    file
        The file, readable by its owner alone where the system knows permissions.

    Raises
    ------
    ReleaseError
        If a column names a person, or says when something happened to one.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from insight.release.rules import RULES
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["threshold10"], "Anytown", synthetic=True)
    ...     evidence = pd.DataFrame({"rule": ["D1"], "event_id": ["e17"]})
    ...     write_private(door, evidence, "d1").name
    'd1.csv'
    """
    advice = (
        "Evidence carries event ids and agencies' own references; leave these columns "
        "out."
    )
    _refuse_persons(frame, name, advice)
    words = frame.reset_index(drop=True)
    content = csv_bytes(
        words, pd.DataFrame(data=False, index=words.index, columns=words.columns)
    )
    columns = [str(column) for column in words.columns]
    file = f"{_checked(name)}.csv"
    return _put_inside(door, file, content, name=name, columns=columns)


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
    advice = "Leave them out; count days from the first contact."
    _refuse_persons(frame, sheet.name, advice)
    cells = protect_table(frame.reset_index(drop=True), sheet, RULES["none"])
    content = csv_bytes(cells.shown, cells.hidden)
    file = f"{_checked(sheet.name)}.csv"
    _put_inside(door, file, content, name=file)
    return Released(
        name=sheet.name,
        title=sheet.title,
        frame=cells.shown,
        hidden=cells.hidden,
        kinds=cells.kinds,
        rule=RULES["none"],
        note=sheet.note,
        path=f"private/{file}",
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
    file = f"{_checked(name)}.html"
    return _put_inside(door, file, html.encode(), name=file)


def _put_inside(door: Door, file: str, content: bytes, **facts: object) -> Path:
    """Write a file that its owner alone may read, and log that it was written."""
    folder = door.out / "private"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    put(folder / "README.txt", PRIVATE_README.encode(), mode=0o600)
    put(folder / file, content, mode=0o600)
    _log(door, content, kind="record-level", **facts)
    return folder / file


def _refuse_persons(frame: pd.DataFrame, name: str, advice: str) -> None:
    """Refuse columns that identify someone, or date what happened to them."""
    refused = [str(one) for one in frame.columns if _names_a_person(frame, one)]
    if refused:
        msg = (
            f"{name}: columns {refused} say who a person is, or when something "
            f"happened to one. {advice}"
        )
        raise ReleaseError(msg)


def _names_a_person(frame: pd.DataFrame, column: object) -> bool:
    """Say whether a column identifies someone, or dates what happened to them."""
    words = str(column).casefold()
    is_date = any(
        words == date or words.startswith(f"{date}_") or words.endswith(f"_{date}")
        for date in DATES
    )
    dated = pd.api.types.is_datetime64_any_dtype(frame[column])
    return dated or is_date or words.endswith("_us") or words in ABOUT_A_PERSON
