"""A result for machines holds what the door let through, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - pytest reads it

import pandas as pd
import pytest

from insight.release import RULES, Door, ReleaseError, Sheet, release
from insight.release.results import write_result


def test_what_the_door_hid_is_null_and_counted(tmp_path: Path) -> None:
    door = Door(tmp_path, RULES["threshold10"], "Anytown", synthetic=True)
    frame = pd.DataFrame(
        {"who": ["A", "B"], "people": [120, 3], "ratio": [float("inf"), float("nan")]}
    )
    sheet = Sheet(name="t", title="T", counts=["people"], public=["ratio"])
    file = write_result(
        door, "evidence", [release(door, frame, sheet)], sentences={"finding": ["é"]}
    )
    text = file.read_text("utf-8")
    result = json.loads(text)
    assert "é" in text
    assert result["sentences"] == {"finding": ["é"]}
    assert result["tables"]["t"]["hidden"] == 1
    assert result["tables"]["t"]["rows"] == [
        {"who": "A", "people": 120, "ratio": None},
        {"who": "B", "people": None, "ratio": None},
    ]
    logged = [
        json.loads(line)
        for line in (tmp_path / "audit.jsonl").read_text("utf-8").splitlines()
    ]
    assert [line["kind"] for line in logged] == ["table", "result"]


def test_a_name_that_is_no_files_is_refused(tmp_path: Path) -> None:
    door = Door(tmp_path, RULES["none"], "Anytown", synthetic=True)
    with pytest.raises(ReleaseError, match="cannot name a file"):
        write_result(door, "../x", [], sentences={})
