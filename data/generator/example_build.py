"""Build the whole example place: stream its customers, then write what is small."""

from __future__ import annotations

import contextlib
import string
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from example_areas import make_areas
from example_audit import make_audit, make_unit_costs
from example_broken import FIRST_ROW, broken_events, broken_rows, broken_spend
from example_centre_out import (
    make_allocation_weights,
    make_need_indices,
    make_place_keys,
    make_place_totals,
)
from example_customers import CHUNK, make_chunk
from example_draws import numbered
from example_events import customers_by_need, events_table, make_events, truth_table
from example_evidence import make_flags, make_journey_maps, make_maturity
from example_files import Sheet
from example_headings import add_lines, make_headings, make_spend_expected
from example_people import links_table, make_records, people_table
from example_routes import (
    make_control,
    make_own_income,
    make_programmes,
    make_transfers,
)
from example_savings import (
    make_prevention,
    make_priority_grids,
    make_priority_levels,
    make_savings,
)
from example_spend import make_regional_spend, make_spend
from example_survey import make_service_costs, make_survey_use
from example_tally import Tally
from example_use import make_use, use_table
from example_where import make_nation, make_outcomes, make_sites, make_travel
from example_world import AGENCIES

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from example_areas import Areas
    from example_customers import Chunk
    from example_files import Kind

__all__ = ["build"]

TEMPLATE = Path(__file__).with_name("example_place.toml")
SMALLEST, LARGEST = 1_000, 10_000_000
SMALL = 20_000  # customers up to which tables are CSV
MARKER = "SYNTHETIC.txt"
BY_CHUNK = ("people", "service_use", "events", "truth/links", "truth/duplicates")
NOTICE = """\
SYNTHETIC DATA. Exampleton does not exist. Every person, record, address, event,
amount and score in this folder was drawn at random by totalplace's own
generator, with {customers} customers and seed {seed}. Names are invented,
postcodes are of an area (ZZ) that has none, NHS numbers are of the test range 999.

A folder that holds this file may be replaced by `totalplace example --replace`,
as long as it holds no files beside these:

{files}
"""


