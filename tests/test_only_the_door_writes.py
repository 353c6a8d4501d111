"""Figures about people leave by `insight/release` alone: nothing else writes files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("place", "segmentation", "journeys", "insight")
DOOR = "insight/release"

MAY_WRITE = {
    "place/engine.py": "the engine's own scratch folder, gone when it closes",
    "place/checking.py": "checked copies in the private work folder",
    "place/opening.py": "rejected rows with their reasons, file, row and reason",
    "insight/cli.py": "the empty templates of `totalplace init`",
    "insight/templates.py": "the empty templates of `totalplace init`",
    "insight/run.py": "the private work folder of a run, gone when it ends",
    "insight/shipped.py": "the synthetic example place",
}

WRITERS = frozenset(
    [
        "write_text",
        "write_bytes",
        "to_csv",
        "to_parquet",
        "to_excel",
        "to_file",
        "to_json",
        "to_feather",
        "to_pickle",
        "to_hdf",
        "to_stata",
        "to_orc",
        "to_xml",
        "to_html",
        "to_latex",
        "to_markdown",
        "to_geo_json",
        "savefig",
        "mkdir",
        "makedirs",
        "touch",
        "symlink_to",
        "hardlink_to",
        "write_table",
        "write_dataset",
        "write_csv",
        "write_parquet",
        "write_feather",
        "write_json",
        "write_graphml",
        "write_gexf",
        "write_gml",
        "write_pajek",
        "sink_csv",
        "sink_parquet",
        "copyfile",
        "copytree",
        "copy2",
        "copyfileobj",
        "mkdtemp",
        "mkstemp",
        "TemporaryDirectory",
        "NamedTemporaryFile",
        "TemporaryFile",
        "savez",
        "savez_compressed",
        "savetxt",
        "tofile",
        "extractall",
    ]
)
TO_TEXT = frozenset(
    {"to_csv", "to_json", "to_html", "to_latex", "to_markdown", "to_xml"}
)
OWNED = {  # names that are innocent elsewhere, by the module they are called on
    "dump": {"json", "pickle", "joblib", "yaml", "marshal", "cloudpickle"},
    "copy": {"shutil"},
    "move": {"shutil"},
    "save": {"np", "numpy", "wb", "workbook", "image"},
    "open": {"os"},
    "fdopen": {"os"},
}
MODE = re.compile(r"[rwaxbt+]{1,4}")
SQL_WRITE = re.compile(r"\bCOPY\b.+\bTO\b|\bEXPORT\s+DATABASE\b", re.DOTALL)
MODULES = [
    file
    for room in ROOMS
    for file in sorted((ROOT / room).glob("**/*.py"))
    if not file.relative_to(ROOT).as_posix().startswith(f"{DOOR}/")
]


def opens_to_write(call: ast.Call) -> bool:
    """Say whether a call of something named `open` may write."""
    first = 1 if isinstance(call.func, ast.Name) else 0  # a function's path comes first
    said = [
        *call.args[first:],
        *(word.value for word in call.keywords if word.arg == "mode"),
    ]
    modes = [
        each.value
        for each in said
        if isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and MODE.fullmatch(each.value)
    ]
    given = any(word.arg == "mode" for word in call.keywords) and not modes
    return given or any(set(mode) & set("wax+") for mode in modes)


def calls_a_writer(call: ast.Call) -> bool:
    """Say whether a call is of something that writes, by its name and its owner."""
    function = call.func
    owner = function.value if isinstance(function, ast.Attribute) else None
    name = getattr(function, "attr", getattr(function, "id", ""))
    if isinstance(owner, ast.Attribute) and owner.attr == "write":  # Spark's .write.x()
        return True
    if isinstance(owner, ast.Name) and owner.id in OWNED.get(name, ()):
        return True
    if name in {"open", "ZipFile"}:
        return opens_to_write(call)
    goes_nowhere = name in TO_TEXT and not call.args and not call.keywords
    return name in WRITERS and not goes_nowhere


def writes(node: ast.AST) -> bool:
    """Say whether one node of a module's tree may write a file."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and bool(SQL_WRITE.search(node.value))
    return isinstance(node, ast.Call) and calls_a_writer(node)


def prose_of(tree: ast.AST) -> set[ast.AST]:
    """Return the docstrings of a tree, which may speak of writing."""
    return {
        body[0].value
        for node in ast.walk(tree)
        if isinstance(body := getattr(node, "body", None), list)
        and body
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
    }


def lines_that_write(source: str) -> list[int]:
    """Return the line of every write call in `source`."""
    tree = ast.parse(source)
    prose = prose_of(tree)
    return sorted(
        {
            getattr(node, "lineno", 0)
            for node in ast.walk(tree)
            if node not in prose and writes(node)
        }
    )


@pytest.mark.parametrize(
    "module", MODULES, ids=lambda file: file.relative_to(ROOT).as_posix()
)
def test_only_the_door_writes(module: Path) -> None:
    name = module.relative_to(ROOT).as_posix()
    found = lines_that_write(module.read_text(encoding="utf-8"))
    assert not found or name in MAY_WRITE, (
        f"{name} writes at lines {found}. Hand the table to insight.release.release(), "
        "or, where no figure about people is in it, name the file in MAY_WRITE and why."
    )


@pytest.mark.parametrize("module", MODULES, ids=lambda file: file.stem)
def test_only_the_door_makes_a_released_table(module: Path) -> None:
    calls = [
        node.lineno
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Released"
    ]
    assert not calls


@pytest.mark.parametrize(
    "source",
    [
        "open('x', 'w')",
        "open('x', mode='ab')",
        "open('x', mode=m)",
        "path.open('x')",
        "path.open(mode='r+')",
        "path.write_text('x')",
        "frame.to_csv(path)",
        "frame.to_json('x')",
        "frame.to_parquet(path)",
        "shapes.to_file(path)",
        "shutil.copy(a, b)",
        "shutil.copytree(a, b)",
        "os.open('x', 1)",
        "json.dump(x, f)",
        "pq.write_table(t, p)",
        "figure.savefig(p)",
        "folder.mkdir()",
        "rows.write.parquet(p)",
        "rows.write.save(p)",
        "engine.arrow(f\"COPY t TO '{p}'\")",
        "tempfile.mkdtemp()",
        "zipfile.ZipFile(p, 'w')",
    ],
)
def test_a_write_is_seen(source: str) -> None:
    assert lines_that_write(source) == [1]


@pytest.mark.parametrize(
    "source",
    [
        "open('x')",
        "open('x', 'rb')",
        "open('x', encoding='utf-8')",
        "path.open('rb')",
        "engine.open('events', files)",
        "path.read_text()",
        "frame.to_csv()",
        "frame.copy()",
        "json.dumps(x)",
        "'copy to clipboard'",
        "def f():\n    '''COPY rows TO a file.'''",
    ],
)
def test_what_only_reads_is_let_be(source: str) -> None:
    assert lines_that_write(source) == []
