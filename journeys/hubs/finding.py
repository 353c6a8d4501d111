"""Find hubs: groups of agencies or services that share customers beyond chance."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from journeys.errors import JourneyError
from journeys.hubs.communities import by_chance, groups_of, modularity, square
from journeys.hubs.customers import count_customers, sharers_sql
from journeys.hubs.result import FEWEST, Hubs
from journeys.hubs.sharing import count_sharing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from journeys.hubs.sharing import Sharing, Unit
    from journeys.log import Log

    Array = NDArray[np.float64]
    Groups = NDArray[np.int64]

__all__ = ["find_hubs"]

MIN_RESAMPLES: Final = 19


def find_hubs(
    log: Log,
    *,
    unit: Unit = "agency",
    least: int = 10,
    resolution: float = 1.0,
    resamples: int = 200,
    seed: int = 0,
) -> Hubs:
    """Group the agencies (or services) of a log that share customers beyond chance.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` returned.
    unit
        "agency", or "service": an agency and a need.
    least
        Agencies or services with fewer customers are left out, and all but the 60
        with most.
    resolution
        Of the communities; above 1 for more and smaller ones.
    resamples
        Of customers, for stability and for chance; at least 19.
    seed
        Of the resamples and of the search.

    Returns
    -------
    hubs
        The same for a seed, whatever the order of the events.

    Raises
    ------
    JourneyError
        If an option is out of range.

    Notes
    -----
    Customers, not events, are drawn again, in up to 500 parts (one a customer while
    there are so few), each with a Poisson weight of mean 1. What chance does is seen by
    laying the same resamples' deviations on what is expected by chance, so that
    customers who meet many agencies weigh there as they do here.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability.
    https://doi.org/10.1016/j.csda.2006.11.025

    Examples
    --------
    >>> from journeys.log import encode_log
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> pairs = [("A", "B"), ("C", "D")] * 20 + [("A", "C"), ("B", "D")]
    >>> met = [(f"c{n}", name) for n, pair in enumerate(pairs) for name in pair]
    >>> events = pd.DataFrame(met, columns=["customer_id", "agency"])
    >>> log = encode_log(events.assign(time=day, activity="visit"))
    >>> found = find_hubs(log, resamples=50)
    >>> found.hubs[["hub", "members", "customers"]]
       hub members  customers
    0    1     A;B         20
    1    2     C;D         20
    """
    _check(least, resolution, resamples, seed)
    shared = count_sharing(log, unit=unit, least=least)
    size = len(shared.names)
    observed = square(shared.by_part.sum(axis=0, keepdims=True), size)
    expected = by_chance(observed)
    rng = np.random.default_rng(seed)
    weights = rng.poisson(1.0, (resamples, len(shared.by_part))).astype("float64")
    again = square(weights @ shared.by_part, size)
    chance = np.maximum(expected + again - observed, 0.0)
    search = partial(_searched, resolution=resolution, seed=seed)
    group, quality = search(observed, expected)
    groups, _ = search(again, by_chance(again))
    _, null = search(chance, by_chance(chance))
    if size < FEWEST:
        group = np.arange(size)[None, :]
    together = (groups[:, :, None] == groups[:, None, :]).mean(axis=0)
    hubs, hub_of = _hubs(group[0], groups, shared, log)
    return Hubs(
        hubs=hubs,
        nodes=_nodes(shared, hub_of, together),
        pairs=_pairs(shared, observed[0], expected[0], again, together),
        modularity=float(quality[0]),
        by_chance=float(null.mean()),
        p=float((1 + (null >= quality[0]).sum()) / (resamples + 1)),
        unit=unit,
        resolution=resolution,
        seed=seed,
        resamples=resamples,
        n_customers=shared.n_customers,
        left_out=shared.left_out,
        n_shared=int(log.engine.arrow(sharers_sql(shared.members))["n"][0].as_py()),
    )


def _check(least: int, resolution: float, resamples: int, seed: int) -> None:
    faults = [
        f"{name} must be {what}; it is {value!r}."
        for name, value, what, fits in (
            ("least", least, "at least 1", least >= 1),
            ("resolution", resolution, "above 0", resolution > 0),
            ("resamples", resamples, "at least 19", resamples >= MIN_RESAMPLES),
            ("seed", seed, "at least 0", seed >= 0),
        )
        if not fits
    ]
    if faults:
        raise JourneyError(*faults)


def _searched(
    shared: Array, expected: Array, *, resolution: float, seed: int
) -> tuple[Groups, Array]:
    """Return the groups of each table's nodes, and their modularity."""
    groups = np.array(
        [
            groups_of(one, other, resolution=resolution, seed=seed + 2 * at)
            for at, (one, other) in enumerate(zip(shared, expected, strict=True))
        ]
    )
    quality = [modularity(*each) for each in zip(shared, expected, groups, strict=True)]
    return groups, np.array(quality)


def _hubs(
    group: Groups, groups: Groups, shared: Sharing, log: Log
) -> tuple[pd.DataFrame, Groups]:
    """Return a table of hubs, most customers first, and the hub of each node or 0."""
    sizes = np.bincount(group, minlength=len(group))
    kept = np.flatnonzero(sizes[group] > 1)
    codes = pd.DataFrame({"code": np.array(shared.codes)[kept], "hub": group[kept]})
    counts = count_customers(log, shared.members, codes).set_index("hub")["customers"]
    rows = [
        (
            ";".join(shared.names[at] for at in np.flatnonzero(group == number)),
            int(sizes[number]),
            int(counts.get(number, 0)),
            _found_again(group == number, groups),
            number,
        )
        for number in np.unique(group[kept])
    ]
    columns = ["members", "size", "customers", "found_again", "group"]
    table = pd.DataFrame(rows, columns=columns).sort_values(
        ["customers", "members"], ascending=[False, True], ignore_index=True
    )
    table.insert(0, "hub", table.index + 1)
    hub_of = np.zeros(len(group), dtype="int64")
    for hub, number in zip(table["hub"], table.pop("group"), strict=True):
        hub_of[group == number] = hub
    return table, hub_of


def _found_again(members: NDArray[np.bool_], groups: Groups) -> float:
    """Return the mean Jaccard index of a group with its likest in each resample."""
    same = groups[:, :, None] == groups[:, None, :]
    both = (same & members).sum(axis=2)
    either = same.sum(axis=2) + members.sum() - both
    return float((both / either).max(axis=1).mean())


def _nodes(shared: Sharing, hub_of: Groups, together: Array) -> pd.DataFrame:
    mates = (
        (hub_of[:, None] == hub_of) & (hub_of > 0) & ~np.eye(len(hub_of), dtype=bool)
    )
    n_mates = mates.sum(axis=1)
    with_hub = np.where(mates, together, 0.0).sum(axis=1) / np.maximum(n_mates, 1)
    return pd.DataFrame(
        {
            "name": list(shared.names),
            "code": list(shared.codes),
            "hub": pd.array(hub_of, "Int64"),
            "customers": shared.customers,
            "with_hub": with_hub,
        }
    ).assign(
        hub=lambda frame: frame["hub"].mask(frame["hub"] == 0),
        with_hub=lambda frame: frame["with_hub"].mask(frame["hub"].isna()),
    )


def _pairs(
    shared: Sharing, observed: Array, expected: Array, again: Array, together: Array
) -> pd.DataFrame:
    """Return what is known of every pair of nodes."""
    at = shared.one, shared.other
    both = observed[at]
    one, other = (shared.customers[each].astype("float64") for each in at)
    n = shared.n_customers
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = both / expected[at]
        spread = np.sqrt(one * other * (n - one) * (n - other))
        phi = (n * both - one * other) / spread
        lifts = (again / by_chance(again))[:, *at]
    low, high = _interval(lifts)
    names = np.array(shared.names, dtype=object)
    return pd.DataFrame(
        {
            "one": pd.Series(names[at[0]], dtype="str"),
            "other": pd.Series(names[at[1]], dtype="str"),
            "customers": both.astype("int64"),
            "expected": expected[at],
            "lift": _finite(lift),
            "low": low,
            "high": high,
            "jaccard": both / (one + other - both),
            "phi": _finite(phi),
            "handovers": shared.handovers,
            "handed": shared.handed,
            "together": together[at],
        }
    )


def _interval(lifts: Array) -> Array:
    """Return the middle 95 % of each column; missing where a resample has no value."""
    if not lifts.size:
        return np.empty((2, lifts.shape[1]))
    return _finite(np.quantile(lifts, [0.025, 0.975], axis=0))


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, np.nan)
