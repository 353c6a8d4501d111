"""Whether mature use of customer insight goes with fewer red flags.

Read in this order: `facts` (what was published, gaps and all) and `examples` (the same
as an evidence base), `rubric`, `coding`, `filled_sheets` and `settling` (how evidence
becomes levels), `maturity` (what coders made of the evidence) with `agreement` and
`kappa` (whether they agree), `flags` (how many, over how many areas), `association`
(the test) and `finding` (what must be said beside it). Under it lies an engine that
knows nothing of insight or flags: `ordinal` (a score against a count out of an
exposure) with `ranks` and `gamma`, `exact`, `sweep` and `permutation` (p), `interval`
and `bootstrap`, `exposed` (the score test), `firth`, `rates` and `anything` (models),
`declared` and `family` (many tests at once) and `power`. What a result hangs on:
`influence`, `recodes`, `bounds`, `rivals`, `coding_doubt`.
"""

from insight.evidence.agreement import (
    alpha_interval,
    exact_agreement,
    krippendorff_alpha,
    ordinal_alpha,
)
from insight.evidence.agreement_said import said_of_agreement
from insight.evidence.anything import exact_logistic, separated
from insight.evidence.association import associate, insight_family, unknown_flags
from insight.evidence.bootstrap import bootstrap_interval
from insight.evidence.bounds import tau_bounds
from insight.evidence.coding import coding_sheets, quoting, units_of_evidence
from insight.evidence.coding_doubt import coder_noise, thin_evidence
from insight.evidence.declared import Declared, Family, Member
from insight.evidence.exact import PermutationP, exact_permutation_p
from insight.evidence.examples import Examples, find_examples
from insight.evidence.exposed import score_test
from insight.evidence.facts import (
    evidence_index,
    flag_sources,
    insight_pilots,
    national_figures,
    other_area_flags,
    pilot_flags,
    theme_flags,
    themes,
)
from insight.evidence.family import declared_family
from insight.evidence.filled_sheets import read_coding_sheets
from insight.evidence.finding import CAVEAT, DESIGN_PROBLEMS, Association
from insight.evidence.firth import firth
from insight.evidence.flags import flags_per_place
from insight.evidence.gamma import goodman_kruskal_gamma
from insight.evidence.influence import leave_one_out
from insight.evidence.interval import (
    least_detectable_tau,
    rho_interval,
    tau_interval,
)
from insight.evidence.kappa import Kappa, fleiss_kappa, weighted_kappa
from insight.evidence.maturity import Maturity, maturity_scores
from insight.evidence.ordinal import OrdinalAssociation, associate_ordinal
from insight.evidence.permutation import permutation_p, sampled_permutation_p
from insight.evidence.points import Points, points_of
from insight.evidence.power import detectable_ratio, least_detectable_r
from insight.evidence.ranks import kendall_tau_b, spearman_rho
from insight.evidence.rates import poisson_slope, two_rates
from insight.evidence.recodes import recodes
from insight.evidence.rivals import rival_predictor, stratified_tau
from insight.evidence.rubric import COMPONENTS, rubric
from insight.evidence.settling import disagreements, settle

__all__ = [
    "CAVEAT",
    "COMPONENTS",
    "DESIGN_PROBLEMS",
    "Association",
    "Declared",
    "Examples",
    "Family",
    "Kappa",
    "Maturity",
    "Member",
    "OrdinalAssociation",
    "PermutationP",
    "Points",
    "alpha_interval",
    "associate",
    "associate_ordinal",
    "bootstrap_interval",
    "coder_noise",
    "coding_sheets",
    "declared_family",
    "detectable_ratio",
    "disagreements",
    "evidence_index",
    "exact_agreement",
    "exact_logistic",
    "exact_permutation_p",
    "find_examples",
    "firth",
    "flag_sources",
    "flags_per_place",
    "fleiss_kappa",
    "goodman_kruskal_gamma",
    "insight_family",
    "insight_pilots",
    "kendall_tau_b",
    "krippendorff_alpha",
    "least_detectable_r",
    "least_detectable_tau",
    "leave_one_out",
    "maturity_scores",
    "national_figures",
    "ordinal_alpha",
    "other_area_flags",
    "permutation_p",
    "pilot_flags",
    "points_of",
    "poisson_slope",
    "quoting",
    "read_coding_sheets",
    "recodes",
    "rho_interval",
    "rival_predictor",
    "rubric",
    "said_of_agreement",
    "sampled_permutation_p",
    "score_test",
    "separated",
    "settle",
    "spearman_rho",
    "stratified_tau",
    "tau_bounds",
    "tau_interval",
    "theme_flags",
    "themes",
    "thin_evidence",
    "two_rates",
    "units_of_evidence",
    "unknown_flags",
    "weighted_kappa",
]
