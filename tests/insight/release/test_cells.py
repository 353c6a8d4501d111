"""Nothing shown can be turned back into a count that is hidden."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.release import RULES, Rate, ReleaseError, Sheet
from insight.release.cells import protect_table
from insight.release.sheet import check_sheet

NHS = RULES["nhs_1_7_round5"]


def sheet_of(**said: object) -> Sheet:
    """Make a sheet for a table called t."""
    return Sheet(name="t", title="T", **said)


def test_a_measure_is_hidden_with_its_count() -> None:
    frame = pd.DataFrame({"n": [3, 50, None], "median": [9.5, 8.5, 7.5]})
    cells = protect_table(frame, sheet_of(counts=["n"], measures={"median": "n"}), NHS)
    assert cells.hidden["median"].tolist() == [True, False, True]
    assert cells.shown["median"].tolist()[1] == 8.5
    assert cells.shown["median"].isna().tolist() == [True, False, True]


def test_a_measure_over_nobody_is_shown() -> None:
    frame = pd.DataFrame({"n": [0, 50], "pence": [0, 70]})
    cells = protect_table(frame, sheet_of(counts=["n"], measures={"pence": "n"}), NHS)
    assert cells.shown["pence"].tolist() == [0, 70]


def test_a_rate_is_worked_out_from_protected_numbers() -> None:
    frame = pd.DataFrame({"n": [12, 3, 0], "residents": [1000, 1000, 0]})
    rates = {"per_1000": Rate("n", "residents", 1000)}
    said = sheet_of(counts=["n"], public=["residents"], rates=rates)
    cells = protect_table(frame, said, NHS)
    assert cells.shown["per_1000"].iloc[0] == 10  # 12 is shown as 10
    assert cells.hidden["per_1000"].tolist() == [False, True, False]
    assert pd.isna(cells.shown["per_1000"].iloc[2])  # over nought: not known


def test_a_rate_over_a_hidden_base_is_hidden() -> None:
    frame = pd.DataFrame({"n": [0], "base": [4]})
    said = sheet_of(counts=["n", "base"], rates={"share": Rate("n", "base")})
    assert protect_table(frame, said, NHS).hidden["share"].tolist() == [True]


def test_a_share_of_all_is_worked_out_again_from_the_rounded_count() -> None:
    frame = pd.DataFrame({"n": [12, 33, 55], "share": [0.12, 0.33, 0.55]})
    cells = protect_table(frame, sheet_of(counts=["n"], measures={"share": "n"}), NHS)
    assert cells.shown["share"].round(9).tolist() == [0.10, 0.35, 0.55]
    assert "worked out from the rounded count" in cells.notes[0]


def test_money_at_one_price_is_worked_out_again_and_stays_whole_pence() -> None:
    frame = pd.DataFrame({"n": [12, 33], "pence": [12 * 250, 33 * 250]})
    cells = protect_table(frame, sheet_of(counts=["n"], measures={"pence": "n"}), NHS)
    assert cells.shown["pence"].tolist() == [2500, 8750]
    assert str(cells.shown["pence"].dtype) == "Int64"


def test_a_threshold_leaves_money_at_one_price_alone() -> None:
    frame = pd.DataFrame({"n": [12, 33], "pence": [3000, 8250]})
    said = sheet_of(counts=["n"], measures={"pence": "n"})
    cells = protect_table(frame, said, RULES["threshold10"])
    assert cells.shown["pence"].tolist() == [3000, 8250]
    assert cells.notes == ()


def test_a_measure_without_bounds_is_not_known() -> None:
    frame = pd.DataFrame({"n": [20, 20], "ratio": [float("inf"), 2.0]})
    cells = protect_table(frame, sheet_of(counts=["n"], measures={"ratio": "n"}), NHS)
    assert cells.shown["ratio"].isna().tolist() == [True, False]


def test_a_total_adds_what_is_shown_and_never_the_hidden() -> None:
    frame = pd.DataFrame({"ward": ["N", "S", "E"], "n": [3, 21, 34]})
    cells = protect_table(frame, sheet_of(counts=["n"], total="All wards"), NHS)
    assert cells.shown["ward"].tolist()[-1] == "All wards"
    assert cells.shown["n"].tolist()[-1] == 20 + 35
    assert "adds up the figures that are shown" in cells.notes[0]


def test_a_total_of_nothing_but_hidden_cells_is_hidden() -> None:
    frame = pd.DataFrame({"ward": ["N"], "n": [3]})
    cells = protect_table(frame, sheet_of(counts=["n"], total="All"), NHS)
    assert cells.hidden["n"].tolist() == [True, True]


def test_a_total_without_a_label_to_stand_under_is_refused() -> None:
    with pytest.raises(ReleaseError, match="needs a column of words"):
        protect_table(
            pd.DataFrame({"n": [30]}), sheet_of(counts=["n"], total="All"), NHS
        )


def test_a_raw_total_row_is_refused() -> None:
    frame = pd.DataFrame({"ward": ["N", "S", " Total "], "n": [3, 20, 23]})
    with pytest.raises(ReleaseError, match=r"hidden ones can be subtracted.*total="):
        protect_table(frame, sheet_of(counts=["n"]), NHS)


@pytest.mark.parametrize(
    "column",
    [
        [1, 2],
        [1.5, 2.5],
        [True, False],
        ["12", "x"],
        ["£1,200", "y"],
        pd.to_datetime(["2009-04-01", "2009-04-02"]),
        pd.to_timedelta([1, 2], unit="D"),
        pd.Series([1, 2], dtype="category"),
        pd.Series([1, "x"], dtype="object"),
        [["e1"], ["e2"]],
    ],
)
def test_a_figure_that_nobody_declared_does_not_pass(column: object) -> None:
    frame = pd.DataFrame({"ward": ["N", "S"], "age": column})
    with pytest.raises(ReleaseError, match="'age' holds figures"):
        protect_table(frame, sheet_of(), NHS)


def test_numbers_that_only_name_something_pass_as_labels() -> None:
    frame = pd.DataFrame({"segment": [3.0, None], "year": [2009, 2010], "n": [9, 10]})
    said = sheet_of(counts=["n"], labels=["segment", "year"])
    cells = protect_table(frame, said, NHS)
    assert cells.shown["segment"].tolist() == ["3", pd.NA]
    assert cells.shown["year"].tolist() == ["2009", "2010"]


def test_a_category_of_words_keeps_only_its_rows() -> None:
    words = pd.Categorical(["a", "b"], categories=["a", "b", "nobody"])
    frame = pd.DataFrame({"kind": words, "n": [9, 10]})
    assert len(protect_table(frame, sheet_of(counts=["n"]), NHS).shown) == 2


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"counts": ["people"]}, r"\['people'\] are declared, but the table has"),
        ({"counts": "n"}, r"given as one text, 'n'"),
        ({"counts": ["n"], "public": ["n"]}, "both as count and as public"),
        ({"public": ["n"], "measures": {"m": "n"}}, "not among the counts"),
        (
            {"counts": ["n"], "public": ["m"], "rates": {"r": Rate("m", "n")}},
            "rests on",
        ),
        (
            {"counts": ["n"], "labels": ["m"], "rates": {"r": Rate("n", "m")}},
            "neither a count nor public",
        ),
    ],
)
def test_a_sheet_that_does_not_fit_its_table_is_refused(
    said: dict[str, object], why: str
) -> None:
    frame = pd.DataFrame({"n": [20], "m": [2.0]})
    with pytest.raises(ReleaseError, match=why):
        check_sheet(frame, sheet_of(**said))


def test_two_columns_of_one_name_are_refused() -> None:
    frame = pd.DataFrame([[1, 2]], columns=["n", "n"])
    with pytest.raises(ReleaseError, match=r"several columns are called \['n'\]"):
        check_sheet(frame, sheet_of(counts=["n"]))


@pytest.mark.parametrize("name", ["", "../up", "A", "a b", ".hidden", "a" * 81])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(ReleaseError, match="cannot name"):
        check_sheet(pd.DataFrame(), Sheet(name=name, title="T"))


def test_a_measure_in_words_is_refused() -> None:
    frame = pd.DataFrame({"n": [20], "wait": ["long"]})
    with pytest.raises(ReleaseError, match="'wait' is declared as a figure"):
        protect_table(frame, sheet_of(counts=["n"], measures={"wait": "n"}), NHS)


def test_the_frame_given_is_left_as_it_was() -> None:
    frame = pd.DataFrame({"ward": ["N", "S"], "n": [3, 50], "m": [1.0, 2.0]})
    before = frame.copy(deep=True)
    protect_table(frame, sheet_of(counts=["n"], measures={"m": "n"}, total="All"), NHS)
    pd.testing.assert_frame_equal(frame, before)


def test_a_table_without_rows_passes() -> None:
    frame = pd.DataFrame(
        {"ward": pd.Series(dtype="str"), "n": pd.Series(dtype="int64")}
    )
    cells = protect_table(frame, sheet_of(counts=["n"]), NHS)
    assert cells.shown.empty
    assert list(cells.shown.columns) == ["ward", "n"]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(-9, 9)), max_size=12))
def test_whatever_rests_on_a_hidden_count_is_hidden(
    rows: list[tuple[int, int]],
) -> None:
    frame = pd.DataFrame(rows, columns=["n", "m"]).astype("int64")
    said = sheet_of(counts=["n"], measures={"m": "n"}, rates={"share": Rate("n", "n")})
    cells = protect_table(frame, said, NHS)
    small = [0 < n <= 7 for n, _ in rows]
    for name in ("n", "m", "share"):
        assert cells.hidden[name].tolist() == small
        assert cells.shown[name][cells.hidden[name]].isna().all()


def test_events_of_too_few_people_are_hidden_however_many_they_are() -> None:
    frame = pd.DataFrame(
        {"pair": ["A-B", "B-A"], "events": [40, 40], "people": [3, 30]}
    )
    sheet = Sheet(
        name="pairs",
        title="Pairs",
        counts=["events", "people"],
        of_people={"events": "people"},
    )
    cells = protect_table(frame, sheet, RULES["nhs_1_7_round5"])
    assert cells.hidden["events"].tolist() == [True, False]
    assert cells.shown["events"].tolist() == [pd.NA, 40]


def test_events_must_rest_on_a_count_that_is_there() -> None:
    frame = pd.DataFrame({"pair": ["A-B"], "events": [40]})
    sheet = Sheet(
        name="pairs", title="Pairs", counts=["events"], of_people={"events": "people"}
    )
    with pytest.raises(ReleaseError, match="not among the counts"):
        protect_table(frame, sheet, RULES["none"])
