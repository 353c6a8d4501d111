"""What the example place promises, checked by plain loops that know no rule engine."""

from __future__ import annotations

import filecmp
import runpy
import shutil
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = Path(__file__).parents[1] / "data"
CARRIED = DATA / "example"
build = runpy.run_path(str(DATA / "generator" / "example_place.py"))["build"]

DAY = pd.Timedelta(days=1)
EXEMPT = "Statutory safeguarding assessment"
IN_PERSON = "identity seen in person"
Event = dict[str, Any]


def table(place: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(place / f"{name}.csv", dtype=str, keep_default_na=False)


def events_of(place: Path) -> list[Event]:
    """Return the sound events in order of time, as plain dictionaries."""
    frame = table(place, "events")
    broken = set(table(place, "truth/broken_rows").query("table == 'events'")["row"])
    frame = frame[[str(at + 2) not in broken for at in range(len(frame))]]
    frame = frame.assign(
        time=pd.to_datetime(frame["time"]), end_time=pd.to_datetime(frame["end_time"])
    )
    return frame.sort_values("time").to_dict("records")


def pairs(events: list[Event]) -> Iterator[tuple[Event, Event, list[Event]]]:
    """Give each two events of a customer's need, and all of that customer's."""
    by_customer = defaultdict(list)
    for event in events:
        by_customer[event["customer_id"]].append(event)
    for mine in by_customer.values():
        for at, later in enumerate(mine):
            for earlier in mine[:at]:
                if earlier["need"] == later["need"] != "":
                    yield earlier, later, mine


def told(earlier: Event, later: Event) -> bool:
    return later["joint_with"] == earlier["agency"]


def repeat_assessments(
    events: list[Event], *, classes_differ: bool = False
) -> set[str]:
    found = set()
    for earlier, later, mine in pairs(events):
        kinds = {earlier["activity_class"], later["activity_class"]}
        reset = any(
            event["activity_class"] == "reset"
            and event["need"] in {"", later["need"]}
            and earlier["time"] < event["time"] < later["time"]
            for event in mine
        )
        if (
            kinds <= {"intake", "assess"}
            and (classes_differ or len(kinds) == 1)
            and earlier["agency"] != later["agency"]
            and later["time"] - earlier["time"] <= 180 * DAY
            and EXEMPT not in {earlier["activity"], later["activity"]}
            and not reset
            and not told(earlier, later)
        ):
            found.add(later["event_id"])
    return found


def ping_pong(events: list[Event], *, only_referrals: bool = False) -> set[str]:
    found = set()
    visited = defaultdict(set)
    for event in events:
        seen = visited[event["customer_id"], event["need"]]
        if event["activity_class"] in {"assess", "service", "course"}:
            seen.clear()
        elif event["activity_class"] == "refer":
            seen.add(event["agency"])
            if event["referred_to"] in seen:
                found.add(event["event_id"])
        elif not only_referrals:
            seen.add(event["agency"])
    return found


def parallel_cases(events: list[Event]) -> set[str]:
    return {
        later["event_id"]
        for earlier, later, _ in pairs(events)
        if earlier["activity_class"] == later["activity_class"] == "service"
        and earlier["agency"] != later["agency"]
        and not earlier["end_time"] < later["time"]  # open while it has no end
        and not told(earlier, later)
    }


def preventable_contacts(events: list[Event]) -> set[str]:
    found = set()
    for earlier, later, mine in pairs(events):
        if later["activity_class"] != "contact_in":
            continue
        wait = later["time"] - earlier["time"]
        between = any(
            earlier["time"] < event["time"] < later["time"]
            and event["need"] == later["need"]
            for event in mine
        )
        chased = earlier["activity_class"] == "request" and not between
        back = earlier["outcome"] == "closed" and wait <= 14 * DAY
        again = (
            earlier["outcome"] == "failed"
            and earlier["channel"] == "web"
            and later["channel"] != "web"
            and wait <= 3 * DAY
        )
        if chased or back or again:
            found.add(later["event_id"])
    return found


def asked_again(events: list[Event]) -> set[str]:
    held = defaultdict(set)
    found = set()
    for event in events:
        for item in filter(None, event["data_items"].split(";")):
            holders = held[event["customer_id"], item]
            if item != IN_PERSON and holders - {event["agency"]}:
                found.add(event["event_id"])
            holders.add(event["agency"])
    return found


def repeated_courses(events: list[Event]) -> set[str]:
    return {
        later["event_id"]
        for earlier, later, _ in pairs(events)
        if earlier["activity_class"] == later["activity_class"] == "course"
        and earlier["activity"] == later["activity"]
        and earlier["outcome"] in {"not achieved", "left early"}
    }


def rework(events: list[Event]) -> set[str]:
    return {
        later["event_id"]
        for earlier, later, _ in pairs(events)
        if all(earlier[what] == later[what] for what in ("agency", "activity"))
        and earlier["outcome"] in {"completed", ""}
    }


def slow_hand_offs(events: list[Event]) -> set[str]:
    return {
        later["event_id"]
        for earlier, later, _ in pairs(events)
        if (earlier["activity"], later["activity"]) == ("Plan agreed", "Support starts")
        and earlier["agency"] != later["agency"]
        and later["time"] - earlier["time"] > 10 * DAY
    }


ORACLES: dict[str, Callable[[list[Event]], set[str]]] = {
    "D1": repeat_assessments,
    "D2": parallel_cases,
    "D3": ping_pong,
    "D4": preventable_contacts,
    "D5": asked_again,
    "D6": repeated_courses,
    "D7": rework,
    "D8": slow_hand_offs,
}


def planted(place: Path, rule: str) -> set[str]:
    truth = table(place, "truth/duplicates")
    wanted = (truth["kind"] == "planted") & (truth["rule"] == rule)
    return set(truth.loc[wanted, "event_id"])


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return events_of(CARRIED)


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("again"), customers=2_000, seed=2010).parent


