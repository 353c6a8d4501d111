"""COFOG, the classification of what public money is for, and how codes nest.

A division is two digits ("07" Health), a group a point and a digit more ("07.3"
Hospital services). Places write these in many ways ("7", "7.3", "07.3.1"); one
spelling is used inside, and the third level is read as its group. The edition is 1999.

References
----------
United Nations (2000). Classifications of Expenditure According to Purpose.
Statistical Papers, Series M, No. 84.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import pandas as pd

from insight.shipped import shipped

__all__ = ["COLLECTIVE", "cofog_1999", "cofog_code", "nested"]

COLLECTIVE: Final = ("01", "02", "03", "05")
"""Divisions whose benefit cannot be laid at one person's door unless a service is
mapped to them: general public services, defence, public order and safety,
environmental protection."""

_WRITTEN = re.compile(r"0?(\d|10)(?:\.(\d)(?:\.\d)?)?")


@cache
def _names() -> dict[str, str]:
    frame = pd.read_csv(shipped("reference", "cofog_1999.csv"), dtype=str)
    return dict(zip(frame["code"], frame["name"], strict=True))


def cofog_1999() -> pd.DataFrame:
    """Return the ten divisions and 69 groups of the 1999 edition.

    Returns
    -------
    cofog
        Indexed by `code`, with `level` (1 division, 2 group), `division`, `name`
        and `version`.

    Examples
    --------
    >>> cofog_1999().loc["07.3", "name"]
    'Hospital services'
    """
    frame = pd.read_csv(
        shipped("reference", "cofog_1999.csv"),
        dtype={"version": str, "code": str, "level": int, "division": str, "name": str},
    )
    return frame.set_index("code")[["level", "division", "name", "version"]]


def cofog_code(written: object) -> str | None:
    """Return the code that `written` stands for, or `None` if there is none.

    Parameters
    ----------
    written
        A code as a place writes it, as text or a number; missing values are no
        code. A name is not looked up.

    Examples
    --------
    >>> cofog_code("7"), cofog_code(" 07.3 "), cofog_code(10.4), cofog_code("11")
    ('07', '07.3', '10.4', None)
    """
    text = str(written).strip()
    if isinstance(written, float) and written.is_integer():
        text = str(int(written))
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    division, group = match.groups()
    code = division.zfill(2) + ("" if group in (None, "0") else f".{group}")
    return code if code in _names() else None


def nested(one: str, other: str) -> bool:
    """Say whether one code holds the other, or both are the same.

    Examples
    --------
    >>> nested("07", "07.3"), nested("07.3", "07"), nested("07.3", "07.4")
    (True, True, False)
    """
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
