"""Find the data that comes with the toolkit, and lay out the example place.

The data stand in the folder `data` of a checkout, and inside the package where
totalplace was installed from a wheel. The example place is Exampleton: synthetic
throughout, carried at 2,000 customers and generated at any other size.
"""

from __future__ import annotations

import importlib.resources
import os
import runpy
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from insight.errors import InsightError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["build_example", "shipped"]

VARIABLE: Final = "TOTALPLACE_DATA"
MARKER: Final = "SYNTHETIC.txt"
CARRIED: Final = (2_000, 2010)  # customers and seed of the example that is carried
FEWEST: Final = 2_000
MOST: Final = 10_000_000


def shipped(*parts: str) -> Path:
    """Return the path of a file or folder that comes with the toolkit.

    It is looked for in the folder that the environment variable `TOTALPLACE_DATA`
    names, then inside the installed package, then in `data` beside the package.

    Parameters
    ----------
    *parts
        The way to it from the folder of data; none for the folder itself.

    Raises
    ------
    InsightError
        If it is in none of the three.

    Examples
    --------
    >>> shipped("example", "place.toml").name
    'place.toml'
    """
    package = Path(str(importlib.resources.files("insight")))
    named = os.environ.get(VARIABLE)
    places = {
        f"${VARIABLE}": Path(named) if named else None,
        "the installed package": package / "_data",
        "the checkout": package.parent / "data",
    }
    for place in places.values():
        if place is not None and place.joinpath(*parts).exists():
            return place.joinpath(*parts)
    seen = "; ".join(
        f"{where}: {place or 'not set'}" for where, place in places.items()
    )
    msg = (
        f"the toolkit's own data lack {'/'.join(parts) or 'their folder'}. "
        f"Looked in {seen}. Install totalplace again, or set {VARIABLE} to the "
        "folder `data` of a checkout."
    )
    raise InsightError(msg)


def build_example(
    target: Path,
    *,
    customers: int = 2_000,
    seed: int = 2010,
    replace: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Lay out the synthetic example place in a folder.

    It is built beside the folder and moved there when it is whole, so that a run
    that is broken off leaves nothing half-made.

    Parameters
    ----------
    target
        A folder that is absent or empty; or, with `replace`, an earlier example.
    customers
        How many people are customers of some agency, 2,000 to 10,000,000; the
        place has about six times as many residents.
    seed
        The same seed and number of customers give the same place.
    replace
        Whether an earlier example may give way. A folder that holds any file not
        listed in its `SYNTHETIC.txt` never does.
    progress
        Called now and then with the customers made and to be made.

    Returns
    -------
    place
        The path of its `place.toml`.

    Raises
    ------
    InsightError
        If the number or seed is out of reach, or the folder may not be replaced.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     build_example(Path(folder) / "exampleton").name
    'place.toml'
    """
    if not FEWEST <= customers <= MOST or seed < 0:
        msg = (
            f"an example place has {FEWEST:,} to {MOST:,} customers and a seed of 0 "
            f"or more, not {customers:,} and {seed}. Choose others."
        )
        raise InsightError(msg)
    target = target.resolve()
    _check_free(target, replace=replace)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{target.name}-", dir=target.parent
    ) as beside:
        made = Path(beside) / "made"
        if (customers, seed) == CARRIED:
            _copy(shipped("example"), made)
        else:
            script = runpy.run_path(str(shipped("generator", "example_place.py")))
            script["build"](made, customers=customers, seed=seed, progress=progress)
        _swap(made, target, aside=Path(beside) / "old")
    return target / "place.toml"


def _copy(source: Path, made: Path) -> None:
    """Copy files but not permissions, as installed ones may be read-only."""
    for file in source.rglob("*"):
        if file.is_file():
            copy = made / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)


def _swap(made: Path, target: Path, *, aside: Path) -> None:
    """Put `made` in the place of `target`, which is back if that fails."""
    had_one = target.exists()
    if had_one:
        target.rename(aside)
    try:
        made.rename(target)
    except OSError:
        if had_one:
            aside.rename(target)
        raise


def _check_free(target: Path, *, replace: bool) -> None:
    """Refuse a target that holds anything but an example made earlier."""
    if target.exists() and not target.is_dir():
        msg = f"{target} is a file. Name a folder that is absent or empty."
        raise InsightError(msg)
    if not target.exists() or not any(target.iterdir()):
        return
    marker = target / MARKER
    if not marker.is_file():
        msg = (
            f"{target} holds files, and no {MARKER} that says it is an example place. "
            "Nothing was touched. Name a folder that is absent or empty."
        )
        raise InsightError(msg)
    if not replace:
        msg = (
            f"{target} holds an example place already. Use it, name another folder, "
            "or ask for it to be replaced."
        )
        raise InsightError(msg)
    listed = {Path(line) for line in marker.read_text(encoding="utf-8").splitlines()}
    listed |= {folder for file in listed for folder in file.parents}
    found = (path.relative_to(target) for path in target.rglob("*"))
    others = sorted(path.as_posix() for path in found if path not in listed)
    if others:
        msg = (
            f"{target} holds {len(others)} things beside the example place, such as "
            f"{others[0]}. Nothing was touched. Move them, or name another folder."
        )
        raise InsightError(msg)