@pytest.fixture(scope="module")
def two_chunks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("large"), customers=51_000, seed=7).parent


@pytest.mark.parametrize("rule", ORACLES)
def test_plain_loops_find_what_was_planted_and_nothing_else(
    rule: str, events: list[Event]
) -> None:
    assert len(planted(CARRIED, rule)) >= 10
    assert ORACLES[rule](events) == planted(CARRIED, rule)


def test_repeat_assessment_does_not_hang_on_how_classes_are_compared(
    events: list[Event],
) -> None:
    assert repeat_assessments(events, classes_differ=True) == planted(CARRIED, "D1")


def test_ping_pong_does_not_hang_on_what_counts_as_a_visit(events: list[Event]) -> None:
    assert ping_pong(events, only_referrals=True) == planted(CARRIED, "D3")


def test_every_decoy_is_there() -> None:
    truth = table(CARRIED, "truth/duplicates").query("kind == 'decoy'")
    assert {
        ("D1", "reset"),
        ("D1", "reset of all needs"),
        ("D1", "expired"),
        ("D1", "other need"),
        ("D1", "exempt"),
        ("D1", "joint working"),
        ("D1", "same agency"),
        ("D2", "joint working"),
        ("D2", "one after the other"),
        ("D3", "work done, then returned"),
        ("D3", "course done, then returned"),
        ("D3", "chain without return"),
        ("D4", "agency wrote first"),
        ("D4", "expired"),
        ("D5", "exempt"),
        ("D5", "another fact"),
        ("D6", "planned series"),
        ("D6", "relapse"),
        ("D7", "not completed before"),
        ("D8", "prompt"),
    } == set(zip(truth["rule"], truth["why"], strict=True))


def test_decoys_would_fool_a_naive_rule(events: list[Event]) -> None:
    met: dict[str, set[str]] = defaultdict(set)
    naive = set()
    for event in events:
        if event["activity_class"] in {"intake", "assess"}:
            if met[event["customer_id"]] - {event["agency"]}:
                naive.add(event["event_id"])
            met[event["customer_id"]].add(event["agency"])
    truth = table(CARRIED, "truth/duplicates").query("rule == 'D1'")
    across = truth[truth["why"] != "same agency"]
    assert set(across["event_id"]) <= naive


def test_evidence_is_earlier_and_of_the_same_customer(events: list[Event]) -> None:
    by_id = {event["event_id"]: event for event in events}
    for row in table(CARRIED, "truth/duplicates").to_dict("records"):
        later = by_id[row["event_id"]]
        for name in row["evidence_event_ids"].split(";"):
            earlier = by_id[name]
            assert earlier["customer_id"] == later["customer_id"]
            assert earlier["time"] < later["time"]


def test_no_two_events_of_a_customer_share_a_second(events: list[Event]) -> None:
    seen = [(event["customer_id"], event["time"]) for event in events]
    assert len(set(seen)) == len(seen)
    assert min(seen, key=lambda pair: pair[1])[1] >= pd.Timestamp("2008-04-01")
    assert max(seen, key=lambda pair: pair[1])[1] < pd.Timestamp("2009-04-01")


