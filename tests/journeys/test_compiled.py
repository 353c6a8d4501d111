"""The compiled pass says what SQL says, bit for bit, and what plain loops say."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import JourneyError, encode_log
from journeys.following import follow, follow_file
from journeys.frames import check_frame

numba = pytest.importorskip("numba", reason="needs totalplace[fast]")

from journeys.compiled.interning import Interner, bytes_of  # noqa: E402 - needs it
from journeys.compiled.quantiles import quantiles_of  # noqa: E402
from journeys.compiled.reading import read_events, stored_part  # noqa: E402
from journeys.compiled.tallying import tally  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from journeys.compiled.tallying import Part
    from journeys.flows import Flows
    from place.engine import DuckDBEngine

FRAMES = ("moves", "handovers", "starts", "ends", "variants")


def assert_same(ours: Flows, theirs: Flows) -> None:
    for name in FRAMES:
        one, other = getattr(ours, name), getattr(theirs, name)
        if "q90_seconds" in one:  # engines interpolate in ways of their own
            pd.testing.assert_frame_equal(
                one[["q90_seconds"]], other[["q90_seconds"]], rtol=1e-14, atol=0
            )
            one, other = (each.drop(columns="q90_seconds") for each in (one, other))
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    for name in ("n_events", "n_customers", "n_variants"):
        assert getattr(ours, name) == getattr(theirs, name)


@settings(max_examples=10)
@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_machine_code_and_sql_agree_in_any_order_of_rows(
    random_events: st.SearchStrategy[list[dict[str, Any]]],
    events_of: Callable[..., pd.DataFrame],
    engine: DuckDBEngine,
    data: st.DataObject,
    random: Random,
) -> None:
    frame = events_of(data.draw(random_events))
    mixed = frame.iloc[random.sample(range(len(frame)), len(frame))]
    log = encode_log(frame, engine=engine)
    by_sql = follow(log, customers=True, compiled=False)
    assert_same(follow(log, customers=True, compiled=True), by_sql)
    again = encode_log(mixed, engine=engine, table="mixed")
    assert_same(follow(again, customers=True, compiled=True), by_sql)


def rows_of(seed: int, *, ties: bool) -> pa.Table:
    """Return events of a few customers, one of whom has very many."""
    random = Random(seed)  # noqa: S311 - test data
    many = 1_500
    moment = 40 if ties else 10**14
    people = ["busy", *(f"customer {n}" for n in range(40)), "é", ""]
    return pa.table(
        {
            "customer_id": [
                people[int(random.random() ** 3 * 43)] for _ in range(many)
            ],
            "time_us": [random.randrange(moment) for _ in range(many)],
            "agency": [random.choice(["B", "A", "a longer name"]) for _ in range(many)],
            "activity": [random.choice("zyxé") for _ in range(many)],
        }
    )


@pytest.mark.parametrize("ties", [False, True])
def test_a_file_of_text_is_read_alike(tmp_path: Path, *, ties: bool) -> None:
    file = tmp_path / "events.parquet"
    pq.write_table(rows_of(1, ties=ties), file)
    by_sql = follow_file(file, customers=True, compiled=False)
    assert_same(follow_file(file, customers=True, compiled=True), by_sql)
    assert by_sql.n_events == by_sql.moves["count"].sum() + by_sql.n_customers
    assert "on " in str(by_sql)


@pytest.mark.parametrize("ties", [False, True])
def test_identifiers_break_ties_in_a_file(tmp_path: Path, *, ties: bool) -> None:
    rows = rows_of(2, ties=ties)
    ids = [f"e{n * 7919 % rows.num_rows:05}" for n in range(rows.num_rows)]
    rows = rows.append_column("event_id", pa.array(ids))
    file, mixed = tmp_path / "events.parquet", tmp_path / "mixed.parquet"
    pq.write_table(rows, file)
    pq.write_table(
        rows.take(pa.array(np.random.default_rng(3).permutation(1500))), mixed
    )
    found = follow_file(file, compiled=True)
    assert_same(found, follow_file(file, compiled=False))
    assert_same(found, follow_file(mixed, compiled=True))


def test_pairs_take_turns_where_memory_is_short(tmp_path: Path) -> None:
    file = tmp_path / "events.parquet"
    pq.write_table(rows_of(4, ties=False), file)
    read, names = read_events(file)

    def parts(*, times: bool) -> Iterable[Part]:  # noqa: ARG001 - it has them
        return read

    sizes = [len(names[what]) for what in ("activity", "agency")]
    events = sum(len(part.codes) for part in read)
    whole = tally(parts, *sizes, events=events)
    for least in (1, 100, 700):
        turns = tally(parts, *sizes, events=events, waits_at_once=least)
        np.testing.assert_array_equal(turns.quantiles, whole.quantiles)
        np.testing.assert_array_equal(turns.moves, whole.moves)
        assert turns.events == whole.events


def test_a_missing_value_is_refused_whoever_counts(tmp_path: Path) -> None:
    file = tmp_path / "events.parquet"
    rows = rows_of(5, ties=False).slice(0, 3)
    agency = pa.array(["A", None, "B"])
    pq.write_table(rows.set_column(2, "agency", agency), file)
    for compiled in (True, False):
        with pytest.raises(JourneyError, match=r"lack a value in \['agency'\]"):
            follow_file(file, compiled=compiled)


def test_a_file_without_a_column_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "events.parquet"
    pq.write_table(rows_of(5, ties=False).drop_columns("agency"), file)
    with pytest.raises(JourneyError, match=r"The events lack \['agency'\]"):
        follow_file(file)


@pytest.mark.parametrize("kind", [pa.string(), pa.float64(), pa.timestamp("us")])
@pytest.mark.parametrize("compiled", [True, False])
def test_times_that_are_no_whole_numbers_are_refused(
    tmp_path: Path, kind: pa.DataType, *, compiled: bool
) -> None:
    file, rows = tmp_path / "events.parquet", rows_of(5, ties=False)
    times = pa.array([1] * len(rows)).cast(kind)
    pq.write_table(rows.set_column(1, "time_us", times), file)
    with pytest.raises(JourneyError, match=re.escape(f"it is {kind}. Convert it")):
        follow_file(file, compiled=compiled)


def test_short_times_and_numbered_customers_are_read_as_sql_reads_them(
    tmp_path: Path,
) -> None:
    file, rows = tmp_path / "events.parquet", rows_of(5, ties=False)
    order = list(range(len(rows)))
    short = rows.set_column(1, "time_us", pa.array(order, pa.int32()))
    numbers = pa.array([row % 7 for row in order])
    for table in (short, rows.set_column(0, "customer_id", numbers)):
        pq.write_table(table, file)
        by_sql = follow_file(file, compiled=False)
        assert by_sql.n_events == len(rows)
        assert_same(follow_file(file, compiled=True), by_sql)


def test_no_events_give_no_flows(events_of: Callable[..., pd.DataFrame]) -> None:
    log = encode_log(check_frame(events_of([])))
    by_sql = follow(log, compiled=False)
    assert_same(follow(log, compiled=True), by_sql)
    assert by_sql.n_variants == 0


def test_without_numba_sql_answers_and_a_wish_for_machine_code_is_told(
    events_of: Callable[..., pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = encode_log(check_frame(events_of([])))
    monkeypatch.setattr("journeys.following.find_spec", lambda _: None)
    assert follow(log).n_events == 0
    with pytest.raises(JourneyError, match=r"pip install 'totalplace\[fast\]'"):
        follow(log, compiled=True)
    assert importlib.util.find_spec("numba")


@pytest.mark.parametrize("compiled", [True, False])
def test_fewer_than_one_variant_is_refused(
    events_of: Callable[..., pd.DataFrame], *, compiled: bool
) -> None:
    log = encode_log(check_frame(events_of([])))
    with pytest.raises(JourneyError, match="most must be at least 1; it is 0"):
        follow(log, most=0, compiled=compiled)


@given(st.lists(st.text(max_size=20), max_size=60), st.integers(1, 60))
def test_a_number_stands_for_one_string_and_for_no_other(
    texts: list[str], batch: int
) -> None:
    known, codes = Interner(), []
    for start in range(0, len(texts), batch):
        array = pa.array(texts[start : start + batch], pa.string())
        codes += known.codes(*bytes_of(array)).tolist()
    assert known.names().take(pa.array(codes, pa.int32())).to_pylist() == texts
    assert known.size == len(set(texts))


def test_more_strings_than_there_was_room_for() -> None:
    known = Interner()
    texts = pa.array([str(n) for n in range(300_000)])
    first = known.codes(*bytes_of(texts))
    assert first.tolist() == list(range(300_000))
    assert (
        known.codes(*bytes_of(texts.slice(299_000))).tolist()
        == first[299_000:].tolist()
    )


@given(
    st.lists(st.lists(st.integers(0, 10**15), max_size=30), min_size=1, max_size=5),
    st.lists(st.floats(0, 1), min_size=1, max_size=3).map(sorted),
)
def test_quantiles_are_those_of_sorted_values(
    groups: list[list[int]], shares: list[float]
) -> None:
    values = np.array([value for group in groups for value in group], np.int64)
    bounds = np.cumsum([0, *map(len, groups)])
    found = quantiles_of(values, bounds, np.array(shares))
    for group, row in zip(groups, found, strict=True):
        if group:
            wanted = np.quantile(np.array(group, float), shares)
            np.testing.assert_allclose(row, wanted, rtol=1e-12)
        else:
            assert np.isnan(row).all()


def test_a_part_without_times_still_has_its_paths(tmp_path: Path) -> None:
    file = tmp_path / "events.parquet"
    kinds = {"seq": [1, 2, 1], "activity": [3, 4, 3], "agency": [0, 1, 0]}
    pq.write_table(
        pa.table({k: pa.array(v, pa.int32()) for k, v in kinds.items()}), file
    )
    part = stored_part(file, times=False)
    assert part.starts.tolist() == [0, 2, 3]
    assert Counter(part.path.tolist()) == {3: 2, 4: 1}
