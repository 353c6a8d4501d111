"""What agencies agree on before they fit segments together: the plan.

Variables, how they are bent, ranges, grid and starts are public or agreed: none is
taken from an agency's rows, since a least or a greatest value is somebody's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

import numpy as np
from pydantic import Field, ValidationError, model_validator

from segmentation.errors import SegmentError, few
from segmentation.kmeans.grid import grid_for
from segmentation.share.feature_specs import Feature
from segmentation.share.federated_round import LEAST
from segmentation.share.model import GridSteps, Made
from segmentation.share.sealed import Written, faults_of, read_sealed, seal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segmentation.share.model import SharedModel

__all__ = ["Agreement", "Plan", "agreed_starts", "plan_of", "plan_on", "read_plan"]

PER_CENT: Final = (0.0, 100.0)
Agency = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")]


class Agreement(Written):
    """What agencies agree on, as they would write it into a settings file.

    Parameters
    ----------
    agencies
        In small letters, digits, "-" and "_": each names the files of one agency.
    k, seed, starts
        Segments; seed and number of the random starts. Each start adds as much again
        to what an agency sends a round: 4 kB with 8 segments of 60 features.
    minimum
        Sums over fewer rows than this are not given by an agency.
    withhold
        Whether an agency withholds such sums and goes on, at the cost of exactness;
        else the start that led to them is given up.
    transform
        Of every variable.
    variables
        Label -> notation.
    ranges
        Label -> agreed least and greatest value, in the units of the variable; 0 to
        100 for a share that has none.
    place, unit, synthetic
        What the segments are of.
    """

    agencies: tuple[Agency, ...] = Field(min_length=1)
    k: int = Field(default=8, ge=2, le=1000)
    seed: int = Field(default=0, ge=0, lt=2**32)
    starts: int = Field(default=1, ge=1, le=1000)
    minimum: int = Field(default=LEAST, ge=1)
    withhold: bool = False
    transform: Literal["asinh", "log", "none"] = "asinh"
    variables: dict[str, str] = Field(min_length=1)
    ranges: dict[str, tuple[float, float]] = Field(default_factory=dict)
    place: str = ""
    unit: Literal["areas", "people"] = "people"
    synthetic: bool = False


class Plan(Written):
    """A plan, sealed: what every agency computes from.

    Parameters
    ----------
    starts
        Sets of centres in whole steps.
    """

    format: Literal["totalplace federated plan"] = "totalplace federated plan"
    schema_version: Literal[1] = 1
    agencies: tuple[Agency, ...] = Field(min_length=1)
    minimum: int = Field(ge=1)
    withhold: bool = False
    made: Made = Made()
    synthetic: bool = False
    variables: dict[str, str]
    features: tuple[Feature, ...] = Field(min_length=1)
    grid: GridSteps
    starts: tuple[tuple[tuple[int, ...], ...], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        twice = sorted({a for a in self.agencies if self.agencies.count(a) > 1})
        if twice:
            msg = f"two agencies have the same name: {few(twice)}"
            raise ValueError(msg)
        if "centres" in self.agencies:
            msg = "no agency can be called 'centres': a file of each round is"
            raise ValueError(msg)
        width = len(self.features)
        if len(self.grid.offset) != width or any(
            len(centre) != width for start in self.starts for centre in start
        ):
            msg = f"grid or starts are not of the {width} features"
            raise ValueError(msg)
        return self

    @property
    def checksum(self) -> str:
        """Seal of the whole plan, which every later file repeats."""
        return seal(self)


def read_plan(text: str, *, what: str = "plan.json") -> Plan:
    """Read and check the text of a plan.

    Raises
    ------
    SegmentError
        As :func:`segmentation.share.sealed.read_sealed` says.
    """
    return read_sealed(text, Plan, what)


def plan_of(agreement: Agreement) -> Plan:
    """Return the plan of an agreement, with random starts in the agreed ranges.

    Raises
    ------
    SegmentError
        If a variable needs a range and has none, a range cannot be, or two agencies
        have the same name.

    Examples
    --------
    >>> plan = plan_of(
    ...     Agreement(
    ...         agencies=["council", "nhs"], k=2, variables={"flats": "flats / homes"}
    ...     )
    ... )
    >>> plan.features[0].centre, round(plan.features[0].spread, 3), len(plan.starts)
    (0.0, 5.298, 1)
    """
    strange = [label for label in agreement.ranges if label not in agreement.variables]
    lacking = [
        label
        for label, text in agreement.variables.items()
        if " / " not in text and label not in agreement.ranges
    ]
    if strange or lacking:
        msg = (
            f"ranges name what is no variable: {few(strange) or 'none'}; variables "
            f"that are no share need a range: {few(lacking) or 'none'}. Agree on a "
            "least and a greatest value of each."
        )
        raise SegmentError(msg)
    features = [_agreed_feature(agreement, label) for label in agreement.variables]
    width = len(features)
    grid = grid_for([0.0] * width, [1.0] * width)
    starts = agreed_starts(
        agreement.k,
        [0.0] * width,
        grid.steps(np.ones((1, width)))[0].tolist(),
        seed=agreement.seed,
        starts=agreement.starts,
    )
    return _checked_plan(
        Plan.model_construct(
            agencies=agreement.agencies,
            minimum=agreement.minimum,
            withhold=agreement.withhold,
            synthetic=agreement.synthetic,
            made=Made(
                place=agreement.place,
                unit=agreement.unit,
                k=agreement.k,
                seed=agreement.seed,
                restarts=agreement.starts,
            ),
            variables=agreement.variables,
            features=tuple(features),
            grid=GridSteps(offset=grid.offset, step=grid.step),
            starts=_whole(starts),
        )
    )


def plan_on(
    model: SharedModel, agencies: Sequence[str], *, minimum: int = LEAST
) -> Plan:
    """Return a plan that starts from a published segmentation, and uses its features.

    Its lowest segments are the one start, as segments of a single level.

    Raises
    ------
    SegmentError
        If an agency cannot be called so, or two have the same name.
    """
    steps = {each.code: each.steps for each in model.segments}
    return _checked_plan(
        Plan.model_construct(
            agencies=tuple(agencies),
            minimum=minimum,
            synthetic=model.synthetic,
            made=Made(
                place=model.made.place,
                unit=model.made.unit,
                k=len(model.leaves),
                restarts=1,
                how=f"Starts are the centres of {model.checksum}.",
            ),
            variables=model.variables,
            features=model.features,
            grid=model.grid,
            starts=(tuple(steps[code] for code in model.leaves),),
        )
    )


def _checked_plan(plan: Plan) -> Plan:
    """Return a plan as it would be read: what stands in it can stand in a file."""
    try:
        return Plan.model_validate(plan.model_dump())
    except ValidationError as wrong:
        msg = f"the plan cannot stand: {faults_of(wrong)}. Correct what was agreed."
        raise SegmentError(msg) from None


def _agreed_feature(agreement: Agreement, label: str) -> Feature:
    low, high = agreement.ranges.get(label, PER_CENT)
    shape = Feature(
        name=label, of=label, transform=agreement.transform, centre=0.0, spread=1.0
    )
    least, most = shape.bent(np.array([low, high])).tolist()
    if not least < most:
        msg = (
            f"the agreed range of {label!r} is from {low:g} to {high:g}, which "
            f"{agreement.transform!r} cannot bend to a range. Give the least value "
            "first."
        )
        raise SegmentError(msg)
    return shape.model_copy(update={"centre": least, "spread": most - least})


def _whole(starts: NDArray[np.float64]) -> tuple[tuple[tuple[int, ...], ...], ...]:
    return tuple(
        tuple(tuple(int(step) for step in centre) for centre in start)
        for start in starts
    )


def agreed_starts(
    k: int,
    low: Sequence[float],
    high: Sequence[float],
    *,
    seed: int,
    starts: int = 1,
) -> NDArray[np.float64]:
    """Return random points amid an agreed range, as every agency can draw them again.

    Parameters
    ----------
    k
        How many segments.
    low, high
        Agreed least and greatest value of each feature, in whole steps.
    seed
        Agreed too.
    starts
        How many sets of points.

    Returns
    -------
    centres
        Whole steps, of shape (starts, k, n_features).

    Notes
    -----
    Points are drawn evenly from the middle half of each range: nearer to its ends
    more of them would be near no row. Some starts still end with fewer segments than
    `k`: agree on several, and the best counts.

    Examples
    --------
    >>> agreed_starts(2, [0.0], [9.0], seed=1).tolist()
    [[[5.0], [7.0]]]
    """
    random = np.random.default_rng(seed)
    least, most = np.asarray(low), np.asarray(high)
    points = 0.25 + 0.5 * random.random((starts, k, len(least)))
    found: NDArray[np.float64] = np.floor(least + points * (most - least) + 0.5)
    return found
