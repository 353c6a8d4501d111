"""Spend a head, raw beside adjusted for need by every index that allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from insight.chapters.centre_out_read import count_of, table_of
from insight.chapters.chapter import Chapter, file_names, number_of
from insight.release import Sheet, release
from insight.report import Bars, Figure, Picture, Section, Table, Text, bars
from insight.report.formats import said_short
from insight.spend.centre_out import keys_of
from insight.spend.cofog import cofog_1999, cofog_code
from insight.spend.per_head import EXPLAINED, per_head
from insight.spend.per_head_claims import check_per_head
from insight.spend.per_segment import pounds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insight.release import Door
    from insight.report import Block
    from insight.spend.per_head import PerHead
    from place import OpenPlace

__all__ = ["per_head_chapter"]

TITLE: Final = "Spend a head, and need"
UNAUDITED: Final = "Spend as places count it, unaudited; residents as supplied."
ALL: Final = "all spend"


def per_head_chapter(opened: OpenPlace, door: Door) -> Chapter:
    """Say spend a head of the place beside others, raw and adjusted for need.

    Parameters
    ----------
    opened
        A place with `spend` or `place_totals`, and `place_keys` with the population
        of each place; with `need_indices`, adjusted too.
    door
        Every figure goes through it; residents are census figures of whole places.

    Raises
    ------
    InsightError
        If a place that has spend has no population, or an index cannot be read.
    """
    people = _people(opened)
    spend = _spend(opened, people)
    needs = table_of(opened, "need_indices")
    blocks: list[Block] = []
    done: dict[str, PerHead] = {}
    names = file_names("per_head", spend)
    for what, amounts in spend.items():
        own = _for(needs, what)
        done[what] = per_head(amounts, people, needs=own)
        blocks += _told(done[what], what, names[what], door)
    own_name = _own(opened, done[ALL])
    head = done[ALL].table["per_head_pence"][own_name]
    lead = (
        f"{own_name} counts {pounds(head)} a head (unaudited, over "
        f"{people[own_name]:,.0f} residents)"
        + (f", beside {len(people) - 1} other places." if len(people) > 1 else ".")
        + _caution(needs, done, own_name)
    )
    refused = {
        index: why for one in done.values() for index, why in one.refused.items()
    }
    if refused:
        said = [f"{index}: {why}" for index, why in sorted(refused.items())]
        blocks.append(Text(["Indices that were not divided by:"], said, "caution"))
    blocks.append(_report())
    return Chapter(
        section=Section("per-head", TITLE, lead, blocks),
        sentences=[lead],
        headlines=[Figure(said_short(head, "pence"), "spend a head", "unaudited")],
    )


def _caution(needs: pd.DataFrame | None, done: Mapping[str, PerHead], own: str) -> str:
    if needs is None:
        return (
            " No index of need was supplied, so nothing says whether more is needed in "
            "one place than in another: raw figures alone can mislead."
        )
    if not any(len(one.adjusted) for one in done.values()):
        return " No index of need could be divided by; ranks stand beside ranks."
    adjusted = done[ALL].adjusted
    heads, told = adjusted.loc[adjusted["place"] == own, "adjusted_pence"], ""
    if len(heads):
        low, high = pounds(heads.min()), pounds(heads.max())
        span = low if low == high else f"{low} to {high}, by the index that is taken"
        told = (
            f" Adjusted for need ({number_of(len(heads), 'index', 'indices')}) it is "
        )
        told += f"{span}."
    return f"{told} Where adjusting changes the picture, {EXPLAINED}"


def _people(opened: OpenPlace) -> dict[str, float]:
    keys = table_of(opened, "place_keys")
    return {} if keys is None else dict(keys_of(keys).people)


def _own(opened: OpenPlace, found: PerHead) -> str:
    """Return the place's own name among the places, else the first of them."""
    wanted = opened.place.place.name.casefold()
    names = [str(name) for name in found.table.index]
    return next((name for name in names if name.casefold() == wanted), names[0])


