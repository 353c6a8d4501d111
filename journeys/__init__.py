"""What happens to a customer, across agencies.

Read in this order: `readers` (XES and OCEL files), `frames` (what an event is), `log`
(events in order), `segments` (one query for all segments), `graph` (what follows
what, hand-overs and waits), `networks` (the same for NetworkX, and the part one
can read), `paths` (variants), `duplication` (what was done twice).
"""

from journeys.duplication import (
    Duplication,
    RuleCount,
    Rules,
    by_pair,
    by_segment,
    find_duplication,
    read_rules,
)
from journeys.errors import JourneyError
from journeys.graph import (
    Returns,
    direct_returns,
    directly_follows,
    end_activities,
    handovers,
    revisits,
    start_activities,
)
from journeys.log import Log, encode_log
from journeys.networks import MostTravelled, most_travelled, to_networkx
from journeys.paths import variants
from journeys.readers import read_xes

__all__ = [
    "Duplication",
    "JourneyError",
    "Log",
    "MostTravelled",
    "Returns",
    "RuleCount",
    "Rules",
    "by_pair",
    "by_segment",
    "direct_returns",
    "directly_follows",
    "encode_log",
    "end_activities",
    "find_duplication",
    "handovers",
    "most_travelled",
    "read_rules",
    "read_xes",
    "revisits",
    "start_activities",
    "to_networkx",
    "variants",
]
