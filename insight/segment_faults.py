"""Faults of settings about segments: names, variables, models, persons."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeVar

import pandas as pd

from insight.chapters.finding import areas_with_use, model_file, recipe_of
from insight.hints import nearest
from insight.report.errors import ReportError
from insight.report.palette import styles_of
from segmentation import SegmentError, rates, read_variables
from segmentation.areas import categories_of, pipeline_of
from segmentation.errors import few
from segmentation.explain.outcomes import outcome_of
from segmentation.features.service_use import check_services
from segmentation.kmeans.allotment import LEAST, MOST
from segmentation.share.applied import apply_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from place import OpenPlace, Place
    from place.settings import SegmentOptions, TargetOptions

    Read = TypeVar("Read")

__all__ = ["name_faults", "segment_faults"]

SAMPLED: Final = 0.8  # share of areas in each sample that tests the segments


def name_faults(place: Place) -> Iterator[str]:
    """Hold names against the segments and variables that the settings ask for.

    Parameters
    ----------
    place
        What :func:`place.read_place` returned.
    """
    options, targets = place.segments, place.targets
    if not options.asked or options.model is not None:
        return
    k = options.levels[0] if options.levels else options.k
    codes = [str(number + 1) for number in range(k)]
    below = r"[a-z]+\d*$" if options.levels else r"$"  # of a group, such as 3b or 3b2
    for block, named in (
        ("[segments.names]", [re.sub(below, "", code) for code in options.names]),
        ("[targets] segments:", targets.segments if targets else ()),
    ):
        yield from (
            f"{block} {code!r}: there is no such segment; with k = {k} they are '1' to "
            f"'{k}'. Correct it."
            for code in named
            if code not in codes
        )
    known = [*options.variables, *options.use]
    for label in options.avoid:
        if label not in known:
            yield f"[segments] avoid: no variable is called {label!r}. " + nearest(
                label, known
            )
    if any(
        not LEAST * above <= below <= MOST * above
        for above, below in pairwise(options.levels or [])
    ):
        yield (
            f"[segments] levels: {options.levels} should grow from the top down, each "
            f"segment into {LEAST} to {MOST}, such as [8, 21, 52]. Correct them."
        )
    try:
        styles_of(codes)
    except ReportError as many:
        yield f"[segments] {many} Ask for levels, such as [8, 21, 52]."


def segment_faults(opened: OpenPlace) -> Iterator[str]:
    """Return what of `[segments]`, `[outcomes]` and persons the tables cannot bear.

    Parameters
    ----------
    opened
        The place, open.
    """
    if opened.areas is not None:
        place = opened.place
        table = pd.DataFrame(opened.areas.drop(columns="geometry"))
        yield from _of_compare(place.segments.compare, table)
        yield from _of_outcomes(place.outcomes, table)
        yield from _of_targets(place.targets, len(table))
        if place.segments.model is not None:
            yield from _of_model(place.segments.model, table)
        elif place.segments.asked:
            yield from _of_variables(opened, table)
    yield from _of_nation(opened)
    yield from _of_persons(opened)


def _of_model(file: Path, table: pd.DataFrame) -> Iterator[str]:
    try:
        apply_model(model_file(file), table)
    except SegmentError as wrong:
        yield f"[segments] model: {wrong}"


def _of_variables(opened: OpenPlace, table: pd.DataFrame) -> Iterator[str]:
    options = opened.place.segments
    names = [*options.variables, *options.use, *options.categories]
    twice = sorted({name for name in names if names.count(name) > 1})
    said = "named more than once among variables, use and categories. Name each once."
    faults = [f"[segments] {few(twice)}: {said}"] if twice else []
    columns = list(table.columns)
    read = options.variables or {"": columns[0]}
    _tried(lambda: read_variables(read, columns), "[segments.variables]", faults)
    used = _tried(lambda: areas_with_use(opened, table), "[segments.use]", faults)
    words = _tried(
        lambda: categories_of(table, options.categories),
        "[segments] categories:",
        faults,
    )
    yield from faults
    if faults or used is None or words is None:
        return
    table, variables, _ = used
    if not variables:
        yield (
            "[segments] categories: they set areas apart only beside variables. Add "
            "[segments.variables] or [segments.use]."
        )
        return
    known: dict[str, pd.Series] = {}
    for label, text in variables.items():
        try:
            known[label] = rates(table, {label: text})[label]
        except SegmentError as wrong:
            yield f"[segments.variables] {label!r}: {wrong}"
    if len(known) == len(variables):
        yield from _of_k(options, pd.DataFrame(known, table.index).join(words))


def _tried(read: Callable[[], Read], block: str, faults: list[str]) -> Read | None:
    try:
        return read()
    except SegmentError as wrong:
        faults.append(f"{block} {wrong}")
        return None


def _of_outcomes(outcomes: dict[str, str], table: pd.DataFrame) -> Iterator[str]:
    for label, text in outcomes.items():
        try:
            rates(table, {label: text})
        except SegmentError as wrong:
            yield f"[outcomes] {label!r}: {wrong}"
            continue
        found = outcome_of(table, label, text)
        known = found.count[found.base > 0].dropna()
        if not (known.sum() > 0 and (known >= 0).all()):
            yield (
                f"[outcomes] {label!r}: nobody has it in any of {len(known)} areas "
                "of which it is known, or it falls below 0. Choose what occurs."
            )


def _of_targets(options: TargetOptions | None, areas: int) -> Iterator[str]:
    if options is None or "areas" not in options.model_fields_set:
        return
    if options.areas > areas:
        yield (
            f"[targets] areas: {options.areas:,} were asked for, and the place has "
            f"{areas:,}. Ask for fewer."
        )


def _of_nation(opened: OpenPlace) -> Iterator[str]:
    options = opened.place.segments
    if not opened.has("nation") or not options.asked or options.model is not None:
        return
    known = [*options.variables, *options.use]
    named = opened.engine.arrow("SELECT variable FROM nation")["variable"].to_pylist()
    for label in sorted(set(named) - set(known)):
        yield (
            f"[tables.nation] variable {label!r} is none of [segments.variables]. "
            + nearest(label, known)
        )


def _of_persons(opened: OpenPlace) -> Iterator[str]:
    options = opened.place.people_segments
    if options is None or (opened.areas is None and not opened.has("service_use")):
        return  # a place with nothing in it yet
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
        hint = nearest(compare, map(str, areas.columns))
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
    bearable = min(different - 1, sampled)  # as many as differ leave nothing to test
    if most > bearable:
        yield (
            f"[segments] {key}: {most} segments were asked of {len(known)} areas, of "
            f"which {len(complete)} have every variable and {different} differ. Ask "
            f"for {max(bearable, 1)} or fewer."
        )
