"""Run the rules of duplication that make sense on drawn maps.

Maps become a log in which each map is a customer and each step stands a day after the
one before: an order, not a time. So windows and shelf lives do not bite, waits mean
nothing, nothing has a cost, and a count of ten maps is no rate. Rules that ask only
what came before what can be run: D1, D3, D5 and D6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from journeys.duplication.all_rules import ALL_RULES
from journeys.duplication.rules import Rules, read_rules
from journeys.log import encode_log

if TYPE_CHECKING:
    from journeys.log import Log
    from journeys.maps.steps import DrawnMaps
    from place.engine import Engine

__all__ = ["FoundOnMaps", "events_of_maps", "find_on_maps", "log_of_maps"]

ON_MAPS: Final = ("D1", "D3", "D5", "D6")
FIRST_DAY: Final = pd.Timestamp("2000-01-01", tz="UTC")
AS_TOLD: Final = (
    "agency",
    "activity_class",
    "need",
    "channel",
    "outcome",
    "data_items",
)


@dataclass(frozen=True, kw_only=True)
class FoundOnMaps:
    """What the rules found on drawn maps: counts, no rates, no money.

    Attributes
    ----------
    findings
        One row a finding: `rule`, `title`, `map_id`, `step_id`, `stage`, `step`,
        `agency`, `first_agency` (missing where a rule names none), `kind`, and
        `evidence`: the earlier steps, separated by ";", the nearest first.
    counts
        One row a rule that was run: `rule`, `title`, `findings`, and `maps` with one.
    n_maps, n_steps
        What was looked at.
    unclassed
        Steps without a class of activity, which no rule can see.
    """

    findings: pd.DataFrame
    counts: pd.DataFrame
    n_maps: int
    n_steps: int
    unclassed: int

    @property
    def n_repeating(self) -> int:
        """How many steps some rule found, each once."""
        return len(self.findings[["map_id", "step_id"]].drop_duplicates())

    def __str__(self) -> str:
        """Say what was found, in how many maps, and what it does not mean."""
        found = [
            f"{row['title']} at {row['findings']} steps ({row['maps']} maps)"
            for row in self.counts.to_dict("records")
            if row["findings"]
        ]
        told = "; ".join(found) or "none of the duplication looked for"
        unseen = (
            f" {self.unclassed} of {self.n_steps:,} steps have no class of activity, "
            "and no rule can see them."
            if self.unclassed
            else ""
        )
        return (
            f"In {self.n_maps} maps people tell of {told}. These are counts: windows "
            f"do not apply to told steps, and no rate or cost follows.{unseen}"
        )


def events_of_maps(maps: DrawnMaps) -> pd.DataFrame:
    """Return steps as a frame of events: a map is a customer, a step is a day.

    Returns
    -------
    events
        For :func:`journeys.log.encode_log`. `event_id` is the row of the step; a step
        with a link of the kind referral to another agency is referred there (to the
        first, by the order of the steps, if there are several).
    """
    steps = maps.steps
    days = pd.to_timedelta(steps["position"], unit="D").astype("timedelta64[us]")
    width = len(str(len(steps)))
    return pd.DataFrame(
        {
            "event_id": [str(row).zfill(width) for row in range(len(steps))],
            "customer_id": steps["map_id"],
            "time": FIRST_DAY.as_unit("us") + days,
            "activity": steps["name"],
            "referred_to": _referred(maps),
            **{name: steps[name] for name in AS_TOLD},
        }
    )


def _referred(maps: DrawnMaps) -> pd.Series:
    """Return the agency that each step refers to, or missing."""
    step = ["map_id", "step_id"]
    places = maps.steps[[*step, "agency", "position"]]
    sent = maps.links[maps.links["kind"] == "referral"]
    sent = sent.merge(places, left_on=["map_id", "source"], right_on=step)
    sent = sent.merge(
        places, left_on=["map_id", "target"], right_on=step, suffixes=("", "_to")
    )
    sent = sent[sent["agency"] != sent["agency_to"]].sort_values("position_to")
    first = sent.drop_duplicates(["map_id", "source"]).set_index(["map_id", "source"])
    at = pd.MultiIndex.from_frame(maps.steps[step])
    return pd.Series(first["agency_to"].reindex(at).to_numpy(), dtype="str")


def log_of_maps(
    maps: DrawnMaps, *, engine: Engine | None = None, table: str = "drawn"
) -> Log:
    """Encode maps as a log, so that whatever works on a log works on them.

    Parameters
    ----------
    maps
        Drawn maps.
    engine
        Holds the log; with `None`, a DuckDB of its own.
    table
        What to call it there.

    Notes
    -----
    Times only keep the order of the steps: one step, one day.

    Examples
    --------
    >>> from journeys.maps.steps import maps_of
    >>> told = {"map_id": "1", "stage": "s", "step": "t", "actor": "a", "agency": "GP"}
    >>> print(log_of_maps(maps_of(pd.DataFrame([told]))))
    1 events of 1 customers; 1 activities have no class.
    """
    return encode_log(events_of_maps(maps), engine=engine, table=table)


def find_on_maps(
    maps: DrawnMaps, rules: Rules | None = None, *, engine: Engine | None = None
) -> FoundOnMaps:
    """Run rules D1, D3, D5 and D6 on drawn maps.

    Parameters
    ----------
    maps
        Drawn maps; steps need an `activity_class`, and `need`, `data_items` or
        `outcome` where a rule asks for them.
    rules
        With `None`, those that come with the toolkit. A rule that they leave out is
        not run.
    engine
        To run on; with `None`, a DuckDB of its own.

    Raises
    ------
    JourneyError
        If the rules cannot be read.

    Examples
    --------
    >>> from journeys.maps.steps import maps_of
    >>> told = {"map_id": "1", "stage": "s", "actor": "a", "need": "home"}
    >>> told |= {"activity_class": "assess", "activity": "assessment"}
    >>> steps = [{"step": "asked", "agency": "GP"}, {"step": "again", "agency": "X"}]
    >>> found = find_on_maps(maps_of(pd.DataFrame([told | step for step in steps])))
    >>> found.findings[["rule", "step", "agency", "first_agency"]]
      rule   step agency first_agency
    0   D1  again      X           GP
    """
    rules = read_rules() if rules is None else rules
    log = log_of_maps(maps, engine=engine)
    parts, counts = [], []
    for rule in ALL_RULES:
        options = rules.of(rule.section)
        if rule.name not in ON_MAPS or options is None:
            continue
        part = _findings(maps, log, rule.keep(log, options))
        part.insert(0, "rule", rule.name)
        part.insert(1, "title", rule.title)
        parts.append(part)
        own = (rule.name, rule.title, len(part), part["map_id"].nunique())
        counts.append(own)
    columns = ["rule", "title", "findings", "maps"]
    empty = maps.steps.head(0)
    return FoundOnMaps(
        findings=pd.concat(parts, ignore_index=True) if parts else empty,
        counts=pd.DataFrame(counts, columns=columns),
        n_maps=maps.n_maps,
        n_steps=len(maps.steps),
        unclassed=int(maps.steps["activity_class"].isna().sum()),
    )


def _findings(maps: DrawnMaps, log: Log, table: str) -> pd.DataFrame:
    """Return what one rule kept, in the words of the maps."""
    sql = f"SELECT event, evidence, first_agency, kind FROM {table} ORDER BY event"
    found = log.decoded(log.engine.arrow(sql), {"first_agency": "agency"})
    # Events are numbered by customer and time: here, by map and position.
    row_of = maps.steps.sort_values(["map_id", "position"]).index.tolist()
    steps, names = maps.steps, maps.steps["step_id"].tolist()
    at = [row_of[event] for event in found["event"]]
    own = steps.loc[at, ["map_id", "step_id", "stage", "step", "agency"]]
    earlier = [
        ";".join(
            names[row_of[int(event)]] for event in str(evidence).split(";") if event
        )
        for evidence in found["evidence"]
    ]
    own = own.reset_index(drop=True).assign(evidence=pd.Series(earlier, dtype="str"))
    return own.join(found[["first_agency", "kind"]])
