"""What a table says about its own columns, and the table once it is protected.

Nothing numeric leaves undeclared. A sheet names each numeric column as one of

- `counts`: of people, or of events and things about people; the rule protects them;
- `measures`: computed from people (money, a median, an index), hidden with their count;
- `rates`: a count over a base, worked out again from the protected numbers;
- `public`: not about people at all, such as a budget total or a census figure;
- `labels`: numbers that only name something, such as segment 3 or the year 2010.

Every other column must be words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import pandas as pd

from insight.release.errors import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from insight.release.rules import Rule

__all__ = ["Kind", "Rate", "Released", "Sheet", "check_sheet"]

Kind: TypeAlias = Literal["label", "count", "measure", "rate", "public"]

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
NUMBER_IN_WORDS: Final = r"\s*[-+£$€]?\s*\d[\d,.\s]*%?\s*"
TOTALS: Final = frozenset({"total", "totals", "grand total", "sum", "overall total"})


@dataclass(frozen=True)
class Rate:
    """A count (or measure) over a base, times `per`: columns of the same table."""

    count: str
    base: str
    per: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a table that is to leave says about itself.

    Parameters
    ----------
    name
        Name of the file, in small letters, digits, "-" and "_".
    title
        What the table shows, as a reader would say it.
    counts
        Columns that count people, or things about people.
    of_people
        Count of events -> the count of people behind them: ten events of one person
        are one person's, so the first is hidden wherever the second is.
    measures
        Column computed from people -> the count column that it rests on.
    rates
        Column to work out -> how, from protected numbers; it need not be in the frame.
    public
        Numeric columns that are not about people.
    labels
        Columns of numbers, dates or truth values that only name something.
    total
        Label of a row to add below, which sums the counts that are shown; with "",
        none is added. A total of the unprotected figures is refused: a reader could
        take the shown cells from it.
    note
        What a reader should know about the table.
    """

    name: str
    title: str
    counts: Sequence[str] = ()
    of_people: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    measures: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    rates: Mapping[str, Rate] = field(default_factory=lambda: MappingProxyType({}))
    public: Sequence[str] = ()
    labels: Sequence[str] = ()
    total: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Released:
    """A table that has been through the door; only the door makes one.

    `frame` holds what may be shown: words, nullable integers, nullable numbers. A
    cell missing there is either hidden (True in `hidden`) or was never known.
    """

    name: str
    title: str
    frame: pd.DataFrame
    hidden: pd.DataFrame
    kinds: Mapping[str, Kind]
    rule: Rule
    note: str
    path: str

    @property
    def any_hidden(self) -> bool:
        """Say whether some cell is hidden."""
        return bool(self.hidden.to_numpy().any())

    @property
    def any_unknown(self) -> bool:
        """Say whether some cell was missing before the rule was applied."""
        missing = self.frame.isna().to_numpy() & ~self.hidden.to_numpy(dtype=bool)
        return bool(missing.any())

    def __str__(self) -> str:
        """Say what left, as a sentence."""
        rows, columns = self.frame.shape
        return (
            f"{self.title}: {rows} rows and {columns} columns in {self.path}, "
            f"under the rule {self.rule.name}"
        )


def check_sheet(frame: pd.DataFrame, sheet: Sheet) -> dict[str, Kind]:
    """Return the kind of every column of `frame`, or say what may not leave.

    Parameters
    ----------
    frame
        The table before protection, with its columns by name.
    sheet
        What the table says about itself.

    Raises
    ------
    ReleaseError
        If the name cannot be a file's, a column is named twice, is declared but not
        there, is declared in two ways, or is numeric and not declared.

    Examples
    --------
    >>> frame = pd.DataFrame({"segment": ["1a"], "people": [12]})
    >>> check_sheet(frame, Sheet(name="segments", title="Segments", counts=["people"]))
    {'segment': 'label', 'people': 'count'}
    """
    if not NAME.fullmatch(sheet.name):
        msg = (
            f"{sheet.name!r} cannot name a released table. Use small letters, digits, "
            '"-" and "_", at most 80 of them.'
        )
        raise ReleaseError(msg)
    columns = [str(name) for name in frame.columns]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        msg = (
            f"{sheet.name}: several columns are called {twice}. Give each its own name."
        )
        raise ReleaseError(msg)
    kinds = _declared(sheet)
    _check_names(kinds, columns, sheet)
    for name in columns:
        kinds.setdefault(name, "label")
        if kinds[name] == "label":
            _check_label(frame[name], sheet)
    return {name: kinds[name] for name in [*columns, *kinds]}


