"""Does insight pay? Maturity of insight against flags, with every caveat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.chapters.chapter import Chapter
from insight.chapters.evidence_coded import coded_part
from insight.chapters.evidence_methods import methods_part
from insight.chapters.evidence_part import Part
from insight.chapters.evidence_sensitivity import sensitivity_part
from insight.chapters.evidence_tests import tested_part
from insight.errors import InsightError
from insight.evidence.association import associate, insight_family, unknown_flags
from insight.evidence.declared import Declared
from insight.evidence.finding import CAVEAT, DESIGN_PROBLEMS
from insight.evidence.maturity import COMPONENTS, LEAST_ALPHA, maturity_scores
from insight.release import Sheet, release
from insight.release.results import write_result
from insight.report import Section, Table, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from insight.evidence.finding import Association
    from insight.evidence.flags import Colour
    from insight.evidence.maturity import Maturity
    from insight.release import Door
    from place import OpenPlace
    from place.settings import EvidenceOptions

__all__ = ["evidence_chapter"]

TITLE: Final = "Does insight pay?"
RESULT: Final = "evidence"


def evidence_chapter(opened: OpenPlace, door: Door) -> Chapter:
    """Test whether maturity of insight goes with flags.

    Parameters
    ----------
    opened
        A place with `maturity` and `flags`.
    door
        All tables go through it, though they hold no person; `evidence.json` is
        written of them.

    Returns
    -------
    chapter
        Where the data do not allow the test, it says why, and shows what coders found
        and what the flags that are known allow.
    """
    maturity = opened.engine.arrow("SELECT * FROM maturity").to_pandas()
    flags = opened.engine.arrow("SELECT * FROM flags").to_pandas()
    options = opened.place.evidence
    try:
        lead, parts = _parts(maturity, flags, options, door)
    except InsightError as refused:
        lead = f"No test of maturity against {options.colour} flags: {refused}"
        parts = []
    problems = Text(
        ["Four problems of design that no statistic mends:"], DESIGN_PROBLEMS
    )
    parts = [*parts, Part(name="design", blocks=[problems], sentences=DESIGN_PROBLEMS)]
    parts.append(methods_part(door))
    write_result(
        door,
        RESULT,
        [table for part in parts for table in part.tables],
        sentences={"finding": [lead], **{one.name: one.sentences for one in parts}},
    )
    blocks = [block for part in parts for block in part.blocks]
    caveats = [said for one in parts if one.name == "caveats" for said in one.sentences]
    return Chapter(
        section=Section("evidence", TITLE, lead, blocks),
        sentences=[" ".join([lead, *caveats])],
    )


def _parts(
    maturity: pd.DataFrame, flags: pd.DataFrame, options: EvidenceOptions, door: Door
) -> tuple[str, list[Part]]:
    """Return the finding and all parts that stand beside it."""
    components = options.components or COMPONENTS
    scores = maturity_scores(maturity, components=components, seed=options.seed)
    coded = coded_part(scores, door)
    try:
        found = associate(
            maturity,
            flags,
            colour=options.colour,
            components=components,
            despite_disagreement=options.despite_disagreement,
        )
    except InsightError as refused:
        lead = f"No test of maturity against {options.colour} flags: {refused}"
        allowed = _possible(maturity, flags, scores, options.colour)
        limits = [*scores.warnings, allowed, CAVEAT]
        return lead, [_caveats(limits), coded]
    parts = [_caveats(found.caveats), coded, _places(found, door)]
    if found.withheld is None:
        family = insight_family(
            maturity,
            flags,
            colour=options.colour,
            components=components,
            declared=Declared(random_state=options.seed),
            despite_disagreement=options.despite_disagreement,
        )
        parts.append(tested_part(family, door))
        parts.append(sensitivity_part(found, (maturity, flags), options, door))
    return found.finding, parts


def _possible(
    maturity: pd.DataFrame, flags: pd.DataFrame, scores: Maturity, colour: Colour
) -> str:
    """Say what the counts that are known allow, though they allow no test."""
    if (scores.agreement["alpha"] < LEAST_ALPHA).any():
        return "Nor are there bounds: coders agree too little for their levels to rank."
    try:
        return str(
            unknown_flags(maturity, flags, colour=colour, components=scores.components)
        )
    except InsightError as refused:
        return f"Nor are there bounds: {refused}"


def _caveats(said: Sequence[str]) -> Part:
    return Part(name="caveats", blocks=[Text([], said, tone="caution")], sentences=said)


def _places(found: Association, door: Door) -> Part:
    colour = found.colour
    released = release(
        door,
        found.places.reset_index(),
        Sheet(
            name="maturity_and_flags",
            title=f"Maturity and {colour} flags of each place",
            public=["score", "areas", "flags", "flags_per_area"],
        ),
    )
    table = Table(
        released=released,
        columns={
            "place": "Place",
            "score": "Maturity (1 to 4)",
            "areas": "Areas",
            "flags": f"{colour.capitalize()} flags",
            "flags_per_area": f"{colour.capitalize()} flags an area",
        },
    )
    return Part(name="places", blocks=[table], tables=[released])
