"""The order of segments' codes, as people count."""

from __future__ import annotations

import re

__all__ = ["natural"]


def natural(code: str) -> list[str | int]:
    """Return a key that sorts codes as people count.

    Examples
    --------
    >>> sorted(["3b10", "10", "3b2"], key=natural)
    ['3b2', '3b10', '10']
    """
    parts = re.split(r"(\d+)", code)  # text and number by turns
    return [int(part) if part.isdigit() else part for part in parts]
