"""The contracts of savings, prevention over years, and residents' budget priorities.

A saving or a stream without its margin (low and high) is refused: the 2010 report
asks that every claim state its margin of error (lines 2162-2169).
"""

from __future__ import annotations

from typing import Final

from place.contract import Column, Contract, must, texts

__all__ = [
    "AMOUNT_IS",
    "CASHABLE",
    "RECURRING",
    "prevention",
    "priority_choices",
    "priority_grids",
    "priority_levels",
    "savings",
]

RECURRING: Final = ("recurring", "one-off")
CASHABLE: Final = ("cashable", "not cashable")
AMOUNT_IS: Final = ("a year", "in all")
EARLIEST, LATEST = 1900, 2200  # years that a stream may run between

_MARGIN: Final = (
    (
        "low_pence IS NOT NULL AND high_pence IS NOT NULL",
        "states no margin of error: give low_pounds and high_pounds",
    ),
    (
        (
            "low_pence IS NULL OR high_pence IS NULL OR central_pence IS NULL "
            "OR (low_pence <= central_pence AND central_pence <= high_pence)"
        ),
        "central_pounds does not lie from low_pounds to high_pounds",
    ),
)


def _amounts(what: str, *, least: float | None) -> tuple[Column, ...]:
    notes = {"low": "the least it may be", "central": what, "high": "the most"}
    return tuple(
        Column(
            name=f"{name}_pounds",
            note=note,
            kind="pounds",
            required=name == "central",
            least=least,
        )
        for name, note in notes.items()
    )


def savings() -> Contract:
    """Return the contract of savings claimed.

    Examples
    --------
    >>> savings().rules[0][1]
    'states no margin of error: give low_pounds and high_pounds'
    """
    return Contract(
        name="savings",
        row_is="a saving that is claimed, with its margin",
        unlocks="savings, added up only where they are of one kind",
        columns=(
            *must(("saving", "what is saved, in a few words")),
            *_amounts("the saving; of a recurring one, a year", least=None),
            *must(
                ("gainers", "who gains; of several, with shares: Council|60; Police|40")
            ),
            Column(name="recurring", note="", required=True, one_of=RECURRING),
            Column(name="cashable", note="", required=True, one_of=CASHABLE),
            *must(
                ("year", "first year of it, such as 2011-12"),
                ("price_base", "year of the prices, such as 2010-11"),
                ("evidence", "what it rests on, and where to find it"),
            ),
        ),
        key=("saving",),
        rules=_MARGIN,
    )


def prevention() -> Contract:
    """Return the contract of the costs and benefits of prevention, over years.

    Examples
    --------
    >>> [column.name for column in prevention().columns if column.required][:3]
    ['programme', 'stream', 'kind']
    """
    return Contract(
        name="prevention",
        row_is="a stream of cost or benefit of a programme of prevention",
        unlocks="prevention over years: who pays, who gains, when it breaks even",
        columns=(
            *must(("programme", "the programme"), ("stream", "what, in a few words")),
            Column(name="kind", note="", required=True, one_of=("cost", "benefit")),
            *must(("agency", "who pays, or who gains")),
            *_amounts("the amount, a year unless amount_is says in all", least=0),
            Column(name="amount_is", note="a year if blank", one_of=AMOUNT_IS),
            Column(
                name="year",
                note="first year, such as 2011",
                kind="integer",
                required=True,
                least=EARLIEST,
                most=LATEST,
            ),
            Column(
                name="until",
                note="last year; the first if blank",
                kind="integer",
                least=EARLIEST,
                most=LATEST,
            ),
            Column(
                name="optimism",
                note="optimism bias: 0.2 takes costs up, benefits down by a fifth",
                kind="number",
                least=0,
                most=10,
            ),
            *must(("price_base", "year of the prices"), ("evidence", "rests on")),
        ),
        key=("programme", "stream", "kind", "agency", "year"),
        rules=(
            *_MARGIN,
            ("until IS NULL OR until >= year", "ends before it starts"),
            (
                "kind <> 'benefit' OR optimism IS NULL OR optimism <= 1",
                "takes more than the whole benefit off for optimism",
            ),
        ),
    )


def priority_levels() -> Contract:
    """Return the contract of the levels of service that residents choose from.

    Examples
    --------
    >>> priority_levels().key
    ('service', 'level')
    """
    return Contract(
        name="priority_levels",
        row_is="a level of a service that residents could choose",
        unlocks="residents' budget priorities, with what each level costs",
        columns=(
            *must(("service", "the service")),
            Column(
                name="level",
                note="from 1, the least, upwards",
                kind="integer",
                required=True,
                least=0,
            ),
            Column(
                name="points",
                note="what it costs, in whole points of the budget",
                kind="integer",
                least=0,
                most=10_000,
            ),
            *texts(("description", "as the resident reads it")),
            Column(name="today", note="the level given today", one_of=("yes", "no")),
        ),
        key=("service", "level"),
    )


def _respondent() -> tuple[Column, ...]:
    return (
        Column(name="respondent", note="who chose", required=True, personal=True),
        *texts(
            ("segment", "group of the respondent"),
            ("area_code", "small area, from which the segment follows"),
        ),
        Column(name="weight", note="of the survey; 1 if blank", kind="number", least=0),
    )


def priority_grids() -> Contract:
    """Return the contract of budgets that residents shared out over services.

    Examples
    --------
    >>> priority_grids().about_people
    True
    """
    return Contract(
        name="priority_grids",
        row_is="the level of a service that a resident chose within a budget",
        unlocks="residents' budget priorities",
        columns=(
            *_respondent(),
            Column(
                name="budget",
                note="points to spend; several if asked at several budgets",
                kind="integer",
                required=True,
                least=0,
            ),
            *must(("service", "the service")),
            Column(name="level", note="chosen", kind="integer", required=True, least=0),
        ),
    )


def priority_choices() -> Contract:
    """Return the contract of choices between options: discrete, or best and worst.

    Examples
    --------
    >>> [column.name for column in priority_choices().columns if column.required]
    ['respondent', 'task', 'option', 'service', 'level']
    """
    return Contract(
        name="priority_choices",
        row_is="a service level in an option that a resident was shown",
        unlocks="residents' budget priorities, from choices",
        columns=(
            *_respondent(),
            *must(("task", "the question"), ("option", "the option in it")),
            *must(("service", "in the option")),
            Column(name="level", note="of it", kind="integer", required=True, least=0),
            Column(
                name="picked",
                note="the option was picked as best (or chosen), or as worst",
                one_of=("best", "worst"),
            ),
        ),
        key=("respondent", "task", "option", "service"),
    )
