"""What an event costs where its record does not say: the next best figure there is.

Four rungs, the best first: the *recorded* cost of the event; the *tariff* of the
agency; a *published* unit cost; a *default* for the class of activity. On one rung,
the line that says more of the event wins: its activity before its class before its
agency. A recorded cost is never changed, and an event that no line fits stays
without a cost. This is done before the events are encoded, so that rules see one
cost; which line filled it, and so how far it may be off, stands in a table beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd
import pyarrow as pa

from journeys.errors import JourneyError
from journeys.frames import check_columns, check_frame
from place.engine import table_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from place.engine import Engine, Frame

__all__ = ["RUNGS", "Costed", "cost_events", "costed_sql", "costs_of", "filled_sql"]

RUNGS: Final = ("recorded", "tariff", "published", "default", "missing")
FILLED: Final = RUNGS[1:-1]
KEYS: Final = ("activity", "activity_class", "agency")  # the most telling first
PENCE: Final = ("low_pence", "central_pence", "high_pence")
TOLD: Final = ("year", "price_base", "source")
TYPES: Final = {
    "line": pa.int32(),
    **dict.fromkeys(("basis", *KEYS, *TOLD), pa.string()),
    **dict.fromkeys(PENCE, pa.int64()),
}


@dataclass(frozen=True, kw_only=True)
class Costed:
    """Events with a cost wherever one can be given.

    Attributes
    ----------
    engine
        Where the tables are.
    table
        The events. Beside them stand `TABLE_lines` (the unit costs as read, `line`
        first) and `TABLE_filled` (`event_id` and the `line` that gave its cost).
    rungs
        One row a rung: `basis`, `events` and `cost_pence` of the whole log.
    """

    engine: Engine
    table: str
    rungs: pd.DataFrame

    @property
    def lines(self) -> pd.DataFrame:
        """Return the unit costs, in the order in which they are tried."""
        sql = f"SELECT * FROM {self.table}_lines ORDER BY line"
        frame: pd.DataFrame = self.engine.arrow(sql).to_pandas()
        return frame

    def __str__(self) -> str:
        """Say where the costs come from as a sentence for a report."""
        events = dict(zip(self.rungs["basis"], self.rungs["events"], strict=True))
        total = sum(events.values())
        said = [f"{basis} for {n:,}" for basis, n in events.items() if n]
        return f"Cost of {total:,} events: {', '.join(said) or 'none'}."


def fits_sql(events: str, lines: str, *, classed: bool) -> str:
    """Return the query for the first line that fits each kind of uncosted event.

    Parameters
    ----------
    events
        Table of events.
    lines
        Table of unit costs, numbered in the order in which they are tried.
    classed
        Whether events have an `activity_class`.
    """
    kind = "activity_class" if classed else "CAST(NULL AS STRING)"
    fits = " AND ".join(f"(u.{key} IS NULL OR u.{key} = a.{key})" for key in KEYS)
    return f"""WITH asked AS (
  SELECT DISTINCT agency, activity, {kind} AS activity_class
  FROM {events} WHERE cost_pence IS NULL),
fitting AS (
  SELECT a.agency, a.activity, a.activity_class, min(u.line) AS line
  FROM asked AS a JOIN {lines} AS u ON {fits}
  GROUP BY a.agency, a.activity, a.activity_class)