def test_the_broken_rows_are_where_the_truth_says() -> None:
    broken = table(CARRIED, "truth/broken_rows")
    found = table(CARRIED, "events")
    rows = broken.query("table == 'events'")["row"].astype(int) - 2
    bad = found.iloc[rows]
    times = pd.to_datetime(bad["time"], format="ISO8601", errors="coerce")
    assert times.isna().sum() == 3
    twice = found["event_id"].duplicated()
    assert set(found.index[twice]) == set(rows[3:])
    spend = table(CARRIED, "spend")
    at = int(broken.query("table == 'spend'")["row"].iloc[0]) - 2
    assert list(spend.index[spend["amount_pounds"] == "tbc"]) == [at]


def test_every_customer_has_an_area_through_service_use() -> None:
    use = table(CARRIED, "service_use")
    areas = gpd.read_parquet(CARRIED / "areas.parquet")
    assert use["customer_id"].nunique() == 2_000
    assert len(use[["customer_id", "area_code"]].drop_duplicates()) == 2_000
    assert set(use["area_code"]) <= set(areas["area_code"])
    assert set(table(CARRIED, "events")["customer_id"]) <= set(use["customer_id"])


def test_areas_fill_the_place_without_overlap() -> None:
    areas = gpd.read_parquet(CARRIED / "areas.parquet")
    assert len(areas) == 80
    assert areas.crs == "EPSG:27700"
    assert areas.geometry.is_valid.all()
    whole = areas.geometry.union_all().area
    assert areas.geometry.area.sum() == pytest.approx(whole, rel=1e-6)


def test_no_count_exceeds_its_whole() -> None:
    areas = gpd.read_parquet(CARRIED / "areas.parquet")
    tenures = areas[["owned", "social_rented", "private_rented"]].sum(axis=1)
    assert (tenures == areas["households"]).all()
    settings_of = tomllib.loads((CARRIED / "place.toml").read_text(encoding="utf-8"))
    for formula in settings_of["segments"]["variables"].values():
        part, whole = formula.split(" / ")
        assert (areas[part] <= areas[whole]).all()


def test_outcomes_are_raised_where_the_truth_says() -> None:
    areas = gpd.read_parquet(CARRIED / "areas.parquet")
    truth = pd.read_csv(CARRIED / "truth" / "area_types.csv")
    assert areas["area_code"].tolist() == truth["area_code"].tolist()
    hot = truth["planted_hotspot"] == 1
    for part, whole in (("bad_health", "population"), ("home_fires", "households")):
        assert (areas[part] <= areas[whole]).all()
        rates = [
            areas.loc[at, part].sum() / areas.loc[at, whole].sum() for at in (hot, ~hot)
        ]
        assert rates[0] > 2 * rates[1]
    assert (areas["survey_satisfied"] <= areas["survey_asked"]).all()
    assert (areas["survey_asked"] <= areas["population"]).all()


def test_every_area_has_a_way_to_every_site() -> None:
    areas = gpd.read_parquet(CARRIED / "areas.parquet")
    sites = pd.read_csv(CARRIED / "sites.csv")
    travel = pd.read_csv(CARRIED / "travel.csv")
    assert set(sites["area_code"]) <= set(areas["area_code"])
    assert sites["status"].tolist() == ["open"] * 3 + ["possible"] * 6
    assert len(travel) == len(areas) * len(sites)
    assert not travel.duplicated(["area_code", "site_id"]).any()
    at_home = travel.merge(sites, on=["area_code", "site_id"])
    assert (at_home["minutes"] == 2).all()


def test_place_toml_names_what_is_there() -> None:
    place = tomllib.loads((CARRIED / "place.toml").read_text(encoding="utf-8"))
    assert place["place"]["synthetic"] is True
    for source in place["tables"].values():
        assert (CARRIED / source["file"]).stat().st_size
    services = set(table(CARRIED, "service_use")["service"])
    surveyed = set(table(CARRIED, "survey_use")["service"])
    assert set(place["spend"]["services"]) == services | surveyed
    assert set(place["spend"]["services"].values()) <= set(
        table(CARRIED, "spend")["cofog"]
    )


def test_records_lead_to_customers_only_through_the_truth() -> None:
    people = table(CARRIED, "people")
    links = table(CARRIED, "truth/links")
    assert list(people["record_id"]) == list(links["record_id"])
    assert people["record_id"].is_unique
    assert set(people["agency"]) == {
        "Council",
        "NHS Trust",
        "Police",
        "Housing Association",
        "Jobcentre",
        "Fire and Rescue",
    }
    order = links["customer_id"].rank(method="first")
    assert abs(order.corr(pd.Series(range(len(order))))) < 0.05


