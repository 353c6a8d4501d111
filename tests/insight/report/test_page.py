"""One page, by itself: it loads nothing, escapes all, and reads without script."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from insight.release import RULES
from insight.report import (
    Bars,
    Column,
    Figure,
    Figures,
    Key,
    LeftOut,
    Matrix,
    Picture,
    Report,
    ReportError,
    Section,
    Table,
    Text,
    bars,
    figure_of,
    process_map,
    render_page,
    segment_map,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from insight.release import Released

EMPTY = Report(
    place="Anytown",
    period="",
    synthetic=True,
    made=datetime(2026, 11, 23, 9, 5, tzinfo=UTC),
    version="0.1.0",
    rule=RULES["nhs_1_7_round5"],
)
VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})
EVIL = "<script>alert(1)</script>\"'&"


class Reader(HTMLParser):
    """Reads a page, and complains about tags that do not close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def having(self, name: str) -> list[str]:
        """Return every value of an attribute."""
        return [attrs[name] or "" for _, attrs in self.tags if name in attrs]


@pytest.fixture(scope="module")
def full(released: Callable[..., Released]) -> Report:
    """Return a report with one of each block, and evil in every label."""
    people = released(
        {
            "segment": ["1", "2"],
            "name": [EVIL, "b"],
            "n": [120, 3],
            "x_pence": [9e6, 1],
        },
        counts=["n"],
        measures={"x_pence": "n"},
        labels=["segment"],
        note=EVIL,
    )
    steps = released(
        {"source": [EVIL, "b"], "target": ["b", "c"], "count": [90, 20]},
        counts=["count"],
    )
    square = shapely.box(0, 0, 10, 10)
    areas = gpd.GeoDataFrame(geometry=[square], index=[EVIL], crs="EPSG:27700")
    twin = Table(
        released=people,
        columns={"name": EVIL, "n": "People", "x_pence": Column("Cost (£)")},
        segment="segment",
    )
    area_map = segment_map(areas, pd.Series({EVIL: "1"}), {"1": EVIL, "2": "b"})
    chart = bars(people, Bars(label="name", value="n", segment="segment"))
    drawn = process_map(steps)
    pair = Table(released=steps, columns={"source": "From", "count": "Times"}, limit=1)
    blocks = [
        Text([EVIL], [EVIL], "finding"),
        Figures([figure_of(people, "n", label=EVIL, note=EVIL)]),
        twin,
        Picture(drawing=area_map, title=EVIL, alt=EVIL, twin=twin),
        Picture(drawing=chart, title="Bars", alt="Bars.", twin=twin),
        Picture(
            drawing=drawn, title="Map", alt="Map.", twin=pair, variants={"1": drawn}
        ),
        Matrix(
            released=steps,
            rows="source",
            columns="target",
            count="count",
            title=EVIL,
            corner=EVIL,
        ),
    ]
    return replace(
        EMPTY,
        place=EVIL,
        period=EVIL,
        sections=[Section("one", EVIL, EVIL, blocks), Section("two", "Two")],
        segments={"1": EVIL, "2": "b"},
        headlines=[Figure(EVIL, EVIL, EVIL)],
        left_out=[LeftOut(EVIL, EVIL)],
        rejected=pair,
        sources=[EVIL],
    )


def test_every_tag_closes_in_order(full: Report) -> None:
    assert Reader(render_page(full)).open == []


def test_nothing_is_loaded_from_anywhere(full: Report) -> None:
    html = render_page(full)
    page = Reader(html)
    assert not re.search(r"https?://", html)
    assert not re.search(r"@import|url\((?!#)", html)
    for name in ("src", "srcset", "action", "poster", "data"):
        assert page.having(name) == []
    assert all(link.startswith(("#", "data:,")) for link in page.having("href"))


