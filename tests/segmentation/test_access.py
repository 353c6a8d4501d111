"""Access by hand, and siting against every choice there is."""

from __future__ import annotations

from itertools import combinations
from random import Random  # noqa: TC003 - Hypothesis reads it at run time
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from segmentation import SegmentError
from segmentation.where import siting
from segmentation.where.access import coverage
from segmentation.where.siting import choose_sites
from segmentation.where.travel import Reach, straight_lines, travel_matrix

if TYPE_CHECKING:
    from pathlib import Path

RESIDENTS = pd.Series({"A": 100.0, "B": 60.0, "C": 40.0, "D": 50.0})
TRAVEL = pd.DataFrame(
    [("A", "hub", 5), ("B", "hub", 15), ("C", "hub", 16), ("B", "new", 2)],
    columns=["area_code", "site_id", "minutes"],
)
SITES = pd.DataFrame({"site_id": ["hub", "new"], "status": ["open", "possible"]})
QUARTER = Reach(within=15, unit="minutes")


def test_the_end_of_the_reach_is_within_it() -> None:
    found = coverage(RESIDENTS, TRAVEL, SITES, QUARTER)
    assert found.table["class"].to_dict() == {
        "A": "within reach",
        "B": "within reach",
        "C": "beyond reach",
        "D": "no known route",
    }
    assert found.share == pytest.approx(100 * 160 / 250)
    assert found.without_route == ("D",)
    assert "64.0 % of 250 residents of 4 areas are within 15 minutes" in str(found)


def test_who_is_left_out_is_counted_by_segment() -> None:
    segments = pd.Series({"A": "1", "C": "1", "B": "2"})
    found = coverage(RESIDENTS, TRAVEL, SITES, QUARTER, segments).by_segment
    assert found.loc["1", ["areas", "residents", "beyond"]].tolist() == [2, 140, 40]
    assert found.loc["1", "left_out"] == pytest.approx(100 * 40 / 140)
    assert found.loc["2", "left_out"] == 0
    assert found.loc["no segment", ["no_route", "left_out"]].tolist() == [50, 100]
    assert found["residents"].sum() == RESIDENTS.sum()


def test_the_nearest_open_site_is_the_lower_id_on_a_tie() -> None:
    travel = TRAVEL.assign(site_id=["z", "z", "z", "b"], minutes=[5, 9, 9, 9])
    sites = pd.DataFrame({"site_id": ["z", "b"], "status": "open"})
    found = coverage(RESIDENTS, travel, sites, QUARTER).table
    assert found.loc["B", ["site_id", "travel"]].tolist() == ["b", 9.0]
    assert pd.isna(found.loc["D", "site_id"])


def test_areas_of_unknown_residents_are_listed() -> None:
    people = RESIDENTS.where(RESIDENTS.index != "B")
    found = coverage(people, TRAVEL, SITES, QUARTER)
    assert found.left_out.to_dict() == {"B": "residents are not known"}
    assert "1 areas do not count" in str(found)


def squares(n: int = 3) -> gpd.GeoDataFrame:
    codes = pd.Index([f"E{number}" for number in range(n)], name="area_code")
    shapes = [box(x * 300, 0, x * 300 + 100, 100) for x in range(n)]
    return gpd.GeoDataFrame(geometry=shapes, index=codes, crs="EPSG:27700")


def test_straight_lines_run_between_points_inside() -> None:
    sites = pd.DataFrame({"site_id": ["s", "t"], "area_code": ["E2", "E0"]})
    found = straight_lines(squares(), sites)
    matrix = found.pivot_table(index="area_code", columns="site_id", values="metres")
    assert matrix["s"].tolist() == [600, 300, 0]
    assert matrix["t"].tolist() == [0, 300, 600]


