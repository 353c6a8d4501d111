"""What is built is what is here: the wheel carries the rooms and all of data/."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def shipped_by(folder: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def in_wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(  # noqa: S603 - our own build, with our own arguments
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = target.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.parametrize("room", ["place", "segmentation", "journeys", "insight"])
def test_the_wheel_holds_every_file_of_each_room(room: str, in_wheel: set[str]) -> None:
    assert shipped_by(room) <= in_wheel


def test_the_wheel_holds_all_of_data_and_nothing_else_of_the_checkout(
    in_wheel: set[str],
) -> None:
    data = {f"insight/_{name}" for name in shipped_by("data")}
    assert {name for name in in_wheel if name.startswith("insight/_data/")} == data
    tops = {name.split("/")[0] for name in in_wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "place",
        "segmentation",
        "journeys",
        "insight",
    }


def test_every_room_says_it_is_typed(in_wheel: set[str]) -> None:
    rooms = ("place", "segmentation", "journeys", "insight")
    assert {f"{room}/py.typed" for room in rooms} <= in_wheel


def test_constraints_name_no_host_and_pin_every_direct_dependency() -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in pins
    assert "@" not in pins
    pinned = {line.split("==")[0].lower() for line in pins.splitlines()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(one for extra in extras for one in extra)]
    names = {re.split(r"[<>=\[; ]", one)[0].lower() for one in asked}
    assert names - {"totalplace"} <= pinned
