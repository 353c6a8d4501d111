"""The stories that customers of Exampleton live through, one need at a time.

A story is a list of steps. Agencies in it are roles, A to C: which agency plays
which role is drawn for each customer. Some stories hold **planted** duplication of
the kinds D1 to D8, and some hold a **decoy**, which looks like duplication and is
not. No customer lives two stories about one need, so nothing is found across
stories, and whatever a rule finds within one can be read in these pages.
"""

from __future__ import annotations

from example_stories_more import LATER
from example_story import Story, decoy, planted, step

__all__ = ["LONELY", "STORIES"]

CALL = step("contact_in", "First contact", after=(0, 0))
ASK = step("request", "Online request", after=(0, 0), channel="web")
TALK = step("intake", "Intake interview")
TALK_B = step("intake", "Intake interview", "B")
ASSESS = step("assess", "Needs assessment")
ASSESS_B = step("assess", "Needs assessment", "B", after=(5, 60))
TO_B = step("refer", "Referral", to="B")
VISIT = step("service", "Support visit")
VISIT_B = step("service", "Support visit", "B")
VISIT_C = step("service", "Support visit", "C")
LETTER = step("contact_out", "Closing letter", channel="letter", outcome="closed")
PLAN = step("review", "Plan agreed")
LONG_CASE = step("service", "Casework", lasts=(60, 90))
COURSE = step("course", "Group course", lasts=(20, 40))
HOME_VISIT = step("service", "Home visit", outcome="completed")

USUAL = (
    Story("advice", 36, (CALL, step("contact_out", "Advice given", outcome="closed"))),
    Story(
        "full journey",
        28,
        (
            ASK,
            TALK.but(items="first two"),
            ASSESS,
            PLAN,
            step("service", "Support starts", after=(2, 6), lasts=(30, 60)),
            step("review", "Review", after=(65, 80), outcome="closed"),
        ),
    ),
    Story("referred on", 26, (CALL, TO_B, VISIT_B, LETTER.but(by="B"))),
    Story(
        "treated",
        22,
        (
            CALL,
            ASSESS,
            step("service", "Specialist treatment"),
            step("contact_out", "Follow-up call", channel="phone"),
        ),
    ),
    Story(
        "crisis",
        11,
        (
            CALL.but(activity="Emergency call", channel="phone"),
            step("service", "Emergency visit", after=(1, 1)),
            TO_B,
            ASSESS_B,
            VISIT_B,
        ),
    ),
)

# D1 repeat assessment: the same kind of assessment or intake for the same need by
# another agency within 180 days. A chain of three has two repeats.
D1 = (
    Story(
        "assessed again",
        3,
        (CALL, ASSESS, TO_B, ASSESS_B.but(mark=planted("D1", "assessed again", 1))),
    ),
    Story(
        "interviewed again",
        3,
        (ASK, TALK, TALK_B.but(mark=planted("D1", "interviewed again", 1)), VISIT_B),
    ),
    Story(
        "assessed three times",
        1.5,
        (
            CALL,
            ASSESS,
            ASSESS_B.but(mark=planted("D1", "chain of three", 1)),
            ASSESS_B.but(by="C", mark=planted("D1", "chain of three", 1, 2)),
            VISIT_C,
        ),
    ),
    Story(
        "assessed again twice",
        1.5,
        (
            CALL,
            ASSESS,
            ASSESS_B.but(mark=planted("D1", "first of two at the second agency", 1)),
            ASSESS_B.but(
                activity="Full assessment",
                mark=planted("D1", "second of two at the second agency", 1),
            ),
            VISIT_B,
        ),
    ),
)
NOT_D1 = (
    Story(
        "changed circumstances",
        2,
        (
            CALL,
            ASSESS,
            step("reset", "Change of circumstances"),
            ASSESS_B.but(mark=decoy("D1", "reset", 1)),
            VISIT_B,
        ),
    ),
    Story(
        "moved into the place again",
        1.5,
        (
            CALL,
            ASSESS,
            step("reset", "New start after moving away", need="none"),
            ASSESS_B.but(mark=decoy("D1", "reset of all needs", 1)),
        ),
    ),
    Story(
        "assessment out of date",
        2,
        (CALL, ASSESS, ASSESS_B.but(after=(190, 240), mark=decoy("D1", "expired", 1))),
    ),
    Story(
        "another need",
        2,
        (
            CALL,
            ASSESS,
            ASSESS_B.but(need="other", mark=decoy("D1", "other need", 1)),
            VISIT_B.but(need="other"),
        ),
    ),
    Story(
        "statutory duty",
        2,
        (
            CALL,
            ASSESS,
            ASSESS_B.but(
                activity="Statutory safeguarding assessment",
                mark=decoy("D1", "exempt", 1),
            ),
        ),
    ),
    Story(
        "joint assessment",
        2,
        (
            CALL,
            ASSESS,
            ASSESS_B.but(joint="A", mark=decoy("D1", "joint working", 1)),
            VISIT_B,
        ),
    ),
    Story(
        "second look by the same agency",
        1.5,
        (
            CALL,
            ASSESS,
            ASSESS.but(activity="Full assessment", mark=decoy("D1", "same agency", 1)),
        ),
    ),
)

# D2 parallel case-holding: cases of two agencies open at once for the same need.
D2 = (
    Story(
        "two caseworkers",
        2.5,
        (
            CALL,
            LONG_CASE,
            LONG_CASE.but(
                by="B", after=(10, 30), mark=planted("D2", "two cases open", 1)
            ),
        ),
    ),
    Story(
        "three caseworkers",
        1.5,
        (
            CALL,
            LONG_CASE,
            LONG_CASE.but(
                by="B", after=(5, 15), mark=planted("D2", "two cases open", 1)
            ),
            LONG_CASE.but(
                by="C", after=(5, 15), mark=planted("D2", "three cases open", 1, 2)
            ),
        ),
    ),
)
NOT_D2 = (
    Story(
        "joint casework",
        2,
        (
            CALL,
            LONG_CASE,
            LONG_CASE.but(
                by="B",
                after=(10, 30),
                joint="A",
                mark=decoy("D2", "joint working", 1),
            ),
        ),
    ),
    Story(
        "one caseworker after the other",
        3,
        (
            CALL,
            LONG_CASE.but(lasts=(10, 20)),
            TO_B.but(after=(25, 30)),
            LONG_CASE.but(
                by="B", lasts=(10, 20), mark=decoy("D2", "one after the other", 1)
            ),
        ),
    ),
)

STORIES = (*USUAL, *D1, *NOT_D1, *D2, *NOT_D2, *LATER)
LONELY = "moved into the place again"  # its reset touches all needs: no other story
