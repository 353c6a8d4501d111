"""Portraits: a segment in plain English, no figure without its base.

Names and sentences come from the profile alone, so an analyst can check each word
of them, and write a better name in `place.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from segmentation.errors import SegmentError, few
from segmentation.explain.profiles import AVERAGE, FALSE_DISCOVERIES

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping, Sequence

__all__ = ["Sitter", "pen_portrait", "suggested_names"]

NAMELESS = "Near the place's average"
NEEDED = ["base", "effect", "high", "index", "low", "measure", "place_rate", "rate"]
NEEDED = ["segment", "variable", *NEEDED]


@dataclass(frozen=True, kw_only=True)
class Sitter:
    """What a portrait says of a segment besides its profile.

    Parameters
    ----------
    areas, of_areas
        Areas of the segment, and of all segments.
    residents, of_residents
        People who live there, and in all segments; `None` where not known, or not
        to be shown.
    typical
        Codes of areas that are most like the segment.
    """

    areas: int
    of_areas: int
    residents: int | None = None
    of_residents: int | None = None
    typical: Sequence[str] = ()

    def __str__(self) -> str:
        """Say size and where it is typical, as the end of a sentence with a subject."""
        said = f"holds {self.areas:,} of {self.of_areas:,} areas"
        if self.residents is not None and self.of_residents:
            share = 100 * self.residents / self.of_residents
            said += (
                f" and {self.residents:,} of {self.of_residents:,} residents "
                f"({share:.1f} %)"
            )
        return said + f"; most typical: {', '.join(self.typical)}" * bool(self.typical)


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
    profile = _honest(profile)
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


def pen_portrait(
    profile: pd.DataFrame,
    code: str,
    *,
    shown: int = 3,
    sitter: Sitter | None = None,
    figures: bool = True,
) -> str:
    """Return a few sentences on one segment, each figure with its base.

    Parameters
    ----------
    profile
        What :func:`segmentation.index_scores` returned, and
        :func:`segmentation.against_nation` where the nation is known. Rows whose
        `base`, `rate` or `index` has been hidden (is missing) are left out, so a
        profile that disclosure control has been through can be described.
    code
        Which segment.
    shown
        How many variables to name on each side of the average.
    sitter
        Its size and typical areas, which then open the portrait.
    figures
        Whether to give the figures of each variable, or its name alone.

    Returns
    -------
    portrait
        Sentences in British English, ready for a report: what it has more and less
        of than the place, each with the interval that allows for areas being alike
        inside ("over n areas") or, of a segment of one area, the one that does not;
        and in how many variables, and how sharply, it differs.

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
    profile = _honest(profile)
    codes = profile["segment"].unique().tolist()
    if code not in codes:
        msg = f"the profile has no segment {code!r}. It has {few(codes)}."
        raise SegmentError(msg)
    sentences = [f"Segment {code} {sitter}."] if sitter else []
    apart = 0
    for side, over in (("more", True), ("less", False)):
        rows = _strongest(profile, code, over=over).head(shown).to_dict("records")
        apart += len(rows)
        if rows:
            named = [_figures(row) if figures else row["variable"] for row in rows]
            listed = ("; " if figures else ", ").join(named)
            subject = "It" if sentences else f"Segment {code}"
            sentences.append(
                f"{subject} has {side} than the place's average of: {listed}."
            )
    if not apart:
        subject = "It" if sentences else f"Segment {code}"
        said = f"{subject} differs from the place's average in nothing shown here."
        return " ".join([*sentences, said])
    sharp = _sharpness(profile[profile["segment"] == code]) if figures else []
    return " ".join([*sentences, *sharp])


def _strongest(profile: pd.DataFrame, code: str, *, over: bool) -> pd.DataFrame:
    rows = profile[profile["segment"] == code].dropna(subset=["base", "rate", "index"])
    apart = rows["low"] > AVERAGE if over else rows["high"] < AVERAGE
    return rows[apart].sort_values("effect", ascending=not over, kind="stable")


def _honest(profile: pd.DataFrame) -> pd.DataFrame:
    """Return the profile with the interval that allows for areas, where it has one."""
    _check_profile(profile)
    if "clustered_low" not in profile:
        return profile.assign(over_areas=False)
    known = profile["clustered_low"].notna()
    ends = {
        end: profile[f"clustered_{end}"].where(known, profile[end])
        for end in ("low", "high")
    }
    return profile.assign(**ends, over_areas=known)


def _sharpness(rows: pd.DataFrame) -> list[str]:
    """Say in how many variables a segment differs, where areas allow to judge it."""
    if "p_adjusted" not in rows or rows["p_adjusted"].isna().all():
        return []
    clear = int((rows["p_adjusted"] <= FALSE_DISCOVERIES).sum())
    sharply = f"{rows['effect'].abs().mean():.1f} standard deviations of the areas"
    return [f"It differs clearly in {clear} of {len(rows)} variables; mean {sharply}."]


def _name(variables: list[str]) -> str:
    name = ", ".join(variables)
    return name[:1].upper() + name[1:] if name else NAMELESS


def _figures(row: Mapping[Hashable, Any]) -> str:
    is_mean, over = row["measure"] == "mean", ""
    unit, what = ("", "mean ") if is_mean else (" %", "")
    base = f"over {row['base']:,.0f} areas" if is_mean else f"of {row['base']:,.0f}"
    if row["over_areas"] and not is_mean:
        over = f" over {row['areas']:,.0f} areas"
    nation = ""
    if pd.notna(row.get("nation_index", np.nan)):
        nation = (
            f"; nation {row['nation_rate']:.1f}{unit}, index {row['nation_index']:,.0f}"
        )
    return (
        f"{row['variable']} ({what}{row['rate']:.1f}{unit} {base}, "
        f"place {row['place_rate']:.1f}{unit}, index {row['index']:,.0f}, "
        f"95 % interval {row['low']:,.0f} to {row['high']:,.0f}{over}{nation})"
    )


def _check_profile(profile: pd.DataFrame) -> None:
    missing = [name for name in NEEDED if name not in profile.columns]
    if missing:
        msg = (
            f"the profile lacks {few(missing)}; it has {few(list(profile.columns))}. "
            "Make it with segmentation.index_scores."
        )
        raise SegmentError(msg)
