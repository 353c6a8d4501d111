"""Target lists: the areas to go to first, and what a campaign there should find.

A small area tops a list of raw rates by chance alone, so each rate is drawn towards
the rate of its segment, the more so the fewer people are behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from segmentation.action.shrinkage import shrunken_rates
from segmentation.errors import SegmentError, few
from segmentation.explain.intervals import Z
from segmentation.features.variables import (
    counts,
    indexed_by_area,
    rates,
    read_variables,
)

__all__ = ["TargetPlan", "Targets", "target_list"]


@dataclass(frozen=True, kw_only=True)
class TargetPlan:
    """How long a list to make, and of whom.

    Parameters
    ----------
    areas
        How many areas to list; all that there are, where they are fewer.
    segments
        Segments to take areas from; of all, where none is named.
    least
        An area with fewer people, homes or whatever its need is counted over, is
        left off the list and counted.
    """

    areas: int = 50
    segments: tuple[str, ...] = ()
    least: float = 30


USUAL: Final = TargetPlan()


@dataclass(frozen=True, kw_only=True)
class Targets:
    """The areas to go to first, and what to expect there.

    Parameters
    ----------
    table
        One row a listed area, on `area_code`, the greatest expected rate first:
        `rank`, `segment`, `count`, `base`, `rate` (raw), `expected_rate` with `low`
        and `high` (all per cent), `expected` (a count), and over the list so far
        `so_far_base`, `so_far_expected` and `lift` (how many times what the same
        number of people in areas taken at random would yield).
    place_rate
        Per cent, of all the areas that could have been listed.
    expected, low, high
        What the whole list should yield, with a 95 % interval.
    base
        People, homes or the like on the list.
    alike
        Intraclass correlation: how alike people of an area are, within segments.
    eligible
        How many areas could have been listed.
    left_out
        Area code -> why it could not be listed.
    """

    table: pd.DataFrame
    place_rate: float
    expected: float
    low: float
    high: float
    base: float
    alike: float
    eligible: int
    left_out: pd.Series[str]

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        return (
            f"The first {len(self.table):,} of {self.eligible:,} areas hold "
            f"{self.base:,.0f} to reach, of whom {self.expected:,.0f} should have the "
            f"need (95 % interval {self.low:,.0f} to {self.high:,.0f}): "
            f"{self.table['lift'].iloc[-1]:.1f} times what as many in areas taken at "
            f"random would yield ({self.place_rate:.1f} per cent). Areas that could "
            f"not be listed: {len(self.left_out):,}."
        )


def target_list(
    areas: pd.DataFrame,
    need: str,
    segments: pd.Series[str],
    *,
    plan: TargetPlan = USUAL,
) -> Targets:
    """Rank areas for a campaign by what it should find in each.

    Parameters
    ----------
    areas
        One row an area (or street, or postcode), with `area_code` as a column or as
        the index. Left as it is.
    need
        A count over a base, such as `"no_alarm / homes"`; see
        :func:`segmentation.read_variables`.
    segments
        Segment of each area, indexed by area code.
    plan
        How long a list, and of whom.

    Returns
    -------
    targets
        Ranked by the expected rate, ties by area code; the same for any order of
        rows. See :func:`shrunken_rates` for what is expected.

    Raises
    ------
    SegmentError
        If the areas or the need cannot be read, an area is in two segments, the
        plan names a segment that no area is in, or no area can be listed.

    Examples
    --------
    >>> areas = pd.DataFrame(
    ...     {"no_alarm": [40, 4, 30, 20], "homes": [100, 8, 100, 100]},
    ...     index=pd.Index(["E1", "E2", "E3", "E4"], name="area_code"),
    ... )
    >>> segments = pd.Series("1", areas.index)
    >>> plan = TargetPlan(areas=2)
    >>> found = target_list(areas, "no_alarm / homes", segments, plan=plan)
    >>> found.table[["expected_rate", "lift"]].round(1).to_dict("index")
    {'E1': {'expected_rate': 37.1, 'lift': 1.2}, 'E3': {'expected_rate': 30.2, \
'lift': 1.1}}
    >>> found.left_out.to_dict()
    {'E2': 'fewer than 30 to reach'}
    """
    known = _known(indexed_by_area(areas), need, segments).sort_index(key=_as_text)
    chosen = plan.segments or tuple(known["segment"].dropna().unique())
    strange = sorted(set(chosen) - set(known["segment"].dropna()))
    if strange or plan.areas < 1:
        msg = (
            f"a list of {plan.areas} areas was asked for; no area is in the segments "
            f"{few(strange) or '(all are known)'}. Ask for 1 or more, of segments "
            f"among {few(sorted(set(known['segment'].dropna())))}."
        )
        raise SegmentError(msg)
    why = _why_not(known, chosen, plan.least)
    usable = known[why.isna() | (why == _few(plan.least))]
    fit = known[why.isna()]
    if fit.empty:
        msg = (
            f"none of {len(known)} areas can be listed, such as {known.index[0]!r}: "
            f"{why.iloc[0]}. Widen the plan, or supply the counts."
        )
        raise SegmentError(msg)
    shrunken = shrunken_rates(usable["count"], usable["base"], usable["segment"])
    table = fit.join(shrunken.loc[fit.index])
    table = table.sort_values("expected_rate", ascending=False, kind="stable")
    place_rate = float(100 * fit["count"].sum() / fit["base"].sum())
    table = _so_far(table.head(plan.areas), place_rate)
    spread = float(np.sqrt((_errors(table) ** 2).sum()))
    expected = float(table["expected"].sum())
    prior = shrunken["prior"].to_numpy(dtype=float)
    return Targets(
        table=table.drop(columns=["sd", "shared_sd", "prior", "towards"]),
        place_rate=place_rate,
        expected=expected,
        low=max(expected - Z * spread, 0.0),
        high=min(expected + Z * spread, float(table["base"].sum())),
        base=float(table["base"].sum()),
        alike=float(np.average(1 / (prior + 1), weights=usable["base"])),
        eligible=len(fit),
        left_out=why.dropna().rename("why"),
    )


def _as_text(codes: pd.Index[str]) -> pd.Index[str]:
    return codes.astype(str)


def _known(place: pd.DataFrame, need: str, segments: pd.Series[str]) -> pd.DataFrame:
    (variable,) = read_variables({"need": need}, list(place.columns))
    if not variable.is_share:
        msg = (
            f"the need {need!r} has no base. Write a count over what it is counted "
            "among, such as 'no_alarm / homes'."
        )
        raise SegmentError(msg)
    twice = segments.index[segments.index.duplicated()].unique().tolist()
    if twice:
        msg = (
            f"segments give {len(twice)} areas more than one segment: {few(twice)}. "
            "Keep one row an area."
        )
        raise SegmentError(msg)
    rate = rates(place, {"need": need})["need"]
    return pd.DataFrame(
        {
            "segment": segments.dropna().astype(str).reindex(place.index),
            "count": counts(place, variable.numerator),
            "base": counts(place, variable.denominator),
            "rate": rate,
        },
        index=place.index,
    )


def _few(least: float) -> str:
    return f"fewer than {least:g} to reach"


def _why_not(
    known: pd.DataFrame, chosen: tuple[str, ...], least: float
) -> pd.Series[str]:
    why = pd.Series(None, known.index, dtype="object")
    for reason, bad in (
        (_few(least), known["base"] < least),
        ("not of the segments asked for", ~known["segment"].isin(chosen)),
        ("in no segment", known["segment"].isna()),
        ("need not known", known["rate"].isna()),
    ):
        why[bad] = reason
    return why


def _errors(table: pd.DataFrame) -> pd.Series[float]:
    """Return the errors of the list, each independent of the others.

    Areas that are drawn towards one rate err together where it errs: that adds up.
    """
    people = table["base"] / 100
    own = (people * table["sd"])[np.isfinite(table["prior"])]
    whose = table["segment"].where(table["towards"] == "group", "")
    together = (people * table["shared_sd"]).groupby(whose).sum()
    all_of: pd.Series[float] = pd.concat([own, together])
    return all_of


def _so_far(table: pd.DataFrame, place_rate: float) -> pd.DataFrame:
    expected = table["expected_rate"] * table["base"] / 100
    base, so_far = table["base"].cumsum(), expected.cumsum()
    at_random = base * place_rate / 100
    ranked = table.assign(
        expected=expected,
        so_far_base=base,
        so_far_expected=so_far,
        lift=so_far / at_random.where(at_random > 0),
    )
    ranked.insert(0, "rank", np.arange(1, len(table) + 1))
    return ranked
