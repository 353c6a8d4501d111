"""Rules of duplication: data that a partnership edits, read and checked here.

`rules.toml` beside this module holds the shipped rules and explains each key. A rule
whose section is left out is not run; a file without any rule is a fault.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import ConfigDict, Field, ValidationError, model_validator

from journeys.duplication.asked_again import AskedAgain  # noqa: TC001
from journeys.duplication.handoff_delay import HandoffDelay  # noqa: TC001
from journeys.duplication.parallel_holding import ParallelHolding  # noqa: TC001
from journeys.duplication.ping_pong import PingPong  # noqa: TC001 - pydantic reads them
from journeys.duplication.preventable_contact import PreventableContact  # noqa: TC001
from journeys.duplication.repeat_assessment import RepeatAssessment  # noqa: TC001
from journeys.duplication.repeated_course import RepeatedCourse  # noqa: TC001
from journeys.duplication.rework import Rework  # noqa: TC001
from journeys.duplication.rule import Label, RuleFile
from journeys.errors import JourneyError
from place.said import fault_said

if TYPE_CHECKING:
    from typing import Self

    from pydantic_core import ErrorDetails

    from journeys.duplication.rule import RuleOptions

__all__ = ["SHIPPED", "Rules", "read_rules"]

ABOUT: Final = ("layout", "version")
SHIPPED: Final = Path(__file__).with_name("rules.toml")


class Rules(RuleFile):
    """All rules of one file; a rule that the file leaves out is `None`."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    layout: Literal[1] = Field(alias="schema")
    version: Label
    repeat_assessment: RepeatAssessment | None = None
    parallel_holding: ParallelHolding | None = None
    ping_pong: PingPong | None = None
    preventable_contact: PreventableContact | None = None
    asked_again: AskedAgain | None = None
    repeated_course: RepeatedCourse | None = None
    rework: Rework | None = None
    handoff_delay: HandoffDelay | None = None

    @model_validator(mode="after")
    def _some_rule(self) -> Self:
        sections = [name for name in self.__class__.model_fields if name not in ABOUT]
        if all(self.of(section) is None for section in sections):
            msg = f"no rule stands here. Add a section: {', '.join(sections)}."
            raise ValueError(msg)
        return self

    def of(self, section: str) -> RuleOptions | None:
        """Return the options of a rule by its section; `None` if it is not run."""
        options: RuleOptions | None = getattr(self, section)
        return options


def read_rules(path: Path | None = None) -> Rules:
    """Read a rules file and check it.

    Parameters
    ----------
    path
        The file; with `None`, the rules that come with the toolkit.

    Returns
    -------
    rules
        Days are kept as days.

    Raises
    ------
    JourneyError
        If the file cannot be read; or with every unknown key (and the nearest
        known one), missing key and wrong value in it.

    Examples
    --------
    >>> read_rules().repeat_assessment.window_days
    180.0
    """
    path = SHIPPED if path is None else path
    try:
        return Rules.model_validate(_read_toml(path))
    except ValidationError as found:
        faults = [_said(fault, path.name) for fault in found.errors()]
        raise JourneyError(*dict.fromkeys(faults)) from None


def _said(fault: ErrorDetails, file: str) -> str:
    """Say a fault of one key, or of the whole file, which has none."""
    if fault["loc"]:
        return fault_said(fault, file, Rules)
    return f"{file}: {fault['msg'].removeprefix('Value error, ')}"


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as broken:
        msg = (
            f"The rules file {path.name} cannot be opened: {broken.strerror}. Check "
            "its path, or leave it out to use the shipped rules."
        )
        raise JourneyError(msg) from broken
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as broken:
        msg = (
            f"The rules file {path.name} is not TOML in UTF-8: {broken}. Mend it, or "
            "start again from a copy of the shipped rules."
        )
        raise JourneyError(msg) from broken
