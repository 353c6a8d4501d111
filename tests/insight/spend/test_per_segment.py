"""A budget shared among segments: cases by hand, and what always adds up."""

from __future__ import annotations

from decimal import Decimal
from random import Random  # noqa: TC003 - Hypothesis reads it at run time
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.spend import (
    COLLECTIVE,
    SpendBySegment,
    allocate,
    pounds,
    spend_per_segment,
)
from insight.spend.rungs import evidence_of, rung_of

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZES = pd.Series({"calm": 80, "busy": 20})
SERVICES = {"GP": "07.2", "Hospital": "07.3", "Home care": "10.2"}


def spend_of(*lines: tuple[str | None, int]) -> pd.DataFrame:
    return pd.DataFrame(lines, columns=["cofog", "amount_pence"])


def use_of(*cells: tuple[Any, ...]) -> pd.DataFrame:
    columns = ["service", "segment", "cost_pence", "units", "customers"]
    return pd.DataFrame(cells, columns=columns)


NO_USE = use_of()


def shared(
    spend: pd.DataFrame,
    use: pd.DataFrame = NO_USE,
    *,
    collective: Sequence[str] = COLLECTIVE,
) -> SpendBySegment:
    return spend_per_segment(
        spend, use, SIZES, services=SERVICES, collective=collective
    )


def amounts(found: SpendBySegment) -> dict[str, int]:
    return found.segments["amount_pence"].to_dict()


def rungs(found: SpendBySegment) -> list[str]:
    return found.lines.drop_duplicates("line")["rung"].tolist()


def test_recorded_cost_comes_before_units_and_customers() -> None:
    use = use_of(("GP", "calm", 100, 9, 3), ("GP", "busy", 300, 1, 3))
    found = shared(spend_of(("07.2", 1000)), use)
    assert rungs(found) == ["cost of use"]
    assert amounts(found) == {"busy": 750, "calm": 250}


@pytest.mark.parametrize(
    ("cells", "rung", "calm"),
    [
        ([("GP", "calm", None, 9, 3), ("GP", "busy", 300, 1, 3)], "units of use", 900),
        ([("GP", "calm", -1, 9, 3), ("GP", "busy", 300, 1, 3)], "units of use", 900),
        ([("GP", "calm", 0, 9, 3), ("GP", "busy", 0, 1, 3)], "units of use", 900),
        ([("GP", "calm", None, None, 3), ("GP", "busy", 1, 1, 1)], "customers", 750),
        ([("GP", "calm", None, 9, 3), ("Hospital", "busy", 1, 9, 1)], "customers", 750),
        ([("GP", "calm", None, None, None)], "head count", 800),
        ([("Home care", "calm", 1, 1, 1)], "head count", 800),
        ([], "head count", 800),
    ],
)
def test_the_next_rung_is_used_where_one_cannot_be(
    cells: list[tuple[Any, ...]], rung: str, calm: int
) -> None:
    found = shared(spend_of(("07", 1000)), use_of(*cells))
    assert rungs(found) == [rung]
    assert amounts(found)["calm"] == calm


@pytest.mark.parametrize(
    ("code", "rung"),
    [
        ("07.2", "customers"),
        ("07", "customers"),
        ("07.1", "head count"),
        ("02", "collective"),
        ("03.1", "collective"),
        ("04", "head count"),
        (None, "cofog not known"),
        ("99", "cofog not known"),
    ],
)
def test_how_a_line_of_a_code_is_shared(code: str | None, rung: str) -> None:
    use = use_of(("GP", "calm", None, None, 2))
    found = shared(spend_of((code, 50)), use)
    assert rungs(found) == [rung]
    if rung in {"collective", "cofog not known"}:
        assert amounts(found) == {"busy": 0, "calm": 0, rung: 50}


def test_a_service_mapped_to_a_collective_code_is_shared_by_its_use() -> None:
    use = use_of(("Police callout", "busy", None, 4, 2))
    found = spend_per_segment(
        spend_of(("03.1", 60), ("03.4", 40)),
        use,
        SIZES,
        services={"Police callout": "03.1"},
    )
    assert amounts(found) == {"busy": 60, "calm": 0, "collective": 40}


def test_what_is_collective_is_the_callers_choice() -> None:
    found = shared(spend_of(("02", 100), ("04.5", 7)), collective=["04.5"])
    assert amounts(found) == {"busy": 20, "calm": 80, "collective": 7}


