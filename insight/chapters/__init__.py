"""The report, chapter by chapter: what each room found, sent through the door.

Read in this order: `chapter` (what one is), `intake` (what came in), `who`
(segments), `what_happens` (journeys), `cost` (spend), `evidence` (does insight
pay?). Each takes an open place and a door; only released figures reach its page.
"""

from insight.chapters.chapter import Chapter
from insight.chapters.cost import cost_chapter
from insight.chapters.evidence import evidence_chapter
from insight.chapters.intake import intake, left_out
from insight.chapters.reference import reference_section
from insight.chapters.what_happens import journeys_chapter
from insight.chapters.who import segments_chapter, with_customers

__all__ = [
    "Chapter",
    "cost_chapter",
    "evidence_chapter",
    "intake",
    "journeys_chapter",
    "left_out",
    "reference_section",
    "segments_chapter",
    "with_customers",
]
