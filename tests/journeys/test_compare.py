"""Comparison: planted differences found, none invented, a plain recount as oracle."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.sparse import csr_array

from journeys import encode_log, find_duplication
from journeys.compare import Asked, compare_journeys, periods_of
from journeys.compare.measured import Measured
from journeys.compare.shuffled import adjusted, distances, p_values, shuffled_scores
from journeys.errors import JourneyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from place.engine import DuckDBEngine

QUICK = Asked(permutations=99, replicates=50, least_customers=2, level=0.1)
DAY = pd.Timedelta(days=1)


def a_place(seed: int, *, lift: float = 0.0, customers: int = 120) -> pd.DataFrame:
    """Return random journeys; `lift` is how much likelier group p is to be treated."""
    rng = np.random.default_rng(seed)
    rows = []
    for who in range(customers):
        group = "p" if who % 2 else "q"
        day = 0.0
        for _ in range(rng.integers(2, 6)):
            treated = rng.random() < 0.3 + lift * (group == "p")
            rows.append((f"c{who:03d}", group, "treat" if treated else "ask", day))
            day += rng.integers(1, 9)
    frame = pd.DataFrame(rows, columns=["customer_id", "segment", "activity", "day"])
    frame["time"] = pd.Timestamp("2009-04-01", tz="UTC") + pd.to_timedelta(
        frame.pop("day"), unit="D"
    ).astype("timedelta64[us]")
    frame["agency"] = rng.choice(["A", "B"], len(frame))
    frame["event_id"] = [f"e{row:04d}" for row in range(len(frame))]
    return frame.assign(cost_pence=rng.integers(1, 1000, len(frame)))


def groups_in(events: pd.DataFrame) -> pd.DataFrame:
    return events[["customer_id", "segment"]].drop_duplicates()


def test_a_planted_difference_is_found() -> None:
    events = a_place(1, lift=0.4)
    compared = compare_journeys(encode_log(events), groups_in(events))
    real = compared.real()
    assert {"distance of paths"} <= set(real["measure"])
    moved = real[real["what"] == "treat → treat"].iloc[0]
    assert moved["difference"] > 0
    assert moved["low"] > 0
    assert set(real["group"]) == {"p"}
    assert not real["measure"].isin(["cost a customer", "mean wait"]).any()
    said = (
        "differences between 2 groups of 120 customers are real: the chance of naming"
    )
    assert said in str(compared)


def test_no_difference_is_invented() -> None:
    events = a_place(2)
    assert compare_journeys(encode_log(events), groups_in(events)).real().empty


@pytest.mark.parametrize("method", ["max-t", "bh"])
def test_false_positives_keep_to_the_level(method: str) -> None:
    rng = np.random.default_rng(3)
    runs, wrong = 200, 0
    for seed in range(runs):
        labels = rng.permutation(np.arange(60) % 3)
        shared = rng.gamma(1.0, size=(60, 1))
        y = csr_array(rng.poisson(shared, size=(60, 8)).astype(float))
        nothing = csr_array((60, 8))
        kinds = csr_array(rng.poisson(shared, size=(60, 3)).astype(float))
        each = np.ones(8, bool)
        told = pd.DataFrame()
        one = Measured(measures=told, y=y, n=nothing, each=each, moves=kinds)
        scores = shuffled_scores(one, labels, 99, seed).reshape(100, -1)
        wrong += bool((adjusted(scores, method) <= 0.1).any())
    assert wrong <= 0.1 * runs + 2.5 * np.sqrt(0.09 * runs)  # all labels are chance


def test_p_is_exact_and_uniform_under_chance() -> None:
    rng = np.random.default_rng(4)
    found = []
    for seed in range(300):
        y = csr_array(rng.exponential(size=(30, 1)))
        one = Measured(
            measures=pd.DataFrame(),
            y=y,
            n=csr_array((30, 1)),
            each=np.ones(1, bool),
            moves=csr_array((30, 1)),
        )
        scores = shuffled_scores(one, rng.permutation(np.arange(30) % 2), 99, seed)
        found.append(p_values(scores[:, 0])[0])
    p = np.array(found)
    assert p.min() >= 0.01
    for level in (0.05, 0.2, 0.5):
        assert abs((p <= level).mean() - level) < 3 * np.sqrt(level * 0.5 / 300)


def test_adjusted_p_is_never_below_p() -> None:
    scores = np.random.default_rng(5).normal(size=(100, 12))
    for method in ("max-t", "bh"):
        assert (adjusted(scores, method) >= p_values(scores) - 1e-12).all()


def test_paths_without_moves_are_no_distance_apart() -> None:
    assert np.isnan(distances(np.zeros((2, 3)))).all()


def recount(events: pd.DataFrame, group: str) -> dict[tuple[str, str], float]:
    """Return figures of a group, event by event."""
    mine = events[events["segment"] == group].sort_values(["time", "event_id"])
    journeys = [each for _, each in mine.groupby("customer_id")]
    many = len(journeys)
    taken: Counter[str] = Counter()
    waits: dict[str, list[float]] = {}
    handed = 0
    for journey in journeys:
        rows = list(journey[["activity", "agency", "time"]].itertuples(index=False))
        seen = set()
        for one, two in pairwise(rows):
            move = f"{one.activity} → {two.activity}"
            seen.add(move)
            waits.setdefault(move, []).append((two.time - one.time) / DAY)
            handed += one.agency != two.agency
        taken.update(seen)
    figures: dict[tuple[str, str], float] = {
        ("customers who make the move", move): count / many
        for move, count in taken.items()
    }
    figures |= {
        ("mean wait", move): float(np.mean(each)) for move, each in waits.items()
    }
    figures["contacts a customer", ""] = len(mine) / many
    figures["hand-offs a customer", ""] = handed / many
    figures["cost a customer", ""] = mine["cost_pence"].sum() / many
    return figures


@settings(max_examples=5)
@given(seed=st.integers(0, 10**6))
def test_figures_equal_a_plain_recount(engine: DuckDBEngine, seed: int) -> None:
    events = a_place(seed, customers=20)
    log = encode_log(events, engine=engine)
    told = compare_journeys(log, groups_in(events), asked=QUICK).differences
    figures = told.set_index(["measure", "what"])
    for group, column in (("p", "value"), ("q", "others")):
        for key, value in recount(events, group).items():
            assert figures.loc[key, column] == pytest.approx(value)
    assert (told["p"] <= told["p_adjusted"]).all()
    known = told.dropna()
    assert ((known["low"] <= known["high"]) & (known["base"] > 0)).all()
    mixed = events.sample(frac=1, random_state=seed)
    again = compare_journeys(
        encode_log(mixed, engine=engine), groups_in(mixed), asked=QUICK
    )
    pd.testing.assert_frame_equal(again.differences, told)


def test_findings_are_compared_by_rule(engine: DuckDBEngine) -> None:
    events = a_place(6).assign(need="housing")
    twice = events[events["segment"] == "p"].drop_duplicates("customer_id")
    for at, agency in enumerate(["B", "A"]):
        more = twice.assign(
            event_id=[f"x{at}{row:03d}" for row in range(len(twice))],
            agency=agency,
            activity="assess",
            activity_class="assess",
            time=twice["time"] + (at + 1) * DAY,
        )
        events = pd.concat([events, more])
    log = encode_log(events, engine=engine)
    found = find_duplication(log)
    compared = compare_journeys(log, groups_in(events), found=found)
    d1 = compared.real().query("what == 'D1 repeat assessment'").iloc[0]
    assert (d1["value"], d1["others"], d1["unit"]) == (1.0, 0.0, "findings")


def test_small_groups_are_refused_with_the_reason(engine: DuckDBEngine) -> None:
    events = a_place(7)
    groups = groups_in(events)
    groups.loc[groups.index[:3], "segment"] = "few"
    groups = groups.iloc[:-5]
    compared = compare_journeys(encode_log(events, engine=engine), groups)
    assert "Group 'few' is left out: it has fewer than 20" in compared.refused[0]
    assert set(compared.groups) == {"p", "q"}
    assert compared.outside == 8
    assert "8 customers are in no group compared" in str(compared)
    with pytest.raises(JourneyError, match="0 of 3 groups have at least 100 customers"):
        compare_journeys(
            encode_log(events, engine=engine),
            groups,
            asked=Asked(least_customers=100),
        )


def test_three_groups_are_each_held_against_the_others(engine: DuckDBEngine) -> None:
    events = a_place(8)
    groups = groups_in(events)
    groups["segment"] = np.resize(["a", "b", "c"], len(groups))
    asked = QUICK.model_copy(update={"most_customers": 100, "multiplicity": "bh"})
    compared = compare_journeys(encode_log(events, engine=engine), groups, asked=asked)
    assert set(compared.differences["group"]) == {"a", "b", "c"}
    assert compared.drawn == sum(compared.groups.values()) == 100
    assert "100 customers were drawn by lot" in str(compared)
    assert "of the differences named" in str(compared)


def test_periods_are_of_first_contact_and_followed_as_long(
    engine: DuckDBEngine,
) -> None:
    events = a_place(9)
    late = events["segment"] == "p"
    events.loc[late, "time"] = events.loc[late, "time"] + 40 * DAY
    log = encode_log(events, engine=engine)
    days = [dt.date(2009, 4, 1), dt.date(2009, 5, 1), dt.date(2009, 6, 1)]
    periods = periods_of(log, days)
    assert periods["segment"].value_counts().to_dict() == {
        "2009-04-01 to 2009-04-30": 60,
        "2009-05-01 to 2009-05-31": 60,
    }
    asked = Asked(within_days=3, permutations=99, level=0.01)
    compared = compare_journeys(log, periods, asked=asked)
    most = compared.differences.set_index("measure").loc[
        "days from first to last contact"
    ]
    assert max(most["value"], most["others"]) <= 3
    with pytest.raises(JourneyError, match="0 of 0 groups"):
        compare_journeys(log, periods, asked=Asked(within_days=300))


@pytest.mark.parametrize("days", [["2009-04-01"], ["2009-05-01", "2009-04-01"]])
def test_periods_ascend(log_of: Callable[..., Any], days: list[str]) -> None:
    log = log_of(("x", "A", "assess", 1))
    with pytest.raises(JourneyError, match="Periods need two dates"):
        periods_of(log, [dt.date.fromisoformat(day) for day in days])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"permutation": 99}, "Extra inputs"),
        ({"permutations": 99, "level": 0.001}, "no p can be as low"),
        ({"multiplicity": "none"}, "max-t"),
    ],
)
def test_options_are_checked(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Asked.model_validate(options)
