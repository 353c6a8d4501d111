"""National figures and spend a head on the page, from files, and by command."""

from __future__ import annotations

import dataclasses
import sys
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pytest
import typer
from typer.testing import CliRunner

from insight.centre_out_commands import (
    centre_out_command,
    heads,
    table_one,
    weights_template,
)
from insight.chapters.centre_out import centre_out_chapter
from insight.chapters.per_head import per_head_chapter
from insight.errors import InsightError
from insight.release import Door, rule_named
from insight.report import Matrix, Picture, Report, Table, Text, render_page
from place import Contract, OpenPlace, Source, read_place
from place.centre_out_tables import (
    allocation_weights,
    local_figures,
    need_indices,
    own_keys,
    place_keys,
    place_totals,
    regional_spend,
)
from place.checking import check_frame
from place.engine import start_engine
from place.reading import open_rows
from place.tables import CONTRACTS as KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insight.chapters.chapter import Chapter

DATA = Path(__file__).parents[2] / "data"
CONTRACTS: dict[str, Contract] = {
    contract.name: contract
    for contract in (
        allocation_weights(),
        local_figures(),
        need_indices(),
        own_keys(),
        place_keys(),
        place_totals(),
        regional_spend(),
    )
}
FILES = {
    "regional_spend": (
        "region,cofog,amount_pounds\nEast,7,1000\nEast,9,600\nEast,10,-50\n"
    ),
    "place_keys": (
        "place,region,covers,population,households\n"
        "Northton,East,,25,10\nSoutham,East,place,25,14\nEast,East,region,100,50\n"
    ),
    "allocation_weights": (
        "cofog,key,weight\n7,population,1\nother,households,0.5\nother,population,0.5\n"
    ),
    "own_keys": "place,region,key,value\nNorthton,East,jobs,9\nEast,East,jobs,45\n",
    "local_figures": "place,cofog,amount_pounds,evidence\nNorthton,9,140,observed\n",
    "place_totals": "place,cofog,amount_pounds\nSoutham,,380\nSoutham,7,240\n",
    "need_indices": (
        "place,index,value,kind,cofog\n"
        "Northton,Deprivation,10,ratio,\nSoutham,Deprivation,20,ratio,\n"
        "Northton,Health domain,-1,standardised,7\n"
        "Southam,Health domain,1,standardised,7\n"
    ),
}
SPEND = pd.DataFrame(
    {
        "source": "Grant",
        "body": "Council",
        "body_kind": "local authority",
        "cofog": ["07.3", "09", "10"],
        "amount_pence": [21_000, 15_000, 700],
        "nature": None,
        "basis": ["actual", None, "budget"],
        "period": "2008-09",
    }
)
app = typer.Typer()
for command in (centre_out_command, table_one, heads, weights_template):
    app.command(command.__name__.replace("_", "-"))(command)
runner = CliRunner()


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path / "out", rule_named("nhs_1_7_round5"), "X", synthetic=True)


def checked(folder: Path, name: str) -> pa.Table:
    file = folder / f"{name}.csv"
    file.write_text(FILES[name], encoding="utf-8")
    source = Source(file=file)
    kept, result = check_frame(CONTRACTS[name], source, open_rows(source))
    assert result.broken == ()
    return kept.drop_columns(["_row"])


@contextmanager
def opened(folder: Path, *names: str, name: str = "Northton") -> Iterator[OpenPlace]:
    """Open tables behind their contracts, whether or not a place may list them yet."""
    file = folder / "place.toml"
    file.write_text(f'[place]\nname = "{name}"\n[spend]\nbasis = "actual"\n', "utf-8")
    with closing(start_engine("duckdb")) as engine:
        for each in names:
            table = (
                pa.Table.from_pandas(SPEND, preserve_index=False)
                if each == "spend"
                else checked(folder, each)
            )
            engine.register(each, table)
        yield OpenPlace(
            place=read_place(file),
            engine=engine,
            areas=None,
            checked=dict.fromkeys(names, ()),
        )


def tables_of(chapter: Chapter) -> dict[str, pd.DataFrame]:
    tables = {}
    for block in chapter.section.blocks:
        if isinstance(block, Picture):
            tables[block.twin.released.name] = block.twin.released.frame
        elif isinstance(block, Table | Matrix):
            tables[block.released.name] = block.released.frame
    return tables


