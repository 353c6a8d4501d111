"""Do the segments separate need? Gain curves and Gini, beside what is there already."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter, file_names, number_of
from insight.release import Sheet, release
from insight.release.rules import protect
from insight.report import Figure, Lines, Picture, Section, Table, Text, lines
from segmentation.explain.gain import gain_curve
from segmentation.explain.outcomes import outcome_of
from segmentation.explain.side_by_side import compare_gain

if TYPE_CHECKING:
    import geopandas as gpd

    from insight.release import Door, Released, Rule
    from insight.report import Block
    from place import OpenPlace
    from segmentation import Segmentation
    from segmentation.explain.gain import Gain
    from segmentation.explain.side_by_side import GainComparison

__all__ = ["need_chapter"]

OURS: Final = "these segments"
TITLE: Final = "Do the segments separate need?"
MEASURED: Final = {
    "gini": "Gini",
    "low": "Low (95 %)",
    "high": "High (95 %)",
    "held_out": "Gini, order learnt on other areas",
    "of_ceiling_share": "Share of the most there is to tell",
    "found_10_share": "Found in the first 10 %",
    "found_20_share": "Found in the first 20 %",
    "found_30_share": "Found in the first 30 %",
}
SHOWN: Final = ["gini", "low", "high", "found_20_share"]
READ: Final = (
    "Segments are taken from the highest rate of an outcome to the lowest. A curve "
    "says what share of the outcome is found in the first so many of the people; the "
    "higher above the dotted line, the better the segments tell need. Gini says the "
    "same in one figure: 0 where they tell nothing."
)
METHOD: Final = (
    "Segments are ordered by the figures that they are measured on, which flatters "
    "them a little; in the file, the column with the order learnt on half of the areas "
    "and measured on the other is free of it. Intervals draw areas again and do not "
    "allow for neighbours being alike: the least doubt there is."
)
CAREFUL: Final = (
    "A curve close to the dotted line means that the outcome is nearly everywhere: "
    "going by segment alone would then miss most who have it."
)
FIFTH: Final = 20  # per cent of the people that the lead tells of


def need_chapter(
    opened: OpenPlace,
    areas: gpd.GeoDataFrame,
    found: Segmentation,
    names: dict[str, str],
    door: Door,
) -> Chapter:
    """Say how well the segments separate each outcome of the place.

    Parameters
    ----------
    opened
        A place with `[outcomes]`; `[segments] compare` names the column of areas to
        hold the segments against.
    areas
        Its areas, on their codes.
    found, names
        The segmentation, and its names.
    door
        Every figure goes through it; curves are drawn from protected counts.

    Raises
    ------
    SegmentError
        If an outcome cannot be read, or occurs nowhere.
    """
    compare = opened.place.segments.compare
    classes = {OURS: found.segments}
    if compare is not None and compare in areas:
        classes[compare] = areas[compare].astype("string")
    results = [
        compare_gain(classes, outcome_of(areas, label, notation))
        for label, notation in opened.place.outcomes.items()
    ]
    table = _table_of_gains(results, door)
    told = _told(results, table)
    blocks: list[Block] = [Text([READ]), _shown(table)]
    files = file_names("need", opened.place.outcomes)
    for result in results:
        blocks += _curve(result, files[result.gains[OURS].outcome], names, door)
    said, headlines = _verdict(list(told.values()), compare)
    lead = f"{_found(table, len(results))} {said}".strip()
    blocks += [
        Text([CAREFUL], tone="caution"),
        Text([METHOD], [str(each) for each in told.values()], tone="method"),
    ]
    return Chapter(
        section=Section("need", TITLE, lead, blocks),
        sentences=[lead],
        headlines=headlines,
    )


def _table_of_gains(results: list[GainComparison], door: Door) -> Released:
    rows = [_row(name, one) for each in results for name, one in each.gains.items()]
    frame = pd.DataFrame(rows).astype({"count": "Int64", "base": "Int64"})
    return release(
        door,
        frame.round(dict.fromkeys(MEASURED, 3)),
        Sheet(
            name="need",
            title="How well segments separate each outcome",
            counts=["count", "base"],
            measures=dict.fromkeys(MEASURED, "count"),
            public=["groups", "areas", "left_out"],
        ),
    )


def _row(name: str, one: Gain) -> dict[str, object]:
    value = one.measures["value"]
    return {
        "outcome": one.outcome,
        "classification": name,
        "groups": len(one.curve),
        "low": one.measures["low"]["gini"],
        "high": one.measures["high"]["gini"],
        "gini": one.gini,
        "held_out": one.held_out,
        "of_ceiling_share": one.of_ceiling,
        **{f"found_{at}_share": value[f"found_{at}"] for at in (10, 20, 30)},
        "count": round(one.count),
        "base": round(one.base),
        "areas": one.n,
        "left_out": len(one.left_out),
    }


def _shown(table: Released) -> Table:
    return Table(
        released=table,
        columns={
            "outcome": "Outcome",
            "classification": "Classification",
            "groups": "Groups",
            **{name: MEASURED[name] for name in SHOWN},
            "count": "Count",
            "base": "Base",
        },
    )


def _found(table: Released, n: int) -> str:
    """Say what is found in the segments with the highest rates, as it may be shown."""
    ours = table.frame[table.frame["classification"] == OURS]
    found = ours[f"found_{FIFTH}_share"].dropna() * 100
    if found.empty:
        return f"How far the segments separate {number_of(n, 'outcome')} of the place."
    least, most = f"{found.min():.0f}", f"{found.max():.0f}"
    said = f"{least} %" if least == most else f"{least} to {most} %"
    return (
        f"Of {number_of(len(found), 'outcome')}, {said} is found among the {FIFTH} % "
        "of people whose segments have the highest rates; segments that tell nothing "
        f"would give {FIFTH} %."
    )


def _told(results: list[GainComparison], table: Released) -> dict[str, GainComparison]:
    """Return the comparisons that may be told, with the counts that may be shown."""
    shown = table.frame.set_index(["outcome", "classification"])[["count", "base"]]
    told = {}
    for result in results:
        outcome = result.gains[OURS].outcome
        own = shown.loc[outcome]
        if own.notna().to_numpy().all():
            gains = {
                name: replace(
                    one, count=float(own["count"][name]), base=float(own["base"][name])
                )
                for name, one in result.gains.items()
            }
            told[outcome] = replace(result, gains=gains)
    return told


def _verdict(
    told: list[GainComparison], compare: str | None
) -> tuple[str, list[Figure]]:
    held = [each.differences for each in told if not each.differences.empty]
    if not held:
        return "", []
    better, worse = (
        sum(bool((each["ours_is"] == how).all()) for each in held)
        for how in ("better", "worse")
    )
    of = number_of(len(held), "outcome")
    like = number_of(len(held) - better - worse, "shows", "show")
    lead = (
        f"The segments separate {better} of them better than {compare} and {worse} "
        f"less well; {like} no difference that is clear and matters."
    )
    if not better and not worse:
        lead = f"No difference from {compare} is clear and matters, in any of {of}."
    note = "by Gini with 95 % intervals"
    label = f"outcomes told apart better than by {compare}"
    return lead, [Figure(f"{better} of {len(held)}", label, note)]


def _curve(
    result: GainComparison, file: str, names: dict[str, str], door: Door
) -> list[Block]:
    """Draw the gain curves of one outcome, from counts that may be shown."""
    outcome = result.gains[OURS].outcome
    parts = [_points(name, one, door.rule) for name, one in result.gains.items()]
    frame = pd.concat(parts, ignore_index=True)
    ours = frame["classification"] == OURS
    frame["name"] = frame["segment"].where(ours).map(names).fillna("")
    curve = release(
        door,
        frame.round({"reached_share": 3, "found_share": 3}),
        Sheet(
            name=file,
            title=f"Gain curve: {outcome}",
            counts=["count", "base"],
            measures={"reached_share": "base", "found_share": "count"},
            labels=["classification", "segment", "name"],
            note="A classification with a count that is hidden shows none of its "
            "counts, and has no curve.",
        ),
    )
    twin = Table(
        released=curve,
        columns={
            "classification": "Classification",
            "segment": "Segment",
            "name": "Name",
            "count": "Count",
            "base": "Base",
            "reached_share": "Share of the base so far",
            "found_share": "Share of the outcome so far",
        },
    )
    if curve.frame["found_share"].isna().all():
        said = f"{outcome}: no curve, because a segment's count is too small to show."
        return [Text([said], tone="caution"), twin]
    drawing = lines(
        curve,
        Lines(
            x="reached_share",
            y="found_share",
            series="classification",
            x_title="Share of the base, highest rates first",
            y_title=f"Share found: {outcome}",
            diagonal="Segments tell nothing",
        ),
    )
    return [
        Picture(
            drawing=drawing,
            title=f"{outcome}: how much is found where",
            alt=(
                f"Gain curves of {outcome} for {', '.join(result.gains)}. The higher "
                "above the diagonal, the better need is separated."
            ),
            twin=twin,
        )
    ]


def _points(name: str, one: Gain, rule: Rule) -> pd.DataFrame:
    """Return the points of a curve, all worked out from protected counts."""
    raw = one.curve.set_index("segment")[["count", "base"]].round()
    sums = raw.apply(lambda counts: protect(counts, rule)[0])
    points = raw.astype("Int64").reset_index()
    points[["reached_share", "found_share"]] = float("nan")
    if sums.notna().all(axis=None):
        shares = gain_curve(sums.astype("float64")).set_index("segment")
        points = raw.astype("Int64").loc[shares.index].reset_index()
        points["reached_share"] = shares["reached"].to_numpy()
        points["found_share"] = shares["found"].to_numpy()
        zero = pd.DataFrame(0, [0], points.columns).assign(segment="none yet")
        points = pd.concat([zero, points], ignore_index=True)
    else:  # the others and the total would tell the hidden one
        points["count"] = pd.NA
    points.insert(0, "classification", name)
    return points
