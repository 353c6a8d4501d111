"""Low contact: where fewer people come forward than others of their segments do.

Segments differ in how many of them contact a service. An area of a segment that seldom
does is not neglected for that; it is where contacts fall short of what the same
segments do elsewhere in the place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.stats import chi2, false_discovery_control, norm, poisson

from segmentation.errors import SegmentError, few

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Contacts", "expected_contacts"]

COLUMNS: Final = ("area_code", "segment", "residents", "contacts")
TRIMMED: Final = 0.1  # share of scores at each end drawn in before spread is measured
_CUT: Final = float(norm.ppf(1 - TRIMMED))
KEPT: Final = 1 - 2 * TRIMMED - 2 * _CUT * norm.pdf(_CUT) + 2 * TRIMMED * _CUT**2
LOW: Final = "low contact"
HIGH: Final = "high contact"
USUAL: Final = "as expected"


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """Contacts of each area, against what its segments would lead to expect.

    Parameters
    ----------
    table
        One row an area, sorted by `area_code`: `residents`, `contacts`, `expected`,
        `ratio` (contacts / expected), `low` and `high` (its exact 95 % Poisson
        interval), `p`, `q` and `class`: "low contact", "as expected" or "high
        contact".
    rates
        One row a segment: `residents`, `contacts`, `areas`, `rate` (contacts per 100
        residents of the place), `low` and `high` (exact 95 % Poisson interval).
    left_out
        Area code -> why it was not judged.
    spread
        How many times the areas' scores vary as much as chance alone would have
        them (phi); 1 or less where chance is enough.
    tau
        Standard deviation, beyond chance, of the square roots of the ratios.
    level
        Greatest share of false ones, to be expected among the areas named.
    """

    table: pd.DataFrame
    rates: pd.DataFrame
    left_out: pd.Series[str]
    spread: float
    tau: float
    level: float

    def __str__(self) -> str:
        """Say the result in sentences for a report."""
        found = self.table["class"].value_counts()
        said = (
            f"{int(found.get(LOW, 0)):,} of {len(self.table):,} areas make fewer "
            f"contacts than their segments would lead to expect and "
            f"{int(found.get(HIGH, 0)):,} more, over {self.table['contacts'].sum():,} "
            f"contacts; of those named, about {100 * self.level:g} % at most are so by "
            "chance (Benjamini-Hochberg)."
        )
        if self.tau > 0:
            said += (
                f" Areas vary {self.spread:.1f} times as much as chance alone would "
                "have them; that much is taken as usual, and only what goes beyond "
                "it is named."
            )
        else:
            said += " Areas vary no more than chance would have them."
        if len(self.left_out):
            said += f" {len(self.left_out):,} areas could not be judged."
        return said


def expected_contacts(counts: pd.DataFrame, *, level: float = 0.05) -> Contacts:
    """Hold the contacts of each area against those that its segments lead to expect.

    Parameters
    ----------
    counts
        Columns `area_code`, `segment`, `residents` and `contacts`: one row an area
        and segment that lives there, so one row an area where an area has one
        segment. `contacts` are different customers, whole numbers. A missing
        segment, count or number of residents leaves the area out. Left as it is.
    level
        Greatest share of false ones, to be expected among the areas named.

    Returns
    -------
    contacts
        Indirect standardisation: the contacts to be expected of an area are the
        place's rate of each segment times its residents of it. `p` is two-sided
        and exact for a Poisson count [1]_. Where areas vary more than that, the
        extra variance is estimated as Spiegelhalter does for the square root of the
        ratio, a tenth of the scores at each end drawn in, and added [2]_ (here over
        0.68, the variance that normal scores keep when drawn in); `p` is then the
        greater of the two. An area counts towards the rates it is held
        against, so the only area of a segment is always as expected.

    Raises
    ------
    SegmentError
        If a column is missing, an area and segment stand on two rows, a figure is
        negative, endless or (of contacts) not whole, or no area can be judged.

    References
    ----------
    .. [1] Garwood, F. (1936). Fiducial limits for the Poisson distribution.
       Biometrika 28 (3/4), 437-442. https://doi.org/10.1093/biomet/28.3-4.437
    .. [2] Spiegelhalter, D. J. (2005). Handling over-dispersion of performance
       indicators. Quality and Safety in Health Care 14 (5), 347-351.
       https://doi.org/10.1136/qshc.2005.013755

    Examples
    --------
    >>> counts = pd.DataFrame(
    ...     {
    ...         "area_code": ["E1", "E2", "E3", "E4"],
    ...         "segment": ["1", "1", "1", "2"],
    ...         "residents": [1000, 1000, 1000, 1000],
    ...         "contacts": [140, 148, 72, 300],
    ...     }
    ... )
    >>> found = expected_contacts(counts)
    >>> found.table[["expected", "ratio"]].round(2).to_dict("list")
    {'expected': [120.0, 120.0, 120.0, 300.0], 'ratio': [1.17, 1.23, 0.6, 1.0]}
    """
    known, left_out = _known(counts)
    rates = _rates(known)
    expected = known["segment"].map(rates["rate"]) / 100 * known["residents"]
    table = (
        known.assign(expected=expected)
        .groupby("area_code")[["residents", "contacts", "expected"]]
        .sum()
    )
    nobody = table["expected"] <= 0
    left_out = pd.concat(
        [left_out, pd.Series("none are expected", table.index[nobody], dtype="str")]
    )
    table = table[~nobody]
    if table.empty:
        msg = (
            f"no area of {len(left_out)} can be judged: {left_out.iloc[0]} in "
            f"{left_out.index[0]!r}. Check residents, contacts and segments."
        )
        raise SegmentError(msg)
    seen = table["contacts"].to_numpy(dtype=np.float64)
    wanted = table["expected"].to_numpy()
    spread, tau = _overdispersion(seen, wanted)
    p = _p(seen, wanted, tau)
    q = false_discovery_control(p)
    low, high = _garwood(seen)
    return Contacts(
        table=table.assign(
            ratio=seen / wanted,
            low=low / wanted,
            high=high / wanted,
            p=p,
            q=q,
            **{"class": _classes(seen / wanted, q, level)},
        ).astype({"contacts": "int64"}),
        rates=rates,
        left_out=left_out.sort_index(),
        spread=spread,
        tau=tau,
        level=level,
    )


def _known(counts: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series[str]]:
    """Return the rows of areas that can be judged, and why the others cannot."""
    missing = [name for name in COLUMNS if name not in counts.columns]
    if missing:
        msg = (
            f"counts lack {few(missing)}; the columns are {few(list(counts.columns))}. "
            "Give one row an area and segment, with residents and contacts."
        )
        raise SegmentError(msg)
    frame = counts[list(COLUMNS)].sort_values(["area_code", "segment"], kind="stable")
    twice = frame.loc[frame.duplicated(["area_code", "segment"]), "area_code"].tolist()
    figures = frame[["residents", "contacts"]].astype("float64")
    odd = (figures < 0) | np.isinf(figures)
    odd["contacts"] |= figures["contacts"] % 1 > 0
    bad = frame.loc[odd.any(axis=1), "area_code"].tolist()
    if twice or bad or frame["area_code"].isna().any():
        msg = (
            f"counts should hold one row an area and segment, residents of 0 or more "
            f"and whole contacts. On two rows: {few(twice) or 'none'}; not such "
            f"figures: {few(bad) or 'none'}; without area_code: "
            f"{int(frame['area_code'].isna().sum())}. Mend those rows."
        )
        raise SegmentError(msg)
    frame = frame.assign(residents=figures["residents"], contacts=figures["contacts"])
    frame["segment"] = frame["segment"].astype("str").where(frame["segment"].notna())
    reasons = pd.Series("", frame.index, dtype="str")
    for name, reason in (
        ("contacts", "contacts are not known"),
        ("residents", "residents are not known"),
        ("segment", "has no segment"),
    ):
        reasons[frame[name].isna()] = reason
    lacking = frame["area_code"].isin(frame.loc[reasons != "", "area_code"])
    why = reasons[reasons != ""].set_axis(frame.loc[reasons != "", "area_code"])
    return frame[~lacking], why[~why.index.duplicated()]


def _rates(known: pd.DataFrame) -> pd.DataFrame:
    grouped = known.groupby("segment")
    rates = grouped[["residents", "contacts"]].sum()
    rates["areas"] = grouped["area_code"].nunique()
    base = rates["residents"].where(rates["residents"] > 0) / 100
    low, high = _garwood(rates["contacts"].to_numpy())
    return rates.assign(
        rate=rates["contacts"] / base, low=low / base, high=high / base
    ).astype({"contacts": "int64"})


def _garwood(
    count: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the exact 95 % interval of a Poisson count."""
    low = np.where(count > 0, chi2.ppf(0.025, 2 * np.maximum(count, 1)) / 2, 0.0)
    return low, chi2.ppf(0.975, 2 * (count + 1)) / 2


