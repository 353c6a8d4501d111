"""Find a place's segments as its settings ask: anew, or by a model made elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import pandas as pd

from segmentation import SegmentError, SegmentRecipe, segment_areas
from segmentation.features.service_use import service_use_rates
from segmentation.share.applied import apply_model
from segmentation.share.model import read_model

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from place import OpenPlace
    from place.settings import SegmentOptions
    from segmentation import Segmentation
    from segmentation.features.service_use import ServiceUse
    from segmentation.share.model import SharedModel

    Areas = TypeVar("Areas", pd.DataFrame, gpd.GeoDataFrame)

__all__ = ["areas_with_use", "find_segments", "model_file", "recipe_of"]


def recipe_of(options: SegmentOptions) -> SegmentRecipe:
    """Return the recipe that `[segments]` asks for."""
    return SegmentRecipe(
        k=options.k,
        levels=tuple(options.levels or ()),
        seed=options.seed,
        restarts=options.restarts,
        transform=options.transform,
        scale=options.scale,
        missing=options.missing,
        correlated=options.correlated,
        blocks=options.blocks,
        categories=tuple(options.categories),
        avoid=tuple(options.avoid),
    )


def areas_with_use(
    opened: OpenPlace, areas: Areas
) -> tuple[Areas, dict[str, str], ServiceUse | None]:
    """Add to areas the customers of each service that `[segments.use]` names.

    Parameters
    ----------
    opened
        A place; with `[segments.use]`, one with `service_use`.
    areas
        Its areas. Left as they are.

    Returns
    -------
    areas, variables, use
        Areas with one more column a service, all variables, and who was not counted.
    """
    options = opened.place.segments
    if not options.use:
        return areas, dict(options.variables), None
    use = service_use_rates(opened.engine, options.use, areas)
    return areas.join(use.counts), {**options.variables, **use.variables}, use


def find_segments(
    opened: OpenPlace, areas: gpd.GeoDataFrame, variables: dict[str, str]
) -> Segmentation:
    """Return the segments of a place's areas, as `[segments]` asks and names them.

    A name may be given to a segment of any level.

    Raises
    ------
    SegmentError
        If the areas cannot be segmented as asked, or a model cannot be read.
    """
    options = opened.place.segments
    table = pd.DataFrame(areas.drop(columns="geometry"))
    if options.model is not None:
        found = apply_model(model_file(options.model), table)
    else:
        found = segment_areas(table, variables, recipe=recipe_of(options))
    named = {
        code: options.names.get(code, name) for code, name in found.node_names.items()
    }
    return replace(
        found, node_names=named, names={code: named[code] for code in found.names}
    )


def model_file(file: Path) -> SharedModel:
    """Read a `segments.json`.

    Raises
    ------
    SegmentError
        If it cannot be read, or was changed by hand.
    """
    try:
        return read_model(file.read_text(encoding="utf-8"), what=file.name)
    except (OSError, UnicodeDecodeError) as why:
        msg = (
            f"{file.name} cannot be read as text ({type(why).__name__}). Copy it anew."
        )
        raise SegmentError(msg) from None
