"""Names in a spend count: which are the same, and how several are said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

__all__ = ["alike", "listed"]

SHOWN: Final = 5


def listed(names: Iterable[str], shown: int = SHOWN) -> str:
    """Return names as words, the first few and how many more.

    Examples
    --------
    >>> listed(["2", "4"]), listed("abcdefg")
    ('2 and 4', 'a, b, c, d, e and 2 more')
    """
    every = list(names)
    first, more = every[:shown], len(every) - shown
    if more > 0:
        return f"{', '.join(first)} and {more:,} more"
    return " and ".join(filter(None, (", ".join(first[:-1]), *first[-1:])))


def alike(names: pd.Series[str]) -> pd.Series[str]:
    """Return names without what does not matter: capitals and blanks around.

    Examples
    --------
    >>> import pandas as pd
    >>> alike(pd.Series([" Home  Office", None])).tolist()
    ['home office', None]
    """
    told = {
        name: " ".join(str(name).split()).casefold() or None
        for name in names.dropna().unique()
    }
    return names.map(told).astype("object").where(names.notna(), None)
