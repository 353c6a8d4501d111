"""Residents' budget priorities: what they would miss, and what they would give up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.chapters.chapter import Chapter
from insight.chapters.priorities_tables import (
    NOTE,
    by_segment_tables,
    chosen_tables,
    order_table,
    rejected_tables,
    unit_of,
)
from insight.chapters.spend_lines import frame_of
from insight.errors import InsightError
from insight.priorities.answers import levels_of
from insight.priorities.choices import choices_of
from insight.priorities.grids import Grids, grids_of
from insight.priorities.preferences import ALL, LEVEL, preferences
from insight.release import Sheet, release
from insight.report import Bars, Figure, Picture, Section, Table, Text, bars

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from insight.priorities.answers import Answers
    from insight.priorities.choices import Choices
    from insight.priorities.preferences import Preferences
    from insight.release import Door, Released
    from insight.report import Block
    from place import OpenPlace

__all__ = ["priorities_chapter", "told_priorities"]

TITLE: Final = "Residents' budget priorities"
KINDS: Final = {"priority_grids": "budgets shared out", "priority_choices": "choices"}
METHOD: Final = (
    (
        "Of budgets shared out, each package of levels that the budget allows is an "
        "option of a multinomial logit; the sum over all packages is exact. Of "
        "choices, each task is a conditional logit; the worst is a choice of the "
        "least from what is left."
    ),
    (
        "A loss of one logit makes an option e (2.7) times less likely to be "
        "chosen. Each utility has a normal prior with a standard deviation of 4.5, "
        "so that a level that nobody chose has an estimate; others hardly move."
    ),
    (
        "Steps are compared by their loss less the mean of all steps, of budgets for "
        "each point saved: who shares out a budget mostly spends all of it, so that "
        "where nought lies is not known. No interval stands where all chose alike."
    ),
    (
        "Levels are given up one at a time, the one that loses least for a point "
        "first. Differences between segments: Cochran's Q over bootstrap variances, "
        "Holm over steps. A segment that chooses less consistently shows smaller "
        "losses throughout."
    ),
    (
        "The 2010 report tells of such exercises in Worcester and Wychavon "
        "(SIMALTO, lines 2610-2617) without their figures."
    ),
)


def priorities_chapter(
    opened: OpenPlace,
    door: Door,
    names: Mapping[str, str],
    *,
    segments: pd.Series | None = None,
    random_state: int = 0,
) -> Chapter:
    """Say which levels of service residents would miss, and what would go first.

    Parameters
    ----------
    opened
        A place with `priority_levels`, and `priority_grids`, `priority_choices` or
        both; each is told by itself.
    door
        Every figure goes through it.
    names
        Code -> name of segments, for respondents whose `segment` is a code.
    segments
        Segment by area code, for respondents who state none but their `area_code`.
    random_state
        Seed of the intervals.

    Raises
    ------
    InsightError
        If levels are missing, or no answers can be used.
    """
    offered = frame_of(opened, "priority_levels")
    if offered is None:
        msg = "budget priorities need the table priority_levels. Supply it."
        raise InsightError(msg)
    given = {}
    for table in KINDS:
        rows = frame_of(opened, table)
        if rows is not None:
            given[table] = _with_segments(rows, names, segments)
    return told_priorities(offered, given, door, random_state=random_state)


def told_priorities(
    offered: pd.DataFrame,
    given: Mapping[str, pd.DataFrame],
    door: Door,
    *,
    random_state: int = 0,
) -> Chapter:
    """Say priorities from tables that stand alone.

    Parameters
    ----------
    offered
        Levels of service, as of `priority_levels`.
    given
        "priority_grids", "priority_choices" or both -> their rows, with `segment`.
    door
        Every figure goes through it.
    random_state
        Seed of the intervals.

    Raises
    ------
    InsightError
        If no answers can be used.
    """
    levels = levels_of(offered)
    blocks: list[Block] = []
    sentences: list[str] = []
    cards: list[Figure] = []
    for table, rows in given.items():
        kind = KINDS[table]
        answers: Grids | Choices = (
            grids_of(rows, levels)
            if table == "priority_grids"
            else choices_of(rows, levels)
        )
        found = preferences(answers, random_state=random_state)
        missed = _released_steps(found, table, door)
        said = _said(found, answers, missed, kind)
        sentences.append(said)
        cards += _cards(found, missed)
        blocks += [
            *([Text([said])] if sentences[1:] else []),
            _missed(answers, missed, kind),
            order_table(found, table, door),
        ]
        blocks += by_segment_tables(found, answers, table, door)
        blocks += chosen_tables(answers, door) if isinstance(answers, Grids) else []
        blocks += rejected_tables(answers, table, door)
    blocks.append(Text([], METHOD, "method"))
    return Chapter(
        section=Section("priorities", TITLE, sentences[0] if sentences else "", blocks),
        sentences=sentences,
        headlines=cards[:1],
    )


def _with_segments(
    rows: pd.DataFrame, names: Mapping[str, str], segments: pd.Series | None
) -> pd.DataFrame:
    """Return answers with the name of each respondent's segment."""
    given = rows["segment"].astype("object")
    if segments is not None:
        by_area = {str(area): str(code) for area, code in segments.dropna().items()}
        given = given.where(given.notna(), rows["area_code"].map(by_area))
    return rows.assign(segment=given.map(lambda code: names.get(code, code)))


