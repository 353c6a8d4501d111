"""Contacts against expectation: by hand, planted, and under chance alone."""

from __future__ import annotations

import os
import shutil
from random import Random  # noqa: TC003 - Hypothesis reads it at run time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson
from statsmodels.stats.rates import confint_poisson

from place.engine import DuckDBEngine, Engine, start_engine
from segmentation import SegmentError, customer_segments
from segmentation.where.contact import Contacts, expected_contacts
from segmentation.where.contacting import contact_counts, contacts_sql

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNTS = pd.DataFrame(
    {
        "area_code": ["E1", "E2", "E3", "E4"],
        "segment": ["1", "1", "2", "2"],
        "residents": [1000, 500, 800, 800],
        "contacts": [100, 50, 20, 60],
    }
)


def place(seed: int, *, spread: float = 0.0, low: float = 1.0) -> pd.DataFrame:
    """Return 200 areas of four segments; the first makes `low` of its contacts."""
    random = np.random.default_rng(seed)
    segment = np.arange(200) % 4
    residents = random.integers(800, 1600, 200)
    rate = np.array([0.02, 0.05, 0.1, 0.2])[segment]
    rate = rate * np.exp(random.normal(0, spread, 200))
    rate[0] *= low
    return pd.DataFrame(
        {
            "area_code": [f"E{n:03}" for n in range(200)],
            "segment": [str(each + 1) for each in segment],
            "residents": residents,
            "contacts": random.poisson(rate * residents),
        }
    )


def named(found: Contacts) -> list[str]:
    return found.table.index[found.table["class"] != "as expected"].tolist()


def test_expected_contacts_are_the_segments_rate_times_residents() -> None:
    found = expected_contacts(COUNTS)
    assert found.rates["rate"].to_dict() == {"1": 10.0, "2": 5.0}
    assert found.table["expected"].to_dict() == {
        "E1": 100.0,
        "E2": 50.0,
        "E3": 40.0,
        "E4": 40.0,
    }
    assert found.table["ratio"].tolist() == [1, 1, 0.5, 1.5]
    assert found.table["expected"].sum() == found.table["contacts"].sum()


def test_an_area_of_several_segments_is_expected_to_do_as_its_mixture() -> None:
    more = pd.DataFrame(
        {"area_code": ["E1"], "segment": ["2"], "residents": [400], "contacts": [20]}
    )
    found = expected_contacts(pd.concat([COUNTS, more])).table.loc["E1"]
    assert (found["residents"], found["contacts"]) == (1400, 120)
    assert found["expected"] == pytest.approx(100 + 400 * 100 / 2000)


def test_intervals_are_the_exact_ones_of_a_poisson_count() -> None:
    found = expected_contacts(COUNTS.assign(contacts=[0, 150, 20, 60])).table
    for code in found.index:
        row = found.loc[code]
        low, high = confint_poisson(row["contacts"], 1, method="exact-c")
        assert row["low"] == pytest.approx(np.nan_to_num(low) / row["expected"])
        assert row["high"] == pytest.approx(high / row["expected"])


def test_p_is_exact_where_areas_vary_no_more_than_chance() -> None:
    counts = COUNTS.assign(contacts=[104, 46, 40, 40])
    found = expected_contacts(counts)
    assert found.tau == 0
    row = found.table.loc["E2"]
    tail = sum(poisson.pmf(k, row["expected"]) for k in range(47))
    assert row["p"] == pytest.approx(2 * tail)


def test_a_planted_low_contact_area_is_found() -> None:
    found = expected_contacts(place(0, low=0.1))
    assert named(found) == ["E000"]
    assert found.table.loc["E000", "class"] == "low contact"
    assert "1 of 200 areas make fewer contacts" in str(found)


def test_chance_alone_names_nobody_in_nearly_all_places() -> None:
    finds = sum(bool(named(expected_contacts(place(seed)))) for seed in range(40))
    assert finds <= 5  # 2 expected at 5 %


def test_usual_differences_between_areas_are_not_named() -> None:
    plain = [expected_contacts(place(seed, spread=0.25)) for seed in range(20)]
    assert sum(bool(named(each)) for each in plain) <= 4
    assert all(each.tau > 0 for each in plain)
    assert np.mean([each.tau for each in plain]) == pytest.approx(0.125, abs=0.03)
    assert "times as much as chance alone" in str(plain[0])


def test_tau_is_spiegelhalters_moment_estimate() -> None:
    found = expected_contacts(place(1, spread=0.4))
    seen, wanted = found.table["contacts"], found.table["expected"]
    z = (np.sqrt(seen / wanted) - 1) / (1 / (2 * np.sqrt(wanted)))
    z = z.clip(*z.quantile([0.1, 0.9]))
    kept = 0.678655  # of the variance of normal scores, drawn in at 10 % and 90 %
    phi, n, w = (z**2).mean() / kept, len(z), 4 * wanted
    tau2 = (n * phi - (n - 1)) / (w.sum() - (w**2).sum() / w.sum())
    assert (found.spread, found.tau) == pytest.approx((phi, np.sqrt(tau2)), rel=1e-4)


