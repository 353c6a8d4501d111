"""List or run benchmarks: `python -m benchmarks [NAME ...] [--quick]`."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from benchmarks import (
    centre_out,
    coverage,
    duplication,
    evidence,
    journeys,
    leicester,
    oac,
    share,
    spend,
    tree,
    usefulness,
    where,
)

MODULES: Final = {
    "centre_out": centre_out,
    "coverage": coverage,
    "duplication": duplication,
    "evidence": evidence,
    "journeys": journeys,
    "leicester": leicester,
    "oac": oac,
    "share": share,
    "spend": spend,
    "tree": tree,
    "usefulness": usefulness,
    "where": where,
}


def main() -> int:
    """Print a list, or one JSON line a figure; 1 if a bar does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to run")
    parser.add_argument("--quick", action="store_true", help="small, within a minute")
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.names) - MODULES.keys())
    if unknown:
        parser.error(f"there is no benchmark {unknown}; known: {', '.join(MODULES)}")
    for name, module in MODULES.items() if not chosen.names else ():
        print(f"{name:12} {(module.__doc__ or '').splitlines()[0]}")
    holds = True
    for name in chosen.names:
        for bar in MODULES[name].measure(quick=chosen.quick):
            print(bar.line(), flush=True)
            holds = holds and bar.holds is not False
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
