"""What a review proved once: figures that got round the door, and runs that stopped."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from insight import run_place
from insight.release import ReleaseError
from place import read_place

if TYPE_CHECKING:
    from pathlib import Path

HEAD = (
    '[place]\nname = "Little"\n[segments]\nk = 2\nrestarts = 5\n[segments.variables]\n'
)
OLD = '"old" = "old / population"\n'
AREAS = "area_code,population,old\n" + "".join(
    f"A{n},{100 + n},{60 if n < 4 else n % 5}\n" for n in range(12)
)
SPEND = (
    "source,body,body_kind,cofog,amount_pounds\n"
    "Grant,Council,local authority,07.3,1000\n"
)
SERVICES = '[spend.services]\n"Stay" = "07.3"\n'


def a_place(folder: Path, *, options: str = OLD, **tables: str) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    toml = HEAD + options
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        toml += f'[tables.{name}]\nfile = "{name}.csv"\n'
    (folder / "place.toml").write_text(toml, encoding="utf-8")
    return folder


def rows(out: Path, name: str) -> list[dict[str, str]]:
    with (out / "tables" / f"{name}.csv").open(encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def use(*people_of_areas: tuple[str, int]) -> str:
    rows = "".join(
        f"{area}-{who},{area},Stay,NHS,10\n"
        for area, people in people_of_areas
        for who in range(people)
    )
    return "customer_id,area_code,service,agency,cost_pounds\n" + rows


def test_spend_of_one_persons_segment_is_hidden(tmp_path: Path) -> None:
    place = a_place(
        tmp_path / "p",
        options=OLD + SERVICES,
        areas=AREAS,
        spend=SPEND,
        service_use=use(("A0", 1), ("A9", 20)),
    )
    done = run_place(read_place(place), tmp_path / "o")
    by_segment = rows(tmp_path / "o", "spend_by_segment")
    assert sorted(row["amount_pence"] == "[c]" for row in by_segment) == [False, True]
    assert all(
        row["per_head_pence"] == "[c]"
        for row in by_segment
        if row["amount_pence"] == "[c]"
    )
    assert "cannot be compared" in done.sentences[-1]


def test_a_segment_that_costs_nothing_does_not_stop_the_run(tmp_path: Path) -> None:
    place = a_place(
        tmp_path / "p",
        options=OLD + SERVICES,
        areas=AREAS,
        spend=SPEND,
        service_use=use(("A9", 20)),
    )
    done = run_place(read_place(place), tmp_path / "o")
    assert "costs nothing" in done.sentences[-1]


def test_use_by_area_alone_shares_spend(tmp_path: Path) -> None:
    by_area = "area_code,service,agency,units\nA0,Stay,NHS,30\nA9,Stay,NHS,10\n"
    place = a_place(
        tmp_path / "p",
        options=OLD + SERVICES,
        areas=AREAS,
        spend=SPEND,
        service_use=by_area,
    )
    run_place(read_place(place), tmp_path / "o")
    amounts = {row["amount_pence"] for row in rows(tmp_path / "o", "spend_by_segment")}
    assert amounts == {"75000", "25000"}


def test_people_without_linked_ids_do_not_stop_the_run(tmp_path: Path) -> None:
    people = "record_id,agency,area_code\nr1,Council,A1\nr2,Council,A9\n"
    place = a_place(tmp_path / "p", areas=AREAS, spend=SPEND, people=people)
    done = run_place(read_place(place), tmp_path / "o")
    assert "£1,000" in " ".join(done.sentences)


def test_spend_without_any_count_of_people_says_so(tmp_path: Path) -> None:
    blank = AREAS.replace("A11,111,", "A11,,")
    place = a_place(
        tmp_path / "p",
        options='"old" = "old"\n',
        areas=blank,
        spend=SPEND,
    )
    done = run_place(read_place(place), tmp_path / "o")
    assert "Spend cannot be shared" in done.sentences[-1]


def test_a_head_is_worked_out_from_protected_people(tmp_path: Path) -> None:
    place = a_place(tmp_path / "p", areas=AREAS, spend=SPEND)
    run_place(read_place(place), tmp_path / "o")
    for row in rows(tmp_path / "o", "spend_by_segment"):
        people = int(row["amount_pence"]) / float(row["per_head_pence"])
        assert people == pytest.approx(int(row["people"]))
        assert int(row["people"]) % 5 == 0


def test_few_people_with_a_trait_are_hidden_in_the_profile(tmp_path: Path) -> None:
    areas = "area_code,population,old\n" + "".join(
        f"A{n},1000,{300 if n < 4 else int(n == 9) * 2}\n" for n in range(12)
    )
    run_place(read_place(a_place(tmp_path / "p", areas=areas)), tmp_path / "o")
    few = [row for row in rows(tmp_path / "o", "profile") if row["count"] == "[c]"]
    assert len(few) == 1
    assert {few[0][name] for name in ("rate", "index", "low", "high")} == {"[c]"}


def test_results_never_replace_what_the_run_reads(tmp_path: Path) -> None:
    place = a_place(tmp_path / "p" / "tables", areas=AREAS)
    with pytest.raises(ReleaseError, match="Choose another folder"):
        run_place(read_place(place), tmp_path / "p")
    assert (place / "areas.csv").read_text(encoding="utf-8") == AREAS


def test_a_folder_of_that_name_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "o" / "tables" / "mine.csv"
    mine.parent.mkdir(parents=True)
    mine.write_text("keep", encoding="utf-8")
    place = a_place(tmp_path / "p", areas=AREAS)
    with pytest.raises(ReleaseError, match="which no run of totalplace made"):
        run_place(read_place(place), tmp_path / "o")
    assert mine.read_text(encoding="utf-8") == "keep"


def events(*contacts: tuple[str, str, str]) -> str:
    lines = "".join(
        f"e{at},{who},2009-04-01T{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}Z,"
        f"{agency},{activity},home,assess,10\n"
        for at, (who, agency, activity) in enumerate(contacts)
    )
    heading = (
        "event_id,customer_id,time,agency,activity,need,activity_class,cost_pounds"
    )
    return f"{heading}\n{lines}"


def a_log(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "events.csv").write_text(text, encoding="utf-8")
    toml = '[place]\nname = "Log"\n[tables.events]\nfile = "events.csv"\n'
    (folder / "place.toml").write_text(toml, encoding="utf-8")
    return folder


def test_an_agency_may_be_called_111_or_total(tmp_path: Path) -> None:
    text = events(*((f"c{n}", a, "5%") for n in range(20) for a in ("111", "Total")))
    done = run_place(read_place(a_log(tmp_path / "p", text)), tmp_path / "o")
    assert "20 of 40 contacts repeat" in done.sentences[1]
    pair = rows(tmp_path / "o", "duplication")[0]
    assert (pair["first_agency"], pair["agency"]) == ("111", "Total")


def test_many_contacts_of_one_customer_stay_one_persons(tmp_path: Path) -> None:
    text = events(*(("c1", "AB"[n % 2], "Ask") for n in range(60)))
    done = run_place(read_place(a_log(tmp_path / "p", text)), tmp_path / "o")
    assert "60" not in done.sentences[0]
    totals = rows(tmp_path / "o", "journeys")[0]
    assert {totals[name] for name in ("events", "handovers", "revisits")} == {"[c]"}
    rules = rows(tmp_path / "o", "duplication_rules")
    assert all(row["naive"] in {"[c]", "0"} for row in rules)
    audit = (tmp_path / "o" / "audit.jsonl").read_text(encoding="utf-8")
    private = [line for line in audit.splitlines() if "record-level" in line]
    assert len(private) == 1
    assert '"rows"' not in private[0]


def test_words_that_few_customers_have_are_not_printed(tmp_path: Path) -> None:
    common = [(f"c{n}", a, "Ask") for n in range(20) for a in "AB"]
    rare = [("c1", "A", "Call to Gwenllian Zzyzx"), ("c1", "B", "Ask")]
    text = events(*common, *rare).replace(",assess,", ",,")
    done = run_place(read_place(a_log(tmp_path / "p", text)), tmp_path / "o")
    for file in (tmp_path / "o").rglob("*"):
        if file.is_file():
            assert b"Gwenllian" not in file.read_bytes(), file.name
    assert "2 activities have no class" in done.report.read_text(encoding="utf-8")


def test_one_contacts_cost_is_not_told(tmp_path: Path) -> None:
    text = events(*((f"c{n}", a, "Ask") for n in range(10) for a in "AB"))
    head, *lines = text.splitlines()
    free = [
        line if at == 1 else line.removesuffix("10") for at, line in enumerate(lines)
    ]
    place = a_log(tmp_path / "p", "\n".join([head, *free]) + "\n")
    run_place(read_place(place), tmp_path / "o")
    pair = rows(tmp_path / "o", "duplication")[0]
    assert (pair["findings"], pair["cost_pence"]) == ("10", "[c]")


def test_no_findings_is_not_no_cost(tmp_path: Path) -> None:
    text = events(*((f"c{n}", "A", "Ask") for n in range(20)))
    done = run_place(read_place(a_log(tmp_path / "p", text)), tmp_path / "o")
    assert "not recorded" not in done.sentences[0]


def test_spend_of_customers_in_no_segment_is_told_apart(tmp_path: Path) -> None:
    place = a_place(
        tmp_path / "p",
        options=OLD + SERVICES,
        areas=AREAS,
        spend=SPEND,
        service_use=use(("A0", 20), ("A9", 20), ("elsewhere", 40)),
    )
    done = run_place(read_place(place), tmp_path / "o")
    by_name = {row["name"]: row for row in rows(tmp_path / "o", "spend_by_segment")}
    assert by_name["segment not known"]["amount_pence"] == "50000"
    assert "over 40 customers" in done.sentences[-1]
    assert rows(tmp_path / "o", "customers")[0]["with_segment"] == "40"


def test_steps_of_one_busy_customer_do_not_crowd_out_the_rest(tmp_path: Path) -> None:
    busy = [("c0", "A", f"Odd {n % 30:02}") for n in range(900)]
    rest = [(f"c{n}", "A", step) for n in range(1, 21) for step in ("Ask", "Answer")]
    place = a_log(tmp_path / "p", events(*busy, *rest))
    done = run_place(read_place(place), tmp_path / "o")
    assert [
        (row["source"], row["target"]) for row in rows(tmp_path / "o", "process")
    ] == [("Ask", "Answer")]
    assert "Odd" not in done.report.read_text(encoding="utf-8")
