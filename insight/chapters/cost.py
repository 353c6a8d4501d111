"""What it costs: each line of spend shared among segments, to the penny."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.chapter import Chapter
from insight.chapters.cost_inputs import SpendChoices, beside_of
from insight.chapters.cost_survey import survey_blocks, survey_table
from insight.chapters.cost_tables import (
    aims_table,
    by_segment,
    calibration_table,
    functions_table,
    picture,
    rungs_table,
)
from insight.chapters.spend_lines import counted_lines
from insight.report import Section, Text
from insight.spend import (
    BUCKETS,
    COLLECTIVE,
    NOT_KNOWN,
    customer_use,
    pounds,
    spend_per_segment,
    spend_ratio,
    use_by_segment,
)
from insight.spend.calibration import calibrate
from insight.spend.intervals import spend_draws

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.release import Door, Released
    from insight.report import Block
    from insight.spend import SpendBySegment
    from insight.spend.intervals import Draws
    from place import OpenPlace
    from segmentation import Segmentation

__all__ = ["cost_chapter"]

NO_USE: Final = ["service", "segment", "units", "cost_pence", "customers", "uses"]
BY_NO_USE: Final = {
    "head count",
    "overhead",
    "collective",
    "collective by head count",
    "cofog not known",
}
TITLE: Final = "What it costs"
METHODS: Final = (
    (
        "Each line of spend is shared by the best evidence there is for its COFOG "
        "code: totals known for segments; recorded cost of use; recorded use at unit "
        "cost; units or customers; a survey of use, times the people of a segment; a "
        "stated key; head count. Overheads follow the direct costs of their body. "
        "Collective goods stand apart, or are shared a head where the place so chose."
    ),
    (
        "Shares are dealt in whole pence by largest remainder, ties by name, so that "
        "lines, segments and the whole add up exactly. Where totals of segments are "
        "known as well, the table is fitted to both margins (Deming and Stephan 1940) "
        "and rounded so that both stay exact and no cell moves by a penny (Cox and "
        "Ernst 1982)."
    ),
    (
        "Intervals are of 200 replicates in which customers count a Poisson(1) number "
        "of times, shares of a survey come from beta distributions under Jeffreys' "
        "prior, and unit costs from PERT distributions of their range. Every replicate "
        "adds up to all spend. Error in budgets, head counts, keys and segments is not "
        "in them."
    ),
)


def cost_chapter(
    opened: OpenPlace,
    door: Door,
    found: Segmentation,
    *,
    names: Mapping[str, str],
    choices: SpendChoices | None = None,
) -> Chapter:
    """Share the spend of a place among its segments.

    Parameters
    ----------
    opened
        A place with `spend`; with `service_use` or `survey_use` too, budgets follow
        use where `[spend.services]` says which.
    door
        Every figure goes through it.
    found
        The place's segmentation.
    names
        Segment code to name.
    choices
        Keys, universal services, overheads and collective goods, as `[spend]` says.

    Raises
    ------
    InsightError
        If spend or use cannot be shared.
    """
    engine, options = opened.engine, opened.place.spend
    counted, passed_over = counted_lines(opened)
    sizes = _sizes(opened, found)
    if sizes is None:
        said = (
            "Spend cannot be shared: the table of areas lacks population somewhere, "
            "and no customer is known. Supply either."
        )
        return Chapter(section=Section("cost", TITLE, said), sentences=[said])
    use, customers = pd.DataFrame(columns=NO_USE), None
    if opened.has("service_use"):
        tables = ("service_use", "customer_segment")
        use = use_by_segment(*tables, area_segment="area_segment", engine=engine)
        customers = customer_use(*tables, area_segment="area_segment", engine=engine)
    beside, limits = beside_of(opened, found, choices or SpendChoices())
    shared = spend_per_segment(
        counted,
        use,
        sizes,
        services=options.services,
        collective=COLLECTIVE if options.collective is None else options.collective,
        beside=beside,
    )
    draws = spend_draws(shared, customers)
    table = by_segment(shared, draws, customers, names, door)
    survey = survey_table(shared, door)
    apart = shared.segments["amount_pence"].reindex(list(BUCKETS)).fillna(0).sum()
    lead = (
        f"{pounds(shared.total_pence)} of spend is counted, to the penny: "
        f"{pounds(shared.total_pence - int(apart))} is shared among the segments, and "
        f"{pounds(int(apart))} is kept apart, as of benefit to all or of no known "
        "function."
    )
    ratio = _ratio(shared, draws, table, survey)
    blocks: list[Block] = [
        Text([ratio], tone="finding"),
        picture(table),
        aims_table(shared, customers, names, door),
        rungs_table(shared, door),
        functions_table(shared, door),
        *survey_blocks(survey),
        *calibration_table(calibrate(shared), door),
    ]
    points = [*passed_over, *limits, *shared.notes]
    if points:
        asked = "What to bear in mind of spend by segment:"
        blocks.append(Text([asked], points, "caution"))
    blocks.append(Text(METHODS, tone="method"))
    return Chapter(
        section=Section("cost", TITLE, lead, blocks),
        sentences=[lead, ratio],
    )


def _sizes(opened: OpenPlace, found: Segmentation) -> pd.Series[float] | None:
    """People in each segment: residents where the areas count them, else customers."""
    if opened.areas is not None:
        residents = opened.areas["population"].reindex(found.segments.index)
        if residents.notna().all():
            people: pd.Series[float] = residents.groupby(found.segments).sum()
            return people
    if not opened.engine.has("customer_segment"):
        return None
    counted: pd.DataFrame = opened.engine.arrow(
        "SELECT segment, count(*) AS people FROM customer_segment "
        "WHERE segment IS NOT NULL GROUP BY segment"
    ).to_pandas()
    known = counted.set_index("segment")["people"].astype(float)
    return known if len(known) else None


def _ratio(
    shared: SpendBySegment, draws: Draws, table: Released, survey: Released | None
) -> str:
    """Say the dearest segment against the cheapest, from what the door let out."""
    if set(shared.rungs.index) <= BY_NO_USE:
        return (
            "No budget could be shared by use of a service, so every segment costs the "
            "same a head. Supply service_use and [spend.services] to tell them apart."
        )
    heads = table.frame.dropna(subset="per_head_pence").set_index("segment")
    paid = heads[heads["per_head_pence"] > 0]
    if shared.extremes is None or not set(shared.extremes) <= set(paid.index):
        return (
            "The dearest and the cheapest segment cannot be compared: too few people "
            "lie behind one of them, or it costs nothing."
        )
    ratio = spend_ratio(shared, draws=draws)
    said = (
        f"A head, segment {heads['label'][ratio.dearest]} costs {ratio.ratio:.1f} "
        f"times what segment {heads['label'][ratio.cheapest]} costs"
    )
    if ratio.interval is None:
        return f"{said}. No interval: {ratio.why_none}."
    low, high = ratio.interval
    customers = table.frame["customers"][table.frame["segment"] != NOT_KNOWN].sum()
    bases = [f"over {customers:,} customers"] if draws.n_customers else []
    if survey is not None and draws.n_asked:
        bases.append(f"{survey.frame['asked'].sum():,} answers to a survey")
    return (
        f"{said} (95 % interval {low:.1f} to {high:.1f}, {' and '.join(bases)}; "
        "spend unaudited)."
    )
