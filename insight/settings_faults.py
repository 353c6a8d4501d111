"""Faults of settings: what `place.toml` asks for that no room could do.

Each room's own checker is asked before any room works, and all that they say is
listed together, so that a place is mended once and not once a room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.chapters import (
    change_faults,
    driver_faults,
    standing_faults,
    target_faults,
    where_faults,
)
from insight.journey_faults import compare_faults, journey_faults, redesign_faults
from insight.segment_faults import name_faults, segment_faults
from insight.spend import cofog_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from place import OpenPlace, Place

__all__ = ["settings_faults", "wording_faults"]

FURTHER: Final = (
    segment_faults,
    standing_faults,
    where_faults,
    driver_faults,
    target_faults,
    change_faults,
    compare_faults,
    redesign_faults,
)


def settings_faults(opened: OpenPlace) -> list[str]:
    """Return all that is wrong with the settings of a place whose tables are sound.

    Parameters
    ----------
    opened
        The place, open. Its areas and spend are looked at where a setting names
        what should be in them.

    Returns
    -------
    faults
        Sentences, each saying what is wrong, what was seen and what to do; none
        where every room can do what the settings ask.
    """
    faults = wording_faults(opened.place)
    for further in FURTHER:
        faults += further(opened)
    return [*faults, *_of_basis(opened)]


def wording_faults(place: Place) -> list[str]:
    """Return what is wrong with settings whatever the tables hold.

    Parameters
    ----------
    place
        What :func:`place.read_place` returned.

    Examples
    --------
    >>> from place.settings import Place
    >>> place = Place.model_validate(
    ...     {"place": {"name": "Here"}, "spend": {"services": {"Home care": "99"}}}
    ... )
    >>> print(*wording_faults(place))
    [spend.services] 'Home care': '99' is no code of COFOG 1999. Write a division such \
as '07' or a group such as '07.3'.
    """
    return [*journey_faults(place), *_of_codes(place), *name_faults(place)]


def _of_codes(place: Place) -> Iterator[str]:
    remedy = "Write a division such as '07' or a group such as '07.3'."
    for service, code in place.spend.services.items():
        if cofog_code(code) is None:
            where = f"[spend.services] {service!r}"
            yield f"{where}: {code!r} is no code of COFOG 1999. {remedy}"
    spend = place.spend
    listed = {
        "collective": spend.collective,
        "universal": spend.universal,
        "overheads": spend.overheads,
        "keys": spend.keys,
    }
    for name, codes in listed.items():
        for code in codes or ():
            if cofog_code(code) is None:
                yield f"[spend] {name}: {code!r} is no code of COFOG 1999. {remedy}"


def _of_basis(opened: OpenPlace) -> Iterator[str]:
    basis = opened.place.spend.basis
    if basis is None or not opened.has("spend"):
        return
    sql = (
        f"SELECT count(*) AS n FROM spend WHERE coalesce(basis, '{basis}') = '{basis}'"
    )
    if not opened.engine.arrow(sql)["n"][0].as_py():
        yield (
            f"[spend] basis: no line of spend is {basis!r}; each says another basis. "
            "Choose the other, or take `basis` away."
        )
