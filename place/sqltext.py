"""Write names and values into SQL text so that they stay names and values."""

from __future__ import annotations

__all__ = ["literal", "quoted"]


def quoted(name: str) -> str:
    """Quote a column name.

    Examples
    --------
    >>> print(quoted('the "true" cost'))
    "the ""true"" cost"
    """
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Write a value as text.

    Examples
    --------
    >>> print(literal("King's Lynn"))
    'King''s Lynn'
    """
    return "'" + str(value).replace("'", "''") + "'"
