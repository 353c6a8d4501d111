"""`totalplace encode` writes a log that can be opened, and says what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from insight.encode_command import encode
from journeys.store import open_store

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
