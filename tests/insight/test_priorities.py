"""Residents' priorities: exact against every package, and against statsmodels."""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from statsmodels.discrete.conditional_models import ConditionalLogit

from insight.errors import InsightError
from insight.priorities.answers import levels_of
from insight.priorities.choices import choices_of
from insight.priorities.giving_up import giving_up
from insight.priorities.grids import Grids, grids_of
from insight.priorities.logit import fit_choices
from insight.priorities.packages import expected_choices, fit_packages
from insight.priorities.preferences import ALL, preferences
from insight.priorities.shares import level_shares

LEVELS = pd.DataFrame(
    [
        (name, at, points)
        for name, costs in {
            "Bins": (1, 3),
            "Libraries": (0, 2, 5),
            "Parks": (0, 4),
        }.items()
        for at, points in enumerate(costs, start=1)
    ],
    columns=["service", "level", "points"],
)
OFFERED = levels_of(LEVELS)
GRID = ["respondent", "budget", "service", "level"]
CHOICE = ["respondent", "task", "option", "service", "level", "picked"]


def packages(budget: int) -> list[tuple[int, ...]]:
    """List every affordable package, as places of levels."""
    places = [
        LEVELS.index[LEVELS["service"] == name].tolist() for name in OFFERED.services
    ]
    return [
        one
        for one in product(*places)
        if LEVELS["points"].iloc[list(one)].sum() <= budget
    ]


def answered(n: int, seed: int, budgets: tuple[int, ...] = (5, 9)) -> pd.DataFrame:
    """Draw packages of `n` respondents by the model itself."""
    rng = np.random.default_rng(seed)
    utility = np.array([0, 0.5, 0, 1.0, 1.4, 0, 0.3])
    rows = []
    for who in range(n):
        for budget in budgets:
            options = packages(budget)
            mass = np.exp([utility[list(one)].sum() for one in options])
            chosen = options[rng.choice(len(options), p=mass / mass.sum())]
            rows += [
                (f"r{who:03}", budget, LEVELS["service"][at], LEVELS["level"][at])
                for at in chosen
            ]
    return pd.DataFrame(rows, columns=GRID)


def test_expected_choices_are_those_of_every_package_listed() -> None:
    grids = grids_of(answered(5, 1), OFFERED)
    utilities = np.random.default_rng(3).normal(size=(2, len(LEVELS)))
    for budget in grids.budgets:
        one, two = expected_choices(grids, utilities, budget)
        for row, utility in enumerate(utilities):
            options = packages(budget)
            held = np.zeros((len(options), len(LEVELS)))
            for at, option in enumerate(options):
                held[at, list(option)] = 1
            mass = np.exp(held @ utility)
            mass /= mass.sum()
            np.testing.assert_allclose(one[row], mass @ held, atol=1e-12)
            np.testing.assert_allclose(
                two[row], held.T @ (held * mass[:, None]), atol=1e-12
            )


def test_the_fit_is_the_most_of_the_likelihood_over_every_package() -> None:
    grids = grids_of(answered(40, 2), OFFERED)
    free = [1, 3, 4, 6]

    def loss(values: np.ndarray) -> float:
        utility = np.zeros(len(LEVELS))
        utility[free] = values
        total = 0.05 / 2 * (values**2).sum()
        for place, budget in enumerate(grids.budgets):
            own = grids.chosen[grids.budget == place]
            every = [utility[list(one)].sum() for one in packages(budget)]
            total -= (own @ utility).sum() - len(own) * np.log(np.exp(every).sum())
        return float(total)

    best = minimize(loss, np.zeros(4), tol=1e-10).x
    found = fit_packages(grids, np.ones((1, 40)))[0]
    np.testing.assert_allclose(found[free], best, atol=1e-4)
    assert found[[0, 2, 5]].tolist() == [0, 0, 0]


def test_points_by_the_thousand_are_as_good_as_points() -> None:
    rows = answered(30, 4)
    dear = levels_of(LEVELS.assign(points=LEVELS["points"] * 1000))
    weights = np.ones((1, 30))
    np.testing.assert_allclose(
        fit_packages(
            grids_of(rows.assign(budget=rows["budget"] * 1000), dear), weights
        ),
        fit_packages(grids_of(rows, OFFERED), weights),
    )


def test_a_respondent_twice_is_a_weight_of_two() -> None:
    rows = answered(20, 5)
    twice = rows[rows["respondent"] == "r003"].assign(respondent="r999")
    doubled = fit_packages(
        grids_of(pd.concat([rows, twice]), OFFERED), np.ones((1, 21))
    )
    weights = np.ones((1, 20))
    weights[0, 3] = 2
    np.testing.assert_allclose(
        fit_packages(grids_of(rows, OFFERED), weights), doubled, atol=1e-7
    )


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (("x", 9, "Parks", 1), "lacks services"),
        (("x", 9, "Parks", 7), "not on offer"),
        (("x", 9, "Zoo", 1), "not on offer"),
        (("r000", 9, "Parks", 1), "two levels at one budget"),
        (("x", None, "Parks", 1), "blank"),
    ],
)
def test_torn_and_incomplete_grids_go_aside(broken: tuple[Any, ...], why: str) -> None:
    rows = pd.concat(
        [answered(3, 6), pd.DataFrame([broken], columns=GRID)], ignore_index=True
    )
    found = grids_of(rows, OFFERED)
    reasons = found.rejected.set_index("row")["reason"]
    assert why in reasons[len(rows)]
    assert "r000" not in " ".join(reasons)
    assert found.n == 3