def test_straight_lines_need_metres_and_known_areas() -> None:
    sites = pd.DataFrame({"site_id": ["s"], "area_code": ["X"]})
    with pytest.raises(SegmentError, match="1 of 1 sites lie in no known area: 's'"):
        straight_lines(squares(), sites)
    with pytest.raises(SegmentError, match="a degree is no distance"):
        straight_lines(squares().to_crs(4326), sites.assign(area_code="E0"))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda r, t, s: (r, t.drop(columns="minutes"), s), "travel lacks 'minutes'"),
        (lambda r, t, s: (r, t, s.drop(columns="status")), "sites lacks 'status'"),
        (lambda r, t, s: (pd.concat([r, r]), t, s), "4 areas stand on two rows"),
        (lambda r, t, s: (r, t, pd.concat([s, s])), "2 sites stand on two rows"),
        (lambda r, t, s: (r, pd.concat([t, t]), s), "4 pairs of travel stand on two"),
        (lambda r, t, s: (r, t, s.assign(status="shut")), "also 'shut'"),
        (lambda r, t, s: (-r, t, s), "negative or endless in 'A'"),
        (lambda r, t, s: (r, t.assign(minutes=-1), s), "travel on 4 rows"),
        (lambda r, t, s: (r, t.assign(area_code=list("WXYZ")), s), "codes are the sam"),
        (lambda r, t, s: (r, t, s.assign(status="possible")), "0 of 2 sites are open"),
        (lambda r, t, s: (r * 0, t, s), "for 0 residents"),
    ],
)
def test_bad_tables_are_refused(spoil: object, said: str) -> None:
    with pytest.raises(SegmentError, match=said):
        coverage(*spoil(RESIDENTS, TRAVEL, SITES), QUARTER)  # type: ignore[operator]


@pytest.mark.parametrize("within", [0, -1, float("inf"), float("nan")])
def test_a_reach_is_more_than_nothing(within: float) -> None:
    with pytest.raises(SegmentError, match="is none"):
        Reach(within=within)


def a_town(seed: int, n: int = 14, m: int = 7) -> tuple[pd.Series, ...]:
    """Return residents, travel with ways missing, and sites, one of them open."""
    random = np.random.default_rng(seed)
    residents = pd.Series(
        random.integers(0, 300, n), [f"E{at:02}" for at in range(n)], dtype="float64"
    )
    away = random.integers(1, 40, (n, m)).astype(float)
    away[random.random((n, m)) < 0.15] = np.nan
    travel = pd.DataFrame(away, residents.index, [f"s{at}" for at in range(m)])
    listed = travel.rename_axis("area_code").reset_index()
    listed = listed.melt("area_code", var_name="site_id", value_name="minutes")
    sites = pd.DataFrame(
        {"site_id": travel.columns, "status": ["open"] + ["possible"] * (m - 1)}
    )
    return residents, listed.dropna(), sites


def by_trying_all(
    residents: pd.Series,
    travel: pd.DataFrame,
    sites: pd.DataFrame,
    new: int,
    aim: str,
) -> float:
    """Return the best that any choice of sites reaches."""
    matrix = travel_matrix(residents, travel, sites, QUARTER)
    people = residents.reindex(matrix.index)
    longest = np.nanmax(matrix.to_numpy())
    reached = []
    for extra in combinations(matrix.columns[1:], new):
        nearest = matrix[["s0", *extra]].min(axis=1)
        if aim == "coverage":
            reached.append(-100 * people[nearest <= 15].sum() / people.sum())
        else:
            reached.append((people * nearest.fillna(2 * longest)).sum() / people.sum())
    return abs(min(reached))


@pytest.mark.parametrize("aim", ["coverage", "distance"])
@pytest.mark.parametrize(("seed", "new"), [(0, 1), (1, 2), (2, 2), (3, 3), (4, 6)])
def test_the_choice_is_as_good_as_any(
    seed: int, new: int, aim: Literal["coverage", "distance"]
) -> None:
    residents, travel, sites = a_town(seed)
    found = choose_sites(residents, travel, sites, QUARTER, new=new, aim=aim)
    best = by_trying_all(residents, travel, sites, new, aim)
    assert found.optimal
    assert len(found.chosen) == len(set(found.chosen)) == new
    assert "s0" not in found.chosen
    assert found.after == pytest.approx(best)
    worse = found.greedy_after - found.after
    assert (worse <= 1e-9) if aim == "coverage" else (worse >= -1e-9)


