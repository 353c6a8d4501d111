"""What it costs, what it shows, what may leave.

Read in this order: `spend` and `evidence` (what is found), `release` (the one door
out), `report` (the page), `chapters` (what each room found, released), `run` (a whole
place), `cli`. `shipped` finds the facts and the example place that come along.
"""

from insight.errors import InsightError
from insight.run import Done, check_place, run_place
from insight.shipped import build_example, shipped

__all__ = [
    "Done",
    "InsightError",
    "build_example",
    "check_place",
    "run_place",
    "shipped",
]
