"""The command line as a person meets it: words, files and exit codes."""

from __future__ import annotations

import contextlib
import csv
import errno
import os
import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, get_args
from unittest.mock import Mock

import pytest
from typer.testing import CliRunner

from insight.cli import app
from place import CONTRACTS, Place, Source

if TYPE_CHECKING:
    from pathlib import Path

runner = CliRunner()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "town"
    assert runner.invoke(app, ["example", str(folder)]).exit_code == 0
    return folder


@pytest.fixture(scope="module")
def out(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    done = runner.invoke(app, ["run", str(town), "--out", str(folder)])
    assert done.exit_code == 0, done.output
    assert str(folder / "report.html") in done.output
    return folder


def test_help_names_every_command() -> None:
    said = runner.invoke(app, ["--help"]).output
    for command in ("init", "example", "check", "run", "report-tables"):
        assert command in said


def test_init_writes_a_template_of_every_table(tmp_path: Path) -> None:
    assert runner.invoke(app, ["init", str(tmp_path / "p")]).exit_code == 0
    for name, contract in CONTRACTS.items():
        file = tmp_path / "p" / "tables" / f"{name}.csv"
        with file.open(encoding="utf-8-sig", newline="") as lines:
            (heading,) = csv.reader(lines)
        assert heading == [column.name for column in contract.columns]


def test_a_fresh_init_can_be_checked_and_run(tmp_path: Path) -> None:
    runner.invoke(app, ["init", str(tmp_path / "p")])
    assert runner.invoke(app, ["check", str(tmp_path / "p")]).exit_code == 0
    done = runner.invoke(
        app, ["run", str(tmp_path / "p"), "--out", str(tmp_path / "o")]
    )
    assert done.exit_code == 0
    assert "Left out" in done.output
    assert (tmp_path / "o" / "report.html").stat().st_size


def test_every_commented_option_of_init_is_understood(tmp_path: Path) -> None:
    runner.invoke(app, ["init", str(tmp_path / "p")])
    file = tmp_path / "p" / "place.toml"
    text = file.read_text(encoding="utf-8")
    head, tail = text.split("# ---", 1)[0], text.split("- options", 1)[1]
    lines = [re.sub(r"^# (?! )", "", line) for line in tail.splitlines()]
    kept = [line for line in lines if re.match(r'^\[|^"|^\w+ = ', line)]
    absent = ("rules", "model", "previous", "store", "area =")  # none of these here
    kept = [line for line in kept if not line.startswith(absent)]
    file.write_text(head + "\n".join(kept), encoding="utf-8")
    done = runner.invoke(app, ["check", str(file)])
    assert done.exit_code == 0, done.output


def test_init_shows_every_option_that_a_place_may_set(tmp_path: Path) -> None:
    runner.invoke(app, ["init", str(tmp_path)])
    text = (tmp_path / "place.toml").read_text(encoding="utf-8")
    blocks = {name: field.annotation for name, field in Place.model_fields.items()}
    for name, block in (blocks | {"tables": Source}).items():
        assert re.search(rf"^(# )?\[+{name}[.\]]", text, re.MULTILINE), name
        held = next((part for part in get_args(block) if part is not str), block)
        for key in getattr(held, "model_fields", ()):
            said = rf"^#? *(.* )?{key} = |\[{name}\.{key}[.\]]"
            assert re.search(said, text, re.MULTILINE), f"{name}.{key}"


def test_words_that_mean_not_known_are_among_the_options_of_a_table(
    tmp_path: Path,
) -> None:
    runner.invoke(app, ["init", str(tmp_path)])
    text = (tmp_path / "place.toml").read_text(encoding="utf-8")
    assert '#   missing = ["NULL"' in text


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    runner.invoke(app, ["init", str(tmp_path)])
    (tmp_path / "place.toml").write_text("mine", encoding="utf-8")
    again = runner.invoke(app, ["init", str(tmp_path)])
    assert again.exit_code == 1
    assert "already holds" in again.output
    assert (tmp_path / "place.toml").read_text(encoding="utf-8") == "mine"


def test_filling_three_tables_by_hand_gives_a_report(tmp_path: Path) -> None:
    place = tmp_path / "p"
    runner.invoke(app, ["init", str(place)])
    tables = place / "tables"
    (tables / "events.csv").write_text(
        "event_id,customer_id,time,agency,activity,need,activity_class,cost_pounds\n"
        + "".join(
            f"e{n}a,c{n},2009-04-01 10:00,Council,Assess,housing,assess,£50.00\n"
            f"e{n}b,c{n},2009-04-11 10:00,NHS,Assess,housing,assess,£80\n"
            for n in range(20)
        ),
        encoding="utf-8",
    )
    rows = "".join(f"A{n},{100 + n},{n},{3 * n % 7 + 1}\n" for n in range(9))
    (tables / "areas.csv").write_text(
        f"area_code,population,old,young\n{rows}", encoding="utf-8"
    )
    (tables / "spend.csv").write_text(
        "source,body,body_kind,cofog,amount_pounds\n"
        "Grant,Council,local authority,09,1000.01\n",
        encoding="utf-8",
    )
    text = (place / "place.toml").read_text(encoding="utf-8")
    for name in ("events", "areas", "spend"):
        text = text.replace(f"# [tables.{name}]", f"[tables.{name}]")
        text = text.replace(
            f'# file = "tables/{name}.csv"', f'file = "tables/{name}.csv"'
        )
    text = text.replace("# time_zone", "time_zone")
    text += (
        "\n[segments]\nk = 2\n[segments.variables]\n"
        'old = "old / population"\nyoung = "young / population"\n'
    )
    (place / "place.toml").write_text(text, encoding="utf-8")
    done = runner.invoke(app, ["run", str(place), "--out", str(tmp_path / "o")])
    assert done.exit_code == 0, done.output
    assert "20 of 40 contacts repeat" in done.output
    assert "£1,600" in done.output or "£1.6k" in done.output
    assert "£1,000" in done.output


def test_a_place_with_errors_lists_all_of_them_and_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "place.toml").write_text(
        "[place]\nnam = 'x'\n[tables.evnts]\nfile = 'no.csv'\n[segmnts]\n",
        encoding="utf-8",
    )
    done = runner.invoke(app, ["check", str(tmp_path)])
    assert done.exit_code == 1
    assert "Did you mean 'name'" in done.output
    assert "Did you mean 'segments'" in done.output


