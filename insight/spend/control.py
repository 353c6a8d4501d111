"""How much of what is spent in a place is under local control, line by line.

Each line is scored on four factors that weaken control (`control_rules`); the points
give an ordinal class, from none to high. Spend by a national body is under no local
control whatever its points. A line that nobody scored stands as "not scored", unless
its class is the same whatever the scores that are missing.

Who spends a line says less: the share of local bodies is an upper bound. The 2010
report has 27 % with Worcestershire's local authorities (Table 3), while the pilot found
that local government controls only about 25 % (lines 1913-1916).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.errors import InsightError
from insight.spend.control_rules import CLASSES, FACTORS, MOST, at_most, from_points
from insight.spend.control_scores import scored

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "BODY_GROUPS",
    "NOT_SCORED",
    "LocalControl",
    "local_control",
    "shares_by_body",
]

NOT_SCORED: Final = "not scored"
BODY_GROUPS: Final = {
    "local authority": "local authorities",
    "nhs": "NHS",
    "central government": "central government",
}
"""The columns of Table 3; every other kind of body is its "other"."""

OTHER: Final = "other"
SHIFTS: Final = {
    "as scored": (0, 0),
    "one point less": (-1, 0),
    "one point more": (1, 0),
    "every factor one less": (0, -1),
    "every factor one more": (0, 1),
}


@dataclass(frozen=True, kw_only=True)
class LocalControl:
    """The spectrum of local control over a spend count.

    Parameters
    ----------
    lines
        As the lines given, on their index: the four factors (missing where not
        scored), `points` (missing unless all four are known) and `control`.
    spectrum
        One row for each `body_kind` and `control`: `lines`, `amount_pence`, and
        `share` of that kind's money.
    shares
        Indexed by `control`, none to high and "not scored": `amount_pence`, and the
        share of all money as scored and under each shift of the scores.
    bodies
        As :func:`shares_by_body` returns it: the upper bound.
    total_pence
        All money.
    """

    lines: pd.DataFrame
    spectrum: pd.DataFrame
    shares: pd.DataFrame
    bodies: pd.DataFrame
    total_pence: int

    def __str__(self) -> str:
        """Say the result in a few sentences."""
        held = self.shares.loc[["some", "high"], list(SHIFTS)].sum()
        scored = self.shares["as scored"]
        local = self.bodies["share"]["local authorities"]
        return (
            f"{held['as scored']:.0%} of spend is under some or high local control, "
            f"{scored['none']:.0%} under none and "
            f"{scored[NOT_SCORED]:.0%} is not scored "
            f"({len(self.lines)} lines). With every line one point lower or higher "
            f"the first is {held['one point more']:.0%} to "
            f"{held['one point less']:.0%}, with every factor so "
            f"{held['every factor one more']:.0%} to "
            f"{held['every factor one less']:.0%}. Local authorities spend "
            f"{local:.0%}: an upper bound of what they control, since who spends is "
            "not who decides."
        )


def local_control(
    spend: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    between: Mapping[str, float] | None = None,
) -> LocalControl:
    """Class each line of spend by how far it is under local control.

    Parameters
    ----------
    spend
        `body`, `body_kind` and `amount_pence`, and `cofog` and `programme` if known.
        Negative amounts count as they are.
    scores
        One row a rule: any of `programme`, `body` and `cofog` that say which lines
        it holds for (a division holds for its groups), and any of the four factors,
        scored 0 to 2. Of several rules for one line the closest counts, factor by
        factor: first by programme, then by body, then by the longer code.
    between
        Body to number of bodies between the source and it, for lines on whose
        intermediaries no rule says anything; see
        :func:`~insight.spend.control_scores.between_scores`.

    Returns
    -------
    control
        Shares are of the sum of all lines.

    Raises
    ------
    InsightError
        If a column is not there, a rule holds for no line in particular or comes
        twice, a score is not 0, 1 or 2, or money does not add up to more than 0.

    Examples
    --------
    >>> spend = pd.DataFrame(
    ...     {
    ...         "body": ["council", "council", "DWP"],
    ...         "body_kind": [*["local authority"] * 2, "central government"],
    ...         "cofog": ["08.1", "10.6", "10.2"],
    ...         "amount_pence": [20, 30, 50],
    ...     }
    ... )
    >>> scores = pd.DataFrame({"cofog": ["08", "10.6"], "statutory_duty": [0, 2]})
    >>> scores = scores.assign(central_targets=[0, 2], conditions=[1, 2])
    >>> found = local_control(spend, scores, between={"council": 1})
    >>> found.lines["control"].to_list()
    ['some', 'none', 'none']
    """
    _need(spend, ("body", "body_kind", "amount_pence"))
    lines = scored(spend.reset_index(drop=True), scores, between or {})
    lines["control"] = _classes(lines, "as scored")
    total = int(lines["amount_pence"].sum())
    if total <= 0:
        msg = (
            f"spend adds up to {total} pence over {len(lines)} lines, so no share of "
            "it can be taken. Look into the negative amounts first."
        )
        raise InsightError(msg)
    order = [*CLASSES, NOT_SCORED]
    amounts = lines.groupby("control")["amount_pence"].sum()
    shares = pd.DataFrame(
        {"amount_pence": amounts.reindex(order).fillna(0).astype(int)}
    )
    for shift in SHIFTS:
        moved = lines.groupby(_classes(lines, shift))["amount_pence"].sum()
        shares[shift] = moved.reindex(order).fillna(0) / total
    columns = [*FACTORS, "points", "control"]
    return LocalControl(
        lines=lines[columns].set_axis(spend.index),
        spectrum=_spectrum(lines),
        shares=shares.rename_axis("control"),
        bodies=shares_by_body(spend),
        total_pence=total,
    )


def shares_by_body(spend: pd.DataFrame) -> pd.DataFrame:
    """Return the shares of Table 3: who spends, an upper bound of who controls.

    Parameters
    ----------
    spend
        `body_kind` and `amount_pence`.

    Returns
    -------
    shares
        Indexed by `group`: local authorities, NHS, central government and other
        (police, fire, regional, third sector, private and other bodies), with
        `lines`, `amount_pence` and `share`.

    Raises
    ------
    InsightError
        If a column is not there.

    Examples
    --------
    >>> spend = pd.DataFrame({"body_kind": ["nhs", "police"], "amount_pence": [75, 25]})
    >>> shares_by_body(spend)["share"].to_dict()
    {'local authorities': 0.0, 'NHS': 0.75, 'central government': 0.0, 'other': 0.25}
    """
    _need(spend, ("body_kind", "amount_pence"))
    group = spend["body_kind"].map(BODY_GROUPS).fillna(OTHER)
    found = spend.groupby(group).agg(
        lines=("amount_pence", "size"), amount_pence=("amount_pence", "sum")
    )
    found = found.reindex([*BODY_GROUPS.values(), OTHER]).fillna(0).astype("int64")
    total = int(found["amount_pence"].sum())
    found["share"] = found["amount_pence"] / total if total > 0 else float("nan")
    return found.rename_axis("group")


def _need(spend: pd.DataFrame, columns: tuple[str, ...]) -> None:
    lacks = [name for name in columns if name not in spend.columns]
    if lacks:
        msg = (
            f"spend lacks {lacks}; it has {list(spend.columns)}. Add them, or name "
            "them in [tables.spend]."
        )
        raise InsightError(msg)


def _classes(lines: pd.DataFrame, shift: str) -> pd.Series[str]:
    """Return the class of each line when its scores are shifted.

    A missing score is tried at its least and at its most: only where both give one
    class is the line classed.
    """
    whole, each = SHIFTS[shift]
    moved = lines[list(FACTORS)].add(each).clip(lower=0, upper=MOST)
    ends = [
        (moved.fillna(missing).sum(axis=1) + whole).astype("int64")
        for missing in (0, MOST)
    ]
    least, most = (_class_of(points) for points in ends)
    limits = lines["body_kind"].map(at_most())
    found = least.where(least == most, NOT_SCORED)
    ceiling = limits.map(CLASSES.index, na_action="ignore")
    rank = {name: at for at, name in enumerate(CLASSES)}
    above = found.map(rank) > ceiling
    # what is none at most is none, whoever has scored it or not
    return found.mask(above.fillna(value=False) | (limits == CLASSES[0]), limits)


def _class_of(points: pd.Series[int]) -> pd.Series[str]:
    steps = from_points()
    edges = [float("-inf"), *list(steps.values())[1:], float("inf")]
    cut = pd.cut(points, edges, right=False, labels=list(steps))
    return cut.astype("str")


def _spectrum(lines: pd.DataFrame) -> pd.DataFrame:
    """Return lines and money by kind of body and class, least control first."""
    found = lines.groupby(["body_kind", "control"], as_index=False).agg(
        lines=("amount_pence", "size"), amount_pence=("amount_pence", "sum")
    )
    whole = found.groupby("body_kind")["amount_pence"].transform("sum")
    found["share"] = (found["amount_pence"] / whole).where(whole > 0)
    rank = {name: at for at, name in enumerate((*CLASSES, NOT_SCORED))}
    order = found.assign(rank=found["control"].map(rank)).sort_values(
        ["body_kind", "rank"]
    )
    return order.drop(columns="rank").reset_index(drop=True)
