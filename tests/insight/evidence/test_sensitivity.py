"""What the association hangs on: units, recodes, unknown counts, rivals, coders."""

from __future__ import annotations

from itertools import combinations, permutations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from insight.errors import InsightError
from insight.evidence import (
    Declared,
    associate,
    coder_noise,
    exact_permutation_p,
    insight_family,
    leave_one_out,
    points_of,
    recodes,
    rival_predictor,
    stratified_tau,
    tau_bounds,
    thin_evidence,
    unknown_flags,
)
from insight.evidence.bounds import MOST_WAYS
from tests.insight.evidence.published import AREAS, COUNT, LEVEL

PILOTS = points_of(LEVEL, COUNT, AREAS)
NAMES = [f"Pilot {letter}" for letter in "ABCDEFGHIJKLM"]


def test_leaving_out_is_a_test_of_the_rest() -> None:
    found = leave_one_out(PILOTS, NAMES)
    for place, name in enumerate(NAMES):
        x, y = np.delete(PILOTS.score, place), np.delete(PILOTS.rate, place)
        row = found.table.loc[name]
        assert row["tau"] == pytest.approx(kendalltau(x, y).statistic)
        assert row["p"] == exact_permutation_p(x, y).p
    assert "With one of 13 units left out, tau-b of -0.62 runs from" in str(found)


def test_leaving_out_what_alone_varies_gives_no_tau() -> None:
    found = leave_one_out(points_of([1, 1, 2], [1, 2, 3], [1] * 3), "ABC")
    assert np.isnan(found.table.loc["C", "tau"])
    with pytest.raises(InsightError, match="2 names for 3 units"):
        leave_one_out(points_of([1, 1, 2], [1, 2, 3], [1] * 3), "AB")
    with pytest.raises(InsightError, match="nothing varies"):
        leave_one_out(points_of([1, 1], [1, 2], [1] * 2), "AB")


def crosses(moves: tuple[tuple[int, int], ...], score: list[int], y: list[int]) -> bool:
    recoded = list(score)
    for unit, way in moves:
        recoded[unit] += way
        if not 1 <= recoded[unit] <= 4:
            return False
    if len(set(recoded)) < 2:
        return False
    before = exact_permutation_p(score, y).p <= 0.05
    return (exact_permutation_p(recoded, y).p <= 0.05) != before


@pytest.mark.parametrize(
    ("score", "y"),
    [
        ([1, 1, 2, 3, 3, 4], [4, 3, 2, 1, 1, 0]),
        ([1, 2, 2, 3, 3, 4], [4, 3, 3, 1, 2, 0]),
        ([1, 2, 3, 4, 2, 3], [1, 0, 2, 1, 1, 0]),
        ([1, 1, 2, 2, 3, 4, 4], [3, 2, 2, 3, 1, 1, 0]),
    ],
)
def test_the_fewest_recodes_are_the_fewest_there_are(
    score: list[int], y: list[int]
) -> None:
    found = recodes(points_of(score, y, [1] * len(y)), range(len(y)))
    fewest = None
    for size in (1, 2):
        sets = combinations(product(range(len(y)), (-1, 1)), size)
        if any(
            crosses(moves, score, y)
            for moves in sets
            if len({unit for unit, _ in moves}) == size
        ):
            fewest = size
            break
    if fewest:
        assert (found.fewest, found.exact) == (fewest, True)
    else:
        assert found.fewest is None or found.fewest > 2
    for _, row in found.table.iterrows():
        recoded = list(score)
        recoded[int(row["unit"])] = row["recoded"]
        assert row["p"] == exact_permutation_p(recoded, y).p


def test_recodes_of_the_tied_thirteen() -> None:
    found = recodes(PILOTS, NAMES)
    # 3 at the lowest level and 2 at the highest can move one way only
    assert len(found.table) == 2 * 13 - 5
    assert found.table["tau"].tolist() == pytest.approx(
        [
            kendalltau(
                [
                    row["recoded"] if name == row["unit"] else level
                    for name, level in zip(NAMES, LEVEL, strict=True)
                ],
                PILOTS.rate,
            ).statistic
            for _, row in found.table.iterrows()
        ]
    )
    assert found.fewest is not None
    assert found.fewest > 1
    assert "p across 0.05" in str(found)
    with pytest.raises(InsightError, match="step of 0"):
        recodes(PILOTS, NAMES, step=0)


bounded = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 2), st.integers(0, 2)),
    min_size=3,
    max_size=6,
)


@settings(max_examples=25)
@given(bounded)
def test_bounds_are_the_least_and_most_of_every_way_to_fill_gaps(
    drawn: list[tuple[int, int, int]],
) -> None:
    score = [s for s, _, _ in drawn]
    least, most = [c for _, c, _ in drawn], [c + more for _, c, more in drawn]
    assume(len(set(score)) > 1)
    every = [
        kendalltau(score, counts).statistic
        for counts in product(
            *(range(a, b + 1) for a, b in zip(least, most, strict=True))
        )
        if len(set(counts)) > 1
    ]
    assume(every)
    found = tau_bounds(score, least, most, [1] * len(score))
    assert found.exact
    assert found.low == pytest.approx(min(every))
    assert found.high == pytest.approx(max(every))


