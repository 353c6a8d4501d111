"""Resolve the links that a map's steps name: which step leads to which, and how."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["KINDS", "Target", "resolved_links", "targets_of"]

KINDS: Final = ("flow", "referral", "loop")


class Target(NamedTuple):
    """What a link names, and its kind; the kind may be one that is not known."""

    name: str
    kind: str


def targets_of(written: str) -> list[Target]:
    """Split the links of one step.

    Parameters
    ----------
    written
        Targets, separated by ";". Each may end in "|" and its kind; without, it is a
        flow. Blank ones are left out.

    Examples
    --------
    >>> targets_of("Rings the landlord; S4|referral;")
    [Target(name='Rings the landlord', kind='flow'), Target(name='S4', kind='referral')]
    """
    parts = (part.strip() for part in written.split(";"))
    split = (
        part.rpartition("|") if "|" in part else (part, "", "flow") for part in parts
    )
    return [
        Target(name.strip(), kind.strip().lower()) for name, _, kind in split if name
    ]


def resolved_links(steps: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the links of all maps by step, and what is wrong with them.

    Parameters
    ----------
    steps
        In order within each map: `map_id`, `step_id` (unique within a map), `step`
        and `links`.

    Returns
    -------
    links
        `map_id`, `source`, `target` (step ids) and `kind`, each once. A map without
        any link is read from step to step in its order.
    faults
        A sentence each. A link to no step of its map is left out; one of an unknown
        kind is kept as a flow; of steps that share their words the first is meant.
    """
    rows: list[tuple[str, str, str, str]] = []
    faults: list[str] = []
    for map_id, own in steps.groupby("map_id", sort=False):
        name = str(map_id)
        known = _known(own)
        found = list(_of_map(name, own, known, faults))
        if not own["links"].notna().any():
            ids = own["step_id"].tolist()
            found = [(name, one, other, "flow") for one, other in pairwise(ids)]
        rows += found
    links = pd.DataFrame(
        rows, columns=["map_id", "source", "target", "kind"], dtype="str"
    )
    return links.drop_duplicates(ignore_index=True), faults


def _known(own: pd.DataFrame) -> dict[str, str]:
    """Return what a link may call each step, by id first, then by words."""
    known: dict[str, str] = {}
    for column in ("step_id", "step"):
        for said, step in zip(own[column], own["step_id"], strict=True):
            known.setdefault(said, step)
    for said, step in list(known.items()):
        known.setdefault(said.casefold(), step)
    return known


def _of_map(
    name: str, own: pd.DataFrame, known: Mapping[str, str], faults: list[str]
) -> Iterator[tuple[str, str, str, str]]:
    told = own.dropna(subset="links")
    for source, written in zip(told["step_id"], told["links"], strict=True):
        for target in targets_of(written):
            at = known.get(target.name, known.get(target.name.casefold()))
            where = f"Map {name!r}, step {source!r}"
            if at is None:
                near = get_close_matches(target.name, list(known), 1)
                hint = (
                    f"Did you mean {near[0]!r}?" if near else "Name a step of the map."
                )
                faults.append(
                    f"{where}: a link leads to {target.name!r}, which is no step of "
                    f"the map, and is left out. {hint}"
                )
                continue
            kind = target.kind
            if kind not in KINDS:
                faults.append(
                    f"{where}: {kind!r} is no kind of link, and is read as a flow. The "
                    f"kinds are {', '.join(KINDS)}."
                )
                kind = "flow"
            yield name, source, at, kind
