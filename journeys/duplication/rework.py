"""D7: work that one agency does again after it had completed it.

An event is rework if the same agency had done the same activity for the same
customer and need, had completed it, not longer ago than the window, and nothing had
happened in between that makes doing it again right. Work that was not completed, and
what a partnership lists as planned (one visit of a series), is no rework.

:func:`backward_steps` looks at the same from afar: steps of the directly-follows
graph that lead back, and knots of activities that lead to one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import Field

from journeys.duplication.rule import (
    Class,
    Days,
    Exempt,
    Judged,
    Label,
    Rule,
    RuleOptions,
    Switch,
    events_counted,
    events_judged,
    kinds_sql,
    microseconds,
)
from journeys.duplication.words import words_sql
from journeys.log import class_codes
from journeys.networks import to_networkx

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from journeys.log import Log

__all__ = [
    "RULE",
    "Backward",
    "Rework",
    "backward_steps",
    "keep_rework",
    "naive_rework_sql",
    "rework_sql",
]

BEFORE: Final = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"


class Rework(RuleOptions):
    """Parameters of D7; `rules.toml` says what each means."""

    classes: tuple[Class, ...] = Field(min_length=1)
    completed: tuple[Label, ...] = Field(min_length=1)
    window_days: Days
    reset_classes: tuple[Class, ...]
    need_may_be_missing: Switch
    planned: tuple[Exempt, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Backward:
    """Steps of a directly-follows graph that lead back, and its knots.

    Attributes
    ----------
    steps
        The edges that lead back, from most to fewest moves.
    n_moves
        All moves: what :attr:`share` is a share of.
    knots
        Groups of two or more activities from each of which every other can be
        reached (strongly connected components), the largest first.
    """

    steps: pd.DataFrame
    n_moves: int
    knots: tuple[tuple[str, ...], ...]

    @property
    def share(self) -> float | None:
        """Share of the moves that lead back, 0 to 1; `None` where there are none."""
        return int(self.steps["count"].sum()) / self.n_moves if self.n_moves else None

    def __str__(self) -> str:
        """Say the result as a sentence for a report."""
        if self.share is None:
            return "No customer has two contacts, so no step can lead back."
        largest = f", the largest of {len(self.knots[0])}" if self.knots else ""
        return (
            f"{self.share:.1%} of {self.n_moves:,} moves lead back to an activity that "
            f"comes earlier; {len(self.knots):,} knots of activities lead to one "
            f"another{largest}."
        )


def keep_rework(log: Log, rule: Rework) -> str:
    """Find rework and keep it as a table, whose name is returned."""
    name = f"{log.table}_rework"
    done = words_sql(log, "outcome", rule.completed)
    planned = words_sql(log, "activity", (one.activity for one in rule.planned))
    log.engine.keep(name, rework_sql(log.table, rule, done, planned))
    return name


def rework_sql(log: str, rule: Rework, completed: str, planned: str) -> str:
    """Return the query that finds work done again after completion.

    The evidence is the last completion before.

    Parameters
    ----------
    log
        Table of an encoded log.
    rule
        The parameters of D7.
    completed
        Codes of outcomes that say that the work was completed, as a list for IN.
    planned
        Codes of activities that are planned to be repeated, likewise.
    """
    work = f"l.activity_class IN {class_codes(rule.classes)}"
    work += f" AND NOT coalesce(l.activity IN {planned}, FALSE)"
    if not rule.need_may_be_missing:
        work += " AND l.need IS NOT NULL"
    done = f"l.outcome IN {completed}"
    key = "customer, need_key, activity, agency"
    before = f"(PARTITION BY {key} ORDER BY event {BEFORE})"
    return f"""WITH completed AS (
  SELECT l.customer, coalesce(l.need, -1) AS need_key, l.activity, l.agency,
    min(l.event) AS first_event
  FROM {log} AS l WHERE {work} AND {done}
  GROUP BY l.customer, need_key, l.activity, l.agency),
work AS (
  SELECT l.event, l.customer, c.need_key, l.activity, l.activity_class, l.agency,
    l.time_us, l.cost_pence, {done} AS done
  FROM {log} AS l JOIN completed AS c ON c.customer = l.customer
    AND c.need_key = coalesce(l.need, -1) AND c.activity = l.activity
    AND c.agency = l.agency AND l.event >= c.first_event
  WHERE {work}),
dated AS (
  SELECT *, max(CASE WHEN done THEN event END) OVER {before} AS done_event,
    max(CASE WHEN done THEN time_us END) OVER {before} AS done_us
  FROM work),
