"""Words that agencies write, found whatever their capitals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journeys.log import codes_sql

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journeys.log import Log

__all__ = ["word_codes", "words_sql"]


def words_sql(log: Log, what: str, words: Iterable[str]) -> str:
    """Return the codes of what is written as one of some words, as a list for IN.

    Parameters
    ----------
    log
        An encoded log.
    what
        "activity", "outcome" or "channel", for example.
    words
        In capitals or not, with blanks around them or not.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeys.log import encode_log
    >>> day = pd.Timestamp("2009-04-01", tz="UTC")
    >>> contact = {"customer_id": "a", "time": day, "agency": "GP", "activity": "visit"}
    >>> log = encode_log(pd.DataFrame([contact | {"outcome": "Closed"}]))
    >>> words_sql(log, "outcome", ["closed", "ended"])
    '(0)'
    """
    return codes_sql(word_codes(log, what, words))


def word_codes(log: Log, what: str, words: Iterable[str]) -> tuple[int, ...]:
    """Return the same codes as numbers, in order."""
    known = {word.strip().casefold() for word in words}
    names = enumerate(log.names[what])
    return tuple(code for code, name in names if name.strip().casefold() in known)
