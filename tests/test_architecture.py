"""The folders say how the toolkit fits together; this keeps them true."""

from __future__ import annotations

import ast
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "place": set(),
    "segmentation": {"place"},
    "journeys": {"place"},
    "insight": {"place", "segmentation", "journeys"},
}
VAGUE = {"utils", "common", "core", "helpers", "base", "misc", "tools"}
MODULES = [path for name in MAY_IMPORT for path in sorted((ROOT / name).rglob("*.py"))]
BESIDE = [
    path
    for folder in ("benchmarks", "data")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports_of(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_rooms_depend_only_downwards(module: Path) -> None:
    owner = module.relative_to(ROOT).parts[0]
    tops = {name.split(".")[0] for name in imports_of(module)}
    assert tops & MAY_IMPORT.keys() - {owner} <= MAY_IMPORT[owner]


@pytest.mark.parametrize("module", [*MODULES, *BESIDE], ids=name_of)
def test_modules_fit_on_a_few_screens(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_modules_are_named_for_an_idea(module: Path) -> None:
    assert module.stem not in VAGUE


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = nx.DiGraph()
    dotted = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(
            ".__init__"
        ): path
        for path in MODULES
    }
    for name, path in dotted.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:  # module level only: what runs at import
            if isinstance(node, ast.ImportFrom) and node.module in dotted:
                graph.add_edge(name, node.module)
    assert list(nx.simple_cycles(graph)) == []


@pytest.mark.parametrize(
    "window", [path for path in MODULES if path.name == "__init__.py"], ids=name_of
)
def test_a_shop_window_holds_imports_and_nothing_else(window: Path) -> None:
    for node in ast.parse(window.read_text(encoding="utf-8")).body:
        is_words = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_all = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {
            "__all__",
            "__version__",
        }
        assert is_words or is_all or isinstance(node, ast.ImportFrom)


def test_pm4py_is_a_peer_and_never_a_part() -> None:
    assert not any("pm4py" in imports_of(module) for module in MODULES)
