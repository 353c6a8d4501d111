"""The stories of duplication of the kinds D3 to D8, and of their decoys."""

from __future__ import annotations

from example_story import Story, decoy, planted, step

__all__ = ["LATER"]

CALL = step("contact_in", "First contact", after=(0, 0))
ASK = step("request", "Online request", after=(0, 0), channel="web")
TO_A = step("refer", "Referral", to="A")
TO_B = step("refer", "Referral", to="B")
TO_C = step("refer", "Referral", to="C")
VISIT = step("service", "Support visit")
TREAT_B = step("service", "Specialist treatment", "B")
COURSE = step("course", "Group course", lasts=(20, 40), outcome="not achieved")
COURSE_B = COURSE.but(by="B", after=(45, 90), outcome="achieved")
HOME_VISIT = step("service", "Home visit", outcome="completed")
AGAIN = HOME_VISIT.but(after=(10, 30))
CLOSE = step("review", "Case closed", outcome="closed")
PLAN = step("review", "Plan agreed")
FORM_B = step("request", "Application form", "B")

# D3 ping-pong: sent back, with no work done, to an agency already visited.
D3 = (
    Story(
        "sent back",
        2.5,
        (CALL, TO_B, TO_A.but(by="B", mark=planted("D3", "bounce", 1)), VISIT),
    ),
    Story(
        "sent back after talk",
        1.5,
        (
            CALL,
            TO_B,
            step("intake", "Intake interview", "B"),
            TO_A.but(by="B", mark=planted("D3", "bounce after an interview", 1)),
            VISIT,
        ),
    ),
    Story(
        "sent round",
        1.5,
        (
            CALL,
            TO_B,
            TO_C.but(by="B"),
            TO_A.but(by="C", mark=planted("D3", "loop of three", 1)),
            VISIT,
        ),
    ),
)
NOT_D3 = (
    Story(
        "specialist hands back",
        2,
        (
            CALL,
            TO_B,
            TREAT_B,
            TO_A.but(by="B", mark=decoy("D3", "work done, then returned", 1)),
            VISIT,
        ),
    ),
    Story(
        "course hands back",
        1.5,
        (
            CALL,
            TO_B,
            COURSE.but(by="B", outcome="achieved"),
            TO_A.but(
                by="B",
                after=(45, 55),
                mark=decoy("D3", "course done, then returned", 1),
            ),
            VISIT,
        ),
    ),
    Story(
        "passed along",
        2,
        (
            CALL,
            TO_B,
            TO_C.but(by="B", mark=decoy("D3", "chain without return", 1)),
            VISIT.but(by="C"),
        ),
    ),
)

# D4 preventable contact: chasing, coming back, or trying again elsewhere.
D4 = (
    Story(
        "chased",
        3,
        (
            ASK,
            step(
                "contact_in",
                "Chasing progress",
                after=(8, 20),
                channel="phone",
                mark=planted("D4", "chased an open request", 0),
            ),
            VISIT,
        ),
    ),
    Story(
        "came back",
        2,
        (
            CALL,
            VISIT,
            CLOSE,
            step(
                "contact_in",
                "Same problem again",
                after=(2, 6),
                mark=planted("D4", "back soon after closure", 2),
            ),
        ),
    ),
    Story(
        "form failed",
        2,
        (
            CALL.but(activity="Online form", channel="web", outcome="failed"),
            step(
                "contact_in",
                "First contact",
                after=(1, 2),
                channel="phone",
                mark=planted("D4", "phoned after a failed form", 0),
            ),
            VISIT,
        ),
    ),
)
NOT_D4 = (
    Story(
        "agency wrote first",
        2.5,
        (
            ASK,
            step("contact_out", "Letter asking to call", channel="letter"),
            step(
                "contact_in",
                "Reply to letter",
                after=(3, 20),
                channel="phone",
                mark=decoy("D4", "agency wrote first", 0, 1),
            ),
            VISIT,
        ),
    ),
    Story(
        "came back much later",
        2,
        (
            CALL,
            VISIT,
            CLOSE,
            step(
                "contact_in",
                "New problem",
                after=(120, 160),
                mark=decoy("D4", "expired", 2),
            ),
        ),
    ),
)

# D5 asked again: a fact that another agency already holds.
D5 = (
    Story(
        "asked again",
        3,
        (
            CALL,
            step("intake", "Intake interview", items="first two"),
            FORM_B.but(items="first", mark=planted("D5", "asked again", 1)),
            TREAT_B,
        ),
    ),
)
NOT_D5 = (
    Story(
        "identity shown in person",
        2,
        (
            CALL,
            step("intake", "Intake interview", items="with identity"),
            FORM_B.but(
                activity="Identity check",
                items="identity",
                mark=decoy("D5", "exempt", 1),
            ),
        ),
    ),
    Story(
        "asked something else",
        1.5,
        (
            CALL,
            step("intake", "Intake interview", items="first two"),
            FORM_B.but(items="third", mark=decoy("D5", "another fact", 1)),
        ),
    ),
)

# D6 the same course again, though nothing came of it the first time.
D6 = (
    Story(
        "course repeated",
        2.5,
        (CALL, COURSE, COURSE_B.but(mark=planted("D6", "not achieved before", 1))),
    ),
    Story(
        "course restarted",
        1.5,
        (
            CALL,
            COURSE.but(outcome="left early"),
            COURSE_B.but(mark=planted("D6", "left early, then restarted", 1)),
        ),
    ),
)
NOT_D6 = (
    Story(
        "course in parts",
        2,
        (
            CALL,
            COURSE.but(activity="Group course, part 1 of 2", outcome="part done"),
            COURSE.but(
                activity="Group course, part 2 of 2",
                after=(45, 60),
                outcome="achieved",
                mark=decoy("D6", "planned series", 1),
            ),
        ),
    ),
    Story(
        "relapse",
        2,
        (
            CALL,
            COURSE.but(outcome="achieved"),
            COURSE_B.but(after=(90, 150), mark=decoy("D6", "relapse", 1)),
        ),
    ),
)

# D7 rework: the same agency does the same work again after it was completed.
D7 = (
    Story(
        "done twice",
        3,
        (CALL, HOME_VISIT, AGAIN.but(mark=planted("D7", "done again", 1))),
    ),
)
NOT_D7 = (
    Story(
        "no one in",
        2,
        (
            CALL,
            HOME_VISIT.but(outcome="no one in"),
            AGAIN.but(mark=decoy("D7", "not completed before", 1)),
        ),
    ),
)

# D8 hand-off delay: "Plan agreed" to "Support starts" takes 2 to 6 days in one
# agency (the full journey), and much longer to another.
START_B = step("service", "Support starts", "B", lasts=(30, 60))
D8 = (
    Story(
        "slow hand-off",
        3,
        (CALL, PLAN, START_B.but(after=(30, 50), mark=planted("D8", "slow", 1))),
    ),
)
NOT_D8 = (
    Story(
        "prompt hand-off",
        2,
        (CALL, PLAN, START_B.but(after=(2, 6), mark=decoy("D8", "prompt", 1))),
    ),
)

LATER = (
    *D3, *NOT_D3, *D4, *NOT_D4, *D5, *NOT_D5, *D6, *NOT_D6, *D7, *NOT_D7, *D8, *NOT_D8,
)  # fmt: skip