def test_wrong_usage_ends_with_2() -> None:
    assert runner.invoke(app, ["run"]).exit_code == 2
    assert runner.invoke(app, ["no-such-command"]).exit_code == 2


@pytest.mark.parametrize(
    "wrong", [["--customers", "5"], ["--customers", "10000001"], ["--seed", "-1"]]
)
def test_an_example_that_cannot_be_made_is_wrong_usage(
    tmp_path: Path, wrong: list[str]
) -> None:
    done = runner.invoke(app, ["example", str(tmp_path / "e"), *wrong])
    assert done.exit_code == 2
    assert not (tmp_path / "e").exists()


def test_results_named_as_a_file_are_refused_in_one_sentence(
    town: Path, tmp_path: Path
) -> None:
    file = tmp_path / "out"
    file.write_text("mine", encoding="utf-8")
    for target in (file, file / "deeper"):
        done = runner.invoke(app, ["run", str(town), "--out", str(target)])
        assert done.exit_code == 1
        assert "is a file. Name a folder" in done.output
        assert "Traceback" not in done.output
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("command", ["init", "example"])
def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(
    tmp_path: Path, command: str
) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    done = runner.invoke(app, [command, str(tmp_path / "file" / "deeper")])
    assert done.exit_code == 1
    assert "A file stands where a folder should be" in done.output


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "Make room on that disk"),
        (errno.EACCES, "See that you may use it"),
        (errno.EROFS, "a disk that can be written to"),
        (errno.EIO, "Check the path and the disk"),
    ],
)
def test_what_the_machine_refuses_is_told_with_its_path_and_a_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int, said: str
) -> None:
    shut = OSError(code, os.strerror(code), str(tmp_path / "x.csv"))
    monkeypatch.setattr("insight.cli.write_templates", Mock(side_effect=shut))
    done = runner.invoke(app, ["init", str(tmp_path)])
    assert done.exit_code == 1
    assert (
        f"{tmp_path / 'x.csv'} could not be used: {os.strerror(code)}." in done.output
    )
    assert said in done.output


@pytest.mark.parametrize(
    "stop", [KeyboardInterrupt(), RuntimeError("Query interrupted")], ids=repr
)
def test_stopping_it_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stop: BaseException
) -> None:
    monkeypatch.setattr("insight.cli.write_templates", Mock(side_effect=stop))
    done = runner.invoke(app, ["init", str(tmp_path)])
    assert done.exit_code == 130
    assert "Stopped" in done.output


