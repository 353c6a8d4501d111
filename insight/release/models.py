"""Write what agencies share: a model for all, and assignments for their owner alone.

A model holds no row of anybody. Assignments name each row by its key: they go into
`private/`, a row at a time through the engine, and are never held in memory.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from insight.release.door import Door, _log
from insight.release.inside import PRIVATE_README
from insight.release.paper import put
from insight.release.rules import rule_named
from place.errors import rows_unquoted
from place.sqltext import literal, quoted
from segmentation.share.model_sql import assign_sql

if TYPE_CHECKING:
    from pathlib import Path

    from insight.counted_tables import CountedTable
    from segmentation.share.model import SharedModel

__all__ = ["AssignedRows", "write_assignments", "write_model"]

MODEL: Final = "segments.json"
FORMULA: Final = r"^ *[=+\-@\t\r\n]"


@dataclass(frozen=True, kw_only=True)
class AssignedRows:
    """How many rows of a table got a segment, and where it stands.

    These are counts of an agency's own rows, told to that agency.
    """

    file: Path
    rows: int
    with_segment: int

    def __str__(self) -> str:
        """Say the result as a sentence."""
        lacking = self.rows - self.with_segment
        return (
            f"{self.with_segment:,} of {self.rows:,} rows have a segment; {lacking:,} "
            "have none, since they lack a value: the column `lacks` says which."
        )


def write_model(door: Door, model: SharedModel) -> Path:
    """Write a model to `segments.json`, log it, and return its path.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from insight.release.rules import RULES
    >>> from segmentation.share.feature_specs import Feature
    >>> from segmentation.share.model import GridSteps, Segment, SharedModel
    >>> flats = Feature(name="f", of="f", transform="none", centre=0, spread=100)
    >>> model = SharedModel(
    ...     variables={"f": "flats / homes"},
    ...     features=[flats],
    ...     grid=GridSteps(offset=[0], step=0.25),
    ...     segments=[Segment(code="1", steps=[1], centre={"f": 0.25})],
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     door = Door(Path(folder), RULES["none"], "Anytown", synthetic=True)
    ...     write_model(door, model).name
    'segments.json'
    """
    file = door.out / MODEL
    door.out.mkdir(parents=True, exist_ok=True)
    content = model.text().encode()
    put(file, content)
    _log(
        door,
        content,
        kind="model",
        name=MODEL,
        segments=len(model.leaves),
        checksum=model.checksum,
    )
    return file


def write_assignments(
    out: Path, model: SharedModel, table: CountedTable, name: str, *, kind: str
) -> AssignedRows:
    """Write the segment of each row of a table to `private/NAME`, and log it.

    Parameters
    ----------
    out
        Folder for results.
    model
        What to apply.
    table
        Open, with a key.
    name
        Of the file, without what its kind adds.
    kind
        "csv" or "parquet".

    Returns
    -------
    written
        The file holds the key, `segment` and `lacks`; its owner alone can read it.

    Raises
    ------
    PlaceError
        If the engine stops.
    """
    key = table.key or ""
    folder = out / "private"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    file = folder / f"{name}_segments.{kind}"
    beside = folder / f".{file.name}.new"
    sql = assign_sql(model, table.sql, key, columns=table.columns)
    options = "FORMAT parquet" if kind == "parquet" else "FORMAT csv, HEADER"
    if kind == "csv":
        sql = f"SELECT {_safe(key)}, segment, lacks FROM ({sql})"
    read = f"read_{kind}({literal(beside)}{', all_varchar=true' * (kind == 'csv')})"
    try:
        with rows_unquoted("assigning segments"):
            table.connection.execute(f"COPY ({sql}) TO {literal(beside)} ({options})")
            beside.chmod(0o600)
            counts = f"SELECT count(*), count(segment) FROM {read}"
            ((rows, known),) = table.connection.execute(counts).fetchall()
        put(folder / "README.txt", PRIVATE_README.encode(), mode=0o600)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
        with suppress(OSError):  # it holds something, as it should
            folder.rmdir()
    door = Door(out, rule_named("none"), model.made.place, model.synthetic)
    _log(
        door,
        file,
        kind="record-level",
        name=file.name,
        columns=[key, "segment", "lacks"],
        model=model.checksum,
    )
    return AssignedRows(file=file, rows=int(rows), with_segment=int(known))


def _safe(key: str) -> str:
    """Return SQL for a key that no spreadsheet takes for a formula."""
    cell = f"CAST({quoted(key)} AS VARCHAR)"
    risky = f"regexp_matches({cell}, {literal(FORMULA)})"
    return f"CASE WHEN {risky} THEN '''' || {cell} ELSE {cell} END AS {quoted(key)}"
