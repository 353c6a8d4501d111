"""D2b: how many agencies deal with one need, and which share customers beyond chance.

"Twenty-four agencies deal with young people not in education or work": a plain count
says nothing of twenty that hardly do. So beside the *breadth* (how many agencies have
met a customer with the need) stands the *effective number*, exp(H) of the entropy H
of the caseload: as many equally busy agencies would be as mixed. The caseload of an
agency is its distinct customers with the need.

Which agencies share customers is held against chance: if each of two agencies drew
its customers at random from all that have the need, the shared ones would follow the
hypergeometric distribution. The test is one-sided; the false-discovery rate over all
pairs and needs is kept by Benjamini and Hochberg. Every customer counted has met some
agency, which makes pairs share rather less by chance than the distribution says: the
test errs on the side of silence.

References
----------
Hill, M. O. (1973). Diversity and evenness: a unifying notation and its consequences.
Ecology 54 (2), 427-432. https://doi.org/10.2307/1934352
Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. Journal
of the Royal Statistical Society B 57 (1), 289-300.
https://doi.org/10.1111/j.2517-6161.1995.tb02031.x
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from journeys.errors import JourneyError
from journeys.segments import by_segment_sql, segments_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journeys.log import Log
    from place.engine import Frame

__all__ = ["NeedBreadth", "met_sql", "need_breadth"]

BITS: Final = 62  # agencies that one whole number can tell
PAIR: Final = (
    "first", "second", "first_customers", "second_customers", "shared", "expected",
    "customers",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class NeedBreadth:
    """How many agencies deal with each need, and which share its customers.

    Attributes
    ----------
    needs
        One row a need (and segment, where given), the broadest first: `agencies`,
        `customers` (distinct), `caseloads` (customers counted once an agency),
        `effective` (number of agencies) with `low` and `high`.
    overlaps
        One row a pair of agencies that share a customer with the need: `first`,
        `second`, their customers, `shared`, `expected` by chance, `customers` (with
        the need), `p_value`, `q_value` (adjusted) and `beyond_chance`.
    level
        Of the intervals.
    false_discoveries
        Most expected share of false ones among those that are beyond chance.
    pairs
        Pairs of agencies that were tested, whether they share customers or not.
    unnamed
        Events that name no need, and are in none of this.
    """

    needs: pd.DataFrame
    overlaps: pd.DataFrame
    level: float
    false_discoveries: float
    pairs: int
    unnamed: int

    def said(self, need: str) -> str:
        """Say how many agencies deal with a need, over all its segments.

        Raises
        ------
        JourneyError
            If the log does not name the need.
        """
        rows = self.needs[self.needs["need"] == need]
        if rows.empty:
            known = sorted(self.needs["need"].unique())
            msg = f"The log has no need {need!r}; it has {known}. Name one of these."
            raise JourneyError(msg)
        return " ".join(_said(row, self.level) for _, row in rows.iterrows())

    def __str__(self) -> str:
        """Say the result for the broadest need as sentences for a report."""
        if self.needs.empty:
            return "No event names a need, so no breadth can be told."
        beyond = int(self.overlaps["beyond_chance"].sum())
        return (
            f"{_said(self.needs.iloc[0], self.level)} {beyond:,} of {self.pairs:,} "
            "pairs of agencies share more customers with a need than chance would "
            f"have it (false-discovery rate {self.false_discoveries:g})."
        )


def _said(row: pd.Series, level: float) -> str:
    among = ""
    if "segment" in row:
        known = not pd.isna(row["segment"])
        among = f" of segment {row['segment']}" if known else " of no segment"
    dealt = "agency deals" if row["agencies"] == 1 else "agencies deal"
    said = f"{row['agencies']:,} {dealt} with {row['need']}{among}"
    if row["agencies"] > 1:
        said += f"; as if {row['effective']:.1f} equal ones"
    if not pd.isna(row["low"]):
        said += f" ({level:.0%} interval {row['low']:.1f} to {row['high']:.1f})"
    plural = "s" * int(row["customers"] > 1)
    return f"{said}, for {row['customers']:,} customer{plural}."


def met_sql(log: str, agencies: int, *, segments: str | None = None) -> str:
    """Return the query that counts customers by need and by which agencies they met.

    Columns `met_0`, `met_1` ... hold a bit for each agency, 62 to a column.

    Parameters
    ----------
    log
        Table of an encoded log.
    agencies
        How many codes of agencies there are.
    segments
        Table of segments, or `None`.
    """
    by = by_segment_sql("l", segments)
    words = range(-(-agencies // BITS) or 1)
    bits = ", ".join(
        f"bit_or(CASE WHEN l.agency >= {BITS * n} AND l.agency < {BITS * (n + 1)} "
        f"THEN CAST(power(2, l.agency - {BITS * n}) AS BIGINT) ELSE 0 END) AS met_{n}"
        for n in words
    )
    listed = ", ".join(f"met_{n}" for n in words)
    return f"""SELECT {by.group}need, {listed},
  count(*) AS customers
