"""Set up totalplace and do one job: `python run.py demo` or `python run.py test`.

Needs only Python and its standard library, on Linux, macOS and Windows. It makes
a virtual environment in `.venv`, installs what `pyproject.toml` asks for at the
versions in `constraints.txt` (with uv when it can be had, with pip when not), and
remembers what it installed, so that a second run installs nothing.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
CONSTRAINTS = ROOT / "constraints.txt"
OLDEST = (3, 11)

USAGE = """usage: python run.py JOB

  demo    set up, build the synthetic example place, run it: out/report.html
  test    set up, then run every test and doctest
  lint    set up, then Ruff and mypy
  wheel   set up, then build the wheel and run it in a clean environment
  sync    set up only, with everything that the tests need
"""


def wanted(extra: str) -> str:
    """Return a stamp of all that decides what is installed for `extra`."""
    seen = hashlib.sha256(f"{sys.version}{ROOT}{extra}".encode())
    for file in (ROOT / "pyproject.toml", CONSTRAINTS):
        seen.update(file.read_bytes())
    return seen.hexdigest()


def install(extra: str) -> None:
    """Install this checkout with `extra` into the environment, unless it is there."""
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    stamp = VENV / f"installed-{extra or 'core'}.txt"
    if stamp.exists() and stamp.read_text() == wanted(extra) and PYTHON.exists():
        return
    if not PYTHON.exists():
        print("Making a virtual environment in .venv", flush=True)
        venv.create(VENV, with_pip=True, clear=True)
    print("Installing (the first time takes from seconds to minutes)", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-q"]
    uv = [str(PYTHON), "-m", "uv", "pip", "install", "-q", "--python", str(PYTHON)]
    wants = ["-c", str(CONSTRAINTS), "-e", target]
    has_uv = subprocess.run([*pip, "uv"], check=False).returncode == 0
    if not has_uv or subprocess.run([*uv, *wants], check=False).returncode != 0:
        print("uv cannot be had here; installing with pip instead", flush=True)
        subprocess.run([*pip, *wants], check=True)
    stamp.write_text(wanted(extra))


def run(*command: str) -> int:
    """Run `command` with the environment's Python and return its exit code."""
    return subprocess.run([str(PYTHON), *command], cwd=ROOT, check=False).returncode


def demo() -> int:
    """Build the example place and run it."""
    install("")
    example = str(ROOT / "out" / "example")
    return run(
        "-m", "insight", "example", example, "--customers", "10000", "--replace"
    ) or run("-m", "insight", "run", f"{example}/place.toml", "--out", "out")


def test(*arguments: str) -> int:
    """Run the tests on two cores; given arguments, such as --cov, go by these."""
    install("test")
    whole = ("-n", "2", "--dist", "loadfile")
    return run("-m", "pytest", *(arguments or whole))


def lint() -> int:
    """Check format, style and types."""
    install("test")
    return (
        run("-m", "ruff", "format", "--check", ".")
        or run("-m", "ruff", "check", ".")
        or run("-m", "mypy")
    )


def wheel() -> int:
    """Build the wheel, install it where nothing else is, and run the example."""
    install("test")
    with tempfile.TemporaryDirectory() as scratch:
        clean = Path(scratch) / "clean"
        venv.create(clean, with_pip=True)
        python = str(clean / PYTHON.relative_to(VENV))
        dist = Path(scratch) / "dist"
        built = run("-m", "hatchling", "build", "-t", "wheel", "-d", str(dist))
        if built:
            return built
        wants = ["-c", str(CONSTRAINTS), *(str(file) for file in dist.glob("*.whl"))]
        uv = [str(PYTHON), "-m", "uv", "pip", "install", "-q", "--python", python]
        if subprocess.run([*uv, *wants], check=False).returncode != 0:
            pip = [python, "-m", "pip", "install", "-q", *wants]
            subprocess.run(pip, check=True)
        for job in (
            ("example", "town"),
            ("check", "town/place.toml"),
            ("run", "town/place.toml", "--out", "out"),
        ):
            command = [python, "-P", "-m", "insight", *job]
            failed = subprocess.run(command, cwd=scratch, check=False).returncode
            if failed:
                return failed
        return 0 if (Path(scratch) / "out" / "report.html").stat().st_size else 1


def sync() -> int:
    """Set up everything that the tests need, and stop there."""
    install("test")
    return 0


JOBS = {"demo": demo, "lint": lint, "wheel": wheel, "sync": sync}


def main(arguments: list[str]) -> int:
    """Do the job named first in `arguments`."""
    if sys.version_info < OLDEST:
        print(
            f"totalplace needs Python 3.11 or newer; this is {sys.version.split()[0]}"
        )
        return 2
    match arguments:
        case ["test", *chosen]:
            return test(*chosen)
        case [name] if name in JOBS:
            return JOBS[name]()
    print(USAGE)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
