"""A command to say what a campaign changed, from its target list and its results."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.markup import escape

from insight.chapters.targets import SIDES
from insight.errors import InsightError
from insight.moving_commands import counts_of
from insight.release import Door, Rate, Sheet, release, rule_named
from insight.terminal import faults_listed, out
from segmentation.action.campaign_effects import evaluate_campaign

__all__ = ["evaluate"]


def evaluate(
    targets: Annotated[
        Path, typer.Argument(help="tables/targets.csv of the run before the campaign.")
    ],
    results: Annotated[
        Path, typer.Argument(help="area_code, count and base: CSV, Excel or Parquet.")
    ],
    *,
    to: Annotated[Path, typer.Option("--out", help="Folder for results.")] = Path(
        "out"
    ),
    rule: Annotated[str, typer.Option(help="Of small numbers.")] = "nhs_1_7_round5",
) -> None:
    """Hold areas that a campaign reached against those that were held out."""
    with faults_listed():
        door = Door(to, rule_named(rule), results.stem, synthetic=False)
        effect = evaluate_campaign(_design(targets), counts_of(results)[0])
        sides = effect.table.reset_index()
        sides[["count", "base"]] = sides[["count", "base"]].round().astype("Int64")
        released = release(
            door,
            sides.drop(columns="rate"),
            Sheet(
                name="campaign_effect",
                title="What the campaign changed",
                counts=["count", "base"],
                public=["areas"],
                rates={"rate": Rate("count", "base", per=100)},
            ),
        )
        if released.any_hidden:
            out.print("Too few people are concerned to say what the campaign changed.")
        else:
            shown = released.frame.set_index("side").astype("float64")
            out.print(escape(str(replace(effect, table=shown))))
        out.print(f"  {to / released.path}", style="bold", markup=False)


def _design(file: Path) -> pd.DataFrame:
    """Return which areas of a target list were held out, by stratum."""
    try:
        listed = pd.read_csv(file, encoding="utf-8-sig", dtype="str")
    except (OSError, UnicodeDecodeError, ValueError) as why:
        msg = (
            f"{file}: cannot be read as a target list ({type(why).__name__}). Name the "
            "targets.csv of the run before the campaign."
        )
        raise InsightError(msg) from None
    needed = ["area_code", "stratum", "class"]
    absent = [name for name in needed if name not in listed]
    strange = set() if absent else set(listed["class"].dropna()) - set(SIDES.values())
    if absent or strange or listed["area_code"].duplicated().any():
        msg = (
            f"{file}: is no target list with a hold-out: it lacks "
            f"{absent or 'nothing'}, classes it should not have: "
            f"{sorted(strange) or 'none'}. Name the "
            "targets.csv of the run before the campaign, unchanged."
        )
        raise InsightError(msg)
    side = {said: name for name, said in SIDES.items()}
    return listed.assign(side=listed["class"].map(side)).set_index("area_code")
