"""Two counts of a place: the report's difference, and what makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.spend.centre_out import centre_out, keys_of
from insight.spend.national import national_spend
from insight.spend.place_counts import place_counts
from insight.spend.reconcile import difference_pct, reconcile
from insight.spend.report_tables import table_1

if TYPE_CHECKING:
    from insight.spend.centre_out import CentreOut

KEYS = keys_of(
    pd.DataFrame(
        {
            "place": ["Northton", "East"],
            "region": "East",
            "covers": ["place", "region"],
            "population": [1, 10],
        }
    )
)
NATIONAL = pd.DataFrame(
    {
        "region": "East",
        "cofog": ["7", "7", "9", "3", "10"],
        "body": ["Health", "Health", "Councils", "Justice", "Pensions"],
        "sector": ["CG", "CG", "LG", "CG", "CG"],
        "nature": ["CUR", "CAP", "CUR", "CUR", "CUR"],
        "period": "2008-09",
        "amount_pence": [10_000, 2_000, 8_000, 1_000, 5_000],
    }
)
LOCAL = pd.DataFrame(
    {
        "cofog": ["07.3", "09.1", "10.2", "02.1", None],
        "body": ["Trust", "Council", "Council", "Army", "Club"],
        "body_kind": [
            "nhs", "local authority", "local authority", "central government",
            "third sector",
        ],
        "nature": "revenue",
        "period": ["2008-09", "2008-09", "2007-08", "2008-09", "2008-09"],
        "amount_pence": [900, 850, 100, 30, 5],
    }
)  # fmt: skip
BODIES = {"trust": "Health", "Council": "Councils"}


def made_of(national: pd.DataFrame = NATIONAL) -> CentreOut:
    return centre_out(national_spend(national), KEYS)


def test_every_penny_of_the_difference_is_in_one_part() -> None:
    found = reconcile(
        made_of(),
        LOCAL,
        place="Northton",
        bodies=BODIES,
        prices={"2007-08": 1.0, "2008-09": 1.05},
    )
    parts = found.parts["amount_pence"]
    assert parts["scope, functions"] == 100  # public order
    assert parts["scope, functions left out"] == -35  # defence, and what has no code
    assert parts["scope, capital"] == 200
    assert parts["missing bodies"] == 500  # pensions
    assert parts["period"] == 5
    assert parts.sum() == 2_600 - 1_885
    rest = 1_800 - 1_850 - 5
    assert parts["allocation error, at most"] + parts["not explained"] == rest
    assert found.total["difference_pct"] == pytest.approx(100 - 100 * 1_885 / 2_600)
    assert found.total["low_pct"] < found.total["difference_pct"]
    assert "£1 is missing bodies" in str(found).replace("£5", "£1")


def test_functions_of_both_counts_stand_side_by_side() -> None:
    cofogs = reconcile(made_of(), LOCAL, place="Northton").cofogs
    assert cofogs.index.tolist() == ["02", "03", "07", "09", "10", "not known"]
    assert cofogs.loc["07", ["centre_pence", "local_pence"]].tolist() == [1_200, 900]
    assert cofogs.loc["07", "difference_pct"] == pytest.approx(25)
    assert cofogs.loc["02", "centre_pence"] == 0
    assert pd.isna(cofogs.loc["02", "difference_pct"])
    assert cofogs["local_pence"].sum() == 1_885


def test_bodies_and_sectors_stand_side_by_side() -> None:
    found = reconcile(made_of(), LOCAL, place="Northton", bodies=BODIES)
    assert found.bodies.loc["Health"].tolist() == [1_200, 900]
    assert found.bodies.loc["Pensions"].tolist() == [500, 0]
    assert found.bodies.loc["Army"].tolist() == [0, 30]
    assert found.sectors["centre_pence"].to_dict() == {
        "central government": 1_800,
        "local government": 800,
        "outside government": 0,
    }
    assert any("2 bodies of the national figures" in note for note in found.notes) or (
        any("1 bodies of the national figures" in note for note in found.notes)
    )


def test_without_names_in_common_sectors_tell_what_is_missing() -> None:
    local = LOCAL[LOCAL["body_kind"] == "local authority"]
    national = NATIONAL[NATIONAL["cofog"].isin(["9", "10"])]
    found = reconcile(made_of(national), local, place="Northton")
    assert found.parts.loc["missing bodies", "amount_pence"] == 500
    assert any("by sector of government only" in note for note in found.notes)


def test_what_the_data_cannot_tell_is_said() -> None:
    national = NATIONAL[["region", "cofog", "amount_pence"]]
    local = LOCAL[["cofog", "amount_pence"]]
    found = reconcile(made_of(national), local, place="Northton")
    told = " ".join(found.notes)
    assert "Whether capital was left out cannot be told" in told
    assert "Missing bodies cannot be told" in told
    assert "Whether years differ cannot be told" in told
    assert found.bodies.empty
    assert found.sectors.empty
    dated = reconcile(made_of(), LOCAL, place="Northton")
    assert any("without a price index" in note for note in dated.notes)
    assert dated.parts.loc["period", "amount_pence"] == 0


def test_capital_counted_locally_is_no_part_of_the_difference() -> None:
    local = LOCAL.assign(nature=["capital", *["revenue"] * 4])
    found = reconcile(made_of(), local, place="Northton")
    assert found.parts.loc["scope, capital", "amount_pence"] == 0


@pytest.mark.parametrize(
    ("local", "options", "words"),
    [
        (LOCAL.iloc[:0], {}, "has 0 lines"),
        (LOCAL.drop(columns="cofog"), {}, "lacks \\['cofog'\\]"),
        (LOCAL, {"prices": {"2008-09": 0.0}}, "not above zero"),
        (LOCAL, {"place": "Leeds"}, "no place 'Leeds'"),
    ],
)
def test_what_cannot_be_reconciled_is_an_error_in_words(
    local: pd.DataFrame, options: dict[str, object], words: str
) -> None:
    with pytest.raises(InsightError, match=words):
        reconcile(made_of(), local, **({"place": "Northton"} | options))


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1", "3", "7", "9", None]),
            st.integers(-(10**6), 10**9),
            st.sampled_from(["Health", "Council", None]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_parts_always_add_up_to_the_difference(
    rows: list[tuple[str | None, int, str | None]],
) -> None:
    local = pd.DataFrame(rows, columns=["cofog", "amount_pence", "body"])
    found = reconcile(made_of(), local, place="Northton")
    counted = int(local["amount_pence"].sum())
    assert found.parts["amount_pence"].sum() == 2_600 - counted
    assert found.cofogs["local_pence"].sum() == counted
    assert found.cofogs["centre_pence"].sum() == 2_600


def test_table_1_comes_out_of_its_own_columns() -> None:
    printed = table_1()
    pilots = printed.drop(index="total")
    counts = place_counts(
        {name: int(a * 10**11) for name, a in pilots["a_bn"].items()},
        {name: int(b * 10**11) for name, b in pilots["b_bn"].items()},
    )
    found = counts.table["difference_pct"]
    agree = [
        round(found[name]) == round(float(pilots.loc[name, "difference_pct"]))
        for name in pilots.index
    ]
    assert sum(agree) == 11  # not Kent (5.5) and Lewisham: see report_checks
    total = counts.table.loc["Total"]
    assert (total["centre_pence"], total["local_pence"]) == (888 * 10**10, 8241 * 10**9)
    assert round(total["difference_pct"], 1) == 7.2
    assert round(counts.mean_pct, 1) == 5.8
    assert round(counts.mean_size_pct, 1) == 11.0
    width = counts.table["high_pct"] - counts.table["low_pct"]
    assert width["Total"] < width.drop(index="Total").min()  # errors of places cancel
    assert "a difference of 7.2 %" in str(counts)


def test_one_place_is_its_own_total() -> None:
    counts = place_counts({"Northton": 800}, {"Northton": 750})
    assert counts.table.loc["Northton"].tolist() == counts.table.loc["Total"].tolist()


@pytest.mark.parametrize(
    ("centre", "local"),
    [
        ({}, {}),
        ({"A": 1}, {"B": 1}),
        ({"A": 0}, {"A": 1}),
        ({"Total": 1}, {"Total": 1}),
    ],
)
def test_places_need_both_counts(centre: dict[str, int], local: dict[str, int]) -> None:
    with pytest.raises(InsightError, match="Give both for each place"):
        place_counts(centre, local)


@given(st.integers(1, 10**12), st.integers(-(10**12), 10**12))
def test_the_difference_is_the_reports(a: int, b: int) -> None:
    found = difference_pct(b, a)
    assert found is not None
    assert found == pytest.approx(100 * (a - b) / a)
    assert difference_pct(b, -a) is None
