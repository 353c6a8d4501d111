"""The evidence of findings, by the agencies' own event identifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journeys.encoding import PARTS, keep_slots

if TYPE_CHECKING:
    from journeys.log import Log

__all__ = ["evidence_sql", "keep_evidence"]


def evidence_sql(findings: str, log: str, slots: str) -> str:
    """Return the query that lists the evidence: `finding_id`, `place`, `event_id`.

    Parameters
    ----------
    findings
        Table of findings, with `evidence` in codes of events.
    log
        Table of an encoded log.
    slots
        Table of `slot`: 1 to the most evidence of one finding.
    """
    part = "nullif(split_part(f.evidence, ';', CAST(s.slot AS INT)), '')"
    return f"""SELECT p.finding_id, p.place, l.event, l.event_id FROM (
  SELECT f.finding_id, s.slot AS place, CAST({part} AS BIGINT) AS event
  FROM {findings} AS f JOIN {slots} AS s ON s.slot <= {PARTS.format("evidence")}
  WHERE f.evidence <> '') AS p
JOIN {log} AS l ON l.event = p.event"""


def keep_evidence(log: Log, findings: str) -> None:
    """Keep the evidence of findings as table `FINDINGS_evidence`."""
    slots = keep_slots(log.engine, findings, "evidence", findings)
    sql = evidence_sql(findings, log.table, slots)
    log.engine.keep(f"{findings}_evidence", sql)
