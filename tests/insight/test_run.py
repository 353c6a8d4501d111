"""Places with little in them: a run does what it can and says what it could not."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight import Done, check_place, run_place
from insight.errors import InsightError
from insight.settings_faults import wording_faults
from insight.spend import cofog_code
from place import Place, PlaceError, read_place

if TYPE_CHECKING:
    from pathlib import Path

EVENTS = "event_id,customer_id,time,agency,activity,activity_class,need,cost_pounds\n"
NO_PEOPLE = {  # rows of files, agencies looked at, contacts an hour as assumed
    *("rows", "hubs_agency_totals", "hubs_service_totals"),
    "duplication_customers_hours",
}
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
    said = " ".join(done.sentences)
    assert "20 of 40 contacts repeat" in said
    assert "they cost £400 gross, before any audit" in said
    assert "unaudited: sampling and price uncertainty only" in said
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
    assert "[c] customers had [c] contacts" in done.sentences[0]
    assert not re.search(r"\b6\b", " ".join(done.sentences))
    for file in (tmp_path / "o" / "tables").glob("*.csv"):
        if file.stem not in NO_PEOPLE:
            cells = set(re.split(r"[,\s]+", file.read_text(encoding="utf-8-sig")))
            assert not cells & set("1234567"), file.name
    assert "D1-000001" not in page


def test_unknown_cost_is_said_and_is_not_nought(tmp_path: Path) -> None:
    text = contacts(20, "Council", "NHS").replace(",20\n", ",\n")
    done, page = run(a_place(tmp_path / "p", events=EVENTS + text), tmp_path / "o")
    assert "What they cost is not recorded" in " ".join(done.sentences)
    assert "£0" not in page


def test_areas_without_boundaries_still_have_segments(tmp_path: Path) -> None:
    place = a_place(tmp_path / "p", areas=areas(12), options=SEGMENTS)
    done, page = run(place, tmp_path / "o")
    assert "2 segments" in done.sentences[0]
    assert "No map" in page
    assert "Not compared with an existing classification" in page


def faults_of(place: Path) -> tuple[str, ...]:
    """Return what check finds, having seen that run finds the same and stops."""
    with pytest.raises(PlaceError) as checked:
        check_place(read_place(place))
    with pytest.raises(PlaceError) as ran:
        run_place(read_place(place), place.parent / "never")
    assert checked.value.faults == ran.value.faults
    assert not (place.parent / "never").exists()
    return checked.value.faults


def test_a_classification_that_is_not_there_is_named_with_the_nearest(
    tmp_path: Path,
) -> None:
    options = SEGMENTS.replace("k = 2", 'k = 2\ncompare = "popluation"')
    place = a_place(tmp_path / "p", areas=areas(12), options=options)
    (said,) = faults_of(place)
    assert "areas have no column 'popluation'. Did you mean 'population'?" in said


def test_every_fault_of_the_settings_is_told_at_once(tmp_path: Path) -> None:
    options = (
        '[journeys]\nrules = "rules.toml"\n'
        '[journeys.classes]\nAssess = "asess"\nRefer = "refer"\nChat = "no"\n'
        '[spend]\ncollective = ["42"]\nbasis = "actual"\n'
        '[spend.services]\n"Home care" = "99"\n"Stay" = "07.3"\n'
        '[segments]\nk = 2\ncompare = "oac"\navoid = ["odl"]\n'
        '[segments.names]\n"3" = "Nobody"\n'
        '[segments.variables]\nold = "odl / population"\nyoung = "yung"\n'
    )
    place = a_place(
        tmp_path / "p",
        areas=areas(12),
        spend=SPEND + "Grant,Council,local authority,09,7.00,budget\n",
        options=options,
    )
    (place / "rules.toml").write_text("schema = 9\nversion = 1\n", encoding="utf-8")
    found = "\n".join(faults_of(place))
    for said in (
        "rules.toml: [schema]: Input should be 1 (seen: 9)",
        "rules.toml: [version]: ",
        "[journeys.classes] 'Assess': 'asess' is not a class of activity. Did you mean",
        "[journeys.classes] 'Chat'",
        "[spend] collective: '42' is no code",
        "[spend] basis: no line of spend is 'actual'",
        "[spend.services] 'Home care': '99' is no code",
        "[segments] compare: areas have no column 'oac'",
        "[segments] avoid: no variable is called 'odl'. Did you mean 'old'?",
        "[segments.names] '3': there is no such segment",
        "'old': no column is called 'odl', the nearest is 'old'",
        "'young': no column is called 'yung', the nearest is 'young'",
    ):
        assert said in found
    assert "Refer" not in found
    assert "Stay" not in found


def test_more_segments_than_areas_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    options = SEGMENTS.replace("k = 2", "k = 9")
    place = a_place(tmp_path / "p", areas=areas(5), options=options)
    (said,) = faults_of(place)
    assert "9 segments were asked of 5 areas" in said
    assert "Ask for 4 or fewer" in said  # samples hold four of the five


def test_as_many_segments_as_check_allows_can_be_run(tmp_path: Path) -> None:
    options = SEGMENTS.replace("k = 2", "k = 4")
    place = a_place(tmp_path / "p", areas=areas(5), options=options)
    done, _ = run(place, tmp_path / "o")
    assert "4 segments" in done.sentences[0]


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("population / old", "a numerator greater than its denominator"),
        ("word", "should be one column of numbers"),
        ("households", "missing in all 6 areas"),
        ("blank", "'young': missing in all 6 areas"),
        ("same", "do not vary"),
    ],
)
def test_a_variable_that_the_areas_cannot_bear_is_told_by_check(
    tmp_path: Path, variable: str, said: str
) -> None:
    rows = [f"A{n},{100 + n},{n},x,,5" for n in range(6)]
    text = "\n".join(["area_code,population,old,word,blank,same", *rows])
    options = SEGMENTS.replace("young / population", variable)
    place = a_place(tmp_path / "p", areas=text, options=options)
    assert said in "".join(faults_of(place))


def test_faults_of_tables_and_of_settings_are_told_together(tmp_path: Path) -> None:
    options = '[spend.services]\n"Home care" = "99"\n'
    place = a_place(tmp_path / "p", events="event_id\ne1\n", options=options)
    found = "\n".join(faults_of(place))
    assert "needs a column customer_id" in found
    assert "[spend.services] 'Home care'" in found


@given(code=st.text(max_size=6))
def test_a_code_is_a_fault_just_where_cofog_has_none(code: str) -> None:
    place = Place.model_validate(
        {"place": {"name": "p"}, "spend": {"services": {"Home care": code}}}
    )
    assert bool(wording_faults(place)) == (cofog_code(code) is None)


def test_no_room_works_where_a_setting_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("insight.run.chapters_of", None)
    options = SEGMENTS + '[journeys.classes]\nAssess = "asess"\n'
    place = a_place(tmp_path / "p", areas=areas(12), options=options)
    with pytest.raises(PlaceError, match="asess"):
        run_place(read_place(place), tmp_path / "o")


@pytest.mark.parametrize("under", ["", "deep/er"])
def test_results_that_cannot_go_there_are_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, under: str
) -> None:
    monkeypatch.setattr("insight.run.open_place", None)
    place = a_place(tmp_path / "p")
    with pytest.raises(InsightError, match=r"is a file\. Name a folder"):
        run_place(read_place(place), place / "place.toml" / under)


def test_a_folder_that_may_not_be_written_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("insight.run.os.access", lambda *_: False)
    with pytest.raises(InsightError, match="you may not write in"):
        run_place(read_place(a_place(tmp_path / "p")), tmp_path / "o" / "deeper")


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


def test_a_run_that_fails_leaves_the_earlier_one_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "o"
    run(a_place(tmp_path / "p", events=EVENTS + contacts(20, "A", "B")), out)
    before = {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}
    other = a_place(tmp_path / "q", areas=areas(12), options=SEGMENTS)
    full = OSError(28, "No space left on device")
    monkeypatch.setattr("insight.run.write_page", Mock(side_effect=full))
    with pytest.raises(OSError, match="No space"):
        run_place(read_place(other), out)
    assert before == {
        file: file.read_bytes() for file in out.rglob("*") if file.is_file()
    }
    assert sorted(each.name for each in tmp_path.iterdir()) == ["o", "p", "q"]


def test_check_counts_rows_and_writes_nothing(tmp_path: Path) -> None:
    text = EVENTS + contacts(3, "A", "B") + "e9,c9,never,A,Assess,assess,home,1\n"
    place = a_place(tmp_path / "p", events=text)
    counts = check_place(read_place(place)).set_index("table")
    figures = ["rows_in", "rows_out", "rejected"]
    assert list(counts.loc["events", figures]) == [7, 6, 1]
    assert sorted(file.name for file in tmp_path.rglob("*")) == [
        "events.csv",
        "p",
        "place.toml",
    ]


def test_errors_of_rooms_are_values_that_a_caller_can_catch() -> None:
    assert issubclass(InsightError, ValueError)
    assert issubclass(PlaceError, ValueError)


def test_a_column_that_no_contract_has_is_named(tmp_path: Path) -> None:
    text = (EVENTS + contacts(3, "A", "B")).replace("cost_pounds", "Cost (£)")
    place = a_place(tmp_path / "p", events=text)
    counts = check_place(read_place(place)).set_index("table")
    assert counts.loc["events", "unused"] == "Cost (£)"
    _, page = run(place, tmp_path / "o")
    assert "Cost (£)" in page
