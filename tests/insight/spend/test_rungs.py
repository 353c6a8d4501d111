"""The ladder below recorded use: unit costs, surveys, keys, known totals, overheads."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from insight.errors import InsightError
from insight.spend import SpendBySegment, spend_per_segment
from insight.spend.beside import Beside
from insight.spend.collective import spend_by_aim

SIZES = pd.Series({"calm": 80, "busy": 20})
SERVICES = {"GP": "07.2", "Hospital": "07.3", "Library": "08.2", "Museum": "08.2"}
NO_USE = pd.DataFrame(columns=["service", "segment"])


def spend_of(*lines: tuple[str, int]) -> pd.DataFrame:
    return pd.DataFrame(lines, columns=["cofog", "amount_pence"])


def use_of(*cells: tuple[Any, ...]) -> pd.DataFrame:
    columns = ["service", "segment", "cost_pence", "units", "customers"]
    return pd.DataFrame(cells, columns=columns)


def survey_of(*cells: tuple[str, str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=["service", "segment", "users", "asked"])


def costs_of(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["service", "per", "central_pence"])


LIBRARY = survey_of(("Library", "calm", 5, 10), ("Library", "busy", 10, 10))


def shared(
    spend: pd.DataFrame,
    use: pd.DataFrame = NO_USE,
    **beside: Any,  # noqa: ANN401 - whatever Beside takes
) -> SpendBySegment:
    return spend_per_segment(
        spend, use, SIZES, services=SERVICES, beside=Beside(**beside)
    )


def amounts(found: SpendBySegment) -> dict[str, int]:
    table: dict[str, int] = found.segments["amount_pence"].to_dict()
    return table


def rungs(found: SpendBySegment) -> list[str]:
    return list(found.rungs.index)


def test_units_times_unit_cost_may_be_added_over_services() -> None:
    use = use_of(("GP", "calm", None, 30, 9), ("Hospital", "busy", None, 2, 1))
    costs = costs_of(("GP", "unit", 10), ("Hospital", "user", 300))
    found = shared(spend_of(("07", 1000)), use, costs=costs)
    assert rungs(found) == ["use at unit cost"]
    assert amounts(found) == {"busy": 500, "calm": 500}


def test_recorded_cost_of_one_service_stands_beside_unit_cost_of_another() -> None:
    use = use_of(("GP", "calm", 700, None, 1), ("Hospital", "busy", None, 3, 1))
    found = shared(spend_of(("07", 10)), use, costs=costs_of(("Hospital", "unit", 100)))
    assert amounts(found) == {"busy": 3, "calm": 7}


def test_a_survey_counts_the_share_of_users_times_the_people() -> None:
    found = shared(spend_of(("08.2", 600)), survey=LIBRARY)
    assert rungs(found) == ["survey of use"]
    assert amounts(found) == {"busy": 200, "calm": 400}  # 20 and 40 users expected


def test_several_surveyed_services_need_the_cost_of_a_user() -> None:
    both = pd.concat(
        [LIBRARY, survey_of(("Museum", "calm", 0, 5), ("Museum", "busy", 5, 5))]
    )
    assert rungs(shared(spend_of(("08", 1)), survey=both)) == ["head count"]
    costs = costs_of(("Library", "user", 1), ("Museum", "user", 3))
    found = shared(spend_of(("08", 1200)), survey=both, costs=costs)
    assert amounts(found) == {"busy": 800, "calm": 400}  # 20 + 3 x 20, and 40


@pytest.mark.parametrize(
    "survey",
    [
        survey_of(("Library", "calm", 5, 10)),
        survey_of(("Library", "calm", 5, 10), ("Library", "busy", 0, 0)),
        survey_of(("Library", "calm", 0, 10), ("Library", "busy", 0, 9)),
    ],
)
def test_a_survey_that_missed_a_segment_or_found_nobody_is_not_used(
    survey: pd.DataFrame,
) -> None:
    found = shared(spend_of(("08.2", 10)), survey=survey)
    assert rungs(found) == ["head count"]


def test_recorded_use_comes_before_a_survey_and_a_survey_before_a_key() -> None:
    key = pd.Series({"calm": 1.0, "busy": 0.0}, name="children")
    use = use_of(("Library", "busy", None, None, 3))
    spend = spend_of(("08.2", 9))
    assert rungs(shared(spend, use, survey=LIBRARY, keys={"8": key})) == ["customers"]
    assert rungs(shared(spend, survey=LIBRARY, keys={"8": key})) == ["survey of use"]
    assert rungs(shared(spend, keys={"8": key})) == ["proxy key"]


def test_the_key_of_a_group_comes_before_that_of_its_division() -> None:
    keys = {
        "09": pd.Series({"calm": 1, "busy": 0}),
        "09.4": pd.Series({"calm": 0, "busy": 1}),
    }
    found = shared(spend_of(("09.1", 10), ("09.4", 5), ("09", 1)), keys=keys)
    assert amounts(found) == {"busy": 5, "calm": 11}


def test_a_key_takes_a_code_out_of_the_collective_bucket() -> None:
    key = pd.Series({"calm": 1, "busy": 1}, name="crimes")
    found = shared(spend_of(("03.1", 10), ("03.3", 4)), keys={"03.1": key})
    assert amounts(found) == {"busy": 5, "calm": 5, "collective": 4}


def test_collective_goods_may_be_shared_a_head_and_stay_visible() -> None:
    found = shared(spend_of(("02", 100)), collective_as="head count")
    assert amounts(found) == {"busy": 20, "calm": 80}
    assert rungs(found) == ["collective by head count"]
    assert spend_by_aim(found)["collective"].tolist() == [20, 80]


def test_overheads_follow_the_direct_costs_of_their_body() -> None:
    spend = spend_of(("08.2", 100), ("09", 300), ("01.1", 60), ("01.1", 40))
    spend["body"] = ["Council", "School", "Council", "Trust"]
    key = pd.Series({"calm": 1, "busy": 3})
    found = shared(spend, survey=LIBRARY, keys={"09": key}, overheads=["01.1"])
    # Council: 33 and 67 direct (20 and 40 users); all: 33 + 225, and 67 + 75.
    parts = found.lines[found.lines["rung"] == "overhead"]
    assert parts.set_index(["line", "segment"])["amount_pence"].to_dict() == {
        (2, "busy"): 20, (2, "calm"): 40, (3, "busy"): 26, (3, "calm"): 14,
    }  # fmt: skip
    assert spend_by_aim(found)["overhead"].sum() == 100


def test_overheads_without_direct_costs_are_shared_as_they_would_be() -> None:
    assert rungs(shared(spend_of(("01.1", 9)), overheads=["01.1"])) == ["collective"]
    refund = spend_of(("01.1", 9), ("09", -5))
    assert rungs(shared(refund, overheads=["01"])) == ["head count", "collective"]


def test_known_totals_are_kept_to_the_penny_and_so_is_every_line() -> None:
    known = pd.DataFrame(
        {"cofog": "10", "segment": ["calm", "busy"], "amount_pence": [101, 99]}
    )
    spend = spend_of(("10.2", 67), ("10.4", 133), ("09", 10))
    key = pd.Series({"calm": 9, "busy": 1})
    found = shared(spend, known=known, keys={"10.2": key})
    by_line = found.lines.groupby("line")["amount_pence"].sum()
    assert by_line.tolist() == [67, 133, 10]
    assert amounts(found) == {"busy": 99 + 2, "calm": 101 + 8}
    assert rungs(found) == ["known totals", "head count"]


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ([("10", "calm", 5), ("10", "busy", 4)], "known totals of COFOG 10: rows add"),
        ([("10", "calm", 10)], r"and not for \['busy'\]"),
        ([("10", "calm", 5), ("10", "calm", 5)], "1 of 2 known totals do not"),
        ([("77", "calm", 5), ("10", "busy", 5)], "1 of 2 known totals do not"),
        ([("10", "calm", -5)], "1 of 1 known totals do not"),
        ([("10", "calm", 5), ("10.2", "busy", 5)], r"\['10.2'\] and for what they are"),
    ],
)
def test_known_totals_that_are_not_the_spend_are_refused(
    known: list[tuple[str, str, int]], words: str
) -> None:
    table = pd.DataFrame(known, columns=["cofog", "segment", "amount_pence"])
    with pytest.raises(InsightError, match=words):
        shared(spend_of(("10.2", 10)), known=table)


@pytest.mark.parametrize(
    ("beside", "words"),
    [
        ({"survey": survey_of(("Library", "calm", 11, 10))}, "1 of 1 rows of survey"),
        ({"survey": LIBRARY.drop(columns="asked")}, r"survey lacks \['asked'\]"),
        ({"costs": costs_of(("GP", "visit", 1))}, "1 of 1 rows of costs"),
        ({"costs": costs_of(("GP", "unit", -1))}, "1 of 1 rows of costs"),
        ({"costs": costs_of(("GP", "unit", 1), ("GP", "unit", 2))}, "1 of 2 rows of"),
        (
            {"costs": costs_of(("GP", "unit", 5)).assign(low_pence=6)},
            "0 <= low <= central <= high",
        ),
        ({"keys": {"09": pd.Series({"calm": -1.0})}}, "below zero in 1 of 1 segments"),
        ({"keys": {"09": pd.Series({"calm": 0.0})}}, "adds up to 0"),
        ({"keys": {"x": pd.Series({"calm": 1.0})}}, "1 keys have no COFOG 1999 code"),
        ({"overheads": ["x"]}, "1 overheads have no COFOG 1999 code"),
    ],
)
def test_bad_evidence_is_refused(beside: dict[str, Any], words: str) -> None:
    with pytest.raises(InsightError, match=words):
        shared(spend_of(("09", 1)), **beside)


def test_universal_and_targeted_spend_add_up_to_all() -> None:
    found = shared(spend_of(("09", 50), ("10", 30), ("02", 5)))
    split = spend_by_aim(found)
    assert split.sum().to_dict() == {
        "universal": 50, "targeted": 30, "collective": 5, "overhead": 0, "not known": 0,
    }  # fmt: skip
    assert split.sum(axis=1).tolist() == found.segments["amount_pence"].tolist()
    own = shared(spend_of(("09", 50), ("10.1", 30)), universal=["10"])
    assert spend_by_aim(own)["universal"].sum() == 30
