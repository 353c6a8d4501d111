"""The page as a browser shows it: quiet, narrow enough, and of use without a script."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from insight import build_example, run_place
from insight.release import RULES, Door, Sheet, release
from insight.report import Picture, Report, Section, Table, process_map, render_page
from place import read_place

if TYPE_CHECKING:
    from pathlib import Path

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="needs chromium, chromium-browser or google-chrome on PATH"
)
NARROW, WIDE = 390, 1280
CALM = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--virtual-time-budget=3000", "--enable-logging=stderr", "--v=0",
    "--force-prefers-reduced-motion",
]  # fmt: skip

# What a person would see before and after choosing the second segment of the list.
PROBE = """
(() => {
  const many = (what) => document.querySelectorAll(what).length;
  const seen = () => ({
    rows: many("tr[data-segment]:not([hidden])"),
    hidden: many("tr[data-segment][hidden]"),
    strange: [...document.querySelectorAll("tr[data-segment]:not([hidden])")]
      .filter((row) => row.dataset.segment !== select.value).length,
    shapes: many(".is-map g[data-segment]"),
    faded: many(".is-map g[data-segment].faded"),
    dimmest: Math.min(...[...document.querySelectorAll(".is-map g[data-segment]")]
      .map((shape) => Number(getComputedStyle(shape).opacity))),
    drawn: [...document.querySelectorAll("[data-variant]:not([hidden])")]
      .map((each) => each.dataset.variant),
    news: document.getElementById("page-news").textContent,
    width: innerWidth,
    across: document.documentElement.scrollWidth,
    contents: document.querySelector(".contents details").open,
    here: document.getElementById("page-here").textContent,
  });
  const select = document.getElementById("page-segment");
  const turn = (code) => {
    select.value = code;
    select.dispatchEvent(new Event("change"));
    return seen();
  };
  const code = select.options[2].value;
  const said = { code, filter: !select.closest(".filter").hidden, before: seen() };
  said.after = turn(code);
  said.again = turn("");
  document.title = JSON.stringify(said);
  parent.postMessage(document.title, "*");
})();
"""
# A frame makes a window narrower than a browser's own may be.
FRAME = """<!doctype html><title>nothing came</title>
<script>addEventListener("message", (said) => { document.title = said.data; });</script>
<iframe src="probed.html" width="390" height="844" style="border:0"></iframe>
"""


@dataclass(frozen=True)
class Seen:
    """What a browser made of a page: its document, title and complaints."""

    document: str
    complaints: list[str]

    @property
    def probed(self) -> dict[str, Any]:
        title = re.search(r"<title>(.*?)</title>", self.document, re.DOTALL)
        assert title
        return dict(json.loads(html.unescape(title[1])))


def show(page: Path, *options: str, width: int = WIDE) -> Seen:
    """Open a page in a browser that has never been used before."""
    profile = page.with_name(f"profile-{page.stem}-{width}-{len(options)}")
    shown = subprocess.run(  # noqa: S603 - a browser found on PATH, on our own page
        [
            str(BROWSER), *CALM, f"--window-size={width},900",
            f"--user-data-dir={profile}", *options, "--dump-dom", page.as_uri(),
        ],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )  # fmt: skip
    shutil.rmtree(profile, ignore_errors=True)
    said = shown.stderr.splitlines()
    return Seen(shown.stdout, [line for line in said if "CONSOLE" in line])


def probed(page: str, probe: str = PROBE, *, allowed: bool = True) -> str:
    """Return the page with a second script, which its policy allows or not."""
    digest = base64.b64encode(hashlib.sha256(probe.encode()).digest()).decode()
    assert page.count("script-src '") == page.count("</body>") == 1
    if allowed:
        page = page.replace("script-src '", f"script-src 'sha256-{digest}' '")
    return page.replace("</body>", f"<script>{probe}</script></body>")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    place = read_place(build_example(folder / "town"))
    page = run_place(place, folder / "out").report
    text = page.read_text(encoding="utf-8")
    page.with_name("probed.html").write_text(probed(text), encoding="utf-8")
    page.with_name("frame.html").write_text(FRAME, encoding="utf-8")
    return page


@pytest.fixture(scope="module")
def wide(report: Path) -> Seen:
    return show(report.with_name("probed.html"))


@pytest.fixture(scope="module")
def narrow(report: Path) -> Seen:
    return show(report.with_name("frame.html"))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_page_raises_no_complaint(report: Path, width: int) -> None:
    seen = show(report, width=width)
    assert "<h1>Exampleton</h1>" in seen.document
    assert seen.complaints == []


def test_a_script_that_the_policy_does_not_name_would_be_complained_of(
    report: Path,
) -> None:
    page = report.with_name("refused.html")
    text = probed(report.read_text(encoding="utf-8"), allowed=False)
    page.write_text(text, encoding="utf-8")
    seen = show(page)
    assert any("Content Security Policy" in each for each in seen.complaints)
    assert "customer insight report" in seen.document.split("</title>")[0]


@pytest.mark.parametrize("window", ["wide", "narrow"])
def test_choosing_a_segment_hides_the_others_rows_and_dims_the_map(
    request: pytest.FixtureRequest, window: str
) -> None:
    seen: Seen = request.getfixturevalue(window)
    assert seen.complaints == []
    said = seen.probed
    before, after = said["before"], said["after"]
    assert said["filter"]
    assert (before["hidden"], before["faded"], before["dimmest"]) == (0, 0, 1)
    assert after["rows"] > 0
    assert after["hidden"] > after["rows"]
    assert after["rows"] + after["hidden"] == before["rows"]
    assert after["strange"] == 0
    assert 0 < after["faded"] < after["shapes"]
    assert after["dimmest"] < 0.5
    assert set(before["drawn"]) == {""}
    assert set(after["drawn"]) == {said["code"]}
    assert f"{after['rows']} rows" in after["news"]
    for unmoved in ("rows", "hidden", "faded", "drawn"):
        assert said["again"][unmoved] == before[unmoved]


def test_the_contents_are_open_where_there_is_room_and_else_a_bar(
    wide: Seen, narrow: Seen
) -> None:
    for seen, is_open in ((wide, True), (narrow, False)):
        for when in ("before", "after"):
            assert seen.probed[when]["contents"] is is_open
        chosen = [
            seen.probed[when]["here"].split(" · ")[-1].split(" ")[0]
            for when in ("after", "again")
        ]
        assert chosen[0] == seen.probed["code"] != chosen[1]


def test_the_page_is_no_wider_than_a_telephone(narrow: Seen) -> None:
    for when in ("before", "after"):
        said = narrow.probed[when]
        assert said["width"] == NARROW
        assert said["across"] <= said["width"]


def test_the_page_is_no_wider_than_a_laptop(wide: Seen) -> None:
    said = wide.probed["before"]
    assert said["width"] == WIDE
    assert said["across"] <= said["width"]


def test_without_its_script_the_page_still_says_all(report: Path) -> None:
    # Chromium prints no document where scripts are switched off, so the script is
    # refused by the policy instead, which comes to the same for who reads the page.
    text = report.read_text(encoding="utf-8")
    page = report.with_name("still.html")
    still = re.sub(r"script-src '[^']*'", "script-src 'none'", text)
    page.write_text(still, encoding="utf-8")
    seen = show(page)
    body, printed = text.split("<script>")[0], seen.document.split("<script>")[0]
    for what in ("<h1", "<h2", "<h3", "<table", "<caption", "<svg", "<tr data-segment"):
        assert printed.count(what) == body.count(what) > 0
    assert '<div class="filter" hidden' in printed  # no control that does nothing
    assert 'class="zoom"' not in printed
    assert len(seen.complaints) == 1  # the refusal itself


# What a person would see of a process map before and after moving its sliders.
SLIDING = """
(() => {
  const all = (what) => [...document.querySelectorAll(what)];
  const seen = (what) => all(what)
    .filter((each) => getComputedStyle(each).display !== "none").length;
  const [often, wait] = all(".sliders input[type=range]");
  const now = () => ({
    edges: seen("g.edge"), nodes: seen("g.node"), labels: seen("g.label"),
    said: document.querySelector(".sliders [role=status]").textContent,
    often: often.getAttribute("aria-valuetext"),
    width: document.querySelector("[data-count='100'] .line")
      .getAttribute("stroke-width"),
  });
  const move = (range, to) => {
    range.value = to;
    range.dispatchEvent(new Event("input"));
    return now();
  };
  const high = (each) => each.getBoundingClientRect().height;
  const said = {
    before: now(),
    often: move(often, 1), back: move(often, 0), wait: move(wait, 3),
    targets: Math.min(...all(".sliders input[type=range], .sliders label").map(high)),
    names: all(".sliders input")
      .map((each) => each.getAttribute("aria-label") || each.labels[0].textContent),
  };
  move(wait, 0);
  const cost = document.querySelector(".sliders [value=cost]");
  cost.click();
  said.cost = now();
  document.title = JSON.stringify(said);
})();
"""


@pytest.fixture(scope="module")
def sliding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a page with one process map: four steps, one of them hidden."""
    folder = tmp_path_factory.mktemp("sliders")
    steps = pd.DataFrame(
        {
            "source": ["ask", "assess", "assess", "refer"],
            "target": ["assess", "refer", "advise", "ask"],
            "count": [100, 60, 40, 3],
            "wait_days": [0.5, 14.0, 2.0, 1.0],
            "cost_pence": [1_000, 90_000, 20_000, 50],
        }
    )
    door = Door(folder, RULES["nhs_1_7_round5"], "Anytown", synthetic=True)
    measures = {"wait_days": "count", "cost_pence": "count"}
    sheet = Sheet(name="steps", title="Steps", counts=["count"], measures=measures)
    released = release(door, steps, sheet)
    picture = Picture(
        drawing=process_map(
            released, wait="wait_days", cost="cost_pence", sliders=True
        ),
        title="What follows what",
        alt="Four steps.",
        twin=Table(released=released, columns={"source": "From", "target": "To"}),
    )
    page = render_page(
        Report(
            place="Anytown",
            period="",
            synthetic=True,
            made=datetime(2026, 11, 23, tzinfo=UTC),
            version="0",
            rule=door.rule,
            sections=[Section("s", "Steps", "", [picture])],
        )
    )
    file = folder / "plain.html"
    file.write_text(page, encoding="utf-8")
    file.with_name("probed.html").write_text(probed(page, SLIDING), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def slid(sliding: Path) -> dict[str, Any]:
    seen = show(sliding.with_name("probed.html"))
    assert seen.complaints == []
    return seen.probed


def test_at_first_everything_is_shown(slid: dict[str, Any]) -> None:
    assert slid["before"] == slid["back"]
    assert [slid["before"][name] for name in ("edges", "nodes", "labels")] == [4, 4, 4]
    assert slid["before"]["said"] == (
        "4 of 4 steps are shown: 100% of the moves drawn, without those hidden to "
        "protect people."
    )


def test_a_slider_hides_rare_steps_and_says_what_is_left(slid: dict[str, Any]) -> None:
    often = slid["often"]  # at least 40: the hidden step goes first
    assert (often["edges"], often["labels"]) == (3, 3)
    assert often["often"] == "40 times"
    wait = slid["wait"]  # at least 14 days
    assert (wait["edges"], wait["nodes"]) == (1, 2)
    assert wait["said"].startswith("1 of 4 steps are shown: 30% of the moves drawn")


def test_the_width_of_a_line_can_stand_for_cost(slid: dict[str, Any]) -> None:
    assert float(slid["before"]["width"]) == 7
    assert float(slid["cost"]["width"]) < 2


def test_controls_are_named_and_large_enough_to_touch(slid: dict[str, Any]) -> None:
    assert slid["targets"] >= 24
    assert slid["names"] == [
        "Steps taken at least",
        "Steps whose median wait is at least",
        "by how often",
        "by wait",
        "by cost",
    ]


def test_without_a_script_every_step_is_shown_and_no_slider(sliding: Path) -> None:
    text = sliding.read_text(encoding="utf-8")
    body = text[text.index("<body>") : text.index("<script>")]
    assert body.count('class="edge"') == 4
    assert 'type="range"' not in body
    assert "away" not in body
