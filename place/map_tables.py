"""The contract of drawn maps: what a step of a journey map is."""

from __future__ import annotations

from typing import Final

from place.contract import Column, Contract, must, texts

__all__ = ["MAP_SOURCES", "STRENGTHS", "journey_maps"]

MAP_SOURCES: Final = ("interview", "workshop", "survey", "observation")
STRENGTHS: Final = {1: "one person told it", 2: "several did", 3: "records show it too"}


def journey_maps(activity_classes: tuple[str, ...]) -> Contract:
    """Return the contract of journey maps.

    Parameters
    ----------
    activity_classes
        The classes of activity that the rules of duplication know.

    Examples
    --------
    >>> contract = journey_maps(("request", "assess"))
    >>> [column.name for column in contract.columns if column.required]
    ['map_id', 'stage', 'step', 'actor', 'agency']
    """
    return Contract(
        name="journey_maps",
        row_is="a step of a journey map drawn from interviews or in a workshop",
        unlocks="what people tell, beside what the records show",
        columns=(
            *must(
                ("map_id", "the map"),
                ("stage", "stage of the journey"),
                ("step", "what happens"),
                ("actor", "who acts"),
                ("agency", "for whom"),
            ),
            Column(
                name="emotion",
                note="how it felt, -2 to 2",
                kind="integer",
                least=-2,
                most=2,
            ),
            Column(name="pain", note="what hurts"),
            Column(name="quote", note="in the family's words", personal=True),
            Column(name="backstage", note="what the customer does not see"),
            Column(name="planned", note="", one_of=("planned", "actual")),
            *texts(
                ("links", "next steps, separated by ;; TARGET|referral, or |loop"),
                ("persona", "whom the map is of, under an invented name"),
                ("segment", "segment of the persona"),
                ("scope", "from where to where the map goes"),
                ("evidence_date", "when it was told, as 2009-06 or 2009-06-14"),
            ),
            Column(name="source", note="how it was told", one_of=MAP_SOURCES),
            Column(name="stage_order", note="from 1", kind="integer", least=0),
            Column(
                name="step_order",
                note="place within the map; the row of the file where absent",
                counts_rows=True,
            ),
            *texts(
                ("step_id", "the step within its map; its words where absent"),
                ("channel", "phone, web, visit"),
                ("touchpoint", "what the customer meets: a letter, a counter"),
            ),
            Column(name="place_on_stage", note="", one_of=("onstage", "backstage")),
            Column(
                name="evidence_strength",
                note="; ".join(f"{at} {words}" for at, words in STRENGTHS.items()),
                kind="integer",
                least=min(STRENGTHS),
                most=max(STRENGTHS),
            ),
            *texts(
                ("need", "what it was about"),
                ("episode", "what befell the family, separated by ;"),
                ("background_factor", "what lay behind it, separated by ;"),
                ("activity", "what the events call the step"),
            ),
            Column(
                name="activity_class",
                note="kind of activity, for the duplication rules",
                one_of=activity_classes,
            ),
            *texts(
                ("outcome", "how it ended"),
                ("data_items", "facts asked for, separated by ;"),
            ),
        ),
    )
