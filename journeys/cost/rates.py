"""What an audit says of each rule: how much of its money is right, how much it missed.

Rates are shares of money, since that is what they are multiplied with: a contact
counts by what it cost, times the contacts it stands for. The posterior of a rate is a
beta distribution on the effective number of contacts (Kish), with a prior worth one
contact at the rate of all rules together, so that a rule with few rows leans on the
others. Contacts of which auditors *could not tell* count as duplicates at the rate of
those that they could tell; but how many of them are is drawn as if it were known from
one contact only, and so they widen the interval instead of vanishing.

References
----------
Kish, L. (1965). Survey Sampling. Wiley, chapter 11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from journeys.cost.audit import VERDICTS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from journeys.cost.audited import Audit

__all__ = ["Rate", "rates_of"]

YES, _, UNSURE = VERDICTS
PRIOR: Final = 1.0  # contacts that the rate of all rules is worth


class Rate(NamedTuple):
    """A rate of one rule, found or not, and what is known of it.

    `share` is of those that could be told, `n` how many contacts it
    rests on, `unsure` the share of all that could not be told, and `pooled` the rate
    of all rules.
    """

    share: float
    n: float
    unsure: float
    pooled: float

    def drawn(self, rng: np.random.Generator, size: int) -> NDArray[np.float64]:
        """Draw the rate from what the audit leaves open."""
        prior = PRIOR * np.array([self.pooled, 1 - self.pooled])
        told = self.n * (1 - self.unsure)
        yes: Any = prior[0] + told * self.share
        no: Any = prior[1] + told * (1 - self.share)
        if self.unsure:
            # The floor keeps the beta proper where no or every answer was yes.
            mean = min(max(self.share, 0.01), 0.99)
            among = rng.beta(mean, 1 - mean, size) * self.n * self.unsure
            yes, no = yes + among, no + self.n * self.unsure - among
        rates: NDArray[np.float64] = rng.beta(yes, no, size)
        return rates


def rates_of(audit: Audit) -> dict[tuple[str, bool], Rate]:
    """Return the rate of each rule and half that has a verdict.

    Parameters
    ----------
    audit
        What was read back.

    Returns
    -------
    rates
        Rule and whether its events were found -> the share, in money, of duplicates
        among them. Without a cost on any row of a rule, contacts count alike. Rules
        of whose rows none could be told have no rate.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.cost.audited import Audit
    >>> rows = pd.DataFrame({"rule": "D1", "found": True, "weight": 2.0}, range(4))
    >>> rows["verdict"] = ["duplicate"] * 3 + ["not a duplicate"]
    >>> audit = Audit(rows=rows.assign(pence=100), strata=pd.DataFrame())
    >>> rates_of(audit)["D1", True].share
    0.75
    """
    rates = {}
    for is_found, half in audit.rows.groupby("found"):
        pooled = _share(half, _size(half), least=0.5)
        for rule, rows in half.groupby("rule"):
            size = _size(rows)
            told = (rows["verdict"] != UNSURE).to_numpy()
            if not told.any():
                continue
            rates[str(rule), bool(is_found)] = Rate(
                share=_share(rows, size),
                n=float(size.sum() ** 2 / (size**2).sum()),
                unsure=float(size[~told].sum() / size.sum()),
                pooled=pooled,
            )
    return rates


def _size(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Return what each contact counts: its money, times the contacts it stands for."""
    weight = rows["weight"].fillna(1.0).to_numpy(float)
    money = rows["pence"].astype("Float64").fillna(0.0).to_numpy(float)
    return weight * money if (weight * money).any() else np.ones(len(rows))


def _share(
    rows: pd.DataFrame, size: NDArray[np.float64], *, least: float = 0.0
) -> float:
    """Return the share of duplicates among those that could be told.

    `least` is added to either side in contacts, so that a share is never 0 or 1.
    """
    told = (rows["verdict"] != UNSURE).to_numpy()
    yes = (rows["verdict"] == YES).to_numpy()
    whole = size[told].sum()
    each = whole / max(int(told.sum()), 1) or 1.0
    return float((size[yes].sum() + least * each) / (whole + 2 * least * each))
