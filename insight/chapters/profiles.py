"""What sets each segment apart: index scores on the page, and a portrait in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.pooled import of_the_shown
from insight.release import Sheet, release
from insight.report import Bars, Picture, Table, Text, bars
from segmentation import pen_portrait
from segmentation.explain.members import representative_members
from segmentation.explain.nation import against_nation
from segmentation.explain.portraits import Sitter

if TYPE_CHECKING:
    from insight.release import Door, Released, Rule
    from insight.report import Block
    from place import OpenPlace
    from segmentation import Segmentation

__all__ = ["nation_of", "profile_blocks"]

MEASURED: Final = {
    "rate": 1,
    "place_rate": 1,
    "index": 0,
    "low": 0,
    "high": 0,
    "effect": 2,
    "clustered_low": 0,
    "clustered_high": 0,
    "p_adjusted": 4,
}  # figure of a profile: decimals
INDEXES: Final = ["index", "low", "high", "clustered_low", "clustered_high"]
ASIDE: Final = ["effect", "p_adjusted"]
OF_THE_NATION: Final = {
    "nation_rate": 1,
    "nation_index": 0,
    "nation_low": 0,
    "nation_high": 0,
}
APART: Final = 3  # variables shown on each side of the average
SHARE: Final = ["residents", "of_all"]  # of the released table of sizes
TYPICAL: Final = 3  # areas listed at either end
READ: Final = (
    "An index of 100 is the average of the place, and 200 twice that. A bar's line is "
    "its 95 % interval: where it takes in 100, the segment may be like the rest. Words "
    "name only what lies clearly above or below."
)
TYPICAL_AREAS: Final = (
    "Typical areas are the places to see a segment; the areas least like it are the "
    "places to doubt it. Both are in {}."
)


def nation_of(opened: OpenPlace) -> pd.DataFrame | None:
    """Return the place's table `nation`, or `None` where it has none."""
    if not opened.has("nation"):
        return None
    frame: pd.DataFrame = opened.engine.arrow("SELECT * FROM nation").to_pandas()
    return frame


def profile_blocks(
    found: Segmentation,
    names: dict[str, str],
    door: Door,
    *,
    sizes: Released | None = None,
    nation: pd.DataFrame | None = None,
) -> list[Block]:
    """Say what sets each segment apart: a chart, its table and a portrait.

    Parameters
    ----------
    found
        The place's segmentation.
    names
        Segment code to name.
    door
        The profile goes through it; portraits are written from what comes out.
    sizes
        Released table of segments with `segment`, `areas`, `residents` and
        `of_all`; portraits then say how large a segment is.
    nation
        What :func:`nation_of` returned.
    """
    profile, measured = found.profile, MEASURED
    if nation is not None:
        profile, measured = against_nation(profile, nation), MEASURED | OF_THE_NATION
    frame = _rounded(profile, measured, door.rule)
    sheet = Sheet(
        name="profile",
        title="Every variable of every segment",
        counts=["base", "count"],
        measures=dict.fromkeys(measured, "count"),
        public=["areas"],
        labels=["segment", "variable", "measure"],
        note="Index 100 is the average of the place: of the other segments where the "
        "count of one is hidden, so that it cannot be had by subtraction.",
    )
    whole = release(door, frame, sheet)
    by_effect = frame.loc[profile.sort_values("effect", kind="stable").index]
    members = _members(found, door)
    blocks: list[Block] = []
    here = set(found.segments)  # a model may have segments that no area here is in
    for code, name in names.items():
        if code not in here:
            continue
        ranked = by_effect[by_effect["segment"] == code]
        ends = pd.concat([ranked.tail(APART)[::-1], ranked.head(APART)[::-1]])
        title = f"What sets segment {code} apart: {name}"
        own = replace(sheet, name=f"profile_segment_{code}", title=title)
        apart = release(door, ends.drop_duplicates().reset_index(drop=True), own)
        sitter = _sitter(found, code, sizes)
        said = pen_portrait(whole.frame, code, sitter=sitter, figures=False)
        blocks += [_index_chart(apart, title), Text([said])]
    typical = [
        f"Typical of segment {code}: {', '.join(_typical(members, code))}."
        for code in names
        if code in here
    ]
    how = [READ, *typical, TYPICAL_AREAS.format(members.path)]
    return [*blocks, Text(how, tone="method")]