def test_a_grid_over_its_budget_goes_aside() -> None:
    rows = answered(3, 6)
    rows.loc[rows["respondent"] == "r001", "budget"] = 0
    assert grids_of(rows, OFFERED).n == 2


def test_a_respondent_of_two_segments_answers_for_nobody() -> None:
    rows = answered(3, 6).assign(segment="1")
    rows.loc[0, "segment"] = "2"
    found = grids_of(rows, OFFERED)
    assert found.n == 2
    assert found.rejected["reason"].str.contains("two segments").all()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"level": 1}, "stands twice"),
        ({"points": [5, 1, 0, 2, 5, 0, 4]}, "fewer points"),
        ({"points": 0.5}, "part of a point"),
        ({"today": "yes"}, "two levels today"),
        ({"service": list("abcdefg")}, "one level only"),
    ],
)
def test_levels_that_cannot_be_offered_are_refused(
    changed: dict[str, Any], why: str
) -> None:
    with pytest.raises(InsightError, match=why):
        levels_of(LEVELS.assign(**changed))


def test_what_cannot_be_read_is_refused() -> None:
    rows = answered(3, 6)
    with pytest.raises(InsightError, match="lacks \\['budget'\\]"):
        grids_of(rows.drop(columns="budget"), OFFERED)
    with pytest.raises(InsightError, match="no points"):
        grids_of(rows, levels_of(LEVELS.drop(columns="points")))
    with pytest.raises(InsightError, match="none of"):
        grids_of(rows.assign(budget=0), OFFERED)
    with pytest.raises(InsightError, match="lacks \\['picked'\\]"):
        choices_of(chosen(3, 1).drop(columns="picked"), OFFERED)
    with pytest.raises(InsightError, match="3 respondents answered"):
        preferences(grids_of(rows, OFFERED))
    with pytest.raises(InsightError, match="at least 100"):
        preferences(grids_of(rows, OFFERED), resamples=5)
    with pytest.raises(InsightError, match="counts no respondent"):
        fit_packages(grids_of(rows, OFFERED), np.zeros((1, 3)))


def chosen(n: int, seed: int, *, worst: bool = False) -> pd.DataFrame:
    """Draw choices among three options of two services each, by the model itself."""
    rng = np.random.default_rng(seed)
    utility = {"Bins": (0, 0.8), "Libraries": (0, 1.0, 1.3), "Parks": (0, 0.4)}
    rows = []
    for who, task in product(range(n), range(4)):
        bundles = [
            {
                name: int(rng.integers(1, len(utility[name]) + 1))
                for name in rng.choice(list(utility), 2, replace=False)
            }
            for _ in range(3)
        ]
        felt = [
            sum(utility[name][level - 1] for name, level in one.items()) + rng.gumbel()
            for one in bundles
        ]
        for option, one in enumerate(bundles):
            picked = "best" if felt[option] == max(felt) else None
            picked = "worst" if worst and felt[option] == min(felt) else picked
            rows += [
                (f"r{who:03}", task, option, name, level, picked)
                for name, level in one.items()
            ]
    return pd.DataFrame(rows, columns=CHOICE)


def test_the_logit_agrees_with_statsmodels() -> None:
    choices = choices_of(chosen(60, 7), OFFERED)
    free = [1, 3, 4, 6]
    took = np.zeros(len(choices.choice))
    took[choices.picked] = 1
    theirs = ConditionalLogit(took, choices.options[:, free], groups=choices.choice)
    ours = fit_choices(choices, np.ones((1, 60)), precision=0.0)[0]
    np.testing.assert_allclose(ours[free], theirs.fit(disp=False).params, atol=5e-4)


def test_a_worst_is_a_choice_of_the_least_from_what_is_left() -> None:
    choices = choices_of(chosen(60, 8, worst=True), OFFERED)
    assert len(choices.owner) == 2 * choices.tasks
    sizes = np.bincount(choices.choice)
    assert set(sizes[: choices.tasks]) == {3}
    assert set(sizes[choices.tasks :]) == {2}
    found = fit_choices(choices, np.ones((1, 60)))[0]
    assert found[4] > found[6]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"picked": [None] * 6}, "without one best"),
        ({"option": [0] * 6, "service": list("abcdef")}, "not on offer"),
        ({"picked": ["best", None, None, None, None, None]}, "one row and not another"),
        ({"picked": ["best"] * 4 + [None] * 2}, "without one best"),
        ({"picked": ["best"] * 2 + ["worst"] * 4}, "without one best"),
    ],
)
def test_torn_choices_go_aside(change: dict[str, Any], why: str) -> None:
    one = pd.DataFrame(
        [
            ("x", 9, option, name, 1, None)
            for option in range(3)
            for name in ("Bins", "Parks")
        ],
        columns=CHOICE,
    ).assign(**change)
    found = choices_of(pd.concat([chosen(2, 9), one], ignore_index=True), OFFERED)
    assert found.n == 2
    assert why in found.rejected["reason"].iloc[0]


