"""Imputing: a missing value is filled by a rule that was declared, and listed.

Nothing is filled in silence: the usual rule is to refuse, and whatever is filled
stands in a list with the row, the variable, the value and the rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from segmentation.errors import SegmentError, few
from segmentation.features.frames import (
    as_given,
    check_known,
    feature_names,
    numbers_of,
    refuse,
    row_names,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["DeclaredImputer", "MissingRule"]

MissingRule: TypeAlias = "Literal['refuse', 'median', 'mean'] | Mapping[str, float]"
EVERYWHERE: Final = "all rows"
MEND: Final = "Mend them at their source"
DECLARE: Final = "Declare a rule that gives them a value, or leave the rows out"


class DeclaredImputer(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Fill missing values by a declared rule, and keep a list of what was filled.

    Parameters
    ----------
    rule : "refuse", "median", "mean" or a mapping of feature to number
        "refuse" names the rows and features that lack a value. "median" and "mean"
        are those of the rows fitted. A mapping gives the value of each feature that
        may be filled; what it does not name is refused.
    by : str, optional
        A column of groups, such as a ward or a segment: the median or mean is then
        that of the row's own group. The column itself is no feature and is left out.

    Attributes
    ----------
    imputed_ : DataFrame
        What was filled in the rows fitted: `row` (their index), `variable`, `value`
        and `rule`. :meth:`imputed` gives the same of other rows.
    values_ : DataFrame
        The value that fills each feature (columns) in each group (rows).

    Raises
    ------
    SegmentError
        If a value is refused, a feature is missing in all rows (or all of a group
        that needs it), a group is missing or was not fitted, or a name or the rule
        is unknown.

    References
    ----------
    .. [1] Little, R. J. A. and Rubin, D. B. (2019). Statistical Analysis with
       Missing Data, 3rd edition, chapter 4: filling with a mean draws rows towards
       the middle, so read the segment of a filled row with care.
       https://doi.org/10.1002/9781119482260

    Examples
    --------
    >>> rates = pd.DataFrame({"flats": [10.0, None, 30.0]}, index=["E1", "E2", "E3"])
    >>> imputer = DeclaredImputer("median")
    >>> imputer.fit_transform(rates)["flats"].tolist()
    [10.0, 20.0, 30.0]
    >>> imputer.imputed_
      row variable  value    rule
    0  E2    flats   20.0  median
    """

    def __init__(self, rule: Any = "refuse", *, by: str | None = None) -> None:  # noqa: ANN401 - mypy sees the alias in feature_pipeline
        self.rule = rule
        self.by = by

    def fit(self, X: Any, y: None = None) -> Self:  # noqa: ANN401, ARG002 - scikit-learn's contract
        """Work out what fills each feature of `X`, of shape (n_rows, n_features)."""
        self._check_rule()
        features, groups = self._parts(X)
        values = self._values(features, reset=True)
        names = feature_names(self)
        frame = pd.DataFrame(values, columns=names)
        if isinstance(self.rule, str):
            self.values_ = _middle(frame, groups, self.rule)
        else:
            check_known("the rule for missing values", list(self.rule), names)
            given = {name: float(self.rule.get(name, np.nan)) for name in names}
            self.values_ = pd.DataFrame(given, index=sorted(set(groups)))
        self.imputed_ = self.imputed(X)
        return self

    def transform(self, X: Any) -> Any:  # noqa: ANN401 - scikit-learn's contract
        """Return `X` with its missing values filled, without the column of groups."""
        values, gaps, fill = self._filled(X)
        return as_given(X, np.where(gaps, fill, values), feature_names(self))

    def imputed(self, X: Any) -> pd.DataFrame:  # noqa: ANN401 - scikit-learn's contract
        """Return what would be filled in `X`: row, variable, value and rule."""
        _, gaps, fill = self._filled(X)
        row, column = np.nonzero(gaps)
        rule = self.rule if isinstance(self.rule, str) else "constant"
        return pd.DataFrame(
            {
                "row": row_names(X)[row],
                "variable": np.asarray(feature_names(self), dtype=object)[column],
                "value": fill[gaps],
                "rule": f"{rule} by {self.by}" if self.by else rule,
            }
        )

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:  # noqa: ANN401, ARG002 - scikit-learn's contract
        """Return the names of the features, without the column of groups."""
        check_is_fitted(self)
        return np.asarray(feature_names(self), dtype=object)

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - scikit-learn ships no types
        """Tell scikit-learn that missing values are what this is for."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self.rule != "refuse"
        return tags

    def _check_rule(self) -> None:
        known = ("refuse", "median", "mean")
        is_known = self.rule in known if isinstance(self.rule, str) else True
        constants = {} if isinstance(self.rule, str) else dict(self.rule)
        endless = [name for name, value in constants.items() if not np.isfinite(value)]
        if not is_known or endless:
            seen = (
                f"is {self.rule!r}" if not is_known else f"is endless: {few(endless)}"
            )
            msg = (
                f"the rule for missing values {seen}. Choose one of "
                f"{', '.join(map(repr, known))}, or give a finite number a feature."
            )
            raise SegmentError(msg)

    def _parts(self, X: Any) -> tuple[Any, pd.Series[Any]]:  # noqa: ANN401 - scikit-learn's contract
        if self.by is None:
            return X, pd.Series(EVERYWHERE, row_names(X))
        check_known("groups", [self.by], list(getattr(X, "columns", [])))
        groups = X[self.by]
        lost = groups.index[groups.isna()].tolist()
        if lost:
            msg = (
                f"{len(lost)} of {len(groups)} rows have no group {self.by!r}: rows "
                f"{few(lost)}. Give each row its group, or leave the row out."
            )
            raise SegmentError(msg)
        return X.drop(columns=self.by), groups.astype(str)

    def _values(self, features: Any, *, reset: bool) -> NDArray[np.float64]:  # noqa: ANN401 - scikit-learn's contract
        values = numbers_of(self, features, reset=reset)
        refuse(np.isinf(values), features, feature_names(self), "infinite (inf)", MEND)
        return values

    def _filled(
        self,
        X: Any,  # noqa: ANN401 - scikit-learn's contract
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
        check_is_fitted(self, "values_")
        features, groups = self._parts(X)
        values = self._values(features, reset=False)
        strange = sorted(set(groups) - set(self.values_.index))
        if strange:
            msg = (
                f"{len(strange)} groups of {self.by!r} were not there when the rule "
                f"was fitted: {few(strange)}. Fit it to rows of every group."
            )
            raise SegmentError(msg)
        gaps = np.isnan(values)
        fill = self.values_.loc[groups].to_numpy(dtype=np.float64)
        what = "missing (NaN)"
        refuse(gaps & np.isnan(fill), features, feature_names(self), what, DECLARE)
        return values, gaps, fill


def _middle(frame: pd.DataFrame, groups: pd.Series[Any], rule: str) -> pd.DataFrame:
    """Return the median or mean of each group; nothing at all where all is refused."""
    key = groups.to_numpy()
    if rule == "refuse":
        return pd.DataFrame(np.nan, sorted(set(key)), frame.columns)
    empty = frame.columns[frame.isna().all()].tolist()
    if empty:
        msg = (
            f"{len(empty)} features are missing in all {len(frame)} rows: "
            f"{few(empty)}. Leave them out, or supply their columns."
        )
        raise SegmentError(msg)
    found = {}
    for name in frame.columns:
        order = np.argsort(frame[name].to_numpy())  # or a mean hangs on the row order
        found[name] = frame[name].iloc[order].groupby(key[order]).agg(rule)
    return pd.DataFrame(found)
