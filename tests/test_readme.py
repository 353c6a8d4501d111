"""What README says can be done, can be done."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest  # noqa: TC002 - its fixtures are named in signatures

from insight.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_two_commands_stand_on_the_first_screen() -> None:
    first = "\n".join(README.splitlines()[:25])
    assert "make demo" in first
    assert "make test" in first


def test_the_ten_lines_of_python_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len([line for line in block.splitlines() if line.strip()]) <= 12
    monkeypatch.chdir(ROOT)
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - our own page
    assert "events duplicate another" in capsys.readouterr().out


def test_every_command_named_is_there() -> None:
    named = set(re.findall(r"totalplace ([a-z-]+) ", README)) - {"is"}
    known = {
        command.name or command.callback.__name__
        for command in app.registered_commands
        if command.callback
    } | {group.typer_instance.info.name for group in app.registered_groups}
    assert named <= known


def test_every_folder_of_the_map_is_there() -> None:
    mapped = re.findall(r"^    ([a-z]+)/ +", README, flags=re.MULTILINE)
    assert {"place", "segmentation", "journeys", "insight", "data"} <= set(mapped)
    assert all((ROOT / folder).is_dir() for folder in mapped)


def test_ci_runs_jobs_that_readme_names_and_no_other() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (jobs,) = re.findall(r"for job in (.*); do", script)
    assert all(f"make {job}" in README for job in jobs.split())


def test_the_version_is_in_the_changelog() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {project['project']['version']}" in changes
