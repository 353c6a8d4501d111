"""By what journeys are compared: segment, area or period of first contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from journeys.compare import Asked, periods_of

if TYPE_CHECKING:
    import pandas as pd

    from insight.chapters.followed import Followed
    from place.settings import CompareOptions

__all__ = ["WITHIN_DAYS", "asked_of", "groups_of"]

WITHIN_DAYS: Final = 183.0  # half a year, for each period alike
OPTIONS: Final = ("permutations", "seed", "level", "multiplicity", "within_days")


def asked_of(options: CompareOptions) -> Asked:
    """Return how to compare, from `[compare]`; periods are followed equally long."""
    told = {name: getattr(options, name) for name in OPTIONS}
    if told["within_days"] is None and options.by == "period":
        told["within_days"] = WITHIN_DAYS
    return Asked.model_validate(told)


def groups_of(followed: Followed, options: CompareOptions) -> pd.DataFrame | str | None:
    """Return the group of each customer, or `None` where it is not known.

    Parameters
    ----------
    followed
        The journeys of a place.
    options
        `[compare]`.
    """
    opened, engine = followed.opened, followed.log.engine
    if options.by == "period":
        zone = opened.place.place.time_zone or "UTC"
        return periods_of(followed.log, options.periods, zone=zone)
    if options.by == "segment":
        return followed.segments
    if not engine.has("customer_segment"):
        return None
    homes: pd.DataFrame = engine.arrow(
        "SELECT customer_id, area_code AS segment FROM customer_segment "
        "WHERE area_code IS NOT NULL ORDER BY customer_id"
    ).to_pandas()
    if options.area is not None and opened.areas is not None:
        larger = opened.areas[options.area]
        homes["segment"] = homes["segment"].map(larger)
        homes = homes.dropna(subset="segment")
    return homes
