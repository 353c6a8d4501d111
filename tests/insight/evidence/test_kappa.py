"""Kappa and intervals of agreement, against R's figures and slow counts."""

from __future__ import annotations

from math import isnan
from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.evidence.agreement import (
    alpha_interval,
    exact_agreement,
    krippendorff_alpha,
    ordinal_alpha,
)
from insight.evidence.kappa import (
    agreement_by_component,
    fleiss_kappa,
    weighted_kappa,
)

# Krippendorff (2011): four observers, twelve units. In R:
#   irr::kripp.alpha(x, "nominal" | "ordinal" | "interval" | "ratio")
OBSERVERS = pd.DataFrame(
    {
        "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    }
)
# Thirteen units, nine alike and four a level apart. The fixture gives R's figures and
# not its ratings; this is one of the four such tables that have all of them. In R:
#   psych::cohen.kappa(x); vcd::confint(vcd::Kappa(x, weights = "Fleiss-Cohen"))
TABLE = [[2, 1, 0, 0], [1, 2, 0, 0], [0, 1, 3, 0], [0, 0, 1, 2]]
CODERS = pd.DataFrame(
    [
        (one + 1, other + 1)
        for one, row in enumerate(TABLE)
        for other, many in enumerate(row)
        for _ in range(many)
    ],
    columns=["Ann", "Bob"],
)
# Fleiss (1971) as in many textbooks: ten units, fourteen raters, five levels. In R:
#   irr::kappam.fleiss(x)
FLEISS = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]
level = st.one_of(st.none(), st.integers(1, 4))
ratings_of = st.lists(st.tuples(level, level), min_size=1, max_size=9).map(
    lambda rows: pd.DataFrame(rows, columns=["A", "B"], dtype="float64")
)


@pytest.mark.fixtures
@pytest.mark.parametrize(
    ("check", "many"),
    [
        ("krippendorff.alpha nominal/ordinal/interval/ratio", 4),
        ("statsmodels cohens_kappa unweighted, linear", 1),
        ("statsmodels cohens_kappa quadratic", 1),
        ("quadratic CI", 2),
        ("statsmodels fleiss_kappa", 1),
    ],
)
def test_agreement_is_what_the_checks_say(
    fixtures: object, check: str, many: int
) -> None:
    checks = pd.read_csv(f"{fixtures}/evidence/stats_checks.csv")
    row = checks[checks["check"].str.strip() == check]["python"].item()
    quadratic = weighted_kappa(CODERS, weights="quadratic")
    found = {
        "krippendorff.alpha nominal/ordinal/interval/ratio": [
            krippendorff_alpha(OBSERVERS, metric="nominal"),
            krippendorff_alpha(OBSERVERS, metric="ordinal"),
            krippendorff_alpha(OBSERVERS, metric="interval"),
            krippendorff_alpha(OBSERVERS, metric="ratio"),
        ],
        "statsmodels cohens_kappa unweighted, linear": [
            weighted_kappa(CODERS, weights="linear").kappa
        ],
        "statsmodels cohens_kappa quadratic": [quadratic.kappa],
        "quadratic CI": [quadratic.low, quadratic.high],
        "statsmodels fleiss_kappa": [fleiss_kappa(fleiss_ratings())],
    }[check]
    expected = [float(figure) for figure in row.split()][-many:]
    places = 5e-4 if max(map(len, row.split())) < 6 else 5e-8
    assert found == pytest.approx(expected, abs=places)


def fleiss_ratings() -> pd.DataFrame:
    return pd.DataFrame([np.repeat(range(1, 6), row) for row in FLEISS])


@pytest.mark.parametrize(
    ("metric", "alpha"),
    [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)],
)
def test_alpha_of_the_textbook_example(metric: str, alpha: float) -> None:
    found = krippendorff_alpha(OBSERVERS, metric=metric)  # type: ignore[arg-type]
    assert found == pytest.approx(alpha, abs=5e-4)


def test_fleiss_kappa_of_the_textbook_example() -> None:
    assert fleiss_kappa(fleiss_ratings()) == pytest.approx(0.210, abs=5e-4)


def test_kappa_of_ratings_a_level_apart() -> None:
    linear = weighted_kappa(CODERS, weights="linear")
    assert linear.kappa == pytest.approx(73 / 99)
    found = weighted_kappa(CODERS)
    assert found.kappa == pytest.approx(80 / 93)
    assert (found.low, found.high) == pytest.approx((0.7282479, 0.9921822), abs=1e-7)
    assert "0.86 (95 % interval 0.73 to 0.99, 13 units)" in str(found)


@given(ratings_of)
def test_kappa_equals_a_slow_count(ratings: pd.DataFrame) -> None:
    both = [tuple(row) for row in ratings.dropna().to_numpy()]
    for weights, power in (("linear", 1), ("quadratic", 2)):
        found = weighted_kappa(ratings, weights=weights).kappa  # type: ignore[arg-type]
        seen = sum(abs(one - other) ** power for one, other in both) * len(both)
        dealt = sum(abs(one - other) ** power for one, _ in both for _, other in both)
        if len(both) < 2 or len({each for pair in both for each in pair}) < 2:
            assert isnan(found)
        else:
            assert found == pytest.approx(1 - seen / dealt)


