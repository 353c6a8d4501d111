"""Blocks: how much each kind of feature counts, declared and not by its number.

Ten census variables beside two of service use would decide every distance. A block
says what its variables count together. Categories stand beside numbers as indicator
columns, on the footing of a number that is scaled to its range.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from segmentation.errors import SegmentError, few
from segmentation.features.frames import as_given, check_known, feature_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["BlockWeights", "CategoryIndicators"]

IS: Final = " = "  # between a variable and its category, in an indicator's name
MISSING: Final = "not known"


class BlockWeights(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Give each block of features the weight declared, however many they are.

    Each feature of a block is multiplied by the square root of the block's weight
    over the number of its variables, so that squared distances within the block add
    up as those of `weight` single variables would. A feature in no block keeps the
    weight 1.

    Parameters
    ----------
    weights : mapping of block to float
        What each block counts, above 0; a single variable counts 1.
    members : mapping of block to names
        The variables of each block. The indicators "tenure = owned" and "tenure =
        rented" are together one variable, "tenure".
    absent : "refuse" or "pass over"
        Whether a variable may be absent, as after correlation pruning; a block of
        which no variable is there is always refused.

    Attributes
    ----------
    factors_ : Series
        What each feature is multiplied by.

    Raises
    ------
    SegmentError
        If the blocks of `weights` and `members` differ, a weight is not above 0, a
        variable is listed twice or not there, or a block is empty.

    Examples
    --------
    >>> rates = pd.DataFrame({"old": [0.0, 1.0], "young": [0.0, 1.0], "use": [0.0, 1]})
    >>> ages = BlockWeights({"ages": 1.0}, {"ages": ["old", "young"]})
    >>> ages.fit_transform(rates).round(3).loc[1].to_dict()
    {'old': 0.707, 'young': 0.707, 'use': 1.0}
    """

    def __init__(
        self,
        weights: Mapping[str, float] | None = None,
        members: Mapping[str, Sequence[str]] | None = None,
        *,
        absent: Literal["refuse", "pass over"] = "refuse",
    ) -> None:
        self.weights = weights
        self.members = members
        self.absent = absent

    def fit(self, X: Any, y: None = None) -> Self:  # noqa: ANN401, ARG002 - scikit-learn's contract
        """Work out what each feature of `X` is multiplied by."""
        validate_data(self, X, dtype=np.float64)
        weights, members = dict(self.weights or {}), dict(self.members or {})
        _check_blocks(weights, members)
        names = feature_names(self)
        whose = {name: name.split(IS)[0] for name in names}  # indicator -> variable
        whose |= {name: name for name in names if _listed(name, members)}
        if self.absent == "refuse":
            wanted = [each for block in members.values() for each in block]
            check_known("blocks", wanted, list(dict.fromkeys(whose.values())))
        self.factors_ = pd.Series(1.0, index=names)
        for block, variables in members.items():
            there = [each for each in variables if each in whose.values()]
            if not there:
                msg = (
                    f"block {block!r} has no variable left; it was to hold "
                    f"{few(list(variables))}. Leave the block out, or raise the limit "
                    "of correlation."
                )
                raise SegmentError(msg)
            mine = [name for name in names if whose[name] in there]
            self.factors_[mine] = np.sqrt(weights[block] / len(there))
        return self

    def transform(self, X: Any) -> Any:  # noqa: ANN401 - scikit-learn's contract
        """Return the features of `X`, each times its factor."""
        check_is_fitted(self)
        rows = validate_data(self, X, reset=False, dtype=np.float64)
        return as_given(X, rows * self.factors_.to_numpy(), feature_names(self))


def _listed(name: str, members: Mapping[str, Sequence[str]]) -> bool:
    return any(name in variables for variables in members.values())


def _check_blocks(
    weights: Mapping[str, float], members: Mapping[str, Sequence[str]]
) -> None:
    unmatched = sorted(weights.keys() ^ members.keys())
    bad = [name for name, each in weights.items() if not 0 < each < np.inf]
    if unmatched or bad:
        msg = (
            f"each block needs a weight above 0 and its variables; without one of "
            f"them: {few(unmatched) or 'none'}; weight not above 0: "
            f"{few(bad) or 'none'}. Declare both for each block."
        )
        raise SegmentError(msg)
    listed = [name for variables in members.values() for name in variables]
    twice = sorted({name for name in listed if listed.count(name) > 1})
    if twice:
        msg = (
            f"blocks list {len(twice)} variables more than once: {few(twice)}. A "
            "variable belongs to one block, once."
        )
        raise SegmentError(msg)


