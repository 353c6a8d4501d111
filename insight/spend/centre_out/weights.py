"""By which keys a function of government is allocated to places.

Weights are open: they stand in a file, one row a COFOG code and key, and those of a
code sum to 1. Nobody knows the weights behind the 2010 report's own allocation: it
describes two of its criteria and gives no figure, and thirteen places cannot tell
seventy weights. So none are "recovered" here; population alone does as well.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final, TypeAlias

import pandas as pd

from insight.errors import InsightError
from insight.spend.cofog import cofog_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["OTHER", "Weights", "described_weights", "weights_of"]

Weights: TypeAlias = dict[str, dict[str, Fraction]]
OTHER: Final = "other"
"""Stands for every COFOG code that is not named."""
CLOSE: Final = Fraction(1, 10**6)


def described_weights() -> pd.DataFrame:
    """Return a file of weights to begin with, after what the report describes.

    The report says (lines 553-565) that education went by young people and housing by
    population and households. The ages, the even split and everything else are ours.

    Returns
    -------
    weights
        `cofog`, `key`, `weight` and `source`.

    Examples
    --------
    >>> described_weights().groupby("cofog")["weight"].sum().to_dict()
    {'06': 1.0, '09': 1.0, 'other': 1.0}
    """
    described = "described in the 2010 report, lines 553-565;"
    rows = [
        ("09", "aged_0_4", 0.2, f"{described} the ages and the split are ours"),
        ("09", "aged_5_17", 0.8, f"{described} the ages and the split are ours"),
        ("06", "households", 0.5, f"{described} the even split is ours"),
        ("06", "population", 0.5, f"{described} the even split is ours"),
        (OTHER, "population", 1.0, "ours"),
    ]
    return pd.DataFrame(rows, columns=["cofog", "key", "weight", "source"])


def weights_of(
    frame: pd.DataFrame | None, cofogs: Iterable[str], keys: Sequence[str]
) -> Weights:
    """Return the weights of each COFOG code, checked.

    Parameters
    ----------
    frame
        `cofog`, `key` and `weight`. A code that is not named takes the weights of its
        division, else those of "other". With `None`, population counts alone.
    cofogs
        The codes that are to be allocated.
    keys
        The keys that are known.

    Returns
    -------
    weights
        Code -> key -> weight above zero; those of a code sum to exactly 1.

    Raises
    ------
    InsightError
        If a code or key is not known, a weight is missing or negative, the weights of
        a code do not sum to 1 within a millionth, a pair comes twice, or a code has
        no weights.

    Examples
    --------
    >>> frame = pd.DataFrame(
    ...     {"cofog": ["9", "other"], "key": ["young", "all"], "weight": [1.0, 1.0]}
    ... )
    >>> found = weights_of(frame, ["07", "09.2"], ["all", "young"])
    >>> {cofog: list(weights) for cofog, weights in found.items()}
    {'07': ['all'], '09.2': ['young']}
    """
    given = _checked(_plain(keys) if frame is None else frame, keys)
    wanted = sorted(set(cofogs))
    found = {code: _nearest(code, given) for code in wanted}
    absent = [code for code, weights in found.items() if weights is None]
    if absent:
        msg = (
            f"{len(absent)} COFOG codes have no weights: {absent[:10]}. Add them to "
            f"allocation_weights, or a row for {OTHER!r}."
        )
        raise InsightError(msg)
    return {code: weights for code, weights in found.items() if weights is not None}


def _plain(keys: Sequence[str]) -> pd.DataFrame:
    if "population" not in keys:
        msg = (
            f"without allocation_weights, spend is allocated by population, and the "
            f"keys are {list(keys)}. Give the population of places and regions, or "
            "weights."
        )
        raise InsightError(msg)
    return pd.DataFrame({"cofog": [OTHER], "key": ["population"], "weight": [1.0]})


def _nearest(code: str, given: Weights) -> dict[str, Fraction] | None:
    return given.get(code) or given.get(code[:2]) or given.get(OTHER)


def _checked(frame: pd.DataFrame, keys: Sequence[str]) -> Weights:
    """Return weights by code, or say everything that is wrong with them."""
    lacks = sorted({"cofog", "key", "weight"} - set(frame.columns))
    if lacks:
        msg = (
            f"allocation_weights lacks {lacks}; it has {list(frame.columns)}. Give a "
            "COFOG code, a key and a weight a row."
        )
        raise InsightError(msg)
    given: Weights = {}
    wrong: list[str] = []
    for written, key, weight in frame[["cofog", "key", "weight"]].to_numpy().tolist():
        code = OTHER if str(written).strip().casefold() == OTHER else None
        code = code or cofog_code(written)
        if code is None:
            wrong.append(f"{written!r} is no COFOG code")
        elif key not in keys:
            wrong.append(f"{code} goes by {key!r}, which is no key of {list(keys)}")
        elif pd.isna(weight) or not 0 <= float(weight) <= 1:
            wrong.append(f"{code} by {key} weighs {weight}, not 0 to 1")
        elif key in given.setdefault(code, {}):
            wrong.append(f"{code} by {key} comes twice")
        else:
            given[code][key] = Fraction(str(float(weight)))
    wrong += [
        f"weights of {code} sum to {float(total):g}, not to 1"
        for code, weights in sorted(given.items())
        if abs((total := sum(weights.values(), Fraction())) - 1) > CLOSE
    ]
    if wrong:
        msg = f"allocation_weights cannot be used: {'; '.join(wrong[:8])}. Correct it."
        raise InsightError(msg)
    return {
        code: {
            key: weight / sum(weights.values(), Fraction())
            for key, weight in sorted(weights.items())
            if weight
        }
        for code, weights in given.items()
    }
