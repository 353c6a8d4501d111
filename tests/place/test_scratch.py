"""Folders for people's data at work do not outlive the work."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from place.scratch import make_scratch, scratch

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name == "nt", reason="asks the system about processes")


def test_a_folder_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    with scratch("work", tmp_path) as folder:
        (folder / "people.csv").write_text("x", encoding="utf-8")
        if os.name == "posix":
            assert folder.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_gone_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), scratch("work", tmp_path):
        1 / 0  # noqa: B018 - any error will do
    assert list(tmp_path.iterdir()) == []


@posix
def test_what_a_killed_process_left_is_swept_up(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        check=True,
        capture_output=True,
        text=True,
    )
    left = tmp_path / f"work-pid{int(ended.stdout)}-abc"
    left.mkdir()
    (left / "people.csv").write_text("x", encoding="utf-8")
    mine = make_scratch("work", tmp_path)
    assert list(tmp_path.iterdir()) == [mine]


@posix
def test_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    running = tmp_path / f"work-pid{os.getppid()}-abc"
    names = ("work-x-y", "works-pid1-abc", "work-2009-results", "work-pid9-My data")
    strange = [running, *(tmp_path / name for name in names)]
    for folder in strange:
        folder.mkdir()
    with scratch("work", tmp_path):
        assert all(folder.is_dir() for folder in strange)