SELECT f.*, u.central_pence FROM fitting AS f JOIN {lines} AS u ON u.line = f.line"""


def _joined(events: str, fits: str, *, classed: bool) -> str:
    kind = "coalesce(e.activity_class, '')" if classed else "''"
    return f"""FROM {events} AS e LEFT JOIN {fits} AS f ON e.cost_pence IS NULL
  AND f.agency = e.agency AND f.activity = e.activity
  AND coalesce(f.activity_class, '') = {kind}"""


def costed_sql(events: str, columns: Collection[str], fits: str) -> str:
    """Return the query that gives each event its own cost, or that of its line."""
    kept = ", ".join(f"e.{name}" for name in columns if name != "cost_pence")
    joined = _joined(events, fits, classed="activity_class" in columns)
    return f"""SELECT {kept}, coalesce(e.cost_pence, f.central_pence) AS cost_pence
{joined}"""


def filled_sql(events: str, columns: Collection[str], fits: str) -> str:
    """Return the query for the line that each filled event got its cost from."""
    joined = _joined(events, fits, classed="activity_class" in columns)
    return f"SELECT e.event_id, f.line\n{joined}\nWHERE f.line IS NOT NULL"


def rungs_sql(costed: str) -> str:
    """Return the query that counts events and money by where the cost is from."""
    return f"""SELECT CASE WHEN e.cost_pence IS NULL THEN 'missing'
    ELSE coalesce(u.basis, 'recorded') END AS basis,
  count(*) AS events, CAST(sum(e.cost_pence) AS BIGINT) AS cost_pence
