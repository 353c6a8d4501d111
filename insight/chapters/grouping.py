"""How segments were made, and how they are parted further."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import number_of
from insight.release import Sheet, release
from insight.report import Column, Table, Text
from segmentation.codes import natural
from segmentation.share.pipeline_features import filled, pruned

if TYPE_CHECKING:
    import geopandas as gpd

    from insight.release import Door
    from insight.report import Block
    from segmentation import Segmentation
    from segmentation.features.service_use import ServiceUse

__all__ = ["how_blocks", "not_counted", "tree_blocks"]

SHOWN: Final = 60
LISTED: Final = 25


def how_blocks(found: Segmentation, use: ServiceUse | None) -> list[Block]:
    """Say what was left out, filled or pruned before areas were grouped.

    Parameters
    ----------
    found
        The place's segmentation.
    use
        How service use was counted, where it makes areas alike too.
    """
    points = [str(found), *([str(use)] if use is not None else [])]
    if found.pipeline is not None:
        points += [
            f"{name} was left out of what makes areas alike: {why}."
            for name, why in pruned(found.pipeline).items()
        ]
        values = filled(found.pipeline)
        points += [
            f"{name} was missing in {len(cells):,} areas and filled with "
            f"{cells['value'].iloc[0]:.3g}, the {cells['rule'].iloc[0]} of the others."
            for name, cells in values.groupby("variable", sort=False)
        ]
    points += [
        f"{name} weighs {block.weight:g} in all: {', '.join(block.variables)}."
        for name, block in found.recipe.blocks.items()
    ]
    if not len(found.left_out):
        return [Text([], points, "method")]
    by_lack = found.left_out.value_counts()
    points += [
        f"{number_of(count, 'area lacks', 'areas lack')} {lack}, such as "
        f"{_first(found.left_out, lack)}."
        for lack, count in by_lack.head(LISTED).items()
    ]
    left = f"{number_of(len(found.left_out), 'area has', 'areas have')} no segment"
    said = f"{left}, because what makes areas alike is not known of them."
    return [Text([said], tone="caution"), Text([], points, "method")]


def _first(left_out: pd.Series[str], lack: object) -> str:
    return str(left_out.index[left_out == lack][0])


def not_counted(use: ServiceUse | None, door: Door) -> list[Block]:
    """List the customers of each service who could not be counted by area.

    Parameters
    ----------
    use
        How service use was counted; with `None` there is nothing to list.
    door
        Counts of customers go through it.
    """
    if use is None:
        return []
    released = release(
        door,
        use.uncounted.rename_axis("service").reset_index(),
        Sheet(
            name="use_not_counted",
            title="Use of services that no area could be given",
            counts=[str(name) for name in use.uncounted],
        ),
    )
    columns: dict[str, str | Column] = {
        "service": "Service",
        "without_area": "Customers of no known area",
        "elsewhere": "Customers from elsewhere",
        "without_customer": "Rows that name no customer",
    }
    return [Table(released=released, columns=columns)]


def tree_blocks(
    found: Segmentation, areas: gpd.GeoDataFrame, door: Door
) -> list[Block]:
    """List the groups that segments are parted into, with their names and sizes.

    Parameters
    ----------
    found
        The place's segmentation; one of a single level has none.
    areas
        Areas with all that the variables need.
    door
        Residents go through it.
    """
    blocks: list[Block] = []
    for level in found.tree.columns[1:]:
        codes = found.tree[level]
        listed = sorted(codes.unique(), key=natural)
        names = {code: found.node_names[code] for code in listed}
        residents = areas["population"].loc[codes.index].groupby(codes).sum(min_count=1)
        frame = pd.DataFrame(
            {
                "segment": found.nodes["parent"].reindex(list(names)).to_numpy(),
                "code": list(names),
                "name": list(names.values()),
                "areas": codes.value_counts().reindex(list(names)).to_numpy(),
                "residents": residents.reindex(list(names)).round().astype("Int64"),
            }
        ).reset_index(drop=True)
        released = release(
            door,
            frame,
            Sheet(
                name=f"segments_{level.replace(' ', '_')}",
                title=f"Segments parted further: {level}s",
                counts=["residents"],
                public=["areas"],
                labels=["segment", "code", "name"],
            ),
        )
        columns: dict[str, str | Column] = {
            "code": Column("Code", "text"),
            "name": "Name",
            "areas": "Areas",
            "residents": "Residents",
        }
        blocks.append(Table(released=released, columns=columns, limit=SHOWN))
    return blocks
