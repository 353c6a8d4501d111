"""An audit: contacts drawn at random, to be looked up by people who hold the files.

Half of the sample are findings, to see how many are right (the *precision* of a rule);
half are contacts that no rule found, of the classes in which rules found some, to see
how many were missed (the *omission rate*). Each half is divided between rules by the
money at stake, and a rule's share is spread evenly over agencies. The answers of a
rule estimate what its money is worth; the doubt that a small sample leaves goes into
the interval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.stats import norm

from journeys.cost.cells import keep_pool, named_rules, rules_sql
from journeys.errors import JourneyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journeys.duplication.results import Duplication

__all__ = ["COLUMNS", "FEWEST", "VERDICTS", "audit_size", "draw_audit"]

VERDICTS: Final = ("duplicate", "not a duplicate", "cannot tell")
COLUMNS: Final = (
    "audit_id", "rule", "version", "event_id", "found", "weight", "agency",
    "first_agency", "activity", "need", "evidence_ids", "verdict", "auditor", "remark",
)  # fmt: skip
FEWEST: Final = 10  # rows of one rule, found or not, where there are as many
WORDS: Final = {True: "found", False: "not found"}


def audit_size(
    half_width: float, *, share: float = 0.9, confidence: float = 0.9
) -> int:
    """Return how many findings to look up, to know the share that is right so well.

    Parameters
    ----------
    half_width
        Half the width of the interval wanted, as a share: 0.05 is five points.
    share
        The share expected to be right; 0.5 asks for the most.
    confidence
        Of the interval.

    Returns
    -------
    size
        For one rule, by the normal approximation; take as many contacts again that
        were not found.

    Raises
    ------
    JourneyError
        If a share is not between 0 and 1, ends not included.

    Examples
    --------
    >>> audit_size(0.05), audit_size(0.05, share=0.5)
    (98, 271)
    """
    if not all(0 < each < 1 for each in (half_width, share, confidence)):
        msg = (
            f"A half-width of {half_width}, a share of {share} and a confidence of "
            f"{confidence} were given. Each must lie between 0 and 1."
        )
        raise JourneyError(msg)
    z = float(norm.ppf((1 + confidence) / 2))
    return int(np.ceil(z**2 * share * (1 - share) / half_width**2))


def strata_sql(rows: str, rules: str) -> str:
    """Return the query for the events of one half: findings, or the pool."""
    return f"""SELECT f.rule, f.event, f.agency, coalesce(f.cost_pence, 0) AS pence
FROM {rows} AS f WHERE f.rule IN {rules} ORDER BY f.rule, f.agency, f.event"""


def drawn_sql(drawn: str, findings: str, log: str) -> str:
    """Return the query that says of drawn events what an auditor needs to know."""
    return f"""SELECT d.stratum, d.turn, d.rule, d.found, d.weight, l.event_id,
  l.agency, f.first_agency, l.activity, l.need, f.finding_id
FROM {drawn} AS d JOIN {log} AS l ON l.event = d.event
LEFT JOIN {findings} AS f ON d.found AND f.event = d.event AND f.rule = d.rule
ORDER BY d.stratum, d.turn"""


def evidence_of_drawn_sql(findings: str) -> str:
    """Return the query for the evidence of the findings that were drawn."""
    return f"""SELECT e.finding_id, e.event_id
