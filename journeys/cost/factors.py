"""Which uncertain inputs multiply the money of which cells, and to which measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import pandas as pd

from journeys.cost.inputs import Input, Inputs
from journeys.cost.money import Range
from journeys.cost.rates import rates_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from journeys.cost.audited import Audit
    from journeys.cost.options import CostOptions
    from journeys.cost.unit_costs import Costed
    from journeys.duplication.rule import RuleOptions

    Floats = NDArray[np.float64]

Key = TypeVar("Key")

__all__ = ["MEASURES", "Layer", "factors_of", "measured", "one_at_a_time"]

MEASURES: Final = ("gross", "preventable", "cashable")
SAMPLE: Final = "which customers there were"


@dataclass(frozen=True, kw_only=True)
class Layer:
    """Inputs of one kind, and the one that multiplies each cell.

    Attributes
    ----------
    measure
        The first of `MEASURES` that they change; those after it follow.
    inputs
        At least one.
    of
        Position in `inputs` for each cell; -1 where none applies.
    """

    measure: str
    inputs: Sequence[Input]
    of: NDArray[np.int64]

    def values(self) -> Floats:
        """Return the factor of each cell: central first, then one a replicate."""
        rows = [np.ones(len(self.inputs[0].factors))]
        return np.vstack([*rows, *(each.factors for each in self.inputs)])[self.of + 1]

    def central(self) -> Floats:
        """Return the central factor of each cell."""
        factors: Floats = np.array([1.0, *(each.factors[0] for each in self.inputs)])[
            self.of + 1
        ]
        return factors


def factors_of(
    cells: pd.DataFrame,
    rules: Mapping[str, RuleOptions],
    *,
    costs: Costed | None,
    audit: Audit | None,
    options: CostOptions,
) -> list[Layer]:
    """Return the layers of inputs that multiply the money of cells.

    Parameters
    ----------
    cells
        What :class:`journeys.cost.cells.Cells` lists.
    rules
        Options of each rule by its name, for its shares.
    costs, audit, options
        As for :func:`journeys.cost.interval.cost_duplication`.
    """
    made = Inputs(options=options)
    units = {} if costs is None else _ranges(costs)
    rates = {} if audit is None else rates_of(audit)
    half = list(zip(cells["rule"], cells["found"].astype(bool), strict=True))

    def audited(key: tuple[str, bool]) -> Input:
        rule, is_found = key
        what = "found rightly" if is_found else "missed"
        absent = 1.0 if is_found else 0.0
        return made.audited(f"{rule}: {what}", rates.get(key), absent=absent)

    return [
        _layer(
            "gross",
            [None if pd.isna(line) else int(line) for line in cells["line"]],
            lambda line: made.ranged(*units[line]),
        ),
        _layer("gross", half, audited),
        _layer("gross", [True] * len(cells), lambda _: made.linked()),
        _layer(
            "preventable",
            list(cells["rule"]),
            lambda rule: made.share(
                f"{rule}: preventable", rules[rule].preventable, absent=0.0
            ),
        ),
        _layer(
            "cashable",
            list(cells["rule"]),
            lambda rule: made.share(
                f"{rule}: cashable", rules[rule].cashable, absent=0.0
            ),
        ),
    ]


def _ranges(costs: Costed) -> dict[int, tuple[str, Range]]:
    """Return the name and range of each line's factor, 1 being its central figure."""
    columns = ["line", "basis", "activity", "activity_class", "agency"]
    pence = ["low_pence", "central_pence", "high_pence"]
    ranges: dict[int, tuple[str, Range]] = {}
    for row in costs.lines[[*columns, *pence]].to_dict("records"):
        said = [str(row[key]) for key in columns[2:] if isinstance(row[key], str)]
        low, central, high = (float(row[key]) for key in pence)
        ends = (low / central, 1.0, high / central) if central else (1.0, 1.0, 1.0)
        name = f"{row['basis']} cost of {', '.join(said) or 'anything'}"
        ranges[int(row["line"])] = name, Range(*ends)
    return ranges


def _layer(
    measure: str, keys: Sequence[Key | None], made: Callable[[Key], Input]
) -> Layer:
    """Return a layer with one input a distinct key; a key of `None` has none."""
    known = dict.fromkeys(key for key in keys if key is not None)
    places = {key: at for at, key in enumerate(known)}
    return Layer(
        measure=measure,
        inputs=[made(key) for key in known],
        of=np.array(
            [-1 if key is None else places[key] for key in keys], dtype=np.int64
        ),
    )


def measured(sums: Floats, layers: Sequence[Layer]) -> dict[str, Floats]:
    """Return each measure by cell, central first and then one a replicate."""
    money, done = sums, {}
    for measure in MEASURES:
        for layer in layers:
            if layer.measure == measure and layer.inputs:
                money = money * layer.values()
        done[measure] = money
    return done


def one_at_a_time(
    sums: Floats, layers: Sequence[Layer], confidence: float
) -> Iterator[tuple[str, str, float, float]]:
    """Yield name, measure, low and high of each input, with the others central.

    The sample of customers comes first, at the ends of its bootstrap interval;
    inputs that cannot be anything else are left out.
    """
    ends = (1 - confidence) / 2, (1 + confidence) / 2
    for at, measure in enumerate(MEASURES):
        until = [
            one for one in layers if one.inputs and one.measure in MEASURES[: at + 1]
        ]
        low, high = np.quantile(_product(until, len(sums)) @ sums[:, 1:], ends)
        if low < high:
            yield SAMPLE, measure, float(low), float(high)
        for layer in until:
            others = sums[:, 0] * _product(
                [one for one in until if one is not layer], len(sums)
            )
            for place, each in enumerate(layer.inputs):
                if each.low < each.high:
                    fixed = others * np.where(layer.of == place, 0, layer.central())
                    moved = others[layer.of == place].sum()
                    low, high = (
                        float(fixed.sum() + moved * end)
                        for end in (each.low, each.high)
                    )
                    yield each.name, measure, low, high


def _product(layers: Sequence[Layer], n: int) -> Floats:
    """Return the central factor of each of `n` cells."""
    product: Floats = np.prod(
        [np.ones(n), *(layer.central() for layer in layers)], axis=0
    )
    return product
