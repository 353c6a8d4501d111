"""Audits: drawn evenly and by a seed, read back with all faults, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import JourneyError, encode_log, find_duplication
from journeys.cost.audit import COLUMNS, VERDICTS, audit_size, draw_audit
from journeys.cost.audited import Audit, read_audit
from journeys.cost.interval import cost_duplication
from journeys.cost.options import CostOptions
from journeys.cost.rates import Rate, rates_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from journeys import Duplication
    from place.engine import DuckDBEngine

YES, NO, UNSURE = VERDICTS


@pytest.fixture(scope="module")
def found(
    engine: DuckDBEngine, events_of: Callable[[Sequence[dict[str, Any]]], pd.DataFrame]
) -> Duplication:
    """Sixty assessments made again and thirty bounces; forty assessments by others."""
    contacts: list[dict[str, Any]] = []
    for who in range(130):
        one = {"customer_id": f"c{who:03d}", "activity": "talk", "need": "housing"}
        kinds = ["assess"] * (2 if who < 60 else 1) if who < 100 else ["refer"] * 2
        for at, kind in enumerate(kinds):
            agency, to = ("A", "B") if at == 0 else ("BC"[who % 2], "A")
            contacts.append(
                one
                | {"agency": agency, "activity_class": kind, "day": 9 * at}
                | {"cost_pence": 1000, "referred_to": to if kind == "refer" else None}
            )
    return find_duplication(encode_log(events_of(contacts), engine=engine, table="au"))


@pytest.fixture(scope="module")
def sample(found: Duplication) -> pd.DataFrame:
    return draw_audit(found, size=60, seed=3)


def test_a_sample_holds_found_and_not_found_of_each_rule(
    found: Duplication, sample: pd.DataFrame
) -> None:
    assert tuple(sample.columns) == COLUMNS
    counts = sample.groupby(["rule", "found"]).size().to_dict()
    # 30 of each half by money, rounded up, and ten at the least.
    assert counts == {
        ("D1", "found"): 20,
        ("D1", "not found"): 24,
        ("D3", "found"): 10,
        ("D3", "not found"): 10,
    }
    assert sample["audit_id"].is_unique
    assert sample["verdict"].eq("").all()
    assert sample["agency"].is_monotonic_increasing
    is_found = sample["found"] == "found"
    assert sample.loc[is_found, "evidence_ids"].notna().all()
    assert sample.loc[~is_found, "evidence_ids"].isna().all()
    known = set(found.findings()["event_id"])
    assert set(sample.loc[is_found, "event_id"]) <= known
    assert not set(sample.loc[~is_found, "event_id"]) & known


def test_weights_add_up_to_what_was_drawn_from(sample: pd.DataFrame) -> None:
    weights = sample.groupby(["rule", "found"])["weight"].sum()
    assert weights["D1", "found"] == pytest.approx(60)
    assert weights["D3", "found"] == pytest.approx(30)
    assert weights["D1", "not found"] == pytest.approx(100)


def test_a_sample_is_spread_over_agencies(sample: pd.DataFrame) -> None:
    first = sample[(sample["rule"] == "D1") & (sample["found"] == "found")]
    assert first["agency"].value_counts().to_dict() == {"B": 10, "C": 10}


def test_the_seed_alone_decides_the_sample(
    found: Duplication, sample: pd.DataFrame
) -> None:
    pd.testing.assert_frame_equal(draw_audit(found, size=60, seed=3), sample)
    assert not draw_audit(found, size=60, seed=4)["event_id"].equals(sample["event_id"])


@settings(max_examples=20)
@given(size=st.integers(2, 400), seed=st.integers(0, 50))
def test_no_contact_is_drawn_twice_and_none_too_few(
    found: Duplication, size: int, seed: int
) -> None:
    drawn = draw_audit(found, size=size, seed=seed)
    assert not drawn.duplicated(["event_id", "rule"]).any()
    assert len(drawn) >= min(size, 90)


def test_nothing_to_draw_is_said(found: Duplication) -> None:
    with pytest.raises(JourneyError, match="sample of 1 among 90 findings"):
        draw_audit(found, size=1)


@pytest.mark.parametrize("half", [0, 1, -0.1])
def test_a_half_width_lies_between_nought_and_one(half: float) -> None:
    with pytest.raises(JourneyError, match="between 0 and 1"):
        audit_size(half)


@given(half=st.floats(0.01, 0.3), share=st.floats(0.05, 0.95))
def test_the_size_reaches_its_half_width_and_one_less_does_not(
    half: float, share: float
) -> None:
    n = audit_size(half, share=share)
    z = 1.6448536269514722
    assert z * np.sqrt(share * (1 - share) / n) <= half * (1 + 1e-9)
    assert n == 1 or z * np.sqrt(share * (1 - share) / (n - 1)) > half


def test_an_audit_is_read_back_as_said(
    found: Duplication, sample: pd.DataFrame
) -> None:
    filled = sample.assign(
        verdict=["Duplicate " if f == "found" else NO for f in sample["found"]]
    )
    filled.loc[filled.index[:3], "verdict"] = UNSURE
    filled.loc[filled.index[3:5], "verdict"] = ""
    read = read_audit(filled.sample(frac=1, random_state=1), found)
    assert read.checked == 62
    assert read.strata["blank"].sum() == 2
    said = str(read)
    assert said.startswith("62 contacts checked: ")
    assert said.endswith("2 rows are not looked up yet.")
    assert "could not be told" in said
    assert set(read.rows["pence"]) == {1000}


def broken(sample: pd.DataFrame, **cells: Any) -> pd.DataFrame:  # noqa: ANN401
    filled = sample.assign(verdict=NO)
    for name, value in cells.items():
        filled.loc[filled.index[0], name] = value
    return filled


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"verdict": "maybe"}, "1 of 64 rows .* have another verdict than 'duplicate'"),
        ({"found": "perhaps"}, "have another found"),
        ({"rule": "D99"}, "have another rule"),
        ({"event_id": None}, "lack a value"),
        ({"version": "1999"}, "drawn under other rules than '2026-11'"),
    ],
)
def test_wrong_rows_are_refused_by_their_number(
    found: Duplication, sample: pd.DataFrame, cells: dict[str, Any], said: str
) -> None:
    with pytest.raises(JourneyError, match=said) as told:
        read_audit(broken(sample, **cells), found)
    assert str(sample["audit_id"].iloc[0]) in str(told.value)
    assert str(sample["event_id"].iloc[0]) not in str(told.value)


def test_rows_that_stand_twice_and_blank_sheets_are_refused(
    found: Duplication, sample: pd.DataFrame
) -> None:
    filled = sample.assign(verdict=NO)
    with pytest.raises(JourneyError, match=r"1 of 65 rows .* stand twice"):
        read_audit(pd.concat([filled, filled.iloc[:1]]), found)
    with pytest.raises(JourneyError, match="None of 64 rows has a verdict"):
        read_audit(sample, found)
    with pytest.raises(JourneyError, match=r"lacks \['verdict'\]"):
        read_audit(sample.drop(columns="verdict"), found)


def test_a_few_rows_that_moved_are_set_aside_and_many_refused(
    found: Duplication, sample: pd.DataFrame
) -> None:
    filled = sample.assign(verdict=NO)
    filled.loc[filled.index[:4], "event_id"] = [f"gone{n}" for n in range(4)]
    read = read_audit(filled, found)
    assert (read.moved, read.checked) == (4, 60)
    assert "4 rows set aside, as the log has changed" in str(read)
    filled["event_id"] = [f"gone{n}" for n in range(len(filled))]
    with pytest.raises(JourneyError, match="64 name an event that the log does not"):
        read_audit(filled, found)


def rows_of(*rows: tuple[str, bool, str, float, int | None]) -> Audit:
    names = ["rule", "found", "verdict", "weight", "pence"]
    frame = pd.DataFrame(rows, columns=names).astype({"pence": "Int64"})
    return Audit(rows=frame, strata=pd.DataFrame())


def test_a_rate_is_a_share_of_money() -> None:
    rate = rates_of(
        rows_of(
            ("D1", True, YES, 1, 300),
            ("D1", True, NO, 1, 100),
            ("D1", True, UNSURE, 1, 400),
            ("D1", True, YES, 1, None),
        )
    )["D1", True]
    assert rate.share == 0.75
    assert rate.unsure == 0.5
    assert rate.n == pytest.approx(800**2 / (300**2 + 100**2 + 400**2))


def test_rules_that_nobody_could_tell_have_no_rate() -> None:
    rates = rates_of(rows_of(("D1", True, UNSURE, 1, 3), ("D3", True, YES, 1, 3)))
    assert list(rates) == [("D3", True)]


def test_a_larger_audit_knows_more_and_doubt_widens() -> None:
    rng = np.random.default_rng(1)
    widths = [
        np.ptp(np.quantile(Rate(0.8, n, unsure, 0.8).drawn(rng, 4000), [0.05, 0.95]))
        for n, unsure in ((400, 0), (100, 0), (100, 0.3))
    ]
    assert widths[0] < widths[1] < widths[2]
    assert widths[1] == pytest.approx(2 * 1.645 * np.sqrt(0.16 / 102), rel=0.05)


@given(
    share=st.floats(0, 1),
    n=st.floats(1, 500),
    unsure=st.floats(0, 0.9),
    pooled=st.floats(0.01, 0.99),
)
def test_rates_are_drawn_between_nought_and_one(
    share: float, n: float, unsure: float, pooled: float
) -> None:
    draws = Rate(share, n, unsure, pooled).drawn(np.random.default_rng(2), 100)
    assert np.isfinite(draws).all()
    assert ((draws >= 0) & (draws <= 1)).all()


def test_rules_without_a_verdict_are_named(
    found: Duplication, sample: pd.DataFrame
) -> None:
    filled = sample.assign(verdict=YES)
    some = filled[(filled["rule"] == "D1") & (filled["found"] == "found")]
    cost = cost_duplication(
        found,
        audit=read_audit(some, found),
        options=CostOptions(replicates=60),
    )
    assert cost.unaudited == ("D3",)
    assert cost.unsearched == ("D1", "D3")
    assert cost.label == "audited: 20 findings checked, none of D3"
    assert cost.gross is not None
    assert cost.gross.pence == found.cost_pence