FROM (
  SELECT {by.column}l.need AS need, l.customer, {bits}
  FROM {log} AS l {by.join}
  WHERE l.need IS NOT NULL GROUP BY {by.group}l.need, l.customer) AS met
GROUP BY {by.group}need, {listed}
ORDER BY {by.group}need, {listed}"""


def need_breadth(
    log: Log,
    *,
    segments: str | Frame | None = None,
    level: float = 0.95,
    false_discoveries: float = 0.05,
) -> NeedBreadth:
    """Count the agencies that deal with each need, and test whom they share.

    Parameters
    ----------
    log
        What :func:`journeys.log.encode_log` returned.
    segments
        Table or frame of `customer_id` and `segment` (an area, say), to look at each
        alone.
    level
        Of the interval of the effective number, between 0 and 1.
    false_discoveries
        Rate to keep among the pairs said to be beyond chance, between 0 and 1.

    Returns
    -------
    breadth
        The interval is by the delta method on the entropy, over customers, and kept
        between 1 and the number of agencies; it is missing where fewer than two
        customers have the need. Where all agencies are equally busy the method sees
        no error, and the interval is too short.

    Raises
    ------
    JourneyError
        If `level` or `false_discoveries` is out of range, or the table of segments
        is not one row a customer.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> events = pd.DataFrame({"customer_id": ["a", "a", "b", "c"], "time": day})
    >>> events["agency"] = ["council", "health", "council", "council"]
    >>> log = encode_log(events.assign(activity="ask", need="housing"))
    >>> print(need_breadth(log).said("housing"))
    2 agencies deal with housing; as if 1.8 equal ones (95% interval 1.2 to 2.0), for \
