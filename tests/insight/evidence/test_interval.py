"""Interval and power of tau, against the formula by hand and a simulation."""

from __future__ import annotations

from math import asin, pi

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from insight.errors import InsightError
from insight.evidence import least_detectable_tau, tau_interval


def test_an_interval_worked_by_hand() -> None:
    # z = ln(0.344 / 1.656) / 2 = -0.78576, half width 1.95996 sqrt(0.437 / 9) =
    # 0.43188; tanh(-1.21765) = -0.83896 and tanh(-0.35388) = -0.33981.
    assert tau_interval(-0.656, 13) == pytest.approx((-0.83896, -0.33981), abs=1e-5)


def test_the_interval_covers_a_true_tau_as_often_as_it_says() -> None:
    # A normal pair with correlation r has tau 2 asin(r) / pi. evidence.md, section 5:
    # coverage at 13 places between 0.94 and 0.97.
    r, n, runs = -0.5, 13, 1500
    truth = 2 * asin(r) / pi
    rng = np.random.default_rng(13)
    drawn = rng.multivariate_normal([0, 0], [[1, r], [r, 1]], (runs, n))
    covered = 0
    for sample in drawn:
        low, high = tau_interval(kendalltau(*sample.T).statistic, n) or (-1, 1)
        covered += low <= truth <= high
    assert 0.93 < covered / runs < 0.98


@pytest.mark.parametrize(("tau", "n"), [(0.5, 4), (0.5, 0), (1.0, 13), (-1.0, 13)])
def test_where_the_formula_has_no_value_there_is_no_interval(
    tau: float, n: int
) -> None:
    assert tau_interval(tau, n) is None


@given(st.floats(-0.99, 0.99), st.integers(5, 500))
def test_an_interval_holds_its_estimate_and_stays_in_range(tau: float, n: int) -> None:
    low, high = tau_interval(tau, n) or (0.0, 0.0)
    assert -1 <= low <= tau <= high <= 1
    wider = tau_interval(tau, n, level=0.99) or (0.0, 0.0)
    assert wider[0] <= low
    assert wider[1] >= high
    assert tau_interval(-tau, n) == pytest.approx((-high, -low))


@given(st.integers(5, 500))
def test_more_places_detect_less(n: int) -> None:
    few, more = least_detectable_tau(n), least_detectable_tau(n + 1)
    assert few is not None
    assert more is not None
    assert 0 < more < few < 1


def test_what_thirteen_places_detect() -> None:
    # (1.95996 + 0.84162) sqrt(0.437 / 9) = 0.61734; tanh of it is 0.5493.
    assert least_detectable_tau(13) == pytest.approx(0.5493, abs=1e-4)
    assert least_detectable_tau(4) is None


def test_options_out_of_range_are_refused() -> None:
    with pytest.raises(InsightError, match=r"tau is 1\.2"):
        tau_interval(1.2, 13)
    with pytest.raises(InsightError, match="level is 95"):
        tau_interval(0.1, 13, level=95)
    with pytest.raises(InsightError, match="power is 1"):
        least_detectable_tau(13, power=1)