def test_the_policy_names_what_is_in_the_page_and_nothing_else(full: Report) -> None:
    for report in (full, EMPTY, replace(EMPTY, synthetic=False)):
        html = render_page(report)
        (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
        assert policy.startswith("default-src 'none'; ")
        for tag in ("style", "script"):
            (text,) = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy


def test_no_element_has_a_style_or_a_handler_of_its_own(full: Report) -> None:
    for _, attrs in Reader(render_page(full)).tags:
        assert "style" not in attrs
        assert not [name for name in attrs if name.startswith("on")]


def test_every_label_is_escaped(full: Report) -> None:
    html = render_page(full)
    assert html.count("<script>") == 1
    assert "alert(1)</script>" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_ids_are_unique_and_every_reference_meets_one(full: Report) -> None:
    page = Reader(render_page(full))
    ids = page.having("id")
    assert len(ids) == len(set(ids))
    wanted = page.having("aria-labelledby") + page.having("for")
    wanted += [link[1:] for link in page.having("href") if link.startswith("#")]
    assert set(wanted) <= set(ids)


@pytest.mark.parametrize("which", ["full", "empty"])
def test_headings_are_in_order(full: Report, which: str) -> None:
    page = Reader(render_page(full if which == "full" else EMPTY))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_picture_has_a_text_and_a_table(full: Report) -> None:
    html = render_page(full)
    images = [attrs for _, attrs in Reader(html).tags if attrs.get("role") == "img"]
    assert len(images) == 4  # three pictures, one of them with a variant
    assert all(image["aria-label"] for image in images)
    assert html.count("<figure") == html.count('<details class="twin"') == 3


def test_tables_have_captions_and_scopes(full: Report) -> None:
    page = Reader(render_page(full))
    tags = [tag for tag, _ in page.tags]
    assert tags.count("table") == tags.count("caption")
    assert all(attrs.get("scope") for tag, attrs in page.tags if tag == "th")


def test_a_synthetic_report_says_so_in_every_section_and_in_print(full: Report) -> None:
    html = render_page(full)
    marks = html.count('<p class="mark">Synthetic data: invented people and places')
    assert marks == html.count('<section id="')
    assert "@top-center" in html
    real = render_page(replace(full, synthetic=False))
    assert "ynthetic data" not in real


def test_a_report_that_hides_nothing_says_so_loudly() -> None:
    real = replace(EMPTY, synthetic=False, rule=RULES["none"])
    assert "Not protected:" in render_page(real)
    assert "Not protected:" not in render_page(replace(EMPTY, rule=RULES["none"]))


def test_shorthand_is_explained_beside_its_table(full: Report) -> None:
    html = render_page(full)
    assert "[c] hidden to protect people (counts 1 to 7)." in html
    assert "As a file: tables/t.csv" in html
    assert "The first 1 of 2 rows." in html


def test_the_contents_lead_to_every_section_and_to_what_is_in_it(full: Report) -> None:
    html = render_page(full)
    contents = html[html.index("<nav") : html.index("</nav>")]
    links = re.findall(r'href="#([^"]+)"', contents)
    assert links[0] == "section-one"
    assert links[-2:] == ["section-two", "section-left-out"]
    assert len(links) == 3 + 5  # a table, three pictures and a grid of section one
    assert "<details open>" in contents


def test_a_long_table_is_cut_and_says_where_the_rest_is(
    released: Callable[..., Released],
) -> None:
    table = released({"n": range(100, 400)}, counts=["n"])
    block = Table(released=table, columns={"n": "People"})
    html = render_page(replace(EMPTY, sections=[Section("a", "A", "", [block])]))
    assert html.count("<td") == 200
    assert "The first 200 of 300 rows. The file holds all." in html


def test_a_drawing_may_have_a_swatch_of_its_own(full: Report) -> None:
    (picture,) = (
        each
        for each in full.sections[0].blocks
        if isinstance(each, Picture) and each.title == "Bars"
    )
    own = replace(picture.drawing, keys=(Key(0, "A", EVIL, '<circle r="4"/>'),))
    block = replace(picture, drawing=own)
    html = render_page(replace(EMPTY, sections=[Section("a", "A", "", [block])]))
    assert 'aria-hidden="true"><circle r="4"/></svg> A  &lt;script&gt;' in html


def test_rows_carry_the_segment_they_are_filtered_by(full: Report) -> None:
    page = Reader(render_page(full))
    rows = [attrs for tag, attrs in page.tags if tag == "tr"]
    assert {row["data-segment"] for row in rows if "data-segment" in row} == {"1", "2"}


def test_it_says_when_and_by_what_it_was_made() -> None:
    html = render_page(EMPTY)
    assert "Made 23 November 2026, 09:05 UTC by totalplace 0.1.0." in html
    assert "Nothing was left out." in html
    assert '<html lang="en-GB">' in html


def test_an_empty_table_is_said_to_be_empty(released: Callable[..., Released]) -> None:
    nothing = released(
        {"who": pd.Series(dtype="str"), "to": pd.Series(dtype="str"), "n": []},
        counts=["n"],
    )
    block = Table(released=nothing, columns={"who": "Who", "n": "People"})
    grid = Matrix(
        released=nothing, rows="who", columns="to", count="n", title="T", corner="C"
    )
    html = render_page(replace(EMPTY, sections=[Section("a", "A", "", [block, grid])]))
    assert html.count("No rows.") == 2


def test_only_what_went_through_the_door_is_taken(
    released: Callable[..., Released],
) -> None:
    frame: Any = pd.DataFrame({"n": [1]})
    with pytest.raises(ReportError, match="Table was given DataFrame"):
        Table(released=frame, columns={"n": "People"})
    with pytest.raises(ReportError, match="Matrix was given DataFrame"):
        Matrix(released=frame, rows="n", columns="n", count="n", title="", corner="")
    with pytest.raises(ReportError, match="figure_of was given DataFrame"):
        figure_of(frame, "n", label="people")
    table = released({"n": [9]}, counts=["n"])
    with pytest.raises(ReportError, match=r"has no columns \['m'\]"):
        Table(released=table, columns={"m": "People"})
    with pytest.raises(ReportError, match="has no column 'm'"):
        Matrix(released=table, rows="m", columns="n", count="n", title="", corner="")


def test_a_picture_without_words_or_table_is_refused(
    released: Callable[..., Released],
) -> None:
    table = released({"who": ["a"], "n": [9]}, counts=["n"])
    twin: Any = Table(released=table, columns={"n": "People"})
    drawing = bars(table, Bars(label="who", value="n"))
    with pytest.raises(ReportError, match="lacks a text in `alt`"):
        Picture(drawing=drawing, title="T", alt=" ", twin=twin)
    with pytest.raises(ReportError, match="a Table as `twin`"):
        Picture(drawing=drawing, title="T", alt="Bars.", twin=table)


def test_a_key_figure_is_short_and_hidden_where_it_must_be(
    released: Callable[..., Released],
) -> None:
    table = released(
        {"who": ["a", "b", "c"], "n": [120, 3, None], "x_pence": [1.25e8, 5, 6]},
        counts=["n"],
        measures={"x_pence": "n"},
    )
    said = [figure_of(table, "n", label="people", row=row).value for row in range(3)]
    assert said == ["120", "[c]", "[x]"]
    assert figure_of(table, "x_pence", label="cost").value == "£1.2m"
    assert figure_of(table, "who", label="who").value == "a"


@pytest.mark.parametrize(
    ("sections", "why"),
    [
        ([Section("a", "A"), Section("a", "B")], r"anchors \['a'\]"),
        ([Section("left-out", "A")], "the page itself uses 'left-out'"),
    ],
)
def test_two_sections_with_one_anchor_are_refused(
    sections: list[Section], why: str
) -> None:
    with pytest.raises(ReportError, match=why):
        render_page(replace(EMPTY, sections=sections))


def test_a_bad_anchor_and_a_time_without_zone_are_refused() -> None:
    with pytest.raises(ReportError, match="cannot be the anchor"):
        Section("Two words", "A")
    with pytest.raises(ReportError, match="without a time zone"):
        render_page(replace(EMPTY, made=EMPTY.made.replace(tzinfo=None)))


@given(st.text(min_size=1, max_size=40))
def test_no_text_can_break_the_page(text: str) -> None:
    report = replace(
        EMPTY,
        place=text,
        segments={text: text},
        sections=[Section("a", text, text, [Text([text], [text])])],
    )
    html = render_page(report)
    page = Reader(html)
    assert page.open == []
    assert [tag for tag, _ in page.tags] == [
        tag for tag, _ in Reader(render_page(replace(report, **WITH_WORDS))).tags
    ]


WITH_WORDS: dict[str, Any] = {
    "place": "w",
    "segments": {"w": "w"},
    "sections": [Section("a", "w", "w", [Text(["w"], ["w"])])],
}


def test_methods_are_folded_into_one_at_the_end_of_their_section() -> None:
    blocks = [Text(["How one."], tone="method"), Text(["What."], ["A point."])]
    blocks += [Text([], ["How two."], tone="method")]
    html = render_page(replace(EMPTY, sections=[Section("a", "A", "", blocks)]))
    assert html.count("How this was worked out") == 1
    where = [html.index(words) for words in ("A point.", "<summary>How", "How one.")]
    assert sorted(where) == where
    assert (
        html.index("How one.") < html.index("How two.") < html.index("</details>\n</s")
    )


def test_words_between_backticks_are_code_and_still_escaped() -> None:
    said = Text(["Set `k < 5` & `seed`, or 5 % fail: a lone ` stays."])
    html = render_page(replace(EMPTY, sections=[Section("a", "A", "`x`", [said])]))
    assert "Set <code>k &lt; 5</code> &amp; <code>seed</code>, or 5\xa0%" in html
    assert "a lone ` stays." in html
    assert '<p class="lead"><code>x</code></p>' in html
