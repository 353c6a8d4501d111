"""How far to trust the segments: groups or a slope, steady or not, and where not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter
from insight.chapters.standing_choice import choice_blocks
from insight.chapters.standing_places import between_blocks, region_blocks
from insight.release import Sheet, release
from insight.report import Column, Figure, Section, Table, Text
from segmentation import CustomerSegments
from segmentation.trust.membership import membership
from segmentation.trust.stability import SHAKY, full_stability
from segmentation.trust.structure import structure_test

if TYPE_CHECKING:
    import geopandas as gpd

    from insight.release import Door
    from insight.report import Block
    from place import OpenPlace
    from segmentation import Segmentation
    from segmentation.trust.stability import StabilityReport
    from segmentation.trust.structure import Structure

__all__ = ["standing_chapter"]

STARTS: Final = 50
FEWEST: Final = 30
KINDS: Final = {
    True: "There are groups here, and not only a gradual slope cut up into parts",
    False: (
        "The areas differ by degrees and not in kind, so that the borders of segments "
        "are lines drawn for convenience"
    ),
    None: (
        f"With fewer than {FEWEST} areas nobody can tell groups from a slope cut up "
        "into parts"
    ),
}
"""Whether there is structure, if that could be tested -> what it means."""

ADVICE: Final = {
    True: (
        "The segments can be used as groups. Their edges may still be soft: look at "
        "an area's second-best segment before you treat it as unlike its neighbours."
    ),
    False: (
        "Use the segments to plan and to talk, not as kinds of people: two areas on "
        "either side of a border may be as alike as two within one."
    ),
    None: "Use the segments as a description of these few areas and no more.",
}
"""The same -> what may be done with the segments."""

CHANGED: Final = {
    "seeds": "The search starts elsewhere",
    "rows": "A fifth of the areas is left out",
    "variables": "A fifth of the variables is left out",
}
SCALE: Final = (
    "Agreement is the adjusted Rand index of pairs of runs: 1 is the same segments, 0 "
    "is what chance would give."
)
FOUND_AGAIN: Final = (
    "Found again is the Jaccard index: areas in both the segment and its nearest like "
    "in a sample, out of the areas in either. Below 0.6 a segment should not be "
    "trusted on its own (Hennig 2007): below it on average a segment dissolves, below "
    "it in some sample it holds as a rule."
)


def standing_chapter(
    opened: OpenPlace,
    areas: gpd.GeoDataFrame,
    found: Segmentation,
    names: dict[str, str],
    door: Door,
) -> Chapter:
    """Say how far the segments can be trusted, and what else could have been chosen.

    Parameters
    ----------
    opened
        A place with `[segments]`; `choose` and `regions` there ask for more.
    areas
        Its areas.
    found, names
        Its segments, and what each is called.
    door
        Every table goes through it.

    Raises
    ------
    SegmentError
        If `choose` or `regions` ask for what the areas do not allow.
    """
    options = opened.place.segments
    estimator = CustomerSegments(
        found.segments.nunique(),
        n_init=min(found.recipe.restarts, STARTS),
        random_state=found.recipe.seed,
    )
    held = full_stability(
        found.features,
        found.segments,
        estimator,
        samples=found.recipe.samples,
        seed=found.recipe.seed,
    )
    test = _tested(found, estimator.n_segments)
    members = membership(found.features, found.centres, grid=found.grid)
    groups = None if test is None else test.found
    between = int(members["between"].sum())
    lead = f"{_verdict(groups, held)} {_edges(between, len(members))}"
    blocks: list[Block] = [
        Text([ADVICE[groups]], tone="finding" if groups else "caution"),
        Text([str(test)] if test else [], [str(held)], tone="method"),
        _agreement(held, door),
        _found_again(held, names, door),
        *choice_blocks(found, options.choose, door),
        *between_blocks(areas, members, names, door),
        *region_blocks(areas, found, options.regions, names, door),
    ]
    return Chapter(
        section=Section("standing", "How far to trust the segments", lead, blocks),
        sentences=[lead],
        headlines=[
            Figure(
                f"{held.rows.mean:.2f}",
                "agreement of segments between samples of the areas",
                f"1 is the same segments; {held.rows.minimum:.2f} at worst",
            )
        ],
    )


def _tested(found: Segmentation, k: int) -> Structure | None:
    if len(found.features) < FEWEST:
        return None
    return structure_test(found.features, k, seed=found.recipe.seed)


def _verdict(groups: bool | None, held: StabilityReport) -> str:  # noqa: FBT001 - a key of KINDS
    """Return one sentence for a reader who reads no other."""
    again = held.segments.set_index("segment")
    shaky = again.index[again["shaky"]].astype(str).tolist()
    lost = again.index[again["minimum"] < SHAKY].astype(str).tolist()
    if shaky:
        holds = f"{_listed(shaky)} dissolve when areas are left out, so decide nothing "
        holds += "on those alone"
    elif lost:
        holds = "when areas are left out, all are found again as a rule, but "
        holds += f"{_listed(lost)} not every time"
    else:
        holds = "when areas are left out, all are found again every time"
    return f"{KINDS[groups]}; {holds}."


def _listed(codes: list[str]) -> str:
    one = f"segment {codes[0]}"
    if len(codes) == 1:
        return one
    return f"segments {', '.join(codes[:-1])} and {codes[-1]}"


def _edges(between: int, of: int) -> str:
    if not between:
        return f"None of {of:,} areas sits between two segments."
    return (
        f"{between:,} of {of:,} areas ({100 * between / of:.0f} %) "
        f"{'sits' if between == 1 else 'sit'} between two segments, and could as well "
        "be called by the other name."
    )


def _agreement(held: StabilityReport, door: Door) -> Table:
    kinds = {"seeds": held.seeds, "rows": held.rows, "variables": held.variables}
    frame = pd.DataFrame(
        {
            "changed": list(CHANGED.values()),
            "runs": [kinds[name].n_samples for name in CHANGED],
            "mean": [round(kinds[name].mean, 2) for name in CHANGED],
            "minimum": [round(kinds[name].minimum, 2) for name in CHANGED],
        }
    )
    tested = f" Tested on {held.n_used:,} of {held.n_rows:,} areas."
    released = release(
        door,
        frame,
        Sheet(
            name="stability",
            title="Do the segments hold when something is changed?",
            public=["runs", "mean", "minimum"],
            note=SCALE + tested,
        ),
    )
    return Table(
        released=released,
        columns={
            "changed": "What is changed",
            "runs": "Runs",
            "mean": "Agreement, on average",
            "minimum": "Agreement, at worst",
        },
    )


def _found_again(held: StabilityReport, names: dict[str, str], door: Door) -> Table:
    verdict = held.segments["minimum"].map(
        lambda least: "holds" if least >= SHAKY else "holds as a rule"
    )
    frame = pd.DataFrame(
        {
            "segment": held.segments["segment"].astype(str),
            "name": held.segments["segment"].map(names),
            "areas": held.segments["areas"],
            "mean": held.segments["mean"].round(2),
            "minimum": held.segments["minimum"].round(2),
            "verdict": verdict.mask(held.segments["shaky"], "dissolves"),
        }
    )
    released = release(
        door,
        frame,
        Sheet(
            name="segments_found_again",
            title="Is each segment found again in samples of the areas?",
            labels=["segment", "name"],
            public=["areas", "mean", "minimum"],
            note=FOUND_AGAIN,
        ),
    )
    return Table(
        released=released,
        columns={
            "segment": Column("Segment", "text"),
            "name": "Name",
            "areas": "Areas",
            "mean": "Found again, on average",
            "minimum": "Found again, at worst",
            "verdict": "So it",
        },
        segment="segment",
    )
