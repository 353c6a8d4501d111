"""Rules files, good and bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys import JourneyError, read_rules
from journeys.duplication.all_rules import ALL_RULES
from journeys.duplication.repeat_assessment import ExemptPair, Validity
from journeys.duplication.rule import Exempt
from journeys.duplication.rules import SHIPPED

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
    added = """[[repeat_assessment.validity]]
need = "housing"
class = "intake"
days = 90
[[repeat_assessment.exempt_pairs]]
earlier = "Screening"
later = "Assessment"
reason = "Two steps of one."

# D3  """
    d1 = read_rules(edited(tmp_path, "# D3  ", added)).repeat_assessment
    assert d1 is not None
    assert d1.validity == (Validity(need="housing", of_class="intake", days=90),)
    assert d1.exempt_pairs == (
        ExemptPair(earlier="Screening", later="Assessment", reason="Two steps of one."),
    )
    assert isinstance(d1.exempt[0], Exempt)


def test_optional_lists_may_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "short.toml"
    begin = TEXT.index("[[repeat_assessment.exempt]]")
    path.write_text(TEXT[:begin] + TEXT[TEXT.index("# D3  ") :], encoding="utf-8")
    d1 = read_rules(path).repeat_assessment
    assert d1 is not None
    assert (d1.validity, d1.exempt, d1.exempt_pairs) == ((), (), ())


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("window_days", "windw_days", r"no key 'windw_days'. Did you mean 'window_d"),
        ("window_days", "windw_days", r"\[repeat_assessment\] window_days: is missing"),
        ("[ping_pong]", "[pingpong]", r"top level: there is no key 'pingpong'. Did"),
        ("[ping_pong]", "[ping_pong]\nk = 1", r"no key 'k'. Known: .*broken_by"),
        ("= 180", '= "180"', r"window_days: Input should be .*\(seen: '180'\)"),
        ("= 180", "= true", r"window_days: .*\(seen: True\)"),
        ("= 180", "= -3", r"window_days: Input should be greater than 0"),
        ("= 180", "= nan", r"window_days: .*\(seen: nan\)"),
        ("= 180", "= ", r"mine.toml is not TOML"),
        ('"assess"]', '"asess"]', r"classes: did you mean 'assess'"),
        ('["intake", "assess"]', '"assess"', r"classes: .*\(seen: 'assess'\)"),
        ('["intake", "assess"]', "[[1]]", r"classes: .*\(seen: \[1\]\)"),
        ('["intake", "assess"]', "[]", r"classes: .* at least 1 item"),
        ('["intake", "assess"]', '["reset"]', r"'reset'\] stand in classes and in res"),
        ("_resets = true", "_resets = 1", r"new_episode_resets: .*\(seen: 1\)"),
        ("schema = 1", "schema = 2", r"\[schema\]: Input should be 1 \(seen: 2\)"),
        ('"2026-11"', "2026", r"\[version\]: .*\(seen: 2026\)"),
        ('# "income" = 90', 'income = "long"', r"validity_days.*\(seen: 'long'\)"),
        ('["left early",', '["Achieved",', r"'achieved'\] stand twice in the lists of"),
        ("part_pattern = '(", "part_pattern = '((", r"part_pattern: is no regular exp"),
        ("activity =", "actvity =", r"exempt\]: there is no key 'actvity'. Did you"),
        ("reason =", "because =", r"exempt\] reason: is missing"),
        (
            'reason = "Each agency must make its own by law."',
            'reason = " "',
            r"exempt\] reason: .*\(seen: ' '\)",
        ),
        ("central = ", "central = 7", r"repeat_assessment.preventable\] central"),
        ("central = ", "high = 0 #", r"mine.toml is not TOML"),
        ("low = 0.", "low = 0.9", r"low, central and high should not fall"),
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
        ("ping_pong = 3", r"\[ping_pong\]: should be a block of settings"),
        ("asked_again = {validity_days = 3}", r"validity_days: should be a block"),
        ("repeat_assessment = {exempt = 3}", r"exempt: .*\(seen: 3\)"),
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


def test_a_rule_that_is_left_out_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    lines = "schema = 1\nversion = 'ours'\n[ping_pong]\n"
    path.write_text(f"{lines}broken_by = []\nneed_may_be_missing = true\n")
    rules = read_rules(path)
    assert rules.repeat_assessment is None
    assert rules.of("ping_pong") is rules.ping_pong


def test_a_file_without_a_rule_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("schema = 1\nversion = 'ours'\n", encoding="utf-8")
    with pytest.raises(JourneyError, match=r"mine.toml: no rule stands here. Add a s"):
        read_rules(path)


def test_every_rule_is_shipped_with_its_own_section_and_shares() -> None:
    rules = read_rules()
    names = [rule.name for rule in ALL_RULES]
    assert names == sorted(set(names))
    assert len({rule.section for rule in ALL_RULES}) == len(ALL_RULES)
    for rule in ALL_RULES:
        options = rules.of(rule.section)
        assert options is not None, rule.section
        if rule.redundant:
            assert options.preventable is not None, rule.section
            assert options.cashable is not None, rule.section


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