def _overdispersion(
    seen: NDArray[np.float64], wanted: NDArray[np.float64]
) -> tuple[float, float]:
    """Return phi, and tau on the scale of the square root of the ratio."""
    scores = 2 * (np.sqrt(seen) - np.sqrt(wanted))
    inside = np.quantile(scores, [TRIMMED, 1 - TRIMMED])
    spread = float((np.clip(scores, *inside) ** 2).mean() / KEPT)
    n, weight = len(seen), 4 * wanted
    extra = n * spread - (n - 1)
    room = weight.sum() - (weight**2).sum() / weight.sum()
    tau2 = extra / room if extra > 0 and room > 0 else 0.0
    return spread, float(np.sqrt(tau2))


def _p(
    seen: NDArray[np.float64], wanted: NDArray[np.float64], tau: float
) -> NDArray[np.float64]:
    below, above = poisson.cdf(seen, wanted), poisson.sf(seen - 1, wanted)
    exact = np.minimum(1.0, 2 * np.minimum(below, above))
    away = np.sqrt(seen / wanted) - 1
    usual = 2 * norm.sf(np.abs(away) / np.sqrt(1 / (4 * wanted) + tau**2))
    greater: NDArray[np.float64] = np.maximum(exact, usual) if tau > 0 else exact
    return greater


def _classes(
    ratio: NDArray[np.float64], q: NDArray[np.float64], level: float
) -> NDArray[np.str_]:
    sure = q <= level
    named: NDArray[np.str_] = np.select([sure & (ratio < 1), sure], [LOW, HIGH], USUAL)
    return named
