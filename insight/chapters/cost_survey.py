"""What a survey says of the use of services, through the door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insight.release import Rate, Sheet, release
from insight.report import Column, Table

if TYPE_CHECKING:
    from insight.release import Door, Released
    from insight.report import Block
    from insight.spend import SpendBySegment

__all__ = ["survey_blocks", "survey_table"]


def survey_table(shared: SpendBySegment, door: Door) -> Released | None:
    """Release what the survey said, by service; `None` without one."""
    survey = shared.evidence.survey
    if survey.empty:
        return None
    said = survey.groupby("service", as_index=False)[["users", "asked"]].sum()
    return release(
        door,
        said.astype({"users": "Int64", "asked": "Int64"}),
        Sheet(
            name="spend_survey",
            title="What a survey says of use",
            counts=["users", "asked"],
            rates={"share": Rate("users", "asked")},
        ),
    )


def survey_blocks(survey: Released | None) -> list[Block]:
    """Show what the survey said, where there is one."""
    if survey is None:
        return []
    columns: dict[str, str | Column] = {
        "service": "Service",
        "users": "Say they use it",
        "asked": "Asked",
        "share": Column("Share", "share"),
    }
    return [Table(released=survey, columns=columns)]
