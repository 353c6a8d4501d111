"""Spend of a place drawn from the national figures of its region.

Read in this order: `keys` (what a place has of what its region has), `weights`
(which keys a function is allocated by), `allocate` (the money, to the penny),
`residual` (how far such figures were from the pilots' own counts) and `interval`
(how far they may be here).
"""

from insight.spend.centre_out.allocate import REST, CentreOut, centre_out
from insight.spend.centre_out.interval import (
    CentreOutInterval,
    Doubt,
    centre_out_interval,
)
from insight.spend.centre_out.keys import Keys, keys_of, with_own_keys
from insight.spend.centre_out.residual import (
    Coverage,
    Residual,
    leave_one_out,
    report_residual,
    residual_of,
)
from insight.spend.centre_out.weights import described_weights, weights_of

__all__ = [
    "REST",
    "CentreOut",
    "CentreOutInterval",
    "Coverage",
    "Doubt",
    "Keys",
    "Residual",
    "centre_out",
    "centre_out_interval",
    "described_weights",
    "keys_of",
    "leave_one_out",
    "report_residual",
    "residual_of",
    "weights_of",
    "with_own_keys",
]
