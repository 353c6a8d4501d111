"""The contracts behind spend by segment: surveys of use, unit costs, known totals."""

from __future__ import annotations

from place.contract import COST, COST_RULES, Column, Contract, must, texts

__all__ = ["segment_totals", "service_costs", "survey_use"]

_PLACED = ("segment IS NOT NULL OR area_code IS NOT NULL", "names no segment and area")


def survey_use() -> Contract:
    """Return the contract of surveys of use: of those asked, how many use a service.

    Examples
    --------
    >>> [column.name for column in survey_use().columns if column.required]
    ['service', 'users', 'asked']
    """
    return Contract(
        name="survey_use",
        row_is="how many of those asked in a segment, or an area, use a service",
        unlocks="spend per segment where no use is recorded",
        columns=(
            *must(("service", "what they were asked about")),
            *texts(
                ("segment", "of those asked; or leave empty and give area"),
                ("area_code", "area of those asked"),
            ),
            Column(
                name="users", note="who use it", kind="integer", required=True, least=0
            ),
            Column(
                name="asked",
                note="who answered, users or not",
                kind="integer",
                required=True,
                least=0,
            ),
        ),
        key=("service", "segment", "area_code"),
        rules=(_PLACED, ("users <= asked", "has more users than were asked")),
    )


def service_costs() -> Contract:
    """Return the contract of unit costs of services, with their range.

    Examples
    --------
    >>> service_costs().key
    ('service',)
    """
    return Contract(
        name="service_costs",
        row_is="what a unit of a service, or a user of it in the period, costs",
        unlocks="spend per segment by use at unit cost, and budgets held against it",
        columns=(
            *must(("service", "as in service_use or survey_use")),
            Column(
                name="per",
                note="what the cost is of; a survey needs the cost of a user",
                required=True,
                one_of=("unit", "user"),
            ),
            *COST,
        ),
        key=("service",),
        rules=COST_RULES,
    )


def segment_totals() -> Contract:
    """Return the contract of known totals: what each segment got of some spend.

    Examples
    --------
    >>> [column.stored for column in segment_totals().columns]
    ['segment', 'cofog', 'amount_pence']
    """
    return Contract(
        name="segment_totals",
        row_is="what a segment is known to have got of the spend of a COFOG code",
        unlocks="spend per segment that keeps totals known from elsewhere",
        columns=(
            *must(
                ("segment", "the segment; every segment needs a row"),
                ("cofog", "division or group; the rows of a code make its spend"),
            ),
            Column(
                name="amount_pounds",
                note="to the penny",
                kind="pounds",
                required=True,
                least=0,
            ),
        ),
        key=("segment", "cofog"),
    )
