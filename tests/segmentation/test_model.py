"""A shared model: what may stand in segments.json, and what is seen at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation import SegmentError, SegmentRecipe, segment_areas
from segmentation.share.model import Made, read_model
from segmentation.share.sharing import shared_model
from tests.segmentation.shared_models import VARIABLES, tree

if TYPE_CHECKING:
    from segmentation.share.model import SharedModel


@pytest.fixture(scope="module")
def model() -> SharedModel:
    areas = pd.DataFrame(
        {
            "area_code": [f"E{number:02}" for number in range(24)],
            "flats": [number % 8 + 60 * (number % 2) for number in range(24)],
            "homes": 100,
            "visits": [3.0 * (number % 2) + number / 10 for number in range(24)],
        }
    )
    recipe = SegmentRecipe(k=2, restarts=5, samples=2, seed=7)
    found = segment_areas(areas, VARIABLES, recipe=recipe)
    made = Made(place="Anytown", when="2010-03-01T09:00:00+00:00", sources=("a.csv",))
    return shared_model(found, VARIABLES, made=made, synthetic=True)


def changed(model: SharedModel, *path: str | int, to: object) -> str:
    """Return the text of a model with one value changed by hand."""
    content = json.loads(model.text())
    inside = content
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = to
    return json.dumps(content)


def test_what_is_written_is_what_is_read(model: SharedModel) -> None:
    again = read_model(model.text())
    assert again == model
    assert again.text() == model.text()


def test_the_text_can_be_read_by_a_person(model: SharedModel) -> None:
    text = model.text()
    assert '"flats": "flats / homes"' in text
    assert '"transform": "asinh"' in text
    assert '"place": "Anytown"' in text
    content = json.loads(text)
    assert content["synthetic"] is True
    assert content["made"]["seed"] == 7
    assert content["made"]["rows"] == 24
    assert content["checksum"].startswith("sha256:")
    steps = content["segments"][0]["steps"]
    value = content["grid"]["offset"][0] + steps[0] * content["grid"]["step"]
    assert content["segments"][0]["centre"]["flats"] == pytest.approx(value, abs=1e-6)


def test_it_says_what_rows_were_like_without_the_ends_of_a_range(
    model: SharedModel,
) -> None:
    assert model.summary is not None
    flats = model.summary.features["flats"]
    assert flats.n == 24
    assert len(flats.deciles) == 9
    assert flats.deciles[0] > 0
    assert flats.deciles[-1] < 67
    assert model.summary.shares == {"1": 0.5, "2": 0.5}
    assert [each.rows for each in model.segments] == [12, 12]


def test_sizes_are_left_out_where_a_segment_is_small() -> None:
    areas = pd.DataFrame({"area_code": list("abcdef"), "flats": [1, 2, 3, 80, 81, 82]})
    areas["homes"] = 100
    recipe = SegmentRecipe(k=2, restarts=3, samples=2)
    one = {"flats": "flats / homes"}
    small = shared_model(segment_areas(areas, one, recipe=recipe), one)
    assert [each.rows for each in small.segments] == [None, None]
    assert small.summary is not None
    assert small.summary.shares is None
    assert "rows" not in json.loads(small.text())["segments"][0]


def test_names_may_be_changed_in_the_file(model: SharedModel) -> None:
    renamed = read_model(changed(model, "names", "1", to="Settled families"))
    assert renamed.names["1"] == "Settled families"
    assert renamed.checksum == model.checksum
    assert renamed == model.named({"1": "Settled families"})
    with pytest.raises(SegmentError, match="names are given to '9', which are no"):
        model.named({"9": "Nobody"})
    with pytest.raises(SegmentError, match="names are given to no segment: '9'"):
        read_model(changed(model, "names", "9", to="Nobody"))


def test_layout_and_whole_numbers_do_not_matter(model: SharedModel) -> None:
    content = json.loads(model.text(), parse_float=json_number)
    backwards = json.dumps(dict(reversed(content.items())), separators=(",", ":"))
    assert read_model("\ufeff" + backwards) == model


def json_number(text: str) -> float | int:
    """Read 1.0 as 1, as another program's JSON writes it."""
    return int(float(text)) if float(text).is_integer() else float(text)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("segments", 0, "steps", 0), 12345),
        (("segments", 0, "centre", "flats"), 0.123),
        (("features", 0, "spread"), 9.0),
        (("features", 0, "weight"), 2.0),
        (("grid", "offset", 0), 0.25),
        (("variables", "flats"), "visits / homes"),
        (("made", "place"), "Elsewhere"),
        (("synthetic",), False),
        (("summary", "features", "flats", "mean"), 1.0),
        (("checksum",), "sha256:00"),
        (("checksum",), None),
    ],
)
def test_a_change_by_hand_is_seen(
    model: SharedModel, path: tuple[str | int, ...], to: object
) -> None:
    with pytest.raises(SegmentError, match=r"checksum.*fresh copy"):
        read_model(changed(model, *path, to=to))


