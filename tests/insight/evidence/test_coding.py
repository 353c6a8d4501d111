"""Sheets for coders: blind to flags, in an order of their own, and read back safely."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.evidence import COMPONENTS, maturity_scores
from insight.evidence.coding import (
    SHEET_COLUMNS,
    coding_sheets,
    quoting,
    units_of_evidence,
)
from insight.evidence.facts import evidence_index, pilot_flags
from insight.evidence.filled_sheets import read_coding_sheets
from insight.evidence.settling import disagreements, settle

if TYPE_CHECKING:
    from pathlib import Path

EVIDENCE = pd.DataFrame(
    [
        ("North", "value", "before", "3-5", "A campaign is planned."),
        ("North", "process", "before", "9", "Plans begin with customers."),
        ("South", "value", "before", "12", "Savings of 4 % were measured."),
        ("South", "value", "before", "20-21", "A second service followed."),
        ("South", "value", "after", "90", "More savings."),
    ],
    columns=["place", "component", "phase", "lines", "says"],
)
Sheets = dict[str, pd.DataFrame]


def made(*, after: bool = False) -> Sheets:
    return coding_sheets(EVIDENCE, ["Ann", "Bob"], seed=6, after=after)


def filled(**levels: list[str]) -> Sheets:
    """Fill by place and component: North process, North value, South value."""
    sheets = {}
    for name, sheet in made().items():
        unit = sheet["place"] + " " + sheet["component"]
        of = dict(zip(sorted(unit), levels[name], strict=True))
        sheets[f"{name}.csv"] = sheet.assign(level=unit.map(of))
    return sheets


def test_passages_on_one_component_stand_together() -> None:
    units = units_of_evidence(EVIDENCE)
    assert units[["place", "component"]].to_numpy().tolist() == [
        ["North", "process"],
        ["North", "value"],
        ["South", "value"],
    ]
    assert units["passage"].iloc[2] == (
        "Savings of 4 % were measured.\nA second service followed."
    )
    assert units["lines"].tolist() == ["lines 9", "lines 3-5", "lines 12; lines 20-21"]


def test_evidence_from_after_the_flags_is_left_out_unless_asked_for() -> None:
    assert set(made()["Ann"]["phase"]) == {"before"}
    late = made(after=True)["Ann"]
    assert late["phase"].tolist().count("after") == 1
    assert "More savings." not in " ".join(made()["Ann"]["passage"])


def test_nothing_of_flags_is_on_a_sheet_of_the_report() -> None:
    index = evidence_index().assign(red=7, green=9, count=5, subjects="housing need")
    for sheet in coding_sheets(index, ["Ann", "Bob"], after=True).values():
        assert list(sheet) == SHEET_COLUMNS
        shown = sheet.drop(columns=["check", "row"])
        words = " ".join(shown.to_numpy().ravel()).casefold()
        for word in ("flag", " red ", " caa", "assessment area", "oneplace"):
            assert word not in words, word
        subjects = pilot_flags()["subjects"].dropna()
        assert not [one for one in subjects if one.casefold() in words]
        assert sheet["level"].eq("").all()


@pytest.mark.parametrize(
    "words",
    [
        "It got two red flags.",
        "A GREEN FLAG followed.",
        "The CAA praised it.",
        "In its Comprehensive Area Assessment",
    ],
)
def test_a_passage_that_tells_of_flags_is_refused(words: str) -> None:
    told = EVIDENCE.assign(says=[words, *EVIDENCE["says"][1:]])
    with pytest.raises(InsightError, match=r"1 passages speak of flags .*'North'"):
        units_of_evidence(told)


def test_each_coder_has_an_order_of_its_own_and_the_same_rows() -> None:
    ann, bob = coding_sheets(evidence_index(), ["Ann", "Bob"], seed=6).values()
    assert ann["passage"].tolist() != bob["passage"].tolist()
    assert sorted(ann["passage"]) == sorted(bob["passage"])
    again = coding_sheets(evidence_index().iloc[::-1], ["Ann", "Bob"], seed=6)
    assert again["Ann"].equals(ann)
    other = coding_sheets(evidence_index(), ["Ann", "Bob"], seed=7)["Ann"]
    assert other["passage"].tolist() != ann["passage"].tolist()


@pytest.mark.parametrize("coders", [[], ["Ann"], ["Ann", " ann "], ["Ann", ""]])
def test_two_coders_with_names_of_their_own(coders: list[str]) -> None:
    with pytest.raises(InsightError, match="Name two or more"):
        coding_sheets(EVIDENCE, coders)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"component": "culture"}, r"component is one of .* seen \['culture'\]"),
        ({"phase": "2009"}, r"phase is one of .* seen \['2009'\]"),
        ({"place": None}, "names no place"),
        ({"says": None}, "no passage is left"),
        ({"phase": "after"}, "no passage is left"),
    ],
)
def test_evidence_that_cannot_be_coded_is_refused(
    change: dict[str, str | None], words: str
) -> None:
    with pytest.raises(InsightError, match=words):
        units_of_evidence(EVIDENCE.assign(**change))


def test_evidence_without_a_column_is_refused() -> None:
    with pytest.raises(InsightError, match=r"lacks \['passage'\]"):
        units_of_evidence(EVIDENCE.drop(columns="says"))


def test_filled_sheets_become_the_table_maturity() -> None:
    table = read_coding_sheets(filled(Ann=["2", "", "4.0"], Bob=["2", "1", " 3 "]))
    assert table["coder"].tolist() == ["Ann", "Bob"] * 3
    assert table["score"].tolist() == [2, 2, pd.NA, 1, 4, 3]
    assert table["evidence"].iloc[0] == "lines 9: Plans begin with customers."
    found = maturity_scores(table, components=["value"])
    assert found.profile.loc["South", "value"] == 3.5
    assert found.profile.loc["North", "value"] == 1.0


def test_rows_may_come_back_in_any_order_and_spacing() -> None:
    plain = filled(Ann=["2", "", "4"], Bob=["2", "1", "3"])
    shuffled = {name: sheet.iloc[::-1] for name, sheet in plain.items()}
    spaced = {
        name: sheet.assign(passage=sheet["passage"].str.replace(" ", "  "))
        for name, sheet in shuffled.items()
    }
    expected = read_coding_sheets(plain).drop(columns="evidence")
    assert read_coding_sheets(spaced).drop(columns="evidence").equals(expected)


def changed(column: str, value: str) -> Sheets:
    sheets = filled(Ann=["1", "2", "3"], Bob=["1", "2", "3"])
    sheet = sheets["Bob.csv"]
    sheet.loc[sheet.index[0], column] = value
    return sheets


@pytest.mark.parametrize("level", ["5", "0", "2.5", "high", "-1", "n/a"])
def test_a_wrong_level_is_named_with_its_row(level: str) -> None:
    with pytest.raises(InsightError, match=r"Bob.csv: row 1 of 3: .* is no level"):
        read_coding_sheets(changed("level", level))


@pytest.mark.parametrize(
    "column", ["passage", "place", "component", "phase", "lines", "row", "coder"]
)
def test_a_changed_row_is_named(column: str) -> None:
    with pytest.raises(InsightError, match=r"Bob.csv: row .* was changed in more"):
        read_coding_sheets(changed(column, "other"))


def test_missing_and_repeated_rows_are_named() -> None:
    sheets = filled(Ann=["1", "2", "3"], Bob=["1", "2", "3"])
    short = sheets | {"Bob.csv": sheets["Bob.csv"].iloc[[0, 2]]}
    with pytest.raises(InsightError, match=r"Bob.csv lacks rows: 2 of 3"):
        read_coding_sheets(short)
    none = sheets | {"Bob.csv": sheets["Bob.csv"].iloc[:0]}
    with pytest.raises(InsightError, match="lacks rows: all of"):
        read_coding_sheets(none)
    twice = sheets | {"Bob.csv": sheets["Bob.csv"].iloc[[0, 1, 2, 1]]}
    with pytest.raises(InsightError, match="row 2 more than once"):
        read_coding_sheets(twice)


def test_two_sheets_of_one_coder_are_refused() -> None:
    sheets = filled(Ann=["1", "2", "3"], Bob=["1", "2", "3"])
    with pytest.raises(InsightError, match=r"Ann.csv and copy.xlsx are both by 'Ann'"):
        read_coding_sheets({**sheets, "copy.xlsx": sheets["Ann.csv"]})


def test_sheets_of_other_evidence_are_refused() -> None:
    sheets = filled(Ann=["1", "2", "3"], Bob=["1", "2", "3"])
    other = coding_sheets(EVIDENCE.assign(says="Other."), ["Bob", "Cem"])["Cem"]
    with pytest.raises(InsightError, match="not of the same evidence: 6 rows differ"):
        read_coding_sheets({**sheets, "Cem.csv": other.assign(level="1")})


def test_sheets_that_nobody_filled_or_gave_are_refused() -> None:
    with pytest.raises(InsightError, match=r"Ann.csv holds no level at all"):
        read_coding_sheets({"Ann.csv": made()["Ann"]})
    with pytest.raises(InsightError, match="no sheet was given"):
        read_coding_sheets({})
    with pytest.raises(InsightError, match=r"lacks the columns \['level'\]"):
        read_coding_sheets({"a.csv": made()["Ann"].drop(columns="level")})


levels = st.lists(st.sampled_from(["", "1", "2", "3", "4"]), min_size=31, max_size=31)


@settings(max_examples=15)
@given(levels.filter(any), levels.filter(any))
def test_what_coders_gave_is_what_is_read(ann: list[str], bob: list[str]) -> None:
    sheets = coding_sheets(evidence_index(), ["Ann", "Bob"])
    given_by = dict(zip(("Ann", "Bob"), (ann, bob), strict=True))
    full = {name: one.assign(level=given_by[name]) for name, one in sheets.items()}
    table = read_coding_sheets(full).set_index(["coder", "place", "component"])
    for name, sheet in full.items():
        for row in sheet.itertuples():
            score = table.loc[(name, row.place, row.component), "score"]
            assert ("" if pd.isna(score) else str(score)) == row.level
    assert set(table.index.get_level_values("component")) <= set(COMPONENTS)


def test_coders_settle_only_what_they_differ_on() -> None:
    table = read_coding_sheets(filled(Ann=["2", "", "4"], Bob=["2", "1", "3"]))
    sheet = disagreements(table)
    assert sheet["levels"].tolist() == ["Ann blank; Bob 1", "Ann 4; Bob 3"]
    done = sheet.assign(agreed=["", "4"], decided_by=["Ann, Bob", "Ann,  Bob"])
    settled = settle(table, done, name="agreed.csv")
    assert settled["coder"].tolist()[-2:] == ["agreed by Ann, Bob"] * 2
    assert settled["score"].tolist()[-2:] == [pd.NA, 4]
    found = maturity_scores(settled, components=["value"])
    assert pd.isna(found.profile.loc["North", "value"])
    assert found.profile.loc["South", "value"] == 4.0
    assert found.settled == 2


def test_what_is_not_settled_keeps_the_median() -> None:
    table = read_coding_sheets(filled(Ann=["2", "2", "4"], Bob=["2", "1", "3"]))
    settled = settle(table, disagreements(table), name="agreed.csv")
    assert len(settled) == len(table)
    assert maturity_scores(settled, components=["value"]).score["South"] == 3.5


def test_coders_who_agree_have_nothing_to_settle() -> None:
    table = read_coding_sheets(filled(Ann=["2", "2", "4"], Bob=["2", "2", "4"]))
    sheet = disagreements(table)
    assert sheet.empty
    assert len(settle(table, sheet, name="agreed.csv")) == len(table)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"agreed": "3"}, "nobody is said to have decided"),
        ({"agreed": "7", "decided_by": "Ann"}, "'7' is no level"),
        ({"levels": "Ann 1; Bob 1"}, "is not the sheet of these"),
        ({"check": "0"}, "is not the sheet of these"),
    ],
)
def test_a_sheet_of_agreed_levels_is_checked(
    change: dict[str, str], words: str
) -> None:
    table = read_coding_sheets(filled(Ann=["2", "1", "4"], Bob=["2", "1", "3"]))
    with pytest.raises(InsightError, match=words):
        settle(table, disagreements(table).assign(**change), name="agreed.csv")


def test_a_sheet_of_agreed_levels_is_whole() -> None:
    table = read_coding_sheets(filled(Ann=["2", "1", "4"], Bob=["2", "2", "3"]))
    sheet = disagreements(table)
    with pytest.raises(InsightError, match="rows are missing"):
        settle(table, sheet.iloc[1:], name="agreed.csv")
    with pytest.raises(InsightError, match=r"lacks the columns \['agreed'\]"):
        settle(table, sheet.drop(columns="agreed"), name="agreed.csv")


def test_lines_are_quoted_below_our_words() -> None:
    text = "\n".join(f"line {at}" + "\f" * (at == 4) for at in range(1, 100))
    quoted = quoting(EVIDENCE, text)["passage"]
    assert quoted[0] == "A campaign is planned.\n\nline 3\nline 4\f\nline 5"
    with pytest.raises(InsightError, match=r"'90' are not in a text of 50 lines"):
        quoting(EVIDENCE.iloc[4:], "\n" * 49)
    with pytest.raises(InsightError, match="Name lines as"):
        quoting(EVIDENCE.assign(lines="page 3"), text)


@pytest.mark.fixtures
def test_the_reports_own_lines_tell_coders_nothing_of_flags(fixtures: Path) -> None:
    (file,) = (fixtures.parent / "report").glob("*.txt")
    quoted = quoting(evidence_index(), file.read_text("utf-8"))
    units = units_of_evidence(quoted, after=True)
    assert len(units) == 38
    assert units["passage"].str.contains("Mosaic").sum() > 5