def test_no_record_could_be_of_a_real_person() -> None:
    people = table(CARRIED, "people")
    numbers = people.loc[people["nhs_number"] != "", "nhs_number"]
    assert numbers.str.fullmatch(r"999\d{7}").all()
    for number in numbers:
        total = sum(int(d) * w for d, w in zip(number, range(10, 0, -1), strict=True))
        assert total % 11 == 0
    postcodes = people.loc[people["postcode"] != "", "postcode"]
    assert postcodes.str.fullmatch(r"ZZ[1-9]\d? \d[A-Z]{2}").all()


def test_costs_in_the_truth_are_those_of_the_rows() -> None:
    use = table(CARRIED, "service_use").astype({"cost_pounds": float})
    truth = table(CARRIED, "truth/cost_by_type").astype({"cost_pounds": float})
    by_service = truth.groupby("service")["cost_pounds"].sum()
    rows = use.groupby("service")["cost_pounds"].sum()
    pd.testing.assert_series_equal(by_service, rows)


def test_the_same_seed_gives_the_carried_place(again: Path) -> None:
    names = {file.relative_to(again) for file in again.rglob("*") if file.is_file()}
    carried = {f.relative_to(CARRIED) for f in CARRIED.rglob("*") if f.is_file()}
    assert names == carried
    text = [str(name) for name in names if name.suffix != ".parquet"]
    assert filecmp.cmpfiles(CARRIED, again, text, shallow=False)[1:] == ([], [])
    ours, theirs = (gpd.read_parquet(at / "areas.parquet") for at in (CARRIED, again))
    pd.testing.assert_frame_equal(
        pd.DataFrame(ours.drop(columns="geometry")),
        pd.DataFrame(theirs.drop(columns="geometry")),
    )
    assert ours.geometry.geom_equals_exact(theirs.geometry, tolerance=0.02).all()


def test_the_carried_place_is_small() -> None:
    assert sum(f.stat().st_size for f in CARRIED.rglob("*") if f.is_file()) < 2.5e6


def test_a_large_place_is_parquet_in_row_groups(two_chunks: Path) -> None:
    assert not (two_chunks / "events.csv").exists()
    parquet = pq.ParquetFile(two_chunks / "events.parquet")
    assert parquet.num_row_groups == 3  # two chunks, then the broken rows
    events = parquet.read().to_pandas()
    assert events["event_id"].duplicated().sum() == 2
    assert events["time"].isna().sum() == 3
    use = pd.read_parquet(two_chunks / "service_use.parquet")
    assert use["customer_id"].nunique() == 51_000
    people = pd.read_parquet(two_chunks / "people.parquet")
    assert people["record_id"].is_unique


def test_chunks_are_drawn_apart(two_chunks: Path) -> None:
    people = pd.read_parquet(two_chunks / "people.parquet")
    links = pd.read_parquet(two_chunks / "truth" / "links.parquet")
    late = links["customer_id"] > "C00050000"
    first = people.loc[~late, "address"].head(500).tolist()
    second = people.loc[late, "address"].head(500).tolist()
    assert first != second
    nhs = pd.DataFrame({"number": people["nhs_number"], "who": links["customer_id"]})
    assert nhs.dropna().drop_duplicates()["number"].is_unique


def test_another_seed_gives_another_place(
    tmp_path: Path, again: Path, two_chunks: Path
) -> None:
    other = build(tmp_path / "other", customers=2_000, seed=2011).parent
    assert (other / "events.csv").read_bytes() != (again / "events.csv").read_bytes()
    flags = (two_chunks / "flags.csv").read_bytes()
    assert flags != (again / "flags.csv").read_bytes()


def test_a_folder_that_holds_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ValueError, match="holds files already"):
        build(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("customers", [0, 999, 10_000_001])
def test_sizes_out_of_reach_are_refused(tmp_path: Path, customers: int) -> None:
    with pytest.raises(ValueError, match="customers must be 1,000 to 10,000,000"):
        build(tmp_path, customers=customers)


@settings(max_examples=4)
@given(seed=st.integers(0, 2**32))
def test_whatever_the_seed_only_planted_events_are_found(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("seeded")
    place = build(folder, customers=1_000, seed=seed).parent
    events = events_of(place)
    for rule, found_by in ORACLES.items():
        assert planted(place, rule)
        assert found_by(events) == planted(place, rule)
    shutil.rmtree(folder)