@pytest.mark.parametrize(
    ("path", "to", "said"),
    [
        (("schema_version",), 2, "schema version 2; this totalplace reads version 1"),
        (("schema_version",), None, "schema version None"),
        (("format",), "something", "says that it is 'something'"),
        (("features", 0, "spread"), 0, "features.0.spread: Input should be greater"),
        (("features", 0, "transform"), "sqrt", "features.0.transform: Input should be"),
        (("features", 0, "of"), "gone", "variables that are not there: 'gone'"),
        (("features", 1, "name"), "flats", "features stand there twice: 'flats'"),
        (("grid", "step"), 0.3, "step 0.3 is no power of two"),
        (("grid", "offset"), [0.0], "grid is of 1 features, not 2"),
        (("segments", 0, "steps"), [1], "centre of '1' is of other features"),
        (("segments", 1, "code"), "1", "'1' stands there twice"),
        (("segments", 0, "parent"), "9", "'1' lies in '9', not there yet"),
        (("segments",), [], "segments: Tuple should have at least 1 item"),
        (("surprise",), 1, "surprise: is not known"),
        (("summary", "features"), {}, "summary is of other features"),
    ],
)
def test_what_cannot_be_is_said(
    model: SharedModel, path: tuple[str | int, ...], to: object, said: str
) -> None:
    with pytest.raises(SegmentError, match=said.replace("(", r"\(")):
        read_model(changed(model, *path, to=to))


def test_a_missing_part_is_named(model: SharedModel) -> None:
    content = json.loads(model.text())
    del content["grid"], content["features"][0]["centre"]
    with pytest.raises(
        SegmentError, match=r"features\.0\.centre: is missing.*grid: is"
    ):
        read_model(json.dumps(content))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON, or was cut short"),
        ("[1]", "holds a list, not an object"),
        ('{"a": 1, "a": 2}', "it gives 'a' twice"),
        ('{"a": NaN}', "it holds NaN, which is no number"),
        ('{"a": -Infinity}', "it holds -Infinity"),
        ("[" * 100_000, "cannot be read"),
        ('{"a": ' + "9" * 5_000 + "}", "cannot be read"),
    ],
)
def test_text_that_is_no_model_is_refused(text: str, said: str) -> None:
    with pytest.raises(SegmentError, match=said):
        read_model(text)


def test_a_number_too_large_for_a_computer_is_refused(model: SharedModel) -> None:
    text = model.text().replace('"seed": 7', '"seed": 7, "place": "b"', 1)
    with pytest.raises(SegmentError, match="gives 'place' twice"):
        read_model(text)
    huge = changed(model, "features", 0, "centre", to="huge").replace('"huge"', "1e999")
    with pytest.raises(
        SegmentError, match=r"features.0.centre: Input should be a finite"
    ):
        read_model(huge)


@given(st.data())
def test_a_model_cut_short_or_with_a_byte_changed_is_never_another_model(
    data: st.DataObject,
) -> None:
    text = tree().text()
    at = data.draw(st.integers(0, len(text) - 2))
    for hurt in (
        text[:at],
        text[:at] + data.draw(st.sampled_from('0189.,x"}]')) + text[at + 1 :],
    ):
        try:
            read = read_model(hurt)
        except SegmentError:
            continue
        assert read.checksum == tree().checksum  # a name, a blank or the same again