again AS (
  SELECT * FROM dated WHERE time_us - done_us <= {microseconds(rule.window_days)}),
excused AS (
  SELECT DISTINCT a.event FROM again AS a JOIN {log} AS r ON r.customer = a.customer
    AND r.event > a.done_event AND r.event < a.event
    AND coalesce(r.need, a.need_key) = a.need_key
  WHERE r.activity_class IN {class_codes(rule.reset_classes)})
SELECT a.event, CAST(a.done_event AS STRING) AS evidence, a.agency AS first_agency,
  {kinds_sql("a.activity_class", rule.classes)} AS kind,
  a.time_us - a.done_us AS gap_us, a.cost_pence AS part_pence,
  CAST(NULL AS BIGINT) AS measure
FROM again AS a LEFT JOIN excused AS x ON x.event = a.event
WHERE x.event IS NULL"""


def naive_rework_sql(log: str, rule: Rework) -> str:
    """Return the query that counts activities that an agency did before.

    The count without need, completion, window, reset and planned series.
    """
    return f"""SELECT CAST(coalesce(sum(times - 1), 0) AS BIGINT) AS events FROM (
  SELECT count(*) AS times FROM {log}
  WHERE activity_class IN {class_codes(rule.classes)}
  GROUP BY customer, agency, activity) AS done"""


def _naive(log: Log, rule: Rework) -> int:
    return events_counted(log, naive_rework_sql(log.table, rule))


def _judged(log: Log, rule: Rework) -> Judged:
    missing = rule.need_may_be_missing
    return events_judged(log, rule.classes, need_may_be_missing=missing)


RULE: Final = Rule(
    name="D7",
    title="rework inside one agency",
    section="rework",
    keep=keep_rework,
    naive=_naive,
    judged=_judged,
)


def backward_steps(edges: pd.DataFrame) -> Backward:
    """Find the steps of a directly-follows graph that go against its main course.

    Activities are put in an order that most moves follow (the greedy heuristic of
    Eades, Lin and Smyth for the least feedback, weighed by moves); a step leads back
    if it ends no later in that order than it began. A step from an activity to itself
    does. Without the steps back, nothing goes round in a circle.

    Parameters
    ----------
    edges
        What :func:`journeys.graph.directly_follows` returned, for one segment.

    Returns
    -------
    backward
        Of activities that could stand first alike, the one first by name does.

    Raises
    ------
    JourneyError
        If a column is missing or an edge stands twice.

    References
    ----------
    Eades, P., Lin, X. and Smyth, W. F. (1993). A fast and effective heuristic for the
    feedback arc set problem. Information Processing Letters 47 (6), 319-323.
    https://doi.org/10.1016/0020-0190(93)90079-O

    Examples
    --------
    >>> import pandas as pd
    >>> moves = pd.DataFrame({"source": ["ask", "visit"], "target": ["visit", "ask"]})
    >>> print(backward_steps(moves.assign(count=[3, 1])))
    25.0% of 4 moves lead back to an activity that comes earlier; 1 knots of \
activities lead to one another, the largest of 2.
    """
    import networkx as nx  # noqa: PLC0415 - slow to import, and often not needed

    graph = to_networkx(edges)
    place = {activity: at for at, activity in enumerate(_main_course(graph))}
    leads_back = edges["source"].map(place) >= edges["target"].map(place)
    parts = (sorted(part) for part in nx.strongly_connected_components(graph))
    knots = sorted((tuple(p) for p in parts if p[1:]), key=lambda p: (-len(p), p))
    return Backward(
        steps=edges[leads_back].sort_values(
            ["count", "source", "target"],
            ascending=[False, True, True],
            ignore_index=True,
        ),
        n_moves=int(edges["count"].sum()),
        knots=tuple(knots),
    )


def _main_course(graph: nx.DiGraph[str]) -> list[str]:
    """Return activities in an order that most moves follow."""
    left = graph.copy()
    left.remove_edges_from([(one, one) for one in left])
    first: list[str] = []
    last: list[str] = []
    while left:
        out, into = (
            dict(of(weight="count")) for of in (left.out_degree, left.in_degree)
        )
        ends = sorted(one for one in left if not out[one])
        if ends:
            last = ends + last
        else:
            # What nothing leads to comes first; else what leads on most.
            ends = [
                min(left, key=lambda one: (into[one] > 0, into[one] - out[one], one))
            ]
            first += ends
        left.remove_nodes_from(ends)
    return first + last
