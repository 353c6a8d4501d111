"""Settings on journeys that no log is needed to refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from insight import check_place
from insight.journey_faults import journey_faults
from place import PlaceError, read_place
from place.settings import Place

if TYPE_CHECKING:
    from pathlib import Path

DOOR = {"kind": "front door", "agency": "Council", "name": "Door"}
MEANT = ("Did you mean 'Council'?", "Did you mean 'Ask'?")
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


def test_redesigns_that_name_what_no_event_has_are_told_all_at_once(
    tmp_path: Path,
) -> None:
    events = "customer_id,time,agency,activity\na,2009-04-01,Council,Ask\n"
    (tmp_path / "events.csv").write_text(events)
    (tmp_path / "place.toml").write_text(
        '[place]\nname = "H"\ntime_zone = "UTC"\n'
        '[tables.events]\nfile = "events.csv"\n'
        '[[redesigns]]\nkind = "front door"\nname = "Door"\nagency = "Councl"\n'
        '[[redesigns]]\nkind = "assess first"\nname = "First"\nactivities = ["Aks"]\n'
    )
    with pytest.raises(PlaceError) as told:
        check_place(read_place(tmp_path))
    door, first = told.value.faults
    where = "no event has the"
    assert door == f"[[redesigns]] 'Door' agency: {where} agency 'Councl'. {MEANT[0]}"
    assert first.startswith(f"[[redesigns]] 'First' activities: {where} activity 'Aks'")
    assert first.endswith(MEANT[1])
