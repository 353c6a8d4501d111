"""The one door through which figures about people leave.

Read in this order: `rules` (what is too small to show), `sheet` (what a table says
about its own columns, and the table once protected), `door` (protect, write, log),
`paper` (how a file gets to disk whole), `staging` (how a run does), `inside` (what
tells of a person or a record, and stays), `pictures` and `slides` (drawings as files
that an office edits). Nothing else in the toolkit writes figures.
"""

from insight.release.door import Door, release, write_page
from insight.release.errors import ReleaseError
from insight.release.inside import write_private
from insight.release.rules import RULES, Rule, rule_named
from insight.release.sheet import Rate, Released, Sheet
from insight.release.staging import staged

__all__ = [
    "RULES",
    "Door",
    "Rate",
    "ReleaseError",
    "Released",
    "Rule",
    "Sheet",
    "release",
    "rule_named",
    "staged",
    "write_page",
    "write_private",
]
