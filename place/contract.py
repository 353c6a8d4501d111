"""A contract: what one row of a table is, and what breaks one.

A contract names columns as a place's files do (`amount_pounds`, `time`). Behind
the check a table carries stored names: money as integer pence (`amount_pence`),
time as integer microseconds since 1970 in UTC (`time_us`), the rest unchanged.
Optional columns are always there, empty where the place does not supply them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

__all__ = ["COST", "COST_RULES", "Column", "Contract", "Kind", "must", "texts"]

Kind: TypeAlias = Literal["text", "number", "integer", "pounds", "time"]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a contract.

    `personal` values are never shown in a reason for rejection. A column that
    `counts_rows` is made from the row number where a file lacks it. Of a column
    that is `one_of` a few words, capitals do not matter. `least` and `most` are
    in the unit of the file (pounds, not pence), ends included.

    Examples
    --------
    >>> Column(name="cost_pounds", note="what it cost", kind="pounds").stored
    'cost_pence'
    """

    name: str
    note: str
    kind: Kind = "text"
    required: bool = False
    personal: bool = False
    one_of: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    counts_rows: bool = False

    @property
    def stored(self) -> str:
        """The name behind the check, with its unit."""
        match self.kind:
            case "pounds":
                return self.name.removesuffix("_pounds") + "_pence"
            case "time":
                return f"{self.name}_us"
            case _:
                return self.name

    @property
    def sql_type(self) -> str:
        """The type behind the check."""
        types = {"text": "VARCHAR", "number": "DOUBLE"}
        return types.get(self.kind, "BIGINT")


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What one row of a table is; `rules` are SQL conditions with their words.

    `unlocks` says what a run does with the table, or nothing where it does nothing
    yet. Of rows with the same `key` the first is kept; two blanks in a key are the
    same.
    """

    name: str
    row_is: str
    unlocks: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()

    @property
    def about_people(self) -> bool:
        """Whether rows are about persons: then no value is ever quoted."""
        return any(column.personal for column in self.columns)


def texts(*pairs: tuple[str, str]) -> tuple[Column, ...]:
    """Return columns of words, each of a name and its note."""
    return tuple(Column(name=name, note=note) for name, note in pairs)


def must(*pairs: tuple[str, str]) -> tuple[Column, ...]:
    """Return columns of words that every row needs, each of a name and its note."""
    return tuple(Column(name=name, note=note, required=True) for name, note in pairs)


COST: Final = (
    Column(
        name="central_pounds", note="most likely", kind="pounds", required=True, least=0
    ),
    Column(name="low_pounds", note="at the least", kind="pounds", least=0),
    Column(name="high_pounds", note="at the most", kind="pounds", least=0),
    *texts(
        ("year", "year of the figure, such as 2008-09"),
        ("price_base", "year of its prices"),
        ("source", "where it is published"),
    ),
)
"""Columns of a published unit cost with its range, to go with `COST_RULES`."""

COST_RULES: Final = (
    (
        "low_pence IS NULL OR low_pence <= central_pence",
        "low_pounds is above central_pounds",
    ),
    (
        "high_pence IS NULL OR high_pence >= central_pence",
        "high_pounds is below central_pounds",
    ),
)
