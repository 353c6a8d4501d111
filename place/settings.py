"""The settings of a place: what each block of `place.toml` may say.

Unknown keys are errors, and nothing changes once it is read.
"""

from __future__ import annotations

import codecs
import datetime as dt
from pathlib import Path  # noqa: TC003 - pydantic reads it at run time
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from place.clocks import check_time_format, check_time_zone

__all__ = ["Options", "Place", "Source"]


def _known_encoding(name: str) -> str:
    try:
        known = codecs.lookup(name)
        "".encode(name)  # some codecs turn bytes into bytes, and hold no text
    except (LookupError, ValueError) as unknown:
        msg = f"no encoding of text is called {name!r}; write one such as 'cp1252'"
        raise ValueError(msg) from unknown
    return known.name


def _one_mark(delimiter: str) -> str:
    if not delimiter.isascii() or delimiter in '"\r\n':
        msg = "cells are split by one plain character, such as ';' or a tab '\\t'"
        raise ValueError(msg)
    return delimiter


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _one_value(value: object) -> object:
    """Let TOML's own dates stand as the text that a file would hold."""
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        msg = "should be one value: a text in quotes, a number or a date"
        raise ValueError(msg)  # noqa: TRY004 - pydantic collects ValueErrors
    return value


TimeZone = Annotated[str, AfterValidator(check_time_zone)]
Label = Annotated[str, Field(min_length=1)]
Constant = Annotated[str | int | float, BeforeValidator(_one_value)]


class Options(BaseModel):
    """A block of settings: unknown keys are errors, nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class About(Options):
    """`[place]`: what the place is called, and how far to believe its data."""

    name: str = Field(min_length=1)
    synthetic: bool = False
    period: str | None = None
    time_zone: TimeZone | None = None


class EngineOptions(Options):
    """`[engine]`: where relational work runs, and how much it may take."""

    backend: Literal["duckdb", "spark"] = "duckdb"
    memory: str | None = Field(default=None, pattern=r"^\d+(\.\d+)? ?[KMGT]i?B$")
    threads: int | None = Field(default=None, ge=1, le=1024)


class Source(Options):
    """`[tables.NAME]`: one file, and how its columns answer to the contract."""

    file: Path
    columns: dict[str, str] = {}
    constants: dict[str, Constant] = {}
    missing: tuple[str, ...] = ("NULL",)
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    delimiter: Annotated[
        str, Field(min_length=1, max_length=1), AfterValidator(_one_mark)
    ] = ","
    sheet: str | None = None
    time_zone: TimeZone | None = None
    time_format: Annotated[str, AfterValidator(check_time_format)] | None = None
    crs: str | None = None


class Block(Options):
    """`[segments.blocks.NAME]`: variables that count together, and how much."""

    weight: float = Field(gt=0, le=1000)
    variables: list[str] = Field(min_length=1)


class SegmentOptions(Options):
    """`[segments]`: what makes areas alike, and how many segments to find."""

    k: int = Field(default=8, ge=2)
    levels: list[Annotated[int, Field(ge=2)]] | None = Field(
        default=None, min_length=2, max_length=3
    )
    seed: int = Field(default=0, ge=0, lt=2**32)
    restarts: int = Field(default=50, ge=1)
    transform: Literal["asinh", "log", "boxcox", "none"] = "asinh"
    scale: Literal["range", "z", "interdecile"] = "range"
    missing: Literal["leave out", "refuse", "median", "mean"] = "leave out"
    correlated: float | None = Field(default=None, gt=0, lt=1)
    choose: tuple[int, int] | None = None
    regions: int | None = Field(default=None, ge=2)
    model: Path | None = None
    previous: Path | None = None
    compare: str | None = None
    names: dict[str, str] = {}
    avoid: list[str] = []
    variables: dict[Label, str] = {}
    use: dict[Label, str] = {}
    categories: list[str] = []
    blocks: dict[str, Block] = {}

    @property
    def asked(self) -> bool:
        """Whether anything says what makes areas alike."""
        return bool(self.variables or self.use or self.categories or self.model)


class PeopleOptions(Options):
    """`[people_segments]`: segments of persons, by own use and the area of home."""

    k: int = Field(default=5, ge=2)
    seed: int = Field(default=0, ge=0, lt=2**32)
    restarts: int = Field(default=50, ge=1)
    sample: int = Field(default=100_000, ge=100)
    area_weight: float = Field(default=1.0, gt=0, le=1000)
    use: dict[Label, str] = {}
    variables: dict[Label, str] = {}


class HotspotOptions(Options):
    """`[hotspots]`: where an outcome gathers now, and where it may next."""

    outcomes: list[str] = Field(min_length=1)
    drivers: list[str] = []
    neighbours: int | Literal["touching"] = "touching"
    permutations: int = Field(default=9_999, ge=99)
    level: float = Field(default=0.05, gt=0, lt=1)


class ContactOptions(Options):
    """`[contact]`: where fewer people make contact than their segments would."""

    services: list[str] = []
    level: float = Field(default=0.05, gt=0, lt=1)


class AccessOptions(Options):
    """`[access]`: who is near an access point, and where another would go."""

    within: float = Field(gt=0, allow_inf_nan=False)
    unit: Literal["minutes", "metres"] = "metres"
    new: int = Field(default=1, ge=0)


class DriverOptions(Options):
    """`[drivers]`: what goes with an outcome, within and between segments."""

    outcome: str
    factors: list[str] = Field(min_length=1)
    cluster: str | None = None


class TargetOptions(Options):
    """`[targets]`: the areas to go to first, and how many to hold out."""

    need: str
    segments: list[str] = []
    areas: int = Field(default=50, ge=2)
    hold_out: float = Field(default=0.2, gt=0, lt=1)
    seed: int = Field(default=0, ge=0, lt=2**32)


class JourneyOptions(Options):
    """`[journeys]`: what activities mean, and which rules find duplication."""

    classes: dict[str, str] = {}
    rules: Path | None = None
    store: Path | None = None
    one_customer: bool = False


class CompareOptions(Options):
    """`[compare]`: whose journeys differ, by what, and how sure one must be."""

    by: Literal["segment", "area", "period"] = "segment"
    area: Label | None = None  # a column of `areas` that names larger areas
    periods: list[dt.date] = []  # where each begins, and last where the last one ends
    within_days: float | None = Field(default=None, gt=0, le=36_525)
    months: int = Field(default=12, ge=1, le=120)
    permutations: int = Field(default=999, ge=99, le=99_999)
    seed: int = Field(default=2010, ge=0, lt=2**32)
    level: float = Field(default=0.05, gt=0, lt=1)
    multiplicity: Literal["max-t", "bh"] = "max-t"

    @model_validator(mode="after")
    def _can_be_done(self) -> Self:
        if self.by == "period" and len(self.periods) < 3:  # noqa: PLR2004 - two periods
            msg = "by = 'period' needs three dates or more in periods"
            raise ValueError(msg)
        if self.level * (self.permutations + 1) < 1:
            msg = (
                f"with {self.permutations} permutations no p can be as low as "
                f"{self.level}; ask for at least {round(1 / self.level)}"
            )
            raise ValueError(msg)
        return self


class SpendOptions(Options):
    """`[spend]`: which service's use explains which budget."""

    services: dict[str, str] = {}
    basis: Literal["budget", "actual"] | None = None
    collective: list[str] | None = None
    bodies: dict[str, str] = {}
    prices: dict[str, Annotated[float, Field(gt=0)]] = {}
    keys: dict[str, str] = {}
    universal: list[str] | None = None
    overheads: list[str] = []
    collective_as: Literal["bucket", "head count"] = "bucket"