def texts_of(chapter: Chapter) -> str:
    blocks = [one for one in chapter.section.blocks if isinstance(one, Text)]
    return " ".join(" ".join([*one.paragraphs, *one.points]) for one in blocks)


def page_of(chapter: Chapter, door: Door) -> str:
    return render_page(
        Report(
            place="X",
            period="",
            synthetic=True,
            made=datetime.now(UTC),
            version="0",
            rule=door.rule,
            sections=[chapter.section],
            headlines=chapter.headlines,
            sources=[],
        )
    )


def test_the_whole_chapter_says_what_it_rests_on(tmp_path: Path, door: Door) -> None:
    with opened(tmp_path, *FILES, "spend") as place:
        chapter = centre_out_chapter(place, door)
    tables, texts = tables_of(chapter), texts_of(chapter)
    assert set(tables) == {
        "centre_out", "centre_out_parts", "two_counts", "centre_out_weights",
    }  # fmt: skip
    cofogs = tables["centre_out"].set_index("cofog")
    assert cofogs["centre_pence"].to_dict() == {
        "07": 25_000,
        "09": 14_000,
        "10": -1_125,
    }
    assert cofogs["local_pence"].to_dict() == {"07": 21_000, "09": 15_000, "10": 0}
    assert tables["two_counts"]["place"].tolist() == ["Northton", "Southam", "Total"]
    parts = tables["centre_out_parts"]
    assert parts["amount_pence"].sum() == 37_875 - 36_000
    assert "1 of 3 lines are negative (-£50)" in texts
    assert "10 of 13 places lie within the 80 % interval" in texts
    assert "12 of 13 places lie within the 95 % interval" in texts
    assert "unaudited" in chapter.section.lead
    assert "63% of it is allocated by keys" in chapter.section.lead
    page = page_of(chapter, door)
    assert "none are recovered here" in page


