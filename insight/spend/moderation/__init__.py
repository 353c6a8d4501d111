"""What to ask about a spend count before its figures are used, in one place or many.

Read in this order: `remarks` (what a remark is), `single_lines`, `scope`, `scale`,
`mixtures`, `totals` and `missing` (the rules), `one_count` and `places` (all of them),
`reading` (a count from its files). `insight.spend.headings` maps own headings to COFOG.
"""

from insight.spend.moderation.one_count import moderate
from insight.spend.moderation.places import PlacesModerated, moderate_places
from insight.spend.moderation.reading import Count, read_count
from insight.spend.moderation.remarks import Remark

__all__ = [
    "Count",
    "PlacesModerated",
    "Remark",
    "moderate",
    "moderate_places",
    "read_count",
]
