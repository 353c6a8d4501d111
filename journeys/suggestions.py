"""What names may mean: the class of an activity, two spellings of one agency.

All of it is for a person to decide; nothing is mapped or merged by likeness.
"""

from __future__ import annotations

import re
from collections import defaultdict
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["alike_names", "nearest_of", "suggested_class"]

NEAR: Final = 0.6  # likeness from which a name is suggested: difflib's own default
WORDS: Final = {  # the first class of which a word stands in an activity is suggested
    "reset": ("appeal", "change of circumstances", "error corrected", "new address"),
    "review": ("review", "follow-up", "follow up", "monitoring"),
    "refer": ("refer", "signpost", "transfer", "hand over", "handover"),
    "assess": ("assess", "screen", "triage", "diagnos", "evaluation"),
    "intake": ("intake", "regist", "admission", "admit", "enrol", "sign up", "form"),
    "course": ("course", "programme", "training", "class", "workshop"),
    "contact_out": ("letter sent", "call made", "reminder", "notif", "reply"),
    "contact_in": ("call", "phone", "enquiry", "email", "complain", "chas", "walk-in"),
    "request": ("request", "application", "apply", "claim", "order"),
    "service": ("visit", "treat", "repair", "payment", "care", "support", "service"),
}


def nearest_of(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like one, whatever the capitals, or nothing.

    Examples
    --------
    >>> nearest_of("HOME VISITS", ["home visit", "court"])
    'home visit'
    """
    folded: dict[str, str] = {}
    for each in known:
        folded.setdefault(each.casefold(), each)
    found = get_close_matches(name.casefold(), folded, 1, NEAR)
    return folded[found[0]] if found else None


def suggested_class(activity: str, known: Mapping[str, str]) -> tuple[str, str]:
    """Suggest the class of an activity, and say why; a person decides.

    Parameters
    ----------
    activity
        As the agency calls it.
    known
        Activities whose class is known, with it.

    Returns
    -------
    suggestion, reason
        The class of the most similar known activity, or else the first class of which
        a word stands in the activity; both empty where there is neither.

    Examples
    --------
    >>> suggested_class("Initial screening", {})
    ('assess', "has 'screen'")
    >>> suggested_class("Home visits", {"home visit": "service"})
    ('service', "is like 'home visit'")
    """
    near = nearest_of(activity, known)
    if near is not None:
        return known[near], f"is like {near!r}"
    folded = activity.casefold()
    for name, words in WORDS.items():
        for word in words:
            if re.search(rf"\b{re.escape(word)}", folded):
                return name, f"has {word!r}"
    return "", ""


def alike_names(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return groups of names that differ in capitals, blanks or marks alone.

    Parameters
    ----------
    names
        Such as the agencies of a log: two spellings of one would count as two.

    Examples
    --------
    >>> alike_names(["NHS Trust", "Police", "NHS trust", "NHS-Trust"])
    [('NHS Trust', 'NHS trust', 'NHS-Trust')]
    """
    groups: dict[str, set[str]] = defaultdict(set)
    for name in names:
        plain = name.casefold().replace("&", " and ")
        groups[re.sub(r"\W+", "", plain) or name].add(name)
    return sorted(tuple(sorted(same)) for same in groups.values() if len(same) > 1)
