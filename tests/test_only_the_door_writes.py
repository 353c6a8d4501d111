"""Figures about people leave by `insight/release` alone: nothing else writes files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("place", "segmentation", "journeys", "insight")
DOOR = "insight/release"

# Where a write may stand outside the door, by file and function, and why. An entry
# that nothing needs fails a test, so that the list only says what is so.
MAY_WRITE = {
    ("place/scratch.py", "make_scratch"): "private folders, gone when their work is",
    ("place/checking.py", "_scratch"): "a database in the private work folder",
    ("place/checking.py", "check_table"): "checked copies in the private work folder",
    ("place/opening.py", "write_rejected"): "file, row and reason of rejected rows",
    ("insight/templates.py", "write_templates"): "what `totalplace init` lays down",
    ("insight/shipped.py", "build_example"): "the synthetic example place",
    ("insight/shipped.py", "_copy"): "the synthetic example place",
    ("insight/shipped.py", "_swap"): "the synthetic example place",
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
        "to_sql",
        "to_gbq",
        "to_clipboard",
        "FileIO",
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
    "open": {"os", "shelve", "dbm"},
    "fdopen": {"os"},
    "write": {"os"},
    "rename": {"os", "Path"},
    "renames": {"os"},
    "replace": {"os", "Path"},
    "link": {"os"},
    "symlink": {"os"},
}
PAPER = "insight.release.paper"  # what gets to disk: for the door alone
INNERMOST = {"put", "append_line"}
MODE = re.compile(r"[rwaxbt+]{1,4}")
SQL_WRITE = re.compile(
    r"\bCOPY\b.+\bTO\b|^\s*COPY\s|\bEXPORT\s+DATABASE\b"
    r"|(?i:\bcopy\b.+\bto\s*['{?$]|\bexport\s+database\b|\battach\s+['{])",
    re.DOTALL,
)
MODULES = [
    file
    for room in ROOMS
    for file in sorted((ROOT / room).glob("**/*.py"))
    if not file.relative_to(ROOT).as_posix().startswith(f"{DOOR}/")
]


class Reader(ast.NodeVisitor):
    """Note every place of a module that may write, with the function around it."""

    def __init__(self, tree: ast.Module) -> None:
        self.found: list[tuple[int, str]] = []
        self.inside = "the module"
        self.spoken = prose_of(tree)  # or read already, as a part of a longer text
        self.called = {n.func for n in ast.walk(tree) if isinstance(n, ast.Call)}
        self.names = imported_as(tree)
        self.paths: set[str] = set()
        self.visit(tree)

    def note(self, node: ast.AST, *, when: bool) -> None:
        if when:
            self.found.append((getattr(node, "lineno", 0), self.inside))

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        outside, self.inside = self.inside, node.name
        before, self.paths = self.paths, self.paths | paths_in(node)
        self.generic_visit(node)
        self.inside, self.paths = outside, before

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the name ast asks for

    def visit_Import(self, node: ast.Import) -> None:
        self.note(node, when=any(each.name == PAPER for each in node.names))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        named = {f"{node.module}.{each.name}" for each in node.names}
        inner = (node.module or "").startswith("insight.release") and {
            each.name for each in node.names
        } & INNERMOST
        self.note(node, when=bool(inner) or node.module == PAPER or PAPER in named)

    def visit_Constant(self, node: ast.Constant) -> None:
        text = node.value if isinstance(node.value, str) else ""
        self.note(node, when=node not in self.spoken and bool(SQL_WRITE.search(text)))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self.whole(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self.whole(node)

    def whole(self, node: ast.JoinedStr | ast.BinOp) -> None:
        """Read a text that stands in several pieces as one."""
        if node not in self.spoken and SQL_WRITE.search(text_of(node)):
            self.note(node, when=True)
            self.spoken |= set(ast.walk(node))
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.bare(node, node.attr, owner_of(node, self.names))
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        owner, _, name = self.names.get(node.id, node.id).rpartition(".")
        self.bare(node, name, {owner} if owner else set())

    def bare(self, node: ast.expr, name: str, owner: set[str]) -> None:
        """Note a writer that is not called here but may be under another name."""
        is_open = name == "open" and isinstance(node, ast.Name)
        is_writer = name in WRITERS or is_open or owner & OWNED.get(name, set())
        loaded = isinstance(getattr(node, "ctx", None), ast.Load)
        self.note(node, when=bool(is_writer) and loaded and node not in self.called)

    def visit_Call(self, node: ast.Call) -> None:
        self.note(node, when=calls_a_writer(node, self.names, self.paths))
        self.generic_visit(node)


def imported_as(tree: ast.Module) -> dict[str, str]:
    """Return what each imported name stands for, from the top: c is shutil.copy."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {each.asname or each.name: each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {
                each.asname or each.name: f"{node.module}.{each.name}"
                for each in node.names
            }
    return names


def owner_of(node: ast.expr, names: dict[str, str]) -> set[str]:
    """Return the names that what an attribute is taken of goes by."""
    owner = node.value if isinstance(node, ast.Attribute) else None
    if isinstance(owner, ast.Name):
        return {owner.id, names.get(owner.id, owner.id).rpartition(".")[2]}
    return {owner.attr} if isinstance(owner, ast.Attribute) else set()