def test_one_at_a_time_can_be_worse_than_all_together() -> None:
    people = pd.Series({"A": 2.0, "B": 3, "C": 3, "D": 2})
    near = {"mid": ["B", "C"], "west": ["A", "B"], "east": ["C", "D"]}
    travel = pd.DataFrame(
        [(area, site, 5) for site, areas in near.items() for area in areas],
        columns=["area_code", "site_id", "minutes"],
    )
    sites = pd.DataFrame({"site_id": list(near), "status": "possible"})
    found = choose_sites(people, travel, sites, QUARTER, new=2)
    assert (found.chosen, found.before, found.after) == (("east", "west"), 0, 100)
    assert (found.greedy, found.greedy_after) == (("east", "mid"), 80)


def test_the_siting_is_said_with_its_proof() -> None:
    found = choose_sites(RESIDENTS, TRAVEL, SITES, QUARTER, new=1, aim="distance")
    assert str(found) == (
        "Opening new, of 1 possible sites, would shorten the mean way to the nearest "
        "site from 14.6 to 11.4 minutes (250 residents of 4 areas; no other choice does"
        " better). Opening the best one at a time would reach 11.4 minutes. From 1 "
        "areas no way is known. From 1 areas no way to an open site is known: it counts"
        " as twice the longest."
    )
    assert found.lost == ("D",)


@pytest.mark.parametrize("new", [0, 2, -1])
def test_more_sites_than_are_possible_cannot_be_opened(new: int) -> None:
    with pytest.raises(SegmentError, match=f"{new} new sites were asked for, 1 are"):
        choose_sites(RESIDENTS, TRAVEL, SITES, QUARTER, new=new)


def test_no_solver_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(siting, "SOLVERS", ("NO_SUCH_SOLVER",))
    with pytest.raises(SegmentError, match="no solver is at hand"):
        choose_sites(RESIDENTS, TRAVEL, SITES, QUARTER, new=1)


@settings(max_examples=6)
@given(st.randoms(use_true_random=False), st.integers(0, 99))
def test_row_order_changes_nothing(random: Random, seed: int) -> None:
    residents, travel, sites = a_town(seed)
    first = choose_sites(residents, travel, sites, QUARTER, new=2)
    again = choose_sites(
        residents.sample(frac=1, random_state=random.randrange(99)),
        travel.sample(frac=1, random_state=random.randrange(99)),
        sites.sample(frac=1, random_state=random.randrange(99)),
        QUARTER,
        new=2,
    )
    assert first == again


@settings(max_examples=15)
@given(st.integers(0, 500))
def test_more_reach_never_leaves_more_people_out(seed: int) -> None:
    residents, travel, sites = a_town(seed)
    shares = [
        coverage(residents, travel, sites, Reach(within=each, unit="minutes")).share
        for each in (5, 15, 40)
    ]
    assert shares == sorted(shares)


@pytest.mark.fixtures
def test_stroke_units_are_within_the_hour_for_nearly_all(fixtures: Path) -> None:
    folder = fixtures / "segmentation/service_use"
    travel = pd.read_parquet(folder / "nearest_stroke_unit_minutes_lsoa11.parquet")
    admitted = pd.read_parquet(
        folder / "stroke_admissions_per_year_2017_2019_lsoa11.parquet"
    )
    column = {"lsoa": "area_code", "nearest_unit": "site_id"}
    travel = travel.rename(columns=column)
    sites = pd.DataFrame({"site_id": travel["site_id"].unique(), "status": "open"})
    need = travel["area_code"].map(admitted.set_index("area")["admissions"])
    need.index = pd.Index(travel["area_code"])
    found = coverage(need, travel, sites, Reach(within=30, unit="minutes"))
    within = travel["minutes"].to_numpy() <= 30
    expected = 100 * np.nansum(need[within]) / np.nansum(need)
    assert found.share == pytest.approx(expected)
    assert 70 < found.share < 100
