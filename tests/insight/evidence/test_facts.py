"""The facts that ship: as found, with their gaps, and with no score among them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from insight import shipped
from insight.errors import InsightError
from insight.evidence import COMPONENTS, flags_per_place
from insight.evidence.facts import (
    evidence_index,
    flag_sources,
    insight_pilots,
    national_figures,
    other_area_flags,
    pilot_flags,
    theme_flags,
    themes,
)
from insight.spend import table_1

if TYPE_CHECKING:
    from pathlib import Path

COMPONENT_OF = dict(
    zip(
        ["demonstrating value", "people and skills", "process", "data and systems"],
        COMPONENTS,
        strict=True,
    )
)


def real(fixtures: Path, name: str) -> pd.DataFrame:
    frame = pd.read_csv(fixtures / "evidence" / name, dtype=str, keep_default_na=False)
    return frame.mask(frame == "")


def whole(column: pd.Series[str]) -> pd.Series[int]:
    return pd.to_numeric(column).astype("Int64")


@pytest.mark.fixtures
@pytest.mark.parametrize("colour", ["red", "green"])
def test_flags_of_pilot_areas_are_those_found(fixtures: Path, colour: str) -> None:
    found = real(fixtures, "flags_pilot_areas.csv").set_index("caa_area")
    ours = pilot_flags().query(f"colour == {colour!r}").set_index("area")
    assert ours.index.tolist() == found.index.tolist()
    assert ours["place"].tolist() == found["pilot"].tolist()
    assert ours["count"].equals(whole(found[colour]).rename("count"))
    least, most = f"{colour}_min", found.get(f"{colour}_max", found[colour])
    assert ours["minimum"].equals(whole(found[least]).rename("minimum"))
    assert ours["maximum"].equals(whole(most).rename("maximum"))


@pytest.mark.fixtures
def test_an_area_is_known_as_far_as_its_better_known_colour(fixtures: Path) -> None:
    found = real(fixtures, "flags_pilot_areas.csv").set_index("caa_area")["status"]
    order = ["not found", "partial", "found"]
    best = (
        pilot_flags()
        .groupby("area")["status"]
        .agg(lambda each: max(each, key=order.index))
    )
    assert best[found.index].tolist() == found.tolist()


@pytest.mark.fixtures
def test_each_source_of_a_pilot_area_is_the_one_it_was_found_in(
    fixtures: Path,
) -> None:
    found = real(fixtures, "flags_pilot_areas.csv").set_index("caa_area")["source"]
    address = flag_sources()["address"]
    ours = pilot_flags().dropna(subset="source")
    for area, keys in zip(ours["area"], ours["source"], strict=True):
        places = [address[key] for key in keys.split("; ")]
        assert any(found[area].startswith(place) for place in places) or keys == (
            "your-thurrock"
        )


@pytest.mark.fixtures
def test_theme_lists_are_those_found(fixtures: Path) -> None:
    found = real(fixtures, "flags_by_theme.csv")
    ours = pd.read_csv(shipped("reference", "flags_by_theme.csv"))
    assert Counter(zip(ours["theme"], ours["colour"], ours["area"], strict=True)) == (
        Counter(
            zip(
                found["theme"].str.removeprefix("environment: "),
                found["colour"],
                found["area"],
                strict=True,
            )
        )
    )
    for _, row in found.iterrows():
        stated = themes().set_index(["theme", "colour"])["stated"][
            row["theme"].removeprefix("environment: "), row["colour"]
        ]
        words = {"six": "6", "one": None}
        last = row["list_complete"].rstrip(")").split()[-1]
        said = (
            words.get(last, last) if row["theme"] != "environment: flooding" else None
        )
        assert (None if pd.isna(stated) else str(stated)) == said


@pytest.mark.fixtures
def test_national_figures_are_those_found(fixtures: Path) -> None:
    found = real(fixtures, "flags_national.csv")
    digits = found["value"].str.extract(r"^(\d+)")[0]
    assert whole(digits).equals(
        national_figures()["value"].reset_index(drop=True).rename(0)
    )
    status = found["status"].str.extract(r"^(found|derived|not found)")[0]
    assert status.tolist() == national_figures()["status"].tolist()


@pytest.mark.fixtures
@pytest.mark.parametrize("colour", ["red", "green"])
def test_other_areas_are_those_found(fixtures: Path, colour: str) -> None:
    found = real(fixtures, "flags_other_areas.csv").set_index("caa_area")[colour]
    ours = other_area_flags().query(f"colour == {colour!r}").set_index("area")
    assert ours["count"].equals(whole(found).rename("count").rename_axis("area"))


@pytest.mark.fixtures
def test_the_evidence_index_points_at_the_lines_found(fixtures: Path) -> None:
    found = real(fixtures, "report_evidence.csv")
    ours = evidence_index()
    assert list(
        zip(
            found["pilot"],
            found["component"].map(COMPONENT_OF),
            found["phase"].str.split().str[0],
            found["seed_lines"],
            strict=True,
        )
    ) == list(
        zip(ours["place"], ours["component"], ours["phase"], ours["lines"], strict=True)
    )
    paraphrases = set(found["what_it_says (paraphrase)"])
    assert not paraphrases & set(ours["says"]), "these are words of another"
    weak = found["what_it_says (paraphrase)"].str.contains("weak", regex=False)
    assert ours["thin"].notna().tolist() == weak.tolist()


@pytest.mark.fixtures
def test_as_many_components_can_be_coded_as_were_found(fixtures: Path) -> None:
    found = real(fixtures, "report_codability.csv").set_index("pilot")
    before = evidence_index().query("phase == 'before'").groupby("place").size()
    assert before[found.index].tolist() == [
        int(many) for many in found["components_with_text_before_CAA"]
    ]
    lines = insight_pilots()["lines_naming_it"]
    assert lines.tolist() == [int(many) for many in found["lines_naming_it"]]


def test_nothing_that_ships_scores_maturity() -> None:
    folder = shipped("reference")
    files = [*folder.glob("flag*.csv"), *folder.glob("insight*.csv")]
    for file in (each for each in files if each.stem != "insight_rubric"):
        columns = pd.read_csv(file, nrows=0).columns
        assert not {"score", "level", "maturity", "coder"} & set(columns), file.name
    assert set(evidence_index()) == {
        *("place", "component", "phase", "lines", "says", "thin", "limit")
    }


def test_a_count_that_was_not_found_is_blank_and_is_not_filled_in() -> None:
    flags = pilot_flags()
    assert len(flags) == 62
    assert flags.groupby("place")["area"].nunique().sum() == 31
    found = flags["status"] == "found"
    assert (flags["count"].notna() == found).all()
    assert found.sum() == 8
    assert flags[flags["status"] == "not found"]["minimum"].eq(0).all()
    assert flags[flags["status"] == "partial"]["minimum"].ge(1).all()
    green = (flags["colour"] == "green") & ~found
    assert flags[green]["maximum"].isna().all()


def test_three_pilots_of_thirteen_have_all_their_flags() -> None:
    places = flags_per_place(pilot_flags())
    whole = places[places["red"].notna() & places["green"].notna()]
    assert whole.index.tolist() == ["Birmingham", "Kent", "Worcestershire"]
    assert whole["red"].tolist() == [1, 0, 2]
    manchester = places.loc["Manchester city region and Warrington"]
    assert (manchester["areas"], manchester["red_unknown"]) == (11, 10)
    assert (manchester["red_minimum"], manchester["red_maximum"]) == (4, 23)


def test_a_complete_list_makes_true_zeros_of_the_rest() -> None:
    housing = pilot_flags("housing", colour="red")
    assert housing.query("count == 1")["area"].tolist() == [
        "Dorset",
        "Luton",
        "Trafford",
    ]
    assert len(housing) == 31
    assert housing["count"].sum() == 3
    children = pilot_flags("children's services", colour="red")
    assert children.query("count == 1")["area"].tolist() == ["Warrington"]
    assert not flags_per_place(housing)["red"].isna().any()


@pytest.mark.parametrize(
    ("theme", "colour"), [("flooding", "green"), ("housing", "blue"), ("roads", "red")]
)
def test_a_list_that_is_not_whole_makes_no_zeros(theme: str, colour: str) -> None:
    with pytest.raises(InsightError, match=r"no complete list of .* Complete are"):
        pilot_flags(theme, colour=colour)  # type: ignore[arg-type]


def test_complete_lists_are_as_long_as_their_source_says() -> None:
    complete = themes().query("complete")
    assert complete["listed"].tolist() == [17, 4, 6, 8, 3, 4]
    for theme, colour in zip(complete["theme"], complete["colour"], strict=True):
        listed = theme_flags(theme, colour)
        assert listed["area"].is_unique


def test_pilots_are_those_of_the_reports_tables() -> None:
    pilots = insight_pilots()
    assert set(pilots["pilot_key"]) == set(table_1().index) - {"total"}
    assert (
        set(pilots.index)
        == set(pilot_flags()["place"])
        == set(evidence_index()["place"])
    )


def test_every_component_and_phase_has_its_own_name() -> None:
    index = evidence_index()
    assert set(index["component"]) == set(COMPONENTS)
    assert set(index["phase"]) == {"before", "after"}
    assert not index.duplicated(["place", "component", "phase"]).any()
    assert index["says"].str.endswith(".").all()


def test_a_source_that_is_not_listed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "reference"
    folder.mkdir()
    (folder / "flag_sources.csv").write_text("source,address\nhere,x\n", "utf-8")
    file = folder / "flags_other_areas.csv"
    file.write_text("area,count,source\nYork,1,here; nowhere\n", "utf-8")
    monkeypatch.setenv("TOTALPLACE_DATA", str(tmp_path))
    with pytest.raises(InsightError, match=r"areas.csv names sources \['nowhere'\]"):
        other_area_flags()


def test_every_source_is_used_and_says_where_it_stands() -> None:
    sources = flag_sources()
    assert sources[["publisher", "kind", "address"]].notna().all(axis=None)
    used = pd.concat(
        [
            pilot_flags()["source"],
            pd.read_csv(shipped("reference", "flags_by_theme.csv"))["source"],
            national_figures()["source"],
            other_area_flags()["source"],
        ]
    )
    assert {key for keys in used.dropna() for key in keys.split("; ")} == set(
        sources.index
    )
