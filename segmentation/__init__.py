"""Who the customers of a place are, and where they live.

Read in this order: `variables` (what is known of an area), `features` (made
comparable), `segments` (grouped), `stability` (does it hold?), `profiles` and
`portraits` (what sets a group apart), `areas` (all of that in one step), `compare`
(against another classification), `customers` (each person's segment).
"""

from segmentation.areas import Segmentation, SegmentRecipe, segment_areas
from segmentation.compare import Agreement, agreement
from segmentation.customers import (
    CustomerCounts,
    customer_segments,
    customer_segments_sql,
)
from segmentation.errors import SegmentError
from segmentation.features import CompleteFeatures, feature_pipeline
from segmentation.portraits import pen_portrait, suggested_names
from segmentation.profiles import index_scores, penetration
from segmentation.segments import CustomerSegments
from segmentation.stability import Stability, sample_stability
from segmentation.variables import Variable, rates, read_variables

__all__ = [
    "Agreement",
    "CompleteFeatures",
    "CustomerCounts",
    "CustomerSegments",
    "SegmentError",
    "SegmentRecipe",
    "Segmentation",
    "Stability",
    "Variable",
    "agreement",
    "customer_segments",
    "customer_segments_sql",
    "feature_pipeline",
    "index_scores",
    "pen_portrait",
    "penetration",
    "rates",
    "read_variables",
    "sample_stability",
    "segment_areas",
    "suggested_names",
]
