"""The 2010 report's own example of prevention, and where its "10 times" comes from.

The report prints three figures without a margin or a year: £42m over 15 years would
yield £101m for the council and more than £400m for the city (lines 2105-2107). They
are kept as printed, with no interval. It also says that by the age of 28 conduct
disorders cost the public purse 10 times as much (lines 2101-2102) and names no
source; the match to a study is ours, and that study has an interval of six to one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import pandas as pd

from insight.errors import InsightError
from insight.savings.prevention import prevention
from insight.savings.streams import Assumptions, Stream
from journeys.cost.money import Range

if TYPE_CHECKING:
    from insight.savings.results import Prevention

__all__ = ["Side", "brighter_futures", "streams_for", "ten_times"]

Side: TypeAlias = Literal["council", "city"]

COST: Final = 42
BENEFITS: Final[dict[Side, int]] = {"council": 101, "city": 400}
"""Millions of pounds; of the city "more than" that, so its ratio is a least one."""
YEARS: Final = 15
MILLION: Final = 100_000_000  # pence
FIRST: Final = 2010  # a label only: the report prints no year
STUDY: Final = (
    "Scott, S., Knapp, M., Henderson, J. and Maughan, B. (2001). Financial cost of "
    "social exclusion. BMJ 323, 191. https://doi.org/10.1136/bmj.323.7306.191"
)
MEANS: Final = (70_019, 7_423)  # pounds, as the study prints them


def streams_for(side: Side) -> tuple[Stream, ...]:
    """Return the printed cost and benefit, spread evenly over 15 years.

    Parameters
    ----------
    side
        "council" or "city": whose benefit; the two are never added up.

    Raises
    ------
    InsightError
        If `side` is neither.

    Examples
    --------
    >>> [int(each.pence.central) // MILLION for each in streams_for("city")]
    [42, 400]
    """
    if side not in BENEFITS:
        msg = f"side is {side!r}; the report gives benefits to {get_args(Side)}."
        raise InsightError(msg)
    return tuple(
        Stream(
            name=name,
            agency=agency,
            benefit=agency == side,
            pence=Range(*[millions * MILLION] * 3),
            in_all=True,
            year=FIRST,
            until=FIRST + YEARS - 1,
            price_base="not printed",
            margin=False,
        )
        for name, agency, millions in (
            ("Early intervention", "investors", COST),
            ("Benefit", side, BENEFITS[side]),
        )
    )


def brighter_futures(side: Side, assumed: Assumptions | None = None) -> Prevention:
    """Weigh the report's example for the council or for the city.

    Parameters
    ----------
    side
        "council" or "city".
    assumed
        By default no discounting, as printed. When benefits come is not known.

    Examples
    --------
    >>> found = brighter_futures("council")
    >>> round(found.ratio.central, 3), round(found.break_even_share, 3)
    (2.405, 0.416)
    >>> later = Assumptions(lag_years=5, lag="squeezed")
    >>> round(brighter_futures("council", later).ratio.central, 2)
    2.19
    """
    return prevention(streams_for(side), assumed or Assumptions(rate=0.0), draws=100)


def ten_times() -> pd.DataFrame:
    """Return what stands behind "10 times higher", with its interval and source.

    Returns
    -------
    facts
        Columns `what`, `value`, `low`, `high`, `note` and `source`. The ratio of the
        study's printed means is not its published ratio: neither stands for the other.

    Examples
    --------
    >>> ten_times()[["value", "low", "high"]].round(2).to_numpy().tolist()
    [[10.0, nan, nan], [10.0, 3.6, 20.9], [9.43, nan, nan]]
    """
    rows = (
        (
            "as the report prints it",
            10.0,
            None,
            None,
            "no source named",
            "lines 2100-2103",
        ),
        (
            "published ratio, bootstrap",
            10.0,
            3.6,
            20.9,
            "142 people followed to the age of 28; 1998 prices; the match is ours",
            STUDY,
        ),
        (
            "ratio of the printed means",
            MEANS[0] / MEANS[1],
            None,
            None,
            "£70,019 over £7,423: not 10.0",
            STUDY,
        ),
    )
    columns = ["what", "value", "low", "high", "note", "source"]
    return pd.DataFrame(rows, columns=columns)
