"""How each rule of duplication decides, with its windows as a place has set them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.report import Text
from journeys.duplication.all_rules import ALL_RULES

if TYPE_CHECKING:
    from journeys.duplication import Rules

__all__ = ["methods_text"]

HOW: Final = {
    "repeat_assessment": (
        "An event ({classes}) of another agency for the same need, at most "
        "{window_days:g} days after the first, with no reset in between."
    ),
    "parallel_holding": (
        "A case ({classes}) opened while another agency held one for the same need, "
        "side by side for at least {least_overlap_days:g} days; its money is the share "
        "of its cost that falls into that time."
    ),
    "ping_pong": (
        "A referral for the same need to an agency that the customer has met on the "
        "same path, on which nobody did any work ({broken_by})."
    ),
    "preventable_contact": (
        "A signal in the sense of NI14: a contact ({inbound}) while a request has "
        "stood unanswered for at most {chased_within_days:g} days, within "
        "{back_within_days:g} days of closure, in another channel within "
        "{failed_within_hours:g} hours of a failed digital attempt, or with a recorded "
        "reason; never the first for a need."
    ),
    "asked_again": (
        "A fact that another agency had asked for at most {window_days:g} days before, "
        "unchanged as far as is known."
    ),
    "repeated_course": (
        "The same course for the same need at most {window_days:g} days after one that "
        "achieved nothing or was broken off."
    ),
    "rework": (
        "The same work ({classes}) by the same agency for the same need, at most "
        "{window_days:g} days after it had been completed ({completed})."
    ),
    "handoff_delay": (
        "A step to another agency ({classes}) for the same need that took at least "
        "{excess_days:g} days longer, and {excess_ratio:g} times as long, as the same "
        "step usually takes inside one agency (quantile {baseline_quantile:g} of at "
        "least {least_baseline} such steps). Time, not money."
    ),
}


def methods_text(rules: Rules) -> Text:
    """Return a sentence for each rule that was run, with its options in words.

    Parameters
    ----------
    rules
        What the log was searched by.

    Examples
    --------
    >>> from journeys import read_rules
    >>> methods_text(read_rules()).points[0]
    'D1 repeat assessment. An event (intake, assess) of another agency for the same \
need, at most 180 days after the first, with no reset in between.'
    """
    points = []
    for rule in ALL_RULES:
        options = rules.of(rule.section)
        if options is not None:
            said = {
                name: ", ".join(value) if isinstance(value, tuple | list) else value
                for name, value in options
                if not isinstance(value, tuple) or all(map(_is_word, value))
            }
            points.append(
                f"{rule.name} {rule.title}. {HOW[rule.section].format_map(said)}"
            )
    how = (
        f"Rules version {rules.version}. Before and after go by time; ends of windows "
        "are included. A finding is the later contact, with its evidence, so that a "
        "chain of three has two. What several rules find in one contact is costed once."
    )
    return Text([how], points=points, tone="method")


def _is_word(value: object) -> bool:
    return isinstance(value, str)
