"""Whole little places, one for each way to ask for segments, and what goes wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from insight import check_place, run_place
from insight.cli import app
from place import PlaceError, read_place

if TYPE_CHECKING:
    from pathlib import Path

runner = CliRunner()
HOMES = '[segments.blocks.homes]\nweight = 3\nvariables = ["Flats", "Owned homes"]\n'
AREAS = 36
HEAD = '[place]\nname = "Little"\n[tables.areas]\nfile = "areas.csv"\n'
SEGMENTS = "[segments]\nk = 3\nrestarts = 3\nseed = 7\n"
VARIABLES = (
    '[segments.variables]\n"Flats" = "flats / homes"\n"Owned homes" = "owned / homes"\n'
    '"Older people" = "old / population"\n'
)
OUTCOMES = '[outcomes]\n"Illness" = "ill / population"\n'


def areas_of(*, gaps: int = 0, first: int = 0) -> str:
    """Build areas of three kinds: city flats, owned suburbs and the rest."""
    lines = ["area_code,population,homes,flats,owned,old,ill,kind"]
    for n in range(first, first + AREAS):
        kind, odd = n % 3, 7 * n % 31
        flats = "" if n < gaps else str((700, 60, 250)[kind] + odd)
        lines.append(
            f"E{n:03},{2000 + odd},1000,{flats},{(90, 800, 400)[kind] + 2 * odd},"
            f"{(150, 600, 300)[kind] + 3 * odd},{(400, 90, 200)[kind] + odd},"
            f"{('city', 'suburb', 'town')[kind]}"
        )
    return "\n".join([*lines, ""])


def use_of() -> str:
    lines = ["customer_id,area_code,service,agency"]
    for n in range(AREAS):
        many = (40, 10, 20)[n % 3]
        lines += [f"c{n}-{who},E{n:03},Care,Council" for who in range(many)]
    return "\n".join([*lines, ""])


def a_place(folder: Path, options: str, **files: str) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    for name, text in {"areas.csv": areas_of(), **files}.items():
        (folder / name.replace("_csv", ".csv")).write_text(text, encoding="utf-8")
    (folder / "place.toml").write_text(HEAD + options, encoding="utf-8")
    return folder


def run(place: Path, out: Path) -> str:
    done = run_place(read_place(place), out)
    return " ".join(done.sentences) + done.report.read_text(encoding="utf-8")


def table(out: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(
        out / "tables" / f"{name}.csv", encoding="utf-8-sig", dtype="str"
    )


def segments(out: Path) -> dict[str, str]:
    found = table(out, "segment_of_area").set_index("area_code")["segment"]
    return {str(code): str(segment) for code, segment in found.items()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results of a place with one level of segments and an outcome."""
    work = tmp_path_factory.mktemp("plain")
    place = a_place(work / "p", OUTCOMES + SEGMENTS + VARIABLES)
    run(place, work / "o")
    return work


def test_assign_gives_the_segments_of_the_report(plain: Path, tmp_path: Path) -> None:
    model, areas = plain / "o" / "segments.json", plain / "p" / "areas.csv"
    done = runner.invoke(
        app, ["assign", str(model), str(areas), "--out", str(tmp_path)]
    )
    assert done.exit_code == 0, done.output
    given = pd.read_csv(tmp_path / "private" / "areas_segments.csv", dtype="str")
    assert given.set_index("area_code")["segment"].to_dict() == segments(plain / "o")


def test_a_place_that_uses_a_model_gets_the_same_map(
    plain: Path, tmp_path: Path
) -> None:
    model = plain / "o" / "segments.json"
    options = f'[segments]\nmodel = "{model.as_posix()}"\n'
    said = run(a_place(tmp_path / "p", OUTCOMES + options), tmp_path / "o")
    assert segments(tmp_path / "o") == segments(plain / "o")
    names = table(plain / "o", "segments")["name"].tolist()
    assert table(tmp_path / "o", "segments")["name"].tolist() == names
    assert "they were found elsewhere and are applied here" in said
    handed_on = (tmp_path / "o" / "segments.json").read_text(encoding="utf-8")
    checksums = [
        json.loads(text)["checksum"] for text in (handed_on, model.read_text())
    ]
    assert checksums[0] == checksums[1]


def test_a_segment_of_a_model_that_is_not_here_has_no_areas(
    plain: Path, tmp_path: Path
) -> None:
    model = plain / "o" / "segments.json"
    options = OUTCOMES + f'[segments]\nmodel = "{model.as_posix()}"\n'
    head, *rows = areas_of().splitlines()
    fewer = "\n".join([head, *(row for row in rows if not row.endswith("city")), ""])
    run(a_place(tmp_path / "p", options, **{"areas.csv": fewer}), tmp_path / "o")
    whole = table(tmp_path / "o", "segments").set_index("segment")
    assert sorted(whole["areas"]) == ["0", "12", "12"]
    kept = segments(plain / "o")
    assert segments(tmp_path / "o") == {
        code: kept[code] for code in segments(tmp_path / "o")
    }


