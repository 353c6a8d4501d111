"""What if steps or agencies were merged, or work came earlier: journeys as redesigned.

Read in this order: `changes` (what may be redesigned), `plans` and `planned` (what
changes in a log), `applied` (the log it leaves), `relief` and `money` (what is no
longer spent), `measures` (before and after), `assumptions`, `results`, `working`.
"""

from journeys.redesign.changes import (
    AssessFirst,
    FrontDoor,
    MergeAgencies,
    MergeSteps,
    OptInOffer,
    Pounds,
    Redesign,
    redesign_of,
)
from journeys.redesign.money import Draws, Saved
from journeys.redesign.results import Redesigned
from journeys.redesign.working import redesign

__all__ = [
    "AssessFirst",
    "Draws",
    "FrontDoor",
    "MergeAgencies",
    "MergeSteps",
    "OptInOffer",
    "Pounds",
    "Redesign",
    "Redesigned",
    "Saved",
    "redesign",
    "redesign_of",
]
