"""The example is laid out whole or not at all, and never over a user's files."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.errors import InsightError
from insight.shipped import build_example, shipped

ROOT = Path(__file__).parents[2]


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_data_of_a_checkout_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOTALPLACE_DATA", raising=False)
    assert shipped("example") == ROOT / "data" / "example"
    assert shipped() == ROOT / "data"


def test_data_inside_the_package_come_before_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOTALPLACE_DATA", raising=False)
    inside = tmp_path / "insight" / "_data"
    inside.mkdir(parents=True)
    (inside / "fact.csv").write_text("a\n1\n")
    monkeypatch.setattr(
        importlib.resources, "files", lambda _name: tmp_path / "insight"
    )
    assert shipped("fact.csv") == inside / "fact.csv"


def test_the_variable_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fact.csv").write_text("a\n1\n")
    monkeypatch.setenv("TOTALPLACE_DATA", str(tmp_path))
    assert shipped("fact.csv") == tmp_path / "fact.csv"


def test_what_is_nowhere_is_an_error_that_names_all_three_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOTALPLACE_DATA", str(tmp_path))
    with pytest.raises(InsightError, match=r"lack no/such\.csv") as raised:
        shipped("no", "such.csv")
    said = str(raised.value)
    assert str(tmp_path) in said
    assert "_data" in said
    assert str(ROOT / "data") in said
    assert "Install totalplace again" in said


@given(st.text("abcdefgh", min_size=9, max_size=30))
def test_no_made_up_name_is_found(name: str) -> None:
    with pytest.raises(InsightError, match="own data lack"):
        shipped(name)


def test_the_default_example_is_the_carried_one(tmp_path: Path) -> None:
    place = build_example(tmp_path / "deep" / "exampleton")
    assert place == tmp_path / "deep" / "exampleton" / "place.toml"
    assert files_of(place.parent) == files_of(ROOT / "data" / "example")


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    assert build_example(tmp_path / "here").is_file()


def test_another_size_is_generated_and_reports_its_progress(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []

    def progress(done: int, whole: int) -> None:
        seen.append((done, whole))

    place = build_example(tmp_path / "p", customers=2_500, seed=1, progress=progress)
    assert seen == [(2_500, 2_500)]
    assert "2500 customers and seed 1" in (place.parent / "SYNTHETIC.txt").read_text()


def test_an_example_gives_way_only_when_asked(tmp_path: Path) -> None:
    place = build_example(tmp_path / "p")
    place.write_text("changed")
    with pytest.raises(InsightError, match="holds an example place already"):
        build_example(tmp_path / "p")
    assert place.read_text() == "changed"
    build_example(tmp_path / "p", replace=True)
    assert place.read_text().startswith("# Exampleton")


def test_a_folder_without_the_marker_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "place.toml").write_text("mine")
    with pytest.raises(InsightError, match=r"no SYNTHETIC\.txt"):
        build_example(tmp_path / "p", replace=True)
    assert files_of(tmp_path) == {"p/place.toml": b"mine"}


@pytest.mark.parametrize("extra", ["out/report.html", "notes.txt", "truth/mine.csv"])
def test_files_beside_an_example_protect_it(tmp_path: Path, extra: str) -> None:
    place = build_example(tmp_path / "p")
    mine = place.parent / extra
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    with pytest.raises(InsightError, match="beside the example place, such as"):
        build_example(tmp_path / "p", replace=True)
    assert mine.read_text() == "mine"


def test_an_empty_folder_beside_an_example_protects_it(tmp_path: Path) -> None:
    (build_example(tmp_path / "p").parent / "mine").mkdir()
    with pytest.raises(InsightError, match="1 things beside"):
        build_example(tmp_path / "p", replace=True)


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("mine")
    with pytest.raises(InsightError, match="is a file"):
        build_example(tmp_path / "p")


def test_a_run_that_is_broken_off_leaves_nothing(tmp_path: Path) -> None:
    def stop(_done: int, _whole: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_example(tmp_path / "p", customers=2_001, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_an_old_example_outlives_a_replacement_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = build_example(tmp_path / "p")
    before = files_of(place.parent)
    move = Path.rename

    def fail_on_new(path: Path, target: Path) -> Path:
        if path.name == "made":
            msg = "disk is full"
            raise OSError(msg)
        return move(path, target)

    monkeypatch.setattr(Path, "rename", fail_on_new)
    with pytest.raises(OSError, match="disk is full"):
        build_example(tmp_path / "p", replace=True)
    assert files_of(tmp_path / "p") == before
    assert [path.name for path in tmp_path.iterdir()] == ["p"]


@given(st.one_of(st.integers(max_value=1_999), st.integers(min_value=10_000_001)))
def test_sizes_out_of_reach_are_refused(customers: int) -> None:
    with pytest.raises(InsightError, match="2,000 to 10,000,000 customers"):
        build_example(Path("nowhere"), customers=customers)
    assert not Path("nowhere").exists()


def test_a_negative_seed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InsightError, match="a seed of 0 or more, not 2,000 and -1"):
        build_example(tmp_path / "p", seed=-1)
