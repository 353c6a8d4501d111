"""Notebooks are plain scripts; each runs from first cell to last, as a notebook."""

from __future__ import annotations

from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.py"))


def test_there_is_one_notebook_a_user() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "1_analyst",
        "2_designer",
        "3_researcher",
    ]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs_to_its_end(path: Path) -> None:
    notebook = jupytext.read(path)
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    said = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    assert said
    assert not [out for out in said if out["output_type"] == "error"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_defines_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "def " not in text
    assert "class " not in text
