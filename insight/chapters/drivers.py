"""What goes with an outcome: drivers, within segments and between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from insight.chapters.chapter import Chapter, number_of
from insight.release import Sheet, release
from insight.report import Bars, Matrix, Picture, Section, Table, Text, bars
from segmentation import SegmentError, rates
from segmentation.action.drivers import drivers
from segmentation.explain.outcomes import outcome_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    import geopandas as gpd

    from insight.release import Door, Released
    from insight.report import Block
    from place import OpenPlace
    from place.settings import DriverOptions
    from segmentation.action.drivers import Drivers

__all__ = ["driver_faults", "drivers_chapter"]

TITLE: Final = "What goes with it"
COUNT: Final = "its count"
BASE: Final = "its base"
SEGMENT: Final = "its segment"
CLUSTER: Final = "its cluster"
LEVEL: Final = 0.05
WITH: Final = "What goes with one standard deviation more of a factor:"
CAREFUL: Final = (
    "What goes with an outcome need not cause it: changing the factor may change "
    "nothing. Use this to choose what to ask about and to test."
)
ODDS: Final = ["odds_ratio", "low", "high"]
POINTS: Final = ["points", "points_low", "points_high"]
WIDTHS: Final = dict.fromkeys([*ODDS, *POINTS], 2) | {"p_value": 4, "adjusted_p": 4}


def drivers_chapter(
    opened: OpenPlace,
    areas: gpd.GeoDataFrame,
    segments: pd.Series[str],
    names: Mapping[str, str],
    door: Door,
) -> Chapter:
    """Say which factors go with an outcome, within segments and between them.

    Parameters
    ----------
    opened
        A place with `[drivers]`, whose outcome is in `[outcomes]` and whose factors
        are labels of `[segments.variables]` or columns of areas.
    areas
        Its areas.
    segments, names
        Segment of each area, and what segments are called.
    door
        Every figure goes through it.

    Raises
    ------
    SegmentError
        If the drivers cannot be asked for as they stand.
    """
    options = opened.place.drivers
    if options is None:
        msg = "the place has no [drivers]. Say which outcome and which factors."
        raise SegmentError(msg)
    result = _asked(opened, areas, segments, options)
    effects = _effects(result, options, door)
    shown = effects.frame[effects.frame["adjusted_p"] < LEVEL]
    lead = _lead(shown, options)
    found = Text([WITH], _figures(shown), tone="finding")
    blocks: list[Block] = [
        _picture(effects, options),
        *([] if shown.empty else [found]),
        *_differences(result, names, options, door),
    ]
    if result.cautions:
        blocks.append(Text(["Before relying on this:"], result.cautions, "caution"))
    left = [
        f"Left out: {number_of(number, 'area')} ({why})."
        for why, number in result.left_out.items()
    ]
    blocks.append(Text([CAREFUL], tone="caution"))
    blocks.append(Text([_how(effects, result)], left, "method"))
    section = Section("drivers", f"{TITLE}: {options.outcome}", lead, blocks)
    return Chapter(section=section, sentences=[lead])


def driver_faults(opened: OpenPlace) -> Iterator[str]:
    """Return what is wrong with `[drivers]`, besides what segments will show.

    Parameters
    ----------
    opened
        The place, open. All areas are taken for one segment here.
    """
    options = opened.place.drivers
    if options is None or opened.areas is None:
        return
    everyone = pd.Series("1", opened.areas.index)
    try:
        _asked(opened, opened.areas, everyone, options)
    except SegmentError as wrong:
        yield f"[drivers] {wrong}"


def _asked(
    opened: OpenPlace,
    areas: gpd.GeoDataFrame,
    segments: pd.Series[str],
    options: DriverOptions,
) -> Drivers:
    """Put the question to the areas of a place."""
    place, table = opened.place, pd.DataFrame(areas.drop(columns="geometry"))
    if options.outcome not in place.outcomes:
        msg = (
            f"no outcome is called {options.outcome!r}; [outcomes] has "
            f"{', '.join(map(repr, place.outcomes)) or 'none'}. Add it there."
        )
        raise SegmentError(msg)
    outcome = outcome_of(table, options.outcome, place.outcomes[options.outcome])
    known = place.segments.variables
    asked = rates(table, {name: known.get(name, name) for name in options.factors})
    asked[COUNT], asked[BASE] = outcome.count, outcome.base
    asked[SEGMENT] = segments.reindex(asked.index)
    cluster = options.cluster
    if cluster is not None:
        if cluster not in table:
            msg = (
                f"areas have no column {cluster!r} to cluster by. Name a column, or "
                "take `cluster` away."
            )
            raise SegmentError(msg)
        asked[CLUSTER] = table[cluster]
    return drivers(
        asked,
        (COUNT, BASE),
        options.factors,
        segments=SEGMENT,
        cluster=CLUSTER if cluster else None,
    )


def _effects(result: Drivers, options: DriverOptions, door: Door) -> Released:
    frame = result.effects.round(WIDTHS)
    frame["label"] = frame["factor"] + ", " + frame["level"] + " segments"
    frame["people"] = round(result.events)
    figures = [*ODDS, *POINTS, "p_value", "adjusted_p"]
    return release(
        door,
        frame[["label", "factor", "level", *figures, "n", "people"]],
        Sheet(
            name="drivers",
            title=f"What goes with {options.outcome}",
            counts=["people"],
            measures=dict.fromkeys(figures, "people"),
            public=["n"],
            labels=["label", "factor", "level"],
            note="For one standard deviation more of the factor. Adjusted after Holm "
            "over all rows. What goes with an outcome need not cause it.",
        ),
    )


def _lead(shown: pd.DataFrame, options: DriverOptions) -> str:
    if shown.empty:
        return f"No factor was shown to go with {options.outcome}."
    points = shown.groupby("factor", sort=False)["points"]
    least, most = points.min(), points.max()
    ways = {
        "more": most.index[least > 0],
        "less": most.index[most < 0],
        "more or less": most.index[(least <= 0) & (most >= 0)],
    }
    said = [
        f"{way} where there is more of {', '.join(factors)}"
        for way, factors in ways.items()
        if len(factors)
    ]
    label = f"{options.outcome[:1].upper()}{options.outcome[1:]}"
    return f"{label}: {'; '.join(said)}."


def _figures(shown: pd.DataFrame) -> list[str]:
    return [
        f"{factor}: {' and '.join(map(_points, rows.to_dict('records')))}."
        for factor, rows in shown.groupby("factor", sort=False)
    ]


def _points(row: Mapping[Hashable, Any]) -> str:
    inside = row["level"] == "within"
    return (
        f"{row['points']:+.1f} percentage points "
        f"{'among areas of one segment' if inside else 'between segments'} "
        f"(95 % interval {row['points_low']:+.1f} to {row['points_high']:+.1f})"
    )


def _how(effects: Released, result: Drivers) -> str:
    return (
        f"{len(effects.frame)} effects were tested together over {result.n:,} areas in "
        f"{result.clusters:,} clusters; segments alone explain "
        f"{100 * result.explained_by_segments:.0f} % of the deviance, with the factors "
        f"{100 * result.explained:.0f} %."
    )


def _picture(effects: Released, options: DriverOptions) -> Picture:
    said = " ".join(
        f"{label}: {points:+.1f}."
        for label, points in zip(
            effects.frame["label"], effects.frame["points"], strict=True
        )
        if not pd.isna(points)
    )
    return Picture(
        drawing=bars(
            effects,
            Bars(label="label", value="points", low="points_low", high="points_high"),
        ),
        title=f"Percentage points of {options.outcome} that go with each factor",
        alt=f"Bars of percentage points for one standard deviation more. {said}",
        twin=Table(
            released=effects,
            columns={
                "label": "Factor",
                "points": "Percentage points",
                "points_low": "Low (95 %)",
                "points_high": "High (95 %)",
                "odds_ratio": "Odds ratio",
                "low": "Low of the odds ratio",
                "high": "High of the odds ratio",
                "adjusted_p": "p, adjusted",
                "n": "Areas, or segments",
                "people": "People with it",
            },
        ),
    )


def _differences(
    result: Drivers, names: Mapping[str, str], options: DriverOptions, door: Door
) -> list[Block]:
    """Say where a factor goes with more than elsewhere."""
    frame = result.by_segment.copy()
    called = frame["segment"].map(dict(names)).fillna("")
    frame["name"] = (frame["segment"] + " " + called).str.strip()
    for column in ("base", "events"):
        frame[column] = frame[column].round().astype("Int64")
    columns = ["segment", "name", "factor", *ODDS, "n", "base", "events"]
    released = release(
        door,
        frame[columns].round(dict.fromkeys(ODDS, 2)),
        Sheet(
            name="drivers_by_segment",
            title=f"What goes with {options.outcome}, segment by segment",
            counts=["base", "events"],
            measures=dict.fromkeys(ODDS, "events"),
            public=["n"],
            labels=["segment", "name", "factor"],
            note="No odds ratio where a segment has too few people or areas.",
        ),
    )
    grid = Matrix(
        released=released,
        rows="name",
        columns="factor",
        count="odds_ratio",
        title=f"Odds ratios of {options.outcome}, segment by segment",
        corner="Segment",
        note=(
            "For one standard deviation more; 1 is no difference. Intervals, areas and "
            "people are in the file."
        ),
    )
    differ = result.differ[result.differ["adjusted_p"] < LEVEL]["factor"].tolist()
    said = (
        f"The odds ratio differs between segments for {', '.join(differ)}."
        if differ
        else "For no factor was the odds ratio shown to differ between segments."
    )
    unknown = int(result.differ["p_value"].isna().sum())
    more = f" It could not be tested for {unknown} of them." if unknown else ""
    if not differ:
        return [Text([f"{said}{more} Each segment is in {released.path}."])]
    return [Text([f"{said}{more}"], tone="finding"), grid]