def _declared(sheet: Sheet) -> dict[str, Kind]:
    """Return what the sheet says of its columns, or name one it says twice."""
    said: list[tuple[Kind, Iterable[str]]] = [
        ("count", sheet.counts),
        ("measure", sheet.measures),
        ("rate", sheet.rates),
        ("public", sheet.public),
        ("label", sheet.labels),
    ]
    kinds: dict[str, Kind] = {}
    for kind, names in said:
        if isinstance(names, str):
            msg = (
                f"{sheet.name}: the {kind} columns are given as one text, {names!r}. "
                f"Give a sequence of names, such as [{names!r}]."
            )
            raise ReleaseError(msg)
        for name in names:
            if name in kinds:
                msg = (
                    f"{sheet.name}: column {name!r} is declared both as {kinds[name]} "
                    f"and as {kind}. Declare it once."
                )
                raise ReleaseError(msg)
            kinds[name] = kind
    return kinds


def _check_names(kinds: Mapping[str, Kind], columns: list[str], sheet: Sheet) -> None:
    """Check that what is declared, and what it rests on, is there."""
    absent = [name for name in kinds if name not in columns and kinds[name] != "rate"]
    if absent:
        msg = (
            f"{sheet.name}: {absent} are declared, but the table has {columns}. "
            "Declare the columns that are there."
        )
        raise ReleaseError(msg)
    rests = [*sheet.measures.items(), *sheet.of_people.items()]
    rests += [(name, rate.count) for name, rate in sheet.rates.items()]
    for name, count in rests:
        allowed = {"count", "measure"} if name in sheet.rates else {"count"}
        if kinds.get(count) not in allowed:
            msg = (
                f"{sheet.name}: {name!r} rests on {count!r}, which is not among the "
                f"counts {list(sheet.counts)}. Add the count of people behind it."
            )
            raise ReleaseError(msg)
    for name in sheet.of_people:
        if kinds.get(name) != "count":
            msg = (
                f"{sheet.name}: {name!r} is declared to count events of people, but is "
                f"not among the counts {list(sheet.counts)}. Add it there too."
            )
            raise ReleaseError(msg)
    for name, rate in sheet.rates.items():
        if kinds.get(rate.base) not in {"count", "public"}:
            msg = (
                f"{sheet.name}: the base {rate.base!r} of {name!r} is neither a count "
                "nor public. Declare it as one of them."
            )
            raise ReleaseError(msg)


def _check_label(column: pd.Series, sheet: Sheet) -> None:
    """Check that an undeclared column is words, and that no row is a raw total."""
    name = column.name
    if name not in sheet.labels:
        is_words = isinstance(
            column.dtype, pd.CategoricalDtype
        ) or pd.api.types.is_string_dtype(column.dropna())
        words = column.dropna().astype("str")
        if not (is_words or words.empty) or _holds_numbers(column):
            msg = (
                f"{sheet.name}: column {name!r} holds figures, undeclared. Name "
                "it in counts, measures, rates, public, or (where its numbers only "
                "name something) labels."
            )
            raise ReleaseError(msg)
    if not sheet.counts or name in sheet.labels:
        return
    said = column.dropna().astype("str").str.strip().str.casefold()
    if said.isin(TOTALS).any():
        msg = (
            f"{sheet.name}: a row of {name!r} is a total of unprotected counts, from "
            "which hidden ones can be subtracted. Leave the row out, and ask for one "
            "with Sheet(total=...)."
        )
        raise ReleaseError(msg)


def _holds_numbers(column: pd.Series) -> bool:
    """Say whether some cell is a number, or a text that reads as one."""
    words = column.dropna().astype("str")
    return bool(words.str.fullmatch(NUMBER_IN_WORDS).any())
