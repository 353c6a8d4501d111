"""What sets each segment apart: index scores on the page, and a portrait in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.release import Sheet, release
from insight.report import Bars, Picture, Table, Text, bars
from segmentation import pen_portrait

if TYPE_CHECKING:
    from insight.release import Door, Released
    from insight.report import Block
    from segmentation import Segmentation

__all__ = ["profile_blocks"]

MEASURED: Final = {
    "rate": 1,
    "place_rate": 1,
    "index": 0,
    "low": 0,
    "high": 0,
    "effect": 2,
}  # figure of a profile: decimals
APART: Final = 3  # variables shown on each side of the average


def profile_blocks(
    found: Segmentation, names: dict[str, str], door: Door
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
    """
    frame = _rounded(found.profile)
    sheet = Sheet(
        name="profile",
        title="Every variable of every segment",
        counts=["base", "count"],
        measures=dict.fromkeys(MEASURED, "count"),
        labels=["segment", "variable", "measure"],
        note="Index 100 is the average of the place.",
    )
    whole = release(door, frame, sheet)
    blocks: list[Block] = []
    for code, name in names.items():
        ranked = frame[frame["segment"] == code].sort_values("effect", kind="stable")
        ends = pd.concat([ranked.tail(APART)[::-1], ranked.head(APART)[::-1]])
        title = f"What sets segment {code} apart: {name}"
        own = replace(sheet, name=f"profile-segment-{code}", title=title)
        apart = release(door, ends.drop_duplicates().reset_index(drop=True), own)
        blocks += [
            _index_chart(apart, title),
            Text([pen_portrait(whole.frame, code)]),
        ]
    return blocks


def _rounded(profile: pd.DataFrame) -> pd.DataFrame:
    """Give figures no more digits than the field does, resting on their numerators.

    A mean has no numerator: it rests on its base.
    """
    frame = profile[["segment", "variable", "measure", "base", "count", *MEASURED]]
    counts = {
        "base": frame["base"].round().astype("Int64"),
        "count": frame["count"].fillna(frame["base"]).round().astype("Int64"),
    }
    return frame.assign(**counts).round(MEASURED)


def _index_chart(apart: Released, title: str) -> Picture:
    chart = bars(
        apart,
        Bars(
            label="variable",
            value="index",
            low="low",
            high="high",
            segment="segment",
            middle=100.0,
        ),
    )
    twin = Table(
        released=apart,
        columns={
            "variable": "Variable",
            "rate": "In the segment (per cent, or as measured)",
            "place_rate": "In the place",
            "index": "Index (100 = place)",
            "low": "Low (95 %)",
            "high": "High (95 %)",
            "base": "Base",
        },
        segment="segment",
    )
    shown = apart.frame.dropna(subset="index")
    said = ", ".join(
        f"{name} {index:.0f}"
        for name, index in zip(shown["variable"], shown["index"], strict=True)
    )
    alt = f"Bars of index scores, 100 being the place's average: {said}."
    return Picture(drawing=chart, title=title, alt=alt, twin=twin)
