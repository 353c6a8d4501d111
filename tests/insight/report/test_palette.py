"""Colours that can be told apart, and text that can be read on them."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.report import ReportError
from insight.report.palette import (
    COLOURS,
    INKS,
    PATTERNS,
    SHADES,
    TONES,
    contrast,
    styles_of,
)

REPORT = Path(__file__).parents[3] / "insight" / "report"
CSS = "".join(
    (REPORT / name).read_text("utf-8") for name in ("drawings.css", "page.css")
)

SIGHT = {  # Machado et al. 2009, severity 1.0
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def oklab(colour: str, sight: object) -> np.ndarray:
    """Return a colour as someone with that sight has it, in Oklab times 100."""
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(sight) @ linear, 0, 1)
    lms = np.cbrt(
        np.array(
            [
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ]
        )
        @ seen
    )
    return 100 * (
        np.array(
            [
                [0.2104542553, 0.7936177850, -0.0040720468],
                [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ]
        )
        @ lms
    )


@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_segments_stay_apart_for_every_sight(sight: str) -> None:
    seen = [oklab(colour, SIGHT[sight]) for colour in COLOURS]
    gaps = [
        np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)
    ]
    assert min(gaps) > 8


@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_stands_out_from_the_page(colour: str) -> None:
    assert contrast(colour, "#ffffff") >= 3


@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_tones_stay_apart_for_every_sight(sight: str) -> None:
    seen = [oklab(colour, SIGHT[sight]) for colour, _ in TONES.values()]
    gaps = [
        np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)
    ]
    assert min(gaps) > 8


def test_what_stands_out_on_a_map_does_so_from_the_page_and_from_what_is_plain() -> (
    None
):
    plain, _ = TONES["plain"]
    for colour, _ in (TONES[tone] for tone in TONES if tone != "plain"):
        assert contrast(colour, plain) >= 3
        assert contrast(colour, "#ffffff") >= 3


def test_too_much_and_too_little_differ_without_colour() -> None:
    patterns = {tone: pattern for tone, (_, pattern) in TONES.items()}
    assert patterns["hot"] == patterns["warm"] == "plain"
    assert len({patterns[tone] for tone in ("hot", "cool", "cold")}) == 3
    much, more = (contrast(TONES[tone][0], "#ffffff") for tone in ("hot", "warm"))
    assert much > 2 * more  # in grey, one is far darker


def test_strokes_of_the_page_stand_out_from_it() -> None:
    for rule in (".link", ".gram circle"):
        assert rule in CSS
    assert contrast("#5c8d99", "#ffffff") >= 3


@pytest.mark.parametrize(("shade", "ink"), list(zip(SHADES, INKS, strict=True)))
def test_text_on_a_shade_can_be_read(shade: str, ink: str) -> None:
    assert contrast(shade, ink) >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


def test_text_colours_of_the_page_can_be_read() -> None:
    said = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", CSS))
    for ink in ("ink", "soft", "accent"):
        assert contrast(said[ink], "#ffffff") >= 4.5
        assert contrast(said[ink], said["tint"]) >= 4.5
    assert contrast(said["warn"], said["warn-tint"]) >= 4.5
    assert contrast("#cfe3e8", said["deep"]) >= 4.5
    assert contrast(said["edge"], "#ffffff") >= 3  # the edge of a button


def test_more_segments_than_can_be_told_apart_are_refused() -> None:
    most = len(COLOURS) * len(PATTERNS)
    assert len(styles_of([str(each) for each in range(most)])) == most
    with pytest.raises(ReportError, match=f"{most + 1} segments cannot be told apart"):
        styles_of([str(each) for each in range(most + 1)])


@given(st.lists(st.text(max_size=3), max_size=24, unique=True))
def test_every_segment_has_a_style_of_its_own(codes: list[str]) -> None:
    assert sorted(styles_of(codes).values()) == list(range(1, len(codes) + 1))
