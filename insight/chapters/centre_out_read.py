"""What the chapters on national figures read of a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from insight.chapters.spend_lines import counted_lines, frame_of
from insight.errors import InsightError
from insight.spend.centre_out import (
    centre_out,
    centre_out_interval,
    keys_of,
    with_own_keys,
)
from insight.spend.national import national_spend

if TYPE_CHECKING:
    import pandas as pd

    from insight.spend.centre_out import CentreOut, CentreOutInterval
    from place import OpenPlace

__all__ = ["Centre", "centre_of", "count_of", "table_of"]


@dataclass(frozen=True, kw_only=True)
class Centre:
    """A place's national figures allocated, with their intervals."""

    place: str
    made: CentreOut
    found: CentreOutInterval


def table_of(opened: OpenPlace, name: str) -> pd.DataFrame | None:
    """Return a table of the place without the columns that are empty, or `None`."""
    table = frame_of(opened, name)
    return None if table is None else table.dropna(axis=1, how="all")


def count_of(opened: OpenPlace) -> pd.DataFrame | None:
    """Return the place's own count, of the basis it chose, or `None`."""
    return counted_lines(opened)[0] if opened.has("spend") else None


def centre_of(opened: OpenPlace) -> Centre:
    """Allocate the national figures of a place's region.

    Parameters
    ----------
    opened
        A place with `regional_spend` and `place_keys`; `allocation_weights` and
        `local_figures` are used where it has them. It goes by its name among the
        places of `place_keys`.

    Raises
    ------
    InsightError
        If the tables do not fit together, or the place is not among them.
    """
    about = opened.place.place
    figures = table_of(opened, "regional_spend")
    keys = table_of(opened, "place_keys")
    if figures is None or keys is None:
        msg = (
            "national figures of a place need the tables regional_spend and "
            f"place_keys; it has {sorted(opened.checked)}. Supply both."
        )
        raise InsightError(msg)
    stated = figures["period"].dropna().unique() if "period" in figures else ()
    period = (about.period or "") if len(stated) > 1 else "".join(stated)
    made = centre_out(
        national_spend(figures, period=period),
        keys_of(with_own_keys(keys, table_of(opened, "own_keys"))),
        weights=table_of(opened, "allocation_weights"),
        known=table_of(opened, "local_figures"),
    )
    names = {name.casefold(): name for name in made.keys.places}
    place = names.get(about.name.casefold(), about.name)
    made.of(place)  # says so where the place is not among them
    return Centre(place=place, made=made, found=centre_out_interval(made))