def test_shares_are_of_all_who_had_that_budget() -> None:
    shares = level_shares(grids_of(answered(50, 10), OFFERED))
    sums = shares.groupby(["budget", "service"])[["chosen", "share"]].sum()
    assert sums["chosen"].eq(50).all()
    np.testing.assert_allclose(sums["share"], 1)
    assert (shares["low"] <= shares["share"]).all()


def test_the_order_of_giving_up_takes_the_top_first() -> None:
    losses = np.array([[1.0, 9.0, 0.1, 4.0]] * 2)
    order = giving_up(OFFERED, losses)
    taken = list(zip(order["service"], order["level"], strict=True))
    assert taken == [("Libraries", 3), ("Bins", 2), ("Parks", 2), ("Libraries", 2)]
    assert order["saved"].tolist() == [3, 5, 9, 11]
    today = levels_of(LEVELS.assign(today=np.where(LEVELS.index == 3, "yes", "no")))
    assert ("Libraries", 3) not in list(
        zip(*giving_up(today, losses)[["service", "level"]].to_numpy().T, strict=True)
    )


def test_planted_priorities_of_the_example_are_found() -> None:
    sys.path.insert(0, str(Path(__file__).parents[2] / "data" / "generator"))
    try:
        import example_savings as example  # noqa: PLC0415 - made only for this test
    finally:
        sys.path.pop(0)
    grids = grids_of(
        example.make_priority_grids(), levels_of(example.make_priority_levels())
    )
    assert not grids.rejected.empty
    found = preferences(grids, resamples=100)
    order = found.order[found.order["segment"] == ALL]
    assert order["service"].iloc[0] == example.PLANTED["first"]
    assert order["service"].iloc[-1] == example.PLANTED["last"]
    real = found.differences[found.differences["holm"] < 0.05]
    assert set(real["service"]) == {example.PLANTED["differs"]}
    assert set(real["most"]) == {example.PLANTED["misses_more"]}


def test_no_difference_is_found_where_there_is_none() -> None:
    rows = answered(150, 11)
    rows["segment"] = rows["respondent"].str[-1].isin(list("01234")).map(str)
    found = preferences(grids_of(rows, OFFERED), resamples=100)
    assert (found.differences["holm"] > 0.05).all()
    assert "0 of 4 steps" in str(found)


def test_few_of_a_segment_are_not_estimated_and_said() -> None:
    rows = answered(60, 12)
    rows["segment"] = np.where(rows["respondent"] < "r010", "few", "many")
    found = preferences(grids_of(rows, OFFERED), resamples=100)
    assert found.too_few == {"few": 10}
    assert "few" not in set(found.steps["segment"])


@settings(max_examples=3)
@given(st.integers(0, 1000), st.randoms(use_true_random=False))
def test_nothing_depends_on_the_order_of_rows(seed: int, random: Any) -> None:  # noqa: ANN401
    rows = answered(35, seed)
    places = list(range(len(rows)))
    random.shuffle(places)
    one = preferences(grids_of(rows, OFFERED), resamples=100)
    two = preferences(grids_of(rows.iloc[places], OFFERED), resamples=100)
    pd.testing.assert_frame_equal(one.steps, two.steps)
    pd.testing.assert_frame_equal(one.order, two.order)


@settings(max_examples=8)
@given(st.integers(0, 1000))
def test_an_option_is_as_good_as_its_levels_whatever_it_is_called(seed: int) -> None:
    rows = chosen(12, seed)
    renamed = rows.assign(option=7 - rows["option"], task=rows["task"].map(str))
    weights = np.ones((1, 12))
    np.testing.assert_allclose(
        fit_choices(choices_of(rows, OFFERED), weights),
        fit_choices(choices_of(renamed, OFFERED), weights),
        atol=1e-7,
    )


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    truth = np.array([0.5 / 2, 1.0 / 2, 0.4 / 3, 0.3 / 4])
    truth = truth - truth.mean()
    inside = []
    for seed in range(6):
        found = preferences(grids_of(answered(60, 100 + seed), OFFERED), resamples=100)
        steps = found.steps[found.steps["segment"] == ALL]
        inside.append((steps["low"] <= truth) & (truth <= steps["high"]))
    assert np.mean(inside) > 0.8


def test_a_whole_grid_is_said_with_its_base() -> None:
    grids: Grids = grids_of(answered(4, 13), OFFERED)
    assert str(grids).startswith("4 respondents shared out 8 budgets over 3 services")
