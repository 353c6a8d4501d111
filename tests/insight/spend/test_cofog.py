"""Codes of what money is for, as places write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.spend import cofog_1999, cofog_code
from insight.spend.cofog import nested

if TYPE_CHECKING:
    from pathlib import Path

CODES = cofog_1999().index.tolist()


def test_there_are_ten_divisions_and_69_groups() -> None:
    assert cofog_1999()["level"].value_counts().to_dict() == {2: 69, 1: 10}


def test_each_group_lies_in_its_division() -> None:
    frame = cofog_1999()
    assert (frame["division"] == frame.index.str[:2]).all()
    assert set(frame["division"]) == set(frame.index[frame["level"] == 1])


@pytest.mark.fixtures
def test_codes_and_names_equal_the_fixture(fixtures: Path) -> None:
    kept = pd.read_csv(fixtures / "spend" / "spend_cofog.csv", dtype=str)
    assert dict(zip(kept["code"], kept["name_en"], strict=True)) == (
        cofog_1999()["name"].to_dict()
    )


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("07", "07"), ("7", "07"), (7, "07"), (7.0, "07"), ("7.0", "07"),
        (" 07.3 ", "07.3"), (7.3, "07.3"), ("07.3.1", "07.3"), ("10", "10"),
        (10.1, "10.1"), ("010", "10"),
        ("11", None), ("07.9", None), ("0", None), ("", None), (None, None),
        (float("nan"), None), ("Health", None), ("7,3", None), ("07.31", None),
    ],
)  # fmt: skip
def test_one_spelling_is_used_inside(written: object, code: str | None) -> None:
    assert cofog_code(written) == code


@given(st.sampled_from(CODES))
def test_a_code_stands_for_itself(code: str) -> None:
    assert cofog_code(code) == cofog_code(code.removeprefix("0")) == code


@given(st.sampled_from(CODES), st.sampled_from(CODES))
def test_codes_nest_in_their_own_division_only(one: str, other: str) -> None:
    assert nested(one, other) == nested(other, one)
    if nested(one, other):
        assert one[:2] == other[:2]
        assert one == other or min(len(one), len(other)) == 2