@given(ratings_of, st.randoms(use_true_random=False))
def test_an_interval_does_not_turn_on_the_order_of_units(
    ratings: pd.DataFrame, random: Random
) -> None:
    order = random.sample(range(len(ratings)), len(ratings))
    found = alpha_interval(ratings, draws=50)
    assert alpha_interval(ratings.iloc[order], draws=50) == found
    if found is not None:
        assert found[0] <= found[1] <= 1


def slow_interval(ratings: pd.DataFrame, draws: int) -> tuple[float, float]:
    """Draw rows and work alpha out anew each time."""
    rng = np.random.default_rng(7)
    found = [
        krippendorff_alpha(ratings.iloc[rng.integers(len(ratings), size=len(ratings))])
        for _ in range(draws)
    ]
    return tuple(np.nanquantile(found, [0.025, 0.975]))  # type: ignore[return-value]


def test_an_interval_is_what_drawing_rows_gives() -> None:
    low, high = alpha_interval(CODERS) or (0, 0)
    assert (low, high) == pytest.approx(slow_interval(CODERS, 1_500), abs=0.03)
    assert low < ordinal_alpha(CODERS) < high


def test_another_seed_draws_other_units() -> None:
    assert alpha_interval(CODERS, seed=1, draws=99) != alpha_interval(CODERS, draws=99)


def test_full_agreement_has_an_interval_of_one_point() -> None:
    ratings = pd.DataFrame({"A": [1, 2, 4, 3, 1, 2], "B": [1, 2, 4, 3, 1, 2]})
    assert alpha_interval(ratings) == (1.0, 1.0)
    assert weighted_kappa(ratings).kappa == 1.0


@pytest.mark.parametrize(
    "ratings",
    [
        {"A": [1, 2, 3, 4], "B": [1, 2, 3, 4]},  # four units
        {"A": [2] * 9, "B": [2] * 9},  # one level
        {"A": [2] * 9, "B": [2] * 8 + [None]},
    ],
)
def test_too_little_has_no_interval(ratings: dict[str, list[float]]) -> None:
    assert alpha_interval(pd.DataFrame(ratings)) is None


def test_undefined_kappa_is_said() -> None:
    found = weighted_kappa(pd.DataFrame({"A": [2, 2], "B": [2, 2]}))
    assert "No quadratic kappa: 2 units" in str(found)
    alone = weighted_kappa(pd.DataFrame({"A": [2, 2], "B": [2, 3]}))
    assert "0.00 (no interval: a coder used one level alone, 2 units)" in str(alone)
    assert isnan(fleiss_kappa(pd.DataFrame({"A": [2, 2], "B": [2, None]})))


def test_kappa_is_of_two_coders_and_of_known_levels() -> None:
    with pytest.raises(InsightError, match="of two coders; seen 4"):
        weighted_kappa(OBSERVERS)
    with pytest.raises(InsightError, match=r"\['5'\] are no levels"):
        weighted_kappa(pd.DataFrame({"A": [5], "B": [1]}))
    with pytest.raises(InsightError, match="two coders; seen 1"):
        fleiss_kappa(pd.DataFrame({"A": [5]}))


def test_an_unknown_metric_is_refused() -> None:
    with pytest.raises(InsightError, match="metric is 'euclid'"):
        krippendorff_alpha(OBSERVERS, metric="euclid")  # type: ignore[arg-type]


def coded(ratings: pd.DataFrame, component: str) -> pd.DataFrame:
    long = ratings.rename_axis("place").reset_index().melt("place", var_name="coder")
    return long.rename(columns={"value": "score"}).assign(component=component).dropna()


def test_agreement_of_each_component_stands_on_its_own() -> None:
    used = pd.concat([coded(CODERS, "process"), coded(OBSERVERS, "value")])
    found = agreement_by_component(used, ["value", "process", "data and systems"])
    assert found.index.tolist() == ["value", "process", "data and systems"]
    assert found["units"].tolist() == [11, 13, 0]
    assert found.loc["value", "alpha"] == pytest.approx(0.815, abs=5e-4)
    assert found.loc["value", "kappa_linear":].isna().all()
    assert found.loc["process", "kappa_linear"] == pytest.approx(73 / 99)
    assert found.loc["process", "exact_agreement"] == exact_agreement(CODERS)
    assert found.loc["process", ["alpha_low", "alpha_high"]].tolist() == list(
        alpha_interval(CODERS) or ()
    )
    assert found.loc["data and systems", "alpha":].isna().all()


@settings(max_examples=25)
@given(ratings_of)
def test_alpha_of_two_levels_is_the_same_by_every_metric_but_ratio(
    ratings: pd.DataFrame,
) -> None:
    two = (ratings > 2).astype("float64").where(ratings.notna())
    nominal = krippendorff_alpha(two, metric="nominal")
    for metric in ("ordinal", "interval"):
        found = krippendorff_alpha(two, metric=metric)  # type: ignore[arg-type]
        assert found == pytest.approx(nominal, abs=1e-12, nan_ok=True)
