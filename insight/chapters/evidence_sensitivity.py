"""How much the result hangs on one place, one level, one coder or one gap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from insight.chapters.evidence_part import Part
from insight.errors import InsightError
from insight.evidence.association import unknown_flags
from insight.evidence.coding_doubt import coder_noise, thin_evidence
from insight.evidence.influence import leave_one_out
from insight.evidence.recodes import recodes
from insight.evidence.rivals import rival_predictor, stratified_tau
from insight.release import Sheet, release
from insight.report import Bars, Picture, Table, Text, bars

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from insight.evidence.finding import Association
    from insight.release import Door, Released
    from place.settings import EvidenceOptions

__all__ = ["sensitivity_part", "text_volume"]

STEP: Final = 1.0  # one level


def sensitivity_part(
    found: Association,
    tables: tuple[pd.DataFrame, pd.DataFrame],
    options: EvidenceOptions,
    door: Door,
) -> Part:
    """Say what would change the result, and by how much.

    Parameters
    ----------
    found
        A result that is not withheld.
    tables
        Maturity and flags, which it rests on.
    options
        Strata, and a rival explanation where one is given.
    door
        The table goes through it, though it holds no person.
    """
    maturity, flags = tables
    points, units = found.reported.points, [str(name) for name in found.places.index]
    scores = found.maturity
    left = leave_one_out(points, units)
    text, name = dict(options.text_lines), "lines of text"
    if not text:
        text, name = text_volume(maturity), "letters of evidence"
    asked: list[Callable[[], object]] = [
        lambda: recodes(points, units, step=STEP / len(scores.components)),
        lambda: coder_noise(maturity, found, random_state=options.seed),
        lambda: unknown_flags(
            maturity, flags, colour=found.colour, components=scores.components
        ),
        lambda: thin_evidence(
            maturity, flags, colour=found.colour, components=scores.components
        ),
        lambda: rival_predictor(points, _given(text, units, name), name=name),
    ]
    if options.strata:
        strata = options.strata
        asked.append(lambda: stratified_tau(points, _given(strata, units, "strata")))
    said = [str(left), *map(_said, asked)]
    if not options.strata:
        said.append(
            "Deprivation was not held: name the stratum of each place in "
            "[evidence.strata] to deal scores out within strata alone."
        )
    table = _left_out(left.table, door)
    return Part(
        name="sensitivity",
        blocks=[
            Text(["What would change the result, and by how much:"], said),
            _picture(table),
        ],
        tables=[table],
        sentences=said,
    )


def _said(ask: Callable[[], object]) -> str:
    """Say a result, or why there is none."""
    try:
        return str(ask())
    except InsightError as refused:
        return f"Not done: {refused}"


def _given(values: Mapping[str, Any], units: Sequence[str], name: str) -> list[Any]:
    lacks = [unit for unit in units if unit not in values]
    if lacks:
        msg = (
            f"{name} are not given for {', '.join(lacks[:5])}. Give them for every "
            "place that is used."
        )
        raise InsightError(msg)
    return [values[unit] for unit in units]


def text_volume(maturity: pd.DataFrame) -> dict[str, float]:
    """Return how many letters of evidence from before the flags each place has.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("A", "Ann", "Some text", "before"),
    ...         ("A", "Bob", "Some text", "before"), ("A", "Ann", "More", "after")]
    >>> names = ["place", "coder", "evidence", "phase"]
    >>> text_volume(pd.DataFrame(rows, columns=names))
    {'A': 9.0}
    """
    known = maturity.reindex(columns=["place", "evidence", "phase"])
    known = known[known["phase"] != "after"].drop_duplicates()
    letters = known["evidence"].fillna("").astype(str).str.len()
    each = letters.groupby(known["place"]).sum()
    return {str(place): float(many) for place, many in each.items()}


def _left_out(table: pd.DataFrame, door: Door) -> Released:
    frame = table.rename_axis("place").reset_index().round(4)
    return release(
        door,
        frame,
        Sheet(
            name="leave_one_out",
            title="Tau-b with each place left out in turn",
            public=["tau", "p"],
        ),
    )


def _picture(table: Released) -> Picture:
    taus = table.frame["tau"].dropna()
    return Picture(
        drawing=bars(table, Bars(label="place", value="tau")),
        title=table.title,
        alt=f"Bars of tau-b, from {taus.min():+.2f} to {taus.max():+.2f}, one for each "
        "place left out.",
        twin=Table(
            released=table,
            columns={"place": "Left out", "tau": "Tau-b without it", "p": "p"},
        ),
    )
