"""Run a whole place: open it, let each room work, release, and make the report."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from insight.chapters import intake, left_out, reference_section
from insight.contents import chapters_of
from insight.errors import InsightError
from insight.release import Door, rule_named, staged, write_page
from insight.release.pictures import export_pictures
from insight.report import Report, render_page
from insight.settings_faults import settings_faults, wording_faults
from journeys.readers import readers_of
from place import PlaceError, open_place, write_rejected
from place.scratch import scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from place import OpenPlace, Place

__all__ = ["Done", "check_place", "opened_place", "run_place"]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a run left behind.

    Parameters
    ----------
    report
        The page.
    sentences
        What it says, in a few lines; figures about people are released ones.
    left_out
        What could not be done, and what would unlock it.
    rejected
        How many rows of the place's files were set aside.
    """

    report: Path
    sentences: Sequence[str]
    left_out: Sequence[str]
    rejected: int = 0


def _quiet(_: str) -> None:
    """Show no progress."""


@contextmanager
def opened_place(place: Place, progress: Callable[[str], None]) -> Iterator[OpenPlace]:
    """Open a place in a private folder that is gone afterwards, whatever happens.

    No room has begun when this raises: what is wrong with the tables and with the
    settings is told together.
    """
    with scratch() as work:
        try:
            opened = open_place(
                place,
                work,
                readers=readers_of(place.tables.get("events", [])),
                progress=lambda table: progress(f"Reading {table}"),
            )
        except PlaceError as found:
            raise PlaceError(*found.faults, *wording_faults(place)) from None
        with closing(opened.engine):
            faults = settings_faults(opened)
            if faults:
                raise PlaceError(*faults)
            yield opened


def _check_out(out: Path) -> None:
    """Refuse, before any work, a folder for results that could not be one."""
    there = next(
        each
        for each in (out.absolute(), *out.absolute().parents)
        if os.path.lexists(each)
    )
    if not there.is_dir():
        what = "is a file" if there.is_file() else "is no folder"
        msg = (
            f"results cannot go to {out}: {there} {what}. Name a folder, which is made "
            "if it is absent."
        )
        raise InsightError(msg)
    if not os.access(there, os.W_OK):
        msg = (
            f"results cannot go to {out}: you may not write in {there}. Name another "
            "folder, or ask for leave to write there."
        )
        raise InsightError(msg)


def check_place(
    place: Place, *, progress: Callable[[str], None] = _quiet
) -> pd.DataFrame:
    """Read every table of a place and return rows in, kept and rejected.

    Raises
    ------
    PlaceError
        With every fault of every table and every setting.
    """
    with opened_place(place, progress) as opened:
        return opened.counts()


def run_place(
    place: Place, out: Path, *, progress: Callable[[str], None] = _quiet
) -> Done:
    """Run a place and write its report, tables and list of rejected rows.

    Parameters
    ----------
    place
        What :func:`place.read_place` returned.
    out
        Folder for results; made if absent. The results of an earlier run are
        replaced once this one is done, and stay if it fails.
    progress
        Told each step as it begins.

    Returns
    -------
    done
        Where the report is and what it says.

    Raises
    ------
    PlaceError
        If the place cannot be opened or its settings ask for what no room can do,
        with every fault; nothing is written then.
    SegmentError, JourneyError, InsightError, ReleaseError
        If results cannot go to `out`, or a room meets data that it cannot use.
    """
    _check_out(out)
    about = place.place
    with (
        opened_place(place, progress) as opened,
        staged(out, inputs=_inputs(place)) as fresh,
    ):
        door = Door(fresh, rule_named(place.release.rule), about.name, about.synthetic)
        chapters, names = chapters_of(opened, door, progress)
        progress("Making the report")
        write_rejected(opened, fresh / "rejected")
        missing = left_out(opened)
        report = Report(
            place=about.name,
            period=about.period or "",
            synthetic=about.synthetic,
            made=datetime.now(UTC),
            version=version("totalplace"),
            rule=door.rule,
            sections=[
                *(chapter.section for chapter in chapters),
                *([reference_section(door)] if opened.has("spend") else []),
            ],
            segments=names,
            headlines=[card for one in chapters for card in one.headlines],
            left_out=missing,
            rejected=intake(opened, door),
            sources=_sources(opened),
        )
        page = render_page(report)
        write_page(door, "report", page)
        export_pictures(door, report)
    return Done(
        report=out / "report.html",
        sentences=[said for chapter in chapters for said in chapter.sentences],
        rejected=int(opened.counts()["rejected"].sum()),
        left_out=[f"{each.what} (needs {each.unlocked_by})" for each in missing],
    )


def _inputs(place: Place) -> list[Path]:
    return [source.file for sources in place.tables.values() for source in sources]


def _sources(opened: OpenPlace) -> list[str]:
    return [
        f"{name}: {', '.join(one.file for one in checked)}"
        for name, checked in opened.checked.items()
    ]
