"""Whether mature use of customer insight goes with fewer red flags.

Read in this order: `maturity` (what coders made of the evidence) with `agreement`
(whether they agree), `flags` (how many, over how many areas), `ranks` (tau-b),
`exact` and `permutation` (its p), `interval` (its interval and power), `association`
(the test, with its caveats).
"""

from insight.evidence.agreement import exact_agreement, ordinal_alpha
from insight.evidence.association import (
    CAVEAT,
    DESIGN_PROBLEMS,
    Association,
    associate,
)
from insight.evidence.exact import PermutationP, exact_permutation_p
from insight.evidence.flags import flags_per_place
from insight.evidence.interval import least_detectable_tau, tau_interval
from insight.evidence.maturity import COMPONENTS, Maturity, maturity_scores
from insight.evidence.permutation import permutation_p, sampled_permutation_p
from insight.evidence.ranks import kendall_tau_b, spearman_rho

__all__ = [
    "CAVEAT",
    "COMPONENTS",
    "DESIGN_PROBLEMS",
    "Association",
    "Maturity",
    "PermutationP",
    "associate",
    "exact_agreement",
    "exact_permutation_p",
    "flags_per_place",
    "kendall_tau_b",
    "least_detectable_tau",
    "maturity_scores",
    "ordinal_alpha",
    "permutation_p",
    "sampled_permutation_p",
    "spearman_rho",
    "tau_interval",
]
