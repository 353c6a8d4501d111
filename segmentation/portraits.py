"""Portraits: a segment in plain English, no figure without its base.

Names and sentences come from the profile alone, so an analyst can check each word
of them, and write a better name in `place.toml`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segmentation.errors import SegmentError, few

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping

    import pandas as pd

__all__ = ["pen_portrait", "suggested_names"]

AVERAGE = 100
NAMELESS = "Near the place's average"
NEEDED = ["base", "effect", "high", "index", "low", "measure", "place_rate", "rate"]
NEEDED = ["segment", "variable", *NEEDED]


def suggested_names(
    profile: pd.DataFrame, *, words: int = 2, avoid: Collection[str] = ()
) -> dict[str, str]:
    """Return a name for each segment from what it has most of.

    A variable is over-represented where the whole interval of its index lies above
    100. The strongest come first, by `effect`: how many standard deviations of the
    areas the segment lies above the place.

    Parameters
    ----------
    profile
        What :func:`segmentation.index_scores` returned.
    words
        How many variables make a name. Two segments that would have the same name
        take one more each, and at last their codes.
    avoid
        Variables never to name a segment after, such as ethnic groups: a label that
        residents would not use of themselves does harm.

    Returns
    -------
    names
        Code -> name, no two alike, in the order of the profile.

    Raises
    ------
    SegmentError
        If `profile` lacks a column or a variable to avoid, or `words` is below 1.

    Examples
    --------
    >>> import pandas as pd
    >>> from segmentation import index_scores
    >>> areas = pd.DataFrame(
    ...     {"area_code": ["E1", "E2"], "flats": [300, 100], "homes": [1000, 1000]}
    ... )
    >>> segments = pd.Series({"E1": "1", "E2": "2"})
    >>> suggested_names(index_scores(areas, {"flats": "flats / homes"}, segments))
    {'1': 'Flats', '2': "Near the place's average"}
    """
    _check_profile(profile)
    if words < 1:
        msg = f"words is {words}. Give 1 or more."
        raise SegmentError(msg)
    unknown = sorted(set(avoid) - set(profile["variable"]))
    if unknown:
        msg = (
            f"the profile has no variable called {few(unknown)}, which names should "
            "avoid. Write the labels as they stand in the profile."
        )
        raise SegmentError(msg)
    codes = profile["segment"].unique()
    fit = profile[~profile["variable"].isin(list(avoid))]
    over = {
        code: _strongest(fit, code, over=True)["variable"].tolist() for code in codes
    }
    taken = dict.fromkeys(over, words)
    for _ in range(max(map(len, over.values()), default=0)):
        names = {code: _name(over[code][: taken[code]]) for code in over}
        alike = list(names.values())
        for code, name in names.items():
            taken[code] += alike.count(name) > 1
    names = {code: _name(over[code][: taken[code]]) for code in over}
    alike = list(names.values())
    return {
        code: f"{name} ({code})" if alike.count(name) > 1 else name
        for code, name in names.items()
    }


def pen_portrait(profile: pd.DataFrame, code: str, *, shown: int = 3) -> str:
    """Return a few sentences on one segment, each figure with its base.

    Parameters
    ----------
    profile
        What :func:`segmentation.index_scores` returned. Rows whose `base`, `rate`
        or `index` has been hidden (is missing) are left out, so a profile that
        disclosure control has been through can be described.
    code
        Which segment.
    shown
        How many variables to name on each side of the average.

    Returns
    -------
    portrait
        Sentences in British English, ready for a report.

    Raises
    ------
    SegmentError
        If `profile` lacks a column or the segment.

    Examples
    --------
    >>> import pandas as pd
    >>> from segmentation import index_scores
    >>> areas = pd.DataFrame(
    ...     {"area_code": ["E1", "E2"], "flats": [300, 100], "homes": [1000, 1000]}
    ... )
    >>> segments = pd.Series({"E1": "1", "E2": "2"})
    >>> profile = index_scores(areas, {"flats": "flats / homes"}, segments)
    >>> print(pen_portrait(profile, "1"))
    Segment 1 has more than the place's average of: flats (30.0 % of 1,000, place \
20.0 %, index 150, 95 % interval 136 to 165).
    """
    _check_profile(profile)
    codes = profile["segment"].unique().tolist()
    if code not in codes:
        msg = f"the profile has no segment {code!r}. It has {few(codes)}."
        raise SegmentError(msg)
    sentences: list[str] = []
    for side, over in (("more", True), ("less", False)):
        rows = _strongest(profile, code, over=over).head(shown).to_dict("records")
        if rows:
            listed = "; ".join(_figures(row) for row in rows)
            subject = "It" if sentences else f"Segment {code}"
            sentences.append(
                f"{subject} has {side} than the place's average of: {listed}."
            )
    if not sentences:
        return f"Segment {code} differs from the place's average in nothing shown here."
    return " ".join(sentences)


def _strongest(profile: pd.DataFrame, code: str, *, over: bool) -> pd.DataFrame:
    rows = profile[profile["segment"] == code].dropna(subset=["base", "rate", "index"])
    apart = rows["low"] > AVERAGE if over else rows["high"] < AVERAGE
    return rows[apart].sort_values("effect", ascending=not over, kind="stable")


def _name(variables: list[str]) -> str:
    name = ", ".join(variables)
    return name[:1].upper() + name[1:] if name else NAMELESS


def _figures(row: Mapping[Hashable, Any]) -> str:
    interval = f"95 % interval {row['low']:,.0f} to {row['high']:,.0f}"
    index = f"index {row['index']:,.0f}, {interval}"
    if row["measure"] == "mean":
        return (
            f"{row['variable']} (mean {row['rate']:.1f} over {row['base']:,.0f} areas, "
            f"place {row['place_rate']:.1f}, {index})"
        )
    return (
        f"{row['variable']} ({row['rate']:.1f} % of {row['base']:,.0f}, "
        f"place {row['place_rate']:.1f} %, {index})"
    )


def _check_profile(profile: pd.DataFrame) -> None:
    missing = [name for name in NEEDED if name not in profile.columns]
    if missing:
        msg = (
            f"the profile lacks {few(missing)}; it has {few(list(profile.columns))}. "
            "Make it with segmentation.index_scores."
        )
        raise SegmentError(msg)
