"""The rubric: every level of every component has its own sentence."""

from __future__ import annotations

from insight.evidence.rubric import COMPONENTS, LEVELS, OURS, RUBRIC_RULES, rubric
from place import CONTRACTS


def test_every_component_has_an_anchor_for_each_level() -> None:
    words = rubric()
    pairs = list(zip(words["component"], words["level"], strict=True))
    assert pairs == [(one, level) for one in COMPONENTS for level in LEVELS]
    assert words["anchor"].is_unique
    assert words["anchor"].str.endswith(".").all()


def test_a_level_has_one_name_in_all_components() -> None:
    assert rubric().groupby("level")["name"].nunique().tolist() == [1, 1, 1, 1]


def test_it_says_whose_it_is_and_that_a_blank_is_no_level() -> None:
    assert "totalplace's own" in OURS
    assert OURS in RUBRIC_RULES
    assert any("A blank is no low level" in rule for rule in RUBRIC_RULES)


def test_components_are_those_of_the_table_of_a_place() -> None:
    (column,) = (
        each for each in CONTRACTS["maturity"].columns if each.name == "component"
    )
    assert column.one_of == COMPONENTS


def test_nothing_in_it_speaks_of_flags() -> None:
    said = " ".join([*rubric()["anchor"], *RUBRIC_RULES]).casefold()
    assert "flag" not in said
