"""Where an outcome gathers now, and which areas look like that without being it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import file_names, number_of
from insight.chapters.where_part import Part, drawn_only, map_of
from insight.release import Rate, Sheet, release
from insight.report import (
    Column,
    Figure,
    Lines,
    MapClass,
    Picture,
    Table,
    Text,
    lines,
)
from segmentation import SegmentError, rates
from segmentation.where.future import NEITHER, future_hotspots
from segmentation.where.hotspots import hotspots
from segmentation.where.neighbours import neighbours

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from insight.release import Door, Released
    from insight.report import Block
    from place import OpenPlace, Place
    from segmentation import Segmentation
    from segmentation.where.future import FutureHotspots
    from segmentation.where.hotspots import Hotspots
    from segmentation.where.neighbours import Neighbours

__all__ = ["drivers_of", "hotspot_parts"]

NOW: Final = (
    MapClass("H", "hot", "hot"),
    MapClass("C", "cold", "cold"),
    MapClass("N", "not clear", "plain"),
)
ENOUGH: Final = 20  # hot areas, from which it can be learnt what a hotspot looks like
ABOUT_NOW: Final = (
    "Hot (cold): the area and its neighbours lie above (below) the place together, "
    "more than chance would have it."
)
ABOUT_NEXT: Final = (
    "Looks like it: is not so today, and by its drivers is at least as like as half of "
    "the areas that are. It is not said to become so."
)


def hotspot_parts(
    opened: OpenPlace, areas: gpd.GeoDataFrame, found: Segmentation, door: Door
) -> Iterator[Part]:
    """Find the hotspots of each outcome that `[hotspots]` names, now and next.

    Parameters
    ----------
    opened
        A place with `[hotspots]`.
    areas
        Its areas; those without a boundary have no neighbours and are left out.
    found
        Its segments, for the seed that they were found with.
    door
        Figures of areas go through it.
    """
    place, options = opened.place, opened.place.hotspots
    drawn = drawn_only(areas)
    if options is None or len(drawn) < 2:  # noqa: PLR2004 - neighbours are two
        said = "Hotspots were not looked for: areas have no boundaries. Add them."
        yield Part(lead=said, blocks=[])
        return
    near = neighbours(drawn, options.neighbours)
    for label, key in file_names("", options.outcomes).items():
        now = hotspots(
            drawn,
            {label: place.outcomes[label]},
            near,
            permutations=options.permutations,
            level=options.level,
            seed=found.recipe.seed,
        )
        blocks: list[Block] = [
            _now(areas, now, key, door),
            *_next(areas, place, now, near, (key, door)),
            Text([str(now)], tone="method"),
        ]
        if label == options.outcomes[0]:
            blocks = [Text([ABOUT_NOW]), *blocks, Text([str(near)], tone="method")]
        yield Part(lead=_lead(now), blocks=blocks, headline=_card(now))


def _lead(now: Hotspots) -> str:
    counted = now.table["class"].value_counts()
    hot, cold = (int(counted.get(name, 0)) for name in ("hot", "cold"))
    label = now.outcome[:1].upper() + now.outcome[1:]
    if not hot and not cold:
        return (
            f"{label}: none of {len(now.hot):,} areas is hot or cold by more than "
            "chance."
        )
    return (
        f"{label}: {hot:,} of {len(now.hot):,} areas {'is' if hot == 1 else 'are'} hot "
        f"and {number_of(cold, 'is', 'are')} cold by more than chance."
    )


def _card(now: Hotspots) -> Figure:
    note = f"of {len(now.hot):,} areas tested; at most {100 * now.level:g} % by chance"
    return Figure(f"{int(now.hot.sum()):,}", f"hot areas: {now.outcome}", note)


def _now(areas: gpd.GeoDataFrame, now: Hotspots, key: str, door: Door) -> Block:
    order = {"hot": 0, "cold": 1}
    frame = now.table.reset_index().sort_values(
        "class", key=lambda column: column.map(order).fillna(2), kind="stable"
    )
    labels = ["area_code", "class", "moran_class"]
    sheet = Sheet(
        name=f"hotspots_{key}",
        title=f"{now.outcome}: hot and cold areas now",
        note=ABOUT_NOW,
        labels=labels,
    )
    columns: dict[str, str | Column] = {
        "area_code": "Area",
        "class": "Class (Gi*)",
        "moran_class": "Against its neighbours (local Moran)",
    }
    if now.table["base"].notna().any():
        figures = ["count", "base"]
        frame[figures] = frame[figures].round().astype("Int64")
        frame["z"] = frame["z"].round(1)
        twin = release(
            door,
            frame[[*labels, *figures, "z"]],
            Sheet(
                name=sheet.name,
                title=sheet.title,
                note=sheet.note,
                labels=labels,
                counts=figures,
                measures={"z": "count"},
                rates={"of_base_share": Rate("count", "base")},
            ),
        )
        columns |= {"count": "Count", "base": "Of", "of_base_share": "Share"}
        columns["z"] = "Gi* (standard score)"
    else:
        twin = release(door, frame[labels], sheet)
    return map_of(areas, twin, NOW, columns)


def drivers_of(place: Place, label: str) -> dict[str, str]:
    """Return the drivers of an outcome: those named, or all variables of segments.

    Variables that count what the outcome counts are not among those taken unasked.

    Examples
    --------
    >>> from place.settings import Place
    >>> place = Place.model_validate(
    ...     {
    ...         "place": {"name": "Here"},
    ...         "segments": {"variables": {"old": "old / all", "ill": "ill / all"}},
    ...         "outcomes": {"bad health": "ill / all"},
    ...     }
    ... )
    >>> drivers_of(place, "bad health")
    {'old': 'old / all'}
    """
    known = place.outcomes | place.segments.variables
    if place.hotspots is not None and place.hotspots.drivers:
        return {name: known[name] for name in place.hotspots.drivers}

    def counted(text: str) -> set[str]:
        return set(text.split(" / ", maxsplit=1)[0].split(" + "))

    made_of = counted(place.outcomes[label])
    return {
        name: text
        for name, text in place.segments.variables.items()
        if not made_of & counted(text)
    }


def _next(
    areas: gpd.GeoDataFrame,
    place: Place,
    now: Hotspots,
    near: Neighbours,
    where: tuple[str, Door],
) -> list[Block]:
    wanted = drivers_of(place, now.outcome)
    drivers = rates(pd.DataFrame(areas.drop(columns="geometry")), wanted)
    drivers = drivers.loc[drivers.index.isin(near.points.index)]
    try:
        future = _learnt(drivers, now, near)
    except SegmentError as cannot:
        said = f"Areas that look like hotspots of {now.outcome!r} cannot be named: "
        return [Text([said + str(cannot)], tone="caution")]
    key, door = where
    blocks: list[Block] = []
    if len(future.named):
        kind = future.kind
        legend = (
            MapClass("L", f"looks {kind}", "warm"),
            MapClass("H", f"{kind} now", "hot"),
            MapClass("N", NEITHER, "plain"),
        )
        table = future.table[["class"]].reset_index()
        order = {each.name: at for at, each in enumerate(legend)}
        table = table.sort_values(
            "class", key=lambda column: column.map(order), kind="stable"
        )
        sheet = Sheet(
            name=f"future_hotspots_{key}",
            title=f"{now.outcome}: areas like those of today",
            labels=["area_code", "class"],
            note=ABOUT_NEXT,
        )
        columns: dict[str, str | Column] = {"area_code": "Area", "class": "Class"}
        blocks.append(map_of(areas, release(door, table, sheet), legend, columns))
    said, judged, skill = str(future).partition("Judged by ")
    blocks.append(Text([said.strip()], tone="plain" if blocks else "caution"))
    blocks.append(_calibration(future, now.outcome, key, door))
    how = f"Areas like those of today, {now.outcome}: {judged.lower()}{skill}"
    return [*blocks, Text([how], tone="method")]


def _learnt(drivers: pd.DataFrame, now: Hotspots, near: Neighbours) -> FutureHotspots:
    """Learn from hot areas, or from areas whose own rate is high where few are hot."""
    if now.hot.sum() >= ENOUGH:
        return future_hotspots(drivers, now.hot, near, seed=now.seed)
    return future_hotspots(drivers, now.high, near, kind="high", seed=now.seed)


def _calibration(future: FutureHotspots, outcome: str, key: str, door: Door) -> Picture:
    percents = ["expected", "observed", "low", "high"]
    frame = future.skill.calibration.round(dict.fromkeys(percents, 1))
    released: Released = release(
        door,
        frame,
        Sheet(
            name=f"future_hotspots_{key}_calibration",
            title=f"{outcome}: how far the likeness is to be believed",
            labels=["band"],
            public=["n", "hot", *percents],
            note="Areas by the probability that a model which had not seen them gave. "
            "Intervals take areas as independent: they are the least doubt there is.",
        ),
    )
    chart = lines(
        released,
        Lines(
            x="expected",
            y="observed",
            low="low",
            high="high",
            x_title=f"Said to be {future.kind} (per cent)",
            y_title=f"{future.kind.capitalize()} today (per cent)",
            diagonal="As said",
        ),
    )
    said = " ".join(
        f"Of {row.n:,} areas given {row.band}, {row.observed:g} % are {future.kind}."
        for row in released.frame.itertuples()
    )
    twin = Table(
        released=released,
        columns={
            "band": "Said",
            "n": "Areas",
            "hot": f"{future.kind.capitalize()} today",
            "expected": "Said on average (per cent)",
            "observed": f"{future.kind.capitalize()} today (per cent)",
            "low": "Low (95 %)",
            "high": "High (95 %)",
        },
    )
    return Picture(drawing=chart, title=released.title, alt=said, twin=twin)