def test_what_is_not_known_is_left_out_with_the_reason() -> None:
    counts = COUNTS.astype({"residents": "float64", "contacts": "float64"})
    counts.loc[4:8, :] = np.nan
    more = pd.DataFrame(
        {
            "area_code": ["X1", "X2", "X3", "X4"],
            "segment": [None, "1", "1", "9"],
            "residents": [10, np.nan, 10, 0],
            "contacts": [1, 1, np.nan, 0],
        }
    )
    found = expected_contacts(pd.concat([counts, more]))
    assert found.left_out.to_dict() == {
        "X1": "has no segment",
        "X2": "residents are not known",
        "X3": "contacts are not known",
        "X4": "none are expected",
    }
    assert len(found.table) == 4
    assert "4 areas could not be judged" in str(found)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ({"contacts": [1.5, 2, 3, 4]}, "not such figures: 'E1'"),
        ({"contacts": [-1, 2, 3, 4]}, "not such figures: 'E1'"),
        ({"residents": [1, 2, 3, np.inf]}, "not such figures: 'E4'"),
        ({"area_code": ["E1", "E1", "E2", "E3"]}, "On two rows: 'E1'"),
        ({"area_code": ["E1", None, "E2", "E3"]}, "without area_code: 1"),
        ({"contacts": 0}, "no area of 4 can be judged"),
    ],
)
def test_bad_counts_are_refused(spoil: dict[str, object], said: str) -> None:
    with pytest.raises(SegmentError, match=said):
        expected_contacts(COUNTS.assign(**spoil))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(SegmentError, match="counts lack 'contacts'"):
        expected_contacts(COUNTS.drop(columns="contacts"))


@settings(max_examples=8)
@given(st.randoms(use_true_random=False), st.integers(0, 50))
def test_row_order_changes_nothing(random: Random, seed: int) -> None:
    counts = place(seed)
    order = random.sample(range(len(counts)), len(counts))
    first, again = expected_contacts(counts), expected_contacts(counts.iloc[order])
    pd.testing.assert_frame_equal(first.table, again.table)
    assert str(first) == str(again)


@pytest.fixture
def engine() -> Iterator[Engine]:
    started = DuckDBEngine(threads=1)
    yield started
    started.close()


AREAS = pd.DataFrame({"area_code": ["E1", "E2", "E3"], "population": [90, 80, 70]})
SEGMENTS = pd.Series({"E1": "1", "E2": "1"})


def with_customers(engine: Engine) -> Engine:
    """Three customers: a and b live in E1, c in E2; d's home is not known."""
    use = pd.DataFrame(
        [
            ("a", "E1", "Bus"),
            ("a", "E1", "Tax"),
            ("b", "E1", "Bus"),
            ("d", None, "Bus"),
            (None, "E2", "Bus"),
        ],
        columns=["customer_id", "area_code", "service"],
    )
    events = pd.DataFrame(
        [("a", "Call"), ("c", "Call"), ("c", "Call")],
        columns=["customer_id", "activity"],
    )
    people = pd.DataFrame({"customer_id": ["c"], "area_code": ["E2"]})
    engine.register("service_use", use)
    engine.register("events", events)
    customer_segments(engine, SEGMENTS, people=people)
    return engine


def test_a_customer_counts_once_however_often_they_came(engine: Engine) -> None:
    counts = contact_counts(with_customers(engine), AREAS, SEGMENTS)
    assert counts["contacts"].tolist() == [2, 1, 0]
    assert counts["segment"].isna().tolist() == [False, False, True]
    assert counts["residents"].tolist() == [90, 80, 70]


@pytest.mark.parametrize(
    ("services", "contacts"),
    [(["Tax"], [1, 0, 0]), (["Call"], [1, 1, 0]), (["Bus", "Call"], [2, 1, 0])],
)
def test_only_the_services_named_count(
    engine: Engine, services: list[str], contacts: list[int]
) -> None:
    found = contact_counts(with_customers(engine), AREAS, SEGMENTS, services)
    assert found["contacts"].tolist() == contacts


def test_services_that_nobody_used_are_an_error(engine: Engine) -> None:
    with pytest.raises(SegmentError, match="used 'Tram'"):
        contact_counts(with_customers(engine), AREAS, SEGMENTS, ["Tram"])


def test_a_name_with_an_apostrophe_stays_a_name(engine: Engine) -> None:
    with pytest.raises(SegmentError, match="used"):
        contact_counts(with_customers(engine), AREAS, SEGMENTS, ["'; DROP TABLE x"])


def test_contacts_need_customers_and_a_table(engine: Engine) -> None:
    with pytest.raises(SegmentError, match="Call customer_segments first"):
        contact_counts(engine, AREAS, SEGMENTS)
    with pytest.raises(SegmentError, match="not from 'people'"):
        contacts_sql(["people"])
    with pytest.raises(SegmentError, match="not from nothing"):
        contacts_sql([])


@pytest.fixture
def spark() -> Iterator[Engine]:
    pytest.importorskip("pyspark")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("needs Java, which is not here")
    started = start_engine("spark")
    yield started
    started.close()


@pytest.mark.spark
def test_spark_and_duckdb_count_alike(engine: Engine, spark: Engine) -> None:
    found = [
        contact_counts(with_customers(each), AREAS, SEGMENTS, ["Bus", "Call"])
        for each in (engine, spark)
    ]
    pd.testing.assert_frame_equal(found[0], found[1])
