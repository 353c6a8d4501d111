"""Settings on journeys that no log is needed to refuse."""

from __future__ import annotations

import pytest

from insight.journey_faults import journey_faults
from place.settings import Place

DOOR = {"kind": "front door", "agency": "Council", "name": "Door"}
ONE, TWO, THREE = "2008-04-01", "2008-10-01", "2009-04-01"


def faults_of(**said: object) -> list[str]:
    return list(journey_faults(Place.model_validate({"place": {"name": "H"}} | said)))


def test_redesigns_of_one_name_are_refused() -> None:
    assert faults_of(redesigns=[DOOR, DOOR | {"name": "Other"}]) == []
    (said,) = faults_of(redesigns=[DOOR, DOOR, DOOR])
    assert said == "[[redesigns]]: several are called 'Door'. Name each differently."


@pytest.mark.parametrize("dates", [[THREE, TWO, ONE], [ONE, ONE, TWO]])
def test_periods_out_of_order_are_refused(dates: list[str]) -> None:
    assert not faults_of(compare={"by": "period", "periods": [ONE, TWO, THREE]})
    (said,) = faults_of(compare={"by": "period", "periods": dates})
    assert "later than the one before" in said