def test_bounds_that_cannot_all_be_looked_at_are_climbed_to() -> None:
    # all orders can be had, so both ends are known: tau 1 and -1 but for ties
    score, n = [1, 1, 2, 2, 3, 3, 4, 4], 8
    found = tau_bounds(score, [0] * n, [4] * n, [1] * n)
    assert found.ways == 5**8 > MOST_WAYS
    assert (found.exact, found.significant) == (False, None)
    assert (found.low, found.high) == (pytest.approx(-1), pytest.approx(1))
    assert "climbed from many starts" in str(found)


def test_a_gap_that_nothing_bounds_is_refused() -> None:
    with pytest.raises(InsightError, match="1 of 3 units lack a bound"):
        tau_bounds([1, 2, 3], [0, 1, 2], [1, 2, float("nan")], [1] * 3)
    with pytest.raises(InsightError, match="no way to fill"):
        tau_bounds([1, 2, 3], [1] * 3, [1] * 3, [1] * 3)


def test_a_rival_that_orders_units_as_the_score_does() -> None:
    found = rival_predictor(PILOTS, [10 * level for level in LEVEL])
    assert found.partial_tau is None
    assert found.rival_tau == pytest.approx(found.tau)
    assert "The score may measure nothing else." in str(found)
    random = rival_predictor(PILOTS, [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9])
    t = [random.tau, random.shared_tau, random.rival_tau]
    assert random.partial_tau == pytest.approx(
        (t[0] - t[1] * t[2]) / np.sqrt((1 - t[1] ** 2) * (1 - t[2] ** 2))
    )
    assert "less close than the score's" in str(random)


def within(score: list[int], y: list[int], strata: list[int]) -> int:
    return sum(
        int(np.sign(score[i] - score[j]) * np.sign(y[i] - y[j]))
        for i, j in combinations(range(len(y)), 2)
        if strata[i] == strata[j]
    )


stratum = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 3)), min_size=2, max_size=4
)


@settings(max_examples=25)
@given(stratum, stratum)
def test_strata_are_dealt_out_apart(
    first: list[tuple[int, int]], second: list[tuple[int, int]]
) -> None:
    both = first + second
    score, y = [s for s, _ in both], [c for _, c in both]
    strata = [0] * len(first) + [1] * len(second)
    assume(
        any(
            len({s for s, _ in part}) > 1 and len({c for _, c in part}) > 1
            for part in (first, second)
        )
    )
    seen = abs(within(score, y, strata))
    scores = [
        abs(within(score, [*a, *b], strata))
        for a in permutations(y[: len(first)])
        for b in permutations(y[len(first) :])
    ]
    points = points_of(score, y, [1] * len(y))
    found = stratified_tau(points, strata)
    assert found.p.p == pytest.approx(np.mean(np.array(scores) >= seen))
    assert sum(found.used.values()) + sum(found.idle.values()) == len(y)


def test_strata_that_leave_nothing_are_refused() -> None:
    points = points_of([1, 2, 3], [3, 2, 1], [1] * 3)
    with pytest.raises(InsightError, match="within any of 3 strata"):
        stratified_tau(points, ["a", "b", "c"])
    with pytest.raises(InsightError, match="1 of them missing"):
        stratified_tau(points, ["a", None, "c"])


def test_large_strata_are_drawn() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.integers(1, 5, 120), rng.integers(0, 60, 120)
    points = points_of(x.tolist(), y.tolist(), [1] * 120)
    found = stratified_tau(points, ["a"] * 60 + ["b"] * 60, draws=499)
    assert found.p.draws == 499
    assert 0.002 <= found.p.p <= 1


def coded(levels: dict[str, list[tuple[int | None, ...]]]) -> pd.DataFrame:
    """Give each place, for each component, the level of each coder."""
    names = ("value", "process")
    rows = [
        (place, component, f"coder {number}", level, "before")
        for place, cells in levels.items()
        for component, cell in zip(names, cells, strict=False)
        for number, level in enumerate(cell)
    ]
    return pd.DataFrame(rows, columns=["place", "component", "coder", "score", "phase"])


def reds(counts: dict[str, int | tuple[int, int]]) -> pd.DataFrame:
    rows = [
        (place, place, "red", *((c, c) if isinstance(c, int) else c))
        for place, c in counts.items()
    ]
    return pd.DataFrame(rows, columns=["place", "area", "colour", "minimum", "maximum"])


FIVE = {"A": 1, "B": 2, "C": 2, "D": 3, "E": 4}
FLAGS = {"A": 3, "B": 1, "C": 2, "D": 1, "E": 0}


