"""One segmentation as a text that any agency can read, check and apply.

`segments.json` holds what decides the segment of a row and nothing of any row: the
variables, how they are bent and scaled, the grid, the centres in whole steps. A
checksum seals all of it but the names of segments, which an analyst may change.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from segmentation.errors import SegmentError, few
from segmentation.kmeans.grid import EXACT, Grid
from segmentation.share.feature_specs import Feature  # noqa: TC001 - pydantic reads it
from segmentation.share.sealed import Written, read_sealed, seal, sealed_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = [
    "FeatureSummary",
    "GridSteps",
    "Made",
    "Segment",
    "SharedModel",
    "Summary",
    "read_model",
]


class Made(Written):
    """How a segmentation was made, for whoever has to trust it.

    Parameters
    ----------
    place, when, by, sources
        Where, when (ISO 8601), by which version of what and from which files.
    unit, rows
        What a row was, "areas" or "people", and how many there were.
    k, seed, restarts, hits
        Segments asked for at the top level; seed and number of the starts; how many
        of them reached the best.
    how
        What else is worth knowing, in words.
    """

    place: str = ""
    when: str = ""
    by: str = ""
    sources: tuple[str, ...] = ()
    unit: Literal["areas", "people"] = "areas"
    rows: int | None = Field(default=None, ge=1)
    k: int | None = None
    seed: int | None = None
    restarts: int | None = None
    hits: int | None = None
    how: str = ""


class GridSteps(Written):
    """Where step 0 of each feature lies, and how wide a step is."""

    offset: tuple[float, ...]
    step: float = Field(gt=0)

    @property
    def grid(self) -> Grid:
        """Return the grid itself."""
        return Grid(offset=self.offset, step=self.step)

    def steps(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values as whole steps; NaN beyond 2**53, where there are none."""
        with np.errstate(over="ignore", invalid="ignore"):
            away = (values - np.asarray(self.offset)) / self.step + 0.5
            whole: NDArray[np.float64] = np.floor(
                np.where(np.abs(away) <= EXACT, away, np.nan)
            )
        return whole


class Segment(Written):
    """One segment: its code, the one it lies in, and its centre.

    Parameters
    ----------
    code, parent
        "3b" lies in "3"; the segments of the top level lie in `None`.
    steps
        Its centre in whole steps, one a feature: what decides.
    centre
        The same on the scale of the features, for a reader.
    rows
        How many rows it was made from, where no segment is small.
    """

    code: str = Field(min_length=1)
    parent: str | None = None
    steps: tuple[int, ...]
    centre: dict[str, float]
    rows: int | None = None


class FeatureSummary(Written):
    """What the maker's rows held of one feature, in the units of its variable.

    `deciles` are the nine inner ones: the least and the greatest value would each be
    those of one row.
    """

    n: int
    mean: float
    sd: float
    deciles: tuple[float, ...] = Field(min_length=9, max_length=9)


class Summary(Written):
    """What the maker's rows were like: what later rows are held against.

    Parameters
    ----------
    features
        Name of each feature -> its summary.
    shares
        Code of each lowest segment -> its share of the rows, 0 to 1; `None` where a
        segment is small.
    """

    features: dict[str, FeatureSummary]
    shares: dict[str, float] | None = None


