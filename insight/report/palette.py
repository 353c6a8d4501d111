"""Which colour and pattern stands for which segment, on every page alike.

Eight colours were searched for so that any two stay apart for people with normal,
protan, deutan and tritan sight, each at least 3:1 against white. A pattern comes with
each colour, so that none is told by colour alone; 24 segments can be told apart.

References
----------
.. [1] Machado, G. M., Oliveira, M. M., Fernandes, L. A. F. (2009). A physiologically
   based model for simulation of color vision deficiency. IEEE Transactions on
   Visualization and Computer Graphics 15 (6), 1291-1298.
   https://doi.org/10.1109/TVCG.2009.113
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insight.report.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "COLOURS",
    "INKS",
    "LOSSES",
    "PATTERNS",
    "SHADES",
    "TONES",
    "contrast",
    "styles_of",
]

COLOURS: Final = (
    "#1e5a69",  # teal
    "#c36987",  # rose
    "#3c96e1",  # sky
    "#965a00",  # ochre
    "#3c2d87",  # indigo
    "#969600",  # olive
    "#781e0f",  # brick
    "#695ab4",  # violet
)
PATTERNS: Final = ("plain", "slope", "dots")
TONES: Final = {
    "hot": ("#9b1c12", "plain"),
    "warm": ("#cc661c", "plain"),
    "cool": ("#3a80bd", "dots"),
    "cold": ("#163f7c", "slope"),
    "plain": ("#e6ebed", "plain"),
    "mark": ("#0f0f1e", "dots"),
}
"""Colour and pattern of what stands out on a map, from too much to too little.

Those that stand out are at least 3:1 against the page and against what is plain; what
is too little has a pattern, and reads without colour.
"""

SHADES: Final = ("#f3f7f8", "#d3e3e7", "#a9c9d0", "#5f95a1", "#2f6d7b", "#12414d")
"""Backgrounds of a shaded table, from least to most."""

INKS: Final = ("#15242b", "#15242b", "#15242b", "#0a1114", "#ffffff", "#ffffff")
"""The text that stands on each shade."""

LOSSES: Final = (("#f6d3b0", "#15242b"), ("#a94c12", "#ffffff"))
"""Background and text of what is below nought, from a little to the most."""


def styles_of(codes: Sequence[str]) -> dict[str, int]:
    """Return the style of each segment: 1 for the first code, and so on.

    Parameters
    ----------
    codes
        The codes of a place's segments, each once, in the order of the report.

    Raises
    ------
    ReportError
        If there are more segments than can be told apart.

    Examples
    --------
    >>> styles_of(["A", "B"])
    {'A': 1, 'B': 2}
    """
    most = len(COLOURS) * len(PATTERNS)
    if len(codes) > most:
        msg = (
            f"{len(codes)} segments cannot be told apart on one map; {most} can. "
            "Draw a coarser level of the segmentation."
        )
        raise ReportError(msg)
    return {code: place for place, code in enumerate(codes, start=1)}


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21, as WCAG 2 defines it.

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour such as "#1e5a69"."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - the sRGB curve
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
