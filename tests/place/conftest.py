"""A desk to lay files on, and the short way through the checks."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow.parquet as pq
import pytest

from place import CONTRACTS, OpenPlace, PlaceError, Source, open_place, read_place
from place.checking import Checked, check_table
from place.reading import open_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


HEAD = '[place]\nname = "Leicester"\ntime_zone = "Europe/London"\n'


class Check(Protocol):
    """Check files against a contract: stored rows, and what came of each file."""

    def __call__(
        self, table: str, *sources: Source, zone: str | None = "Europe/London"
    ) -> tuple[list[dict[str, Any]], list[Checked]]: ...


@pytest.fixture
def lay(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes text (or bytes) to a file of a name."""

    def write(name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        file = tmp_path / name
        raw = content if isinstance(content, bytes) else content.encode(encoding)
        file.write_bytes(raw)
        return file

    return write


@pytest.fixture
def check(tmp_path: Path) -> Check:
    def run(
        table: str, *sources: Source, zone: str | None = "Europe/London"
    ) -> tuple[list[dict[str, Any]], list[Checked]]:
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        target = work / f"{table}.parquet"
        files = [(source, open_rows(source)) for source in sources]
        checked = check_table(CONTRACTS[table], files, zone=zone, target=target)
        assert [file.name for file in work.iterdir()] == [target.name]
        return pq.read_table(target).to_pylist(), checked

    return run


@pytest.fixture
def faults_of(check: Check) -> Callable[..., tuple[str, ...]]:
    """Return what checks files and returns the faults that it stops at."""

    def run(
        table: str, *sources: Source, zone: str | None = "Europe/London"
    ) -> tuple[str, ...]:
        with pytest.raises(PlaceError) as found:
            check(table, *sources, zone=zone)
        return found.value.faults

    return run


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., OpenPlace]:
    """Return what opens the place that these blocks describe."""

    def run(blocks: str, **options: Any) -> OpenPlace:  # noqa: ANN401 - passed on
        (tmp_path / "place.toml").write_text(HEAD + blocks, encoding="utf-8")
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        return open_place(read_place(tmp_path), work, **options)

    return run


@pytest.fixture(scope="session")
def java() -> None:
    """Skip where Spark could not start."""
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("needs Java, which is not on PATH")
