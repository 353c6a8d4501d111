"""Time a contender as a whole process: CPU seconds, wall seconds, peak memory.

A contender is a script that prints one JSON object of results on its last line.
A peer runs in a virtual environment made for it under `build/peers`, so that
nothing of its own, nor its licence, comes near the project.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

__all__ = ["BUILD", "Run", "compete", "peer_python"]

BUILD: Final = Path(__file__).parents[1] / "build"
SCRIPTS: Final = Path(__file__).parent / "scripts"


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one whole process took and what it found."""

    cpu_s: float
    wall_s: float
    peak_gb: float
    found: dict[str, Any]


def peer_python(name: str, *requirements: str) -> Path:
    """Return the Python of a peer's own environment, made on first use.

    Parameters
    ----------
    name
        Of the environment, such as "pm4py".
    *requirements
        What to install into it, pinned.
    """
    home = BUILD / "peers" / name
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = home / "installed.txt"
    if not stamp.exists() or stamp.read_text() != "\n".join(requirements):
        venv.create(home, with_pip=True, clear=True)
        uv = [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "install",
            "-q",
            "--python",
            str(python),
        ]
        if subprocess.run([*uv, *requirements], check=False).returncode != 0:
            pip = [str(python), "-m", "pip", "install", "-q", *requirements]
            subprocess.run(pip, check=True)
        stamp.write_text("\n".join(requirements))
    return python


def compete(script: str, *arguments: object, python: Path | None = None) -> Run:
    """Run `benchmarks/scripts/SCRIPT` once, with one BLAS thread, and time it.

    Parameters
    ----------
    script
        File name of the contender.
    *arguments
        Its arguments.
    python
        The Python to run it with; with `None`, this one.

    Raises
    ------
    RuntimeError
        If the script fails.
    """
    command = [
        str(python or sys.executable),
        str(SCRIPTS / script),
        *map(str, arguments),
    ]
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    root = {"PYTHONPATH": str(BUILD.parent)} if python is None else {}
    # An installed Python keeps its byte code: imports are read, not compiled.
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**inherited, **alone, **root}
    ) as process:
        said = process.stdout.read() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode != 0:
        msg = f"{script} ended with code {process.returncode}; its output is above."
        raise RuntimeError(msg)
    return Run(
        cpu_s=used.ru_utime + used.ru_stime,
        wall_s=wall,
        peak_gb=used.ru_maxrss / 2**20,
        found=json.loads(said.strip().splitlines()[-1]),
    )
