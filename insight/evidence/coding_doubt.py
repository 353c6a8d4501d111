"""How much of a result rests on how coders read the evidence, and how much they had.

Coders differ. Each coded cell is drawn anew from the levels its coders gave, and the
test done on each such coding: what one coder alone, another for each cell, might have
found. And places with few coded components have thin evidence: the test is done on all
places with at least one, two, three or all components coded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.evidence.flags import flags_per_place
from insight.evidence.influence import tau_and_p
from insight.evidence.interval import tau_interval
from insight.evidence.maturity import AGREED, COMPONENTS, maturity_scores
from insight.evidence.shared import shared_p, taus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from insight.evidence.exact import PermutationP
    from insight.evidence.finding import Association
    from insight.evidence.flags import Colour

__all__ = ["CoderNoise", "ThinEvidence", "coder_noise", "thin_evidence"]


@dataclass(frozen=True, kw_only=True)
class CoderNoise:
    """Tau-b over codings drawn from what coders gave.

    Parameters
    ----------
    tau, p
        Of the levels as used.
    low, middle, high
        2.5, 50 and 97.5 % of tau-b over the codings drawn.
    significant
        Share of codings with p of at most 0.05.
    codings
        How many were drawn.
    differing
        Cells on which coders differ.
    cells
        Cells coded, in the places used.
    """

    tau: float
    p: PermutationP
    low: float
    middle: float
    high: float
    significant: float
    codings: int
    differing: int
    cells: int

    def __str__(self) -> str:
        """Say the result as a sentence."""
        return (
            f"Coders differ on {self.differing} of {self.cells} cells. Over "
            f"{self.codings:,} codings with each cell's level drawn from its coders, "
            f"tau-b of {self.tau:+.2f} runs from {self.low:+.2f} to {self.high:+.2f} "
            f"(95 % of codings, middle {self.middle:+.2f}), and p is at most 0.05 in "
            f"{self.significant:.0%} of them."
        )


def coder_noise(
    maturity: pd.DataFrame,
    found: Association,
    *,
    codings: int = 1000,
    random_state: int = 0,
) -> CoderNoise:
    """Repeat the test on codings drawn from coders' levels.

    Parameters
    ----------
    maturity
        The coders' levels that `found` rests on.
    found
        What :func:`insight.evidence.associate` returned.
    codings
        How many codings to draw.
    random_state
        Seed.

    Returns
    -------
    noise
        With one coder, or coders who all agree, every coding is the same. Levels of
        evidence from after the flags, and levels agreed on afterwards, are not used.
        This shows disagreement only, not what coders got wrong together.

    Raises
    ------
    InsightError
        If the association is withheld, or fewer than 1 coding is asked for.

    Examples
    --------
    >>> from insight.evidence import associate
    >>> levels = list(zip("ABCDE", [1, 2, 2, 3, 4]))
    >>> coded = pd.DataFrame(
    ...     [(p, "value", c, s) for c in "xy" for p, s in levels],
    ...     columns=["place", "component", "coder", "score"],
    ... )
    >>> flags = pd.DataFrame({
    ...     "place": [*"ABCDE"], "area": [*"ABCDE"], "colour": "red",
    ...     "count": [3, 1, 2, 1, 0],
    ... })  # fmt: skip
    >>> noise = coder_noise(coded, associate(coded, flags, components=["value"]))
    >>> noise.differing, noise.low == noise.high
    (0, True)
    """
    if codings < 1:
        msg = f"codings is {codings}; at least one must be drawn."
        raise InsightError(msg)
    tau = found.tau
    used = maturity[
        maturity["place"].isin(found.places.index)
        & maturity["component"].isin(found.maturity.components)
        & maturity["score"].notna()
    ]
    used = used[~used["coder"].str.startswith(AGREED)]
    if "phase" in used:
        used = used[used["phase"] != "after"]
    used = used.assign(score=pd.to_numeric(used["score"]).astype("float64"))
    levels = used.sort_values(["place", "component", "coder"])
    grouped = levels.groupby(["place", "component"], sort=True)["score"]
    cells = grouped.agg(list)
    rng = np.random.default_rng(random_state)
    drawn = np.stack([rng.choice(given, size=codings) for given in cells], axis=1)
    places = cells.index.get_level_values("place")
    scores = np.stack(
        [drawn[:, places == place].mean(axis=1) for place in found.places.index], axis=1
    )
    rate = found.places["flags_per_area"].to_numpy(dtype=np.float64)
    values = taus(rate, scores)
    p = shared_p(rate, scores, draws=1999, random_state=random_state)
    low, middle, high = np.nanquantile(values, [0.025, 0.5, 0.975])
    return CoderNoise(
        tau=tau,
        p=found.p,
        low=float(low),
        middle=float(middle),
        high=float(high),
        significant=float((p <= 0.05).mean()),  # noqa: PLR2004 - 5 %
        codings=codings,
        differing=int((grouped.max() > grouped.min()).sum()),
        cells=len(cells),
    )


@dataclass(frozen=True, kw_only=True)
class ThinEvidence:
    """The test with and without places of thin evidence.

    Parameters
    ----------
    table
        Indexed by the fewest components that must be coded: `n`, `tau`, `low`, `high`
        and `p`; missing where fewer than four places are left or nothing varies.
    components
        How many components there are.
    """

    table: pd.DataFrame
    components: int

    def __str__(self) -> str:
        """Say what the test gives at each demand on the evidence."""
        said = [
            f"at least {fewest} of {self.components} coded: "
            + (
                f"too few of {int(row['n'])} places"
                if np.isnan(row["tau"])
                else f"tau-b {row['tau']:+.2f}, p {row['p']:.4f}, {row['n']:g} places"
            )
            for fewest, row in self.table.iterrows()
        ]
        return (
            "With and without thin evidence, the score being the mean of the "
            f"components that are coded: {'; '.join(said)}."
        )


def thin_evidence(
    maturity: pd.DataFrame,
    flags: pd.DataFrame,
    *,
    colour: Colour = "red",
    components: Sequence[str] = COMPONENTS,
) -> ThinEvidence:
    """Test with all places, and with only those with more of the components coded.

    Parameters
    ----------
    maturity, flags, colour, components
        As for :func:`insight.evidence.associate`.

    Returns
    -------
    thin
        A component without text is not scored low: the score is the mean of those
        that have a level. Means over different components are compared, which is why
        this is a sensitivity analysis and not the test.

    Raises
    ------
    InsightError
        For faults in the tables.

    Examples
    --------
    >>> coded = pd.DataFrame(
    ...     [(p, "value", "x", s) for p, s in zip("ABCDE", [1, 2, 2, 3, 4])]
    ...     + [(p, "process", "x", 2) for p in "ABCD"],
    ...     columns=["place", "component", "coder", "score"],
    ... )
    >>> flags = pd.DataFrame({
    ...     "place": [*"ABCDE"], "area": [*"ABCDE"], "colour": "red",
    ...     "count": [3, 1, 2, 1, 0],
    ... })  # fmt: skip
    >>> found = thin_evidence(coded, flags, components=["value", "process"])
    >>> found.table["n"].tolist()
    [5, 4]
    """
    scores = maturity_scores(maturity, components=components)
    counts = flags_per_place(flags)
    known = counts[colour].dropna().index
    profile = scores.profile.reindex(known)
    coded = profile.notna().sum(axis=1)
    mean = profile.mean(axis=1)
    rate = (counts[colour] / counts["areas"]).reindex(known).astype("float64")
    rows = {}
    for fewest in range(1, len(components) + 1):
        kept = coded >= fewest
        rows[fewest] = _row(
            np.array(mean[kept], dtype=np.float64),
            np.array(rate[kept], dtype=np.float64),
        )
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("fewest_coded")
    return ThinEvidence(table=table, components=len(components))


def _row(score: NDArray[np.float64], rate: NDArray[np.float64]) -> dict[str, float]:
    blank = float("nan")
    tau, p, interval = blank, blank, None
    if len(score) >= 4:  # noqa: PLR2004 - as the test itself
        tau, p = tau_and_p(score, rate)
    if not np.isnan(tau):
        interval = tau_interval(tau, len(score))
    low, high = interval or (blank, blank)
    return {"n": len(score), "tau": tau, "low": low, "high": high, "p": p}
