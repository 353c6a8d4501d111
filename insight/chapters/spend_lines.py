"""The lines of spend that chapters on money count: of one basis, and what was not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    import pandas as pd

    from place import OpenPlace

__all__ = ["UNAUDITED", "counted_lines", "frame_of", "of_other_basis"]

UNAUDITED: Final = "Money as the place counts it, unaudited."


def frame_of(opened: OpenPlace, table: str) -> pd.DataFrame | None:
    """Return the rows of a table that a place holds, or `None`."""
    if not opened.has(table):
        return None
    frame: pd.DataFrame = opened.engine.arrow(f"SELECT * FROM {table}").to_pandas()
    return frame


def of_other_basis(lines: pd.DataFrame, basis: str | None) -> pd.Series[bool]:
    """Say which lines state a basis other than this one; none where it is `None`."""
    return lines["basis"].notna() & (lines["basis"] != basis) & (basis is not None)


def counted_lines(opened: OpenPlace) -> tuple[pd.DataFrame, list[str]]:
    """Return the lines of spend of the basis that `[spend]` names, and what was left.

    Parameters
    ----------
    opened
        A place with `spend`. Lines that state no basis are counted.
    """
    spend: pd.DataFrame = opened.engine.arrow("SELECT * FROM spend").to_pandas()
    basis = opened.place.spend.basis
    other = of_other_basis(spend, basis)
    if not other.any():
        return spend, []
    said = (
        f"{other.sum()} lines that are not of the basis {basis!r} were passed over: "
        f"{pounds(int(spend.loc[other, 'amount_pence'].sum()))}."
    )
    return spend[~other].reset_index(drop=True), [said]
