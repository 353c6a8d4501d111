"""Notebooks are plain scripts; each runs from first cell to last, as a notebook."""

from __future__ import annotations

import shutil
from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient

from insight import shipped

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.py"))


def outputs_of(path: Path) -> list[dict[str, str]]:
    """Run a notebook and return what its cells put out, none of it an error."""
    notebook = jupytext.read(path)
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    said = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    assert not [out for out in said if out["output_type"] == "error"]
    return said


def test_there_is_one_notebook_a_user() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "1_analyst",
        "2_designer",
        "3_researcher",
    ]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs_to_its_end(path: Path) -> None:
    assert outputs_of(path)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_the_analyst_has_the_example_place_where_the_real_data_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(shipped(), tmp_path / "alone" / "data")
    monkeypatch.setenv("TOTALPLACE_DATA", str(tmp_path / "alone" / "data"))
    said = "".join(out.get("text", "") for out in outputs_of(NOTEBOOKS[0]))
    assert "Exampleton: 80 areas, SYNTHETIC" in said
    assert "80 of 80 areas get the segment that the maker gave them" in said


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_defines_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "def " not in text
    assert "class " not in text