class PreventionOptions(Options):
    """`[prevention]`: what later costs and benefits are worth now; to be checked."""

    rate: float = Field(default=0.035, ge=0, lt=1)
    cost_optimism: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    benefit_optimism: float = Field(default=0.0, ge=0, le=1)
    lag_years: int = Field(default=0, ge=0, le=100)
    lag: Literal["moved on", "squeezed", "cut short"] = "moved on"


class EvidenceOptions(Options):
    """`[evidence]`: which flags to hold against insight maturity, and how."""

    colour: Literal["red", "green"] = "red"
    components: (
        list[Literal["value", "people and skills", "process", "data and systems"]]
        | None
    ) = Field(default=None, min_length=1)
    despite_disagreement: bool = False
    seed: int = Field(default=0, ge=0, lt=2**32)
    strata: dict[str, str] = {}
    text_lines: dict[str, float] = {}


class ReleaseOptions(Options):
    """`[release]`: the small-number rule for every figure about people."""

    rule: Literal["nhs_1_7_round5", "threshold10", "threshold5", "none"] = (
        "nhs_1_7_round5"
    )


class Place(Options):
    """A whole `place.toml`, checked, with its paths made absolute."""

    place: About
    engine: EngineOptions = EngineOptions()
    tables: dict[
        str, Annotated[list[Source], BeforeValidator(_listed), Field(min_length=1)]
    ] = {}
    segments: SegmentOptions = SegmentOptions()
    people_segments: PeopleOptions | None = None
    outcomes: dict[Label, str] = {}
    hotspots: HotspotOptions | None = None
    contact: ContactOptions | None = None
    access: AccessOptions | None = None
    drivers: DriverOptions | None = None
    targets: TargetOptions | None = None
    journeys: JourneyOptions = JourneyOptions()
    redesigns: list[dict[str, object]] = []
    compare: CompareOptions | None = None
    spend: SpendOptions = SpendOptions()
    prevention: PreventionOptions = PreventionOptions()
    evidence: EvidenceOptions = EvidenceOptions()
    release: ReleaseOptions = ReleaseOptions()
