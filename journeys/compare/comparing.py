"""Compare the journeys of groups of customers, and say which differences are real."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from journeys.compare.asked import Asked
from journeys.compare.measured import followed_sql, measured
from journeys.compare.results import Compared
from journeys.compare.shuffled import (
    adjusted,
    distances,
    group_sums,
    members,
    p_values,
    ratios,
    shuffled_scores,
)
from journeys.cost.weights import poisson_weights
from journeys.duplication.rule import microseconds
from journeys.errors import JourneyError
from journeys.segments import segments_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from journeys.compare.measured import Measured
    from journeys.duplication.results import Duplication
    from journeys.log import Log
    from place.engine import Frame

    Floats = NDArray[np.float64]

__all__ = ["compare_journeys", "labels_sql"]

PATHS = ("distance of paths", "", "share")


def labels_sql(followed: str) -> str:
    """Return the query for the label of each customer."""
    return f"SELECT DISTINCT customer, label FROM {followed} ORDER BY customer"


def compare_journeys(
    log: Log,
    groups: str | Frame,
    *,
    found: Duplication | None = None,
    asked: Asked | None = None,
) -> Compared:
    """Hold each group's journeys against all others', measure by measure.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` returned.
    groups
        Table or frame of `customer_id` and `segment`: what customers are compared by
        (see :func:`journeys.compare.periods_of` for periods). Customers without one
        are left out.
    found
        What was found twice in the log, to compare findings too.
    asked
        Options; with `None`, as they stand in :class:`Asked`.

    Returns
    -------
    compared
        Differences with interval, n, exact p and p adjusted for all of them.

    Raises
    ------
    JourneyError
        If fewer than two groups are large enough.

    Notes
    -----
    Labels are shuffled among customers, never among events: what one customer did
    hangs together. Every measure is a ratio of sums (see `measured`), and its score
    is linear in the labels; paths are compared by the total variation distance of
    their moves.

    References
    ----------
    Good, P. (2005). Permutation, Parametric and Bootstrap Tests of Hypotheses.
    https://doi.org/10.1007/b138696
    Westfall, P. H. and Young, S. S. (1993). Resampling-Based Multiple Testing. Wiley.

    Examples
    --------
    >>> from journeys.log import encode_log
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> who = [f"c{n:02d}" for n in range(80)]
    >>> events = pd.DataFrame({"customer_id": who * 2, "time": day, "agency": "GP"})
    >>> events["activity"] = ["ask"] * 80 + ["wait"] * 40 + ["treat"] * 40
    >>> groups = pd.DataFrame({"customer_id": who, "segment": ["p"] * 40 + ["q"] * 40})
    >>> compared = compare_journeys(encode_log(events), groups)
    >>> compared.real()[["group", "measure", "what", "difference"]]
      group                      measure         what  difference
    0     p            distance of paths                      1.0
    1     p  customers who make the move  ask → treat        -1.0
    2     p  customers who make the move   ask → wait         1.0
    """
    asked = Asked() if asked is None else asked
    followed = f"{log.table}_compared"
    within = None if asked.within_days is None else microseconds(asked.within_days)
    coded = segments_of(log, groups)
    log.engine.keep(followed, followed_sql(log.table, str(coded), within_us=within))
    told = log.engine.arrow(labels_sql(followed)).to_pandas()
    sizes = told["label"].value_counts().sort_index()
    kept, refused = _large_enough(sizes, asked)
    told = told[told["label"].isin(kept)]
    drawn = None
    if len(told) > asked.most_customers:
        drawn = asked.most_customers
        order = np.random.default_rng(asked.seed).permutation(len(told))[:drawn]
        told = told.iloc[np.sort(order)]
    _keep_among(log, followed, told)
    labels = np.searchsorted(np.array(kept, dtype=str), told["label"].to_numpy(str))
    customers = told["customer"].to_numpy(np.int64)
    measures = measured(
        log, found, f"{followed}_among", customers, most_moves=asked.most_moves
    )
    return Compared(
        asked=asked,
        differences=_differences(measures, customers, labels, kept, asked),
        groups={name: int((labels == at).sum()) for at, name in enumerate(kept)},
        refused=refused,
        outside=log.n_customers - int(sizes[kept].sum()),
        drawn=drawn,
    )


def _large_enough(
    sizes: pd.Series[int], asked: Asked
) -> tuple[list[str], tuple[str, ...]]:
    """Return the groups that are compared, and why the others are not."""
    kept = sizes.index[sizes >= asked.least_customers].tolist()
    refused = tuple(
        f"Group {name!r} is left out: it has fewer than {asked.least_customers} "
        "customers."
        for name in sizes.index[sizes < asked.least_customers]
    )
    if len(kept) < 2:  # noqa: PLR2004 - a comparison needs two
        msg = (
            f"Journeys cannot be compared: {len(kept)} of {len(sizes)} groups have at "
            f"least {asked.least_customers} customers. Make larger groups; of periods, "
            "choose some in which customers had their first contact."
        )
        raise JourneyError(msg)
    return kept, refused


def _keep_among(log: Log, followed: str, told: pd.DataFrame) -> None:
    """Keep the events of the customers that are compared."""
    chosen = pa.table({"customer": pa.array(told["customer"], pa.int64())})
    log.engine.register(f"{followed}_customers", chosen)
    log.engine.keep(
        f"{followed}_among",
        f"SELECT l.* FROM {followed} AS l JOIN {followed}_customers AS c "
        "ON c.customer = l.customer",
    )


def _differences(
    measures: Measured,
    customers: NDArray[np.int64],
    labels: NDArray[np.int64],
    names: list[str],
    asked: Asked,
) -> pd.DataFrame:
    """Return one row a group and measure, the surest first."""
    scores = shuffled_scores(measures, labels, asked.permutations, asked.seed)
    tested = 1 if len(names) == 2 else len(names)  # noqa: PLR2004 - the same test twice
    flat = scores[:, :tested].reshape(len(scores), -1)
    values, others = _resampled(measures, customers, labels, asked)
    tail = 100 * asked.level / 2
    gap = values - others
    # A resample may hold no customer of a small group: its difference is unknown.
    with np.errstate(invalid="ignore"):
        ends = _percentiles(gap[1:], [tail, 100 - tail])
    told = pd.concat(
        [measures.measures, pd.DataFrame([PATHS], columns=measures.measures.columns)]
    )
    frame = pd.concat([told] * tested, ignore_index=True)
    frame.insert(0, "group", np.repeat(names[:tested], len(told)))
    sizes = np.bincount(labels, minlength=len(names))
    p = adjusted(flat, asked.multiplicity)
    frame = frame.assign(
        value=values[0, :tested].ravel(),
        others=others[0, :tested].ravel(),
        difference=gap[0, :tested].ravel(),
        low=ends[0, :tested].ravel(),
        high=ends[1, :tested].ravel(),
        customers=np.repeat(sizes[:tested], len(told)),
        others_customers=np.repeat(len(labels) - sizes[:tested], len(told)),
        **_bases(measures, labels, tested),
        p=p_values(flat),
        p_adjusted=p,
        real=p <= asked.level,
        far=-np.abs(flat[0]).round(9),
    )
    order = ["p_adjusted", "p", "far", "group", "measure", "what"]
    return frame.sort_values(order, ignore_index=True).drop(columns="far")


def _percentiles(draws: Floats, ends: list[float]) -> Floats:
    """Return percentiles over draws; missing where some draw is."""
    return np.asarray(np.percentile(draws, ends, axis=0))


def _resampled(
    measures: Measured,
    customers: NDArray[np.int64],
    labels: NDArray[np.int64],
    asked: Asked,
) -> tuple[Floats, Floats]:
    """Return figures of groups and of the others, as they are and resampled."""
    groups = int(labels.max()) + 1
    weights = poisson_weights(customers, asked.replicates, seed=asked.seed)
    weights = np.column_stack([np.ones(len(labels), np.uint8), weights])
    marks = members(labels, groups)

    def resampled(first: int, last: int) -> Floats:
        return marks * weights[:, first:last, None]

    times = asked.replicates + 1
    y, n, moves = (
        group_sums(matrix, resampled, groups=groups, times=times)
        for matrix in (measures.y, measures.n, measures.moves)
    )
    each = np.stack([marks[:, 0, at] @ weights for at in range(groups)], axis=1)
    n = np.where(measures.each, each[:, :, None], n)
    rest_y, rest_n = (sums.sum(axis=1, keepdims=True) - sums for sums in (y, n))
    apart = distances(moves)[:, :, None]
    values = np.concatenate([ratios(y, n), apart], axis=2)
    others = np.concatenate([ratios(rest_y, rest_n), np.zeros_like(apart)], axis=2)
    return values, others


def _bases(
    measures: Measured, labels: NDArray[np.int64], tested: int
) -> dict[str, NDArray[np.int64]]:
    """Return the customers that figures rest on, and those who are not at nought."""
    groups = int(labels.max()) + 1
    marks = members(labels, groups)
    sizes = np.bincount(labels, minlength=groups)[:, None]
    some, more = (
        group_sums((matrix != 0).astype(np.float64), lambda *_: marks, groups=groups)[0]
        for matrix in (measures.n, measures.y)
    )
    base = np.where(measures.each, sizes, some)
    others = more.sum(axis=0) - more
    told = {"base": base, "having": more, "others_having": others}
    whole = {"base": sizes, "having": sizes, "others_having": len(labels) - sizes}
    return {
        name: np.concatenate([each, whole[name]], axis=1)[:tested].ravel().astype(int)
        for name, each in told.items()
    }
