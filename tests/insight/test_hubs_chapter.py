"""Hubs on the page: figures through the door, and a sentence where none stand out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import pytest

from insight.chapters.followed import Followed
from insight.chapters.hubs import hubs_chapter
from insight.release import Door, rule_named
from insight.report import Matrix, Table
from journeys import encode_log

if TYPE_CHECKING:
    from pathlib import Path

    from insight.chapters.chapter import Chapter

DAY = pd.Timestamp("2009-04-01", tz="UTC")


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path / "out", rule_named("nhs_1_7_round5"), "X", synthetic=True)


def chapter_of(
    door: Door, met: list[tuple[str, str]], segments: dict[str, str] | None = None
) -> Chapter:
    frame = pd.DataFrame(met, columns=["customer_id", "agency"])
    log = encode_log(frame.assign(time=DAY, activity="visit", need="home"))
    if segments:
        rows = pd.DataFrame(segments.items(), columns=["customer_id", "segment"])
        log.engine.register("customer_segment", rows)
    followed = Followed(
        opened=cast("Any", None),
        door=door,
        log=log,
        found=cast("Any", None),
        segments="customer_segment" if segments else None,
        names={"1": "Estates"},
    )
    return hubs_chapter(followed)


def planted() -> list[tuple[str, str]]:
    random = np.random.default_rng(1)
    hubs = (("A", "B", "C"), ("X", "Y", "Z"), ("A", "X", "B", "Y"))
    return [
        (f"c{n:03d}", str(one))
        for n in range(240)
        for one in random.choice(hubs[2 if n % 12 == 0 else n % 2], 2, replace=False)
    ]


def test_hubs_are_shown_with_their_pairs_and_segments(door: Door) -> None:
    segments = {f"c{n:03d}": str(1 + n % 2) for n in range(240)}
    chapter = chapter_of(door, planted(), segments)
    assert "2 hubs of agencies stand out from chance" in chapter.sentences[0]
    titles = [
        block.title for block in chapter.section.blocks if isinstance(block, Matrix)
    ]
    assert titles[0] == "Customers that agencies share"
    assert "Who the hubs of agencies would serve" in titles
    assert "modularity" not in chapter.sentences[0]
    tables = {
        block.released.name: block.released.frame
        for block in chapter.section.blocks
        if isinstance(block, Table)
    }
    assert set(tables["hubs_agency"]["members"]) == {"A, B, C", "X, Y, Z"}
    pairs = tables["hubs_pairs"]
    assert not set(pairs["customers"].dropna() % 5) - {0}
    assert pairs["lift"][pairs["customers"].isna()].isna().all()


def test_it_is_said_when_no_hub_stands_out(door: Door) -> None:
    random = np.random.default_rng(2)
    drawn = np.argwhere(random.random((300, 6)) < 0.4).tolist()
    chapter = chapter_of(door, [(f"c{n}", f"A{at}") for n, at in drawn])
    assert "No hubs of agencies stand out from chance" in chapter.sentences[0]
    names = [
        one.released.name for one in chapter.section.blocks if isinstance(one, Table)
    ]
    assert names == ["hubs_pairs"]


@pytest.mark.parametrize("customers", [1, 3, 30])
def test_few_customers_or_agencies_make_no_hub(door: Door, customers: int) -> None:
    met = [(f"c{n}", one) for n in range(customers) for one in "AB"]
    chapter = chapter_of(door, met)
    assert (
        "stand out from chance (" not in chapter.sentences[0]
        or "No hubs" in (chapter.sentences[0])
    )


def test_a_log_without_needs_has_no_services(door: Door) -> None:
    frame = pd.DataFrame(planted(), columns=["customer_id", "agency"])
    log = encode_log(frame.assign(time=DAY, activity="visit"))
    followed = Followed(
        opened=cast("Any", None),
        door=door,
        log=log,
        found=cast("Any", None),
        segments=None,
        names={},
    )
    assert "services" not in " ".join(hubs_chapter(followed).sentences)
