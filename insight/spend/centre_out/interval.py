"""How far a centre-out figure may be from what a place would count itself.

Three things are not known, and each is drawn at random: how much each key should
count (Dirichlet around the weights), whether other keys would do as well (the weights
of the file or one of the alternative keys for everything, each as likely), and what no
key can tell (the scatter over places that counted for themselves, see `residual`).
What is observed of a place is not drawn: it is known.

The scatter was measured on totals of places. A single function of a place may be
further off than its interval says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.spend.centre_out.residual import Residual, report_residual
from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.spend.centre_out.allocate import CentreOut

__all__ = ["CentreOutInterval", "Doubt", "centre_out_interval"]

SOURCES: Final = ("weights", "keys", "residual")
FEWEST_DRAWS: Final = 100
NOISE: Final = 1e-20  # variance that arithmetic alone makes


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """What is not known about an allocation, and how it is drawn.

    Parameters
    ----------
    residual
        Scatter over places that counted for themselves; the report's thirteen pilots
        if left out.
    concentration
        Of the Dirichlet around the weights: as if they had been seen so many times.
        The figure is ours; a larger one means more trust in the weights.
    alternatives
        Keys that would do as well for everything, where they are known of every
        place. Ground is not among them: it was 45 % off for the pilots.
    level
        Of the interval.
    draws, seed
        How many, and from where.
    """

    residual: Residual | None = None
    concentration: float = 20.0
    alternatives: tuple[str, ...] = ("aged_16_64", "households", "population")
    level: float = 0.8
    draws: int = 2_000
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class CentreOutInterval:
    """Intervals of centre-out figures; made by :func:`centre_out_interval`.

    Parameters
    ----------
    places
        Indexed by place: `amount_pence`, `low_pence`, `high_pence`, and the share of
        variance that is due to each of `weights`, `keys` and `residual` (missing
        where there is none).
    cofogs
        Indexed by place and COFOG code: `amount_pence`, `low_pence`, `high_pence`.
    drawn
        Place -> its total in pence in each draw.
    residual, level
        What the intervals rest on.
    """

    places: pd.DataFrame
    cofogs: pd.DataFrame
    drawn: Mapping[str, np.ndarray]
    residual: Residual
    level: float

    def __str__(self) -> str:
        """Say the result as sentences for the report."""
        said = [
            f"{place}: {pounds(row['amount_pence'])} "
            f"({100 * self.level:.0f} % interval {pounds(row['low_pence'])} to "
            f"{pounds(row['high_pence'])}, unaudited)"
            for place, row in self.places.to_dict("index").items()
        ]
        return f"{'; '.join(said)}. {self.residual}"


def centre_out_interval(
    made: CentreOut, doubt: Doubt | None = None
) -> CentreOutInterval:
    """Return how far centre-out figures may be off.

    Parameters
    ----------
    made
        What :func:`centre_out` returned.
    doubt
        What is not known; with `None`, as described there.

    Returns
    -------
    intervals
        The same for any order of rows. Shares of variance are each source's variance
        of the logarithm of the total, alone, over the sum of the three.

    Raises
    ------
    InsightError
        If the level is not within 0 and 1, there are fewer than 100 draws, or the
        concentration is not above zero.

    References
    ----------
    Saltelli, A. and others (2008). Global Sensitivity Analysis: The Primer. Wiley,
    ch. 1 (one source at a time, and what that leaves out).

    Examples
    --------
    >>> from insight.spend.centre_out import centre_out, keys_of
    >>> from insight.spend.national import national_spend
    >>> spend = national_spend(
    ...     pd.DataFrame({"region": ["East"], "cofog": ["7"], "amount_pence": [10_000]})
    ... )
    >>> frame = pd.DataFrame(
    ...     [["Northton", "place", 25], ["East", "region", 100]],
    ...     columns=["place", "covers", "population"],
    ... ).assign(region="East")
    >>> found = centre_out_interval(centre_out(spend, keys_of(frame)))
    >>> found.places["residual"].tolist()
    [1.0]
    """
    doubt = doubt or Doubt()
    if (
        not 0 < doubt.level < 1
        or doubt.draws < FEWEST_DRAWS
        or not doubt.concentration > 0
    ):
        msg = (
            f"an interval of level {doubt.level} from {doubt.draws} draws and a "
            f"concentration of {doubt.concentration} cannot be made. Use a level "
            f"between 0 and 1, {FEWEST_DRAWS} draws or more, a concentration above 0."
        )
        raise InsightError(msg)
    residual = doubt.residual or report_residual()
    runs = {source: _Draws(made, doubt, residual, {source}) for source in SOURCES}
    whole = _Draws(made, doubt, residual, set(SOURCES))
    ends = [(1 - doubt.level) / 2, (1 + doubt.level) / 2]
    places, cofogs, drawn = {}, {}, {}
    for place in made.keys.places:
        lines = made.of(place)
        by_code = whole.of(place)
        total = sum(by_code.values(), np.zeros(doubt.draws))
        drawn[place] = total
        alone = {source: _log_variance(runs[source].of(place)) for source in SOURCES}
        every = sum(alone.values())
        places[place] = {
            "amount_pence": int(lines["amount_pence"].sum()),
            **_ends(total, ends),
            **{name: each / every if every else None for name, each in alone.items()},
        }
        amounts = lines.groupby("cofog")["amount_pence"].sum()
        for code, draws in by_code.items():
            cofogs[place, code] = {
                "amount_pence": int(amounts[code]),
                **_ends(draws, ends),
            }
    index = pd.MultiIndex.from_tuples(list(cofogs), names=["place", "cofog"])
    return CentreOutInterval(
        places=pd.DataFrame.from_dict(places, orient="index").rename_axis("place"),
        cofogs=pd.DataFrame(list(cofogs.values()), index=index),
        drawn=drawn,
        residual=residual,
        level=doubt.level,
    )


def _ends(drawn: np.ndarray, ends: list[float]) -> dict[str, int]:
    low, high = np.quantile(drawn, ends)
    return {"low_pence": round(float(low)), "high_pence": round(float(high))}


def _log_variance(by_code: Mapping[str, np.ndarray]) -> float:
    """Return the variance of the logarithm of a total; that of nothing is nought."""
    total = sum(by_code.values(), np.zeros(1))
    known = float(np.var(np.log(total))) if (total > 0).all() else 0.0
    return known if known > NOISE else 0.0


class _Draws:
    """Draws of what is not known, for one choice of what is let vary.

    Every place and code takes its own stream, so that neither the order of rows nor
    another place changes what is drawn.
    """

    def __init__(
        self, made: CentreOut, doubt: Doubt, residual: Residual, vary: set[str]
    ) -> None:
        self.made, self.doubt, self.residual, self.vary = made, doubt, residual, vary
        keys = made.keys.usable()
        self.schemes = [key for key in sorted(doubt.alternatives) if key in keys]
        rng = self._stream("keys")
        self.scheme = rng.integers(0, 1 + len(self.schemes), doubt.draws)
        if "keys" not in vary:
            self.scheme = np.zeros(doubt.draws, dtype=int)
        self.by_code = {code: self._weights(code) for code in sorted(made.weights)}

    def _stream(self, *about: str) -> np.random.Generator:
        words = [ord(letter) for letter in "/".join(about)]
        return np.random.default_rng([self.doubt.seed, *words])

    def _weights(self, code: str) -> dict[str, np.ndarray]:
        """Return the weight of each key in each draw."""
        own = self.made.weights[code]
        around = self.doubt.concentration * np.array([float(own[key]) for key in own])
        weights = np.tile(around / self.doubt.concentration, (self.doubt.draws, 1))
        if "weights" in self.vary:
            weights = self._stream("weights", code).dirichlet(around, self.doubt.draws)
        drawn = {key: np.zeros(self.doubt.draws) for key in {*own, *self.schemes}}
        for at, key in enumerate(own):
            drawn[key] = np.where(self.scheme == 0, weights[:, at], 0.0)
        for at, key in enumerate(self.schemes, start=1):
            drawn[key] = np.where(self.scheme == at, 1.0, drawn[key])
        return dict(sorted(drawn.items()))

    def _share(self, region: str, place: str, code: str) -> np.ndarray:
        own = self.made.keys.shares[region][place]
        share = np.zeros(self.doubt.draws)
        for key, weight in self.by_code[code].items():
            share += weight * float(own.get(key, 0))
        return share

    def of(self, place: str) -> dict[str, np.ndarray]:
        """Return what a place has of each code in each draw, in pence."""
        factor = np.ones(self.doubt.draws)
        if "residual" in self.vary:
            factor = self.residual.draws(
                self._stream("residual", place), self.doubt.draws
            )
        lines = self.made.of(place)
        known = lines[lines["rung"] != "key"].groupby("cofog")["amount_pence"].sum()
        drawn = {
            str(code): np.full(self.doubt.draws, float(known.get(code, 0)))
            for code in sorted(set(lines["cofog"]))
        }
        for region, code, given, pence in self.made.pots.itertuples(
            index=False, name=None
        ):
            if place in given or place not in self.made.keys.shares[region]:
                continue
            taken = sum(
                (self._share(region, other, code) for other in given),
                np.zeros(self.doubt.draws),
            )
            part = self._share(region, place, code) / np.maximum(1 - taken, 1e-12)
            drawn[code] += pence * part * factor
        return drawn
