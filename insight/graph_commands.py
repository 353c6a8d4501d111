"""Commands on a place's events: its graph for other programs, its words to map."""

from __future__ import annotations

from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import pandas as pd
import typer
from rich.markup import escape

from insight.chapters.moves import common_rows, moves_sheet
from insight.errors import InsightError
from insight.journey_log import log_of
from insight.release import Door, rule_named
from insight.release.forms import Form, write_forms
from insight.release.graphs import GraphKind, write_graph
from insight.release.rules import protect
from insight.terminal import faults_listed, out, progress_shown
from journeys import directly_follows, handovers
from journeys.readers import readers_of
from journeys.suggestions import alike_names, suggested_class
from journeys.vocabulary import used_activities
from place import open_place, read_place
from place.scratch import scratch
from place.tables import ACTIVITY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insight.release import Rule
    from place import OpenPlace

__all__ = ["activities", "graph"]

TABLES: Final = ("events", "vocabulary")
SHEET: Final = "vocabulary"
MEANINGS: Final = {
    "request": "the customer asks for something",
    "contact_in": "the customer gets in touch about it: asks, chases, complains",
    "contact_out": "the agency gets in touch",
    "intake": "details are taken down",
    "assess": "what the customer needs is judged",
    "refer": "the customer is sent on to an agency",
    "service": "something is done for the customer",
    "course": "one part of several: a programme, a treatment",
    "review": "whether it still helps is looked at",
    "reset": "circumstances change, an appeal is made, an error found: all begins anew",
}
PlaceFile = Annotated[Path, typer.Argument(help="A place.toml, or its folder.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for results.")]


class Of(StrEnum):
    """What the nodes of a graph are."""

    activities = "activities"
    agencies = "agencies"


class Format(StrEnum):
    """What a graph is written as."""

    graphml = "graphml"
    gexf = "gexf"
    csv = "csv"


@contextmanager
def _events(file: Path) -> Iterator[OpenPlace]:
    """Open the tables of a place that journeys are made of, and no other."""
    place = read_place(file)
    sources = place.tables.get("events", [])
    if not sources:
        msg = f"{file}: [tables.events] is missing. Name the files of events there."
        raise InsightError(msg)
    only = {name: place.tables[name] for name in TABLES if name in place.tables}
    with scratch() as work:
        place = place.model_copy(update={"tables": only})
        opened = open_place(place, work, readers=readers_of(sources))
        with closing(opened.engine):
            yield opened


def graph(
    place: PlaceFile,
    *,
    to: Out = Path("out"),
    of: Annotated[Of, typer.Option(help="What the nodes are.")] = Of.activities,
    format: Annotated[  # noqa: A002 - the name of the option
        Format, typer.Option(help="What other program is to read it.")
    ] = Format.graphml,
) -> None:
    """Write what follows what as a graph; small counts are hidden as in the report."""
    with faults_listed():
        with progress_shown() as step:
            step("Reading events")
            with _events(place) as opened:
                about = opened.place.place
                rule = rule_named(opened.place.release.rule)
                door = Door(to, rule, about.name, about.synthetic)
                log = log_of(opened)
                step("Counting moves")
                moves = directly_follows(log) if of is Of.activities else handovers(log)
        common = common_rows(moves, door)
        title = f"What follows what: {of.value}"
        released = moves_sheet(common, door, f"graph-{of.value}", title)
        file = to / released.path
        if format is not Format.csv:
            kind: GraphKind = "gexf" if format is Format.gexf else "graphml"
            file = write_graph(door, released, kind)
        out.print(
            escape(
                f"{len(common):,} of {len(moves):,} kinds of move; the others are of "
                "too few customers to be told."
            )
        )
        out.print(f"  {file}", style="bold", markup=False)


def activities(
    place: PlaceFile,
    *,
    to: Out = Path("vocabulary"),
) -> None:
    """Write a sheet of what agencies call what they do, to give each a class."""
    with faults_listed():
        with progress_shown() as step:
            step("Reading events")
            with _events(place) as opened:
                log = log_of(opened)
                used = used_activities(log)
                rule = rule_named(opened.place.release.rule)
        sheet = vocabulary_sheet(used, rule)
        meanings = pd.DataFrame(
            {"activity_class": list(MEANINGS), "when": list(MEANINGS.values())}
        )
        form = Form(
            rows=sheet,
            choice=("activity_class", ACTIVITY_CLASSES),
            words=("standard_activity", "note"),
            beside={"Classes": meanings},
        )
        written = write_forms(to, {SHEET: form})
        lacking = int((sheet["activity_class"] == "").sum())
        out.print(
            escape(
                f"{len(sheet):,} activities, each as one agency says it; "
                f"{lacking:,} have no class. Fill one of the two files and name it as "
                "[tables.vocabulary]. It holds agencies' own words: keep it inside the "
                "partnership. What is suggested is a guess, for you to decide."
            )
        )
        for same in alike_names(log.names["agency"]):
            out.print(escape(f"- Spelt in more than one way: {'; '.join(same)}"))
        for file in written:
            out.print(f"  {file}", style="bold", markup=False)


def vocabulary_sheet(used: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Return the sheet to fill: what is known, counts as released, a suggestion.

    Parameters
    ----------
    used
        What `used_activities` returned.
    rule
        Of small numbers.
    """
    mapped = used.dropna(subset="activity_class")
    known = dict(zip(mapped["activity"], mapped["activity_class"], strict=True))
    guesses = [suggested_class(name, known) for name in used["activity"]]
    customers, hidden = protect(used["customers"], rule)
    events = protect(used["events"], rule)[0].mask(hidden)
    frame = used[["activity", "agency"]].assign(
        activity_class=used["activity_class"].fillna(""),
        standard_activity="",
        note="",
        suggestion=[name for name, _ in guesses],
        reason=[reason for _, reason in guesses],
        events=events,
        customers=customers,
    )
    told = frame["activity_class"] != ""
    return frame.assign(
        suggestion=frame["suggestion"].mask(told, ""),
        reason=frame["reason"].mask(told, ""),
    )
