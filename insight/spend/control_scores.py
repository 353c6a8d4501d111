"""Find the scores that hold for each line of spend: the closest rule first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.errors import InsightError
from insight.spend.cofog import cofog_code
from insight.spend.control_rules import FACTORS, MOST, control_rubric

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.spend.routes import Routes

__all__ = ["between", "between_scores", "scored"]

PLACES: Final = ("programme", "body", "cofog")
DIVISION: Final = 2  # letters of a COFOG division


def between(routes: Routes) -> dict[str, float]:
    """Return how many bodies stand between the source and each body, on average.

    Parameters
    ----------
    routes
        Money traced from its source; depth counts transfers, so one less of them is
        the number of bodies in between. A body whose depth is not known is left out.

    Examples
    --------
    >>> from insight.spend.routes import trace_routes
    >>> spend = pd.DataFrame({"source": ["A"], "body": ["C"], "amount_pence": [5]})
    >>> transfers = pd.DataFrame({"payer": ["A", "B"], "payee": ["B", "C"]})
    >>> between(trace_routes(spend, transfers.assign(amount_pence=5)))
    {'A': 0.0, 'B': 0.0, 'C': 1.0}
    """
    known = routes.bodies["depth"].dropna()
    return {str(body): max(float(depth) - 1, 0.0) for body, depth in known.items()}


def between_scores(between: Mapping[str, float]) -> dict[str, int]:
    """Score the number of bodies between source and spender, by the rubric.

    Parameters
    ----------
    between
        Body to number of bodies in between, which may be a mean weighted by money:
        it is rounded to the nearest whole number, halves up.

    Examples
    --------
    >>> between_scores({"council": 0.4, "trust": 1.5})
    {'council': 0, 'trust': 2}
    """
    rubric = control_rubric().dropna(subset="from_count")
    steps = list(zip(rubric["from_count"], rubric["score"], strict=True))
    return {
        body: max(int(score) for least, score in steps if int(n + 0.5) >= least)
        for body, n in between.items()
    }


def scored(
    spend: pd.DataFrame, scores: pd.DataFrame, between: Mapping[str, float]
) -> pd.DataFrame:
    """Return lines of spend with the four factors and their points.

    Parameters
    ----------
    spend, scores, between
        As for :func:`insight.spend.control.local_control`.

    Returns
    -------
    lines
        The lines, with each factor (missing where nothing scores it) and `points`
        (missing unless all four are known).

    Examples
    --------
    >>> spend = pd.DataFrame({"body": ["council"], "cofog": ["10.6"]})
    >>> scores = pd.DataFrame({"cofog": ["10"], "conditions": [1]})
    >>> scored(spend, scores, {"council": 1})[["conditions", "points"]].to_numpy()
    array([[1, <NA>]], dtype=object)
    """
    rules = _rules(scores)
    lines = spend.copy()
    for name in PLACES:
        lines[name] = _names(lines, name)
    group = _codes(lines["cofog"])
    keys = pd.DataFrame(
        {
            "programme": lines["programme"],
            "body": lines["body"],
            "group": group,
            "division": group.str[:DIVISION],
        }
    )
    none = pd.Series(pd.NA, index=lines.index, dtype="Int64")
    found = pd.DataFrame(dict.fromkeys(FACTORS, none))
    # an empty place of a rule holds for all: from what is said of most to of one
    for _, own in rules.groupby("closeness"):
        on = [name for name in PLACES if own[name].iloc[0] != ""]
        level = "division" if own["cofog"].iloc[0][DIVISION:] == "" else "group"
        left = [level if name == "cofog" else name for name in on]
        met = keys.merge(own, left_on=left, right_on=on, how="left", suffixes=("", "_"))
        for factor in FACTORS:
            found[factor] = met[factor].set_axis(lines.index).fillna(found[factor])
    known = lines["body"].map(between_scores(between)).astype("Int64")
    found["intermediaries"] = found["intermediaries"].fillna(known)
    lines[list(FACTORS)] = found
    lines["points"] = found.sum(axis=1, skipna=False)
    return lines


def _names(table: pd.DataFrame, column: str) -> pd.Series[str]:
    """Return a column of names, "" where there is none."""
    if column not in table:
        return pd.Series("", index=table.index, dtype="str")
    return table[column].astype("str").where(table[column].notna(), "").str.strip()


def _codes(written: pd.Series[str]) -> pd.Series[str]:
    """Return COFOG codes in one spelling, "" where there is none."""
    codes = {one: cofog_code(one) or "" for one in set(written)}
    return pd.Series([codes[one] for one in written], index=written.index, dtype="str")


def _rules(scores: pd.DataFrame) -> pd.DataFrame:
    """Return rules with how closely each names a line, checked."""
    rules = pd.DataFrame({name: _names(scores, name) for name in PLACES})
    codes = _codes(rules["cofog"])
    unknown = sorted(set(rules["cofog"][(rules["cofog"] != "") & (codes == "")]))
    rules["cofog"] = codes
    for factor in FACTORS:
        given = scores.get(factor, pd.Series(pd.NA, index=scores.index))
        rules[factor] = given.astype("Int64")
        if not rules[factor].dropna().between(0, MOST).all():
            msg = (
                f"control: {factor} has a score outside 0 to {MOST}. Score 0 where it "
                f"does not weaken control, 1 in part, {MOST} where it decides."
            )
            raise InsightError(msg)
    nowhere = (rules[list(PLACES)] == "").all(axis=1)
    if unknown or nowhere.any() or rules.duplicated(list(PLACES)).any():
        msg = (
            f"control: {nowhere.sum()} rules name no programme, body or cofog, "
            f"{rules.duplicated(list(PLACES)).sum()} come twice, and of the codes "
            f"{unknown[:3]} are not COFOG. Give each rule once, for lines it names."
        )
        raise InsightError(msg)
    rules["closeness"] = (
        4 * (rules["programme"] != "") + 2.0 * (rules["body"] != "")
    ) * 2 + rules["cofog"].str.len() / DIVISION / 2
    return rules