def build(
    target: Path,
    *,
    customers: int = 2_000,
    seed: int = 2010,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the place into a folder and return the path of its `place.toml`.

    Parameters
    ----------
    target
        A folder that is absent or empty.
    customers
        How many people are customers of some agency: 1,000 to 10,000,000. The
        place has about six times as many residents.
    seed
        The same seed and number of customers give the same files.
    progress
        Called after each chunk with the customers done and to do.

    Raises
    ------
    ValueError
        If the folder holds something, or the number is out of reach.
    """
    if not SMALLEST <= customers <= LARGEST:
        msg = f"customers must be {SMALLEST:,} to {LARGEST:,}, not {customers:,}."
        raise ValueError(msg)
    if target.exists() and any(target.iterdir()):
        msg = f"{target} holds files already. Name a folder that is absent or empty."
        raise ValueError(msg)
    kind: Kind = "csv" if customers <= SMALL else "parquet"
    areas = make_areas(customers, seed)
    tally = Tally()
    with contextlib.ExitStack() as stack:
        sheets = {
            name: stack.enter_context(Sheet(target / name, kind)) for name in BY_CHUNK
        }
        for at in range(-(-customers // CHUNK)):
            chunk = make_chunk(areas, at, customers, seed)
            events, truth = _write_chunk(sheets, areas, chunk, tally)
            if at == 0:
                spoilt = broken_events(events, kind)
                times = customers / chunk.size
                audit = make_audit(events, truth, seed, times=times)
            if progress is not None:
                progress(min(customers, (at + 1) * CHUNK), customers)
        first_spoilt = sheets["events"].rows + FIRST_ROW
        sheets["events"].append(spoilt)
    outcomes = make_outcomes(areas, seed)
    hot = outcomes.pop("planted_hotspot")
    areas.frame.assign(**outcomes).to_parquet(target / "areas.parquet", index=False)
    small = _small_tables(areas, tally, seed, spoilt, first_spoilt)
    small["truth/area_types"]["planted_hotspot"] = hot
    small["audit"] = audit
    for name, frame in small.items():
        frame.to_csv(
            target / f"{name}.csv",
            index=False,
            float_format="%.2f",
            lineterminator="\n",
        )
    template = string.Template(TEMPLATE.read_text("utf-8"))
    _write(target / "place.toml", template.substitute(kind=kind))
    made = [file.relative_to(target) for file in target.rglob("*") if file.is_file()]
    listed = "\n".join(sorted([MARKER, *(file.as_posix() for file in made)]))
    notice = NOTICE.format(customers=customers, seed=seed, files=listed)
    _write(target / MARKER, notice)
    return target / "place.toml"


def _write_chunk(
    sheets: dict[str, Sheet], areas: Areas, chunk: Chunk, tally: Tally
) -> tuple[pa.Table, pa.Table]:
    """Write the rows of one chunk of customers; return its events and their truth."""
    codes = areas.frame["area_code"].tolist()
    use = make_use(chunk)
    events = make_events(chunk)
    met = np.zeros((chunk.size, len(AGENCIES)), dtype=np.bool_)
    met[use.who, use.agency] = True
    met[events.who, events.agency] = True
    records = make_records(chunk, met)
    ids = numbered("R", sheets["people"].rows + 1 + np.arange(len(records.who)), 8)
    people = people_table(chunk, records, codes).add_column(0, "record_id", ids)
    links = links_table(chunk, records).add_column(0, "record_id", ids)
    table, truth = events_table(chunk, events), truth_table(chunk, events)
    sheets["people"].append(people)
    sheets["service_use"].append(use_table(chunk, use, codes))
    sheets["events"].append(table)
    sheets["truth/links"].append(links)
    sheets["truth/duplicates"].append(truth)
    tally.add(use.totals(chunk.type_of), customers_by_need(events), truth)
    return table, truth


def _small_tables(
    areas: Areas, tally: Tally, seed: int, spoilt: pa.Table, first_spoilt: int
) -> dict[str, pd.DataFrame]:
    """Return the tables whose size does not grow with the customers."""
    spend = add_lines(make_spend(areas.population, tally.pence_by_service, seed))
    whole = pd.concat([spend, broken_spend(spend)], ignore_index=True)
    sites = make_sites(areas, seed)
    keys = make_place_keys(areas.population, seed)
    savings = make_savings()
    return {
        "nation": make_nation(),
        "sites": sites,
        "travel": make_travel(areas, sites, seed),
        "spend": whole,
        "transfers": make_transfers(spend),
        "own_income": make_own_income(spend),
        "control": make_control(),
        "programmes": make_programmes(),
        "regional_spend": make_regional_spend(),
        "place_keys": keys,
        "allocation_weights": make_allocation_weights(),
        "place_totals": make_place_totals(keys, seed),
        "need_indices": make_need_indices(seed),
        "headings": make_headings(),
        "savings": savings,
        "prevention": make_prevention(),
        "priority_levels": make_priority_levels(),
        "priority_grids": make_priority_grids(),
        "spend_expected": make_spend_expected(),
        "survey_use": make_survey_use(areas, seed),
        "service_costs": make_service_costs(),
        "maturity": make_maturity(seed),
        "flags": make_flags(seed),
        "journey_maps": make_journey_maps(),
        "unit_costs": make_unit_costs(),
        "truth/area_types": areas.frame[["area_code", "planted_type"]].copy(),
        "truth/cost_by_type": tally.costs(),
        "truth/cost_by_rule": tally.rules(),
        "truth/customers_by_need": tally.needs(),
        "truth/broken_rows": broken_rows(
            spoilt, first_spoilt, len(spend) + FIRST_ROW, savings
        ),
    }


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")