def test_use_without_a_segment_stays_visible() -> None:
    use = use_of(("GP", "calm", None, 3, 1), ("GP", None, None, 1, 1))
    found = shared(spend_of(("07.2", 100)), use)
    assert amounts(found) == {"busy": 0, "calm": 75, "not known": 25}
    assert pd.isna(found.segments.loc["not known", "per_head_pence"])
    assert "No head count is given for not known" in found.notes[-1]
    assert found.extremes == ("calm", "busy")


def test_a_head_is_over_the_people_of_the_segment() -> None:
    found = shared(spend_of(("09", 1000)))
    assert found.segments["per_head_pence"].to_dict() == {"busy": 10.0, "calm": 10.0}
    assert found.segments["people"].to_dict() == {"busy": 20.0, "calm": 80.0}


def test_negative_amounts_are_shared_and_not_netted_in_the_lines() -> None:
    found = shared(spend_of(("09", 1000), ("09", -100)))
    assert len(found.lines) == 4
    assert found.lines["amount_pence"].tolist() == [800, 200, -80, -20]


def test_lines_keep_their_labels_unless_labels_repeat() -> None:
    spend = spend_of(("09", 10), ("02", 10))
    spend.index = pd.Index(["schools", "army"])
    assert list(dict.fromkeys(shared(spend).lines["line"])) == ["schools", "army"]
    spend.index = pd.Index(["x", "x"])
    assert list(dict.fromkeys(shared(spend).lines["line"])) == [0, 1]


def test_services_without_a_code_or_without_use_are_noted() -> None:
    found = shared(spend_of(("09", 1)), use_of(("Library", "calm", 1, 1, 1)))
    assert "1 services in use have no COFOG code and share no money: Library." in (
        found.notes
    )
    assert any("3 services with a COFOG code show no use" in n for n in found.notes)


def test_the_sentence_says_unaudited_and_how_it_was_shared() -> None:
    use = use_of(("GP", "calm", None, 1, 1), ("GP", "busy", None, 1, 1))
    found = shared(spend_of(("07.2", 800_000), ("09", 100_000), ("02", 5_000)), use)
    assert str(found) == (
        "£9,050 of spend (unaudited) in 3 lines, shared to the penny: £8,000 by "
        "recorded use of services, £50 kept apart as of benefit to all, £1,000 by head "
        "count. A head, £210 for segment busy (20 people) and £60 for segment calm "
        "(80 people)."
    )


def test_pounds_are_for_people_to_read() -> None:
    assert [pounds(p) for p in (0, 49, 123_456_789, -250_00)] == [
        "£0", "£0", "£1,234,568", "-£250",
    ]  # fmt: skip


def test_the_callers_frames_are_left_alone() -> None:
    spend, use = spend_of(("07", 10)), use_of(("GP", None, 1, 1, 1))
    before = spend.copy(), use.copy()
    shared(spend, use)
    pd.testing.assert_frame_equal(spend, before[0])
    pd.testing.assert_frame_equal(use, before[1])


@pytest.mark.parametrize(
    ("spend", "words"),
    [
        (spend_of(), "spend has 0 lines"),
        (pd.DataFrame({"cofog": ["07"]}), r"the columns \['cofog'\]"),
        (spend_of(("07", 1.5)), "1 of 1 lines of spend have no amount"),  # type: ignore[arg-type]  # the fault under test
        (spend_of(("07", 1), ("07", None)), "the first is line 1"),  # type: ignore[arg-type]  # the fault under test
    ],
)
def test_bad_spend_is_refused(spend: pd.DataFrame, words: str) -> None:
    with pytest.raises(InsightError, match=words):
        shared(spend)


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ({"calm": -1.0}, "1 of them missing or negative"),
        ({"calm": float("nan")}, "1 of them missing or negative"),
        ({"calm": 0.0}, "hold nobody"),
    ],
)
def test_bad_sizes_are_refused(sizes: dict[str, float], words: str) -> None:
    with pytest.raises(InsightError, match=words):
        spend_per_segment(spend_of(("09", 1)), NO_USE, pd.Series(sizes), services={})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"services": {"GP": "77"}}, r"1 services have no COFOG 1999 code"),
        ({"services": {}, "collective": ["army"]}, "1 collective codes have no COFOG"),
    ],
)
def test_bad_codes_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InsightError, match=words):
        spend_per_segment(spend_of(("09", 1)), NO_USE, SIZES, **options)


def test_bad_use_is_refused() -> None:
    twice = use_of(("GP", "calm", 1, 1, 1), ("GP", "calm", 2, 1, 1))
    with pytest.raises(InsightError, match="1 of 2 rows of use repeat"):
        shared(spend_of(("07", 1)), twice)
    with pytest.raises(InsightError, match=r"use lacks \['segment'\]"):
        shared(spend_of(("07", 1)), pd.DataFrame({"service": ["GP"]}))


