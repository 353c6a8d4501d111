"""The example's own audit and unit costs fit its events and the shipped rules."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pytest

from journeys import encode_log, find_duplication
from journeys.cost.audited import read_audit
from journeys.cost.unit_costs import cost_events

if TYPE_CHECKING:
    from collections.abc import Callable

    from place.engine import DuckDBEngine

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - a script's names
    monkeypatch.syspath_prepend(str(DATA / "generator"))
    return import_module("example_audit")


def rows(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / "example" / f"{name}.csv", dtype=str)


@pytest.fixture
def audit(made: Any) -> Callable[..., pd.DataFrame]:  # noqa: ANN401
    events, truth = rows("events"), rows("truth/duplicates")

    def audit(seed: int, times: float = 1.0) -> pd.DataFrame:
        tables = pa.Table.from_pandas(events), pa.Table.from_pandas(truth)
        drawn: pd.DataFrame = made.make_audit(*tables, seed, times=times)
        return drawn

    return audit


def test_the_audit_of_the_example_fits_the_shipped_rules(
    made: Any,  # noqa: ANN401
    audit: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
) -> None:
    events = rows("events").drop_duplicates("event_id")
    for name in ("time", "end_time"):
        moment = pd.to_datetime(events[name], errors="coerce")
        events[name] = moment.dt.tz_localize("UTC")
    events["cost_pounds"] = pd.to_numeric(events["cost_pounds"])
    lines = made.make_unit_costs()
    for end in ("low", "central", "high"):
        pounds = lines.pop(f"{end}_pounds")
        lines[f"{end}_pence"] = (pounds * 100).round().astype(int)
    events = events[events["time"].notna() & events["agency"].notna()]
    costs = cost_events(events, lines, engine=engine, table="example")
    basis = costs.rungs.set_index("basis")["events"]
    assert basis["missing"] == 0
    assert (basis[["recorded", "tariff", "published", "default"]] > 0).all()
    log = encode_log(costs.table, engine=engine, table="example_log")
    read = read_audit(audit(2010), find_duplication(log))
    assert read.moved == 0
    assert read.findings > 100


def test_weights_stand_for_the_whole_place(
    audit: Callable[..., pd.DataFrame],
) -> None:
    one, ten = audit(1), audit(1, times=10)
    planted = rows("truth/duplicates").query("kind == 'planted' and rule == 'D1'")
    drawn = one[(one["rule"] == "D1") & (one["found"] == "found")]
    assert drawn["weight"].sum() == pytest.approx(len(planted), rel=0.01)
    assert ten["weight"].sum() == pytest.approx(10 * one["weight"].sum(), rel=0.01)
    assert not audit(2)["event_id"].equals(one["event_id"])
    assert one["audit_id"].is_unique