3 customers.
    """
    for name, value in (("level", level), ("false_discoveries", false_discoveries)):
        if not 0 < value < 1:
            msg = f"{name} must be between 0 and 1; it is {value!r}. Use 0.95 or 0.05."
            raise JourneyError(msg)
    table = segments_of(log, segments)
    agencies = len(log.names["agency"])
    rows = log.engine.arrow(met_sql(log.table, agencies, segments=table))
    frame = log.decoded(rows, {"need": "need"})
    keys = ["segment", "need"] if table else ["need"]
    needs, pairs = [], []
    sets, sizes = _met(frame, agencies), frame["customers"].to_numpy()
    for at in frame.groupby(keys, dropna=False, sort=False).indices.values():
        named = {name: frame[name].iloc[at[0]] for name in keys}
        met, counts = sets[at], sizes[at]
        needs.append(named | _breadth(met, counts, level))
        pairs += [named | pair for pair in _pairs(met, counts, log.names["agency"])]
    unnamed = f"SELECT count(*) AS n FROM {log.table} WHERE need IS NULL"
    return NeedBreadth(
        needs=_ranked(needs, keys),
        overlaps=_tested(pairs, keys, false_discoveries),
        level=level,
        false_discoveries=false_discoveries,
        pairs=len(pairs),
        unnamed=log.engine.arrow(unnamed)["n"][0].as_py(),
    )


def _met(group: pd.DataFrame, agencies: int) -> np.ndarray:
    """Return a row of true and false for each set of agencies met."""
    words = [
        group[f"met_{code // BITS}"].to_numpy(np.int64) for code in range(agencies)
    ]
    none = np.empty((len(group), 0), np.int64)  # a log without events has no agency
    bits = [word >> code % BITS & 1 for code, word in enumerate(words)]
    return np.column_stack([none, *bits]).astype(bool)


def _breadth(met: np.ndarray, counts: np.ndarray, level: float) -> dict[str, object]:
    """Return breadth and effective number with its interval (delta method)."""
    from scipy import stats  # noqa: PLC0415 - slow to import, and often not needed

    loads = counts @ met
    busy, total, n = loads > 0, loads.sum(), int(counts.sum())
    shares = loads[busy] / total
    entropy = float(-(shares * np.log(shares)).sum())
    row: dict[str, object] = {"agencies": int(busy.sum()), "customers": n}
    row |= {"caseloads": int(total), "effective": float(np.exp(entropy))}
    row |= {"low": np.nan, "high": np.nan}
    if n > 1:
        # What one customer adds to the entropy: its derivative by the caseloads.
        influence = met[:, busy] @ (-(np.log(shares) + entropy) / total)
        error = np.sqrt(n / (n - 1) * float(counts @ influence**2))
        reach = float(stats.norm.ppf((1 + level) / 2)) * error
        row["low"] = max(1.0, float(np.exp(entropy - reach)))
        row["high"] = min(float(busy.sum()), float(np.exp(entropy + reach)))
    return row


def _pairs(
    met: np.ndarray, counts: np.ndarray, names: tuple[str, ...]
) -> Iterator[dict[str, object]]:
    """Yield how many customers each pair of busy agencies shares."""
    n = int(counts.sum())
    busy = np.flatnonzero(met.any(axis=0))
    some = met[:, busy].astype(np.int64)
    shared = (some * counts[:, None]).T @ some
    for first, second in combinations(range(len(busy)), 2):
        one, other = int(shared[first, first]), int(shared[second, second])
        both, expected = int(shared[first, second]), one * other / n
        told = (names[busy[first]], names[busy[second]], one, other, both, expected, n)
        yield dict(zip(PAIR, told, strict=True))


def _ranked(rows: list[dict[str, object]], keys: list[str]) -> pd.DataFrame:
    columns = [*keys, "agencies", "customers", "caseloads", "effective", "low", "high"]
    down = {"agencies": False, "effective": False, **dict.fromkeys(keys, True)}
    return pd.DataFrame(rows, columns=columns).sort_values(
        list(down), ascending=list(down.values()), ignore_index=True
    )


def _tested(
    rows: list[dict[str, object]], keys: list[str], rate: float
) -> pd.DataFrame:
    """Test all pairs together, and return those that share a customer."""
    from scipy import stats  # noqa: PLC0415 - slow to import, and often not needed

    frame = pd.DataFrame(rows, columns=[*keys, *PAIR])
    sizes = frame[["customers", "first_customers", "second_customers"]].to_numpy(int).T
    p_values = stats.hypergeom.sf(frame["shared"].to_numpy(int) - 1, *sizes).clip(0, 1)
    frame["p_value"] = p_values
    frame["q_value"] = stats.false_discovery_control(p_values) if rows else p_values
    frame["beyond_chance"] = frame["q_value"] <= rate
    by = ["q_value", "p_value", *keys, "first", "second"]
    return frame[frame["shared"] > 0].sort_values(by, ignore_index=True)