def _step(row: pd.Series) -> str:
    return f"{row['service']}, level {row['level']} to {row['below']}"


def _released_steps(found: Preferences, table: str, door: Door) -> Released:
    """Return the next steps down of all services, most missed first."""
    rows = found.steps[(found.steps["segment"] == ALL) & found.steps["now"]]
    rows = rows.sort_values("relative", ascending=False, kind="stable")
    figures = ["relative", "low", "high"]
    frame = rows.assign(step=rows.apply(_step, axis=1))
    return release(
        door,
        frame[["step", "description", *figures, "respondents"]].round(
            dict.fromkeys(figures, 3)
        ),
        Sheet(
            name=f"{table}_missed",
            title="What residents would miss if each service went one level down",
            counts=["respondents"],
            measures=dict.fromkeys(figures, "respondents"),
            note=NOTE,
        ),
    )


def _said(found: Preferences, answers: Answers, missed: Released, kind: str) -> str:
    """Say what is missed most and least; nothing where the door hides it."""
    shown = missed.frame.dropna(subset=["relative"])
    if shown.empty:
        return f"Too few residents answered ({kind}) for any figure to be shown."
    told = [
        f"{row['step']} ({row['relative']:+.2f}, 95 % interval {row['low']:+.2f} to "
        f"{row['high']:+.2f})"
        for row in (shown.iloc[0], shown.iloc[-1])
    ]
    first = found.order[found.order["segment"] == ALL].iloc[0]
    real = found.differences
    differ = int((real["holm"] < LEVEL).sum()) if len(real) else 0
    few = (
        f" Not estimated, of too few: {', '.join(sorted(found.too_few))}."
        if found.too_few
        else ""
    )
    base = int(shown["respondents"].iloc[0])
    aside = "; some rows were rejected" if len(answers.rejected) else ""
    return (
        f"Residents ({kind}, {base:,} respondents{aside}) would miss most {told[0]}, "
        f"and least {told[1]}: {unit_of(answers).lower()}. As the budget falls they "
        f"would first give up {_step(first)}. Segments differ beyond chance on "
        f"{differ} of {len(real)} steps.{few}"
    )


def _cards(found: Preferences, missed: Released) -> list[Figure]:
    shown = missed.frame.dropna(subset=["relative"])
    if shown.empty:
        return []
    first = found.order[found.order["segment"] == ALL].iloc[0]
    base = int(shown["respondents"].iloc[0])
    label = "what residents would give up first as the budget falls"
    return [Figure(str(first["service"]), label, f"of {base:,} respondents")]


def _missed(answers: Answers, missed: Released, kind: str) -> Picture:
    shown = missed.frame.dropna(subset=["relative"])
    said = ", ".join(map(str, shown["step"]))
    return Picture(
        drawing=bars(
            missed, Bars(label="step", value="relative", low="low", high="high")
        ),
        title=f"What residents would miss ({kind})",
        alt=f"Bars of what each step down would lose, most missed first: {said}.",
        twin=Table(
            released=missed,
            columns={
                "step": "Step down",
                "description": "What is given up",
                "relative": unit_of(answers),
                "low": "Low",
                "high": "High",
                "respondents": "Respondents",
            },
        ),
    )
