"""What a rule of duplication is: its options, what it finds, what it cannot judge."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - a field of a dataclass
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from journeys.log import class_codes
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from journeys.log import Log

__all__ = [
    "DAY_US",
    "Class",
    "Days",
    "Exempt",
    "Judged",
    "Label",
    "Ordered",
    "Rule",
    "RuleFile",
    "RuleOptions",
    "Searched",
    "Share",
    "Shares",
    "Switch",
    "events_counted",
    "events_judged",
    "judged_sql",
    "kinds_sql",
    "microseconds",
]

DAY_US: Final = 86_400_000_000
CENTURY_DAYS: Final = 36_525


def _known_class(name: str) -> str:
    if name not in ACTIVITY_CLASSES:
        near = get_close_matches(name, ACTIVITY_CLASSES, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        msg = f"{hint}the classes are: {', '.join(ACTIVITY_CLASSES)}"
        raise ValueError(msg)
    return name


Class = Annotated[str, AfterValidator(_known_class)]
Days = Annotated[float, Field(strict=True, gt=0, le=CENTURY_DAYS)]
Switch = Annotated[bool, Field(strict=True)]
Label = Annotated[str, Field(strict=True, min_length=1, pattern=r"\S")]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]


class RuleFile(BaseModel):
    """A block of a rules file: unknown keys are errors, and nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Exempt(RuleFile):
    """An activity that a rule leaves alone, and why."""

    activity: Label
    reason: Label


class Ordered(RuleFile):
    """A range: the least, the likeliest and the most."""

    low: float
    central: float
    high: float

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.central <= self.high:
            msg = "low, central and high should not fall"
            raise ValueError(msg)
        return self


class Shares(Ordered):
    """A share from 0 to 1 as a range: the least, the likeliest and the most."""

    low: Share
    central: Share
    high: Share


class RuleOptions(RuleFile):
    """What every rule may say beside its own parameters.

    Attributes
    ----------
    preventable
        Share of what was found that could have been avoided (a shorter second
        assessment, not none); without it, only gross money is given.
    cashable
        Share of the preventable money that could leave a budget.
    """

    preventable: Shares | None = None
    cashable: Shares | None = None


class Judged(NamedTuple):
    """Events of the classes that a rule looks at, and those it could not judge."""

    events: int
    unjudged: int


class Searched(NamedTuple):
    """The table that a rule kept, its naive count, and circles that it closed."""

    table: str
    naive: int
    cycles: int = 0


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: how to find, and how to count without definitions.

    Attributes
    ----------
    name, title
        "D1" and "repeat assessment", for example.
    section
        Its block in a rules file, and the name of its options in `Rules`.
    keep
        Given a log and the options, keeps a table of findings and returns its name.
        One row an event at most: `event` (the later one), `evidence` (codes of
        earlier events, split by ";", the nearest first), `first_agency`, `kind`,
        `gap_us` (since the evidence), `part_pence` (how much of the event's cost is
        redundant; missing where it is not known or only time was lost) and `measure`
        (in the rule's own unit).
    naive
        What one would count without definitions.
    judged
        How many events it looked at.
    redundant
        Whether it finds redundant contacts, which cost money; or lost time.
    """

    name: str
    title: str
    section: str
    keep: Callable[[Any, Any], str]
    naive: Callable[[Any, Any], int]
    judged: Callable[[Any, Any], Judged]
    redundant: bool = True


def microseconds(days: float) -> int:
    """Return days as whole microseconds.

    Examples
    --------
    >>> microseconds(0.5)
    43200000000
    """
    return round(days * DAY_US)


def kinds_sql(column: str, classes: Iterable[str]) -> str:
    """Return SQL for the name of a class of activity, given its code.

    Examples
    --------
    >>> kinds_sql("l.activity_class", ["assess"])
    "CASE l.activity_class WHEN 4 THEN 'assess' END"
    """
    named = (f"WHEN {ACTIVITY_CLASSES.index(name)} THEN '{name}'" for name in classes)
    return f"CASE {column} {' '.join(named)} END"


def judged_sql(log: str, classes: Iterable[str], *, need_may_be_missing: bool) -> str:
    """Return the query that counts events of some classes, and those left out.

    Left out are events without a need, unless the rule lets needs be missing.
    """
    out = "FALSE" if need_may_be_missing else "need IS NULL"
    return f"""SELECT count(*) AS events, count(CASE WHEN {out} THEN 1 END) AS unjudged
FROM {log} WHERE activity_class IN {class_codes(classes)}"""


def events_counted(log: Log, sql: str) -> int:
    """Return what a query for one number, `events`, gives."""
    counted: int = log.engine.arrow(sql)["events"][0].as_py()
    return counted


def events_judged(
    log: Log, classes: Iterable[str], *, need_may_be_missing: bool
) -> Judged:
    """Count the events of some classes, as :func:`judged_sql` does."""
    sql = judged_sql(log.table, classes, need_may_be_missing=need_may_be_missing)
    return Judged(**log.engine.arrow(sql).to_pylist()[0])
