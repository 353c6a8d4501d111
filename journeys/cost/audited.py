"""Read an audit back: what auditors said, held against what the rules say now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from journeys.cost.audit import VERDICTS, WORDS
from journeys.cost.cells import keep_pool, named_rules
from journeys.errors import JourneyError
from place.engine import table_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journeys.duplication.results import Duplication
    from place.engine import Frame

__all__ = ["Audit", "read_audit"]

NEEDED: Final = ("audit_id", "rule", "event_id", "found", "verdict")
MOST_MOVED: Final = 0.1
NAMED: Final = 5  # rows named in a message
STATES: Final = (*VERDICTS, "blank")


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What auditors found.

    Attributes
    ----------
    rows
        One row a contact looked up: `rule`, `found` (true or false), `verdict`,
        `weight` (contacts it stands for) and `pence` (what is at stake: the rule's
        share of a finding, the cost of another contact; missing if not costed).
    strata
        One row a rule and half: `rule`, `found`, and how many rows were `duplicate`,
        `not a duplicate`, `cannot tell` or `blank` (not looked up yet).
    moved
        Rows set aside, since the log has changed: their event is no longer there, or
        no longer found, or not found, as when the sample was drawn.
    """

    rows: pd.DataFrame
    strata: pd.DataFrame
    moved: int = 0

    @property
    def checked(self) -> int:
        """Return how many contacts were looked up."""
        return len(self.rows)

    @property
    def findings(self) -> int:
        """Return how many of them were findings."""
        return int(self.rows["found"].sum())

    def __str__(self) -> str:
        """Say the result as a sentence for a report."""
        by = {
            is_found: dict(half[list(STATES)].sum())
            for is_found, half in self.strata.groupby("found")
        }
        none = dict.fromkeys(STATES, 0)
        said = []
        for is_found, what in ((True, "findings"), (False, "contacts not found")):
            yes, no, unsure = (int(by.get(is_found, none)[each]) for each in VERDICTS)
            doubt = f", {unsure:,} could not be told" if unsure else ""
            word = "were duplicates"
            said.append(f"{yes:,} of {yes + no:,} {what} {word}{doubt}")
        blank = int(self.strata["blank"].sum())
        left = f"; {blank:,} rows are not looked up yet" if blank else ""
        if self.moved:
            left += f"; {self.moved:,} rows set aside, as the log has changed"
        return f"{self.checked:,} contacts checked: {'; '.join(said)}{left}."


def stakes_sql(rows: str, findings: str, pool: str, log: str) -> str:
    """Return the query that says of each audited row where its event stands now."""
    return f"""SELECT r.audit_id, l.event IS NOT NULL AS known,
  f.event IS NOT NULL AS is_found, p.event IS NOT NULL AS in_pool,
  CASE WHEN r.found = 'found' THEN f.cost_pence ELSE p.cost_pence END AS pence
FROM {rows} AS r LEFT JOIN {log} AS l ON l.event_id = r.event_id
LEFT JOIN {findings} AS f ON f.event = l.event AND f.rule = r.rule
LEFT JOIN {pool} AS p ON p.event = l.event AND p.rule = r.rule
ORDER BY r.audit_id"""