FROM {costed} AS e LEFT JOIN {costed}_filled AS f ON f.event_id = e.event_id
LEFT JOIN {costed}_lines AS u ON u.line = f.line
GROUP BY 1"""


def cost_events(
    events: str | Frame = "events",
    unit_costs: str | Frame | None = None,
    *,
    engine: Engine | None = None,
    table: str = "costed",
) -> Costed:
    """Give every event without a recorded cost the next best figure.

    Parameters
    ----------
    events
        Name of a table that `place` has checked, or a frame, which is checked here.
    unit_costs
        The same of unit costs: `basis` and `central_pence`, and where known `agency`,
        `activity`, `activity_class`, `low_pence`, `high_pence`, `year`, `price_base`
        and `source`. Without a low or a high, the central figure is that end. With
        `None`, costs stay as they are.
    engine
        Holds the tables; with `None`, a DuckDB of its own.
    table
        What to call the events with their costs.

    Returns
    -------
    costed
        Hand `costed.table` on to :func:`journeys.log.encode_log`.

    Raises
    ------
    JourneyError
        If the events break the contract, or a unit cost lacks a figure, has one that
        is not whole pence, is on an unknown rung, has its figures out of order, or
        stands twice for the same.

    Examples
    --------
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> visit = {"customer_id": "a", "time": day, "agency": "GP", "activity": "visit"}
    >>> line = {"basis": "published", "activity": "visit", "central_pence": 3600}
    >>> costed = cost_events(pd.DataFrame([visit]), pd.DataFrame([line]))
    >>> print(costed)
    Cost of 1 events: published for 1.
    >>> costed.engine.arrow("SELECT cost_pence FROM costed").to_pylist()
    [{'cost_pence': 3600}]
    """
    if not isinstance(events, str):
        events = check_frame(events)
    given, engine = table_of(events, engine, f"{table}_events")
    columns = engine.columns(given)
    check_columns(columns)
    if "cost_pence" not in columns:
        engine.keep(
            f"{table}_uncosted",
            f"SELECT *, CAST(NULL AS BIGINT) AS cost_pence FROM {given}",
        )
        given, columns = f"{table}_uncosted", (*columns, "cost_pence")
    engine.register(f"{table}_lines", _lines(unit_costs, engine, table))
    fits = f"{table}_fits"
    classed = "activity_class" in columns
    engine.keep(fits, fits_sql(given, f"{table}_lines", classed=classed))
    engine.keep(f"{table}_filled", filled_sql(given, columns, fits))
    engine.keep(table, costed_sql(given, columns, fits))
    return Costed(engine=engine, table=table, rungs=_rungs(engine, table))


def costs_of(engine: Engine, table: str = "costed") -> Costed | None:
    """Return what :func:`cost_events` left in an engine; `None` if it was not run.

    Examples
    --------
    >>> from place.engine import start_engine
    >>> costs_of(start_engine()) is None
    True
    """
    if not engine.has(f"{table}_filled"):
        return None
    return Costed(engine=engine, table=table, rungs=_rungs(engine, table))


def _rungs(engine: Engine, table: str) -> pd.DataFrame:
    found = engine.arrow(rungs_sql(table)).to_pandas().set_index("basis")
    rungs = found.reindex(RUNGS).astype("Int64")
    rungs["events"] = rungs["events"].fillna(0)
    frame: pd.DataFrame = rungs.rename_axis("basis").reset_index()
    return frame


def _lines(unit_costs: str | Frame | None, engine: Engine, table: str) -> pa.Table:
    """Return checked unit costs, in the order in which they are tried."""
    if unit_costs is None:
        return pa.table({name: pa.array([], kind) for name, kind in TYPES.items()})
    given, _ = table_of(unit_costs, engine, f"{table}_given_lines")
    rows = engine.arrow(f"SELECT * FROM {given}").to_pandas()
    missing = [name for name in ("basis", "central_pence") if name not in rows]
    if missing:
        msg = (
            f"The unit costs lack {missing}; they have {list(rows)}. Give a row its "
            "basis (tariff, published or default) and central_pence."
        )
        raise JourneyError(msg)
    rows = rows.reindex(columns=[name for name in TYPES if name != "line"])
    text = ["basis", *KEYS, *TOLD]
    rows[text] = rows[text].astype("string").replace("", pd.NA)
    faults = [*_wrong_pence(rows), *_wrong_rows(rows)]
    if faults:
        raise JourneyError(*faults)
    rows[list(PENCE)] = rows[list(PENCE)].astype("Int64")
    for end in ("low_pence", "high_pence"):
        rows[end] = rows[end].fillna(rows["central_pence"])
    telling = sum(
        rows[key].notna().astype(int) * 2 ** (2 - at) for at, key in enumerate(KEYS)
    )
    rung = rows["basis"].map({basis: at for at, basis in enumerate(FILLED)})
    order = rows.assign(rung=rung, telling=-telling).sort_values(
        ["rung", "telling", *KEYS], kind="stable"
    )
    order.insert(0, "line", range(len(order)))
    schema = pa.schema(list(TYPES.items()))
    return pa.Table.from_pandas(order[list(TYPES)], schema, preserve_index=False)


def _wrong_pence(rows: pd.DataFrame) -> Iterator[str]:
    numbers = rows[list(PENCE)].apply(pd.to_numeric, errors="coerce").astype("Float64")
    odd = (
        (numbers < 0)
        | (numbers % 1 != 0)
        | (numbers.isna() & rows[list(PENCE)].notna())
    )
    bad = odd.fillna(value=False).any(axis=1) | numbers["central_pence"].isna()
    if bad.any():
        yield (
            f"{int(bad.sum())} of {len(rows)} unit costs have a figure that is missing "
            "or no whole number of pence from nought up. Give pence, and a "
            "central_pence in every row."
        )
        return
    low = numbers["low_pence"].fillna(numbers["central_pence"])
    high = numbers["high_pence"].fillna(numbers["central_pence"])
    crossed = (low > numbers["central_pence"]) | (high < numbers["central_pence"])
    if crossed.any():
        yield (
            f"{int(crossed.sum())} of {len(rows)} unit costs have a low above or a "
            "high below their central figure. Put the three in order."
        )


def _wrong_rows(rows: pd.DataFrame) -> Iterator[str]:
    unknown = sorted(set(rows["basis"].dropna()) - set(FILLED))
    if unknown or rows["basis"].isna().any():
        yield (
            f"Unit costs have a basis that is blank or one of {unknown}. It must be "
            f"{', '.join(FILLED)}; a recorded cost belongs to its event."
        )
    twice = rows.duplicated(["basis", *KEYS])
    if twice.any():
        yield (
            f"{int(twice.sum())} of {len(rows)} unit costs stand for the same basis, "
            "agency, activity and class as one before. Keep one of each."
        )
