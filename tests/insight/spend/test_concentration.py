"""Small counts worked by hand, and England 2008-09 as the Treasury published it."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.spend.concentration import concentration
from insight.spend.herfindahl import effective_number, herfindahl
from insight.spend.overlaps import overlapping

if TYPE_CHECKING:
    from pathlib import Path

Line = tuple[str | None, str, int]


def lines_of(*lines: Line) -> pd.DataFrame:
    """Build spend from (body, COFOG code, pence)."""
    return pd.DataFrame(lines, columns=["body", "cofog", "amount_pence"])


def test_the_largest_bodies_come_first_and_ties_go_by_name() -> None:
    found = concentration(lines_of(("b", "07", 5), ("a", "07", 5), ("c", "07", 9)))
    assert found.bodies.index.to_list() == ["c", "a", "b"]


def test_negatives_are_netted_in_one_column_and_left_out_of_the_other() -> None:
    found = concentration(lines_of(("a", "07", 100), ("a", "07", -60), ("b", "07", 60)))
    assert found.bodies.loc["a", ["share", "paid_share"]].to_list() == [0.4, 0.625]
    assert found.bodies.loc["a", "negative_pence"] == -60
    assert "1 of 3 lines are negative" in found.notes[0]
    assert "without" in str(found)


def test_without_negatives_only_one_figure_is_said() -> None:
    assert "netted" not in str(concentration(lines_of(("a", "07", 100))))


def test_a_total_not_above_nought_has_no_shares() -> None:
    found = concentration(lines_of(("a", "07", 10), ("b", "07", -10)))
    assert found.measures["netted"].isna().all()
    assert "no share of it can be taken" in str(found)


def test_groups_count_in_their_division_and_unknown_codes_stand_apart() -> None:
    found = concentration(
        lines_of(("a", "07.1", 1), ("b", "7", 2), ("a", "99", 4), ("a", "08", 1))
    )
    assert found.functions["bodies"].to_dict() == {"not known": 1, "07": 2, "08": 1}
    assert found.bodies.loc["a", "functions"] == 2


def test_the_tail_leaves_its_end_out_and_counts_no_body_that_spends_nothing() -> None:
    spend = lines_of(
        ("a", "07", 5_000_000), ("b", "07", 4_999_999), ("c", "07", 5), ("c", "07", -5)
    )
    tail = concentration(spend.assign(programme=["p", "p", "q", "r"])).tail
    bodies = tail[tail["what"] == "body"]
    assert bodies["count"].to_list() == [1, 2]
    assert bodies["of_all"].to_list() == [2, 2]
    assert tail[tail["what"] == "programme"]["count"].to_list() == [2, 3]


def test_a_line_without_a_body_stays_in_the_total_and_is_told() -> None:
    found = concentration(lines_of((None, "07", 50), ("a", "07", 50)))
    assert found.total_pence == 100
    assert found.measures["netted"].iloc[0] == 0.5
    assert "1 lines name no body" in found.notes[0]


def test_spellings_that_differ_by_capitals_are_told_and_outer_spaces_are_not() -> None:
    found = concentration(lines_of(("Non-ID ", "07", 1), ("non-ID", "07", 1)))
    assert "differ by capitals only" in found.notes[0]
    assert len(concentration(lines_of(("a ", "07", 1), ("a", "07", 1))).bodies) == 1


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InsightError, match=r"lacks \['body'\]"):
        concentration(pd.DataFrame({"cofog": ["07"], "amount_pence": [1]}))


amounts = st.lists(st.integers(1, 10**12), min_size=1, max_size=30)


@given(amounts)
def test_the_index_agrees_with_exact_fractions(pence: list[int]) -> None:
    exact = sum(Fraction(one, sum(pence)) ** 2 for one in pence)
    assert math.isclose(herfindahl(pence), exact, rel_tol=1e-12)
    assert 1 / len(pence) <= herfindahl(pence) * (1 + 1e-12)
    assert effective_number(pence) <= len(pence) * (1 + 1e-12)


rows = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from(["07", "09.1", "77"]),
        st.integers(-1000, 1000),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=12)
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[Line], random: object) -> None:
    shuffled = rows.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = concentration(lines_of(*rows)), concentration(lines_of(*shuffled))
    pd.testing.assert_frame_equal(one.measures, other.measures)
    pd.testing.assert_frame_equal(one.bodies, other.bodies)
    assert one.bodies["amount_pence"].sum() == sum(pence for *_, pence in rows)


@pytest.mark.fixtures
def test_england_is_as_concentrated_as_the_guide_measured(fixtures: Path) -> None:
    cells = pd.read_csv(fixtures / "spend" / "spend_cra2010_england_2008_09.csv")
    spend = pd.DataFrame(
        {
            "body": cells["dept"],
            "cofog": cells["cofog1"].str.partition(".")[0],
            "amount_pence": (cells["gbp_m_2008_09"] * 1e8).round().astype("int64"),
        }
    )
    found = concentration(spend)
    assert round(found.total_pence / 1e8, 1) == 409_516.4
    netted = found.measures["netted"]
    assert netted.iloc[:3].mul(100).round(1).to_list() == [76.5, 96.3, 78.8]
    assert round(netted["Herfindahl index"], 3) == 0.208
    assert found.measures["not_netted"].iloc[:2].mul(100).round(1).to_list() == [
        76.4,
        96.2,
    ]
    assert found.functions["bodies"].sort_index().to_dict() == {
        "01": 16, "02": 3, "03": 10, "04": 20, "05": 7, "06": 4, "07": 5, "08": 7,
        "09": 6, "10": 16,
    }  # fmt: skip
    assert found.bodies["functions"].median() == 1
    assert found.bodies["functions"].mean() == 2.35


def programmes(*rows: tuple[str | None, str | None, str | None, int]) -> pd.DataFrame:
    columns = ["programme", "aim", "beneficiaries", "amount_pence"]
    return pd.DataFrame(rows, columns=columns)


def test_programmes_of_one_aim_for_one_group_overlap() -> None:
    found = overlapping(
        programmes(
            ("A", "new homes", "tenants", 10),
            ("B", "New Homes ; jobs", "tenants", 20),
            ("C", "new homes", "owners", 40),
            ("D", "jobs", "tenants; owners", 80),
        )
    )
    groups = found.groups.set_index("aim")["names"].to_dict()
    assert groups == {"jobs": "B; D", "new homes": "A; B"}
    assert (found.programmes, found.overlapping, found.amount_pence) == (4, 3, 110)


def test_rows_of_one_programme_do_not_overlap_each_other() -> None:
    found = overlapping(programmes(("A", "x", "y", 1), ("A", "x", "y", 2)))
    assert found.groups.empty
    assert found.overlapping == 0


def test_a_programme_without_an_aim_is_told_and_not_compared() -> None:
    found = overlapping(programmes(("A", None, "y", 1), ("B", "x", "y", 2)))
    assert found.not_described == 1
    assert "could not be compared" in str(found)


def test_programmes_that_name_nothing_are_refused() -> None:
    with pytest.raises(InsightError, match="Give at least one row with a programme"):
        overlapping(programmes((None, "x", "y", 1)))


@given(
    st.lists(st.tuples(st.sampled_from("ABCDE"), st.sampled_from("xyz")), min_size=1)
)
def test_overlaps_agree_with_plain_counting(rows: list[tuple[str, str]]) -> None:
    found = overlapping(programmes(*((name, aim, "all", 1) for name, aim in rows)))
    by_aim = {aim: {name for name, other in rows if other == aim} for _, aim in rows}
    alike = {aim: names for aim, names in by_aim.items() if len(names) > 1}
    assert found.groups.set_index("aim")["programmes"].to_dict() == {
        aim: len(names) for aim, names in alike.items()
    }
    assert found.overlapping == len(set().union(*alike.values()))
