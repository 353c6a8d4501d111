"""Drawn maps as pictures: how it felt, where it hurt, and each map's own lanes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.chapters.chapter import file_names, number_of
from insight.release import Sheet, release
from insight.report import (
    Matrix,
    Picture,
    Table,
    Text,
    emotion_curve,
    swim_lanes,
)

if TYPE_CHECKING:
    import pandas as pd

    from insight.release import Door, Released
    from insight.report import Block
    from journeys.maps import DrawnMaps

__all__ = ["stages_in_order", "told_pictures"]

STAGES: Final = 12  # beyond these a curve over all maps cannot be read
SCALE: Final = "from -2, very bad, to 2, very good"
LINK: Final = ["source_agency", "source", "target_agency", "target"]


def told_pictures(maps: DrawnMaps, door: Door, most: int) -> list[Block]:
    """Return the emotion curve, the grid of stages by agencies, and lanes of maps.

    At most `most` maps are drawn with lanes.
    """
    blocks: list[Block] = []
    if maps.steps["emotion"].notna().any():
        stages = stages_in_order(maps.steps)
        if len(stages) <= STAGES:
            blocks.append(_curve(maps.steps, stages, door))
        blocks.append(_grid(maps.steps, stages, door))
    return [*blocks, *_lanes(maps, door, most)]


def stages_in_order(steps: pd.DataFrame) -> list[str]:
    """Return all stages: by `stage_order` where every step has one, else as met.

    As met is by how far along its map a stage stands, as a mean over steps.
    """
    along = steps["position"] / steps.groupby("map_id")["position"].transform("max")
    told = steps["stage_order"]
    place = along if told.isna().any() else told.astype("float64")
    means = place.groupby(steps["stage"]).mean()
    return [str(stage) for stage in means.sort_values(kind="stable").index]


def _curve(steps: pd.DataFrame, stages: list[str], door: Door) -> Picture:
    told = steps.dropna(subset="emotion")
    felt = told["emotion"].astype("float64")
    by_map = felt.groupby([told["map_id"], told["stage"]]).mean()
    felt_at = by_map.to_frame("felt").groupby("stage")
    frame = felt_at.agg(
        emotion=("felt", "median"),
        low=("felt", "min"),
        high=("felt", "max"),
        maps=("felt", "count"),
    ).round(1)
    worst = told.dropna(subset="pain").assign(felt=felt)
    worst = worst.sort_values(["felt", "evidence_strength"], ascending=[True, False])
    frame["pain"] = worst.drop_duplicates("stage").set_index("stage")["pain"]
    frame = frame.reindex([one for one in stages if one in frame.index]).reset_index()
    released = release(
        door,
        frame,
        Sheet(
            name="told_emotions",
            title="How it felt, by stage",
            public=["emotion", "low", "high", "maps"],
            labels=["stage", "pain"],
            note=f"Median over maps of the mean of a stage's steps, {SCALE}.",
        ),
    )
    lowest = released.frame.sort_values("emotion", kind="stable").iloc[0]
    return Picture(
        drawing=emotion_curve(released),
        title="How it felt",
        alt=(
            f"Curve of how the stages felt, {SCALE}, over "
            f"{steps['map_id'].nunique()} maps. Lowest is {lowest['stage']}."
        ),
        twin=Table(
            released=released,
            columns={
                "stage": "Stage",
                "emotion": "Median",
                "low": "Lowest map",
                "high": "Highest map",
                "maps": "Maps",
                "pain": "What hurt most",
            },
        ),
    )


def _grid(steps: pd.DataFrame, stages: list[str], door: Door) -> Matrix:
    felt = steps.assign(felt=steps["emotion"].astype("Float64"))
    cells = felt.groupby(["stage", "agency"]).agg(
        emotion=("felt", "mean"), steps=("felt", "count"), maps=("map_id", "nunique")
    )
    frame = cells[cells["steps"] > 0].round(1).reset_index()
    order = {stage: at for at, stage in enumerate(stages)}
    frame = frame.sort_values("stage", key=lambda own: own.map(order), kind="stable")
    released = release(
        door,
        frame.reset_index(drop=True),
        Sheet(
            name="told_stages",
            title="How it felt, by stage and agency",
            public=["emotion", "steps", "maps"],
            labels=["stage", "agency"],
            note=f"Mean over steps, {SCALE}.",
        ),
    )
    return Matrix(
        released=released,
        rows="stage",
        columns="agency",
        measure="emotion",
        scale="diverging",
        title="Where it hurt",
        corner="Stage (down), agency (across)",
    )


def _lanes(maps: DrawnMaps, door: Door, most: int) -> list[Block]:
    """Draw each map with a lane for each agency."""
    names = file_names("told_map", maps.steps["map_id"].unique())
    every = [_one(maps, map_id, name, door) for map_id, name in names.items()]
    left = len(every) - most
    if left > 0:
        said = (
            f"{number_of(left, 'more map is', 'more maps are')} not drawn here: their "
            "steps are files, tables/told_map_*.csv. `totalplace maps` draws more."
        )
        return [*every[:most], Text([said])]
    return list(every)


def _one(maps: DrawnMaps, map_id: str, name: str, door: Door) -> Table | Picture:
    steps = maps.steps[maps.steps["map_id"] == map_id]
    told = ["position", "stage", "step", "actor", "agency", "emotion", "pain"]
    listed = release(
        door,
        steps[told],
        Sheet(
            name=name,
            title=map_id,
            public=["position", "emotion"],
            labels=["stage", "step", "actor", "agency", "pain"],
        ),
    )
    table = Table(
        released=listed,
        columns={
            "position": "Step",
            "stage": "Stage",
            "step": "What happens",
            "agency": "Agency",
            "actor": "Who acts",
            "emotion": "How it felt",
            "pain": "What hurts",
        },
    )
    links = _links(maps, steps, name, door)
    if links is None:
        return table
    first, last = (steps["step"].iloc[at] for at in (0, -1))
    agencies = steps["agency"].nunique()
    return Picture(
        drawing=swim_lanes(links),
        title=map_id,
        alt=(
            f"Lanes of {agencies} agencies with the {len(steps)} steps of the map, "
            f"from {first!r} to {last!r}. The table lists them."
        ),
        twin=table,
    )


def _links(
    maps: DrawnMaps, steps: pd.DataFrame, name: str, door: Door
) -> Released | None:
    """Release the links of one map as pairs of steps with their agencies."""
    map_id = steps["map_id"].iloc[0]
    own = maps.links[maps.links["map_id"] == map_id]
    if own.empty:
        return None
    words = steps.set_index("step_id")[["agency", "step"]]
    frame = own[["kind"]].reset_index(drop=True)
    for end in ("source", "target"):
        at = words.loc[own[end]].reset_index(drop=True)
        frame[[f"{end}_agency", end]] = at
    pairs = frame.groupby(LINK, sort=False).agg(kind=("kind", ";".join)).reset_index()
    pairs["count"] = 1
    sheet = Sheet(
        name=f"{name}_links",
        title=f"{map_id}: which step leads to which",
        public=["count"],
        labels=[*LINK, "kind"],
    )
    return release(door, pairs, sheet)
