"""How many segments: what speaks for each number, and how one becomes the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.release import Sheet, release
from insight.report import Lines, Picture, Table, Text, clustergram, lines
from segmentation.trust.choose import choose_k

if TYPE_CHECKING:
    from insight.release import Door
    from insight.report import Block
    from segmentation import Segmentation
    from segmentation.trust.choose import ChoiceOfK

__all__ = ["choice_blocks"]

STARTS: Final = 50
HINT: Final = (
    "How many segments there should be was given, not chosen. Set `choose = [2, 12]` "
    "in `[segments]` to hold those numbers against one another."
)
ACROSS: Final = "Number of segments (k)"
LINES: Final = {
    "explained": "Differences explained",
    "silhouette": "Silhouette (how far apart)",
    "stability_mean": "Agreement of samples, on average",
    "stability_minimum": "Agreement of samples, at worst",
}
COLUMNS: Final = {
    "k": ACROSS,
    "explained_share": "Differences explained",
    "gain_share": "Gained by the last step",
    "silhouette": "Silhouette (1 apart, 0 touching)",
    "calinski_harabasz": "Calinski-Harabasz index",
    "stability_mean": "Agreement, on average",
    "stability_minimum": "Agreement, at worst",
    "smallest": "Areas of the smallest segment",
    "rank": "Mean rank (1 the best)",
}
DIGITS: Final = {
    "within": 1,
    "explained_share": 3,
    "gain_share": 3,
    "silhouette": 2,
    "calinski_harabasz": 1,
    "stability_mean": 2,
    "stability_minimum": 2,
    "rank": 2,
}


def choice_blocks(
    found: Segmentation, choose: tuple[int, int] | None, door: Door
) -> list[Block]:
    """Hold numbers of segments against one another, where the place asks for it.

    Parameters
    ----------
    found
        The place's segments.
    choose
        Least and greatest number to try, or nothing.
    door
        Every table goes through it.
    """
    if choose is None:
        return [Text([HINT])]
    choice = choose_k(
        found.features,
        range(choose[0], choose[1] + 1),
        restarts=min(found.recipe.restarts, STARTS),
        seed=found.recipe.seed,
    )
    k = found.segments.nunique()
    used = (
        f"The place uses {k} segments, as the criteria taken together advise."
        if k == choice.recommended
        else f"The place uses {k} segments, which its place.toml decided; the criteria "
        f"taken together advise {choice.recommended}."
    )
    return [
        Text([used]),
        Text([], choice.reasons, tone="method"),
        _criteria(choice, door),
        _clustergram(choice, door),
    ]


def _criteria(choice: ChoiceOfK, door: Door) -> Picture:
    title = "What each number of segments gains and costs"
    frame = choice.criteria.rename(
        columns={"explained": "explained_share", "gain": "gain_share"}
    ).drop(columns="elbow")
    whole = release(
        door,
        frame.round(DIGITS),
        Sheet(
            name="choice_of_k",
            title=title,
            public=frame.columns.tolist(),
            note=f"{choice.n_rows:,} areas; agreement on {choice.n_used:,} of them.",
        ),
    )
    tall = choice.criteria.melt("k", list(LINES), "criterion", "value")
    tall["criterion"] = tall["criterion"].map(LINES)
    drawn = release(
        door,
        tall.round({"value": 3}),
        Sheet(name="choice_of_k_lines", title=title, public=["value"], labels=["k"]),
    )
    chart = lines(
        drawn,
        Lines(x="k", y="value", series="criterion", x_title=ACROSS, y_title="0 to 1"),
    )
    best = choice.recommended
    row = choice.criteria.set_index("k").loc[best]
    alt = (
        f"Lines of four criteria by number of segments. At {best}: "
        f"{row['explained']:.0%} of differences explained, silhouette "
        f"{row['silhouette']:.2f}, agreement of samples {row['stability_mean']:.2f} on "
        f"average and {row['stability_minimum']:.2f} at worst."
    )
    twin = Table(released=whole, columns=COLUMNS)
    return Picture(drawing=chart, title=title, alt=alt, twin=twin)


def _clustergram(choice: ChoiceOfK, door: Door) -> Picture:
    title = "How segments part as there are more of them"
    nodes = release(
        door,
        choice.nodes.round({"value": 4}),
        Sheet(
            name="clustergram",
            title=title,
            public=["k", "value", "size"],
            labels=["segment"],
            note=(
                "A segment that stays apart from one number to the next is one to "
                "trust; lines that cross and mix are borders that move."
            ),
        ),
    )
    links = release(
        door,
        choice.links,
        Sheet(
            name="clustergram_links",
            title=title,
            public=["k", "size"],
            labels=["source", "target"],
        ),
    )
    least, most = choice.criteria["k"].iloc[[0, -1]]
    return Picture(
        drawing=clustergram(nodes, links),
        title=title,
        alt=(
            f"Clustergram: each circle is a segment, from {least} segments on the left "
            f"to {most} on the right; links show where its areas go."
        ),
        twin=Table(
            released=nodes,
            columns={
                "k": ACROSS,
                "segment": "Segment",
                "size": "Areas",
                "value": "Mean on the first principal component",
            },
            limit=25,
        ),
    )
