"""Make service use: which services each customer used, how much, at what cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from example_areas import TYPES
from example_draws import Ints, coded, numbered, stream
from example_world import AGENCIES, DAYS, FIRST_DAY, SERVICES

if TYPE_CHECKING:
    from example_customers import Chunk

__all__ = ["Use", "make_use", "use_table"]

SHARE = np.array([service.share for service in SERVICES]).T
UNITS = np.array([service.units for service in SERVICES])
PENCE = np.array([service.pounds * 100 for service in SERVICES])
LENGTH = np.array([service.days for service in SERVICES])
AGENCY = np.array([service.agency for service in SERVICES])
STILL_OPEN = -1


@dataclass(frozen=True)
class Use:
    """Rows of service use; `who` is a position in the chunk, `what` a service."""

    who: Ints
    what: Ints
    units: Ints
    pence: Ints
    start: Ints  # days from the first day of the period
    end: Ints  # the same, or STILL_OPEN

    @property
    def agency(self) -> Ints:
        """Who gave each."""
        return AGENCY[self.what]

    def totals(self, type_of: Ints) -> tuple[Ints, Ints, Ints]:
        """Return users, units and pence, each by type of area and service."""
        shape = (len(TYPES), len(SERVICES))
        found = [np.zeros(shape, dtype=np.int64) for _ in range(3)]
        for total, amount in zip(found, (1, self.units, self.pence), strict=True):
            np.add.at(total, (type_of[self.who], self.what), amount)
        return found[0], found[1], found[2]


def make_use(chunk: Chunk) -> Use:
    """Return at least one row for every customer, so that each has an area."""
    rng = stream(chunk.seed, chunk.at, 1)
    chance = SHARE[chunk.type_of] * chunk.pressure[:, None] ** 0.5
    used = rng.random(chance.shape) < np.minimum(chance, 0.97)
    used[~used.any(axis=1), 0] = True
    who, what = np.nonzero(used)
    rows = len(who)
    drawn = -np.log1p(-rng.random(rows)) * UNITS[what] * chunk.pressure[who] ** 0.5
    units = np.maximum(1, np.ceil(drawn)).astype(np.int64)
    spread = np.exp(0.35 * rng.standard_normal(rows) - 0.06)
    start = np.floor(rng.random(rows) * DAYS).astype(np.int64)
    days = np.floor(rng.random(rows) * (LENGTH[what] + 1)).astype(np.int64)
    end = np.where(start + days < DAYS, start + days, STILL_OPEN)
    pence = np.round(units * PENCE[what] * spread).astype(np.int64)
    return Use(who, what, units, pence, start, end)


def use_table(chunk: Chunk, use: Use, area_codes: list[str]) -> pa.Table:
    """Return the rows as they are written."""
    first = np.datetime64(FIRST_DAY, "D")
    return pa.table(
        {
            "customer_id": numbered("C", chunk.number[use.who], 8),
            "area_code": coded(chunk.area[use.who], area_codes),
            "service": coded(use.what, [service.name for service in SERVICES]),
            "agency": coded(use.agency, AGENCIES),
            "units": use.units,
            "cost_pounds": use.pence / 100,
            "start": first + use.start,
            "end": pa.array(first + use.end, mask=use.end == STILL_OPEN),
        }
    )
