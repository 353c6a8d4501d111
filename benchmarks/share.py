"""10 million customers with 20 features assigned from segments.json, never in memory.

One process reads Parquet, assigns by the printed SQL and writes Parquet. A sample of
rows must get what Python gives them before any figure is printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import duckdb

from benchmarks.bars import Bar
from benchmarks.contenders import BUILD, compete
from segmentation.share.assigning import assign
from segmentation.share.model import read_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["measure"]

ROWS: Final = {False: 10_000_000, True: 500_000}
SAMPLE: Final = 20_000


def measure(*, quick: bool) -> Iterator[Bar]:
    """Yield CPU and wall seconds, rows a second and the peak memory of the process.

    Parameters
    ----------
    quick
        Half a million customers in place of ten million.

    Raises
    ------
    RuntimeError
        If a row gets another segment than Python gives it.
    """
    rows = ROWS[quick]
    file = BUILD / "bench" / f"customers_{rows}.parquet"
    model, out = file.with_suffix(".json"), BUILD / "bench" / "assigned"
    if not model.exists():
        compete("make_customers.py", file, rows)
        compete("share_make.py", file, model)
    ours = compete("share_assign.py", model, file, out)
    _check(model, file, out / "private" / f"{file.stem}_segments.parquet")
    size = f"{rows:,} customers x 20 features"
    yield Bar(bar=f"share: CPU s, {size}", value=round(ours.cpu_s, 1))
    yield Bar(bar=f"share: wall s, {size}", value=round(ours.wall_s, 1))
    yield Bar(bar="share: rows a second of wall", value=round(rows / ours.wall_s))
    yield Bar(bar="share: peak GB", value=round(ours.peak_gb, 2), goal="<= 2")


def _check(model: Path, file: Path, assigned: Path) -> None:
    known = read_model(model.read_text(encoding="utf-8"))
    both = (
        duckdb.connect()
        .execute(
            f"SELECT * FROM '{file}' JOIN '{assigned}' USING (customer_id) "
            f"WHERE hash(customer_id) % 1000 < 1000.0 * {SAMPLE} / "
            f"(SELECT count(*) FROM '{file}')"
        )
        .df()
    )
    ours = assign(known, both).segments
    same = (ours.fillna("none") == both["segment"].fillna("none")).sum()
    if not 0 < len(both) == same:
        msg = f"{same:,} of {len(both):,} rows get what Python gives. Find out why."
        raise RuntimeError(msg)
