"""Whole places, run from their place.toml to the report, as a user would."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from insight import run_place
from insight.cli import app
from place import read_place
from segmentation.share.assigning import assign
from segmentation.share.model import read_model

HERE = Path(__file__).parent
needs_java = pytest.mark.skipif(
    shutil.which("java") is None and "JAVA_HOME" not in os.environ,
    reason="Spark needs Java 17 or newer",
)


def table(out: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(out / "tables" / f"{name}.csv", encoding="utf-8-sig")


def run(place: str, out: Path) -> Path:
    run_place(read_place(HERE / place), out)
    return out


@pytest.fixture(scope="module")
def leicester(fixtures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert fixtures.is_dir()
    return run("leicester", tmp_path_factory.mktemp("leicester"))


@pytest.fixture(scope="module")
def census(fixtures: Path) -> pd.DataFrame:
    folder = fixtures / "segmentation" / "oac2011"
    counts = pd.read_parquet(folder / "leicester_oa11_167vars_with_oac2011.parquet")
    counts["population"] = counts["Total_Population"]
    counts["households"] = counts["Total_Households"]
    return counts.rename(columns={"OA11CD": "area_code"}).set_index("area_code")


@pytest.fixture(scope="module")
def permits(fixtures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert fixtures.is_dir()
    return run("permits", tmp_path_factory.mktemp("permits"))


@pytest.fixture(scope="module")
def incidents(fixtures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert fixtures.is_dir()
    return run("incidents", tmp_path_factory.mktemp("incidents"))


@pytest.mark.fixtures
def test_leicester_puts_every_output_area_on_the_map(leicester: Path) -> None:
    areas = table(leicester, "segment_of_area")
    assert len(areas) == 969
    assert areas["segment"].nunique() == 8
    page = (leicester / "report.html").read_text(encoding="utf-8")
    assert page.count("<title>E00") == 8 * 969  # on each of the eight maps
    assert "ARI 0.1" in page


@pytest.mark.fixtures
def test_the_groups_of_leicester_part_its_segments(leicester: Path) -> None:
    groups = table(leicester, "segments_group")
    assert len(groups) == 21
    whole = table(leicester, "segments").set_index("segment")["areas"]
    parts = groups["areas"].groupby(groups["code"].str[:1].astype(int)).sum()
    assert parts.to_dict() == whole.to_dict()
    ethnic = "residents|born|English"  # never what a segment is named after
    assert not groups["name"].str.contains(ethnic).any()


@pytest.mark.fixtures
def test_the_model_of_leicester_gives_its_areas_their_groups_again(
    leicester: Path, census: pd.DataFrame
) -> None:
    model = read_model((leicester / "segments.json").read_text(encoding="utf-8"))
    groups = table(leicester, "segment_of_area").set_index("area_code")["group"]
    given = assign(model, census).segments
    assert given[groups.index].tolist() == groups.tolist()


@pytest.mark.fixtures
def test_the_gini_of_leicester_is_that_of_a_plain_lorenz_curve(
    leicester: Path, census: pd.DataFrame
) -> None:
    segments = table(leicester, "segment_of_area").set_index("area_code")["segment"]
    ill = (census["u108"] + census["u109"]).groupby(segments).sum()
    people = census["population"].groupby(segments).sum()
    order = (ill / people).sort_values(ascending=False).index
    so_far = np.append(0, ill[order].cumsum() / ill.sum())
    width = people[order].to_numpy() / people.sum()
    gini = (width * (so_far[1:] + so_far[:-1])).sum() - 1
    need = table(leicester, "need").set_index("outcome")
    ours = need[need["classification"] != "supgrpname"]
    assert ours.loc["people in bad or very bad health", "gini"] == round(gini, 3)
    official = need[need["classification"] == "supgrpname"]
    assert len(ours) == 5
    assert (ours["gini"] > official["gini"]).all()
    assert (ours["low"] <= ours["gini"]).all()
    assert (ours["gini"] <= ours["high"]).all()


@pytest.mark.fixtures
def test_the_hot_areas_of_leicester_lie_above_the_place(
    leicester: Path, census: pd.DataFrame
) -> None:
    name = "hotspots_people_in_bad_or_very_bad_health"
    found = table(leicester, name).set_index("area_code")
    assert len(found) == 969
    ill = 100 * (census["u108"] + census["u109"]) / census["population"]
    by_class = ill.groupby(found["class"]).mean()
    assert by_class["hot"] > 1.5 * by_class["not clear"] > 2 * by_class["cold"]
    shown = pd.to_numeric(found["base"], errors="coerce").dropna()
    assert (shown - census["population"][shown.index]).abs().max() <= 2.5


@pytest.mark.fixtures
def test_residents_of_leicester_within_reach_are_those_a_ruler_finds(
    leicester: Path, fixtures: Path, census: pd.DataFrame
) -> None:
    file = fixtures / "segmentation" / "boundaries" / "leicester_oa11.parquet"
    shapes = gpd.read_parquet(file).set_index("oa_code")
    sites = pd.read_csv(HERE / "leicester" / "sites.csv").set_index("site_id")
    found = table(leicester, "access").set_index("area_code")
    inside = shapes.geometry.representative_point()
    open_sites = inside[sites.loc[sites["status"] == "open", "area_code"]]
    away = inside.apply(lambda point: min(point.distance(site) for site in open_sites))
    near = (away <= 1500)[found.index]
    assert (found["class"] == "within reach").tolist() == near.tolist()
    share = census["population"][near[near].index].sum() / census["population"].sum()
    by_segment = table(leicester, "access_by_segment")
    released = by_segment["within"].sum() / by_segment["residents"].sum()
    assert released == pytest.approx(share, abs=0.001)


@pytest.mark.fixtures
def test_the_list_of_leicester_holds_areas_of_high_need_and_some_are_held_out(
    leicester: Path, census: pd.DataFrame
) -> None:
    listed = table(leicester, "targets").set_index("area_code")
    assert listed["rank"].tolist() == list(range(1, 101))
    assert listed["class"].str.startswith("Held out").sum() == 25
    workless = 100 * (census["u074"] + census["u075"]) / census["households"]
    assert workless[listed.index].min() > workless.median()
    assert len(listed.index.intersection(workless.nlargest(100).index)) > 80


@pytest.mark.fixtures
def test_what_goes_with_bad_health_in_leicester_is_told_with_intervals(
    leicester: Path,
) -> None:
    effects = table(leicester, "drivers")
    assert effects.groupby("level").size().to_dict() == {"between": 5, "within": 5}
    assert (effects["points_low"] < effects["points"]).all()
    assert (effects["points"] < effects["points_high"]).all()
    old = effects.set_index("label").loc["people aged 65 to 89, within segments"]
    assert old["points_low"] > 0


@pytest.mark.fixtures
def test_leicester_shares_the_reports_spend_to_the_penny(
    leicester: Path, fixtures: Path
) -> None:
    spend = pd.read_csv(HERE / "leicester" / "spend.csv")
    census = fixtures / "segmentation" / "oac2011"
    city = pd.read_parquet(census / "leicester_oa11_167vars_with_oac2011.parquet")
    county = pd.read_parquet(census / "leicestershire_oa11_167vars.parquet")
    share = city["Total_Population"].sum() / (
        city["Total_Population"].sum() + county["Total_Population"].sum()
    )
    # Table 1 column B says 6.05bn for the pilot; the city's part is by residents.
    assert spend["amount_pounds"].sum() == pytest.approx(6.05e9 * share, abs=0.02)
    pence = round(spend["amount_pounds"].sum() * 100)
    assert table(leicester, "spend_by_rung")["amount_pence"].sum() == pence


@pytest.mark.fixtures
def test_the_permit_log_is_read_from_xes_with_its_hand_overs(permits: Path) -> None:
    totals = table(permits, "journeys").iloc[0]
    # 8,577 events of 1,434 cases; 5,440 hand-overs, to the nearest 5
    assert totals["events"] == 8575
    assert totals["customers"] == 1435
    assert totals["handovers"] == 5440


MORE = """
[tables.unit_costs]
file = "unit_costs.csv"

