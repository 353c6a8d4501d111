"""Hold segments against those of them whose figure may be shown.

The rate of a whole place, or an index against it, gives away the one segment that is
hidden: what the others hold is known, and the rest is subtraction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from insight.release.rules import protect

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from insight.release import Rule

__all__ = ["of_the_shown"]


def of_the_shown(
    profile: pd.DataFrame,
    behind: pd.Series[int],
    rule: Rule,
    *,
    indexes: Sequence[str],
    aside: Sequence[str] = (),
) -> pd.DataFrame:
    """Return a profile whose average is that of the segments shown.

    Parameters
    ----------
    profile
        One row a segment and variable: `variable`, `base`, `rate`, `place_rate`.
    behind
        The people that each row rests on.
    rule
        The rule of small numbers.
    indexes
        Columns in per cent of `place_rate`.
    aside
        Columns that rest on the whole place in another way: missing where one of the
        segments is hidden.

    Returns
    -------
    profile
        With `place_rate` and indexes of the segments shown; variables of which no
        segment is hidden are as they were.

    Examples
    --------
    >>> import pandas as pd
    >>> from insight.release.rules import RULES
    >>> profile = pd.DataFrame({"variable": "ill", "base": [100, 300, 100]})
    >>> profile["rate"], profile["place_rate"] = [30.0, 10.0, 4.0], 12.8
    >>> profile["index"] = 100 * profile["rate"] / 12.8
    >>> behind = pd.Series([30, 30, 4])
    >>> rule = RULES["threshold10"]
    >>> found = of_the_shown(profile, behind, rule, indexes=["index"])
    >>> found["place_rate"].tolist(), found["index"].tolist()[:2]
    ([15.0, 15.0, 15.0], [200.0, 66.66666666666667])
    """
    hidden = protect(behind, rule)[1]
    touched = hidden.groupby(profile["variable"]).transform("any")
    shown = profile[~hidden]
    totals = (shown["rate"] * shown["base"]).groupby(shown["variable"]).sum()
    pooled = totals / shown.groupby("variable")["base"].sum()
    known = profile["variable"].map(pooled)
    place_rate = profile["place_rate"].where(~touched, known)
    against = (profile["place_rate"] / place_rate.where(place_rate > 0)).where(
        touched, 1.0
    )
    scaled = {name: profile[name] * against for name in indexes}
    left = {name: profile[name].mask(touched) for name in aside}
    return profile.assign(place_rate=place_rate, **scaled, **left)
