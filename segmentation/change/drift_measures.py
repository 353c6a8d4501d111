"""Measures of drift: one variable, or one segment, then and now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd
from scipy.stats import chi2
from statsmodels.stats.proportion import confint_proportions_2indep

from segmentation.explain.intervals import Z

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "Before",
    "before_of",
    "feature_drift",
    "reasons_of",
    "segment_drift",
    "stability_index",
]

SOME: Final = 0.1
GREAT: Final = 0.25
ROUNDED: Final = 1e-9  # what bending a range there and back may cost
CHANGED: Final = 0.25  # of its own share, by which a segment must grow or shrink
MANY: Final = 0.25  # share of the variables that moved greatly, to start again
OUTSIDE: Final = 0.05  # share of rows unlike any of then, above what chance gives
FARTHER: Final = 0.25  # by how much areas lie farther from their centre
Numbers: TypeAlias = "NDArray[np.float64]"
DECILES: Final = [str(number) for number in range(1, 10)]


@dataclass(frozen=True, kw_only=True)
class Before:
    """What areas were like when segments were made from them; nothing of any area.

    Parameters
    ----------
    features
        One row a variable: `n`, `mean`, `sd`, the inner deciles, "1" to "9", and
        where known `least` and `most`.
    n
        How many areas.
    shares
        Share of the areas in each segment, 0 to 1, if known.
    distances
        Mean distance of its areas to each segment's centre, if known.
    """

    features: pd.DataFrame
    n: int
    shares: pd.Series[float] | None = None
    distances: pd.Series[float] | None = None


def before_of(
    features: pd.DataFrame,
    segments: pd.Series[str],
    *,
    distances: pd.Series[float] | None = None,
) -> Before:
    """Return what areas are like, to hold later ones against.

    Parameters
    ----------
    features
        One row an area and one column a variable.
    segments
        Segment of each area.
    distances
        Distance of each area to its segment's centre.

    Examples
    --------
    >>> features = pd.DataFrame({"flats": [0.0, 10.0, 20.0]})
    >>> before = before_of(features, pd.Series(["1", "1", "2"]))
    >>> before.features.loc["flats", ["n", "mean", "5"]].tolist()
    [3.0, 10.0, 10.0]
    """
    deciles = features.quantile(np.arange(1, 10) / 10).T.set_axis(DECILES, axis=1)
    found = pd.DataFrame(
        {
            "n": features.count(),
            "mean": features.mean(),
            "sd": features.std(ddof=0),
            "least": features.min(),
            "most": features.max(),
        }
    )
    return Before(
        features=found.join(deciles),
        n=len(features),
        shares=segments.value_counts(normalize=True),
        distances=None if distances is None else distances.groupby(segments).mean(),
    )


def stability_index(
    values: Numbers, deciles: Numbers, n_before: int, variables: int = 1
) -> tuple[float, float]:
    """Return the population stability index, and what chance alone would exceed.

    Parameters
    ----------
    values
        Of now; none missing.
    deciles
        The nine of then. Deciles that are equal tell nothing of their own and are
        passed over, so that a variable which is nought in most areas has fewer bins.
    n_before
        How many values the deciles are of.
    variables
        How many are held against chance together, this one among them.

    Returns
    -------
    index
        Sum over bins of (share now - share then) * log(share now / share then) [1]_;
        an empty bin counts half a row.
    by_chance
        Exceeded by any of them one time in twenty where nothing drifted [2]_.

    References
    ----------
    .. [1] Siddiqi, N. (2006). Credit Risk Scorecards. Wiley.
    .. [2] Yurdakul, B. (2018). Statistical properties of population stability index.
       Western Michigan University. https://scholarworks.wmich.edu/dissertations/3208

    Examples
    --------
    >>> deciles = np.arange(10.0, 100.0, 10.0)
    >>> index, by_chance = stability_index(np.arange(0.5, 100), deciles, 100)
    >>> round(index, 3), round(by_chance, 2)
    (0.0, 0.34)
    """
    edges, first, times = np.unique(deciles, return_index=True, return_counts=True)
    alone = times == 1
    before = np.diff([0.0, *(first[alone] + 1) / 10, 1.0])
    bins = np.searchsorted(edges[alone], values, side="left")
    seen = np.bincount(bins, minlength=len(before)).astype(np.float64)
    now = np.where(seen > 0, seen, 0.5) / len(values)
    index = float(((now - before) * np.log(now / before)).sum())
    freedom = max(len(before) - 1, 1)
    limit = float(chi2.isf(0.05 / variables, freedom))  # Bonferroni's
    return index, limit * (1 / len(values) + 1 / n_before)


def feature_drift(before: Before, features: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Hold each variable against what it was, and say how many rows lie outside.

    Parameters
    ----------
    before, features
        See :func:`segmentation.change.drift.drift`.

    Returns
    -------
    measured
        See :class:`segmentation.change.drift.Drift`.
    outside
        Share of rows outside the range of then in one variable or more, of those
        whose range is known; missing where none is.
    """
    rows = {}
    far = pd.Series(data=False, index=features.index)
    for name, then in before.features.iterrows():
        values = features[name].astype(float)
        known: Numbers = np.sort(values.dropna().to_numpy())  # a sum hangs on order
        deciles = then[DECILES].to_numpy(dtype=float)
        many = len(before.features)
        psi, by_chance = stability_index(known, deciles, int(then["n"]), many)
        scale = then["sd"] if then["sd"] > 0 else np.nan
        shift = (known.mean() - then["mean"]) / scale
        half = Z * np.sqrt(known.var() / len(known) + then["sd"] ** 2 / then["n"])
        least, most = float(then.get("least", np.nan)), float(then.get("most", np.nan))
        slack = ROUNDED * max(abs(least), abs(most))
        out = (values < least - slack) | (values > most + slack)
        far |= out
        rows[name] = {
            "n_before": int(then["n"]),
            "n": len(known),
            "psi": psi,
            "by_chance": by_chance,
            "shift": shift,
            "low": shift - half / scale,
            "high": shift + half / scale,
            "outside": float(out.sum() / len(known)) if least <= most else np.nan,
            "drift": _called(psi) if psi > by_chance else "none",
        }
    measured = pd.DataFrame.from_dict(rows, orient="index")
    some = measured["outside"].notna().any()
    return measured, float(far.mean()) if some else float("nan")


