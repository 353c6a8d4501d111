"""`totalplace encode` writes a log that can be opened, and says what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from insight.encode_command import encode
from insight.run import run_place
from journeys.store import open_store
from place import PlaceError, read_place

if TYPE_CHECKING:
    from pathlib import Path

EVENTS = """event_id,customer_id,time,agency,activity
e2,c1,2009-04-02T10:00:00Z,GP,visit
e1,c1,2009-04-01T10:00:00Z,Council,ask
e3,c2,2009-04-01T10:00:00Z,Council,ask
"""
PLACE = """[place]
name = "Anytown"
synthetic = true

{tables}
"""
runner = CliRunner()
app = typer.Typer()
app.command()(encode)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "events.csv").write_text(EVENTS)
    tables = '[tables.events]\nfile = "events.csv"\n'
    (tmp_path / "place.toml").write_text(PLACE.format(tables=tables))
    return tmp_path


def test_a_place_is_encoded_into_a_folder(place: Path) -> None:
    done = runner.invoke(app, [str(place), "--out", str(place / "store")])
    assert done.exit_code == 0, done.output
    assert "3 events of 2 customers" in done.output
    assert "c1" not in done.output
    log = open_store(place / "store")
    assert (log.n_events, log.n_customers) == (3, 2)
    assert log.names["activity"] == ("ask", "visit")


def test_a_place_without_events_is_refused(tmp_path: Path) -> None:
    (tmp_path / "flags.csv").write_text("place,area,colour,count\nA,B,red,1\n")
    tables = '[tables.flags]\nfile = "flags.csv"\n'
    (tmp_path / "place.toml").write_text(PLACE.format(tables=tables))
    done = runner.invoke(app, [str(tmp_path), "--out", str(tmp_path / "store")])
    assert done.exit_code == 1
    assert not (tmp_path / "store").exists()


def test_a_folder_that_holds_something_else_is_left_alone(place: Path) -> None:
    done = runner.invoke(app, [str(place), "--out", str(place)])
    assert done.exit_code == 1
    assert (place / "events.csv").read_text() == EVENTS


def test_a_run_from_the_store_tells_the_same_as_one_from_the_events(
    place: Path,
) -> None:
    rows = "".join(
        f"{n}{kind},c{n},2009-04-{day}T10:00:00Z,{agency},Assess,housing,assess\n"
        for n in range(20)
        for kind, day, agency in (("a", "01", "Council"), ("b", "11", "NHS"))
    )
    columns = "event_id,customer_id,time,agency,activity,need,activity_class\n"
    (place / "events.csv").write_text(columns + rows)
    assert runner.invoke(app, [str(place), "--out", str(place / "kept")]).exit_code == 0
    run_place(read_place(place), place / "from events")
    (place / "place.toml").write_text(
        PLACE.format(tables='[journeys]\nstore = "kept"\n')
    )
    (place / "events.csv").unlink()
    run_place(read_place(place), place / "from store")
    one, other = (
        {file.name: file.read_text() for file in (place / out / "tables").iterdir()}
        for out in ("from events", "from store")
    )
    assert "20" in one["duplication_rules.csv"]
    read = [tables.pop("rows.csv") for tables in (one, other)]
    assert ["events.csv" in each for each in read] == [True, False]
    assert one == other


def test_a_store_that_is_not_there_is_told_before_anything_runs(place: Path) -> None:
    (place / "place.toml").write_text(
        PLACE.format(tables='[journeys]\nstore = "kept"\n')
    )
    with pytest.raises(PlaceError, match=r"store: there is no folder .*kept.*encode"):
        read_place(place)