class SharedModel(Written):
    """A segmentation that can be handed on; see :func:`read_model`.

    Parameters
    ----------
    variables
        Label -> notation, such as "flats / homes"; see
        :func:`segmentation.read_variables`.
    features
        What is made of them, in order.
    dropped
        Variable that was left out -> why.
    segments
        A parent stands before its children. Rows go to the nearest segment of the
        top level first, then to the nearest of those that lie in it.
    names
        Code -> name. The one part that may be changed.
    made, summary, synthetic
        Where it comes from, and whether its data are invented.
    """

    format: Literal["totalplace segments"] = "totalplace segments"
    schema_version: Literal[1] = 1
    made: Made = Made()
    synthetic: bool = False
    names: dict[str, str] = Field(default_factory=dict)
    variables: dict[str, str]
    dropped: dict[str, str] = Field(default_factory=dict)
    features: tuple[Feature, ...] = Field(min_length=1)
    grid: GridSteps
    segments: tuple[Segment, ...] = Field(min_length=1)
    summary: Summary | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = [*_feature_faults(self), *_segment_faults(self)]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def __str__(self) -> str:
        """Say what it is in a sentence."""
        made = self.made
        rows = f" of {made.rows:,} {made.unit}" if made.rows else ""
        return (
            f"{'SYNTHETIC: ' * self.synthetic}{len(self.leaves)} segments{rows}"
            f"{f' of {made.place}' if made.place else ''} from {len(self.variables)} "
            f"variables ({', '.join(self.codes)}; checksum {self.checksum[:19]}...)."
        )

    @property
    def codes(self) -> tuple[str, ...]:
        """The code of every segment, of every level."""
        return tuple(each.code for each in self.segments)

    @property
    def leaves(self) -> tuple[str, ...]:
        """The codes in which no other lies: what a row is given."""
        parents = {each.parent for each in self.segments}
        return tuple(code for code in self.codes if code not in parents)

    @property
    def centres(self) -> NDArray[np.float64]:
        """Centres in whole steps, one row a segment."""
        return np.array([each.steps for each in self.segments], dtype=np.float64)

    @property
    def checksum(self) -> str:
        """SHA-256 of all but the names of segments."""
        return seal(self)

    def children(self, parent: str | None) -> list[int]:
        """Return the places in `segments` of those that lie in a segment."""
        return [at for at, one in enumerate(self.segments) if one.parent == parent]

    def named(self, names: Mapping[str, str]) -> SharedModel:
        """Return the same segmentation with some names of its own.

        Raises
        ------
        SegmentError
            If a code is none of its segments.
        """
        strange = [code for code in names if code not in self.codes]
        if strange:
            msg = (
                f"names are given to {few(strange)}, which are no segments; there are "
                f"{few(self.codes)}. Correct the codes."
            )
            raise SegmentError(msg)
        return self.model_copy(update={"names": {**self.names, **names}})

    def text(self) -> str:
        """Return the model as the text of `segments.json`."""
        return sealed_text(self)


def _feature_faults(model: SharedModel) -> list[str]:
    names = [each.name for each in model.features]
    lost = {
        each.of
        for each in model.features
        if each.equals is None and each.of not in model.variables
    }
    twice = [name for name, times in Counter(names).items() if times > 1]
    faults = [f"features use variables that are not there: {few(sorted(lost))}"] * bool(
        lost
    )
    faults += [f"features stand there twice: {few(twice)}"] * bool(twice)
    if len(model.grid.offset) != len(names):
        faults.append(
            f"the grid is of {len(model.grid.offset)} features, not {len(names)}"
        )
    if np.frexp(model.grid.step)[0] != 0.5:  # noqa: PLR2004 - a power of two
        faults.append(f"the step {model.grid.step!r} is no power of two")
    if model.summary and set(model.summary.features) != set(names):
        faults.append("the summary is of other features")
    return faults


def _segment_faults(model: SharedModel) -> list[str]:
    seen: set[str] = set()
    faults = []
    names = {each.name for each in model.features}
    for one in model.segments:
        if one.code in seen:
            faults.append(f"segment {one.code!r} stands there twice")
        if one.parent is not None and one.parent not in seen:
            faults.append(f"segment {one.code!r} lies in {one.parent!r}, not there yet")
        if len(one.steps) != len(names) or set(one.centre) != names:
            faults.append(f"the centre of {one.code!r} is of other features")
        seen.add(one.code)
    strange = [code for code in model.names if code not in seen]
    faults += [f"names are given to no segment: {few(strange)}"] * bool(strange)
    return faults


def read_model(text: str, *, what: str = "segments.json") -> SharedModel:
    """Read the text of a `segments.json`, and check every part of it.

    Parameters
    ----------
    text
        Of the whole file.
    what
        What to call it in an error.

    Raises
    ------
    SegmentError
        If it is cut short, damaged, changed by hand (but for `names`), of another
        kind or version, or its parts do not fit together.

    Examples
    --------
    >>> read_model("{}")
    Traceback (most recent call last):
    segmentation.errors.SegmentError: segments.json says that it is None, and should \
be 'totalplace segments'. Give the right file.
    """
    return read_sealed(text, SharedModel, what)
