"""Make Exampleton, a synthetic place of any size, in the form of a real one.

Run as a script: `python example_place.py TARGET --customers 2000 --seed 2010`.
Customers are made 50,000 at a time and written as they are made, so that ten
million never stand in memory. The same size and seed give the same place. Up to
20,000 customers the tables are CSV, which opens in a spreadsheet; beyond, Parquet.

Everything is invented. `truth/` holds what was planted, for tests: no run reads it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

# Its parts lie beside it, in a folder that is not a package.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from example_build import build

del sys.path[0]

__all__ = ["build"]


def _show(done: int, customers: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done:,} of {customers:,} customers")
        sys.stderr.write("\n" if done == customers else "")


def main() -> None:
    """Read the command line and build the place."""
    parser = argparse.ArgumentParser(description="Make a synthetic example place.")
    parser.add_argument("target", type=Path, help="a folder that is absent or empty")
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=2010)
    asked = parser.parse_args()
    try:
        place = build(
            asked.target, customers=asked.customers, seed=asked.seed, progress=_show
        )
    except ValueError as wrong:
        parser.error(str(wrong))
    sys.stdout.write(f"{place}\n")


if __name__ == "__main__":
    main()
