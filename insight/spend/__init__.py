"""What public money does in a place, and for whom.

Read in this order: `cofog` (what money is for), `report_tables` (what the 2010
report prints), `report_checks` and `report_claims` (what of it adds up),
`moderation` (what to ask of a place's own count), `use` (who uses what), `rungs`
(what a line can be shared by), `pennies` (sharing it exactly), `per_segment` and
`ratio` (what each segment costs).
"""

from insight.spend.cofog import COLLECTIVE, cofog_1999, cofog_code
from insight.spend.moderation import Remark, moderate
from insight.spend.pennies import allocate, allocate_each
from insight.spend.per_segment import SpendBySegment, pounds, spend_per_segment
from insight.spend.ratio import SpendRatio, spend_ratio
from insight.spend.report_checks import (
    Check,
    check_table_1,
    check_table_2,
    check_table_3,
    check_tables,
)
from insight.spend.report_claims import check_text
from insight.spend.report_tables import (
    outside_facts,
    statements,
    table_1,
    table_2,
    table_3,
)
from insight.spend.rungs import BUCKETS, NOT_KNOWN
from insight.spend.use import (
    customer_use,
    customer_use_sql,
    use_by_segment,
    use_by_segment_sql,
)

__all__ = [
    "BUCKETS",
    "COLLECTIVE",
    "NOT_KNOWN",
    "Check",
    "Remark",
    "SpendBySegment",
    "SpendRatio",
    "allocate",
    "allocate_each",
    "check_table_1",
    "check_table_2",
    "check_table_3",
    "check_tables",
    "check_text",
    "cofog_1999",
    "cofog_code",
    "customer_use",
    "customer_use_sql",
    "moderate",
    "outside_facts",
    "pounds",
    "spend_per_segment",
    "spend_ratio",
    "statements",
    "table_1",
    "table_2",
    "table_3",
    "use_by_segment",
    "use_by_segment_sql",
]