def read_audit(rows: str | Frame, found: Duplication) -> Audit:
    """Check filled rows of an audit against what the rules find now.

    Parameters
    ----------
    rows
        Table or frame of the columns that :func:`journeys.cost.audit.draw_audit` gave,
        their order and that of the rows as it may be. Without `weight`, every row of
        a rule and half stands for as many. A blank verdict is a row that was not
        looked up: it is counted and told, and leaves a smaller sample.
    found
        What was found twice, by the rules that drew the sample.

    Returns
    -------
    audit
        Nothing is dropped in silence; "cannot tell" stays in, to widen intervals.

    Raises
    ------
    JourneyError
        With every fault: a column that is missing, a word that is no verdict, a row
        that stands twice, rows drawn under other rules, no verdict at all, or more
        than a tenth of the rows no longer standing where they were drawn. Rows are
        named by `audit_id`.

    Examples
    --------
    >>> from journeys.cost.audit import draw_audit
    >>> from journeys.duplication.findings import find_duplication
    >>> from journeys.log import encode_log
    >>> days = pd.to_datetime(["2009-04-01", "2009-04-11"], utc=True)
    >>> events = pd.DataFrame({"customer_id": "a", "time": days, "need": "housing"})
    >>> events["agency"] = ["council", "health"]
    >>> log = encode_log(events.assign(activity="assess", activity_class="assess"))
    >>> found = find_duplication(log)
    >>> sheet = draw_audit(found).assign(verdict="duplicate")
    >>> print(read_audit(sheet[sheet["found"] == "found"], found))
    1 contacts checked: 1 of 1 findings were duplicates; 0 of 0 contacts not found \
were duplicates.
    """
    engine, name = found.log.engine, f"{found.table}_audited"
    given, _ = table_of(rows, engine, f"{name}_given")
    frame = engine.arrow(f"SELECT * FROM {given}").to_pandas()
    absent = [column for column in NEEDED if column not in frame]
    if absent:
        msg = f"The audit lacks {absent}; it has {list(frame)}. Hand in the sheet."
        raise JourneyError(msg)
    frame = _tidied(frame)
    faults = list(_faults(frame, found))
    if faults:
        raise JourneyError(*faults)
    engine.register(name, frame[["audit_id", "rule", "event_id", "found"]])
    sql = stakes_sql(name, found.table, keep_pool(found), found.log.table)
    stakes = engine.arrow(sql).to_pandas().set_index("audit_id")
    moved = _moved(frame, stakes)
    frame = frame[~moved]
    frame["pence"] = frame["audit_id"].map(stakes["pence"]).astype("Int64")
    frame["found"] = frame["found"] == WORDS[True]
    state = frame["verdict"].fillna("blank")
    counts = pd.crosstab([frame["rule"], frame["found"]], state)
    strata = counts.reindex(columns=list(STATES), fill_value=0)
    told = frame[frame["verdict"].notna()].sort_values("audit_id", ignore_index=True)
    return Audit(
        moved=int(moved.sum()),
        rows=told[["rule", "found", "verdict", "weight", "pence"]],
        strata=strata.rename_axis(columns=None).reset_index(),
    )


def _tidied(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that matter: words trimmed, blanks missing."""
    kept = list(NEEDED) + [name for name in ("version",) if name in frame]
    words = frame[kept].astype("string").apply(lambda column: column.str.strip())
    tidy = words.mask(words == "")
    for column in ("found", "verdict"):
        tidy[column] = tidy[column].str.casefold()
    weight = frame.get("weight", pd.Series(1.0, frame.index))
    tidy["weight"] = pd.to_numeric(weight, errors="coerce").astype(float)
    frame = tidy.reset_index(drop=True)
    return frame


def _some(frame: pd.DataFrame, rows: pd.Series[bool]) -> str:
    """Name the first rows that are meant, by what is no agency's own identifier."""
    ids = frame.loc[rows, "audit_id"].dropna()
    shown = ", ".join(ids.head(NAMED))
    return f"{int(rows.sum())} of {len(frame)} rows ({shown or 'without audit_id'})"


def _faults(frame: pd.DataFrame, found: Duplication) -> Iterator[str]:
    """Say what is wrong with rows in themselves."""
    lacks = frame[["audit_id", "rule", "event_id", "found"]].isna().any(axis=1)
    if lacks.any():
        yield f"{_some(frame, lacks)} lack a value. Copy them from the sheet drawn."
    known = named_rules(found)
    for column, words in (
        ("found", tuple(WORDS.values())),
        ("verdict", VERDICTS),
        ("rule", known),
    ):
        odd = frame[column].notna() & ~frame[column].isin(words)
        if odd.any():
            yield (
                f"{_some(frame, odd)} have another {column} than "
                f"{', '.join(map(repr, words))}. Correct them."
            )
    twice = frame.duplicated("audit_id") | frame.duplicated(
        ["rule", "event_id", "found"]
    )
    if twice.any():
        yield f"{_some(frame, twice)} stand twice. Keep the answer agreed on."
    now = found.rules.version
    other = frame.get("version", pd.Series(now, frame.index)).fillna(now) != now
    if other.any():
        yield (
            f"{_some(frame, other)} were drawn under other rules than {now!r}. Run "
            "those rules, or draw a new sample."
        )
    if frame["verdict"].isna().all():
        yield f"None of {len(frame)} rows has a verdict. Hand in the filled sheet."


def _moved(frame: pd.DataFrame, stakes: pd.DataFrame) -> pd.Series[bool]:
    """Return which rows no longer stand where they were drawn; refuse too many."""
    now = stakes.loc[frame["audit_id"]].reset_index(drop=True)
    there = now["is_found"].where(frame["found"] == WORDS[True], now["in_pool"])
    moved = ~there.astype(bool)
    if moved.mean() > MOST_MOVED:
        unknown = int((~now["known"].astype(bool)).sum())
        msg = (
            f"{_some(frame, moved)} no longer stand where they were drawn: {unknown} "
            "name an event that the log does not have, and the others are found now "
            "and were not, or the reverse. The log has changed: draw a new sample."
        )
        raise JourneyError(msg)
    return moved