def test_coders_who_differ_spread_tau_and_those_who_agree_do_not() -> None:
    agree = coded({place: [(level, level)] for place, level in FIVE.items()})
    found = associate(agree, reds(FLAGS), components=["value"])
    same = coder_noise(agree, found, codings=50)
    assert same.low == same.high == pytest.approx(found.tau)
    assert (same.differing, same.cells) == (0, 5)
    differ = coded({**{p: [(v, v)] for p, v in FIVE.items()}, "E": [(4, 3)]})
    found = associate(differ, reds(FLAGS), components=["value"])
    noise = coder_noise(differ, found, codings=400)
    x, y = [1, 2, 2, 3], [3, 1, 2, 1, 0]
    both = [kendalltau([*x, level], y).statistic for level in (3, 4)]
    assert (noise.low, noise.high) == (
        pytest.approx(min(both)),
        pytest.approx(max(both)),
    )
    assert "Coders differ on 1 of 5 cells. Over 400 codings" in str(noise)
    with pytest.raises(InsightError, match="codings is 0"):
        coder_noise(differ, found, codings=0)


def test_thin_evidence_is_used_and_then_not() -> None:
    levels = {place: [(level,), (level,)] for place, level in FIVE.items()}
    thin = coded({**levels, "F": [(1,), (None,)]})
    found = thin_evidence(
        thin, reds({**FLAGS, "F": 0}), components=["value", "process"]
    )
    assert found.table["n"].tolist() == [6, 5]
    with_f = kendalltau([1, 2, 2, 3, 4, 1], [3, 1, 2, 1, 0, 0]).statistic
    assert found.table["tau"].tolist() == pytest.approx(
        [with_f, kendalltau([1, 2, 2, 3, 4], [3, 1, 2, 1, 0]).statistic]
    )
    assert "at least 2 of 2 coded: tau-b -0.89" in str(found)


def test_unknown_flags_of_a_scored_place_move_tau_within_bounds() -> None:
    levels = coded({place: [(level, level)] for place, level in FIVE.items()})
    found = unknown_flags(
        levels, reds({**FLAGS, "E": (0, 4), "F": 1}), components=["value"]
    )
    taus = [
        kendalltau([1, 2, 2, 3, 4], [3, 1, 2, 1, last]).statistic for last in range(5)
    ]
    assert (found.low, found.high) == (min(taus), max(taus))
    assert (found.unknown, found.n, found.left_out) == (1, 5, ("F",))


def test_too_little_agreement_withholds_the_association() -> None:
    others = (3, 1, 3, 1, 2)
    levels = {
        place: [(level, other)]
        for (place, level), other in zip(FIVE.items(), others, strict=True)
    }
    found = associate(coded(levels), reds(FLAGS), components=["value"])
    assert found.withheld is not None
    assert found.finding.startswith("The association is withheld: coders agree too")
    assert "tau-b" not in str(found)
    with pytest.raises(InsightError, match="withheld: coders agree too little on"):
        _ = found.tau
    shown = associate(
        coded(levels), reds(FLAGS), components=["value"], despite_disagreement=True
    )
    assert "Kendall tau-b" in shown.finding
    assert "Coders agree too little" in " ".join(shown.caveats)


def test_the_family_tests_red_flags_first_and_green_as_their_own_outcome() -> None:
    levels = coded({place: [(level, level)] for place, level in FIVE.items()})
    green = reds({place: 3 - count for place, count in FLAGS.items()})
    both = pd.concat([reds(FLAGS), green.assign(colour="green")])
    declared = Declared(secondary=("gamma",), runs=20)
    found = insight_family(levels, both, components=["value"], declared=declared)
    shown = [(member.test, member.outcome, member.primary) for member in found.members]
    assert shown == [
        ("tau-b", "red flags", True),
        ("gamma", "red flags", False),
        ("tau-b", "green flags", False),
    ]
    alone = insight_family(levels, reds(FLAGS), components=["value"], declared=declared)
    assert len(alone.members) == 2


def test_a_gap_filled_with_zero_is_refused_and_a_bare_zero_is_told() -> None:
    levels = coded({place: [(level, level)] for place, level in FIVE.items()})
    flags = reds(FLAGS).assign(count=list(FLAGS.values()))
    told = flags.assign(source=["x", "x", "x", "x", None])
    found = associate(levels, told, components=["value"])
    assert "1 counts of 0 red flags name no source" in str(found)
    filled = flags.assign(status=["found", "found", "found", "found", "Not found"])
    with pytest.raises(InsightError, match="what was not found is not zero"):
        associate(levels, filled, components=["value"])


def test_evidence_from_after_only_is_named_in_the_refusal() -> None:
    levels = coded({place: [(level, level)] for place, level in FIVE.items()})
    after = levels.assign(phase="after")
    with pytest.raises(InsightError, match="10 levels are from evidence after the"):
        associate(after, reds(FLAGS), components=["value"])
