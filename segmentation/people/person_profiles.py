"""What sets segments of persons apart: their own use, and where they live.

Sums are taken in the engine by segment and area, so that only counts come out, and
intervals allow for people of one area being alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import t

from segmentation.codes import natural
from segmentation.people.person_features import MILLI

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from place.engine import Engine

__all__ = ["person_profile", "without_segment"]

AVERAGE = 100


def person_profile(
    engine: Engine,
    tables: tuple[str, str],
    services: Mapping[str, str],
    area_rates: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.Series[int]]:
    """Return what every segment of persons has of every variable, and its size.

    Parameters
    ----------
    engine
        Where the tables are.
    tables
        Features of persons (`customer_id`, `area_code`, `use_0`...) and their
        segments (`customer_id`, `segment`).
    services
        Label -> name, in the order of the columns.
    area_rates
        One row an area and one column a variable.

    Returns
    -------
    profile
        One row a segment and variable, with the columns of
        :func:`segmentation.index_scores`. `measure` is "mean"; `base` is the
        customers; of a service `rate` is its units or uses a customer and `count` the
        customers who used it at all; of a variable `rate` is the mean of the
        customers' home areas and `count` is missing. The place is all customers
        with a segment. `low` and `high` are Student's 95 % interval of the index
        over areas [1]_ or over persons, whichever is wider, taking the place's rate
        as known; `effect` is (`rate` - `place_rate`) over the standard deviation
        of persons.
    sizes
        Code -> customers.

    References
    ----------
    .. [1] Cochran, W. G. (1977). Sampling Techniques, 3rd edition, chapter 9A. Wiley.

    Examples
    --------
    >>> from place.engine import start_engine
    >>> engine = start_engine()
    >>> who = pd.DataFrame({"customer_id": list("abcd"), "area_code": "E1"})
    >>> engine.register("known", who.assign(use_0=[0, 2, 4, 6]))
    >>> engine.register("given", who[["customer_id"]].assign(segment=list("1122")))
    >>> tables = ("known", "given")
    >>> profile, sizes = person_profile(engine, tables, {"care": "C"}, pd.DataFrame())
    >>> profile[["segment", "count", "rate", "place_rate", "index"]].round(2)
      segment  count  rate  place_rate   index
    0       1      1   1.0         3.0   33.33
    1       2      2   5.0         3.0  166.67
    >>> engine.close()
    """
    sums = _sums(engine, tables, len(services))
    sizes = sums.groupby("segment")["n"].sum()
    sizes = sizes.reindex(sorted(sizes.index, key=natural)).astype("int64")
    tables_of = [
        _against(label, part, list(sizes.index))
        for label, part in _parts(sums, services, area_rates)
    ]
    profile = pd.concat(tables_of, ignore_index=True)
    profile["segment"] = pd.Categorical(profile["segment"], categories=sizes.index)
    profile = profile.sort_values("segment", kind="stable", ignore_index=True)
    return profile.astype({"segment": "str"}), sizes


def without_segment(engine: Engine, tables: tuple[str, str]) -> dict[str, int]:
    """Count the persons without a segment: `without_area` and `area_incomplete`.

    Parameters
    ----------
    engine, tables
        See :func:`person_profile`.
    """
    features, segments = tables
    counted: dict[str, int] = engine.arrow(f"""
SELECT count(*) - count(f.area_code) AS without_area,
       count(f.area_code) AS area_incomplete
FROM {features} AS f JOIN {segments} AS s ON f.customer_id = s.customer_id
WHERE s.segment IS NULL""").to_pylist()[0]
    return counted


def _sums(engine: Engine, tables: tuple[str, str], n_services: int) -> pd.DataFrame:
    """Return counts and sums by segment and area: whole numbers, whatever the order."""
    parts = "".join(
        f", CAST(sum({_exact(at)}) AS DOUBLE) AS sum_{at}"
        f", CAST(sum({_exact(at)} * {_exact(at)}) AS DOUBLE) AS squares_{at}"
        f", CAST(sum(CASE WHEN use_{at} > 0 THEN 1 ELSE 0 END) AS BIGINT) AS users_{at}"
        for at in range(n_services)
    )
    features, segments = tables
    found: pd.DataFrame = engine.arrow(f"""
SELECT s.segment, f.area_code, CAST(count(*) AS BIGINT) AS n{parts}
FROM {features} AS f JOIN {segments} AS s ON f.customer_id = s.customer_id
WHERE s.segment IS NOT NULL
GROUP BY s.segment, f.area_code
ORDER BY s.segment, f.area_code""").to_pandas()
    return found


def _exact(at: int) -> str:
    """Return use in whole thousandths, as a type whose sums are exact and wide."""
    return f"CAST(round(use_{at} * {MILLI}) AS DECIMAL(18, 0))"


def _parts(
    sums: pd.DataFrame, services: Mapping[str, str], area_rates: pd.DataFrame
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each variable with its counts, sums and squares by segment and area."""
    base = sums[["segment", "area_code", "n"]]
    for at, label in enumerate(services):
        yield (
            label,
            base.assign(
                total=sums[f"sum_{at}"] / MILLI,
                squares=sums[f"squares_{at}"] / MILLI**2,
                count=sums[f"users_{at}"],
            ),
        )
    for name in area_rates:
        rate = base["area_code"].map(area_rates[name])
        yield (
            str(name),
            base.assign(
                total=rate * base["n"], squares=rate**2 * base["n"], count=np.nan
            ),
        )


def _against(label: str, part: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    found = _means(part).reindex(codes)
    whole = _means(part.assign(segment="place")).iloc[0]
    average = whole["rate"] if whole["rate"] > 0 else np.nan
    spread = whole["sd"] if whole["sd"] > 0 else np.nan
    half = t.ppf(0.975, found["groups"] - 1) * found["error"]
    least = 0 if part["total"].min() >= 0 else -np.inf
    return pd.DataFrame(
        {
            "segment": found.index,
            "variable": label,
            "measure": "mean",
            "count": found["count"],
            "base": found["n"],
            "rate": found["rate"],
            "place_rate": whole["rate"],
            "index": AVERAGE * found["rate"] / average,
            "low": AVERAGE * (found["rate"] - half).clip(lower=least) / average,
            "high": AVERAGE * (found["rate"] + half) / average,
            "effect": (found["rate"] - whole["rate"]) / spread,
        }
    )


def _means(part: pd.DataFrame) -> pd.DataFrame:
    """Return mean, spread and standard error of each segment."""
    by_segment = part.groupby("segment")
    found = by_segment[["n", "total", "squares"]].sum()
    n = found["n"]
    rate = found["total"] / n
    variance = (found["squares"] / n - rate**2).clip(lower=0)
    one_by_one = variance / (n - 1).where(n > 1)
    # People of one area are alike: the error of a ratio of sums over areas.
    left = (part["total"] - part["segment"].map(rate) * part["n"]) ** 2
    areas = by_segment["area_code"].nunique()
    by_area = left.groupby(part["segment"]).sum() / n**2 * areas / (areas - 1)
    by_area = by_area.where(areas > 1)
    wider = by_area.fillna(0) > one_by_one.fillna(0)
    return pd.DataFrame(
        {
            "n": n,
            "count": by_segment["count"].sum(min_count=1),
            "rate": rate,
            "sd": np.sqrt(variance),
            "error": np.sqrt(by_area.where(wider, one_by_one)),
            "groups": areas.where(wider, n),
        }
    )
