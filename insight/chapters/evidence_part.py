"""One part of the chapter on evidence: blocks, the tables behind them, sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insight.release import Released
    from insight.report import Block

__all__ = ["Part"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one part says, on the page and to machines.

    Parameters
    ----------
    name
        The heading of its sentences in `evidence.json`.
    blocks
        For the page.
    tables
        All that was released for it.
    sentences
        The same in words.
    """

    name: str
    blocks: Sequence[Block]
    tables: Sequence[Released] = ()
    sentences: Sequence[str] = ()
