"""Different customers of each service, counted by the area where they live."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from place.engine import DuckDBEngine, Engine
from segmentation import index_scores, rates
from segmentation.errors import SegmentError
from segmentation.features.service_use import service_use_rates

if TYPE_CHECKING:
    from collections.abc import Iterator

AREAS = pd.DataFrame(
    {"population": [100, 50, 40, 20]},
    index=pd.Index(["E1", "E2", "E3", "E4"], name="area_code"),
)
CARE = {"care": "Home care"}
Rows = list[tuple[str | None, str | None, str]]


def use_of(*rows: tuple[str | None, str | None, str]) -> pd.DataFrame:
    """Build a table of use from (customer, area, service) triples."""
    columns = ["customer_id", "area_code", "service"]
    return pd.DataFrame(rows, columns=columns, dtype="str")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    started = DuckDBEngine(threads=1)
    yield started
    started.close()


def test_a_customer_counts_once_in_the_area_of_home(engine: Engine) -> None:
    use = use_of(
        ("a", "E1", "Home care"),
        ("a", "E2", "Home care"),
        ("b", None, "Home care"),
        ("c", "E1", "Bins"),
        ("d", "E3", "Home care"),
    )
    people = pd.DataFrame({"customer_id": ["a", "b"], "area_code": ["E2", "E2"]})
    found = service_use_rates(engine, CARE, AREAS, people=people, service_use=use)
    assert found.counts["care"].iloc[:3].tolist() == [0, 2, 1]
    assert found.counts.index.equals(AREAS.index)


def test_an_area_that_no_row_covers_is_missing_and_not_nought(engine: Engine) -> None:
    use = use_of(("a", "E1", "Home care"), ("b", "E2", "Bins"), (None, "E3", "Bins"))
    found = service_use_rates(engine, CARE, AREAS, service_use=use)
    assert found.counts["care"].iloc[:3].tolist() == [1, 0, 0]
    assert pd.isna(found.counts.loc["E4", "care"])
    assert found.covered == 3
    home = pd.DataFrame({"customer_id": ["b"], "area_code": ["E4"]})
    found = service_use_rates(engine, CARE, AREAS, people=home, service_use=use)
    assert found.counts.loc["E4", "care"] == 0


def test_who_is_not_counted_is_said(engine: Engine) -> None:
    use = use_of(
        ("a", "E1", "Home care"),
        ("b", None, "Home care"),
        ("c", "W9", "Home care"),
        (None, "E1", "Home care"),
        (None, "E1", "Home care"),
    )
    found = service_use_rates(engine, CARE, AREAS, service_use=use)
    assert found.uncounted.loc["care"].to_dict() == {
        "without_area": 1, "elsewhere": 1, "without_customer": 2,
    }  # fmt: skip
    assert str(found) == (
        "Use of 1 services is known of 1 of 4 areas. Not counted: customers of no "
        "known area; customers of an area outside the place; rows that name no "
        "customer."
    )
    all_known = service_use_rates(engine, CARE, AREAS, service_use=use.iloc[[0]])
    assert "Not counted" not in str(all_known)


def test_counts_join_areas_in_the_usual_notation(engine: Engine) -> None:
    use = use_of(("a", "E1", "Home care"), ("b", "E2", "Home care"))
    found = service_use_rates(engine, CARE, AREAS, service_use=use)
    joined = AREAS.join(found.counts)
    assert rates(joined, found.variables)["care"].tolist()[:2] == [1.0, 2.0]
    profile = index_scores(joined, found.variables, pd.Series({"E1": "1", "E2": "2"}))
    assert profile["base"].tolist() == [100, 50]
    assert profile["count"].tolist() == [1, 1]


def test_bad_input_is_named(engine: Engine) -> None:
    use = use_of(("a", "E1", "Home care"), (None, "E1", "Bins"))
    with pytest.raises(
        SegmentError, match=r"no row .* names: 'Care'; .* 'Bins', 'Home"
    ):
        service_use_rates(engine, {"care": "Care"}, AREAS, service_use=use)
    with pytest.raises(SegmentError, match="whose rows name no customer: 'Bins'"):
        service_use_rates(engine, {"bins": "Bins"}, AREAS, service_use=use)
    with pytest.raises(SegmentError, match="no service was named"):
        service_use_rates(engine, {}, AREAS, service_use=use)
    with pytest.raises(SegmentError, match="there is no table 'service_use'"):
        service_use_rates(engine, CARE, AREAS)
    with pytest.raises(SegmentError, match="given_service_use lacks 'service'"):
        service_use_rates(
            engine, CARE, AREAS, service_use=use[["customer_id", "area_code"]]
        )
    with pytest.raises(SegmentError, match="cannot be called 'population'"):
        service_use_rates(engine, {"population": "Home care"}, AREAS, service_use=use)
    with pytest.raises(SegmentError, match="cannot be called 'a / b'"):
        service_use_rates(engine, {"a / b": "Home care"}, AREAS, service_use=use)
    with pytest.raises(SegmentError, match="no column 'adults' to take rates of"):
        service_use_rates(engine, CARE, AREAS, population="adults", service_use=use)
    with pytest.raises(SegmentError, match=r"none of the 1 areas .* 'W1'.*same codes"):
        service_use_rates(
            engine, CARE, AREAS, service_use=use_of(("a", "W1", "Home care"))
        )


rows = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from(["E1", "E2", "E3"]),
        st.sampled_from(["Home care", "Bins"]),
    ),
    min_size=1,
)


@given(rows)
@settings(max_examples=25)
def test_counts_are_those_of_plain_python(engine: Engine, table: Rows) -> None:
    use = use_of(*table, ("z", "E1", "Home care"))
    found = service_use_rates(engine, CARE, AREAS, service_use=use)
    home = {
        who: min(
            (-times, area)
            for (whose, area), times in Counter(
                (who, area) for who, area, _ in use.itertuples(index=False)
            ).items()
            if whose == who
        )[1]
        for who in use["customer_id"]
    }
    users = set(use.loc[use["service"] == "Home care", "customer_id"])
    covered = {*use["area_code"], *home.values()}
    for area, count in found.counts["care"].items():
        if area in covered:
            assert count == sum(home[who] == area for who in users)
        else:
            assert pd.isna(count)