def _rounded(
    profile: pd.DataFrame, measured: dict[str, int], rule: Rule
) -> pd.DataFrame:
    """Give figures no more digits than the field does, resting on their numerators.

    A mean has no numerator: it rests on its base.
    """
    columns = ["segment", "variable", "measure", "areas", "base", "count", *measured]
    frame = profile[columns]
    whole = {
        "areas": frame["areas"],
        "base": frame["base"],
        "count": frame["count"].fillna(frame["base"]),
    }
    counts = {name: each.round().astype("Int64") for name, each in whole.items()}
    frame = of_the_shown(
        frame.assign(**counts), counts["count"], rule, indexes=INDEXES, aside=ASIDE
    )
    return frame.round(measured)


def _members(found: Segmentation, door: Door) -> Released:
    """Release the areas most and least like their segment; codes, not people."""
    columns = list(found.centres.columns)
    frame = representative_members(
        found.features[columns], found.segments, found.centres, TYPICAL
    )
    return release(
        door,
        frame.assign(distance=frame["distance"].round(3)),
        Sheet(
            name="typical_areas",
            title="Areas most and least like their segment",
            public=["distance"],
            labels=["segment", "kind", "place", "member"],
        ),
    )


def _typical(members: Released, code: str) -> list[str]:
    listed = members.frame
    typical = listed[(listed["segment"] == code) & (listed["kind"] == "typical")]
    areas: list[str] = typical["member"].tolist()
    return areas


def _sitter(found: Segmentation, code: str, sizes: Released | None) -> Sitter:
    """Say a segment's size from released figures alone."""
    sitter = Sitter(
        areas=int((found.segments == code).sum()), of_areas=len(found.segments)
    )
    if sizes is None:
        return sitter
    rows = sizes.frame[sizes.frame["segment"] == code].dropna(subset=SHARE)
    for residents, of_all in rows[SHARE].astype(int).itertuples(index=False):
        return replace(sitter, residents=residents, of_residents=of_all)
    return sitter


def _index_chart(apart: Released, title: str) -> Picture:
    lone = bool(apart.frame["clustered_low"].isna().all())  # a segment of one area
    low, high = ("low", "high") if lone else ("clustered_low", "clustered_high")
    chart = bars(
        apart,
        Bars(
            label="variable",
            value="index",
            low=low,
            high=high,
            segment="segment",
            middle=100.0,
        ),
    )
    columns = {
        "variable": "Variable",
        "rate": "In the segment (per cent, or as measured)",
        "place_rate": "In the place",
        "index": "Index (100 = place)",
        low: "Low (95 %)",
        high: "High (95 %)",
        "base": "Base",
        "areas": "Areas",
    }
    if "nation_index" in apart.kinds:
        columns |= {
            "nation_rate": "In the nation",
            "nation_index": "Index (100 = nation)",
            "nation_low": "Low (95 %)",
            "nation_high": "High (95 %)",
        }
    note = (
        "Intervals allow for areas being alike inside. Segments were made to differ in "
        "these variables, so that they do is no proof of groups."
    )
    if lone:
        note = "Intervals do not allow for areas being alike: there is but one area."
    twin = Table(released=apart, columns=columns, segment="segment", note=note)
    shown = apart.frame.dropna(subset="index")
    said = ", ".join(
        f"{name} {index:.0f}"
        for name, index in zip(shown["variable"], shown["index"], strict=True)
    )
    alt = f"Bars of index scores, 100 being the place's average: {said}."
    return Picture(drawing=chart, title=title, alt=alt, twin=twin)
