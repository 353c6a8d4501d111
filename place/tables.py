"""The contracts: the tables that a place may hold, column by column."""

from __future__ import annotations

from typing import Final

from place.centre_out_tables import (
    allocation_weights,
    local_figures,
    need_indices,
    own_keys,
    place_keys,
    place_totals,
    regional_spend,
)
from place.contract import Column, Contract, must, texts
from place.journey_tables import audit, unit_costs, vocabulary
from place.map_tables import journey_maps
from place.route_tables import control, own_income, programmes, transfers
from place.savings_tables import (
    prevention,
    priority_choices,
    priority_grids,
    priority_levels,
    savings,
)
from place.spend_segment_tables import segment_totals, service_costs, survey_use
from place.spend_tables import headings, spend, spend_expected

__all__ = ["ACTIVITY_CLASSES", "CONTRACTS", "Column", "Contract"]

ACTIVITY_CLASSES: Final = (
    "request", "contact_in", "contact_out", "intake", "assess", "refer",
    "service", "course", "review", "reset",
)  # fmt: skip
COMPONENTS: Final = ("value", "people and skills", "process", "data and systems")


def _ids(*pairs: tuple[str, str]) -> tuple[Column, ...]:
    return tuple(Column(name=name, note=note, personal=True) for name, note in pairs)


_AREA = Column(name="area_code", note="small area the person lives in")

