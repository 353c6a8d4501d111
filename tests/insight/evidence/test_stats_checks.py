"""Every figure that the guide checked against R or a textbook, matched again.

`stats_checks.csv` lists 36 figures, what they were checked against and how close they
came. Each stands here with the R code that gives it, as far as the guide names it, and
is computed by our code or by the library call that our code rests on. One test reads
the csv, and sees that none of its rows is missing here and no reference is misquoted.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.optimize import brentq
from scipy.stats import kendalltau, permutation_test, rankdata, spearmanr
from statsmodels.discrete.discrete_model import NegativeBinomial
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.stats.contingency_tables import Table
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

from insight.evidence import (
    bootstrap_interval,
    exact_logistic,
    exact_permutation_p,
    firth,
    goodman_kruskal_gamma,
    kendall_tau_b,
    least_detectable_r,
    ordinal_alpha,
    points_of,
    poisson_slope,
    sampled_permutation_p,
    spearman_rho,
    two_rates,
)
from tests.insight.evidence.published import (
    AREAS,
    COUNT,
    FLEISS,
    LEVEL,
    OBSERVERS,
    RATERS,
    SATISFACTION,
    TUNA_X,
    TUNA_Y,
    endometrial,
    housing,
    insurance,
    pairs,
    quine,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

PILOTS = points_of(LEVEL, COUNT, AREAS)


@dataclass(frozen=True)
class Check:
    """A row of the csv: its name, reference and tolerance, and ways to compute it."""

    name: str
    reference: tuple[float, ...]
    within: float
    ways: tuple[Callable[[], Sequence[float]], ...]


def dummies(column: pd.Series[int]) -> pd.DataFrame:
    return pd.get_dummies(column, prefix=column.name, drop_first=True, dtype=float)


# R: cor.test(x, y, method = "kendall"), exact for 9 untied pairs
def tuna_tau() -> Sequence[float]:
    return kendall_tau_b(TUNA_X, TUNA_Y), exact_permutation_p(TUNA_X, TUNA_Y).p


def tuna_tau_scipy() -> Sequence[float]:
    return tuple(kendalltau(TUNA_X, TUNA_Y, method="exact"))


# R: cor.test(x, y, method = "spearman"), exact for 9 untied pairs
def tuna_rho() -> Sequence[float]:
    p = exact_permutation_p(TUNA_X, TUNA_Y, statistic="spearman").p
    return spearman_rho(TUNA_X, TUNA_Y), p


# SciPy's p is a t approximation: the row says how far off it is, and we do not use it
def tuna_rho_approximate() -> Sequence[float]:
    return tuple(spearmanr(TUNA_X, TUNA_Y))


def tuna_rho_permuted() -> Sequence[float]:
    ranks = rankdata(TUNA_Y) - 5
    found = permutation_test(
        [rankdata(TUNA_X) - 5],
        lambda x, axis: (x * ranks).sum(axis=axis) / 60,
        permutation_type="pairings",
        n_resamples=np.inf,
        batch=50_000,
        vectorized=True,
    )
    return found.statistic, found.pvalue


# R: cor.test(level, count, method = "kendall", exact = FALSE); p is SciPy's, not ours
def tied_tau() -> Sequence[float]:
    found = kendalltau(LEVEL, COUNT, method="asymptotic")
    return kendall_tau_b(LEVEL, COUNT), found.pvalue


# R: cor.test(level, count, method = "spearman", exact = FALSE); p is SciPy's, not ours
def tied_rho() -> Sequence[float]:
    return spearman_rho(LEVEL, COUNT), spearmanr(LEVEL, COUNT).pvalue


# SciPy refuses an exact p with ties, which is why ours exists; the row has no figure
def refused_by_scipy() -> Sequence[float]:
    with pytest.raises(ValueError, match="Ties found, exact method cannot be used"):
        kendalltau(LEVEL, COUNT, method="exact")
    return ()


# R: coin::spearman_test(count ~ level, distribution = approximate(nresample = 1e6))
def tied_rho_exact() -> Sequence[float]:
    return (exact_permutation_p(LEVEL, COUNT, statistic="spearman").p,)


def tied_rho_drawn() -> Sequence[float]:
    found = sampled_permutation_p(LEVEL, COUNT, statistic="spearman", draws=99_999)
    return (found.p,)


# R: vcdExtra::GKgamma(table)
def gamma() -> Sequence[float]:
    found = goodman_kruskal_gamma(*pairs(SATISFACTION))
    return found.value, found.error


# R: coin::lbl_test(as.table(m)); shift_zeros adds 0.5 to every cell unless told not to
def linear_by_linear() -> Sequence[float]:
    table = Table(np.array(SATISFACTION), shift_zeros=False)
    found = table.test_ordinal_association()
    return found.zscore, found.pvalue


# R: glm(Claims ~ District + Group + Age + offset(log(Holders)), poisson, Insurance),
# with treatment contrasts
def insurance_fit() -> sm.genmod.generalized_linear_model.GLMResults:
    frame = insurance()
    design = pd.concat(
        [dummies(frame[c]) for c in ("district", "group", "age")], axis=1
    )
    model = sm.GLM(
        frame["claims"],
        sm.add_constant(design),
        family=sm.families.Poisson(),
        exposure=frame["holders"],
    )
    return model.fit(tol=1e-12)


# R: MASS::glm.nb(Days ~ Eth + Sex + Age + Lrn, quine)
def quine_fit() -> sm.base.model.LikelihoodModelResults:
    frame = quine()
    design = pd.concat(
        [dummies(frame[c]) for c in ("ethnic", "sex", "age", "learner")], axis=1
    )
    design["learner_S"] = (frame["learner"] == "S").astype(float)
    model = NegativeBinomial(frame["days"], sm.add_constant(design))
    return model.fit(disp=0, maxiter=500)


# R: MASS::polr(Sat ~ Infl + Type + Cont, weights = Freq, housing)
def housing_fit() -> sm.base.model.LikelihoodModelResults:
    frame = housing()
    design = pd.concat(
        [dummies(frame[c]) for c in ("influence", "type", "contact")], axis=1
    )
    model = OrderedModel(frame["satisfied"], design, distr="logit")
    return model.fit(method="bfgs", disp=0, maxiter=500)


# R: brglm2: glm(HG ~ NV + PI + EH, binomial, endometrial, method = "brglmFit",
# type = "AS_mean"); firthmodels is not a dependency, so both rows are ours
def endometrial_fit() -> tuple[tuple[float, ...], tuple[float, ...]]:
    frame = endometrial()
    design = sm.add_constant(frame[["NV", "PI", "EH"]]).to_numpy()
    found = firth(design, frame["HG"].to_numpy(), law="logistic")
    return found.coefficients, found.errors


# R: brglm2: glm(count ~ level + offset(log(areas)), poisson, method = "brglmFit")
def firth_poisson() -> tuple[tuple[float, ...], tuple[float, ...]]:
    design = np.stack([np.ones(13), PILOTS.score], axis=1)
    found = firth(design, PILOTS.count, law="poisson", exposure=PILOTS.exposure)
    return found.coefficients, found.errors


# R: poisson.test(c(3, 6), c(18, 13)): the two groups were found from the p printed,
# the only ones with at most 12 flags over the 31 areas
def two_groups() -> Sequence[float]:
    return (two_rates(points_of([1, 2], [6, 3], [13, 18]), above=1).p,)


# R: pwr::pwr.r.test(r = 0.5, power = 0.8)$n
def places_needed() -> Sequence[float]:
    def above(n: float) -> float:
        return (least_detectable_r(n) or 1) - 0.5  # type: ignore[arg-type]  # any number will do

    return (brentq(above, 10, 100),)


# R: psych::cohen.kappa(table); vcd::Kappa for the interval, which psych has otherwise
def kappa(weights: str | None) -> float:
    return float(cohens_kappa(np.array(RATERS), wt=weights).kappa)


def kappa_interval() -> Sequence[float]:
    found = cohens_kappa(np.array(RATERS), wt="quadratic")
    return found.kappa_low, found.kappa_upp


# Krippendorff's published figures; the ordinal one is ours, the others have no use here
# and are computed by the definition below, which also checks ours
def alphas() -> Sequence[float]:
    ratings = pd.DataFrame(OBSERVERS).T.replace(0, np.nan)
    ordinal = ordinal_alpha(ratings)
    assert ordinal == pytest.approx(alpha_by_definition("ordinal"))
    others = [alpha_by_definition(kind) for kind in ("nominal", "interval", "ratio")]
    return others[0], ordinal, *others[1:]


def alpha_by_definition(kind: str) -> float:
    units = [[v for v in unit if v] for unit in zip(*OBSERVERS, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    every = [value for unit in units for value in unit]

    def apart(a: int, b: int) -> float:
        if kind == "nominal":
            return float(a != b)
        if kind == "interval":
            return float((a - b) ** 2)
        if kind == "ratio":
            return ((a - b) / (a + b)) ** 2
        between = sum(min(a, b) <= value <= max(a, b) for value in every)
        return (between - (every.count(a) + every.count(b)) / 2) ** 2

    within = sum(
        sum(apart(a, b) for a in unit for b in unit) / (len(unit) - 1) for unit in units
    )
    overall = sum(apart(a, b) for a in every for b in every) / (len(every) - 1)
    return 1 - within / overall


# R: boot::boot.ci(boot(data, function(d, i) cor(d[i, 1], d[i, 2],
# method = "spearman"), R = 20000), type = c("bca", "perc"))
def resampled(kind: str) -> Sequence[float]:
    found = bootstrap_interval(
        LEVEL,
        COUNT,
        statistic="spearman",
        kind="bca" if kind == "bca" else "percentile",
        resamples=20_000,
    )
    return found.interval or ()


INSURANCE = (-1.82174, -0.5366707, -0.3449507, -0.1910101, 0.02586819, 0.03852393)
INSURANCE += (0.161337, 0.2342053, 0.3928105, 0.5634123)
QUINE = (-0.5693717, -0.4484281, 0.08232028, 0.08808015, 0.2921092, 0.356901, 2.89458)
HOUSING = (0.5663937, 1.288819, -0.5723501, -0.3661866, -1.091015, 0.3602841)
HOUSING_SE = (0.1046528, 0.1271561, 0.119238, 0.1551733, 0.151486, 0.0955358)
ENDOMETRIAL = (3.774559, 2.929273, -0.03475175, -2.604164)

CHECKS = [
    Check(
        "scipy kendalltau exact (tuna)",
        (0.4444444, 0.1194389),
        4.4e-11,
        (tuna_tau, tuna_tau_scipy),
    ),
    Check(
        "scipy spearmanr default p (t approx, tuna)",
        (0.6, 0.09679784),
        0.0092,
        (tuna_rho_approximate,),
    ),
    Check(
        "scipy permutation_test pairings exact (tuna, 9!)",
        (0.6, 0.09679784),
        3.8e-12,
        (tuna_rho, tuna_rho_permuted),
    ),
    Check(
        "scipy kendalltau tau-b ties asymptotic",
        (-0.6560415, 0.008117985),
        1.8e-13,
        (tied_tau,),
    ),
    Check(
        "scipy spearmanr ties t approx",
        (-0.7267984, 0.004887712),
        4.8e-13,
        (tied_rho,),
    ),
    Check("scipy kendalltau(method=exact) with ties", (), 0.0, (refused_by_scipy,)),
    Check(
        "own exact tie-permutation Spearman (tables) vs coin 1e6 MC",
        (0.007622,),
        6.5e-05,
        (tied_rho_exact,),
    ),
    Check(
        "scipy permutation_test pairings MC 99999 (ties)",
        (0.007686758,),
        0.0018,
        (tied_rho_drawn,),
    ),
    Check(
        "own Goodman-Kruskal gamma+ASE (numpy)",
        (0.2211009, 0.1171628),
        3.1e-11,
        (gamma,),
    ),
    Check(
        "statsmodels Table.test_ordinal_association z,p",
        (1.727133, 0.08414379),
        3.6e-12,
        (linear_by_linear,),
    ),
    Check(
        "statsmodels GLM Poisson exposure (sorted coefs)",
        INSURANCE,
        4.5e-12,
        (lambda: sorted(insurance_fit().params),),
    ),
    Check("deviance", (51.42003,), 9.5e-10, (lambda: [insurance_fit().deviance],)),
    Check(
        "statsmodels NegativeBinomial coefs (sorted)",
        QUINE,
        1e-05,
        (lambda: sorted(quine_fit().params[:-1]),),
    ),
    Check(
        "theta=1/alpha, llf",
        (1.274893, -546.5755),
        1.3e-06,
        (lambda: [1 / quine_fit().params.iloc[-1], quine_fit().llf],),
    ),
    Check(
        "statsmodels OrderedModel logit coef",
        HOUSING,
        5.7e-05,
        (lambda: housing_fit().params[:6],),
    ),
    Check("llf", (-1739.575,), 8.1e-08, (lambda: [housing_fit().llf],)),
    Check("se", HOUSING_SE, 1.6e-07, (lambda: housing_fit().bse[:6],)),
    Check(
        "firthmodels FirthLogisticRegression coef",
        ENDOMETRIAL,
        8e-07,
        (lambda: endometrial_fit()[0],),
    ),
    Check(
        "own Firth logit coef (20 lines numpy)",
        ENDOMETRIAL,
        3.2e-07,
        (lambda: endometrial_fit()[0],),
    ),
    Check(
        "se",
        (1.488692, 1.550764, 0.03957815, 0.7760176),
        6.1e-08,
        (lambda: endometrial_fit()[1],),
    ),
    Check(
        "own Firth Poisson+offset coef",
        (1.421374, -1.066998),
        1.9e-08,
        (lambda: firth_poisson()[0],),
    ),
    Check("se", (0.6147662, 0.3236551), 1.2e-09, (lambda: firth_poisson()[1],)),
    # R: the likelihood fit of the same, and its anova with test "LRT"
    Check(
        "statsmodels Poisson offset synthetic",
        (1.407453, -1.106336),
        8.3e-10,
        (lambda: [poisson_slope(PILOTS).intercept, poisson_slope(PILOTS).slope],),
    ),
    Check(
        "LR p (by hand from two fits)",
        (0.0004521419,),
        6.7e-15,
        (lambda: [poisson_slope(PILOTS).p],),
    ),
    # R: the same with family quasipoisson
    Check(
        "quasi-Poisson scale,se",
        (1.146836, 0.3657802),
        3.4e-07,
        (lambda: [poisson_slope(PILOTS).scale, poisson_slope(PILOTS).quasi_error],),
    ),
    # R: MASS: confint(fit), which interpolates by a spline; ours solves for the ends
    Check(
        "own profile-likelihood CI Poisson slope",
        (-1.84725, -0.4757597),
        9.2e-05,
        (lambda: poisson_slope(PILOTS).interval,),
    ),
    Check(
        "statsmodels test_poisson_2indep exact-cond",
        (0.1787825,),
        1.6e-12,
        (two_groups,),
    ),
    # R: pwr::pwr.r.test(n = 13, power = 0.8)$r; pingouin is not a dependency
    Check(
        "pingouin power_corr r at n=13,80%",
        (0.6961036,),
        2.4e-05,
        (lambda: [least_detectable_r(13) or 0],),
    ),
    Check("pingouin power_corr n at r=.5,80%", (28.24841,), 1.7e-07, (places_needed,)),
    Check(
        "statsmodels cohens_kappa unweighted, linear",
        (0.5873016, 0.7373737),
        2.6e-11,
        (lambda: [kappa(None), kappa("linear")],),
    ),
    Check(
        "statsmodels cohens_kappa quadratic",
        (0.8602151,),
        3.7e-11,
        (lambda: [kappa("quadratic")],),
    ),
    Check("quadratic CI", (0.7562996, 0.9641305), 0.028, (kappa_interval,)),
    Check(
        "krippendorff.alpha nominal/ordinal/interval/ratio",
        (0.743, 0.815, 0.849, 0.797),
        0,
        (alphas,),
    ),
    Check(
        "statsmodels fleiss_kappa",
        (0.21,),
        0,
        (lambda: [fleiss_kappa(np.array(FLEISS))],),
    ),
    Check(
        "scipy.stats.bootstrap BCa spearman",
        (-0.899669, -0.2812677),
        0.015,
        (lambda: resampled("bca"),),
    ),
    Check(
        "scipy.stats.bootstrap percentile spearman",
        (-0.915176, -0.3612634),
        0.008,
        (lambda: resampled("percentile"),),
    ),
]


# 1.05: the tolerances themselves are printed with two digits.
def rounding(figure: float) -> float:
    """Return half a unit of the last digit that a reference is printed with."""
    digits = f"{figure:.10g}".lstrip("-").split("e")[0]
    exponent = int(f"{figure:e}".split("e")[1])
    shown = len(digits.replace(".", "").lstrip("0"))
    # R prints seven digits and drops zeros at the end; the last three rows have three
    return 0.5 * 10.0 ** (exponent - max(shown, 3 if shown <= 3 else 7) + 1)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_figure_is_as_close_to_its_reference_as_the_guide_says(check: Check) -> None:
    for way in check.ways:
        found = way()
        assert len(found) == len(check.reference)
        for value, reference in zip(found, check.reference, strict=True):
            assert abs(value - reference) <= check.within * 1.05 + rounding(reference)


@pytest.mark.fixtures
def test_every_row_of_the_csv_is_here_with_its_reference(fixtures: Path) -> None:
    with (fixtures / "evidence" / "stats_checks.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["check"].strip() for row in rows] == [check.name for check in CHECKS]
    for row, check in zip(rows, CHECKS, strict=True):
        assert tuple(map(float, row["reference"].split())) == check.reference
        assert float(row["max_abs_diff"] or 0) == check.within


def test_the_exact_logistic_of_the_guide_counts_1716_sets() -> None:
    # evidence.md, section 5: 1,716 sets, p 0.00117; seven of thirteen units in full
    # separation, where only the set seen and its mirror image are as far: 2 / 1716.
    found = exact_logistic(range(13), [True] * 7 + [False] * 6)
    assert (found.sets, found.separated) == (1716, "complete")
    assert found.p == pytest.approx(2 / 1716)
    assert exp(found.interval[0]) == 0.0
