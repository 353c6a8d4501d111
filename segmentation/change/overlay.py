"""Overlay: figures moved to boundaries that do not nest, by shared ground.

People are taken to be spread evenly over each area, which they are not: so every
figure says how much of it rests on that, and a figure known on both boundaries shows
how far the others may be out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from segmentation.change.ground import SLIVER, overlaps
from segmentation.change.lookups import nesting
from segmentation.errors import SegmentError, few
from segmentation.features.variables import counts, indexed_by_area

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from segmentation.change.lookups import Nesting

__all__ = ["Overlaid", "by_area"]

CLASSES: Final = {"exact": 0.0, "close": 0.1, "rough": 0.5, "guess": 1.0}


@dataclass(frozen=True, kw_only=True)
class Overlaid:
    """Figures on new boundaries, by shared ground, and how far to trust them.

    Parameters
    ----------
    table
        One row an area of the second set, on `area_code`; missing where nothing
        overlaps it or a part is missing.
    trust
        On the same index: `from_split`, the share of its ground that belongs to areas
        which were parted, and `class`: "exact" (0), "close" (up to 0.1), "rough" (up
        to 0.5) or "guess".
    covered
        Share of the ground of each area of the first set that the second covers.
    balance
        One row a count: `given` = `moved` + `uncovered` (on ground that no target
        covers) + `withheld` (in targets where another part is missing).
    control
        What was known on both boundaries.
    errors
        Of `control`, per cent off in size: `mean`, `median`, `ninetieth` (of ten
        areas, nine are nearer) and `n`, areas; empty without a control.
    nesting
        How the two sets lie in one another.
    """

    table: pd.DataFrame
    trust: pd.DataFrame
    covered: pd.Series[float]
    balance: pd.DataFrame
    control: str | None
    errors: dict[str, float]
    nesting: Nesting

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        found = self.trust["class"].value_counts().reindex(list(CLASSES), fill_value=0)
        classes = ", ".join(f"{number:,} {name}" for name, number in found.items())
        bare = int((self.covered < 1 - SLIVER).sum())
        error = (
            f"{self.control}, known on both, is off by {self.errors['mean']:.1f} % on "
            f"average and {self.errors['ninetieth']:.1f} % or less in nine of ten of "
            f"{self.errors['n']:,.0f} areas."
            if self.errors
            else "Nothing known on both boundaries was given, so the error is not "
            "known."
        )
        return (
            f"{self.nesting} Figures of {len(self.table):,} areas, by shared ground: "
            f"{classes}; {bare:,} areas lie partly on ground that no new area covers. "
            f"{error}"
        )


def by_area(
    values: pd.DataFrame,
    from_areas: gpd.GeoDataFrame,
    to_areas: gpd.GeoDataFrame,
    *,
    intensive: Sequence[str] = (),
    control: str | None = None,
) -> Overlaid:
    """Move figures to other boundaries in proportion to the ground areas share.

    Parameters
    ----------
    values
        One row an area of the first set, with `area_code` as a column or as the
        index, and figures only. Left as it is.
    from_areas, to_areas
        See :func:`segmentation.change.ground.overlaps`.
    intensive
        Columns that are figures of an area and not counts in it (a density, a mean):
        they are averaged by ground. Work rates out again from counts instead.
    control
        Count that `to_areas` has too: it is moved, and held against what is known.

    Returns
    -------
    overlaid
        Counts are shared by ground [1]_ [2]_. Where 99 % or more of an area is
        covered, all of its count moves; of others the part on ground that no target
        covers stays behind.

    Raises
    ------
    SegmentError
        As :func:`overlaps`; and if an area of `values` has no
        boundary, a column is no number, or a named column is absent.

    References
    ----------
    .. [1] Goodchild, M. F. and Lam, N. S.-N. (1980). Areal interpolation: a variant
       of the traditional spatial problem. Geo-Processing 1 (3), 297-312.
    .. [2] Tobler, PySAL. https://pysal.org/tobler/

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> def boxes(**ends):
    ...     shapes = [shapely.box(*each, 1) for each in ends.values()]
    ...     codes = pd.Index(list(ends), name="area_code")
    ...     return gpd.GeoDataFrame(geometry=shapes, index=codes, crs=27700)
    >>> old, new = boxes(A=(0, 0, 4), B=(4, 0, 8)), boxes(X=(0, 0, 5), Y=(5, 0, 8))
    >>> people = pd.DataFrame({"people": [100, 80]}, index=old.index)
    >>> found = by_area(people, old, new)
    >>> found.table["people"].to_dict(), found.trust["class"].to_dict()
    ({'X': 120.0, 'Y': 60.0}, {'X': 'rough', 'Y': 'guess'})
    """
    given = _figures(values, from_areas)
    absent = [name for name in intensive if name not in given]
    if control is not None and not (control in given and control in to_areas):
        absent.append(control)
    if absent:
        msg = (
            f"{few(absent)} should be columns of values (a control of to_areas too); "
            f"values have {few(list(given.columns))}, to_areas "
            f"{few(list(to_areas.columns))}. Name columns that are there."
        )
        raise SegmentError(msg)
    pairs = overlaps(from_areas, to_areas)
    old, new = (indexed_by_area(each)[["geometry"]] for each in (from_areas, to_areas))
    ground = _ground_table(pairs, old.index, new.index)
    covered = pd.Series(ground.sum(axis=1).A1 / old.area.to_numpy(), old.index)
    covered = covered.where(covered < 1 - SLIVER, 1.0).rename("covered")
    summed = [str(name) for name in given if name not in intensive]
    kept = given.fillna(0.0)  # and what rests on a gap is made missing again below
    kept[summed] = kept[summed].mul(covered, axis=0)
    from tobler.area_weighted import area_interpolate  # noqa: PLC0415 - slow to import

    moved = area_interpolate(
        old.join(kept),
        new,
        extensive_variables=summed or None,
        intensive_variables=list(intensive) or None,
        table=ground,
    ).loc[:, given.columns]
    lost = (ground.T @ given.isna().to_numpy(dtype=float)) > 0
    lost |= ground.sum(axis=0).A1[:, np.newaxis] == 0
    table = moved.mask(lost)
    balance = {
        "given": given[summed].sum(),
        "moved": table[summed].sum(),
        "uncovered": given[summed].mul(1 - covered, axis=0).sum(),
        "withheld": moved.where(lost)[summed].sum(),
    }
    return Overlaid(
        table=table,
        trust=_trust(pairs, new.index),
        covered=covered,
        balance=pd.DataFrame(balance),
        control=control,
        errors=_errors(table, to_areas, control),
        nesting=nesting(pairs),
    )


def _figures(values: pd.DataFrame, from_areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the figures of every area of the first set, missing where not given."""
    given = indexed_by_area(values)
    codes = indexed_by_area(from_areas).index
    absent = given.index.difference(codes).tolist()
    if absent or not len(given.columns):
        msg = (
            f"{len(absent)} of {len(given)} areas of values have no boundary in "
            f"from_areas ({few(absent) or 'none'}), and values have "
            f"{len(given.columns)} columns. Supply the boundaries and the figures."
        )
        raise SegmentError(msg)
    found = pd.DataFrame({name: counts(given, [name]) for name in given.columns})
    return found.reindex(codes)


