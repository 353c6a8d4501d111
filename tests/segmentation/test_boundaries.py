"""Counts on other boundaries: nothing lost, nothing made, and the error stated."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pytest reads it at run time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import SegmentError, rates
from segmentation.change.boundaries import by_lookup, labels_by_lookup
from segmentation.change.lookups import nesting

LOOKUP = pd.DataFrame(
    [("A", "X", 1.0), ("B", "X", 0.6), ("B", "Y", 0.4), ("C", "Y", 1.0)],
    columns=["from_code", "to_code", "share"],
)
VALUES = pd.DataFrame(
    {"people": [100, 11, 30], "pence": [1.5, 10.0, 2.0]},
    index=pd.Index(["A", "B", "C"], name="area_code"),
)


def test_counts_are_parted_by_share_and_add_up() -> None:
    found = by_lookup(VALUES, LOOKUP)
    assert found.table["people"].to_dict() == {"X": 107, "Y": 34}  # 6.6 and 4.4 of 11
    assert found.table["people"].dtype == "int64"
    assert found.table["pence"].to_dict() == pytest.approx({"X": 7.5, "Y": 6.0})


def test_rates_are_worked_out_again_and_never_averaged() -> None:
    values = pd.DataFrame(
        {"area_code": ["A", "B"], "old": [50, 1], "people": [100, 10]}
    )
    lookup = pd.DataFrame({"from_code": ["A", "B"], "to_code": ["X", "X"]})
    moved = by_lookup(values, lookup).table
    assert rates(moved, {"old": "old / people"})["old"].tolist() == [
        pytest.approx(100 * 51 / 110)  # the mean of 50 % and 10 % would be 30 %
    ]


def test_weights_are_made_shares_of_each_area() -> None:
    weighted = LOOKUP.rename(columns={"share": "weight"})
    weighted["weight"] = [7, 30, 20, 1]
    pd.testing.assert_frame_equal(
        by_lookup(VALUES, weighted).table, by_lookup(VALUES, LOOKUP).table
    )


def test_areas_without_a_target_are_listed_and_not_lost() -> None:
    values = pd.concat([VALUES, VALUES.iloc[:1].set_axis(["Z"])])
    found = by_lookup(values.rename_axis("area_code"), LOOKUP)
    assert found.unmatched["people"].to_dict() == {"Z": 100}
    assert found.balance.loc["people"].to_dict() == {
        "given": 241,
        "moved": 141,
        "unmatched": 100,
        "withheld": 0,
    }
    assert "100 lie in 1 areas without a target" in str(found)


def test_a_sum_of_which_a_part_is_missing_is_missing() -> None:
    gap = by_lookup(VALUES.assign(people=[100, np.nan, 30.0]), LOOKUP)
    assert gap.table["people"].isna().all()
    assert gap.balance.loc["people", "withheld"] == 130
    absent = by_lookup(VALUES.drop(index="B"), LOOKUP)
    assert absent.table["people"].isna().all()
    whole = by_lookup(VALUES[["people"]].drop(index="C"), LOOKUP)
    assert whole.table["people"].fillna(-1).to_dict() == {"X": 107, "Y": -1}


def test_areas_of_the_look_up_that_take_in_none_of_ours_are_no_rows() -> None:
    more = pd.concat(
        [LOOKUP, pd.DataFrame({"from_code": ["F"], "to_code": ["Q"], "share": [1.0]})]
    )
    assert by_lookup(VALUES, more).table.index.tolist() == ["X", "Y"]


def test_figures_say_how_much_of_them_rests_on_shares() -> None:
    found = by_lookup(VALUES, LOOKUP)
    assert found.from_split.to_dict() == pytest.approx(
        {"X": 6.6 / 106.6, "Y": 4.4 / 34.4}
    )
    assert found.nesting.nests is False


def test_nesting_is_read_from_the_look_up_itself() -> None:
    pairs = [("U", "U2"), ("M1", "M"), ("M2", "M"), ("S", "S1"), ("S", "S2")]
    pairs += [("I1", "J1"), ("I1", "J2"), ("I2", "J2")]
    found = nesting(pd.DataFrame(pairs, columns=["from_code", "to_code"]))
    assert found.unchanged == ("U",)
    assert found.merged == ("M1", "M2")
    assert found.split == ("S",)
    assert found.irregular == ("I1", "I2")
    assert str(found).startswith("Not all of 6 areas lie whole in one of 6: 1 unch")


def test_labels_go_by_most_people_with_the_share_that_agrees() -> None:
    people = pd.Series({"A": 100.0, "B": 50.0, "C": 30.0})
    segments = pd.Series({"A": "1", "B": "2", "C": np.nan})
    found = labels_by_lookup(segments, LOOKUP, people)
    assert found["segment"].to_dict() == {"X": "1", "Y": "2"}
    assert found["agreement"].to_dict() == pytest.approx({"X": 100 / 130, "Y": 0.4})
    assert found["unknown"].to_dict() == pytest.approx({"X": 0, "Y": 0.6})


def test_a_tie_goes_to_the_code_that_sorts_first() -> None:
    lookup = pd.DataFrame({"from_code": ["A", "B"], "to_code": ["X", "X"]})
    people = pd.Series({"A": 50.0, "B": 50.0})
    found = labels_by_lookup(pd.Series({"A": "2", "B": "1"}), lookup, people)
    assert found["segment"].to_dict() == {"X": "1"}


@pytest.mark.parametrize(
    ("lookup", "match"),
    [
        (LOOKUP.drop(columns="share"), r"1 areas are parted .*neither share .*'B'"),
        (LOOKUP.assign(share=[1, 0.6, 0.6, 1]), "does not sum to 1 for 1 areas: 'B'"),
        (LOOKUP.assign(share=[1, 1.6, -0.6, 1]), "below 0"),
        (LOOKUP.assign(share=[np.nan, 0.6, 0.4, 1]), "is missing.*'A'"),
        (LOOKUP.rename(columns={"to_code": "new"}), "the look-up lacks 'to_code'"),
        (pd.concat([LOOKUP, LOOKUP.iloc[:1]]), "1 give a pair of areas again"),
        (
            LOOKUP.assign(to_code=LOOKUP["to_code"].where(LOOKUP.index > 0)),
            "1 lack a code",
        ),
        (LOOKUP.iloc[:0], "of 0 rows"),
        (LOOKUP.assign(from_code=["P", "Q", "Q", "R"]), "no count of 3 areas can be"),
    ],
)
def test_a_look_up_that_cannot_be_used_is_refused(
    lookup: pd.DataFrame, match: str
) -> None:
    with pytest.raises(SegmentError, match=match):
        by_lookup(VALUES, lookup)


def test_values_that_are_no_counts_are_refused() -> None:
    with pytest.raises(SegmentError, match="'name' should be one column of numbers"):
        by_lookup(VALUES.assign(name="x"), LOOKUP)
    with pytest.raises(SegmentError, match="the columns are none"):
        by_lookup(VALUES[[]], LOOKUP)
    with pytest.raises(SegmentError, match="people of 1 of 3 segmented areas"):
        labels_by_lookup(
            pd.Series({"A": "1", "B": "1", "C": "1"}),
            LOOKUP,
            pd.Series({"A": 1, "B": 1}),
        )


tables = st.dictionaries(
    st.sampled_from([f"A{n}" for n in range(8)]),
    st.tuples(
        st.integers(0, 10**12),
        st.dictionaries(
            st.sampled_from([f"X{n}" for n in range(5)]), st.integers(1, 99), min_size=1
        ),
    ),
    min_size=1,
)


@settings(max_examples=30)
@given(tables)
def test_no_person_and_no_penny_is_lost_or_made(
    rows: dict[str, tuple[int, dict[str, int]]],
) -> None:
    values = pd.DataFrame(
        {"area_code": list(rows), "pence": [pence for pence, _ in rows.values()]}
    )
    lookup = pd.DataFrame(
        [(a, x, w) for a, (_, to) in rows.items() for x, w in to.items()],
        columns=["from_code", "to_code", "weight"],
    )
    found = by_lookup(values, lookup)
    assert found.table["pence"].sum() == sum(pence for pence, _ in rows.values())
    assert (found.table["pence"] >= 0).all()
    again = by_lookup(values[::-1], lookup[::-1])
    pd.testing.assert_frame_equal(found.table, again.table, check_exact=True)


@settings(max_examples=30)
@given(tables)
def test_every_part_is_within_one_of_its_exact_share(
    rows: dict[str, tuple[int, dict[str, int]]],
) -> None:
    area, (pence, to) = next(iter(rows.items()))
    lookup = pd.DataFrame(
        [(area, x, w) for x, w in to.items()],
        columns=["from_code", "to_code", "weight"],
    )
    moved = by_lookup(pd.DataFrame({"area_code": [area], "pence": [pence]}), lookup)
    for code, parts in moved.table["pence"].items():
        exact = pence * to[str(code)] / sum(to.values())
        assert abs(parts - exact) < 1.01


@pytest.mark.fixtures
def test_the_official_codes_of_change_are_read_from_the_look_up(fixtures: Path) -> None:
    """All 35,795 rows: 2011 areas unchanged, split, merged and irregular."""
    file = fixtures / "segmentation/lookups/lookup_lsoa11_lsoa21_ltla22.parquet"
    table = pd.read_parquet(file)
    found = nesting(
        table.rename(columns={"lsoa11_code": "from_code", "lsoa21_code": "to_code"})
    )
    official = table.groupby("change_code")["lsoa11_code"].unique()
    assert set(found.unchanged) == set(official["U"])
    assert set(found.split) == set(official["S"])
    assert set(found.merged) == set(official["M"])
    assert set(found.irregular) == set(official["X"])
    assert found.nests is False
    assert (found.areas, found.targets) == (34_753, 35_672)


@pytest.mark.fixtures
def test_residents_of_output_areas_add_up_to_lsoas(fixtures: Path) -> None:
    folder = fixtures / "segmentation"
    lookup = pd.read_parquet(folder / "lookups/oa21_to_lsoa21_dz22_sdz21_uk.parquet")
    people = pd.read_parquet(folder / "census2021/oa21_outcomes.parquet")
    values = people.rename(columns={"oa": "area_code"})[["area_code", "residents"]]
    found = by_lookup(values, lookup.set_axis(["from_code", "to_code"], axis=1))
    assert found.nesting.nests
    assert found.table["residents"].sum() == values["residents"].sum()
    assert (found.from_split == 0).all()
