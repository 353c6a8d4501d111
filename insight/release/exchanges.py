"""A federated fit in a folder that agencies share: the files of each round.

    plan.json                   what was agreed
    round-0001/centres.json     what the round begins with
    round-0001/AGENCY.json      what an agency says of its rows
    segments.json               what came of it

Each file is written whole. Whatever is there is where the fit stands: a run that was
stopped goes on from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from insight.release.errors import ReleaseError
from insight.release.models import MODEL
from insight.release.paper import put
from segmentation.share.exchange import (
    Round,
    Said,
    contribution,
    first_round,
    next_round,
)
from segmentation.share.federated import best_of
from segmentation.share.federated_plan import read_plan
from segmentation.share.sealed import read_sealed, sealed_text
from segmentation.share.sharing import federated_model

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from segmentation.share.federated_plan import Plan

__all__ = ["Standing", "begin", "combine_round", "contribute", "read_text", "standing"]

PLAN: Final = "plan.json"
CENTRES: Final = "centres.json"
ROUND: Final = re.compile(r"round-(\d{4,})")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a federated fit stands.

    Parameters
    ----------
    plan, now
        The plan, and the round that is open.
    given, waiting
        Agencies that have contributed to it, and those that have not.
    model
        The file of the result, once there is one.
    """

    plan: Plan
    now: Round
    given: tuple[str, ...]
    waiting: tuple[str, ...]
    model: Path | None = None

    def __str__(self) -> str:
        """Say it in a sentence."""
        if self.model is not None:
            return f"Settled after {self.now.number} rounds: {self.model}."
        done = sum(each.settled for each in self.now.searches)
        lacks = ", ".join(self.waiting) or "nobody: combine it"
        return (
            f"Round {self.now.number} is open; {done} of {len(self.now.searches)} "
            f"starts have settled. It waits for {lacks}."
        )


def read_text(file: Path) -> str:
    """Return the text of a file that was shared.

    Raises
    ------
    ReleaseError
        If it is not there, or is no text.
    """
    try:
        return file.read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        msg = f"{file}: there is no such file. Correct the path."
        raise ReleaseError(msg) from None
    except UnicodeDecodeError:
        msg = f"{file}: is no text in UTF-8. Ask its maker for a fresh copy."
        raise ReleaseError(msg) from None


def begin(folder: Path, plan: Plan) -> Standing:
    """Lay down a plan and its first round in a folder.

    Parameters
    ----------
    folder
        Made if absent.
    plan
        What was agreed.

    Raises
    ------
    ReleaseError
        If another plan is there already. The same one may be laid down again.
    """
    file = folder / PLAN
    text = sealed_text(plan)
    if file.exists() and read_text(file) != text:
        msg = (
            f"{folder} holds another plan already. Choose another folder, or remove "
            "what is there if no agency needs it."
        )
        raise ReleaseError(msg)
    _put(file, text)
    _put(_round(folder, 1) / CENTRES, sealed_text(first_round(plan)))
    return standing(folder)


def standing(folder: Path) -> Standing:
    """Return where a federated fit stands.

    Raises
    ------
    ReleaseError, SegmentError
        If the folder holds no plan or no round, or one that cannot be read.
    """
    plan = read_plan(read_text(folder / PLAN), what=PLAN)
    numbers = [
        int(found[1])
        for each in folder.iterdir()
        if (found := ROUND.fullmatch(each.name)) and (each / CENTRES).exists()
    ]
    if not numbers:
        msg = f"{folder} holds a plan and no round. Lay the plan down again."
        raise ReleaseError(msg)
    at = _round(folder, max(numbers))
    what = f"{at.name}/{CENTRES}"
    now = read_sealed(read_text(at / CENTRES), Round, what)
    if now.plan != plan.checksum or now.number != max(numbers):
        msg = (
            f"{what} is not of this plan, or not of its own round: the plan was "
            "changed midway, or files were moved. Restore them, or begin again in a "
            "new folder."
        )
        raise ReleaseError(msg)
    given = tuple(name for name in plan.agencies if (at / f"{name}.json").exists())
    model = folder / MODEL
    return Standing(
        plan=plan,
        now=now,
        given=given,
        waiting=tuple(name for name in plan.agencies if name not in given),
        model=model if model.exists() else None,
    )


def contribute(folder: Path, agency: str, table: pd.DataFrame) -> tuple[Path, int]:
    """Write what an agency says of its own rows in the round that is open.

    Parameters
    ----------
    folder
        That agencies share.
    agency
        Its name in the plan.
    table
        Its rows; they stay where they are.

    Returns
    -------
    file, left_out
        What was written, and how many rows lack a value.

    Raises
    ------
    ReleaseError, SegmentError
        If the fit has settled, the agency has contributed something else to this
        round, or its rows cannot be used.
    """
    stands = standing(folder)
    if stands.model is not None:
        msg = f"the fit has settled, and a contribution comes too late. {stands}"
        raise ReleaseError(msg)
    said, left_out = contribution(stands.plan, stands.now, agency, table)
    file = _round(folder, stands.now.number) / f"{agency}.json"
    text = sealed_text(said)
    if file.exists() and read_text(file) != text:
        msg = (
            f"{agency} has contributed to round {stands.now.number} already, and "
            "something else. See that no two agencies use one name; to replace it, "
            f"remove {file.name} first."
        )
        raise ReleaseError(msg)
    _put(file, text)
    return file, left_out


def combine_round(folder: Path, *, when: str = "") -> Standing:
    """Combine the open round into the next one, or into the result.

    Parameters
    ----------
    folder
        That agencies share.
    when
        When it is done, ISO 8601, to stand in the result.

    Raises
    ------
    ReleaseError, SegmentError
        If an agency is missing, or a contribution is not of this round and plan.
    """
    stands = standing(folder)
    if stands.model is not None:
        return stands
    at = _round(folder, stands.now.number)
    said = {
        file.stem: read_sealed(read_text(file), Said, f"{at.name}/{file.name}")
        for file in sorted(at.glob("*.json"))
        if file.name != CENTRES
    }
    following = next_round(stands.plan, stands.now, said)
    if following.settled:
        model = federated_model(stands.plan, best_of(following.searches), when=when)
        _put(folder / MODEL, model.text())
    else:
        _put(_round(folder, following.number) / CENTRES, sealed_text(following))
    return standing(folder)


def _round(folder: Path, number: int) -> Path:
    return folder / f"round-{number:04}"


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    put(file, text.encode())
