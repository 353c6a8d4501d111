"""Each place.toml is a few lines long, and each fault is said with its remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from place import CONTRACTS, Place, PlaceError, Source, read_place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = '[place]\nname = "Leicester"\n'


@pytest.fixture
def faults(lay: Callable[..., Path]) -> Callable[[str], tuple[str, ...]]:
    """Return what reads a place.toml of this text and returns its faults."""
    lay("events.csv", "customer_id\n1\n")

    def run(text: str) -> tuple[str, ...]:
        with pytest.raises(PlaceError) as found:
            read_place(lay("place.toml", text))
        return found.value.faults

    return run


def test_a_place_needs_no_more_than_a_name(lay: Callable[..., Path]) -> None:
    place = read_place(lay("place.toml", HEAD))
    assert place.place.name == "Leicester"
    assert (place.tables, place.engine.backend) == ({}, "duckdb")


def test_a_folder_or_a_text_may_name_the_file(lay: Callable[..., Path]) -> None:
    file = lay("place.toml", "\ufeff" + HEAD)
    assert read_place(file.parent) == read_place(file) == read_place(str(file))


def test_paths_count_from_the_file_and_not_from_here(
    lay: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = lay("place.toml", HEAD + '[tables.events]\nfile = "./events.csv"')
    lay("events.csv", "x")
    monkeypatch.chdir("/")
    (source,) = read_place(file).tables["events"]
    assert source.file == file.parent / "events.csv"


def test_one_table_may_have_several_files(lay: Callable[..., Path]) -> None:
    lay("a.csv", "x")
    lay("b.csv", "x")
    text = '[[tables.events]]\nfile = "a.csv"\n[[tables.events]]\nfile = "b.csv"\n'
    place = read_place(lay("place.toml", HEAD + text))
    assert [one.file.name for one in place.tables["events"]] == ["a.csv", "b.csv"]


def test_settings_do_not_change_afterwards(lay: Callable[..., Path]) -> None:
    place = read_place(lay("place.toml", HEAD))
    with pytest.raises(ValueError, match="frozen"):
        place.place.name = "Leeds"


def test_dates_and_numbers_may_be_constants() -> None:
    given_ = {"period": 2009, "start": "2009-04-01", "cost_pounds": 1.5}
    assert Source(file="a.csv", constants=given_).constants == given_


def test_dates_of_toml_are_the_text_a_file_would_hold(lay: Callable[..., Path]) -> None:
    lay("use.csv", "x")
    text = '[tables.service_use]\nfile = "use.csv"\nconstants = { start = 2009-04-01 }'
    (source,) = read_place(lay("place.toml", HEAD + text)).tables["service_use"]
    assert source.constants == {"start": "2009-04-01"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('nmae = "x"', "[place]: there is no key 'nmae'. Did you mean 'name'?"),
        ("[engine]\nthread = 2", "[engine]: there is no key 'thread'. Did you mean 't"),
        (
            "[tabels.events]",
            "top level: there is no key 'tabels'. Did you mean 'tables'",
        ),
        ("[segments]\nK = 3", "[segments]: there is no key 'K'. Did you mean 'k'?"),
        ("[engine]\nxyz = 1", "Known: backend, memory, threads."),
        (
            '[tables.events]\nfile = "events.csv"\ncolums = {}',
            "[tables.events]: there is no key 'colums'. Did you mean 'columns'?",
        ),
        (
            '[tables.event]\nfile = "events.csv"',
            "[tables.event]: there is no table 'event'. Did you mean 'events'?",
        ),
        (
            '[tables.events]\nfile = "events.csv"\ncolumns = { customerid = "x" }',
            "columns: there is no column 'customerid'. Did you mean 'customer_id'?",
        ),
        (
            '[tables.events]\nfile = "events.csv"\nconstants = { Agency = "x" }',
            "constants: there is no column 'Agency'. Did you mean 'agency'?",
        ),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    faults: Callable[[str], tuple[str, ...]], text: str, said: str
) -> None:
    (fault,) = faults(HEAD + text)
    assert said in fault


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[engine]\nthreads = 'many'", "[engine] threads: Input should be a valid int"),
        ("[engine]\nmemory = 'lots'", "[engine] memory: String should match"),
        (
            "[engine]\nbackend = 'ibis'",
            "'duckdb' or 'spark' (seen: 'ibis'). Correct it",
        ),
        (
            "[segments]\nk = 1",
            "[segments] k: Input should be greater than or equal to 2",
        ),
        ("time_zone = 'BST'", "[place] time_zone: no time zone is called 'BST'"),
        ("name2 = 1", "there is no key 'name2'"),
        ("[tables]\nevents = 'events.csv'", "[tables] events: should be a block"),
        ("[tables]\nevents = []", "[tables] events: names no file"),
        ("[tables.events]", "[tables.events] file: is missing. Add it."),
        ("tables = 3", "there is no key 'tables'"),
    ],
)
def test_a_wrong_value_is_said_with_what_was_seen(
    faults: Callable[[str], tuple[str, ...]], text: str, said: str
) -> None:
    (fault,) = faults(HEAD + text)
    assert said in fault


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("encoding = 'utf-9'", "no encoding of text is called 'utf-9'"),
        ("encoding = 'rot13'", "no encoding of text is called 'rot13'"),
        ("delimiter = ';;'", "at most 1 character"),
        ("delimiter = '\"'", "split by one plain character"),
        ("delimiter = '§'", "split by one plain character"),
        ("time_zone = 'London'", "no time zone is called 'London'"),
        ("time_format = 'dd/mm/yyyy'", "cannot say a day, month and year"),
        ("constants = { agency = true }", "should be one value"),
        ("constants = { agency = ['x'] }", "should be one value"),
        ("columns = { agency = 3 }", "valid string (seen: 3)"),
        ("sheet = 2", "valid string (seen: 2)"),
    ],
)
def test_a_wrong_setting_of_a_file_is_said_once(
    faults: Callable[[str], tuple[str, ...]], key: str, said: str
) -> None:
    (fault,) = faults(f'{HEAD}[tables.events]\nfile = "events.csv"\n{key}')
    assert fault.startswith("place.toml: [tables.events")
    assert said in fault


def test_a_file_that_is_absent_is_answered_with_the_nearest(
    faults: Callable[[str], tuple[str, ...]],
) -> None:
    (fault,) = faults(HEAD + '[tables.events]\nfile = "event.csv"')
    assert "there is no file" in fault
    assert "Did you mean 'events.csv'?" in fault


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (".", "is a folder. Name one file in it."),
        ("", "is a folder. Name one file in it."),
        ("empty.csv", "is empty (0 bytes). Export it again."),
        ("no/such/folder.csv", "there is no file"),
        ("x" * 300, "cannot be opened"),
        ("a\\u0000b", "there is no file"),
        ("~nobody-here/a.csv", "there is no file"),
    ],
)
def test_a_file_that_is_none_is_said_to_be(
    faults: Callable[[str], tuple[str, ...]],
    lay: Callable[..., Path],
    name: str,
    said: str,
) -> None:
    lay("empty.csv", "")
    (fault,) = faults(f'{HEAD}[tables.events]\nfile = "{name}"')
    assert said in fault
    (fault,) = faults(f'{HEAD}[journeys]\nrules = "{name}"')
    assert fault.startswith("[journeys.rules] file")


def test_the_same_block_twice_would_count_twice(
    faults: Callable[[str], tuple[str, ...]],
) -> None:
    block = '[[tables.events]]\nfile = "events.csv"\n'
    (fault,) = faults(HEAD + block + block)
    assert "events.csv stands there twice" in fault


def test_every_fault_is_listed_and_not_only_the_first(
    faults: Callable[[str], tuple[str, ...]],
) -> None:
    text = "[tables.events]\nfil = 3\n[engine]\nthreads = 0\n[segment]\nk = 2\n"
    assert len(faults("nmae = 1\n" + text)) == 6


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name = ", "cannot be read as TOML"),
        (b'[place]\nname = "a\\d"', 'In "quotes" a \\ is written twice'),
        (b'[place]\nname = "M\xf4n"', r"is not text in UTF-8 (line 2)"),
        (b'[place]\nname = ""', "at least 1 character"),
        (b"", "[place]: is missing. Add it."),
    ],
)
def test_a_file_that_is_no_place_is_said_to_be(
    lay: Callable[..., Path], content: bytes, said: str
) -> None:
    with pytest.raises(PlaceError) as found:
        read_place(lay("place.toml", content))
    assert said in str(found.value)


def test_no_file_is_answered_with_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(PlaceError, match=r"there is no such file\. `totalplace init"):
        read_place(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(PlaceError, match="cannot be opened"):
        read_place(tmp_path / "loop" / "place.toml")


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["file", "k", "place", "x"]), inner, max_size=2
        )
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from([*Place.model_fields, "x"]), junk),
    st.dictionaries(st.sampled_from([*Source.model_fields, "x"]), junk),
)
def test_whatever_it_holds_the_fault_is_a_sentence(
    content: dict[str, Any], source: dict[str, Any]
) -> None:
    from place import config  # noqa: PLC0415 - its inside is under test

    content["tables"] = {"events": source}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config, "_toml", lambda _: content)
        with pytest.raises(PlaceError) as found:
            read_place("nowhere/place.toml")
    assert all(fault.endswith((".", "?")) for fault in found.value.faults)


def test_contracts_name_each_column_once_and_keys_are_columns() -> None:
    for name, contract in CONTRACTS.items():
        columns = [column.name for column in contract.columns]
        stored = [column.stored.casefold() for column in contract.columns]
        assert contract.name == name
        assert len(set(stored)) == len(columns)
        assert set(contract.key) <= set(columns)
        assert contract.row_is
    assert CONTRACTS["events"].about_people
    assert not CONTRACTS["spend"].about_people