[journeys]
one_customer = true

[[redesigns]]
kind = "merge agencies"
name = "One desk"
agencies = ["Group 1", "Group 4"]
into = "One desk"

[compare]
by = "period"
periods = [2010-10-01, 2011-04-01, 2011-10-01]
within_days = 60
permutations = 99
"""
UNIT_COSTS = (
    "basis,activity_class,central_pounds,low_pounds,high_pounds,source\n"
    "default,assess,40,25,60,assumed for this test\n"
)


@pytest.mark.fixtures
def test_the_permit_log_goes_from_costs_to_redesign_by_the_command(
    fixtures: Path, tmp_path: Path
) -> None:
    toml = (HERE / "permits" / "place.toml").read_text(encoding="utf-8")
    near = toml.replace("../../../../shared/fixtures", fixtures.as_posix())
    (tmp_path / "place.toml").write_text(near + MORE, encoding="utf-8")
    (tmp_path / "unit_costs.csv").write_text(UNIT_COSTS, encoding="utf-8")
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["run", str(tmp_path), "--out", str(out)])
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "unaudited: sampling and price uncertainty only" in said
    assert "One desk: the journeys of" in said
    gross = table(out, "duplication_cost").iloc[0]
    # D1 finds 24 assessments: 24 x 40 pounds
    assert (gross["measure"], gross["cost_pence"]) == ("Gross", 24 * 4_000)
    assert gross["low_pence"] < gross["cost_pence"] < gross["high_pence"]
    assert table(out, "duplication_cost_rungs")["basis"].tolist() == ["default"]
    assert set(table(out, "cohorts")["cohort"]) == {
        "from 2010-10-01",
        "from 2011-04-01",
    }
    assert (out / "private" / "customer-a.html").exists()
    assert "nothing made of it" not in said


@pytest.mark.fixtures
def test_incidents_show_the_known_ping_pong(incidents: Path) -> None:
    totals = table(incidents, "journeys").iloc[0]
    # 9,454 hand-overs, 2,394 direct returns, 3,286 revisits, to the nearest 5
    assert totals["handovers"] == 9455
    assert totals["direct_returns"] == 2395
    assert totals["revisits"] == 3285
    rules = table(incidents, "duplication_rules").set_index("rule")
    assert rules.loc["D3 referral ping-pong", "findings"] == 3285


@pytest.mark.fixtures
def test_the_page_says_which_table_would_unlock_what_is_missing(permits: Path) -> None:
    page = (permits / "report.html").read_text(encoding="utf-8")
    assert "the table areas" in page
    assert "Synthetic data" not in page


@pytest.mark.fixtures
@pytest.mark.parametrize("place", ["leicester", "permits", "incidents"])
def test_every_file_that_left_is_in_the_audit_log(
    place: str, request: pytest.FixtureRequest
) -> None:
    out = request.getfixturevalue(place)
    lines = (out / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    logged = {json.loads(line)["name"] for line in lines}
    left = {file.stem for file in out.rglob("*.csv")} | {"report"}
    left |= {file.name for file in out.glob("*.json")} | {"pictures.pptx"}
    left |= {f"pictures/{file.name}" for file in (out / "pictures").iterdir()}
    assert left - {file.stem for file in (out / "rejected").glob("*.csv")} == logged


@pytest.mark.fixtures
@pytest.mark.spark
@needs_java
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_spark_gives_the_permit_log_the_same_tables(
    permits: Path, tmp_path: Path
) -> None:
    toml = (HERE / "permits" / "place.toml").read_text(encoding="utf-8")
    shared = HERE.parents[2] / "shared"
    copy = tmp_path / "place.toml"
    copy.write_text(
        toml.replace("../../../../shared", shared.as_posix())
        + '\n[engine]\nbackend = "spark"\n',
        encoding="utf-8",
    )
    run_place(read_place(copy), tmp_path / "out")
    for file in sorted((permits / "tables").glob("*.csv")):
        again = tmp_path / "out" / "tables" / file.name
        assert again.read_bytes() == file.read_bytes(), file.name
    findings = (permits / "private" / "findings.csv").read_bytes()
    assert (tmp_path / "out" / "private" / "findings.csv").read_bytes() == findings
