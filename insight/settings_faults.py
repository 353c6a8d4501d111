"""Faults of settings: what `place.toml` asks for that no room could do.

Each room's own checker is asked before any room works, and all that they say is
listed together, so that a place is mended once and not once a room.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters import (
    change_faults,
    driver_faults,
    standing_faults,
    target_faults,
    where_faults,
)
from insight.chapters.finding import areas_with_use, model_file, recipe_of
from insight.spend import cofog_code
from journeys import JourneyError, read_rules
from journeys.frames import check_classes
from segmentation import SegmentError, rates, read_variables
from segmentation.applied import apply_model
from segmentation.areas import categories_of, pipeline_of
from segmentation.service_use import check_services

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import geopandas as gpd

    from place import OpenPlace, Place
    from place.settings import SegmentOptions

__all__ = ["settings_faults", "wording_faults"]

FURTHER: Final = (
    standing_faults,
    where_faults,
    driver_faults,
    target_faults,
    change_faults,
)
SAMPLED: Final = 0.8  # share of areas in each sample that tests the segments
SHOWN: Final = 8  # names listed at most, where none is near


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
    if opened.areas is not None:
        own = list(_of_segments(opened, opened.areas))
        faults += own
        if not own:  # what follows stands on the segments
            for further in FURTHER:
                faults += further(opened)
    return [*faults, *_of_nation(opened), *_of_persons(opened), *_of_basis(opened)]


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
    return [*_of_journeys(place), *_of_codes(place), *_of_names(place.segments)]


def _of_journeys(place: Place) -> Iterator[str]:
    try:
        read_rules(place.journeys.rules)
    except JourneyError as wrong:
        yield from (f"[journeys] rules: {fault}" for fault in wrong.faults)
    for activity, given in place.journeys.classes.items():
        try:
            check_classes([given])
        except JourneyError as wrong:
            yield f"[journeys.classes] {activity!r}: {wrong}"


def _of_codes(place: Place) -> Iterator[str]:
    remedy = "Write a division such as '07' or a group such as '07.3'."
    for service, code in place.spend.services.items():
        if cofog_code(code) is None:
            where = f"[spend.services] {service!r}"
            yield f"{where}: {code!r} is no code of COFOG 1999. {remedy}"
    for code in place.spend.collective or ():
        if cofog_code(code) is None:
            yield f"[spend] collective: {code!r} is no code of COFOG 1999. {remedy}"


def _of_names(options: SegmentOptions) -> Iterator[str]:
    """Hold names against the segments and variables that the settings ask for."""
    if not options.asked or options.model is not None:
        return
    k = options.levels[0] if options.levels else options.k
    codes = [str(number + 1) for number in range(k)]
    for code in options.names:
        if code not in codes:
            yield (
                f"[segments.names] {code!r}: there is no such segment; with k = "
                f"{k} they are '1' to '{k}'. Correct it."
            )
    known = [*options.variables, *options.use]
    for label in options.avoid:
        if label not in known:
            yield f"[segments] avoid: no variable is called {label!r}. " + _nearest(
                label, known
            )
    levels = options.levels or []
    if sorted(set(levels)) != levels:
        yield (
            f"[segments] levels: {levels} should grow from the top down, such as "
            "[8, 21, 52]. Correct them."
        )


def _of_segments(opened: OpenPlace, areas: gpd.GeoDataFrame) -> Iterator[str]:
    options = opened.place.segments
    table = pd.DataFrame(areas.drop(columns="geometry"))
    yield from _of_compare(options.compare, table)
    yield from _of_outcomes(opened.place.outcomes, table)
    if options.model is not None:
        try:
            apply_model(model_file(options.model), table)
        except SegmentError as wrong:
            yield f"[segments] model: {wrong}"
        return
    if not options.asked:
        return
    try:
        read_variables(options.variables or {"": table.columns[0]}, list(table.columns))
        table, variables, _ = areas_with_use(opened, table)
        words = categories_of(table, options.categories)
    except SegmentError as wrong:
        yield f"[segments] {wrong}"
        return
    known: dict[str, pd.Series] = {}
    for label, text in variables.items():
        try:
            known[label] = rates(table, {label: text})[label]
        except SegmentError as wrong:
            yield f"[segments.variables] {label!r}: {wrong}"
    if len(known) == len(variables):
        yield from _of_k(options, pd.DataFrame(known, table.index).join(words))


def _of_outcomes(outcomes: dict[str, str], table: pd.DataFrame) -> Iterator[str]:
    for label, text in outcomes.items():
        try:
            rates(table, {label: text})
        except SegmentError as wrong:
            yield f"[outcomes] {label!r}: {wrong}"


def _of_nation(opened: OpenPlace) -> Iterator[str]:
    options = opened.place.segments
    if not opened.has("nation") or not options.asked or options.model is not None:
        return
    known = [*options.variables, *options.use]
    named = opened.engine.arrow("SELECT variable FROM nation")["variable"].to_pylist()
    for label in sorted(set(named) - set(known)):
        yield (
            f"[tables.nation] variable {label!r} is none of [segments.variables]. "
            + _nearest(label, known)
        )


def _of_persons(opened: OpenPlace) -> Iterator[str]:
    options = opened.place.people_segments
    if options is None:
        return
    if not opened.has("service_use"):
        yield "[people_segments]: needs the table service_use. Supply it."
        return
    if options.variables and opened.areas is None:
        yield "[people_segments.variables]: needs the table areas. Supply it."
        return
    try:
        if options.use:
            check_services(opened.engine, "service_use", options.use)
        if options.variables and opened.areas is not None:
            rates(pd.DataFrame(opened.areas), options.variables)
    except SegmentError as wrong:
        yield f"[people_segments] {wrong}"


def _of_compare(compare: str | None, areas: pd.DataFrame) -> Iterator[str]:
    if compare is None:
        return
    if compare not in areas:
        hint = _nearest(compare, map(str, areas.columns))
        yield f"[segments] compare: areas have no column {compare!r}. {hint}"
    elif areas[compare].count() < 2:  # noqa: PLR2004 - agreement is about pairs
        yield (
            f"[segments] compare: column {compare!r} is filled in "
            f"{areas[compare].count()} of {len(areas)} areas, and two are the least. "
            "Name another, or take `compare` away."
        )


def _of_k(options: SegmentOptions, known: pd.DataFrame) -> Iterator[str]:
    """Say whether there are areas enough, that differ and have every variable."""
    empty = known.columns[known.isna().all()].tolist()
    if empty:
        yield (
            f"[segments.variables] {', '.join(map(repr, empty))}: missing in all "
            f"{len(known)} areas. Leave out, or supply the columns."
        )
        return
    complete = known.dropna() if options.missing == "leave out" else known
    if complete.empty:
        yield (
            f"[segments.variables] each of the {len(known)} areas lacks a variable. "
            "Leave out the variables that are rarely known."
        )
        return
    try:
        features = pipeline_of(recipe_of(options)).fit_transform(complete)
    except SegmentError as wrong:
        yield f"[segments.variables] {wrong}"
        return
    different = len(features.drop_duplicates())
    sampled = round(SAMPLED * len(features))
    key, most = ("levels", max(options.levels)) if options.levels else ("k", options.k)
    if most > min(different, sampled):
        yield (
            f"[segments] {key}: {most} segments were asked of {len(known)} areas, of "
            f"which {len(complete)} have every variable and {different} differ. Ask "
            f"for {max(min(different, sampled), 1)} or fewer."
        )


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


def _nearest(seen: str, known: Iterable[str]) -> str:
    listed = list(known)
    near = get_close_matches(seen, listed, n=1, cutoff=0.5)
    if near:
        return f"Did you mean {near[0]!r}?"
    more = " and more" if listed[SHOWN:] else ""
    return f"Known: {', '.join(listed[:SHOWN])}{more}."
