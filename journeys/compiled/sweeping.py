"""The sweep over cases that stand side by side, in machine code."""

from __future__ import annotations

from typing import Final

from journeys.compiled.compiling import compiled
from journeys.duplication.sweep import swept

__all__ = ["sweep"]

sweep: Final = compiled(swept)
