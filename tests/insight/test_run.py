"""Places with little in them: a run does what it can and says what it could not."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pytest

from insight import Done, check_place, run_place
from insight.errors import InsightError
from place import PlaceError, read_place

if TYPE_CHECKING:
    from pathlib import Path

EVENTS = "event_id,customer_id,time,agency,activity,activity_class,need,cost_pounds\n"
HEAD = '[place]\nname = "Little"\ntime_zone = "Europe/London"\n'


def a_place(folder: Path, *, options: str = "", **tables: str) -> Path:
    folder.mkdir(exist_ok=True)
    toml = HEAD
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        toml += f'[tables.{name}]\nfile = "{name}.csv"\n'
    (folder / "place.toml").write_text(toml + options, encoding="utf-8")
    return folder


def run(place: Path, out: Path) -> tuple[Done, str]:
    done = run_place(read_place(place), out)
    return done, done.report.read_text(encoding="utf-8")


def contacts(people: int, *agencies: str) -> str:
    return "".join(
        f"e{who}-{at},c{who},2009-04-{at + 1:02} 09:00,{agency},Assess,assess,home,20\n"
        for who in range(people)
        for at, agency in enumerate(agencies)
    )


def areas(count: int) -> str:
    rows = [f"A{n},{100 + n},{n % 5},{n % 3}\n" for n in range(count)]
    return "area_code,population,old,young\n" + "".join(rows)


SEGMENTS = (
    "[segments]\nk = 2\nrestarts = 5\n[segments.variables]\n"
    '"old" = "old / population"\n"young" = "young / population"\n'
)


def test_a_place_with_nothing_says_what_would_unlock_each_thing(tmp_path: Path) -> None:
    done, page = run(a_place(tmp_path / "p"), tmp_path / "o")
    assert done.sentences == []
    assert any("the table events" in said for said in done.left_out)
    assert "the table areas" in page


def test_one_contact_each_draws_no_process(tmp_path: Path) -> None:
    place = a_place(tmp_path / "p", events=EVENTS + contacts(20, "Council"))
    _, page = run(place, tmp_path / "o")
    assert "no process to draw" in page
    assert "No customer was handed" in page


def test_duplication_is_counted_and_costed(tmp_path: Path) -> None:
    place = a_place(tmp_path / "p", events=EVENTS + contacts(20, "Council", "NHS"))
    done, page = run(place, tmp_path / "o")
    assert "20 of the contacts repeat" in done.sentences[0]
    assert "£400 gross, unaudited" in done.sentences[0]
    with (tmp_path / "o" / "private" / "findings.csv").open(
        encoding="utf-8-sig"
    ) as rows:
        findings = list(csv.DictReader(rows))
    assert len(findings) == 20
    assert {row["event_id"][-1] for row in findings} == {"1"}
    assert {row["evidence_ids"][-1] for row in findings} == {"0"}
    assert "e3-1" not in page


def test_few_customers_are_hidden_wherever_they_show(tmp_path: Path) -> None:
    place = a_place(tmp_path / "p", events=EVENTS + contacts(6, "Council", "NHS"))
    done, page = run(place, tmp_path / "o")
    assert "[c] customers had a contact" in done.sentences[0]
    assert not re.search(r"\b6\b", " ".join(done.sentences))
    for file in (tmp_path / "o" / "tables").glob("*.csv"):
        if file.stem != "rows":  # rows of files, not people
            cells = set(re.split(r"[,\s]+", file.read_text(encoding="utf-8-sig")))
            assert not cells & set("1234567"), file.name
    assert "D1-000001" not in page


def test_unknown_cost_is_said_and_is_not_nought(tmp_path: Path) -> None:
    text = contacts(20, "Council", "NHS").replace(",20\n", ",\n")
    done, page = run(a_place(tmp_path / "p", events=EVENTS + text), tmp_path / "o")
    assert "What they cost is not recorded" in done.sentences[0]
    assert "£0" not in page


def test_areas_without_boundaries_still_have_segments(tmp_path: Path) -> None:
    place = a_place(tmp_path / "p", areas=areas(12), options=SEGMENTS)
    done, page = run(place, tmp_path / "o")
    assert "2 segments" in done.sentences[0]
    assert "No map" in page
    assert "Not compared with an existing classification" in page


def test_a_classification_that_is_not_there_is_said(tmp_path: Path) -> None:
    options = SEGMENTS.replace("k = 2", 'k = 2\ncompare = "oac"')
    _, page = run(a_place(tmp_path / "p", areas=areas(12), options=options), tmp_path)
    assert "areas have no column &#39;oac&#39;" in page


def test_names_that_the_place_gives_win(tmp_path: Path) -> None:
    options = SEGMENTS + '[segments.names]\n"1" = "Garden towns"\n'
    done, page = run(
        a_place(tmp_path / "p", areas=areas(12), options=options), tmp_path / "o"
    )
    assert "Garden towns" in done.sentences[0]
    assert "Garden towns" in page


SPEND = "source,body,body_kind,cofog,amount_pounds,basis\n"


def test_spend_by_head_count_claims_no_difference(tmp_path: Path) -> None:
    line = "Grant,Council,local authority,09,100.01,actual\n"
    budget = "Grant,Council,local authority,09,7.00,budget\n"
    place = a_place(
        tmp_path / "p",
        areas=areas(12),
        spend=SPEND + line + budget,
        options='[spend]\nbasis = "actual"\n' + SEGMENTS,
    )
    done, page = run(place, tmp_path / "o")
    assert "every segment costs the same a head" in done.sentences[-1]
    assert "were passed over: £7" in page


def test_spend_without_segments_is_left_out_with_the_reason(tmp_path: Path) -> None:
    line = "Grant,Council,local authority,09,100.01,actual\n"
    done, _ = run(a_place(tmp_path / "p", spend=SPEND + line), tmp_path / "o")
    assert any(said.startswith("Spend per segment") for said in done.left_out)


def test_too_few_places_for_a_test_is_said_with_the_reason(tmp_path: Path) -> None:
    maturity = "place,component,coder,score\nNorth,value,Ann,2\n"
    flags = "place,area,colour,count\nNorth,Ayton,red,1\n"
    done, page = run(
        a_place(tmp_path / "p", maturity=maturity, flags=flags), tmp_path / "o"
    )
    assert "No test of maturity against red flags" in done.sentences[0]
    assert "do not put zero" in page


def test_an_earlier_runs_files_do_not_outlive_it(tmp_path: Path) -> None:
    out = tmp_path / "o"
    run(a_place(tmp_path / "p", events=EVENTS + contacts(20, "A", "B")), out)
    (out / "mine.txt").write_text("keep", encoding="utf-8")
    run(a_place(tmp_path / "q", areas=areas(12), options=SEGMENTS), out)
    assert not (out / "tables" / "handovers.csv").exists()
    assert not (out / "private").exists()
    assert (out / "mine.txt").read_text(encoding="utf-8") == "keep"
    assert len((out / "audit.jsonl").read_text(encoding="utf-8").splitlines()) > 5


def test_a_run_that_fails_leaves_the_earlier_one_alone(tmp_path: Path) -> None:
    out = tmp_path / "o"
    run(a_place(tmp_path / "p", events=EVENTS + contacts(20, "A", "B")), out)
    before = {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}
    broken = a_place(tmp_path / "q", areas=areas(3), options=SEGMENTS.replace("2", "9"))
    with pytest.raises(ValueError, match="9"):
        run_place(read_place(broken), out)
    assert before == {
        file: file.read_bytes() for file in out.rglob("*") if file.is_file()
    }
    assert sorted(each.name for each in tmp_path.iterdir()) == ["o", "p", "q"]


def test_check_counts_rows_and_writes_nothing(tmp_path: Path) -> None:
    text = EVENTS + contacts(3, "A", "B") + "e9,c9,never,A,Assess,assess,home,1\n"
    place = a_place(tmp_path / "p", events=text)
    counts = check_place(read_place(place)).set_index("table")
    assert counts.loc["events", ["rows_in", "rows_out", "rejected"]].tolist() == [
        7,
        6,
        1,
    ]
    assert sorted(file.name for file in tmp_path.rglob("*")) == [
        "events.csv",
        "p",
        "place.toml",
    ]


def test_errors_of_rooms_are_values_that_a_caller_can_catch() -> None:
    assert issubclass(InsightError, ValueError)
    assert issubclass(PlaceError, ValueError)