_CONTRACTS: Final = (
    Contract(
        name="areas",
        row_is="a small area; census counts and classification codes may follow",
        unlocks="segments, the map and index scores",
        columns=(
            *must(("area_code", "code of the area, such as E00069517")),
            Column(name="population", note="residents", kind="number", least=0),
            Column(name="households", note="households", kind="number", least=0),
        ),
        key=("area_code",),
    ),
    Contract(
        name="people",
        row_is="a record an agency holds of a person",
        unlocks="journeys and spend by segment, from where people live",
        columns=(
            Column(name="record_id", note="the record", required=True, personal=True),
            *must(("agency", "who holds it")),
            *_ids(
                ("given_name", "first name"),
                ("family_name", "last name"),
                ("date_of_birth", "as 1961-04-30"),
                ("sex", "as recorded"),
                ("address", "first line"),
                ("postcode", "full"),
                ("uprn", "unique property reference number"),
                ("nhs_number", "ten digits"),
            ),
            _AREA,
            *_ids(("customer_id", "one person's id, where records are linked already")),
        ),
        key=("record_id", "agency"),
    ),
    Contract(
        name="service_use",
        row_is="a person's or an area's use of a service",
        unlocks="spend per segment from real use",
        columns=(
            *_ids(("customer_id", "the person; or leave empty and give area_code")),
            _AREA,
            *must(("service", "what was used"), ("agency", "who gave it")),
            Column(name="units", note="how much", kind="number", least=0),
            Column(name="cost_pounds", note="what it cost", kind="pounds", least=0),
            Column(name="start", note="first day", kind="time"),
            Column(name="end", note="last day; empty while open", kind="time"),
        ),
        rules=(
            (
                "customer_id IS NOT NULL OR area_code IS NOT NULL",
                "names neither customer_id nor area_code",
            ),
            (
                "start_us IS NULL OR end_us IS NULL OR end_us >= start_us",
                "ends before it starts",
            ),
        ),
    ),
    Contract(
        name="nation",
        row_is="the national count and base of a variable of the segments",
        unlocks="index scores against the nation",
        columns=(
            *must(("variable", "label as in [segments.variables]")),
            Column(name="count", note="", kind="number", required=True, least=0),
            Column(name="base", note="", kind="number", required=True, least=0),
        ),
        key=("variable",),
    ),
    Contract(
        name="sites",
        row_is="a place where customers are or could be served",
        unlocks="who is far from an access point, and where another would go",
        columns=(
            *must(("site_id", "the site"), ("area_code", "area it lies in")),
            *texts(("name", "as people say it")),
            Column(
                name="status",
                note="open today, or possible",
                required=True,
                one_of=("open", "possible"),
            ),
        ),
        key=("site_id",),
    ),
    Contract(
        name="travel",
        row_is="the time or distance from an area to a site",
        unlocks="access by real travel, in place of straight lines",
        columns=(
            *must(("area_code", "from"), ("site_id", "to")),
            Column(name="minutes", note="travel time", kind="number", least=0),
            Column(name="metres", note="travel distance", kind="number", least=0),
        ),
        key=("area_code", "site_id"),
        rules=(
            (
                "minutes IS NOT NULL OR metres IS NOT NULL",
                "gives neither minutes nor metres",
            ),
        ),
    ),
    Contract(
        name="events",
        row_is="a contact of a customer with an agency",
        unlocks="journeys, hand-overs and duplication",
        columns=(
            Column(
                name="event_id",
                note="the event; numbered by row where absent",
                required=True,
                personal=True,
                counts_rows=True,
            ),
            Column(name="customer_id", note="whose", required=True, personal=True),
            Column(name="time", note="when it began", kind="time", required=True),
            *must(("agency", "who met the customer"), ("activity", "what was done")),
            *texts(
                ("need", "what it was about; duplication is judged within a need"),
                ("episode_id", "spell of that need"),
            ),
            Column(
                name="activity_class",
                note="kind of activity, for the duplication rules",
                one_of=ACTIVITY_CLASSES,
            ),
            *texts(
                ("channel", "phone, web, visit"),
                ("outcome", "how it ended"),
                ("referred_to", "agency the customer was sent to"),
            ),
            Column(name="cost_pounds", note="of the event", kind="pounds", least=0),
            Column(name="end_time", note="when it ended", kind="time"),
            *texts(
                ("data_items", "facts collected, separated by ;"),
                ("joint_with", "agencies that worked jointly, separated by ;"),
            ),
        ),
        key=("event_id",),
        rules=(
            (
                "end_time_us IS NULL OR end_time_us >= time_us",
                "ends before it begins",
            ),
            (
                "time_us BETWEEN -2177452800000000 AND 4102444799999999",
                "is dated before 1901 or after 2099, as where no date is known",
            ),
        ),
    ),
    spend(),
    headings(),
    spend_expected(),
    transfers(),
    own_income(),
    control(),
    programmes(),
    regional_spend(),
    place_keys(),
    own_keys(),
    allocation_weights(),
    local_figures(),
    place_totals(),
    need_indices(),
    survey_use(),
    service_costs(),
    segment_totals(),
    Contract(
        name="maturity",
        row_is="one coder's score of a place's insight",
        unlocks="insight maturity against flags",
        columns=(
            *must(("place", "the place scored")),
            Column(name="component", note="", required=True, one_of=COMPONENTS),
            *must(("coder", "who scored")),
            Column(
                name="score",
                note="1 to 4; blank where there is no text",
                kind="integer",
                least=1,
                most=4,
            ),
            *texts(("evidence", "the passage")),
            Column(
                name="phase",
                note="before or after the flags",
                one_of=("before", "after"),
            ),
        ),
        key=("place", "component", "coder", "phase"),
    ),
    Contract(
        name="flags",
        row_is="CAA flags of an area",
        unlocks="insight maturity against flags",
        columns=(
            *must(("place", "the place"), ("area", "the CAA area")),
            Column(name="colour", note="", required=True, one_of=("red", "green")),
            Column(name="count", note="if known", kind="integer", least=0),
            Column(name="minimum", note="if not", kind="integer", least=0),
            Column(name="maximum", note="if not", kind="integer", least=0),
            *texts(("source", "where it is published")),
        ),
        key=("place", "area", "colour"),
        rules=(
            (
                "minimum IS NULL OR maximum IS NULL OR minimum <= maximum",
                "minimum is more than maximum",
            ),
        ),
    ),
    vocabulary(ACTIVITY_CLASSES),
    unit_costs(ACTIVITY_CLASSES),
    audit(),
    journey_maps(ACTIVITY_CLASSES),
    savings(),
    prevention(),
    priority_levels(),
    priority_grids(),
    priority_choices(),
)

CONTRACTS: Final = {contract.name: contract for contract in _CONTRACTS}