codes = st.sampled_from([None, "02", "03.1", "07", "07.2", "07.3", "09", "10.2"])
lines = st.lists(
    st.tuples(codes, st.integers(-(10**9), 10**9)), min_size=1, max_size=12
)
maybe = st.one_of(st.none(), st.integers(0, 1000))
uses = st.dictionaries(
    st.tuples(
        st.sampled_from(sorted(SERVICES)), st.sampled_from(["calm", "busy", None])
    ),
    st.tuples(maybe, maybe, maybe),
    max_size=8,
).map(lambda cells: use_of(*((*cell, *values) for cell, values in cells.items())))


@settings(max_examples=60)
@given(lines, uses)
def test_every_line_and_the_whole_add_up_to_the_penny(
    rows: list[tuple[str | None, int]], use: pd.DataFrame
) -> None:
    spend = spend_of(*rows)
    found = shared(spend, use)
    by_line = found.lines.groupby("line", sort=True)["amount_pence"].sum()
    assert by_line.tolist() == spend["amount_pence"].tolist()
    total = sum(amount for _, amount in rows)
    assert found.total_pence == total
    assert found.segments["amount_pence"].sum() == total
    assert found.rungs["amount_pence"].sum() == total


@settings(max_examples=40)
@given(lines, uses, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    rows: list[tuple[str | None, int]], use: pd.DataFrame, random: Random
) -> None:
    shuffled = random.sample(rows, len(rows))
    other = use.iloc[random.sample(range(len(use)), len(use))]
    assert amounts(shared(spend_of(*rows), use)) == (
        amounts(shared(spend_of(*shuffled), other))
    )


@settings(max_examples=20)
@given(lines, uses, st.data())
def test_splitting_a_line_keeps_every_sum(
    rows: list[tuple[str | None, int]], use: pd.DataFrame, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    code, amount = rows[at]
    part = data.draw(st.integers(min(0, amount), max(0, amount)))
    split = [*rows[:at], (code, part), (code, amount - part), *rows[at + 1 :]]
    whole, parts = shared(spend_of(*rows), use), shared(spend_of(*split), use)
    assert parts.total_pence == whole.total_pence
    assert parts.rungs["amount_pence"].equals(whole.rungs["amount_pence"])
    moved = parts.segments["amount_pence"] - whole.segments["amount_pence"]
    assert moved.sum() == 0
    assert moved.abs().max() <= 2  # a penny for each of the two new roundings


@settings(max_examples=20)
@given(lines, st.integers(1, 500), st.integers(1, 500), st.integers(1, 500))
def test_merging_two_segments_gives_their_sum_but_for_odd_pence(
    rows: list[tuple[str | None, int]], one: int, two: int, three: int
) -> None:
    apart = pd.Series({"a": one, "b": two, "c": three})
    together = pd.Series({"ab": one + two, "c": three})
    spend = spend_of(*rows)
    by_three, by_two = (
        amounts(spend_per_segment(spend, NO_USE, sizes, services={}))
        for sizes in (apart, together)
    )
    assert sum(by_three.values()) == sum(by_two.values())
    assert abs(by_three["a"] + by_three["b"] - by_two["ab"]) <= 2 * len(rows)


@settings(max_examples=20)
@given(lines, uses)
def test_lots_are_dealt_as_each_line_alone(
    rows: list[tuple[str | None, int]], use: pd.DataFrame
) -> None:
    found = shared(spend_of(*rows), use).lines
    evidence = evidence_of(use, SIZES, services=SERVICES, collective=COLLECTIVE)
    for number, (code, amount) in enumerate(rows):
        rung, weights = rung_of(code, evidence)
        line = found[found["line"] == number]
        assert set(line["rung"]) == {rung}
        alone = allocate(amount, weights).to_dict()
        assert dict(zip(line["segment"], line["amount_pence"], strict=True)) == alone


@settings(max_examples=40)
@given(st.sampled_from(["07", "07.2", "09", "02"]), uses)
def test_weights_of_a_rung_are_never_negative_or_all_zero(
    code: str, use: pd.DataFrame
) -> None:
    evidence = evidence_of(use, SIZES, services=SERVICES, collective=["02"])
    _, weights = rung_of(code, evidence)
    assert min(weights.values()) >= 0
    assert sum(map(Decimal, weights.values())) > 0
