"""What may be redesigned: one model a kind of change, its parameters, its assumptions.

`place.toml` holds one `[[redesigns]]` block for each. Everything that a redesign
assumes stands in its block as a range, and comes back as a row of a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

from pydantic import Field, ValidationError, model_validator

from journeys.duplication.rule import Class, Days, Label, Ordered, RuleFile, Shares
from journeys.errors import JourneyError
from place.said import fault_said, unknown_said

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from pydantic_core import ErrorDetails

__all__ = [
    "AssessFirst",
    "FrontDoor",
    "MergeAgencies",
    "MergeSteps",
    "OptInOffer",
    "Pounds",
    "Redesign",
    "redesign_of",
]

Money = Annotated[float, Field(strict=True, ge=0, le=1e9)]
WHOLE: Final = Shares(low=1.0, central=1.0, high=1.0)


class Pounds(Ordered):
    """An amount in pounds as a range: the least, the likeliest and the most."""

    low: Money
    central: Money
    high: Money


class _Change(RuleFile):
    """What every redesign says: what it is called, and where its figures come from."""

    name: Label
    source: Label = "assumed"


class _WideChange(_Change):
    """A redesign for everyone whom it concerns.

    Attributes
    ----------
    reach
        Share of the customers concerned whose journeys do change.
    avoided
        Share of what contacts cost that fall away which is no longer spent. Without
        it, the preventable share of the rule that found the contact, or all of it.
    """

    reach: Shares = WHOLE
    avoided: Shares | None = None


class MergeSteps(_WideChange):
    """Do steps in one visit: what comes soon after `first` becomes part of it.

    A contact of an activity in `then` joins the nearest contact of `first` before it
    that is of the same customer and need, not longer ago than `within_days`; one of
    each activity a visit. What is still spent of it falls to the agency of the visit.
    """

    kind: Literal["merge steps"] = "merge steps"
    first: Label
    then: tuple[Label, ...] = Field(min_length=1)
    within_days: Days
    agency: Literal["same", "any"] = "any"

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.first in self.then:
            msg = f"{self.first!r} stands in first and in then; take it out of one"
            raise ValueError(msg)
        return self


class MergeAgencies(_Change):
    """Make one agency of several: hand-offs and findings between them vanish.

    Contacts stay. Of a contact that repeated the work of another of the merged
    agencies, that part of its cost falls away.
    """

    kind: Literal["merge agencies"] = "merge agencies"
    agencies: tuple[Label, ...] = Field(min_length=2)
    into: Label
    avoided: Shares | None = None

    @model_validator(mode="after")
    def _several(self) -> Self:
        if len(set(self.agencies)) < len(self.agencies):
            msg = f"agencies names one more than once: {list(self.agencies)}"
            raise ValueError(msg)
        return self


class AssessFirst(_WideChange):
    """Move the first of these assessments of a customer and need to first contact.

    Later contacts of its class that `rules` found redundant fall away while it is
    still good: `valid_days`, or the window and shelf lives of D1.
    """

    kind: Literal["assess first"] = "assess first"
    activities: tuple[Label, ...] = Field(min_length=1)
    by: Literal["first agency", "assessor"] = "first agency"
    rules: tuple[Label, ...] = Field(default=("D1",), min_length=1)
    valid_days: Days | None = None


class FrontDoor(_WideChange):
    """Let first contacts go to one agency, which passes on at once to the right one.

    The right one is the agency that in the end did the first work (a contact of a
    class in `work`) for that customer and need. Contacts of the classes in `falls`
    at other agencies before that fall away, but for one referral; what follows for
    that need comes as much sooner as they took.
    """

    kind: Literal["front door"] = "front door"
    agency: Label
    contacts: tuple[Class, ...] = Field(default=("request", "contact_in"), min_length=1)
    work: tuple[Class, ...] = Field(
        default=("assess", "service", "course"), min_length=1
    )
    falls: tuple[Class, ...] = (
        "request",
        "contact_in",
        "contact_out",
        "intake",
        "refer",
    )


class OptInOffer(_Change):
    """Offer a lead worker to customers of chosen segments, who may take it or not.

    Offered to customers with at least `least_findings` contacts that rules found
    redundant. For those who take it up, these contacts fall away.

    Attributes
    ----------
    segments
        As the table of segments writes them; empty means everyone.
    agency
        Who employs the lead workers and bears the cost of the offer.
    take_up
        Share of those offered it who take it.
    effect
        Share of what their redundant contacts cost that is no longer spent.
    offer_pounds
        What the offer costs for each customer who takes it.
    """

    kind: Literal["opt-in offer"] = "opt-in offer"
    agency: Label
    take_up: Shares
    effect: Shares
    offer_pounds: Pounds
    segments: tuple[Label, ...] = ()
    least_findings: Annotated[int, Field(strict=True, ge=1)] = 1


Redesign: TypeAlias = MergeSteps | MergeAgencies | AssessFirst | FrontDoor | OptInOffer
KINDS: Final[Mapping[str, type[Redesign]]] = {
    model.model_fields["kind"].default: model
    for model in (MergeSteps, MergeAgencies, AssessFirst, FrontDoor, OptInOffer)
}


def redesign_of(given: Mapping[str, Any]) -> Redesign:
    """Read one `[[redesigns]]` block and check it.

    Parameters
    ----------
    given
        As TOML gives it, with `kind` and `name`.

    Returns
    -------
    redesign
        What :func:`journeys.redesign.redesign` takes.

    Raises
    ------
    JourneyError
        With every unknown key (and the nearest known one), missing key and wrong
        value.

    Examples
    --------
    >>> given = {"kind": "merge agencies", "name": "One team", "into": "Team"}
    >>> redesign_of(given | {"agencies": ["Housing", "Benefits"]}).into
    'Team'
    """
    where = f"[[redesigns]] {given.get('name', 'without a name')!r}"
    kind = str(given.get("kind"))
    if kind not in KINDS:
        raise JourneyError(unknown_said(where, kind, KINDS, "kind"))
    model = KINDS[kind]
    try:
        return model.model_validate(dict(given))
    except ValidationError as found:
        faults = [_said(fault, where, model) for fault in found.errors()]
        raise JourneyError(*dict.fromkeys(faults)) from None


def _said(fault: ErrorDetails, where: str, model: type[Redesign]) -> str:
    """Say a fault of one key, or of the whole block, which has none."""
    if fault["loc"]:
        return fault_said(fault, where, model)
    return f"{where}: {fault['msg'].removeprefix('Value error, ')}"
