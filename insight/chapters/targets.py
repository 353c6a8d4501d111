"""Where to go first: a ranked list for a campaign, and areas held out to judge it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter, number_of
from insight.chapters.hold_out import hold_out_blocks
from insight.chapters.where_part import map_of
from insight.release import Sheet, release
from insight.report import (
    Column,
    Figure,
    Lines,
    MapClass,
    Picture,
    Section,
    Table,
    Text,
    lines,
)
from segmentation import SegmentError
from segmentation.action.campaigns import HoldOut, hold_out_areas
from segmentation.action.targets import TargetPlan, target_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

    from insight.release import Door, Released
    from insight.report import Block
    from place import OpenPlace
    from place.settings import TargetOptions
    from segmentation.action.targets import Targets

__all__ = ["target_faults", "targets_chapter"]

TITLE: Final = "Where to go first"
CAREFUL: Final = (
    "Expected is not counted: the list says where to start, not who has the need. "
    "Areas that are not on it may have need too."
)
DRAWN: Final = (
    "Rates of small areas are drawn towards those of their segment, so that an area "
    "does not lead the list by luck."
)
STEPS: Final = 10
RATES: Final = ["expected_rate", "low", "high"]
SIDES: Final = {"treated": "To reach", "held out": "Held out, to compare with"}
LEGEND: Final = (
    MapClass("go", SIDES["treated"], "hot"),
    MapClass("out", SIDES["held out"], "cold"),
)
COLUMNS: Final[dict[str, str | Column]] = {
    "rank": "Rank",
    "area_code": "Area",
    "segment": Column("Segment", "text"),
    "name": "Name",
    "class": "Side",
    "base": "To reach",
    "expected": "Expected to have the need",
    "expected_rate": "Expected rate (per cent)",
    "low": "Low (95 %)",
    "high": "High (95 %)",
}


def targets_chapter(
    opened: OpenPlace,
    areas: gpd.GeoDataFrame,
    segments: pd.Series[str],
    names: Mapping[str, str],
    door: Door,
) -> Chapter:
    """List the areas to go to first, and hold some out to judge the campaign by.

    Parameters
    ----------
    opened
        A place with `[targets]`, whose need is in `[outcomes]`.
    areas
        Its areas.
    segments, names
        Segment of each area, and what segments are called.
    door
        Every figure goes through it.

    Raises
    ------
    SegmentError
        If no list can be made as asked.
    """
    options = _options(opened)
    found = _listed(opened, areas, segments)
    blocks: list[Block] = []
    design: HoldOut | None = None
    try:
        design = hold_out_areas(found, share=options.hold_out, seed=options.seed)
    except SegmentError as why:
        said = f"No areas are held out, so the campaign could not be judged: {why}"
        blocks.append(Text([said], tone="caution"))
    listed = _table(found, design, names, options, door)
    gain = _yield(found, options, door)
    reach = gain.frame[gain.frame["way"] == "by this list"].iloc[-1]
    lead = _lead(found, reach, options)
    blocks = [
        _gain_picture(gain, options),
        map_of(areas, listed, LEGEND, COLUMNS),
        *blocks,
        *([] if design is None else hold_out_blocks(design, door)),
        Text([CAREFUL], tone="caution"),
        Text([DRAWN, _left_out(found)], tone="method"),
    ]
    section = Section("targets", f"{TITLE}: {options.need}", lead, blocks)
    card = Figure(
        f"{reach['lift']:.1f} times",
        f"what chance would find of {options.need}",
        f"in the first {len(found.table):,} areas of {found.eligible:,}",
    )
    return Chapter(
        section=section,
        sentences=[lead],
        headlines=[] if pd.isna(reach["lift"]) else [card],
    )


def target_faults(opened: OpenPlace) -> Iterator[str]:
    """Return what is wrong with `[targets]`, besides what segments will show.

    Parameters
    ----------
    opened
        The place, open. All areas are taken to be in the segments asked for.
    """
    options = opened.place.targets
    if options is None or opened.areas is None:
        return
    named = options.segments or ["1"]
    codes = [named[n % len(named)] for n in range(len(opened.areas))]
    try:
        _listed(opened, opened.areas, pd.Series(codes, opened.areas.index))
    except SegmentError as wrong:
        yield f"[targets] {wrong}"


def _options(opened: OpenPlace) -> TargetOptions:
    options = opened.place.targets
    if options is None or options.need not in opened.place.outcomes:
        need = None if options is None else options.need
        msg = (
            f"no outcome is called {need!r}; [outcomes] has "
            f"{', '.join(map(repr, opened.place.outcomes)) or 'none'}. Add it there."
        )
        raise SegmentError(msg)
    return options


def _listed(
    opened: OpenPlace, areas: gpd.GeoDataFrame, segments: pd.Series[str]
) -> Targets:
    options = _options(opened)
    return target_list(
        pd.DataFrame(areas.drop(columns="geometry")),
        opened.place.outcomes[options.need],
        segments,
        plan=TargetPlan(areas=options.areas, segments=tuple(options.segments)),
    )


def _lead(found: Targets, reach: pd.Series, options: TargetOptions) -> str:
    if pd.isna(reach["expected"]):
        return (
            f"{len(found.table):,} of {found.eligible:,} areas are listed for "
            f"{options.need}; too few people have the need to say how many."
        )
    return (
        f"{options.need[:1].upper()}{options.need[1:]}: the first "
        f"{len(found.table):,} of {found.eligible:,} areas should hold "
        f"{reach['expected']:,} among {reach['base']:,} to reach, {reach['lift']:.1f} "
        "times what as many in areas taken at random would."
    )


def _left_out(found: Targets) -> str:
    counted = found.left_out.value_counts().sort_index()
    if counted.empty:
        return "Every area could be listed."
    reasons = "; ".join(f"{why} ({number:,})" for why, number in counted.items())
    return f"{number_of(len(found.left_out), 'area')} could not be listed: {reasons}."


def _table(
    found: Targets,
    design: HoldOut | None,
    names: Mapping[str, str],
    options: TargetOptions,
    door: Door,
) -> Released:
    frame = found.table.rename_axis("area_code").reset_index()
    frame["name"] = frame["segment"].map(dict(names)).fillna("")
    side = "treated" if design is None else design.table["side"].to_numpy()
    frame["class"] = pd.Series(side, frame.index).map(SIDES)
    frame["stratum"] = "" if design is None else design.table["stratum"].to_numpy()
    frame[["base", "expected"]] = frame[["base", "expected"]].round().astype("Int64")
    words = ["area_code", "segment", "name", "class", "stratum"]
    return release(
        door,
        frame[["rank", *words, "base", "expected", *RATES]].round(1),
        Sheet(
            name="targets",
            title=f"Areas to go to first for {options.need}",
            counts=["base", "expected"],
            measures=dict.fromkeys(RATES, "expected"),
            public=["rank"],
            labels=words,
            note="Expected rates: empirical Bayes towards the segment (Clayton and "
            "Kaldor 1987; Marshall 1991).",
        ),
    )


def _yield(found: Targets, options: TargetOptions, door: Door) -> Released:
    """Release what the list finds as it grows, and what chance would find."""
    size = len(found.table)
    at = sorted({max(size * step // STEPS, 1) for step in range(1, STEPS + 1)})
    steps = found.table.iloc[[place - 1 for place in at]]
    base = steps["so_far_base"].to_numpy()
    ours = {"way": "by this list", "expected": steps["so_far_expected"].to_numpy()}
    chance = {"way": "at random", "expected": base * found.place_rate / 100}
    frame = pd.concat(
        [pd.DataFrame({"areas": at, "base": base, **way}) for way in (ours, chance)],
        ignore_index=True,
    )
    counts = frame[["base", "expected"]].round().astype("Int64")
    lift = pd.concat([steps["lift"], steps["lift"] * 0 + 1], ignore_index=True)
    return release(
        door,
        frame.assign(
            base=counts["base"], expected=counts["expected"], lift=lift.round(2)
        ),
        Sheet(
            name="targets_yield",
            title=f"What the list should find of {options.need} as it grows",
            counts=["base", "expected"],
            measures={"lift": "expected"},
            public=["areas"],
            labels=["way"],
        ),
    )


def _gain_picture(gain: Released, options: TargetOptions) -> Picture:
    last = gain.frame.groupby("way", sort=False).tail(1)
    said = " ".join(
        f"{way}: {expected:,}."
        for way, expected in zip(last["way"], last["expected"], strict=True)
        if not pd.isna(expected)
    )
    return Picture(
        drawing=lines(
            gain,
            Lines(
                x="areas",
                y="expected",
                series="way",
                x_title="Areas visited, in the order of the list",
                y_title="Expected to have the need",
            ),
        ),
        title=gain.title,
        alt=f"Two lines that rise with the areas visited. At the end, {said}",
        twin=Table(
            released=gain,
            columns={
                "way": "Areas taken",
                "areas": "Areas",
                "base": "To reach",
                "expected": f"Expected: {options.need}",
                "lift": "Times what chance finds",
            },
        ),
    )