def _called(psi: float) -> str:
    return "great" if psi >= GREAT else "some" if psi >= SOME else "none"


def segment_drift(
    before: Before, segments: pd.Series[str], distances: pd.Series[float] | None
) -> pd.DataFrame:
    """Hold the share of each segment against what it was.

    Parameters
    ----------
    before
        See :class:`Before`.
    segments
        Segment of each row now; none missing.
    distances
        Of each row to its segment's centre.

    Returns
    -------
    parts
        See :class:`Drift`, with `changed`: whether the share grew
        or shrank by more than a quarter of itself and by more than chance (Newcombe's
        interval [1]_).

    References
    ----------
    .. [1] Newcombe, R. G. (1998). Interval estimation for the difference between
       independent proportions. Statistics in Medicine 17 (8), 873-890.
    """
    columns = ["rows_before", "rows", "share_before", "share", "change", "low", "high"]
    columns += ["distance_before", "distance", "changed"]
    if before.shares is None:
        return pd.DataFrame(columns=columns)
    n = len(segments)
    sizes = segments.value_counts()
    codes = [*before.shares.index, *sorted(set(sizes.index) - set(before.shares.index))]
    away = None if distances is None else distances.groupby(segments).mean()
    rows = {}
    for code in codes:
        share_before = float(before.shares.get(code, 0.0))
        then, now = round(share_before * before.n), int(sizes.get(code, 0))
        low, high = confint_proportions_2indep(
            now, n, then, before.n, method="newcomb", compare="diff"
        )
        change = now / n - share_before
        rows[code] = {
            "rows_before": then,
            "rows": now,
            "share_before": share_before,
            "share": now / n,
            "change": change,
            "low": float(low),
            "high": float(high),
            "distance_before": _at(before.distances, code),
            "distance": _at(away, code),
            "changed": abs(change) > CHANGED * share_before and not low <= 0 <= high,
        }
    return pd.DataFrame.from_dict(rows, orient="index").reindex(columns=columns)


def _at(figures: pd.Series[float] | None, code: str) -> float:
    return float("nan") if figures is None else float(figures.get(code, np.nan))


def reasons_of(
    features: pd.DataFrame, segments: pd.DataFrame, outside: float
) -> dict[str, bool]:
    """Return what drifted, as sentences -> whether it is reason to start again.

    Parameters
    ----------
    features, segments, outside
        What :func:`feature_drift` and :func:`segment_drift` returned.
    """
    great = features.index[features["drift"] == "great"]
    many = len(great) >= MANY * len(features)
    found = {
        f"{_sentence(str(name))} moved {'greatly' if psi >= GREAT else 'somewhat'} "
        f"(population stability index {psi:.2f}).": many and psi >= GREAT
        for name, psi in features["psi"][features["drift"] != "none"].items()
        if psi >= SOME
    }
    ends = 2 * features["outside"].notna().sum()
    if outside > OUTSIDE + ends / (features["n_before"].min() + 1):
        said = f"{100 * outside:.1f} % of areas lie outside what was known then."
        found[said] = False
    for code, row in segments.iterrows():
        if row["rows"] == 0 and row["rows_before"] > 0:
            found[f"Segment {code} is empty."] = True
        elif row["changed"]:
            was, now = 100 * row["share_before"], 100 * row["share"]
            said = f"Segment {code} went from {was:.1f} to {now:.1f} % of areas."
            found[said] = False
        if row["distance"] > (1 + FARTHER) * row["distance_before"]:
            found[f"Areas of segment {code} lie farther from its centre."] = False
    return found


def _sentence(label: str) -> str:
    return label[:1].upper() + label[1:]
