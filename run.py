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
  sync    set up only, with everything the tests need
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
    """Run the tests; further arguments go to pytest."""
    install("test")
    return run("-m", "pytest", *arguments)


def lint() -> int:
    """Check format, style and types."""
    install("test")
    return (
        run("-m", "ruff", "format", "--check", ".")
        or run("-m", "ruff", "check", ".")
        or run("-m", "mypy")
    )


def main(arguments: list[str]) -> int:
    """Do the job named first in `arguments`."""
    if sys.version_info < OLDEST:
        print(f"totalplace needs Python 3.11 or newer; this is {sys.version.split()[0]}")
        return 2
    match arguments:
        case ["demo"]:
            return demo()
        case ["test", *rest]:
            return test(*rest)
        case ["lint"]:
            return lint()
        case ["sync"]:
            return install("test") or 0
        case _:
            print(USAGE)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