def _spend(opened: OpenPlace, people: Mapping[str, float]) -> dict[str, dict[str, int]]:
    """Return pence by place, of all spend and of functions that several know."""
    spend: dict[str, dict[str, int]] = {ALL: {}}
    totals = table_of(opened, "place_totals")
    if totals is not None:
        for row in totals.reindex(columns=["place", "cofog", "amount_pence"]).to_dict(
            "records"
        ):
            what = ALL if pd.isna(row["cofog"]) else str(cofog_code(row["cofog"]))
            spend.setdefault(what, {})[str(row["place"])] = int(row["amount_pence"])
    count = count_of(opened)
    if count is not None:
        names = {name.casefold(): name for name in people}
        own = opened.place.place.name
        own = names.get(own.casefold(), own)
        spend[ALL][own] = int(count["amount_pence"].sum())
        division = count["cofog"].map(lambda code: (cofog_code(code) or "")[:2])
        for code, pence in count["amount_pence"].groupby(division).sum().items():
            if code in spend:
                spend[str(code)][own] = int(pence)
    return {
        what: amounts
        for what, amounts in spend.items()
        if what == ALL or len(amounts) > 1
    }


def _for(needs: pd.DataFrame | None, what: str) -> pd.DataFrame | None:
    """Return the indices that speak of a function; those of all speak of each."""
    if needs is None or "cofog" not in needs:
        return needs
    of_all = needs["cofog"].isna()
    if what == ALL:
        return needs[of_all]
    return needs[of_all | (needs["cofog"].map(cofog_code) == what)]


def _told(found: PerHead, what: str, name: str, door: Door) -> list[Block]:
    """Return one function: a picture of raw figures, and the adjusted ones."""
    titles = cofog_1999()["name"]
    of = ALL if what == ALL else str(titles.get(what, what)).lower()
    frame = found.table.reset_index()
    money: dict[str, str] = {"per_head_pence": "raw"}
    for number, (index, rows) in enumerate(found.adjusted.groupby("index"), start=1):
        column = f"adjusted_{number}_pence"
        frame[column] = frame["place"].map(rows.set_index("place")["adjusted_pence"])
        money[column] = f"Adjusted by {index}"
    ranks: dict[str, str] = {"rank": "Rank of raw spend"}
    for number, (index, rows) in enumerate(found.ranks.groupby("index"), start=1):
        column = f"need_rank_{number}"
        frame[column] = frame["place"].map(rows.set_index("place")["need_rank"])
        ranks[column] = f"Rank of need by {index}"
    figures = ["people", "amount_pence", *money, *ranks]
    frame[list(ranks)] = frame[list(ranks)].astype("Int64")
    frame = frame.round(dict.fromkeys(money, 0))
    sheet = Sheet(
        name=name, title=f"Spend a head, {of}", public=figures, note=UNAUDITED
    )
    shown = _beside(frame, money)
    drawn = Sheet(
        name=f"{name}_beside",
        title=f"Spend a head, {of}, raw beside adjusted",
        public=["per_head_pence"],
        note=UNAUDITED,
    )
    told = [
        f"{row['label']}: {pounds(row['per_head_pence'])}."
        for row in shown.to_dict("records")
    ]
    twin = Table(
        released=release(door, frame, sheet),
        columns={
            "place": "Place",
            "people": "Residents",
            "amount_pence": "Spend",
            **{name: said[0].upper() + said[1:] for name, said in money.items()},
            **ranks,
        },
    )
    columns = Bars(label="label", value="per_head_pence")
    return [
        Picture(
            drawing=bars(release(door, shown, drawn), columns),
            title=f"Spend a head, {of}" + ", raw beside adjusted" * (len(money) > 1),
            alt=f"Bars of spend a head, {of}. {' '.join(told)}",
            twin=twin,
        )
    ]


def _beside(frame: pd.DataFrame, money: Mapping[str, str]) -> pd.DataFrame:
    """Return a row for each place and figure, those of a place together."""
    rows = [
        (f"{row['place']}, {said.replace('Adjusted by', 'by')}", row[column])
        for row in frame.to_dict("records")
        for column, said in money.items()
    ]
    return pd.DataFrame(rows, columns=["label", "per_head_pence"])


def _report() -> Text:
    """Say what of the report's own example can be had from open figures."""
    return Text(
        ["The 2010 report's own example, held against open figures:"],
        [str(check) for check in check_per_head()],
        "method",
    )
