"""Rules of duplication: data that a partnership edits, read and checked here.

`rules.toml` beside this module holds the shipped rules and explains each key. A rule
whose section is left out is not run.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import ConfigDict, Field, ValidationError

from journeys.duplication.ping_pong import PingPong  # noqa: TC001 - pydantic reads them
from journeys.duplication.repeat_assessment import RepeatAssessment  # noqa: TC001
from journeys.duplication.rule import Label, RuleFile
from journeys.errors import JourneyError
from place.said import fault_said

if TYPE_CHECKING:
    from journeys.duplication.rule import RuleOptions

__all__ = ["SHIPPED", "Rules", "read_rules"]

SHIPPED: Final = Path(__file__).with_name("rules.toml")


class Rules(RuleFile):
    """All rules of one file; a rule that the file leaves out is `None`."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    layout: Literal[1] = Field(alias="schema")
    version: Label
    repeat_assessment: RepeatAssessment | None = None
    ping_pong: PingPong | None = None

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
        faults = [fault_said(fault, path.name, Rules) for fault in found.errors()]
        raise JourneyError(*dict.fromkeys(faults)) from None


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
