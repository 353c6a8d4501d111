"""What has changed: whether last year's segments still fit this year's areas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter, number_of
from insight.chapters.finding import model_file
from insight.release import Sheet, release
from insight.report import Bars, Column, Figure, Matrix, Picture, Section, Table, Text
from insight.report import bars as drawn_bars
from segmentation import SegmentError, agreement
from segmentation.change.drift import drift_of_model
from segmentation.share.assigning import assign

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

    from insight.release import Door, Released
    from insight.report import Block
    from place import OpenPlace
    from segmentation.change.drift import Drift
    from segmentation.share.model import SharedModel

__all__ = ["change_chapter", "change_faults"]

TITLE: Final = "What has changed"
MOST: Final = 12  # variables drawn
FIGURES: Final = ["psi", "by_chance", "shift", "low", "high", "outside_share"]
LEADS: Final = {
    "still fits": "Last year's segments still fit.",
    "look again": "Last year's segments need another look before they are used.",
    "refit": "Last year's segments no longer fit: make them again.",
}


def change_chapter(
    opened: OpenPlace,
    areas: gpd.GeoDataFrame,
    segments: pd.Series[str],
    names: Mapping[str, str],
    door: Door,
) -> Chapter:
    """Apply last year's segments to this year's areas, and say what has moved.

    Parameters
    ----------
    opened
        A place with `[segments] previous`.
    areas
        Its areas.
    segments, names
        This year's own segment of each area, and what segments are called.
    door
        Every figure goes through it.

    Raises
    ------
    SegmentError
        If the model cannot be read, or the areas lack what it needs.
    """
    model = _previous(opened)
    table = pd.DataFrame(areas.drop(columns="geometry"))
    earlier = assign(model, table).segments
    drift = drift_of_model(model, table)
    moved = int((drift.features["drift"] != "none").sum())
    lead = (
        f"{LEADS[drift.verdict]} {moved:,} of "
        f"{number_of(len(drift.features), 'variable')} moved."
    )
    same = agreement(segments, earlier)
    blocks: list[Block] = [
        Text(
            [LEADS[drift.verdict]],
            drift.reasons,
            "finding" if drift.verdict == "still fits" else "caution",
        ),
        _variables(drift, door),
        *_sizes(drift, model, door),
        _moves(segments, earlier, names, model, door),
        Text(
            [str(drift), f"This year's own segments against last: {same}"], (), "method"
        ),
    ]
    return Chapter(
        section=Section("change", TITLE, lead, blocks),
        sentences=[lead],
        headlines=[Figure(drift.verdict, "last year's segments", f"{drift.n:,} areas")],
    )


def change_faults(opened: OpenPlace) -> Iterator[str]:
    """Return what is wrong with `[segments] previous`.

    Parameters
    ----------
    opened
        The place, open.
    """
    if opened.place.segments.previous is None or opened.areas is None:
        return
    try:
        table = pd.DataFrame(opened.areas.drop(columns="geometry"))
        drift_of_model(_previous(opened), table)
    except SegmentError as wrong:
        yield f"[segments] previous: {wrong}"


def _previous(opened: OpenPlace) -> SharedModel:
    file = opened.place.segments.previous
    if file is None:
        msg = "no earlier segments are named. Set `previous` to their segments.json."
        raise SegmentError(msg)
    return model_file(file)


def _variables(drift: Drift, door: Door) -> Picture:
    frame = drift.features.rename_axis("variable").reset_index()
    frame = frame.rename(columns={"outside": "outside_share"}).round(3)
    frame = frame.sort_values("psi", ascending=False, kind="stable")
    title = "How far each variable has moved"
    sheet = Sheet(
        name="drift",
        title=title,
        public=["n_before", "n", *FIGURES],
        note="Figures of areas. An index of 0.1 is some drift and 0.25 is great, where "
        "it is more than chance would give (Siddiqi 2006; Yurdakul 2018).",
    )
    released = release(door, frame, sheet)
    top = release(
        door,
        frame.head(MOST),
        Sheet(name="drift_most", title=title, public=["n_before", "n", *FIGURES]),
    )
    said = ", ".join(
        f"{name} {psi:.2f}"
        for name, psi in zip(top.frame["variable"], top.frame["psi"], strict=True)
    )
    return Picture(
        drawing=drawn_bars(top, Bars(label="variable", value="psi")),
        title=f"{title} (population stability index)",
        alt=f"Bars of the population stability index, the greatest first: {said}.",
        twin=Table(
            released=released,
            columns={
                "variable": "Variable",
                "psi": "Stability index",
                "by_chance": "By chance up to",
                "shift": "Shift of the mean (standard deviations)",
                "low": "Low (95 %)",
                "high": "High (95 %)",
                "outside_share": "Areas outside the range of then",
                "drift": "Drift",
            },
            limit=25,
        ),
    )


def _sizes(drift: Drift, model: SharedModel, door: Door) -> list[Block]:
    if drift.segments.empty:
        said = "Shares of last year's segments are not in its file: some were small."
        return [Text([said])]
    frame = drift.segments.rename_axis("segment").reset_index()
    frame["name"] = frame["segment"].map(model.names).fillna("")
    columns = ["segment", "name", "rows_before", "rows", "distance"]
    ends = {"change": "change_share", "low": "low_share", "high": "high_share"}
    frame["of_before"], frame["of_now"] = drift.n_before, frame["rows"].sum()
    released = release(
        door,
        frame[[*columns, *ends, "of_before", "of_now"]].rename(columns=ends).round(4),
        Sheet(
            name="drift_segments",
            title="Last year's segments, then and now",
            public=[
                *("rows_before", "rows", "distance", "of_before", "of_now"),
                *ends.values(),
            ],
            labels=["segment", "name"],
            note="Areas. The interval is Newcombe's of a difference of two shares.",
        ),
    )
    return [
        Table(
            released=released,
            columns={
                "segment": Column("Segment", "text"),
                "name": "Name",
                "rows_before": "Areas then",
                "rows": "Areas now",
                "change_share": "Change of its share",
                "low_share": "Low (95 %)",
                "high_share": "High (95 %)",
                "distance": "Mean distance to its centre",
            },
        )
    ]


def _moves(
    now: pd.Series[str],
    earlier: pd.Series[str],
    names: Mapping[str, str],
    model: SharedModel,
    door: Door,
) -> Matrix:
    both = pd.DataFrame({"then": earlier, "now": now}).dropna()
    both["then"] = [_called(code, model.names) for code in both["then"]]
    both["now"] = [_called(code, names) for code in both["now"]]
    counted = both.value_counts().rename("areas").reset_index()
    counted = counted.sort_values(["then", "now"], ignore_index=True)
    title = "Areas by last year's segment and by this year's"
    released: Released = release(
        door,
        counted,
        Sheet(
            name="drift_moves", title=title, public=["areas"], labels=["then", "now"]
        ),
    )
    return Matrix(
        released=released,
        rows="then",
        columns="now",
        count="areas",
        title=title,
        corner="Last year's (down), this year's (across)",
        note="Both are of this year's figures; numbers of segments need not match.",
    )


def _called(code: str, names: Mapping[str, str]) -> str:
    return f"{code} {names.get(code, '')}".strip()
