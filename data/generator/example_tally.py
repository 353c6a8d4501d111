"""Count what was planted while the place is streamed past."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from example_areas import TYPES
from example_world import AGENCIES, NEEDS, SERVICES

if TYPE_CHECKING:
    import pyarrow as pa
    from example_draws import Ints

__all__ = ["Tally"]


class Tally:
    """Totals that grow chunk by chunk; their size does not depend on the place's."""

    def __init__(self) -> None:
        self._use = np.zeros((3, len(TYPES), len(SERVICES)), dtype=np.int64)
        self._needs = np.zeros((len(NEEDS), len(AGENCIES)), dtype=np.int64)
        self._marks: Counter[tuple[str, str, str]] = Counter()
        self._pence: Counter[tuple[str, str, str]] = Counter()

    def add(self, use: tuple[Ints, Ints, Ints], needs: Ints, truth: pa.Table) -> None:
        """Count one more chunk."""
        self._use += np.stack(use)
        self._needs += needs
        by = ["rule", "kind", "why"]
        for key, rows in truth.to_pandas().groupby(by, sort=True):
            self._marks[key] += len(rows)
            self._pence[key] += int((rows["cost_pounds"] * 100).round().sum())

    @property
    def pence_by_service(self) -> list[int]:
        """The recorded cost of each service, in pence."""
        return [int(pence) for pence in self._use[2].sum(axis=0)]

    def costs(self) -> pd.DataFrame:
        """Return users, units and pounds of each service in each type of area."""
        users, units, pence = self._use.reshape(3, -1)
        return pd.DataFrame(
            {
                "planted_type": np.repeat(TYPES, len(SERVICES)),
                "service": [service.name for service in SERVICES] * len(TYPES),
                "cofog": [service.cofog for service in SERVICES] * len(TYPES),
                "customers": users,
                "units": units,
                "cost_pounds": pence / 100,
            }
        )

    def rules(self) -> pd.DataFrame:
        """Return events and known pounds of each kind of duplication and decoy."""
        return pd.DataFrame(
            [
                (*key, events, self._pence[key] / 100)
                for key, events in sorted(self._marks.items())
            ],
            columns=["rule", "kind", "why", "events", "cost_pounds"],
        )

    def needs(self) -> pd.DataFrame:
        """Return the customers each agency met for each need."""
        return pd.DataFrame(
            {
                "need": np.repeat(list(NEEDS), len(AGENCIES)),
                "agency": list(AGENCIES) * len(NEEDS),
                "customers": self._needs.ravel(),
            }
        ).query("customers > 0")
