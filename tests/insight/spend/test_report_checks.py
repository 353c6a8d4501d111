"""What adds up in Tables 1, 2 and 3, against figures worked out elsewhere."""

from __future__ import annotations

import pandas as pd
import pytest

from insight.spend import (
    Check,
    check_table_1,
    check_table_2,
    check_table_3,
    check_tables,
    check_text,
)


def by_place(checks: tuple[Check, ...]) -> dict[str, Check]:
    return {check.place.split(", ", 1)[1]: check for check in checks}


def test_table_1_sums_are_exact() -> None:
    checks = by_place(check_table_1())
    for place, total in (
        ("total of column A", "£88.80bn"),
        ("total of column B", "£82.41bn"),
    ):
        assert checks[place].verdict == "adds up"
        assert checks[place].found == checks[place].printed == total
    assert (checks["Total"].verdict, checks["Total"].found) == ("adds up", "7.20 %")


def test_eleven_of_thirteen_differences_match_and_two_are_no_error() -> None:
    differences = check_table_1()[:13]
    odd = {check.place: check for check in differences if check.verdict != "adds up"}
    assert list(odd) == ["Table 1, Kent", "Table 1, Lewisham"]
    assert {check.verdict for check in odd.values()} == {"possible"}
    assert not any(check.flagged for check in differences)
    kent, lewisham = odd.values()
    assert (kent.printed, kent.found) == ("5.5 %", "5.40 %")
    assert "give 5.4 %" in kent.note
    assert "5.29 % to 5.50 %" in kent.note
    assert (lewisham.printed, lewisham.found) == ("6 %", "6.53 %")
    assert "give 7 %" in lewisham.note
    assert "6.13 % to 6.92 %" in lewisham.note


def test_table_2_has_one_true_error() -> None:
    checks = check_table_2()
    (wrong,) = [check for check in checks if check.verdict != "adds up"]
    assert wrong.place == "Table 2, Bournemouth, Dorset and Poole"
    assert (wrong.printed, wrong.found) == ("81 %", "78 %")
    assert "44 + 21 + 13 make 78" in wrong.note
    assert len(checks) == 13


def test_table_3_flags_leicester_and_coventry_and_not_manchester() -> None:
    checks = by_place(check_table_3())
    flagged = {place: check for place, check in checks.items() if check.flagged}
    assert set(flagged) == {
        "Coventry, Solihull and Warwickshire",
        "Leicester and Leicestershire",
    }
    leicester = flagged["Leicester and Leicestershire"]
    assert leicester.found == "101 %"
    assert "3 % here and health 23 % in Table 2" in leicester.note
    coventry = flagged["Coventry, Solihull and Warwickshire"]
    assert coventry.found == "53 %"
    assert "47 % of spend is not given" in coventry.note
    manchester = checks["Manchester City Region and Warrington"]
    assert (manchester.verdict, manchester.found) == ("possible", "99 %")
    assert sum(check.verdict == "adds up" for check in checks.values()) == 10


def test_no_other_pilot_is_said_to_classify_bodies_otherwise() -> None:
    odd = [check.lines for check in check_table_3() if "not classified" in check.note]
    assert odd == ["1092"]


@pytest.mark.parametrize(
    ("lines", "verdict", "words"),
    [
        ("81-82", "does not add up", "only £519bn"),
        ("574", "adds up", "£81"),
        ("588", "adds up", "both hold, by definition"),
        ("591-593", "possible", "32 + 66 + 3 = 101 %"),
        ("596", "adds up", "21.66 %"),
        ("597", "does not add up", "21.74 %"),
        ("656-657", "adds up", "-13 to 27 %"),
        ("658", "does not add up", "no Table 1.1"),
        ("784", "adds up", "is 5.8 %, and of their sizes 11.0 %"),
        ("848", "does not add up", "71 to 87 %"),
        ("896-898", "does not add up", "Birmingham at 72 % is inside"),
        ("1012-1013", "adds up", "15"),
        ("1014-1015", "adds up", "Durham 41 %, Bradford 42 %, Bournemouth"),
        ("1102", "does not add up", "13 of 13 pilots"),
    ],
)
def test_a_claim_of_the_text(lines: str, verdict: str, words: str) -> None:
    (claim,) = [check for check in check_text() if check.lines == lines]
    assert claim.verdict == verdict
    assert words in str(claim)


def test_a_check_speaks_for_itself() -> None:
    (wrong,) = [check for check in check_table_2() if check.flagged]
    assert str(wrong) == (
        "Table 2, Bournemouth, Dorset and Poole (lines 859-861): does not add up; "
        "printed 81 %, found 78 %. Parts of 44 + 21 + 13 make 78; a gap of 3 points "
        "exceeds the 2 that rounding allows, so a part or the total is an error."
    )


def test_all_tables_together_are_the_three_in_order() -> None:
    counts = pd.Series([check.place[:7] for check in check_tables()])
    assert counts.value_counts(sort=False).to_dict() == {
        "Table 1": 16,
        "Table 2": 13,
        "Table 3": 13,
    }
