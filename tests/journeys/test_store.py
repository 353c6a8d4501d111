"""A store gives the log back as it was, or says why it cannot."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.release import ReleaseError
from insight.release.stores import write_store
from journeys import JourneyError, directly_follows, encode_log, find_duplication
from journeys.following import follow
from journeys.store import open_store
from place.scratch import scratch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from journeys import Log
    from place.engine import DuckDBEngine

TABLES = ("", "_customers", "_partners", "_items")


@pytest.fixture
def store(log_of: Callable[..., Log], tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    days = [("x", "A", "assess", 0), ("x", "B", "assess", 1), ("y", "A", "request", 0)]
    write_store(folder, log_of(*days))
    return folder


@settings(max_examples=5)
@given(data=st.data())
def test_a_stored_log_is_the_log(
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
) -> None:
    log = encode_log(events_of(data.draw(random_events)), engine=engine)
    with scratch() as folder:
        write_store(folder / "store", log)
        opened = open_store(folder / "store", engine, table="stored")
        for beside in TABLES:
            texts = [
                f"SELECT * FROM {t}{beside} ORDER BY ALL" for t in ("log", "stored")
            ]
            assert engine.arrow(texts[0]).equals(engine.arrow(texts[1]))
        assert (opened.names, opened.unmapped) == (log.names, log.unmapped)
        assert str(opened) == str(log)
        assert directly_follows(opened).equals(directly_follows(log))
        if log.n_events:
            flows = [follow(one, customers=True) for one in (opened, log)]
            assert flows[0].moves.equals(flows[1].moves)
            assert flows[0].variants.equals(flows[1].variants)
        assert str(find_duplication(opened)) == str(find_duplication(log))


def test_a_store_is_for_its_owner_alone_and_says_so(store: Path) -> None:
    assert stat.S_IMODE(store.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in store.iterdir()} == {0o600}
    assert "inside the partnership" in (store / "README.txt").read_text()
    assert "x" not in json.loads((store / "manifest.json").read_text())["names"]


def test_a_store_is_replaced_whole(store: Path, log_of: Callable[..., Log]) -> None:
    write_store(store, log_of(("z", "C", "request", 0)))
    assert open_store(store).n_events == 1
    assert [each.name for each in store.parent.iterdir()] == ["store"]


def test_what_is_no_store_is_left_alone(
    tmp_path: Path, log_of: Callable[..., Log]
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ReleaseError, match="holds something else"):
        write_store(tmp_path, log_of(("x", "A", "request", 0)))
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]


def test_a_store_is_not_written_over_itself(store: Path) -> None:
    with pytest.raises(ReleaseError, match="is where this log is read from"):
        write_store(store, open_store(store))


def test_a_folder_without_a_manifest_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(JourneyError, match="holds no encoded log"):
        open_store(tmp_path)


def test_a_file_cut_short_is_told(store: Path) -> None:
    file = store / "events-00.parquet"
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(JourneyError, match=r"events-00\.parquet is cut short, or was"):
        open_store(store)


def test_an_altered_byte_is_told(store: Path) -> None:
    file = store / "customers.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(JourneyError, match="its checksum is not the one"):
        open_store(store)


def test_a_missing_file_is_told(store: Path) -> None:
    (store / "items.parquet").unlink()
    with pytest.raises(JourneyError, match=r"lacks items\.parquet"):
        open_store(store)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"version": 99}, "version 99; this totalplace reads .* version 1"),
        ({"format": "something"}, "is of format 'something'"),
        ({"events": "many"}, "not a manifest that this version can read"),
        ({"further": 1}, "not a manifest that this version can read"),
    ],
)
def test_another_version_is_told(
    store: Path, change: dict[str, Any], match: str
) -> None:
    file = store / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(JourneyError, match=match):
        open_store(store)


def test_a_file_name_cannot_lead_out_of_the_store(store: Path) -> None:
    file = store / "manifest.json"
    manifest = json.loads(file.read_text())
    manifest["files"]["../events-99.parquet"] = manifest["files"]["events-00.parquet"]
    file.write_text(json.dumps(manifest))
    with pytest.raises(JourneyError, match="not a manifest"):
        open_store(store)
