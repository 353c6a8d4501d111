"""Files as agencies send them: which kind each is, and what other rooms read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from place import PlaceError, Source
from place.reading import ROW, open_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def rows_of(source: Source, **options: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - passed on
    return [
        row
        for batch in open_rows(source, **options).rows()
        for row in batch.to_pylist()
    ]


def fault_of(source: Source) -> str:
    with pytest.raises(PlaceError) as found:
        rows_of(source)
    assert len(found.value.faults) == 1
    return str(found.value)


@pytest.mark.parametrize("name", ["a.xls", "a.ods", "a.doc", "a", "a.gz", "a.json"])
def test_other_kinds_of_file_are_refused_with_the_kinds_that_are_read(
    lay: Callable[..., Path], name: str
) -> None:
    assert "Save it as one of: .csv" in fault_of(Source(file=lay(name, "a\n1\n")))


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet", "a.csv.gz"])
def test_a_file_that_is_gone_or_a_folder_is_an_error_of_ours(
    tmp_path: Path, name: str
) -> None:
    assert name in fault_of(Source(file=tmp_path / name))
    (tmp_path / name).mkdir()
    assert name in fault_of(Source(file=tmp_path / name))


def test_a_reader_of_another_kind_is_used_by_suffix(lay: Callable[..., Path]) -> None:
    readers = {".xes.gz": lambda _: pa.table({"a": ["x", "y"]})}
    rows = rows_of(Source(file=lay("LOG.XES.GZ", b"?")), readers=readers)
    assert rows == [{ROW: 2, "a": "x"}, {ROW: 3, "a": "y"}]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (ValueError("log.xes holds no event. Export it."), "holds no event"),
        (pa.ArrowInvalid("Secret"), "cannot be read as what its name says"),
        (OSError("Secret"), "cannot be read as what its name says"),
    ],
)
def test_what_a_reader_raises_is_an_error_of_the_place(
    lay: Callable[..., Path], wrong: Exception, said: str
) -> None:
    def read(_: Path) -> pa.Table:
        raise wrong

    with pytest.raises(PlaceError, match=said) as found:
        open_rows(Source(file=lay("log.xes", "?")), readers={".xes": read})
    assert "Secret" not in str(found.value)
