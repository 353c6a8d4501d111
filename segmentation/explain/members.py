"""Representative members: the areas that are most, and least, like their segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segmentation.codes import natural
from segmentation.errors import SegmentError, few

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["representative_members"]


def representative_members(
    features: pd.DataFrame,
    segments: pd.Series[str],
    centres: pd.DataFrame,
    n: int = 3,
) -> pd.DataFrame:
    """List the areas nearest to the centre of their segment, and the farthest.

    Parameters
    ----------
    features
        One row an area (or person), indexed by its code; what the segments were
        made from.
    segments
        Segment of each area, on the same codes in any order. Areas without one
        are nobody's members.
    centres
        One row a segment, indexed by its code, with the columns of `features`.
    n
        How many to list at either end. A segment of fewer than twice as many lists
        no area twice, the typical first.

    Returns
    -------
    members
        `segment`, `kind` ("typical" or "atypical"), `place` (1 is the nearest, or
        the farthest), `member` (the area's code) and `distance` (Euclidean, on the
        scale of the features). Of two equally far the lower code comes first.

    Raises
    ------
    SegmentError
        If codes do not match, a column is lacking, or `n` is below 1.

    Examples
    --------
    >>> features = pd.DataFrame({"flats": [0.0, 0.1, 0.5]}, index=["E1", "E2", "E3"])
    >>> segments = pd.Series("1", features.index)
    >>> centres = pd.DataFrame({"flats": [0.2]}, index=["1"])
    >>> representative_members(features, segments, centres, n=1)
      segment      kind  place member  distance
    0       1   typical      1     E2       0.1
    1       1  atypical      1     E3       0.3
    """
    known = segments.dropna().astype(str)
    _check(features, known, centres, n)
    rows = features.loc[known.index.sort_values(), list(centres.columns)]
    known = known.reindex(rows.index)
    away = rows.to_numpy(dtype=np.float64) - centres.loc[list(known)].to_numpy()
    distance = pd.Series(np.sqrt((away**2).sum(axis=1)), rows.index)
    listed = []
    for code in sorted(known.unique(), key=natural):
        own = distance[known == code]
        near = own.sort_values(kind="stable").head(n)
        far = own.drop(near.index).sort_values(ascending=False, kind="stable").head(n)
        for kind, chosen in (("typical", near), ("atypical", far)):
            listed += [
                (code, kind, place, member, value)
                for place, (member, value) in enumerate(chosen.items(), start=1)
            ]
    columns = ["segment", "kind", "place", "member", "distance"]
    return pd.DataFrame(listed, columns=columns)


def _check(
    features: pd.DataFrame, known: pd.Series[str], centres: pd.DataFrame, n: int
) -> None:
    faults: list[tuple[str, Iterable[object]]] = [
        ("areas stand twice", known.index[known.index.duplicated()].unique()),
        ("features stand twice", features.index[features.index.duplicated()].unique()),
        ("areas have no features", known.index.difference(features.index)),
        ("segments have no centre", sorted(set(known) - set(centres.index))),
        ("features are lacking", centres.columns.difference(features.columns)),
    ]
    listed = [(what, list(which)) for what, which in faults]
    bad = [f"{len(which)} {what}: {few(which)}" for what, which in listed if which]
    if bad or n < 1:
        msg = (
            f"members cannot be listed ({'; '.join(bad) or f'n is {n}'}). Give "
            "features, segments and centres of the same codes, and n of 1 or more."
        )
        raise SegmentError(msg)
