"""Rules files, good and bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys import JourneyError, read_rules
from journeys.duplication.rules import SHIPPED, Exempt, ExemptPair

if TYPE_CHECKING:
    from pathlib import Path

TEXT = SHIPPED.read_text(encoding="utf-8")


def edited(folder: Path, old: str, new: str) -> Path:
    """Write the shipped rules with one change."""
    assert old in TEXT
    path = folder / "mine.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_shipped_rules() -> None:
    rules = read_rules()
    d1 = rules.repeat_assessment
    assert rules.version == "2026-11"
    assert d1.classes == ("intake", "assess")
    assert d1.window_days == 180
    assert d1.reset_classes == ("reset",)
    assert d1.new_episode_resets
    assert not d1.need_may_be_missing
    assert [e.activity for e in d1.exempt] == ["Statutory safeguarding assessment"]
    assert rules.ping_pong.broken_by == ("assess", "service", "course")


def test_a_partnership_may_add_to_the_lists(tmp_path: Path) -> None:
    added = """[repeat_assessment.validity_days]
housing = 90
[[repeat_assessment.exempt_pairs]]
earlier = "Screening"
later = "Assessment"
reason = "Two steps of one."
"""
    rules = read_rules(edited(tmp_path, "[repeat_assessment.validity_days]", added))
    d1 = rules.repeat_assessment
    assert d1.validity_days == {"housing": 90}
    assert d1.exempt_pairs == (
        ExemptPair(earlier="Screening", later="Assessment", reason="Two steps of one."),
    )
    assert isinstance(d1.exempt[0], Exempt)


def test_optional_lists_may_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "short.toml"
    begin, end = TEXT.index("# Optional."), TEXT.index("# D3  ")
    path.write_text(TEXT[:begin] + TEXT[end:], encoding="utf-8")
    d1 = read_rules(path).repeat_assessment
    assert (d1.validity_days, d1.exempt, d1.exempt_pairs) == ({}, (), ())


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        (
            "window_days",
            "windw_days",
            r"unknown key 'windw_days'. Did you mean 'window_",
        ),
        ("window_days", "windw_days", r"\[repeat_assessment\] lacks \['window_days'\]"),
        (
            "[ping_pong]",
            "[pingpong]",
            r"the file has an unknown key 'pingpong'. Did you",
        ),
        ("[ping_pong]", "[ping_pong]\nk = 1", r"unknown key 'k'. Known: broken_by"),
        (
            "= 180",
            '= "180"',
            r"repeat_assessment.window_days is '180'; give days above 0",
        ),
        ("= 180", "= true", r"window_days is True"),
        ("= 180", "= -3", r"window_days is -3"),
        ("= 180", "= nan", r"window_days is nan"),
        ("= 180", "= ", r"mine.toml is not TOML"),
        ('"assess"]', '"asess"]', r"has 'asess'. Did you mean 'assess'"),
        ('["intake", "assess"]', '"assess"', r"classes is 'assess'; write a list"),
        ('["intake", "assess"]', "[[1]]", r"classes has \[1\]"),
        ('["intake", "assess"]', '["reset"]', r"'reset'\] in classes and in reset_cl"),
        ("= true", "= 1", r"new_episode_resets is 1; write true or false"),
        ("schema = 1", "schema = 2", r"schema is 2; this toolkit reads 1"),
        ('"2026-11"', "2026", r"version is 2026; write it as text"),
        ('# "housing" = 90', 'housing = "long"', r"validity_days.housing is 'long'"),
        (
            "[repeat_assessment.validity_days]",
            "[repeat_assessment]",
            r"mine.toml is not TOML",
        ),
        ("activity =", "actvity =", r"exempt\]\] no. 1 has an unknown key 'actvity'"),
        ("reason =", "because =", r"exempt\]\] no. 1 lacks \['reason'\]"),
        (
            'reason = "Each agency must make its own by law."',
            'reason = " "',
            r"no. 1: \['reason'\] must hold text",
        ),
    ],
)
def test_a_broken_file_says_what_is_wrong(
    tmp_path: Path, old: str, new: str, match: str
) -> None:
    with pytest.raises(JourneyError, match=match):
        read_rules(edited(tmp_path, old, new))


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("ping_pong = 3", r"ping_pong is 3; make it a section"),
        (
            "repeat_assessment = {validity_days = 3}",
            r"validity_days is 3; make it a table",
        ),
        ("repeat_assessment = {exempt = 3}", r"exempt is 3; write each as \[\["),
    ],
)
def test_sections_of_the_wrong_shape(tmp_path: Path, line: str, match: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(JourneyError, match=match):
        read_rules(path)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("schema = 9\nversoin = 'a'\n", encoding="utf-8")
    with pytest.raises(JourneyError) as caught:
        read_rules(path)
    assert len(caught.value.faults) == 3
    assert all(fault.startswith("mine.toml: ") for fault in caught.value.faults)


def test_a_missing_or_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(JourneyError, match=r"none\.toml cannot be opened"):
        read_rules(tmp_path / "none.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes('version = "é"'.encode("latin-1"))
    with pytest.raises(JourneyError, match=r"latin\.toml is not TOML in UTF-8"):
        read_rules(path)


@given(st.floats(0, 40_000))
def test_days_are_kept_or_refused(
    tmp_path_factory: pytest.TempPathFactory, days: float
) -> None:
    path = edited(tmp_path_factory.mktemp("rules"), "= 180", f"= {days!r}")
    if 0 < days <= 36_525:
        assert read_rules(path).repeat_assessment.window_days == days
    else:
        with pytest.raises(JourneyError, match="window_days"):
            read_rules(path)
