"""Outcomes: what segments are for, as a count and the base that it comes from."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from segmentation.features.variables import counts, indexed_by_area, read_variables

__all__ = ["Outcome", "outcome_of"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What segments should tell: a count of each area, and the base it comes from.

    Parameters
    ----------
    name
        As a reader would say it.
    count, base
        Indexed by area code: how many have the outcome, and how many could. A
        count may exceed its base where one of the base can have several.
    """

    name: str
    count: pd.Series[float]
    base: pd.Series[float]


def outcome_of(areas: pd.DataFrame, name: str, notation: str) -> Outcome:
    """Return the outcome that a notation asks for.

    Parameters
    ----------
    areas
        One row an area, with `area_code` as a column or as the index.
    name
        What to call it.
    notation
        `"numerator / denominator"`; see :func:`segmentation.read_variables`. Of one
        column alone every area is a base of 1.

    Examples
    --------
    >>> areas = pd.DataFrame({"area_code": ["E1"], "ill": [12], "people": [100]})
    >>> found = outcome_of(areas, "Ill health", "ill / people")
    >>> found.count.to_dict(), found.base.to_dict()
    ({'E1': 12.0}, {'E1': 100.0})
    """
    place = indexed_by_area(areas)
    (variable,) = read_variables({name: notation}, list(place.columns))
    base = pd.Series(1.0, place.index)
    if variable.is_share:
        base = counts(place, variable.denominator)
    return Outcome(name=name, count=counts(place, variable.numerator), base=base)
