"""Rules of duplication: data that a partnership edits, read and checked here.

`rules.toml` beside this module holds the shipped rules and explains each key. What
is earlier, and what is between, is told by the order of the log: by time and, at one
instant, by event identifier.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from journeys.errors import JourneyError
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Exempt",
    "ExemptPair",
    "PingPong",
    "RepeatAssessment",
    "Rules",
    "read_rules",
]

SHIPPED: Final = Path(__file__).with_name("rules.toml")
SCHEMA: Final = 1
CENTURY_DAYS: Final = 36_525


@dataclass(frozen=True, kw_only=True)
class Exempt:
    """An activity that is right to repeat, and why."""

    activity: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ExemptPair:
    """An earlier and a later activity that may follow each other, and why."""

    earlier: str
    later: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RepeatAssessment:
    """Parameters of D1; `rules.toml` says what each means."""

    classes: tuple[str, ...]
    window_days: float
    reset_classes: tuple[str, ...]
    new_episode_resets: bool
    joint_working_exempts: bool
    need_may_be_missing: bool
    validity_days: Mapping[str, float] = field(default_factory=dict)
    exempt: tuple[Exempt, ...] = ()
    exempt_pairs: tuple[ExemptPair, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PingPong:
    """Parameters of D3; `rules.toml` says what each means."""

    broken_by: tuple[str, ...]
    need_may_be_missing: bool


@dataclass(frozen=True, kw_only=True)
class Rules:
    """All rules of one file."""

    schema: int
    version: str
    repeat_assessment: RepeatAssessment
    ping_pong: PingPong


SECTIONS: Final = {"repeat_assessment": RepeatAssessment, "ping_pong": PingPong}
OPTIONAL: Final = ("validity_days", "exempt", "exempt_pairs")
LISTED: Final = {"exempt": Exempt, "exempt_pairs": ExemptPair}


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
    180
    """
    path = SHIPPED if path is None else path
    raw = _read_toml(path)
    faults = [f"{path.name}: {fault}" for fault in _faults_of(raw)]
    if faults:
        raise JourneyError(*faults)
    d1, d3 = raw["repeat_assessment"], raw["ping_pong"]
    d1 = {name: tuple(v) if isinstance(v, list) else v for name, v in d1.items()}
    for name, kind in LISTED.items():
        d1[name] = tuple(kind(**entry) for entry in d1.get(name, ()))
    return Rules(
        schema=raw["schema"],
        version=raw["version"],
        repeat_assessment=RepeatAssessment(**d1),
        ping_pong=PingPong(**(d3 | {"broken_by": tuple(d3["broken_by"])})),
    )


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


def _faults_of(raw: dict[str, Any]) -> list[str]:
    faults = _keys(raw, [f.name for f in fields(Rules)], "the file")
    if raw.get("schema", SCHEMA) != SCHEMA:
        faults.append(f"schema is {raw['schema']!r}; this toolkit reads {SCHEMA}.")
    if not isinstance(raw.get("version", ""), str):
        faults.append(f'version is {raw["version"]!r}; write it as text, "2026-11".')
    for name, kind in SECTIONS.items():
        section = raw.get(name, {})
        if not isinstance(section, dict):
            faults.append(f"{name} is {section!r}; make it a section, [{name}].")
        elif name in raw:
            faults += _keys(section, [f.name for f in fields(kind)], f"[{name}]")
            for key, value in section.items():
                faults += _value(f"{name}.{key}", key, value)
    return faults or _clashes(raw["repeat_assessment"])


def _keys(given: Mapping[str, Any], known: list[str], where: str) -> list[str]:
    faults = []
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = (
                f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
            )
            faults.append(f"{where} has an unknown key {name!r}. {hint}")
    lacks = [name for name in known if name not in given and name not in OPTIONAL]
    if lacks:
        faults.append(f"{where} lacks {lacks}. Copy them from the shipped rules.")
    return faults


def _value(where: str, key: str, value: object) -> list[str]:
    """Check one value by the name of its key."""
    if key in LISTED:
        return _entries(where, value, [f.name for f in fields(LISTED[key])])
    if key.endswith("_days"):
        return _days(where, value, by_need=key == "validity_days")
    if key in {"classes", "reset_classes", "broken_by"}:
        return _classes(where, value)
    switches = {"new_episode_resets", "joint_working_exempts", "need_may_be_missing"}
    wrong = key in switches and not isinstance(value, bool)
    return [f"{where} is {value!r}; write true or false."] if wrong else []


def _days(where: str, value: object, *, by_need: bool = False) -> list[str]:
    if by_need and isinstance(value, dict):
        return [
            f for need, days in value.items() for f in _days(f"{where}.{need}", days)
        ]
    if by_need:
        return [f"{where} is {value!r}; make it a table of need = days."]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and 0 < float(str(value)) <= CENTURY_DAYS:
        return []
    return [f"{where} is {value!r}; give days above 0, at most {CENTURY_DAYS}."]


def _classes(where: str, value: object) -> list[str]:
    if not isinstance(value, list):
        return [f'{where} is {value!r}; write a list, ["assess"].']
    faults = []
    for name in value:
        if name not in ACTIVITY_CLASSES:
            near = get_close_matches(str(name), ACTIVITY_CLASSES, 1)
            hint = f"Did you mean {near[0]!r}? " if near else ""
            known = ", ".join(ACTIVITY_CLASSES)
            faults.append(f"{where} has {name!r}. {hint}The classes are: {known}.")
    return faults


def _entries(where: str, value: object, known: list[str]) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(e, dict) for e in value):
        return [f"{where} is {value!r}; write each as [[{where}]]."]
    faults = []
    for number, entry in enumerate(value, 1):
        faults += _keys(entry, known, f"[[{where}]] no. {number}")
        blank = [n for n, text in entry.items() if not str(text).strip()]
        wrong = [n for n, text in entry.items() if not isinstance(text, str)]
        if blank or wrong:
            faults.append(f"[[{where}]] no. {number}: {blank + wrong} must hold text.")
    return faults


def _clashes(repeat_assessment: Mapping[str, Iterable[str]]) -> list[str]:
    both = set(repeat_assessment["classes"]) & set(repeat_assessment["reset_classes"])
    if not both:
        return []
    fault = (
        f"[repeat_assessment] has {sorted(both)} in classes and in reset_classes. An "
        "event cannot both repeat and reset; take it out of one."
    )
    return [fault]
