"""Persons on the page: only protected figures, and words made of them."""

from __future__ import annotations

import csv
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from insight.chapters.persons import persons_chapter
from insight.errors import InsightError
from insight.release import Door, rule_named
from place import open_place, read_place
from segmentation import SegmentError

if TYPE_CHECKING:
    from pathlib import Path

    from insight.chapters import Chapter

HEAD = '[place]\nname = "Little"\nsynthetic = true\n'
PEOPLE = "[people_segments]\nk = 2\nrestarts = 5\n"
USE = '[people_segments.use]\n"care" = "Care"\n"books" = "Library"\n'
HOME = '[people_segments.variables]\n"old" = "old / population"\n'
AREAS = "area_code,population,old\nA1,100,10\nA2,100,11\nA3,100,40\nA4,100,45\n"


def use_of(care: int, books: int, *, both: int = 0) -> str:
    """Write use of so many persons: those with care live in A3 and A4."""
    lines = ["customer_id,area_code,service,agency,units"]
    lines += [f"c{n},A{3 + n % 2},Care,Council,{5 + n % 3}" for n in range(care)]
    lines += [f"c{n},A{3 + n % 2},Library,Council,1" for n in range(both)]
    lines += [
        f"b{n},A{1 + n % 2},Library,Council,{1 + n // 2 % 2}" for n in range(books)
    ]
    return "\n".join(lines) + "\n"


def chapter_of(
    folder: Path, toml: str, rule: str = "nhs_1_7_round5", **tables: str
) -> Chapter:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        toml += f'[tables.{name}]\nfile = "{name}.csv"\n'
    (folder / "place.toml").write_text(toml, encoding="utf-8")
    work = folder / "work"
    work.mkdir()
    opened = open_place(read_place(folder), work)
    with closing(opened.engine):
        door = Door(folder / "o", rule_named(rule), "Little", synthetic=True)
        return persons_chapter(opened, door)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "o" / "tables" / f"{name}.csv").open(encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def test_segments_are_named_sized_and_told_apart(tmp_path: Path) -> None:
    chapter = chapter_of(
        tmp_path, HEAD + PEOPLE + USE + HOME, areas=AREAS, service_use=use_of(42, 61)
    )
    assert chapter.section.id == "persons"
    sizes = rows(tmp_path, "person_segments")
    assert [row["customers"] for row in sizes] == ["60", "40"]
    assert chapter.sentences[0].endswith(
        f"The largest is segment 1 ({sizes[0]['name']}), with 60 customers."
    )
    profile = rows(tmp_path, "person_profile")
    assert len(profile) == 6
    care = [row for row in profile if row["variable"] == "care"]
    assert [row["count"] for row in care] == ["0", "40"]
    assert float(care[0]["rate"]) == 0
    assert rows(tmp_path, "person_segments_without")[0]["without_area"] == "0"


def test_few_users_are_hidden_and_cannot_be_had_by_subtraction(tmp_path: Path) -> None:
    use = use_of(40, 60, both=3)
    chapter_of(tmp_path, HEAD + PEOPLE + USE + HOME, areas=AREAS, service_use=use)
    books = [r for r in rows(tmp_path, "person_profile") if r["variable"] == "books"]
    shown = next(row for row in books if row["count"] == "60")
    hidden = next(row for row in books if row["count"] == "[c]")
    assert all(hidden[name] == "[c]" for name in ("rate", "place_rate", "index"))
    assert shown["place_rate"] == shown["rate"]
    assert shown["index"] == "100"


def test_without_settings_of_use_every_service_counts(tmp_path: Path) -> None:
    chapter_of(tmp_path, HEAD + PEOPLE, service_use=use_of(20, 30))
    variables = {row["variable"] for row in rows(tmp_path, "person_profile")}
    assert variables == {"Care", "Library"}


def test_without_the_setting_or_with_an_unknown_service_it_says_so(
    tmp_path: Path,
) -> None:
    with pytest.raises(InsightError, match=r"no \[people_segments\]"):
        chapter_of(tmp_path, HEAD, service_use=use_of(20, 30))
    (tmp_path / "again").mkdir()
    unknown = '[people_segments.use]\n"x" = "Cares"\n'
    with pytest.raises(SegmentError, match="no row of service_use names: 'Cares'"):
        chapter_of(
            tmp_path / "again", HEAD + PEOPLE + unknown, service_use=use_of(20, 30)
        )


def test_a_name_is_made_of_what_is_shown_and_not_to_be_avoided(tmp_path: Path) -> None:
    avoid = '[segments]\navoid = ["old", "nowhere"]\n'
    toml = HEAD + avoid + PEOPLE + USE + HOME
    chapter_of(tmp_path, toml, areas=AREAS, service_use=use_of(40, 60))
    names = [row["name"] for row in rows(tmp_path, "person_segments")]
    assert names == ["Books", "Care"]
