"""A campaign is evaluated from the list that a run wrote and the results that came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from insight.cli import app

if TYPE_CHECKING:
    from pathlib import Path

runner = CliRunner()
REACHED, HELD = "To reach", "Held out, to compare with"


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    table = pd.DataFrame({"area_code": [f"E{n:02}" for n in range(16)], "stratum": "1"})
    table["class"] = [REACHED, HELD] * 8
    file = tmp_path / "targets.csv"
    table.to_csv(file, index=False, encoding="utf-8-sig")
    return file


def results(listed: Path, count: list[int], base: int = 100) -> Path:
    table = pd.DataFrame({"area_code": pd.read_csv(listed)["area_code"]})
    file = listed.with_name("results.csv")
    table.assign(count=count, base=base).to_csv(file, index=False)
    return file


def test_what_changed_is_said_with_its_interval(listed: Path, tmp_path: Path) -> None:
    counts = [30 + n % 3 if n % 2 == 0 else 20 + n % 3 for n in range(16)]
    file = results(listed, counts)
    done = runner.invoke(
        app, ["evaluate", str(listed), str(file), "--out", str(tmp_path / "out")]
    )
    assert done.exit_code == 0, done.output
    sides = {
        where: [counts[n] for n in range(16) if n % 2 == at]
        for at, where in enumerate("th")
    }
    gap = sum(sides["t"]) / 8 - sum(sides["h"]) / 8
    assert f"the difference is {gap:+.1f} percentage points" in done.output
    released = pd.read_csv(tmp_path / "out" / "tables" / "campaign_effect.csv")
    assert released["areas"].tolist() == [8, 8]


def test_the_sentence_tells_the_counts_that_were_released(
    listed: Path, tmp_path: Path
) -> None:
    file = results(listed, [30 + n % 5 for n in range(16)], base=101)  # 808 a side
    done = runner.invoke(
        app, ["evaluate", str(listed), str(file), "--out", str(tmp_path / "out")]
    )
    said = " ".join(done.output.split())
    assert "of 810 in 8 treated areas" in said
    assert "808" not in said


def test_few_people_are_not_told(listed: Path, tmp_path: Path) -> None:
    file = results(listed, [1, 0] * 8, base=2)
    done = runner.invoke(
        app, ["evaluate", str(listed), str(file), "--out", str(tmp_path / "out")]
    )
    assert done.exit_code == 0, done.output
    quiet = runner.invoke(
        app,
        [
            "evaluate",
            str(listed),
            str(results(listed, [1] + [0] * 15)),
            "--out",
            str(tmp_path / "out"),
        ],
    )
    assert "Too few people" in quiet.output
    assert "percentage points" not in quiet.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("area_code,class\nE1,To reach\n", "lacks \\['stratum'\\]"),
        ("area_code,stratum,class\nE1,1,Reached\n", "should not have: \\['Reached'\\]"),
        ("", "cannot be read as a target list"),
    ],
)
def test_another_file_is_no_target_list(
    listed: Path, tmp_path: Path, text: str, said: str
) -> None:
    other = tmp_path / "other.csv"
    other.write_text(text, encoding="utf-8")
    done = runner.invoke(app, ["evaluate", str(other), str(results(listed, [1] * 16))])
    assert done.exit_code == 1
    assert pd.Series([" ".join(done.output.split())]).str.contains(said).all()
