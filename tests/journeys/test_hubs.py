"""Hubs: planted ones are found, chance makes none, and pairs are recounted plainly."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import JourneyError, encode_log
from journeys.hubs import customers_of_hubs, find_hubs
from journeys.hubs.communities import by_chance, groups_of, modularity, square
from journeys.hubs.sharing import MOST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journeys import Log
    from place.engine import DuckDBEngine

DAY = pd.Timestamp("2009-04-01", tz="UTC").as_unit("us")
TABLES = ("hubs", "nodes", "pairs")


def events_of(
    met: Iterable[tuple[str, str]], need: str | None = "home"
) -> pd.DataFrame:
    """Make an event a meeting of customer and agency, in this order, days apart."""
    frame = pd.DataFrame(list(met), columns=["customer_id", "agency"])
    days = pd.to_timedelta(range(len(frame)), unit="D").astype("timedelta64[us]")
    ids = [f"e{row:06d}" for row in range(len(frame))]
    return frame.assign(time=DAY + days, activity="visit", event_id=ids, need=need)


def log_of(met: Iterable[tuple[str, str]], engine: DuckDBEngine) -> Log:
    return encode_log(events_of(met), engine=engine, table="hub_log")


def planted(seed: int, *, customers: int = 300) -> list[tuple[str, str]]:
    """Two hubs of three: a customer meets two of their own hub, one in ten crosses."""
    random = np.random.default_rng(seed)
    hubs = (("A", "B", "C"), ("X", "Y", "Z"))
    met = []
    for n in range(customers):
        own = hubs[n % 2] if random.random() > 0.1 else ("A", "X", "B", "Y")
        met += [(f"c{n:04d}", str(one)) for one in random.choice(own, 2, replace=False)]
    return met


def by_luck(seed: int, *, customers: int = 400) -> list[tuple[str, str]]:
    """Each customer meets each of six agencies independently."""
    random = np.random.default_rng(seed)
    drawn = random.random((customers, 6)) < [0.5, 0.4, 0.3, 0.2, 0.2, 0.1]
    return [(f"c{n:04d}", f"A{at}") for n, at in np.argwhere(drawn).tolist()]


def test_planted_hubs_are_found_and_stand_out(engine: DuckDBEngine) -> None:
    found = find_hubs(log_of(planted(1), engine), resamples=50)
    assert sorted(found.hubs["members"]) == ["A;B;C", "X;Y;Z"]
    assert found.stand_out
    assert found.hubs["found_again"].min() > 0.95
    assert found.nodes["with_hub"].min() > 0.95
    assert str(found).startswith(
        "300 of 300 customers met two or more agencies. 2 hubs"
    )


def test_chance_seldom_makes_hubs_stand_out(engine: DuckDBEngine) -> None:
    out = [
        find_hubs(log_of(by_luck(seed), engine), resamples=59).stand_out
        for seed in range(12)
    ]
    assert sum(out) <= 2  # 12 at 5 %: three or more come in 2 of 100 such sets


def test_it_is_said_when_no_hub_stands_out(engine: DuckDBEngine) -> None:
    found = find_hubs(log_of(by_luck(2), engine), resamples=59)
    assert "No hubs stand out from chance (modularity" in str(found)


def test_the_order_of_events_does_not_matter(engine: DuckDBEngine) -> None:
    events = events_of(planted(3, customers=80))
    turned = events.sample(frac=1, random_state=1)
    one, other = (
        find_hubs(encode_log(each, engine=engine, table="hub_log"), resamples=30)
        for each in (events, turned)
    )
    for table in TABLES:
        pd.testing.assert_frame_equal(getattr(one, table), getattr(other, table))
    assert (one.modularity, one.p) == (other.modularity, other.p)


def test_another_seed_draws_other_customers(engine: DuckDBEngine) -> None:
    log = log_of(planted(3, customers=80), engine)
    one, other = (find_hubs(log, resamples=30, seed=seed) for seed in (1, 2))
    assert (one.pairs["low"] != other.pairs["low"]).any()


def test_three_agencies_are_too_few_for_a_hub(engine: DuckDBEngine) -> None:
    met = [(f"c{n}", name) for n in range(30) for name in "ABC"]
    found = find_hubs(log_of(met, engine), resamples=19)
    assert found.hubs.empty
    assert not found.stand_out
    assert "fewer than 4 agencies" in str(found)


@pytest.mark.parametrize("rows", [0, 1, 9])
def test_a_log_of_next_to_nothing_makes_no_hub(engine: DuckDBEngine, rows: int) -> None:
    events = events_of([("c0", name) for name in "ABCDEFGHI"]).head(rows)
    log = encode_log(events.astype({"customer_id": "str"}), engine=engine)
    found = find_hubs(log, resamples=19)
    assert found.hubs.empty
    assert found.nodes.empty
    assert "no hub can be told" in str(found)
    assert customers_of_hubs(log, found).empty


def test_customers_who_share_nothing_make_no_hub(engine: DuckDBEngine) -> None:
    met = [(f"c{n}", "ABCDE"[n % 5]) for n in range(100)]
    found = find_hubs(log_of(met, engine), resamples=19)
    assert found.n_shared == 0
    assert found.hubs.empty
    assert found.p == 1.0
    assert found.pairs["lift"].isna().all()


def test_small_agencies_are_left_out_and_counted(engine: DuckDBEngine) -> None:
    met = [*planted(1), ("c0001", "tiny")]
    found = find_hubs(log_of(met, engine), resamples=19)
    assert "tiny" not in set(found.nodes["name"])
    assert found.left_out == 1


def test_at_most_sixty_are_looked_at(engine: DuckDBEngine) -> None:
    met = [(f"c{n}", f"A{n % 70:02d}") for n in range(700)] + [("c0", "A69")]
    found = find_hubs(log_of(met, engine), resamples=19)
    assert len(found.nodes) == MOST
    assert found.left_out == 10
    assert "A69" in set(found.nodes["name"])  # it has most customers


def test_services_are_agencies_by_need(engine: DuckDBEngine) -> None:
    home, work = (
        events_of(planted(seed), need) for seed, need in ((1, "home"), (2, "work"))
    )
    work = work.assign(
        customer_id="w" + work["customer_id"], event_id="w" + work["event_id"]
    )
    both = pd.concat([home, work], ignore_index=True)
    log = encode_log(both, engine=engine, table="hub_log")
    found = find_hubs(log, unit="service", resamples=19)
    assert "A: home;B: home;C: home" in set(found.hubs["members"])
    assert all(
        len({one[-4:] for one in own.split(";")}) == 1 for own in found.hubs["members"]
    )


def test_customers_of_hubs_are_counted_by_segment(engine: DuckDBEngine) -> None:
    met = planted(1)
    log = log_of(met, engine)
    found = find_hubs(log, resamples=19)
    code = {f"c{n:04d}": "odd" if n % 2 else "even" for n in range(290)}
    segments = pd.DataFrame(code.items(), columns=["customer_id", "segment"])
    counts = customers_of_hubs(log, found, segments=segments)
    of = {
        name: set(own.split(";"))
        for name, own in zip(found.hubs["hub"], found.hubs["members"], strict=True)
    }
    expected: dict[tuple[str | None, int], int] = {}
    for customer in {one for one, _ in met}:
        own = {agency for one, agency in met if one == customer}
        for hub, members in of.items():
            if len(own & members) > 1:
                key = code.get(customer), hub
                expected[key] = expected.get(key, 0) + 1
    rows = counts.astype(object).where(counts.notna(), None)
    assert {
        (r["segment"], r["hub"]): r["customers"] for r in rows.to_dict("records")
    } == expected
    whole = customers_of_hubs(log, found).set_index("hub")["customers"]
    assert whole.to_dict() == found.hubs.set_index("hub")["customers"].to_dict()


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("least", 0, "least must be at least 1; it is 0"),
        ("resolution", 0.0, "resolution must be above 0"),
        ("resamples", 5, "resamples must be at least 19"),
        ("seed", -1, "seed must be at least 0"),
    ],
)
def test_options_out_of_range_are_told(
    engine: DuckDBEngine, option: str, value: float, said: str
) -> None:
    log = log_of(planted(1, customers=20), engine)
    with pytest.raises(JourneyError, match=said):
        find_hubs(log, **{option: value})  # type: ignore[arg-type]


JOURNEYS = st.lists(
    st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=6), min_size=1, max_size=12
)


@settings(max_examples=25)
@given(journeys=JOURNEYS)
def test_pairs_are_what_a_plain_count_gives(
    engine: DuckDBEngine, journeys: list[list[str]]
) -> None:
    met = [(f"c{n:03d}", one) for n, own in enumerate(journeys) for one in own]
    found = find_hubs(log_of(met, engine), least=1, resamples=19)
    for row in found.pairs.to_dict("records"):
        pair = {row["one"], row["other"]}
        assert row["customers"] == sum(pair <= set(own) for own in journeys)
        moves = [sum({a, b} == pair for a, b in pairwise(own)) for own in journeys]
        assert row["handovers"] == sum(moves)
        assert row["handed"] == sum(count > 0 for count in moves)
        either = sum(bool(pair & set(own)) for own in journeys)
        assert row["jaccard"] == pytest.approx(row["customers"] / either)
        assert 0 <= row["together"] <= 1
    names = sorted({one for own in journeys for one in own})
    assert len(found.pairs) == len(list(combinations(names, 2)))
    listed = ";".join(found.hubs["members"]).split(";") if len(found.hubs) else []
    assert len(listed) == len(set(listed))
    assert 0 < found.p <= 1


def test_lift_is_one_where_all_pairs_share_alike(engine: DuckDBEngine) -> None:
    pairs = list(combinations("ABCDE", 2)) * 10
    met = [(f"c{n:03d}", one) for n, pair in enumerate(pairs) for one in pair]
    found = find_hubs(log_of(met, engine), resamples=19)
    np.testing.assert_allclose(found.pairs["lift"], 1)
    assert found.hubs.empty


@settings(max_examples=50)
@given(counts=st.lists(st.integers(1, 50), min_size=10, max_size=10))
def test_chance_keeps_what_each_shares(counts: list[int]) -> None:
    shared = square(np.array([counts], dtype="float64"), 5)
    sums = shared.sum(axis=2)
    if 2 * sums.max() >= sums.sum():  # one node takes part in all: no finite factors
        return
    np.testing.assert_allclose(by_chance(shared).sum(axis=2), sums, rtol=1e-3)


def test_modularity_by_hand() -> None:
    # A-B and C-D share 4 each, all other pairs 1: by chance each of 6 pairs has 2.
    shared = square(np.array([[4.0, 1, 1, 1, 1, 4]]), 4)
    expected = by_chance(shared)
    group = groups_of(shared[0], expected[0], resolution=1, seed=0)
    assert group.tolist() == [0, 0, 1, 1]
    assert modularity(shared[0], expected[0], group) == pytest.approx((8 - 4) / 12)
