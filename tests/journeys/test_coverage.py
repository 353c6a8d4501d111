"""Intervals hold the truth of small made-up logs about as often as they say."""

from __future__ import annotations

from statistics import mean

import numpy as np
import pytest

from benchmarks.coverage import Trial, coverage, redundant_events, trial, true_log

LOGS = 12


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    return [trial(seed, customers=400, audited=160) for seed in range(LOGS)]


def test_audited_intervals_hold_the_cost_of_their_own_log(trials: list[Trial]) -> None:
    held = [one.these[1] <= one.truth <= one.these[2] for one in trials]
    assert mean(held) >= 0.75


def test_audited_intervals_hold_the_cost_expected(trials: list[Trial]) -> None:
    expected = mean(one.truth for one in trials)
    assert mean(one.audited[1] <= expected <= one.audited[2] for one in trials) >= 0.75


def test_an_audit_takes_the_bias_away(trials: list[Trial]) -> None:
    plain, audited = (
        mean(getattr(one, name)[0] / one.truth for one in trials) - 1
        for name in ("plain", "audited")
    )
    assert plain < -0.02
    assert abs(audited) < abs(plain)


def test_a_trial_is_the_same_for_the_same_seed(trials: list[Trial]) -> None:
    assert trial(0, customers=400, audited=160) == trials[0]


def test_bars_carry_goals_for_audited_intervals_only(trials: list[Trial]) -> None:
    bars = list(coverage(trials))
    held = [bar for bar in bars if bar.bar.startswith("share")]
    assert [bar.goal for bar in held] == [None, *((">= 0.85", "<= 0.95") * 2)]
    assert all("unaudited" not in bar.bar for bar in bars if bar.goal)


def test_the_truth_is_told_by_a_plain_search() -> None:
    true = true_log(np.random.default_rng(1), 50)
    redundant = redundant_events(true)
    rows = true[true["event_id"].isin(redundant)]
    assert len(rows)
    assert set(rows["activity_class"]) == {"assess"}
    first = true.groupby("customer_id")["event_id"].first()
    assert not redundant & set(first)
