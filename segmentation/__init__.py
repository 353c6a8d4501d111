"""Who the customers of a place are, and where they live.

Read in this order: `features` (what is known of an area or a person, made comparable),
`kmeans` (grouped, on whole numbers), `areas` and `found` (all of that in one step),
`trust` (does it hold?), `explain` (what sets a group apart, and what it is worth),
`share` (one segmentation for every agency), `where` (hotspots, contact, access),
`change` (years and boundaries), `action` (drivers, target lists), `people` (each
person's segment).
"""

from segmentation.action.campaign_effects import evaluate_campaign
from segmentation.action.campaigns import hold_out_areas
from segmentation.action.targets import TargetPlan, target_list
from segmentation.areas import segment_areas
from segmentation.change.boundaries import by_lookup
from segmentation.change.drift import drift_of_model
from segmentation.change.overlay import by_area
from segmentation.errors import SegmentError
from segmentation.explain.gain import gain
from segmentation.explain.members import representative_members
from segmentation.explain.nation import against_nation
from segmentation.explain.outcomes import Outcome, outcome_of
from segmentation.explain.penetration import penetration, profile_customers, report_rows
from segmentation.explain.portraits import pen_portrait, suggested_names
from segmentation.explain.profiles import index_scores
from segmentation.explain.side_by_side import compare_gain
from segmentation.features.blocks import BlockWeights, CategoryIndicators
from segmentation.features.imputing import DeclaredImputer
from segmentation.features.pipeline import CompleteFeatures, feature_pipeline
from segmentation.features.pruning import CorrelationPruning
from segmentation.features.service_use import service_use_rates
from segmentation.features.transforms import BoxCox
from segmentation.features.variables import Variable, rates, read_variables
from segmentation.found import Segmentation, SegmentRecipe
from segmentation.kmeans.hierarchy import SegmentHierarchy
from segmentation.kmeans.numbering import renumber
from segmentation.kmeans.segments import CustomerSegments
from segmentation.people.customers import (
    CustomerCounts,
    customer_segments,
    customer_segments_sql,
)
from segmentation.people.persons import PersonRecipe, segment_persons
from segmentation.share.applied import apply_model
from segmentation.share.assigning import assign
from segmentation.share.federated import federated_fit
from segmentation.share.federated_plan import agreed_starts
from segmentation.share.model import SharedModel, read_model
from segmentation.share.model_sql import assign_sql
from segmentation.share.sharing import shared_model
from segmentation.trust.choose import choose_k
from segmentation.trust.compare import Agreement, agreement
from segmentation.trust.membership import between_segments, membership
from segmentation.trust.regions import contiguous_regions
from segmentation.trust.stability import Stability, full_stability, sample_stability
from segmentation.trust.structure import structure_test

__all__ = [
    "Agreement",
    "BlockWeights",
    "BoxCox",
    "CategoryIndicators",
    "CompleteFeatures",
    "CorrelationPruning",
    "CustomerCounts",
    "CustomerSegments",
    "DeclaredImputer",
    "Outcome",
    "PersonRecipe",
    "SegmentError",
    "SegmentHierarchy",
    "SegmentRecipe",
    "Segmentation",
    "SharedModel",
    "Stability",
    "TargetPlan",
    "Variable",
    "against_nation",
    "agreed_starts",
    "agreement",
    "apply_model",
    "assign",
    "assign_sql",
    "between_segments",
    "by_area",
    "by_lookup",
    "choose_k",
    "compare_gain",
    "contiguous_regions",
    "customer_segments",
    "customer_segments_sql",
    "drift_of_model",
    "evaluate_campaign",
    "feature_pipeline",
    "federated_fit",
    "full_stability",
    "gain",
    "hold_out_areas",
    "index_scores",
    "membership",
    "outcome_of",
    "pen_portrait",
    "penetration",
    "profile_customers",
    "rates",
    "read_model",
    "read_variables",
    "renumber",
    "report_rows",
    "representative_members",
    "sample_stability",
    "segment_areas",
    "segment_persons",
    "service_use_rates",
    "shared_model",
    "structure_test",
    "suggested_names",
    "target_list",
]