def paths_in(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return the names in a function that are said or seen to be paths."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    known = {
        each.arg
        for each in every
        if each.annotation and re.search(r"\bPath\b", ast.unparse(each.annotation))
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and makes_a_path(node.value):
            known |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    return known


def makes_a_path(node: ast.expr) -> bool:
    """Say whether an expression is a path by its look: Path(x), a / "b"."""
    if isinstance(node, ast.BinOp):
        ends = (node.left, node.right)
        named = any(isinstance(e, ast.JoinedStr) or text_of(e) != "{}" for e in ends)
        return isinstance(node.op, ast.Div) and (named or makes_a_path(node.left))
    function = node.func if isinstance(node, ast.Call) else None
    named_so = getattr(function, "attr", getattr(function, "id", ""))
    return named_so in {"Path", "with_name", "with_suffix", "with_stem", "resolve"}


def text_of(node: ast.expr) -> str:
    """Return a text as far as it can be read, {} for what cannot."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(map(text_of, node.values))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return text_of(node.left) + text_of(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return text_of(node.left)
    return "{}"


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


def moves_a_path(call: ast.Call, paths: set[str]) -> bool:
    """Say whether a call is of a path's own `rename` or `replace`."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if len(call.args) != 1 or call.keywords or owner is None:
        return False
    return makes_a_path(owner) or (isinstance(owner, ast.Name) and owner.id in paths)


def calls_a_writer(call: ast.Call, names: dict[str, str], paths: set[str]) -> bool:
    """Say whether a call is of something that writes, by its name and its owner."""
    function = call.func
    owner = function.value if isinstance(function, ast.Attribute) else None
    name, owners = getattr(function, "attr", ""), owner_of(function, names)
    if isinstance(function, ast.Name):
        whole, _, name = names.get(function.id, function.id).rpartition(".")
        owners = {whole.rpartition(".")[2]}
    of_spark = isinstance(owner, ast.Attribute) and owner.attr == "write"  # .write.x()
    if of_spark or owners & OWNED.get(name, set()):
        return True
    match name:
        case "open" | "ZipFile":
            return opens_to_write(call)
        case "connect":  # to a database in a file
            return bool(owners & {"duckdb", "sqlite3"}) and bool(call.args)
        case "rename" | "replace":
            return moves_a_path(call, paths)
        case "getattr":
            return text_of(call.args[1]) in WRITERS
    goes_nowhere = name in TO_TEXT and not call.args and not call.keywords
    return name in WRITERS and not goes_nowhere


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


def places_that_write(source: str) -> list[tuple[int, str]]:
    """Return line and function of all in `source` that may write."""
    return sorted(set(Reader(ast.parse(source)).found))


def written_by(module: Path) -> list[tuple[int, str]]:
    return places_that_write(module.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "module", MODULES, ids=lambda file: file.relative_to(ROOT).as_posix()
)
def test_only_the_door_writes(module: Path) -> None:
    name = module.relative_to(ROOT).as_posix()
    found = [
        f"line {line}, in {function}"
        for line, function in written_by(module)
        if (name, function) not in MAY_WRITE
    ]
    assert not found, (
        f"{name} writes: {found}. Hand the table to insight.release.release(), or, "
        "where no figure about people is in it, name the function in MAY_WRITE and why."
    )


def test_every_exemption_is_needed() -> None:
    seen = {
        (module.relative_to(ROOT).as_posix(), function)
        for module in MODULES
        for _, function in written_by(module)
    }
    assert MAY_WRITE.keys() - seen == set()


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
        'engine.arrow(f"COPY (SELECT {a}) " f"TO {literal(p)} (FORMAT parquet)")',
        "run('COPY (SELECT 1) ' + 'TO ' + place)",
        "run('COPY (SELECT 1) TO %s' % place)",
        "run('copy t to ?', [place])",
        "run(' '.join(['COPY t', 'TO', place]))",
        "run(f\"ATTACH '{place}' AS other\")",
        "duckdb.connect('x.duckdb')",
        "sqlite3.connect(file)",
        "from insight.release.paper import put",
        "from insight.release.paper import append_line as log",
        "from insight.release import paper",
        "import insight.release.paper",
        "import insight.release.paper as p",
        "shutil.move(a, b)",
        "os.replace(a, b)",
        "os.rename(a, b)",
        "os.renames(a, b)",
        "Path.rename(a, b)",
        "Path('a').rename(b)",
        "(folder / 'a').replace(b)",
        "def f(a: Path): a.rename('b')",
        "def f(a: Path | None): a.replace('b')",
        "def f(): a = b / 'c'; a.replace(d)",
        "frame.to_sql('t', connection)",
        "os.write(1, b'x')",
        "io.FileIO('x', 'w')",
        "io.open('x', 'w')",
        "gzip.open('x', 'wb')",
        "from shutil import copy as c; c(a, b)",
        "import shutil as s; s.copy(a, b)",
        "import os as o; o.rename(a, b)",
        "from os import rename; rename(a, b)",
        "from io import FileIO as F; F('x')",
        "save = path.write_text",
        "w = open",
        "map(path.write_bytes, parts)",
        "partial(frame.to_csv, path)",
        "c = shutil.copy",
        "getattr(path, 'write_text')('x')",
    ],
)
def test_a_write_is_seen(source: str) -> None:
    assert {line for line, _ in places_that_write(source)} == {1}


def test_a_write_is_laid_at_the_door_of_its_function() -> None:
    source = "def f():\n    def g():\n        a.mkdir()\n    b.mkdir()\nc.mkdir()"
    assert places_that_write(source) == [(3, "g"), (4, "f"), (5, "the module")]


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
        "'Copy them from the shipped rules, or start again from a copy'",
        "text.replace('a', 'b')",
        "dataclasses.replace(one, a=1)",
        "replace(one, a=1)",
        "frame.rename(columns=str)",
        "series.rename('x')",
        "def f(share: float): x = 1 / share; x.rename('x')",
        "duckdb.connect()",
        "duckdb.connect(config={})",
        "from insight.release import release",
        "sys.stdout.write('x')",
        "getattr(path, 'name')",
    ],
)
def test_what_only_reads_is_let_be(source: str) -> None:
    assert places_that_write(source) == []