def test_bodies_and_prices_of_the_place_are_used(tmp_path: Path, door: Door) -> None:
    later = FILES["regional_spend"].replace("pounds\n", "pounds,body,period\n")
    text = later.replace("0\n", "0,DH,2009-10\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(FILES, "regional_spend", text)
        with opened(tmp_path, "regional_spend", "place_keys", "spend") as place:
            chapter = centre_out_chapter(
                place,
                door,
                bodies={"Council": "DH"},
                prices={"2008-09": 1.0, "2009-10": 1.1},
            )
    tables = tables_of(chapter)
    assert tables["centre_out_body"]["body"].tolist() == ["DH"]
    parts = tables["centre_out_parts"].set_index("part")["amount_pence"]
    assert parts["period"] == 3_600
    assert parts["missing bodies"] == 0


def test_population_alone_without_a_count_of_its_own(
    tmp_path: Path, door: Door
) -> None:
    with opened(tmp_path, "regional_spend", "place_keys", name="NORTHTON") as place:
        chapter = centre_out_chapter(place, door)
    tables = tables_of(chapter)
    assert set(tables) == {"centre_out", "centre_out_weights"}
    assert tables["centre_out"]["amount_pence"].tolist() == [25_000, 15_000, -1_250]
    assert set(tables["centre_out_weights"]["key"]) == {"population"}
    assert page_of(chapter, door)


def test_a_place_that_keys_do_not_know_is_an_error(tmp_path: Path, door: Door) -> None:
    with (
        opened(tmp_path, "regional_spend", "place_keys", name="Leeds") as place,
        pytest.raises(InsightError, match="no place 'Leeds'"),
    ):
        centre_out_chapter(place, door)
    with (
        opened(tmp_path, "regional_spend") as place,
        pytest.raises(InsightError, match="need the tables"),
    ):
        centre_out_chapter(place, door)


def test_spend_a_head_raw_beside_adjusted(tmp_path: Path, door: Door) -> None:
    with opened(tmp_path, "place_keys", "place_totals", "need_indices", "spend") as one:
        chapter = per_head_chapter(one, door)
    tables = tables_of(chapter)
    assert set(tables) == {"per_head_all_spend", "per_head_07"}
    every = tables["per_head_all_spend"].set_index("place")
    assert every["per_head_pence"].to_dict() == {"Northton": 1_440, "Southam": 1_520}
    assert every["adjusted_1_pence"].to_dict() == {"Northton": 2_160, "Southam": 1_140}
    health = tables["per_head_07"].set_index("place")
    assert health["need_rank_1"].to_dict() == {"Northton": 2, "Southam": 1}
    assert "lines 707-710" in chapter.section.lead
    texts = texts_of(chapter)
    assert "Health domain: not divided by" in texts
    assert "84.6 %" in texts
    page = page_of(chapter, door)
    assert "Northton, raw" in page
    assert "Northton, by Deprivation" in page


def test_without_an_index_raw_figures_carry_a_warning(
    tmp_path: Path, door: Door
) -> None:
    with opened(tmp_path, "place_keys", "spend") as one:
        chapter = per_head_chapter(one, door)
    assert "raw figures alone can mislead" in chapter.section.lead
    with (
        opened(tmp_path, "spend") as one,
        pytest.raises(InsightError, match="no people"),
    ):
        per_head_chapter(one, door)


def test_the_example_tables_keep_their_contracts(
    tmp_path: Path, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(DATA / "generator"))
    import example_centre_out as example  # noqa: PLC0415 - beside the toolkit

    keys = example.make_place_keys(12_000, 2010)
    made = {
        "place_keys": keys,
        "allocation_weights": example.make_allocation_weights(),
        "place_totals": example.make_place_totals(keys, 2010),
        "need_indices": example.make_need_indices(2010),
    }
    for name, frame in made.items():
        monkeypatch.setitem(FILES, name, frame.to_csv(index=False))
    regional = (DATA / "example" / "regional_spend.csv").read_text("utf-8")
    monkeypatch.setitem(FILES, "regional_spend", regional)
    names = [*made, "regional_spend"]
    with opened(tmp_path, *names, "spend", name="Exampleton") as place:
        chapters = [centre_out_chapter(place, door), per_head_chapter(place, door)]
    assert all(page_of(chapter, door) for chapter in chapters)
    for module in [name for name in sys.modules if name.startswith("example_")]:
        monkeypatch.delitem(sys.modules, module)


def test_every_contract_names_its_key_among_its_columns() -> None:
    for contract in CONTRACTS.values():
        names = {column.name for column in contract.columns}
        assert set(contract.key) <= names
        assert len(names) == len(contract.columns)
        assert dataclasses.is_dataclass(contract)


def written(folder: Path, name: str) -> str:
    file = folder / f"{name}.csv"
    file.write_text(FILES[name], encoding="utf-8")
    return str(file)


def test_files_of_national_figures_by_command(tmp_path: Path) -> None:
    spend, keys, weights = (
        written(tmp_path, name)
        for name in ("regional_spend", "place_keys", "allocation_weights")
    )
    out = str(tmp_path / "out")
    args = ["centre-out-command", spend, "--keys", keys, "--weights", weights]
    done = runner.invoke(app, [*args, "--out", out])
    assert done.exit_code == 0, done.output
    assert "Northton: £374" in done.output
    assert "unaudited" in done.output
    table = pd.read_csv(tmp_path / "out" / "tables" / "centre_out_places.csv")
    assert table["amount_pence"].tolist() == [37_375, 39_575]
    assert (tmp_path / "out" / "tables" / "centre_out_by_cofog.csv").is_file()
    alone = runner.invoke(app, ["centre-out-command", spend])
    assert alone.exit_code == 1


def test_a_whole_place_by_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml = '[place]\nname = "Northton"\nsynthetic = true\n'
    for name, contract in CONTRACTS.items():
        monkeypatch.setitem(KNOWN, name, contract)
        written(tmp_path, name)
        toml += f'[tables.{name}]\nfile = "{name}.csv"\n'
    (tmp_path / "place.toml").write_text(toml, encoding="utf-8")
    out = tmp_path / "out"
    done = runner.invoke(app, ["centre-out-command", str(tmp_path), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "National figures give Northton £379" in done.output
    assert "none are recovered here" in (out / "centre-out.html").read_text("utf-8")


def test_table_1_by_command(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    file.write_text(
        'place,centre_pounds,local_pounds\nNorthton,"£8,000",7500\nSoutham,2000,2100\n',
        encoding="utf-8",
    )
    done = runner.invoke(app, ["table-one", str(file), "--out", str(tmp_path / "o")])
    assert done.exit_code == 0, done.output
    assert "a difference of 4.0 %" in done.output


@pytest.mark.parametrize(
    "text",
    [
        "place,centre_pounds\nNorthton,1\n",
        "place,centre_pounds,local_pounds\nNorthton,x,1\n",
        "place,centre_pounds,local_pounds\nNorthton,,1\n",
        "place,centre_pounds,local_pounds\nNorthton,1,1\nNorthton,1,1\n",
    ],
)
def test_files_that_cannot_be_used_end_with_a_code(tmp_path: Path, text: str) -> None:
    file = tmp_path / "counts.csv"
    file.write_text(text, encoding="utf-8")
    assert runner.invoke(app, ["table-one", str(file)]).exit_code == 1
    assert runner.invoke(app, ["heads", str(file)]).exit_code == 1
    assert runner.invoke(app, ["table-one", str(tmp_path / "no.csv")]).exit_code == 1


def test_spend_a_head_by_command(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text(
        "place,people,amount_pounds\nNorthton,10,100\nSoutham,10,200\n", "utf-8"
    )
    needs = written(tmp_path, "need_indices")
    args = ["heads", str(file), needs, "--out", str(tmp_path / "o")]
    done = runner.invoke(app, args)
    assert done.exit_code == 0, done.output
    assert "Adjusted by Deprivation, Northton £15; Southam £15" in done.output
    assert "lines 707-710" in done.output


def test_the_weights_to_begin_with_are_written_once(tmp_path: Path) -> None:
    done = runner.invoke(app, ["weights-template", str(tmp_path / "w")])
    assert done.exit_code == 0, done.output
    text = (tmp_path / "w" / "allocation_weights.csv").read_text("utf-8-sig")
    assert "described in the 2010 report" in text
    assert runner.invoke(app, ["weights-template", str(tmp_path / "w")]).exit_code == 1


def test_a_count_without_a_known_code_is_held_against_all_the_same(
    tmp_path: Path, door: Door
) -> None:
    with opened(tmp_path, *FILES, "spend") as place:
        bare = SPEND.assign(cofog=pd.Series(dtype="string"))
        place.engine.register("spend", pa.Table.from_pandas(bare, preserve_index=False))
        centre, heads_of = (
            centre_out_chapter(place, door),
            per_head_chapter(place, door),
        )
    cofogs = tables_of(centre)["centre_out"].set_index("cofog")
    assert cofogs["local_pence"].to_dict() == {
        "07": 0, "09": 0, "10": 0, "not known": 36_000,
    }  # fmt: skip
    assert "£14 a head" in heads_of.sentences[0]


def test_a_place_by_command_reads_headings_bodies_and_prices_as_its_report_does(
    tmp_path: Path,
) -> None:
    files = {
        "regional_spend": (
            "region,cofog,amount_pounds,body,period\nEast,04.5,1000,DfT,2009-10\n"
        ),
        "place_keys": FILES["place_keys"],
        "spend": (
            "source,body,body_kind,cofog,heading,amount_pounds,period\n"
            "Grant,Council,local authority,,Roads we mend,210,2008-09\n"
        ),
        "headings": "heading,cofog\nRoads we mend,04.5\n",
    }
    toml = (
        '[place]\nname = "Northton"\n[spend.bodies]\nCouncil = "DfT"\n'
        '[spend.prices]\n"2008-09" = 1.0\n"2009-10" = 1.1\n'
    )
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        toml += f'[tables.{name}]\nfile = "{name}.csv"\n'
    (tmp_path / "place.toml").write_text(toml, encoding="utf-8")
    args = ["centre-out-command", str(tmp_path), "--out", str(tmp_path / "out")]
    done = runner.invoke(app, args)
    assert done.exit_code == 0, done.output
    tables = tmp_path / "out" / "tables"
    by_function = pd.read_csv(tables / "centre_out.csv", dtype=str)
    assert by_function.set_index("cofog")["local_pence"].to_dict() == {"04": "21000"}
    assert pd.read_csv(tables / "centre_out_body.csv")["body"].tolist() == ["DfT"]
    parts = pd.read_csv(tables / "centre_out_parts.csv").set_index("part")
    assert parts["amount_pence"]["period"] == 2_100


@pytest.mark.parametrize("amount", ["inf", "1e300", "-1e300", "nan?"])
def test_an_amount_beyond_all_counting_is_refused_in_words(
    tmp_path: Path, amount: str
) -> None:
    file = tmp_path / "places.csv"
    file.write_text(f"place,people,amount_pounds\nNorthton,10,{amount}\n", "utf-8")
    done = runner.invoke(app, ["heads", str(file), "--out", str(tmp_path / "o")])
    assert done.exit_code == 1
    assert "1 cells of 'amount_pounds' are no numbers" in done.output
