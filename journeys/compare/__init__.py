"""Whose journeys differ, and is it real: by segment, area or period; cohorts over time.

Read in this order: `asked` (options), `measured` (what is added up for each customer),
`shuffled` (permutation tests), `comparing`, `results`, `periods`, `cohorts`.
"""

from journeys.compare.asked import Asked
from journeys.compare.cohorts import Cohort, follow_cohort
from journeys.compare.comparing import compare_journeys
from journeys.compare.periods import periods_of
from journeys.compare.results import Compared

__all__ = [
    "Asked",
    "Cohort",
    "Compared",
    "compare_journeys",
    "follow_cohort",
    "periods_of",
]
