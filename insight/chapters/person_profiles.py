"""What sets segments of persons apart, held against what may be shown of the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from insight.chapters.pooled import of_the_shown
from insight.release import Sheet, release
from insight.release.rules import protect
from insight.report import Bars, Picture, Table, Text, bars
from segmentation.explain.portraits import suggested_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from insight.release import Door, Released, Rule
    from insight.report import Block
    from segmentation.people.persons import PersonSegmentation

__all__ = ["person_profile_blocks", "shown_names"]

MEASURED: Final = {
    "rate": 2,
    "place_rate": 2,
    "index": 0,
    "low": 0,
    "high": 0,
}  # figure of a profile: decimals
INDEXES: Final = ["index", "low", "high"]
APART: Final = 3  # variables named on each side of the average
AVERAGE: Final = 100


def shown_names(
    found: PersonSegmentation, avoid: Sequence[str], rule: Rule
) -> dict[str, str]:
    """Name each segment after what may be shown of it, and nothing to be avoided."""
    shown = found.profile[~protect(_behind(found.profile), rule)[1]]
    there = set(shown["variable"])
    names = suggested_names(shown, avoid=[one for one in avoid if one in there])
    return {code: names.get(code, "Few customers") for code in found.sizes.index}


def person_profile_blocks(
    profile: pd.DataFrame, names: dict[str, str], door: Door
) -> list[Block]:
    """Say what sets each segment of persons apart: a chart, its table and words.

    Parameters
    ----------
    profile
        What :func:`segmentation.people.person_profiles.person_profile` returned.
    names
        Segment code to name.
    door
        The profile goes through it; words are written from what comes out.
    """
    behind = _behind(profile)
    frame = profile[["segment", "variable", "base", "count", *MEASURED]]
    frame = frame.assign(base=frame["base"].astype("Int64"), count=behind)
    frame = of_the_shown(frame, behind, door.rule, indexes=INDEXES).round(MEASURED)
    sheet = Sheet(
        name="person_profile",
        title="Every variable of every segment of customers",
        counts=["base", "count"],
        measures=dict.fromkeys(MEASURED, "count"),
        labels=["segment", "variable"],
        note=(
            "Means a customer: of own use, or of the rate of the home area. Count is "
            "the customers who used it at all, or all of them for the home area. "
            "Index 100 is the mean of all customers of the segments whose figure is "
            "shown, so that none can be had by subtraction."
        ),
    )
    release(door, frame, sheet)
    by_effect = profile.sort_values("effect", ascending=False, kind="stable").index
    ranked = frame.loc[by_effect]
    blocks: list[Block] = []
    for code, name in names.items():
        rows = ranked[ranked["segment"] == code]
        middle = rows.index[APART:-APART]
        title = f"What sets customers of segment {code} apart: {name}"
        own = replace(sheet, name=f"person_profile_segment_{code}", title=title)
        apart = release(door, rows.drop(index=middle).reset_index(drop=True), own)
        blocks += [_chart(apart, title), Text([_portrait(apart.frame, code)])]
    return blocks


def _behind(profile: pd.DataFrame) -> pd.Series[int]:
    """Return the customers behind each figure."""
    return profile["count"].fillna(profile["base"]).astype("Int64")


def _chart(apart: Released, title: str) -> Picture:
    chart = bars(
        apart,
        Bars(label="variable", value="index", low="low", high="high", middle=100.0),
    )
    twin = Table(
        released=apart,
        columns={
            "variable": "Variable",
            "rate": "Mean in the segment",
            "place_rate": "Mean of the segments shown",
            "index": "Index (100 = that mean)",
            "low": "Low (95 %)",
            "high": "High (95 %)",
            "base": "Customers",
            "count": "Customers behind the figure",
        },
    )
    shown = apart.frame.dropna(subset="index")
    said = ", ".join(
        f"{name} {index:.0f}"
        for name, index in zip(shown["variable"], shown["index"], strict=True)
    )
    alt = f"Bars of index scores, 100 being the mean of the segments shown: {said}."
    return Picture(drawing=chart, title=title, alt=alt, twin=twin)


def _portrait(released: pd.DataFrame, code: str) -> str:
    """Say in words what was released of a segment; its figures are in the table."""
    shown = released.dropna(subset=["base", "rate", "index", "low", "high"])
    sides = {
        "more than the average customer of": shown[shown["low"] > AVERAGE],
        "less than the average customer of": shown[shown["high"] < AVERAGE],
    }
    said = [
        f"{side}: {', '.join(rows['variable'])}"
        for side, rows in sides.items()
        if len(rows)
    ]
    if not said:
        return f"Segment {code} differs from all customers in nothing that is shown."
    return f"Customers of segment {code} have {'. They have '.join(said)}."
