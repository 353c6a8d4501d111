"""A route map draws every body once, every pound of final spend once, and rings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from insight.report import ReportError
from insight.report.diagram import Diagram
from insight.report.palette import contrast
from insight.report.route_places import BAR
from insight.report.routes import route_map
from insight.report.spectrum import spectrum

if TYPE_CHECKING:
    from collections.abc import Callable

    from insight.release import Released
    from insight.report.blocks import Drawing

Make = "Callable[..., Released]"
STREAMS = [
    ("HMT", "DH", 100),
    ("DH", "PCT", 95),
    ("PCT", "trust", 60),
    ("PCT", "DH", 5),
]
BODIES = [
    ("HMT", "source", 0, 0), ("DH", "intermediary", 1, 0),
    ("PCT", "intermediary", 2, 30), ("trust", "final spender", 3, 60),
]  # fmt: skip


@pytest.fixture
def mapped(released: Callable[..., Released]) -> Callable[..., Drawing]:
    """Return a function that draws streams between bodies."""

    def of(
        streams: list[tuple[str, str, int]],
        bodies: list[tuple[str, str, int, int]],
        most: int = 8,
    ) -> Drawing:
        payers, payees, pence = zip(*streams, strict=True)
        names, roles, columns, spent = zip(*bodies, strict=True)
        return route_map(
            released(
                {"payer": payers, "payee": payees, "amount_pence": pence},
                public=["amount_pence"],
            ),
            released(
                {"body": names, "role": roles, "column": columns, "spent_pence": spent},
                public=["spent_pence"],
                labels=["column"],
            ),
            most=most,
        )

    return of


def test_it_is_well_formed_and_names_every_body_and_stream(
    mapped: Callable[..., Drawing],
) -> None:
    drawing = mapped(STREAMS, BODIES)
    assert ET.fromstring(drawing.svg).tag == "svg"  # noqa: S314 - our own text
    for words in ("HMT", "trust", "Sources", "Final spenders", "DH to PCT: £0.95"):
        assert words in drawing.svg


def test_a_ring_is_dashed_and_told(mapped: Callable[..., Drawing]) -> None:
    drawing = mapped(STREAMS, BODIES)
    assert drawing.svg.count("stroke-dasharray") == 1
    assert "leads back in a ring: PCT to DH" in drawing.note


def test_dark_parts_are_as_high_as_final_spend(mapped: Callable[..., Drawing]) -> None:
    svg = mapped(STREAMS, BODIES).svg
    dark = [
        float(high) for high in re.findall(r'class="bar"[^>]* height="([\d.]+)"', svg)
    ]
    assert len(dark) == 2
    assert dark[1] == pytest.approx(2 * dark[0], rel=0.01)


def test_small_bodies_stand_together_and_keep_their_money(
    mapped: Callable[..., Drawing],
) -> None:
    many = [("HMT", f"b{at}", 10 * at) for at in range(1, 8)]
    ends = [(f"b{at}", "final spender", 1, 10 * at) for at in range(1, 8)]
    drawing = mapped(many, [("HMT", "source", 0, 0), *ends], most=3)
    assert "5 smaller final spenders: b1, b2, b3, b4, b5." in drawing.note
    assert "HMT to 5 smaller final spenders: £1.50" in drawing.svg
    shapes = drawing.shapes
    assert isinstance(shapes, Diagram)
    assert [box.name for box in shapes.boxes] == [
        "HMT", "5 smaller final spenders", "b6", "b7",
    ]  # fmt: skip


def test_all_is_within_the_ground_and_bars_stand_in_their_columns(
    mapped: Callable[..., Drawing],
) -> None:
    shapes = mapped(STREAMS, BODIES).shapes
    assert isinstance(shapes, Diagram)
    assert [box.x for box in shapes.boxes] == sorted(box.x for box in shapes.boxes)
    for link in shapes.links:
        for x, y in link.line.points():
            assert -40 <= x <= shapes.width
            assert 0 <= y <= shapes.height
    assert shapes.width > 3 * BAR


@pytest.mark.parametrize(
    ("streams", "most", "match"),
    [
        (STREAMS, 1, "Ask for 2 or more"),
        ([("X", "DH", 1)], 8, r"\['X'\] are no bodies"),
        ([("HMT", "DH", 0)], 8, "No money runs"),
        ([("HMT", "DH", None)], 8, r"1 rows of .* have no figure"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    mapped: Callable[..., Drawing],
    streams: list[tuple[str, str, int | None]],
    most: int,
    match: str,
) -> None:
    with pytest.raises(ReportError, match=match):
        mapped(streams, BODIES, most)


def test_a_spectrum_orders_its_classes_and_others_stand_last(
    released: Callable[..., Released],
) -> None:
    table = released(
        {
            "kind": ["a", "a", "b"],
            "control": ["high", "none", "?"],
            "share": [0.2, 0.8, 1],
        },
        public=["share"],
    )
    drawing = spectrum(
        table, ("kind", "control", "share"), classes=["none", "low", "high"]
    )
    assert [key.name for key in drawing.keys] == ["none", "low", "high", "?"]
    assert drawing.svg.index("a, none: 80%") < drawing.svg.index("a, high: 20%")
    assert ET.fromstring(drawing.svg).tag == "svg"  # noqa: S314 - our own text
    with pytest.raises(ReportError, match="0 classes"):
        spectrum(table, ("kind", "control", "share"), classes=[])


def test_a_share_can_be_read_on_its_class(released: Callable[..., Released]) -> None:
    classes = ["a", "b", "c", "d", "e"]
    table = released({"kind": "x", "class": classes, "share": 0.2}, public=["share"])
    drawn = spectrum(table, ("kind", "class", "share"), classes=classes)
    root = ET.fromstring(drawn.svg)  # noqa: S314 - our own text
    grounds = [each.get("fill") or "" for each in root.iter("rect")]
    words = [each for each in root.iter("text") if each.get("class") == "inside"]
    assert len(words) == len(grounds) == 5
    for ground, word in zip(grounds, words, strict=True):
        assert contrast(ground, word.get("fill") or "") >= 4.5
