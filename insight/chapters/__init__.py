"""The report, chapter by chapter: what each room found, sent through the door.

Read in this order: `chapter` (what one is), `intake` (what came in), `finding`,
`who`, `grouping` and `profiles` (segments), `standing` (do they hold?), `need` (do they
separate need?), `where`, `drivers`, `targets`, `change`, `sharing`, `persons`,
`followed` and `what_happens` (journeys), `duplication`, `duplication_cost`,
`redesign`, `differences`, `hubs`, `told` (drawn maps), `cost` (spend), `evidence`
(does insight pay?). Each takes an open place and a door; only released figures reach
its page.
"""

from insight.chapters.change import change_chapter, change_faults
from insight.chapters.chapter import Chapter
from insight.chapters.cost import cost_chapter
from insight.chapters.drivers import driver_faults, drivers_chapter
from insight.chapters.evidence import evidence_chapter
from insight.chapters.intake import intake, left_out
from insight.chapters.need import need_chapter
from insight.chapters.persons import persons_chapter
from insight.chapters.reference import reference_section
from insight.chapters.services import with_services
from insight.chapters.sharing import sharing_chapter
from insight.chapters.standing import standing_chapter
from insight.chapters.standing_faults import standing_faults
from insight.chapters.targets import target_faults, targets_chapter
from insight.chapters.where import where_chapter
from insight.chapters.where_faults import where_faults
from insight.chapters.who import residents_of, segments_chapter, with_customers

__all__ = [
    "Chapter",
    "change_chapter",
    "change_faults",
    "cost_chapter",
    "driver_faults",
    "drivers_chapter",
    "evidence_chapter",
    "intake",
    "left_out",
    "need_chapter",
    "persons_chapter",
    "reference_section",
    "residents_of",
    "segments_chapter",
    "sharing_chapter",
    "standing_chapter",
    "standing_faults",
    "target_faults",
    "targets_chapter",
    "where_chapter",
    "where_faults",
    "with_customers",
    "with_services",
]
