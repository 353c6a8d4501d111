"""Facts about flags and about insight, as published, with every gap left open.

The Comprehensive Area Assessment was published on 9 December 2009 and its site is
gone. What could still be found of it stands in `data/reference`: some counts, bounds
on others, a few complete lists by theme. Nothing there is scored and nothing filled
in: an area of which no count was found has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.errors import InsightError
from insight.shipped import shipped

if TYPE_CHECKING:
    from insight.evidence.flags import Colour

__all__ = [
    "evidence_index",
    "flag_sources",
    "insight_pilots",
    "national_figures",
    "other_area_flags",
    "pilot_flags",
    "theme_flags",
    "themes",
]

FIGURES: Final = ("count", "minimum", "maximum", "stated", "value", "lines_naming_it")


def _read(name: str) -> pd.DataFrame:
    """Read a file of facts: an empty cell is not known, figures are whole numbers."""
    frame = pd.read_csv(
        shipped("reference", name), dtype=str, keep_default_na=False, encoding="utf-8"
    )
    frame = frame.mask(frame == "")
    for column in frame.columns.intersection(list(FIGURES)):
        frame[column] = pd.to_numeric(frame[column]).astype("Int64")
    if "source" in frame:
        _check_sources(frame["source"], name)
    return frame


def _check_sources(keys: pd.Series[str], name: str) -> None:
    used = {key for keys in keys.dropna() for key in keys.split("; ")}
    unknown = sorted(used - set(flag_sources().index))
    if unknown:
        msg = f"{name} names sources {unknown} that flag_sources.csv lacks. Add them."
        raise InsightError(msg)


def flag_sources() -> pd.DataFrame:
    """Return where each fact about flags was found.

    Returns
    -------
    sources
        Indexed by `source`, the key in the other files: `publisher`, `kind`,
        `published` (a date, or missing) and `address`.

    Examples
    --------
    >>> flag_sources().loc["localgov-housing", "published"]
    '2010-01-06'
    """
    frame = pd.read_csv(
        shipped("reference", "flag_sources.csv"), dtype=str, keep_default_na=False
    )
    return frame.mask(frame == "").set_index("source")


def pilot_flags(theme: str | None = None, *, colour: Colour = "red") -> pd.DataFrame:
    """Return the flags of the 31 areas of the pilots, as far as they are known.

    Parameters
    ----------
    theme
        One of `themes()` with a complete list: its flags alone, every count known.
    colour
        With a theme: of the list.

    Returns
    -------
    flags
        One row an area and colour: `place`, `area`, `colour`, `count`, `minimum`,
        `maximum`, `status` ("found", "partial": the minimum is found, or "not
        found"), `subjects` and `source`. It is a table that
        :func:`insight.evidence.flags.flags_per_place` reads. A red maximum of 2 rests
        on a newspaper's word that Warrington alone had three and nobody more; no
        such word was found on green ones.

    Raises
    ------
    InsightError
        If no list of the theme and colour is complete: an area that an incomplete
        list does not name may have the flag.

    Examples
    --------
    >>> flags = pilot_flags()
    >>> complete = flags[flags["colour"] == "red"].groupby("place")["count"]
    >>> int(complete.apply(lambda counts: counts.notna().all()).sum())
    3
    >>> int(pilot_flags("housing")["count"].sum())
    3
    """
    flags = _read("flags_pilot_areas.csv")
    if theme is None:
        return flags
    listed = theme_flags(theme, colour)
    areas = flags[flags["colour"] == colour].drop(columns=["minimum", "maximum"])
    named = areas["area"].isin(listed["area"])
    return areas.assign(
        count=named.astype("Int64"),
        status="found",
        subjects=theme,
        source=listed["source"].iloc[0],
    ).reset_index(drop=True)


def themes() -> pd.DataFrame:
    """Return the lists of flags by theme, and whether each is complete.

    Returns
    -------
    themes
        One row a theme and colour: `listed`, the areas named; `stated`, how many the
        source says there are, where it says so; `complete`, whether they agree.

    Examples
    --------
    >>> themes().query("not complete")[["theme", "colour"]].values.tolist()
    [['flooding', 'green']]
    """
    lists = _read("flags_by_theme.csv").groupby(["theme", "colour"], sort=False)
    found = lists.agg(listed=("area", "nunique"), stated=("stated", "first"))
    complete = (found["listed"] == found["stated"]).fillna(value=False)
    return found.assign(complete=complete.astype(bool)).reset_index()


def theme_flags(theme: str, colour: Colour) -> pd.DataFrame:
    """Return all areas of England with a flag of one theme.

    Parameters
    ----------
    theme, colour
        Of a list that is complete.

    Returns
    -------
    flags
        One row an area: `theme`, `colour`, `area`, `stated`, `note` and `source`.

    Raises
    ------
    InsightError
        If there is no such list, or it is not known to be complete.

    Examples
    --------
    >>> len(theme_flags("housing", "red"))
    17
    """
    known = themes()
    complete = known[known["complete"]]
    pairs = list(zip(complete["theme"], complete["colour"], strict=True))
    if (theme, colour) not in pairs:
        msg = (
            f"no complete list of {colour} flags on {theme!r} was found. Complete are: "
            f"{'; '.join(' '.join(pair) for pair in pairs)}."
        )
        raise InsightError(msg)
    flags = _read("flags_by_theme.csv")
    chosen = (flags["theme"] == theme) & (flags["colour"] == colour)
    return flags[chosen].reset_index(drop=True)


def national_figures() -> pd.DataFrame:
    """Return what is known of flags in all of England.

    Returns
    -------
    figures
        Indexed by `quantity`: `value` (missing where none was found), `status`
        ("found", "derived" or "not found"), `note` and `source`.

    Examples
    --------
    >>> int(national_figures().loc["areas assessed", "value"])
    152
    """
    return _read("flags_national.csv").set_index("quantity")


def other_area_flags() -> pd.DataFrame:
    """Return flags of areas outside the pilots, where a count was found.

    Returns
    -------
    flags
        One row an area and colour: `area`, `colour`, `count`, `status`, `subjects`
        and `source`.

    Examples
    --------
    >>> other_area_flags()["area"].nunique()
    9
    """
    return _read("flags_other_areas.csv")


def insight_pilots() -> pd.DataFrame:
    """Return the thirteen pilots, and how much of the report is about each.

    Returns
    -------
    pilots
        Indexed by `place`: `pilot_key`, as in Tables 1 to 3 of the report, and
        `lines_naming_it`, the lines of its text that name the pilot or a part of it:
        a rival explanation of any score that is drawn from the text.

    Examples
    --------
    >>> int(insight_pilots().loc["Worcestershire", "lines_naming_it"])
    55
    """
    return _read("insight_pilots.csv").set_index("place")


def evidence_index() -> pd.DataFrame:
    """Return what the report says of each pilot's use of customer insight.

    Returns
    -------
    index
        One row a pilot, component and phase that has any text: `place`, `component`,
        `phase` ("before" or "after" the flags were published), `lines` of the
        report's text, `says` (in our words), `thin` ("yes" where it is one use or
        little) and `limit` (what to bear in mind). It holds no level: what the text
        is worth is for coders to say.

    Examples
    --------
    >>> index = evidence_index()
    >>> before = index[index["phase"] == "before"]
    >>> len(before), int((before.groupby("place").size() == 4).sum())
    (31, 3)
    """
    return _read("insight_evidence.csv")