def test_the_segments_of_last_year_still_fit_the_same_areas(
    plain: Path, tmp_path: Path
) -> None:
    model = (plain / "o" / "segments.json").as_posix()
    options = SEGMENTS + f'previous = "{model}"\n' + VARIABLES
    said = run(a_place(tmp_path / "p", options), tmp_path / "o")
    assert "Last year's segments still fit. 0 of 3 variables moved" in said


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results of a place with a tree of segments."""
    work = tmp_path_factory.mktemp("tree")
    options = '[segments]\nlevels = [3, 8]\nrestarts = 3\navoid = ["Flats"]\n'
    place = a_place(work / "p", OUTCOMES + options + VARIABLES)
    run(place, work / "o")
    return work


def test_a_tree_has_a_table_of_its_groups(tree: Path) -> None:
    groups = table(tree / "o", "segments_group")
    assert len(groups) == 8
    assert groups["code"].str.match(r"^[123][a-h]$").all()
    assert groups["areas"].astype(int).sum() == AREAS
    whole = table(tree / "o", "segments").set_index("segment")["areas"].astype(int)
    by_parent = groups["areas"].astype(int).groupby(groups["code"].str[:1]).sum()
    assert by_parent.to_dict() == whole.to_dict()
    names = [*groups["name"], *table(tree / "o", "segments")["name"]]
    assert not [name for name in names if "flats" in name.lower()]


def test_a_tree_goes_into_the_model_and_comes_back(tree: Path, tmp_path: Path) -> None:
    model, areas = tree / "o" / "segments.json", tree / "p" / "areas.csv"
    done = runner.invoke(
        app, ["assign", str(model), str(areas), "--out", str(tmp_path)]
    )
    assert done.exit_code == 0, done.output
    given = pd.read_csv(tmp_path / "private" / "areas_segments.csv", dtype="str")
    codes = given.set_index("area_code")["segment"]
    report = table(tree / "o", "segment_of_area").set_index("area_code")
    assert codes.to_dict() == report["group"].to_dict()
    assert codes.str[:1].to_dict() == segments(tree / "o")
    assert codes.nunique() == 8


def test_a_tree_of_last_year_is_held_against_the_groups_of_this_year(
    tree: Path, tmp_path: Path
) -> None:
    model = (tree / "o" / "segments.json").as_posix()
    toml = (tree / "p" / "place.toml").read_text(encoding="utf-8")
    options = toml.removeprefix(HEAD).replace(
        "restarts = 3\n", f'restarts = 3\nprevious = "{model}"\n'
    )
    said = run(a_place(tmp_path / "p", options), tmp_path / "o")
    assert "Last year&#39;s segments still fit" in said.replace("'", "&#39;")
    assert "own segments against last: ARI 1.00" in said


def test_the_use_of_services_makes_areas_alike_too(tmp_path: Path) -> None:
    options = (
        '[tables.service_use]\nfile = "use.csv"\n'
        + SEGMENTS
        + VARIABLES
        + '[segments.use]\n"Home care" = "Care"\n'
    )
    place = a_place(tmp_path / "p", options, **{"use.csv": use_of()})
    said = run(place, tmp_path / "o")
    assert "3 segments of 36 areas from 4 variables" in said
    assert f"Use of 1 services is known of {AREAS} of {AREAS} areas" in said
    assert "Home care" in table(tmp_path / "o", "profile")["variable"].tolist()
    apart = table(tmp_path / "o", "use_not_counted").set_index("service")
    assert apart.loc["Home care"].tolist() == ["0", "0", "0"]


@pytest.mark.parametrize(
    ("option", "block", "said"),
    [
        ('categories = ["kind"]\n', "", "kind: suburb"),
        ("correlated = 0.9\n", "", "was left out of what makes areas alike: "),
        ('missing = "median"\n', "", "Flats was missing in 3 areas and filled with"),
        ("", HOMES, "homes weighs 3 in all: Flats, Owned homes."),
        ('transform = "log"\nscale = "z"\n', "", "3 segments of 33 areas"),
        ("", "", "3 areas lack Flats, such as E000."),
    ],
)
def test_each_setting_of_the_features_is_done_and_said(
    tmp_path: Path, option: str, block: str, said: str
) -> None:
    options = SEGMENTS + option + VARIABLES + block
    place = a_place(tmp_path / "p", options, **{"areas.csv": areas_of(gaps=3)})
    assert said in run(place, tmp_path / "o")
    written = json.loads((tmp_path / "o" / "segments.json").read_text(encoding="utf-8"))
    assert len(written["segments"]) == 3


def faults_of(place: Path) -> list[str]:
    with pytest.raises(PlaceError) as found:
        check_place(read_place(place))
    return list(found.value.faults)


def test_every_fault_of_the_settings_of_segments_is_told_at_once(
    tmp_path: Path,
) -> None:
    options = (
        '[outcomes]\n"Illness" = "il / population"\n"Flats too" = "flats / homes"\n'
        '[hotspots]\noutcomes = ["Sickness"]\ndrivers = ["Flat"]\n'
        "[access]\nwithin = 100\n[contact]\n"
        '[drivers]\noutcome = "Sickness"\nfactors = ["Flats"]\n'
        '[targets]\nneed = "Sickness"\nareas = 100\nsegments = ["9"]\n'
        '[people_segments.use]\n"Care" = "Care"\n'
        '[segments]\nlevels = [4, 2]\ncategories = ["knd"]\ncompare = "oac"\n'
        'choose = [9, 2]\navoid = ["Flat"]\nprevious = "broken.json"\n'
        '[segments.use]\n"Care" = "Care"\n'
        '[segments.names]\n"7" = "Nobody"\n'
        '[segments.variables]\n"Flats" = "flts / homes"\n"Owned" = "owned / homes"\n'
    )
    place = a_place(tmp_path / "p", options, **{"broken.json": '{"schema": 9, '})
    found = "\n".join(faults_of(place))
    for said in (
        "[outcomes] 'Illness': 1 faults in the variables",
        "no column is called 'il', the nearest is 'ill'",
        "[hotspots] outcomes: nothing is called 'Sickness'",
        "[hotspots] drivers: nothing is called 'Flat'. Did you mean 'Flats'?",
        "[hotspots]: areas have no boundaries",
        "[access]: needs the table sites",
        "[contact]: needs service_use, or events and people",
        "[drivers] no outcome is called 'Sickness'",
        "[targets] no outcome is called 'Sickness'",
        "[targets] areas: 100 were asked for, and the place has 36",
        "[targets] segments: '9': there is no such segment",
        "[people_segments]: needs the table service_use",
        "[segments] levels: [4, 2] should grow from the top down",
        "[segments] categories: areas have no columns 'knd'",
        "[segments] compare: areas have no column 'oac'",
        "[segments] choose = [9, 2]",
        "[segments] avoid: no variable is called 'Flat'. Did you mean 'Flats'?",
        "[segments] previous: broken.json is not JSON",
        "[segments.use] there is no table 'service_use'",
        "[segments.names] '7': there is no such segment",
        "no column is called 'flts', the nearest is 'flats'",
    ):
        assert said in found, said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            "[segments]\nlevels = [4, 90]\n" + VARIABLES,
            "levels: 90 segments were asked",
        ),
        ("[segments]\nk = 37\n" + VARIABLES, "k: 37 segments were asked of 36 areas"),
        ('[segments]\nmodel = "broken.json"\n', "[segments] model: broken.json is not"),
        (
            SEGMENTS
            + VARIABLES
            + '[segments.blocks.homes]\nweight = 1\nvariables = ["Flat"]\n',
            "blocks name 1 features that are not there: 'Flat'",
        ),
        (
            '[segments]\nk = 2\ncategories = ["kind"]\n',
            "[segments] categories: they set",
        ),
        (
            SEGMENTS + 'correlated = 0.9\nmissing = "refuse"\n' + VARIABLES,
            "missing",
        ),
    ],
)
def test_a_fault_is_found_before_any_room_works_and_is_never_a_traceback(
    tmp_path: Path, options: str, said: str
) -> None:
    files = {"broken.json": "{", "areas.csv": areas_of(gaps=2)}
    place = a_place(tmp_path / "p", options, **files)
    if "36 areas" in said:
        (place / "areas.csv").write_text(areas_of(), encoding="utf-8")
    for command in (["check"], ["run", "--out", str(tmp_path / "o")]):
        done = runner.invoke(app, [command[0], str(place), *command[1:]])
        assert done.exit_code == 1
        assert isinstance(done.exception, SystemExit)
        assert said in " ".join(done.output.split())
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("levels", ["[1, 4]", "[-1, 4]", "[2]", "[2, 3, 4, 5]"])
def test_levels_that_cannot_be_are_refused_as_they_are_read(
    tmp_path: Path, levels: str
) -> None:
    place = a_place(tmp_path / "p", f"[segments]\nlevels = {levels}\n" + VARIABLES)
    with pytest.raises(PlaceError, match=r"\[segments\] levels"):
        read_place(place)
