"""The files of a federated fit: what they hold, and what is wrong with a bad one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation import SegmentError
from segmentation.share.exchange import (
    Round,
    Said,
    contribution,
    first_round,
    next_round,
)
from segmentation.share.feature_specs import feature_values
from segmentation.share.federated import best_of, federated_fit
from segmentation.share.federated_plan import Agreement, plan_of, plan_on, read_plan
from segmentation.share.sealed import read_sealed, sealed_text
from segmentation.share.sharing import federated_model

if TYPE_CHECKING:
    from segmentation.share.federated_plan import Plan

AGREED = Agreement(
    agencies=("council", "nhs"),
    k=3,
    starts=3,
    minimum=1,
    variables={"flats": "flats / homes", "visits": "visits"},
    ranges={"visits": (0, 20)},
    place="Anytown",
)


def customers(rows: int, seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    kind = random.choice([1, 5, 9], rows)
    flats = kind * 10 + random.integers(0, 9, rows)
    visits = 2.0 * kind + random.random(rows)
    return pd.DataFrame({"flats": flats, "homes": 100, "visits": visits})


TABLES = {"council": customers(30, 1), "nhs": customers(300, 2)}


@pytest.fixture
def plan() -> Plan:
    return plan_of(AGREED)


def said_by_all(plan: Plan, now: Round) -> dict[str, Said]:
    return {
        name: read_sealed(
            sealed_text(contribution(plan, now, name, table)[0]), Said, name
        )
        for name, table in TABLES.items()
    }


def settled(plan: Plan) -> Round:
    now = first_round(plan)
    while not now.settled:
        following = next_round(plan, now, said_by_all(plan, now))
        now = read_sealed(sealed_text(following), Round, "centres.json")
    return now


def test_files_round_by_round_find_what_one_place_finds(plan: Plan) -> None:
    fit = best_of(settled(plan).searches)
    grid = plan.grid.grid
    rows = [
        grid.steps(feature_values(plan.features, plan.variables, table))
        for table in TABLES.values()
    ]
    starts = np.array(plan.starts, dtype=np.float64)
    pooled = federated_fit([np.concatenate(rows)], starts, grid, minimum=1)
    assert fit.centres.tobytes() == pooled.centres.tobytes()
    assert (fit.counts, fit.squares) == (pooled.counts, pooled.squares)
    assert sum(fit.counts) == 330


def test_the_result_is_a_model_that_any_agency_can_apply(plan: Plan) -> None:
    fit = best_of(settled(plan).searches)
    model = federated_model(plan, fit, when="2010-03-01")
    assert model.leaves == ("1", "2", "3")
    assert [each.rows for each in model.segments] == [None] * 3  # rows are people
    of_areas = plan.model_copy(
        update={"made": plan.made.model_copy(update={"unit": "areas"})}
    )
    sizes = [each.rows for each in federated_model(of_areas, fit).segments]
    assert sizes == list(fit.counts)
    assert model.made.place == "Anytown"
    assert "Fitted by 2 agencies together." in model.made.how
    again = plan_on(model, ["council", "police"], minimum=5)
    assert again.features == plan.features
    assert again.starts == (tuple(each.steps for each in model.segments),)


def test_an_agency_sends_less_than_5_kb_a_round_for_8_segments_of_60_features() -> None:
    variables = {f"v{at}": f"v{at}" for at in range(60)}
    ranges = dict.fromkeys(variables, (0, 1))
    agreed = Agreement(agencies=("nhs",), minimum=1, variables=variables, ranges=ranges)
    plan = plan_of(agreed)
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.random((20_000, 60)), columns=list(variables))
    said, _ = contribution(plan, first_round(plan), "nhs", table)
    assert len(said.parts[0].counts) == 8
    assert len(sealed_text(said).encode()) <= 5_000


def test_rows_that_lack_a_value_are_left_out_and_counted(plan: Plan) -> None:
    table = TABLES["nhs"].astype(float)
    table.loc[[3, 5], "visits"] = np.nan
    said, left_out = contribution(plan, first_round(plan), "nhs", table)
    assert left_out == 2
    assert sum(said.parts[0].counts) == 298


def test_no_row_of_an_agency_stands_in_what_it_says(plan: Plan) -> None:
    said = said_by_all(plan, first_round(plan))["council"]
    content = json.loads(sealed_text(said))
    assert set(content) == {
        *("format", "schema_version", "plan", "round", "number", "agency", "parts"),
        *("refused", "checksum"),
    }
    assert set(content["parts"]["0"]) == {"totals", "counts", "squares", "withheld"}


def test_a_start_that_leads_to_few_rows_is_refused_by_the_agency(plan: Plan) -> None:
    strict = plan_of(AGREED.model_copy(update={"minimum": 12}))
    said, _ = contribution(strict, first_round(strict), "council", TABLES["council"])
    assert said.refused
    assert set(said.refused) | set(said.parts) == {0, 1, 2}
    withheld = plan_of(AGREED.model_copy(update={"minimum": 12, "withhold": True}))
    said, _ = contribution(
        withheld, first_round(withheld), "council", TABLES["council"]
    )
    assert not said.refused
    assert sum(each.withheld for each in said.parts.values()) > 0
    del plan


def test_all_must_have_contributed(plan: Plan) -> None:
    now = first_round(plan)
    said = said_by_all(plan, now)
    del said["nhs"]
    with pytest.raises(
        SegmentError, match="round 1 still waits for 1 of 2 agencies: 'n"
    ):
        next_round(plan, now, said)


def test_a_stranger_and_a_borrowed_name_are_refused(plan: Plan) -> None:
    now = first_round(plan)
    said = said_by_all(plan, now)
    with pytest.raises(SegmentError, match="the plan knows no agency 'police'"):
        next_round(plan, now, {**said, "police": said["nhs"]})
    with pytest.raises(SegmentError, match="the plan knows no agency 'police'"):
        contribution(plan, now, "police", TABLES["nhs"])
    with pytest.raises(SegmentError, match=r"nhs\.json is council's"):
        next_round(plan, now, {**said, "nhs": said["council"]})


def test_a_contribution_of_an_earlier_round_is_refused(plan: Plan) -> None:
    now = first_round(plan)
    old = said_by_all(plan, now)
    later = next_round(plan, now, old)
    new = said_by_all(plan, later)
    with pytest.raises(SegmentError, match=r"nhs\.json is of round 1, not 2"):
        next_round(plan, later, {**new, "nhs": old["nhs"]})


def test_a_plan_changed_midway_is_seen(plan: Plan) -> None:
    now = first_round(plan)
    other = plan_of(AGREED.model_copy(update={"minimum": 2}))
    with pytest.raises(SegmentError, match="the plan was changed since"):
        contribution(other, now, "nhs", TABLES["nhs"])
    said = said_by_all(plan, now)
    strange = said["nhs"].model_copy(update={"plan": other.checksum})
    with pytest.raises(SegmentError, match=r"nhs\.json is of another plan"):
        next_round(plan, now, {**said, "nhs": strange})


def test_a_table_that_changes_between_rounds_is_seen(plan: Plan) -> None:
    now = first_round(plan)
    later = next_round(plan, now, said_by_all(plan, now))
    said = said_by_all(plan, later)
    said["nhs"], _ = contribution(plan, later, "nhs", TABLES["nhs"].iloc[:-1])
    with pytest.raises(SegmentError, match=r"nhs counts 299 rows in round 2, and 300"):
        next_round(plan, later, said)


def test_another_shape_negative_counts_and_hand_edits_are_refused(plan: Plan) -> None:
    now = first_round(plan)
    said = said_by_all(plan, now)
    part = said["nhs"].parts[0]
    for change, what in (
        ({"counts": (301, 0, -1)}, "fewer than no rows"),
        ({"totals": np.zeros((2, 2))}, "of 2 segments and 2 features"),
    ):
        hurt = part.model_copy(update=change)
        parts = {**said["nhs"].parts, 0: hurt}
        bad = said["nhs"].model_copy(update={"parts": parts})
        with pytest.raises(SegmentError, match=what):
            next_round(plan, now, {**said, "nhs": bad})
    content = json.loads(sealed_text(said["nhs"]))
    content["parts"]["0"]["counts"][0] += 1
    with pytest.raises(SegmentError, match="does not match its checksum"):
        read_sealed(json.dumps(content), Said, "nhs.json")
    content["parts"]["0"]["totals"] = "3x2x1:!!"
    with pytest.raises(SegmentError, match=r"parts.0.totals: its packed numbers"):
        read_sealed(json.dumps(content), Said, "nhs.json")
    silent = said["nhs"].model_copy(update={"parts": {0: part}})
    with pytest.raises(SegmentError, match=r"speaks of starts \[0\], not \[0, 1, 2\]"):
        next_round(plan, now, {**said, "nhs": silent})


def test_tables_that_cannot_be_used_are_refused(plan: Plan) -> None:
    now = first_round(plan)
    with pytest.raises(SegmentError, match="no column is called 'homes'"):
        contribution(plan, now, "nhs", TABLES["nhs"].drop(columns="homes"))
    with pytest.raises(SegmentError, match="there is no complete row"):
        contribution(plan, now, "nhs", TABLES["nhs"].iloc[:0])
    far = TABLES["nhs"].assign(visits=1e12)
    plain = plan_of(AGREED.model_copy(update={"transform": "none"}))
    with pytest.raises(
        SegmentError, match="300 of 300 rows hold a value more than four"
    ):
        contribution(plain, first_round(plain), "nhs", far)


def test_nothing_is_contributed_once_it_has_settled(plan: Plan) -> None:
    end = settled(plan)
    with pytest.raises(SegmentError, match="has settled: there is nothing left"):
        contribution(plan, end, "nhs", TABLES["nhs"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"agencies": ("nhs", "nhs")}, "two agencies have the same name: 'nhs'"),
        ({"ranges": {}}, "need a range: 'visits'"),
        ({"ranges": {"visits": (0, 1), "x": (0, 1)}}, "name what is no variable: 'x'"),
        ({"ranges": {"visits": (5, 5)}}, "range of 'visits' is from 5 to 5"),
        ({"ranges": {"visits": (9, 5)}}, "Give the least value first"),
    ],
)
def test_an_agreement_that_cannot_stand_is_refused(
    change: dict[str, object], said: str
) -> None:
    with pytest.raises(SegmentError, match=said):
        plan_of(AGREED.model_copy(update=change))


def test_agencies_need_names_that_can_name_files(plan: Plan) -> None:
    with pytest.raises(ValueError, match="should match pattern"):
        Agreement(agencies=("../nhs",), variables={"a": "b / c"})
    model = federated_model(plan, best_of(settled(plan).searches))
    with pytest.raises(SegmentError, match=r"the plan cannot stand: .*match pattern"):
        plan_on(model, ["a/b"])


@given(st.integers(1, 50), st.integers(0, 2**32 - 1))
def test_a_plan_that_is_written_is_the_plan_that_is_read(k: int, seed: int) -> None:
    plan = plan_of(AGREED.model_copy(update={"k": k + 1, "seed": seed, "starts": 1}))
    assert read_plan(sealed_text(plan)) == plan
    text = sealed_text(plan).replace('"minimum": 1', '"minimum": 9')
    with pytest.raises(SegmentError, match=r"plan\.json does not match its checksum"):
        read_plan(text)