def _ground_table(
    pairs: pd.DataFrame, old: pd.Index[str], new: pd.Index[str]
) -> csr_matrix:
    """Return the ground that each area down shares with each area across."""
    at = (
        pd.Index(old.astype(str)).get_indexer(pairs["from_code"]),
        pd.Index(new.astype(str)).get_indexer(pairs["to_code"]),
    )
    return csr_matrix((pairs["weight"], at), shape=(len(old), len(new)))


def _trust(pairs: pd.DataFrame, new: pd.Index[str]) -> pd.DataFrame:
    parted = pairs["from_code"].duplicated(keep=False)
    of_target = pairs["weight"].where(parted, 0.0).groupby(pairs["to_code"]).sum()
    share = of_target / pairs["weight"].groupby(pairs["to_code"]).sum()
    share = share.reindex(new.astype(str)).set_axis(new)
    bins = [-1.0, *CLASSES.values()]
    named = pd.cut(share, bins, labels=list(CLASSES)).astype("str")
    return pd.DataFrame({"from_split": share, "class": named.where(share.notna())})


def _errors(
    table: pd.DataFrame, to_areas: gpd.GeoDataFrame, control: str | None
) -> dict[str, float]:
    if control is None:
        return {}
    truth = counts(indexed_by_area(to_areas), [control]).reindex(table.index)
    off = 100 * (table[control] - truth).abs() / truth.where(truth > 0)
    return {
        "mean": float(off.mean()),
        "median": float(off.median()),
        "ninetieth": float(off.quantile(0.9)),
        "n": float(off.count()),
    }
