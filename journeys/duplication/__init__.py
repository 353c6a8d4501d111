"""Duplication across agencies: what was done twice, by which rule, at what cost.

Read in this order: `rules.toml` (what counts), `rules` (the same, checked), `rule`
(what a rule is), `nearest` (how earlier events are looked for), one module a rule
(`all_rules` lists them), `findings` (all of them, with evidence, and cost as a union),
`results` (what comes back), `pairs` and `chains` (agency by agency, repeat upon
repeat), `partners` (agencies that an event names).
"""

from journeys.duplication.asked_again import AskedAgain
from journeys.duplication.findings import find_duplication
from journeys.duplication.pairs import by_pair, by_segment
from journeys.duplication.partners import Unmatched
from journeys.duplication.ping_pong import PingPong
from journeys.duplication.repeat_assessment import (
    ExemptPair,
    RepeatAssessment,
    Validity,
)
from journeys.duplication.repeated_course import RepeatedCourse
from journeys.duplication.results import Duplication, RuleCount
from journeys.duplication.rule import Exempt
from journeys.duplication.rules import Rules, read_rules

__all__ = [
    "AskedAgain",
    "Duplication",
    "Exempt",
    "ExemptPair",
    "PingPong",
    "RepeatAssessment",
    "RepeatedCourse",
    "RuleCount",
    "Rules",
    "Unmatched",
    "Validity",
    "by_pair",
    "by_segment",
    "find_duplication",
    "read_rules",
]