@pytest.mark.parametrize(
    "fault", [KeyError("Mrs Smith"), OSError("Mrs Smith"), ValueError("Mrs Smith")]
)
def test_a_fault_of_the_toolkit_shows_where_and_nobodys_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: Exception
) -> None:
    monkeypatch.setattr("insight.cli.write_templates", Mock(side_effect=fault))
    quiet = runner.invoke(app, ["init", str(tmp_path)])
    assert quiet.exit_code == 1
    kind = type(fault).__name__
    where = rf"An unexpected fault \({kind} at insight/cli.py:\d+\)"
    assert re.search(where, quiet.stderr)
    assert "Mrs Smith" not in quiet.output
    assert "Traceback" not in quiet.output
    monkeypatch.setenv("TOTALPLACE_DEBUG", "1")
    loud = runner.invoke(app, ["init", str(tmp_path)])
    assert loud.exit_code == 1
    assert "Traceback" in loud.stderr
    assert f"{kind}" in loud.stderr
    assert "Mrs Smith" in loud.stderr


def test_no_progress_is_printed_where_nobody_watches(tmp_path: Path) -> None:
    done = runner.invoke(app, ["example", str(tmp_path / "e"), "--customers", "2001"])
    assert done.exit_code == 0
    assert done.stderr == ""
    assert "Made" not in done.output


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal of POSIX")
def test_a_count_of_customers_made_is_shown_on_a_terminal(tmp_path: Path) -> None:
    watched, terminal = os.openpty()
    quiet = ("CI", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
    environment = {k: v for k, v in os.environ.items() if k not in quiet}
    building = subprocess.Popen(  # noqa: S603 - this Python and our own words
        [
            sys.executable, "-m", "insight", "example", str(tmp_path / "e"),
            "--customers", "2001",
        ],
        stdout=subprocess.PIPE,
        stderr=terminal,
        env=environment | {"TERM": "xterm", "COLUMNS": "100"},
    )  # fmt: skip
    os.close(terminal)
    shown = b""
    with contextlib.suppress(OSError):  # what Linux says at the end of a terminal
        while part := os.read(watched, 4096):
            shown += part
    os.close(watched)
    printed, _ = building.communicate()
    assert building.returncode == 0
    assert b"Made 2,001 of 2,001 synthetic customers" in shown
    assert b"Made" not in printed


def test_a_place_with_errors_writes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "out"
    done = runner.invoke(app, ["run", str(tmp_path / "none"), "--out", str(target)])
    assert done.exit_code == 1
    assert not target.exists()


def test_check_writes_nothing(town: Path) -> None:
    before = sorted(town.rglob("*"))
    done = runner.invoke(app, ["check", str(town)])
    assert done.exit_code == 0
    assert "rejected" in done.output
    assert sorted(town.rglob("*")) == before


def test_rejected_rows_of_the_example_are_those_that_were_planted(
    town: Path, out: Path
) -> None:
    with (town / "truth" / "broken_rows.csv").open(encoding="utf-8-sig") as lines:
        planted = {(row["table"], row["row"]) for row in csv.DictReader(lines)}
    found = set()
    for file in (out / "rejected").glob("*.csv"):
        with file.open(encoding="utf-8-sig") as lines:
            found |= {(file.stem, row["row"]) for row in csv.DictReader(lines)}
    assert found == planted


def test_the_report_says_synthetic_in_every_section(out: Path) -> None:
    page = (out / "report.html").read_text(encoding="utf-8")
    sections = page.count("<section")
    assert page.count("Synthetic data") >= sections > 4


def text_of(file: Path) -> str:
    """Return the text of a file; of slides, that of every part in them."""
    if not zipfile.is_zipfile(file):
        return file.read_text(encoding="utf-8")
    with zipfile.ZipFile(file) as parts:
        texts = [parts.read(name) for name in parts.namelist() if "xml" in name]
    return " ".join(text.decode("utf-8") for text in texts)


def test_no_name_of_a_person_or_customer_id_leaves(town: Path, out: Path) -> None:
    with (town / "people.csv").open(encoding="utf-8-sig") as lines:
        people = list(csv.DictReader(lines))
    with (town / "events.csv").open(encoding="utf-8-sig") as lines:
        customers = {row["customer_id"] for row in csv.DictReader(lines)}
    secret = customers | {row["nhs_number"] for row in people if row["nhs_number"]}
    secret |= {row["postcode"] for row in people if row["postcode"]}
    secret |= {row["record_id"] for row in people}
    for file in out.rglob("*"):
        if file.is_file():
            words = set(re.findall(r"[\w-]+", text_of(file)))
            assert not words & secret, file.name


def test_two_runs_give_the_same_tables(town: Path, out: Path, tmp_path: Path) -> None:
    runner.invoke(app, ["run", str(town), "--out", str(tmp_path)])
    for file in (out / "tables").glob("*.csv"):
        assert (tmp_path / "tables" / file.name).read_bytes() == file.read_bytes()


def test_the_reports_own_tables_are_recomputed() -> None:
    said = runner.invoke(app, ["report-tables"]).output
    assert "does not add up; printed 81 %, found 78 %" in said
