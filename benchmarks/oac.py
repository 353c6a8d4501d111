"""The Output Area Classification of 2021 from its inputs: features and assignment.

45 of its 60 variables are to be had for England and Wales. The centres of subgroups
that lie there almost wholly say how near the features are to the official ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.bars import Bar
from benchmarks.contenders import compete

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["measure"]


def measure(*, quick: bool) -> Iterator[Bar]:
    """Yield the errors of features, and the agreement of the assignment.

    Parameters
    ----------
    quick
        Makes no difference: it takes seconds.
    """
    del quick
    ours = compete("oac_ours.py")
    found = ours.found
    yield Bar(
        bar=f"oac: variables of 45 within 0.002 of {found['subgroups']} centres",
        value=found["within"],
        goal=">= 40",
    )
    yield Bar(
        bar="oac: largest error of a variable",
        value=round(found["worst"], 5),
        goal="<= 0.0034",
    )
    yield Bar(
        bar=f"oac: share of {found['areas']:,} areas in the official supergroup",
        value=round(found["agreement"], 5),
        goal=">= 0.889",
    )
    yield Bar(
        bar="oac: areas that plain NumPy assigns otherwise",
        value=found["differ"],
        goal="<= 0",
    )
    yield Bar(bar="oac: CPU s", value=round(ours.cpu_s, 1))
