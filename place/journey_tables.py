"""The contracts that stand beside events: what activities mean and what they cost."""

from __future__ import annotations

from place.contract import COST, COST_RULES, Column, Contract

__all__ = ["audit", "unit_costs", "vocabulary"]


def vocabulary(activity_classes: tuple[str, ...]) -> Contract:
    """Return the contract of a vocabulary: activities and their classes.

    Examples
    --------
    >>> vocabulary(("request", "assess")).key
    ('activity', 'agency')
    """
    return Contract(
        name="vocabulary",
        row_is="an activity as agencies write it, and what kind of contact it is",
        unlocks="rules of duplication, for activities without a class of their own",
        columns=(
            Column(name="activity", note="as events write it", required=True),
            Column(name="agency", note="whose word it is; everyone's where blank"),
            Column(
                name="activity_class",
                note="kind of activity, for the duplication rules",
                required=True,
                one_of=activity_classes,
            ),
            Column(name="standard_activity", note="one name for several spellings"),
            Column(name="note", note="why"),
        ),
        key=("activity", "agency"),
    )


def unit_costs(activity_classes: tuple[str, ...]) -> Contract:
    """Return the contract of unit costs, for events whose cost is not recorded.

    Examples
    --------
    >>> [c.name for c in unit_costs(("assess",)).columns if c.required]
    ['basis', 'central_pounds']
    """
    return Contract(
        name="unit_costs",
        row_is="what one contact costs, where the event itself does not say",
        unlocks="money for events without a recorded cost",
        columns=(
            Column(
                name="basis",
                note="where the figure comes from",
                required=True,
                one_of=("tariff", "published", "default"),
            ),
            Column(name="agency", note="of this agency; of all where blank"),
            Column(name="activity", note="of this activity; of all where blank"),
            Column(
                name="activity_class",
                note="of this class; of all where blank",
                one_of=activity_classes,
            ),
            *COST,
        ),
        key=("basis", "agency", "activity", "activity_class"),
        rules=COST_RULES,
    )


def audit() -> Contract:
    """Return the contract of an audit: findings checked against case files.

    Examples
    --------
    >>> audit().key
    ('audit_id',)
    """
    return Contract(
        name="audit",
        row_is="a contact that an auditor looked up, and whether the rule was right",
        unlocks="cost of duplication as audited, with wider and truer intervals",
        columns=(
            Column(name="audit_id", note="row of the sample", required=True),
            Column(name="rule", note="D1 to D8", required=True),
            Column(name="version", note="version of the rules that drew the sample"),
            Column(name="event_id", note="the contact", required=True, personal=True),
            Column(
                name="found",
                note="whether the rule had found it",
                required=True,
                one_of=("found", "not found"),
            ),
            Column(
                name="weight",
                note="contacts that the row stands for",
                kind="number",
                least=0,
            ),
            Column(
                name="verdict",
                note="blank until looked up",
                one_of=("duplicate", "not a duplicate", "cannot tell"),
            ),
            Column(name="auditor", note="who looked it up", personal=True),
            Column(name="remark", note="why", personal=True),
        ),
        key=("audit_id",),
    )
