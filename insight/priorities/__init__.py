"""Residents' budget priorities, from budgets they shared out or options they chose.

Read in this order: `answers` (levels on offer, respondents), `grids` and `choices`
(what was answered, checked), `packages` and `logit` (how likely that was), `shares`
(what was chosen), `preferences` and `giving_up` (what would be missed, and go first).
"""

from insight.priorities.answers import Levels, levels_of
from insight.priorities.choices import Choices, choices_of
from insight.priorities.grids import Grids, grids_of
from insight.priorities.logit import fit_choices
from insight.priorities.packages import fit_packages
from insight.priorities.preferences import Preferences, preferences
from insight.priorities.shares import level_shares

__all__ = [
    "Choices",
    "Grids",
    "Levels",
    "Preferences",
    "choices_of",
    "fit_choices",
    "fit_packages",
    "grids_of",
    "level_shares",
    "levels_of",
    "preferences",
]
