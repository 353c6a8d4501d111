"""Duplication across agencies: what was done twice, by which rule, at what cost.

Read in this order: `rules.toml` (what counts), `rules` (the same, checked),
`partners` (agencies that an event names), `repeat_assessment` (D1), `ping_pong`
(D3), `findings` (both, with evidence and cost), `results` (what comes back), `pairs`
(agency by agency).
"""

from journeys.duplication.findings import find_duplication
from journeys.duplication.pairs import by_pair, by_segment
from journeys.duplication.partners import Unmatched
from journeys.duplication.ping_pong import PingPong
from journeys.duplication.repeat_assessment import ExemptPair, RepeatAssessment
from journeys.duplication.results import Duplication, RuleCount
from journeys.duplication.rule import Exempt
from journeys.duplication.rules import Rules, read_rules

__all__ = [
    "Duplication",
    "Exempt",
    "ExemptPair",
    "PingPong",
    "RepeatAssessment",
    "RuleCount",
    "Rules",
    "Unmatched",
    "by_pair",
    "by_segment",
    "find_duplication",
    "read_rules",
]
