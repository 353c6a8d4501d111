"""What coders made of the evidence: their agreement, and each place's profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.chapters.evidence_part import Part
from insight.evidence.agreement_said import said_of_agreement
from insight.evidence.maturity import LEAST_ALPHA
from insight.evidence.rubric import OURS
from insight.release import Sheet, release
from insight.report import Table

if TYPE_CHECKING:
    from insight.evidence import Maturity
    from insight.release import Door

__all__ = ["coded_part"]

AGREEMENT: Final = {
    "component": "Component",
    "units": "Places rated twice",
    "exact_share": "Alike",
    "alpha": "Ordinal alpha",
    "alpha_low": "from",
    "alpha_high": "to",
    "kappa_linear": "Kappa, linear",
    "kappa_quadratic": "Kappa, quadratic",
}


def coded_part(scores: Maturity, door: Door) -> Part:
    """Say how far coders agree, and show the profile that came of it.

    Parameters
    ----------
    scores
        What :func:`insight.evidence.maturity_scores` returned.
    door
        The tables go through it, though they hold no person.
    """
    table = scores.agreement.reset_index()
    table = table.rename(columns={"exact_agreement": "exact_share"})
    figures = [str(name) for name in table if name != "component"]
    agreement = release(
        door,
        table.round(4),
        Sheet(
            name="coder_agreement",
            title="Agreement of coders on each component",
            public=figures,
            note=f"Ordinal alpha below {LEAST_ALPHA} carries no association. Intervals "
            "are by resampling places; kappa is for two coders.",
        ),
    )
    names = {name: name.replace(" ", "_") for name in scores.components}
    profile = scores.profile.rename(columns=names).assign(score=scores.score)
    released = release(
        door,
        profile.round(4).reset_index(),
        Sheet(
            name="maturity_profile",
            title="Maturity of insight in each place, by component",
            public=[*names.values(), "score"],
            note=f"{OURS} A blank is no text, never a low level.",
        ),
    )
    headings = {names[name]: name.capitalize() for name in scores.components}
    sentences = said_of_agreement(scores.agreement)
    return Part(
        name="agreement",
        blocks=[
            Table(released=agreement, columns=AGREEMENT),
            Table(
                released=released,
                columns={"place": "Place", **headings, "score": "Score"},
            ),
        ],
        tables=[agreement, released],
        sentences=sentences,
    )
