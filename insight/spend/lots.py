"""Lines of spend that are shared alike, dealt together: a lot.

A lot is the lines of one COFOG code on one rung. Its shares are worked out once, and
every line of it is then dealt exact to the penny.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from insight.errors import InsightError
from insight.spend.beside import within
from insight.spend.cofog import cofog_code
from insight.spend.pennies import allocate_each
from insight.spend.rungs import rung_of
from insight.spend.two_margins import share_two_ways

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from insight.spend.rungs import Evidence, Rung

    Ints = NDArray[np.int64]
    Codes = NDArray[np.int32]

__all__ = ["Lot", "as_lines", "checked_spend", "lots_of"]


@dataclass(frozen=True, kw_only=True)
class Lot:
    """Lines of one code on one rung, and how they were dealt.

    Parameters
    ----------
    cofog, rung
        Code of the lines, `None` where it is not known, and what they were shared by.
    segments
        Whom they were dealt among: segments, or a bucket.
    at
        Positions of the lines in the spend count, rising.
    pence
        One row a line, one column a segment.
    follows
        Of an overhead, the pence of each lot before it whose shares it follows.
    """

    cofog: str | None
    rung: Rung
    segments: tuple[str, ...]
    at: Ints
    pence: Ints
    follows: tuple[int, ...] = ()

    @property
    def total(self) -> int:
        """All pence of the lot."""
        return int(self.pence.sum())

    def by_segment(self) -> pd.Series[int]:
        """Return pence by segment."""
        return pd.Series(self.pence.sum(axis=0), index=list(self.segments))


def checked_spend(spend: pd.DataFrame) -> pd.DataFrame:
    """Return lines as `code`, `body` and `amount_pence`, refusing what is no line."""
    lacks = sorted({"cofog", "amount_pence"} - set(spend.columns))
    if lacks or spend.empty:
        msg = (
            f"spend has {len(spend)} lines and the columns {list(spend.columns)}. It "
            "needs at least one line, with 'cofog' and 'amount_pence'."
        )
        raise InsightError(msg)
    amounts = pd.to_numeric(spend["amount_pence"], errors="coerce").astype("Float64")
    wrong = amounts.isna() | (amounts % 1 != 0)
    if wrong.any():
        first = spend.index[int(wrong.to_numpy().argmax())]
        msg = (
            f"{int(wrong.sum())} of {len(spend)} lines of spend have no amount in "
            f"whole pence; the first is line {first!r}. Give the amount, or leave the "
            "line out and say so."
        )
        raise InsightError(msg)
    written, known = pd.factorize(spend["cofog"], use_na_sentinel=False)
    codes = pd.Categorical([cofog_code(code) or "" for code in known])
    body = spend["body"] if "body" in spend else pd.Series("", index=spend.index)
    return pd.DataFrame(
        {
            "code": codes.take(written),
            "body": body.fillna("").astype(str).to_numpy(),
            "amount_pence": spend["amount_pence"].astype("int64").to_numpy(),
        }
    )


def lots_of(lines: pd.DataFrame, evidence: Evidence) -> list[Lot]:
    """Deal every line of spend.

    Parameters
    ----------
    lines
        `code` ("" where not known), `body` and `amount_pence`, in the order of the
        spend count.
    evidence
        What lines can be shared by.

    Returns
    -------
    lots
        Every line is in one of them.
    """
    amounts = lines["amount_pence"].to_numpy("int64")
    codes = _positions(lines["code"])
    known = {
        code: parts
        for code in evidence.known
        if (parts := {one: at for one, at in codes.items() if within(one, [code])})
    }
    settled = {one for parts in known.values() for one in parts}
    lots: list[Lot] = []
    later: dict[str, Ints] = {}
    for code, parts in known.items():
        lots += _two_ways(code, parts, amounts, evidence)
    for code, at in codes.items():
        if code in settled:
            continue
        if code and within(code, evidence.overheads):
            later[code] = at
            continue
        rung, weights = rung_of(code or None, evidence)
        lots.append(_dealt(code or None, rung, weights, (at, amounts)))
    lots += list(_overheads(later, lots, lines, evidence))
    return lots


def _positions(names: pd.Series[str]) -> dict[str, Ints]:
    """Return where each name stands, by name in the order of text."""
    number, known = pd.factorize(names, sort=True)
    order = np.argsort(number, kind="stable")
    ends = np.cumsum(np.bincount(number, minlength=len(known)))[:-1]
    return dict(zip(map(str, known), np.split(order, ends), strict=True))


def _dealt(
    code: str | None,
    rung: Rung,
    weights: Mapping[str, float],
    lines: tuple[Ints, Ints],
) -> Lot:
    at, amounts = lines
    pence = allocate_each(amounts[at], weights).to_numpy()
    return Lot(cofog=code, rung=rung, segments=tuple(weights), at=at, pence=pence)


def _two_ways(
    known_code: str, parts: Mapping[str, Ints], amounts: Ints, evidence: Evidence
) -> Iterator[Lot]:
    """Share the lines of a code whose total is known for every segment.

    The first guess is the best rung of each line; of what is collective, head count.
    """
    known = evidence.known[known_code]
    lacks = sorted(set(evidence.sizes.index) - set(known.index))
    if lacks:
        msg = (
            f"totals of COFOG {known_code} are known for {len(known)} segments and not "
            f"for {lacks[:5]}. Give every segment one, £0 if it got nothing."
        )
        raise InsightError(msg)
    at = np.concatenate(list(parts.values()))
    of = [code for code, where in parts.items() for _ in where]
    guess = {code: _guess(code, known, evidence) for code in parts}
    # Lines in an order that does not depend on the spend count's.
    order = np.lexsort((amounts[at], np.array(of)))
    seed = pd.DataFrame(
        [guess[of[line]] for line in order], columns=known.index, dtype="float64"
    )
    try:
        pence = share_two_ways(seed, pd.Series(amounts[at[order]]), known)
    except InsightError as wrong:
        msg = f"known totals of COFOG {known_code}: {wrong}"
        raise InsightError(msg) from wrong
    whole = np.empty_like(pence.to_numpy())
    whole[order] = pence.to_numpy()
    segments = tuple(map(str, known.index))
    start = 0
    for code, where in parts.items():
        rows = whole[start : start + len(where)]
        start += len(where)
        yield Lot(
            cofog=code, rung="known totals", segments=segments, at=where, pence=rows
        )


def _guess(code: str, known: pd.Series[int], evidence: Evidence) -> list[float]:
    rung, weights = rung_of(code, evidence)
    if rung == "collective":
        weights = {str(name): size for name, size in evidence.sizes.items()}
    return [weights.get(str(segment), 0.0) for segment in known.index]


def _overheads(
    later: Mapping[str, Ints],
    direct: Sequence[Lot],
    lines: pd.DataFrame,
    evidence: Evidence,
) -> Iterator[Lot]:
    """Share overheads as the direct costs of their body, or else as all direct costs.

    Where those are nothing or below zero somewhere, as the code would be by itself.
    """
    if not later:
        return
    amounts = lines["amount_pence"].to_numpy("int64")
    body, names = pd.factorize(lines["body"], sort=True)
    costs = [_by_body(lot, body, len(names)) for lot in direct]
    everyone = _direct(direct, [cost.sum(axis=0) for cost in costs])
    for code, at in later.items():
        for number in np.unique(body[at]):
            own = _direct(direct, [cost[number] for cost in costs])
            weights, follows = own if names[number] and own[0] else everyone
            dealt = (at[body[at] == number], amounts)
            if weights:
                lot = _dealt(code, "overhead", weights, dealt)
                yield replace(lot, follows=follows)
            else:
                yield _dealt(code, *rung_of(code, evidence), dealt)


def _by_body(lot: Lot, body: NDArray[np.intp], bodies: int) -> Ints:
    """Add up a lot by body and segment; what is of no known function is no cost."""
    summed = np.zeros((bodies, len(lot.segments)), dtype=np.int64)
    if lot.cofog is not None:
        order = np.argsort(body[lot.at], kind="stable")
        known, starts = np.unique(body[lot.at][order], return_index=True)
        summed[known] = np.add.reduceat(lot.pence[order], starts, axis=0)
    return summed


def _direct(
    lots: Sequence[Lot], costs: Sequence[Ints]
) -> tuple[dict[str, float], tuple[int, ...]]:
    """Add up direct costs by segment and by lot; nothing where some are negative."""
    whole: dict[str, float] = {}
    for lot, pence in zip(lots, costs, strict=True):
        for name, cost in zip(lot.segments, pence.tolist(), strict=True):
            whole[name] = whole.get(name, 0) + cost
    if min(whole.values(), default=0) < 0 or not any(whole.values()):
        return {}, ()
    weights = {name: pence for name, pence in sorted(whole.items()) if pence}
    return weights, tuple(int(pence.sum()) for pence in costs)


def as_lines(lots: Sequence[Lot], labels: pd.Index) -> pd.DataFrame:
    """Return one row a line of spend and segment, in the order of the spend count."""
    names = sorted({name for lot in lots for name in lot.segments})
    rungs = sorted({lot.rung for lot in lots})
    codes = sorted({lot.cofog for lot in lots if lot.cofog is not None})
    many = np.zeros(len(labels), dtype=np.int64)
    for lot in lots:
        many[lot.at] = len(lot.segments)
    first = np.cumsum(many) - many
    rows = int(many.sum())
    pence = np.empty(rows, dtype=np.int64)
    segment: Codes = np.empty(rows, dtype=np.int32)
    code, rung = (np.empty(len(labels), dtype=np.int32) for _ in range(2))
    for lot in lots:
        cells = first[lot.at][:, None] + np.arange(len(lot.segments))
        pence[cells] = lot.pence
        segment[cells] = [names.index(name) for name in lot.segments]
        code[lot.at] = -1 if lot.cofog is None else codes.index(lot.cofog)
        rung[lot.at] = rungs.index(lot.rung)

    def of(number: Codes, known: Sequence[str]) -> pd.Categorical[str]:
        return pd.Categorical.from_codes(number, pd.Index([*known], dtype="str"))

    return pd.DataFrame(
        {
            "line": np.repeat(labels, many),
            "cofog": of(np.repeat(code, many), codes),
            "segment": of(segment, names),
            "amount_pence": pence,
            "rung": of(np.repeat(rung, many), rungs),
        }
    )
