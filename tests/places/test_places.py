"""Whole places, run from their place.toml to the report, as a user would."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from insight import run_place
from place import read_place

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
    assert page.count("<title>E00") == 969
    assert "ARI 0.1" in page


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