class CategoryIndicators(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Turn categories into indicator columns, so that two that differ are 1 apart.

    Each category of each variable becomes a column that holds the square root of a
    half where the row has the category, and 0 elsewhere. Two rows that differ in a
    variable are then at the distance 1 in it, as two rows at the ends of a number
    scaled to its range: Gower's footing [1]_. Sums of squares are those of Huang's
    k-prototypes [2]_ with gamma 1, but centres are shares and not modes.

    Parameters
    ----------
    missing : "refuse" or "category"
        Whether a missing category is an error, or a category of its own, called
        "not known".

    Attributes
    ----------
    categories_ : dict of str to list of str
        The categories of each variable, in the order of their columns.

    Raises
    ------
    SegmentError
        If a variable holds numbers, has a single category or none, lacks a value
        that is refused, or shows a category that was not there when fitted.

    References
    ----------
    .. [1] Gower, J. C. (1971). A general coefficient of similarity and some of its
       properties. Biometrics 27 (4), 857-871. https://doi.org/10.2307/2528823
    .. [2] Huang, Z. (1998). Extensions to the k-means algorithm for clustering large
       data sets with categorical values. Data Mining and Knowledge Discovery 2,
       283-304. https://doi.org/10.1023/A:1009769707641

    Examples
    --------
    >>> homes = pd.DataFrame({"tenure": ["owned", "rented"]}, index=["E1", "E2"])
    >>> CategoryIndicators().fit_transform(homes).round(3)
        tenure = owned  tenure = rented
    E1           0.707            0.000
    E2           0.000            0.707
    """

    def __init__(self, missing: Literal["refuse", "category"] = "refuse") -> None:
        self.missing = missing

    def fit(self, X: pd.DataFrame, y: None = None) -> Self:  # noqa: ARG002 - scikit-learn's contract
        """Find the categories of each column of `X`, a frame of texts."""
        words = self._words(X)
        self.categories_ = {str(name): sorted(words[name].unique()) for name in words}
        single = [name for name, found in self.categories_.items() if len(found) < 2]  # noqa: PLR2004 - a pair is the least
        if single:
            msg = (
                f"{len(single)} variables have fewer than two categories over "
                f"{len(words)} rows: {few(single)}. Leave them out."
            )
            raise SegmentError(msg)
        self.feature_names_in_ = np.asarray(list(words), dtype=object)
        self.n_features_in_ = len(self.feature_names_in_)
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the indicator columns of the rows of `X`."""
        check_is_fitted(self)
        check_known("categories", list(self.categories_), list(X.columns))
        words = self._words(X[list(self.categories_)])
        for name, known in self.categories_.items():
            strange = sorted(set(words[name]) - set(known))
            if strange:
                rows = words.index[words[name].isin(strange)].tolist()
                msg = (
                    f"{len(strange)} categories of {name!r} were not there when it "
                    f"was fitted: {few(strange)}, in rows {few(rows)}. Map them to "
                    f"one of {few(known)}, or fit again."
                )
                raise SegmentError(msg)
        return pd.DataFrame(
            {
                f"{name}{IS}{one}": (words[name] == one) * np.sqrt(0.5)
                for name, known in self.categories_.items()
                for one in known
            }
        )

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:  # noqa: ANN401, ARG002 - scikit-learn's contract
        """Return the names of the indicator columns."""
        check_is_fitted(self)
        pairs = [
            (name, one) for name, found in self.categories_.items() for one in found
        ]
        return np.asarray([f"{name}{IS}{one}" for name, one in pairs], dtype=object)

    def _words(self, X: pd.DataFrame) -> pd.DataFrame:
        numbers = [
            str(name) for name in X if pd.api.types.is_numeric_dtype(X[name].dtype)
        ]
        if numbers:
            msg = (
                f"{len(numbers)} variables to be taken as categories hold numbers: "
                f"{few(numbers)}. Take them as numbers; or, if their numbers only name "
                "something, turn them into text."
            )
            raise SegmentError(msg)
        words = X.astype("object").where(X.notna(), MISSING)
        if self.missing == "refuse":
            for name in X:
                lost = X.index[X[name].isna()].tolist()
                if lost:
                    msg = (
                        f"category {name!r} is missing in {len(lost)} of {len(X)} "
                        f"rows: {few(lost)}. Leave those rows out, or declare missing "
                        "as a category of its own."
                    )
                    raise SegmentError(msg)
        return words.astype(str)