FROM {findings}_drawn AS d
JOIN {findings} AS f ON d.found AND f.event = d.event AND f.rule = d.rule
JOIN {findings}_evidence AS e ON e.finding_id = f.finding_id
ORDER BY e.finding_id, e.place"""


def draw_audit(found: Duplication, *, size: int = 400, seed: int = 0) -> pd.DataFrame:
    """Draw the sample of an audit.

    Parameters
    ----------
    found
        What was found twice; rules that find lost time alone are not audited.
    size
        Contacts to look up, half of them findings; a half that is smaller is taken
        whole. Each rule gets at least ten in each half where it has as many, so that
        there may be more.
    seed
        Another seed, another sample.

    Returns
    -------
    sample
        One row a contact, in an order that mixes rules, sorted by the agency that has
        to look it up: `audit_id`, `rule`, `version`, `event_id`, `found`, `weight`
        (contacts that the row stands for), `agency`, `first_agency`, `activity`,
        `need`, `evidence_ids`; `verdict`, `auditor` and `remark` are blank. A row
        `not found` asks whether the contact duplicates another in any way.

    Raises
    ------
    JourneyError
        If nothing was found, or the size is below two.

    Examples
    --------
    >>> from journeys.duplication.findings import find_duplication
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-11"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "need": "housing"})
    >>> events["agency"] = ["council", "health"]
    >>> log = encode_log(events.assign(activity="assess", activity_class="assess"))
    >>> sample = draw_audit(find_duplication(log))
    >>> sample[["audit_id", "found", "weight"]].sort_values("audit_id").to_dict("list")
    {'audit_id': ['D1-f-000001', 'D1-n-000001'], 'found': ['found', 'not found'], \
'weight': [1.0, 1.0]}
    """
    if size < 2 or not found.events:  # noqa: PLR2004 - one found, one not
        msg = (
            f"There is no sample of {size} among {found.events} findings to draw. "
            "Ask for two contacts or more, of a log in which something was found."
        )
        raise JourneyError(msg)
    listed = rules_sql(named_rules(found))
    halves = {True: found.table, False: keep_pool(found)}
    engine, rng = found.log.engine, np.random.default_rng(seed)
    drawn = []
    for is_found, table in halves.items():
        rows = engine.arrow(strata_sql(table, listed)).to_pandas()
        drawn.append(_drawn(rows, size // 2, rng).assign(found=is_found))
    sample = pd.concat(drawn, ignore_index=True)
    sample["stratum"] = sample.groupby(["rule", "found"]).ngroup()
    table = f"{found.table}_drawn"
    engine.register(table, sample)
    told = engine.arrow(drawn_sql(table, found.table, found.log.table))
    codes = {"agency": "agency", "first_agency": "agency"}
    codes |= {"activity": "activity", "need": "need"}
    return _sheet(found, found.log.decoded(told, codes), rng)


def _drawn(rows: pd.DataFrame, size: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw events of each rule: at random within agencies, evenly over them."""
    drawn = []
    for rule, among in rows.groupby("rule", sort=True):
        many, n = _shares(rows, size)[str(rule)], len(among)
        mixed = among.iloc[np.lexsort((rng.random(n), among["agency"]))]
        places = np.floor((np.arange(many) + rng.random()) * n / many).astype(int)
        taken = mixed.iloc[places][["rule", "event"]]
        drawn.append(taken.assign(weight=n / many, turn=rng.permutation(many)))
    columns = ["rule", "event", "weight", "turn"]
    return pd.concat(drawn) if drawn else pd.DataFrame(columns=columns)


def _shares(rows: pd.DataFrame, size: int) -> Mapping[str, int]:
    """Return how many rows each rule gets: by its money, ten at the least."""
    by_rule = rows.groupby("rule", sort=True)["pence"].agg(["size", "sum"])
    money = by_rule["sum"].astype(float)
    money = money if money.any() else money + 1  # where nothing has a cost, all alike
    wanted = np.ceil(size * money / money.sum()).astype(int)
    many = np.minimum(np.maximum(wanted, FEWEST), by_rule["size"])
    return {str(rule): int(each) for rule, each in many.items()}


def _sheet(
    found: Duplication, told: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the sample as it is handed out, in an order that mixes rules."""
    ids = found.log.engine.arrow(evidence_of_drawn_sql(found.table)).to_pandas()
    evidence = ids.groupby("finding_id")["event_id"].agg(";".join)
    letter = told["found"].map({True: "f", False: "n"})
    number = (told["turn"] + 1).astype(str).str.zfill(6)
    blank = dict.fromkeys(("verdict", "auditor", "remark"), "")
    sheet = told.assign(
        audit_id=told["rule"] + "-" + letter + "-" + number,
        version=found.rules.version,
        found=told["found"].map(WORDS),
        evidence_ids=told["finding_id"].map(evidence),
        **blank,
    )
    order = np.lexsort((rng.random(len(sheet)), sheet["agency"]))
    return sheet.iloc[order].reset_index(drop=True)[list(COLUMNS)]
