"""A model given to a table: the maker's answer for the maker's rows, and for any."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from place.settings import Block
from segmentation import SegmentError, SegmentRecipe, segment_areas
from segmentation.share.assigning import assign
from segmentation.share.model import read_model
from segmentation.share.model_sql import assign_sql
from segmentation.share.sharing import shared_model
from tests.segmentation.shared_models import TREE, VARIABLES, feature, table, tree


def in_plain_python(flats: float, homes: float, visits: float) -> str | None:
    """Walk down the tree with plain Python, one row at a time."""
    if not (0 <= flats <= homes * (1 + 1e-9) and 0 < homes <= 2**53):
        return None
    where = [(100 * flats / homes - 50) / 2.5, visits - 10]
    if not all(abs(each) <= 2**53 for each in where):
        return None
    steps = [int(np.floor(each + 0.5)) for each in where]
    code = None
    while children := [one for one in tree().segments if one.parent == code]:
        away = [
            sum((a - b) ** 2 for a, b in zip(steps, one.steps, strict=True))
            for one in children
        ]
        code = children[away.index(min(away))].code
    return code


def test_every_row_goes_down_the_tree_as_in_plain_python() -> None:
    rows = table()
    found = assign(tree(), rows)
    for key, row in rows.iterrows():
        expected = in_plain_python(row["flats"], row["homes"], row["visits"])
        given = found.segments[key]
        assert (None if pd.isna(given) else given) == expected, row.tolist()
    assert 100 < found.segments.notna().sum() < 500
    assert set(found.segments.dropna()) == set(tree().leaves)


def test_a_row_without_a_segment_says_what_it_lacks() -> None:
    rows = pd.DataFrame(
        {
            "flats": [50, np.nan, 5, 5, np.inf, 5],
            "homes": [100, 100, 0, 4, 100, 10],
            "visits": [1, 1, np.nan, 1, 1, 1e300],
        },
        index=list("abcdef"),
    )
    found = assign(tree(), rows)
    assert found.left_out.to_dict() == {
        "b": "flats",
        "c": "flats, visits",
        "d": "flats",
        "e": "flats",
        "f": "visits",
    }
    assert found.segments.notna().tolist() == [True] + [False] * 5
    assert str(found).startswith("1 of 6 rows have a segment; 5 were left out")


def test_second_best_and_margin_are_of_the_lowest_level() -> None:
    rows = pd.DataFrame({"flats": [20.0, 30.0], "homes": 100, "visits": [6.0, 10.0]})
    found = assign(tree(), rows)
    assert found.segments.tolist() == ["1a", "1a"]
    assert found.second.tolist() == ["1b", "1b"]
    assert found.margin.tolist() == [1.0, 0.0]  # on its centre, and between the two


def test_a_segment_alone_has_no_second() -> None:
    alone = tree(parents={"1": None, "2": None, "1a": "1"})
    rows = pd.DataFrame({"flats": [20.0, 80.0], "homes": 100, "visits": 10.0})
    found = assign(alone, rows)
    assert found.segments.tolist() == ["1a", "2"]
    assert found.second.isna().tolist() == [True, False]
    assert found.margin.isna().tolist() == [True, False]


def test_the_first_of_two_equally_near_is_taken() -> None:
    flat = tree(parents={"b": None, "a": None})
    rows = pd.DataFrame({"flats": [50.0], "homes": 100, "visits": 10.0})
    assert assign(flat, rows).segments.tolist() == ["b"]


def test_columns_are_found_by_name_and_a_missing_one_is_named() -> None:
    rows = table().sample(frac=1, random_state=1)[["visits", "homes", "flats"]]
    again = assign(tree(), rows.assign(more="words"))
    pd.testing.assert_series_equal(
        again.segments, assign(tree(), table()).segments.reindex(rows.index)
    )
    with pytest.raises(
        SegmentError, match="no column is called 'homes', the nearest is"
    ):
        assign(tree(), table().rename(columns={"homes": "home"}))
    with pytest.raises(
        SegmentError, match="column 'visits' should be one column of num"
    ):
        assign(tree(), table().astype({"visits": str}))


def test_an_empty_table_gets_an_empty_answer() -> None:
    found = assign(tree(), table().iloc[:0])
    assert len(found.segments) == len(found.left_out) == 0


def test_the_table_given_is_left_as_it_is() -> None:
    rows = table()
    before = rows.copy()
    assign(tree(), rows)
    pd.testing.assert_frame_equal(rows, before)


def test_a_declared_value_fills_a_gap_and_categories_are_indicators() -> None:
    model = tree(
        feature("flats", "flats", centre=50.0, spread=2.5, fill=10.0),
        feature("tenure = owned", "tenure", equals="owned", weight=8.0),
        parents={"1": None, "2": None},
    )
    rows = pd.DataFrame({"flats": [None, 60, 60], "homes": 100})
    rows["tenure"] = ["owned", "owned", "rented"]
    found = assign(model, rows)
    assert found.segments.fillna("none").tolist() == ["1", "2", "none"]
    assert found.left_out.to_dict() == {2: "tenure = owned"}


@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_a_row_gets_the_same_alone_and_among_others(seed: int, rows: int) -> None:
    many = table(60, seed=seed).iloc[:rows]
    together = assign(tree(), many)
    for key in many.index[:5]:
        alone = assign(tree(), many.loc[[key]])
        pd.testing.assert_series_equal(alone.segments, together.segments.loc[[key]])
        pd.testing.assert_series_equal(alone.margin, together.margin.loc[[key]])


@pytest.mark.parametrize("transform", ["asinh", "log", "boxcox", "none"])
@pytest.mark.parametrize("scale", ["range", "z", "interdecile"])
def test_the_makers_own_rows_get_the_makers_segments(
    transform: str, scale: str
) -> None:
    random = np.random.default_rng(4)
    areas = pd.DataFrame(
        {
            "area_code": [f"E{at}" for at in range(90)],
            "flats": random.integers(0, 100, 90),
            "homes": 100,
            "visits": random.gamma(2, 10, 90),
        }
    )
    recipe = SegmentRecipe(k=4, restarts=3, samples=2, transform=transform, scale=scale)
    found = segment_areas(areas, VARIABLES, recipe=recipe)
    model = read_model(shared_model(found, VARIABLES).text())
    given = assign(model, areas.set_index("area_code"))
    assert given.segments.to_dict() == found.segments.to_dict()


def test_a_tree_of_every_option_gives_its_makers_rows_their_segments() -> None:
    random = np.random.default_rng(5)
    areas = pd.DataFrame({"area_code": [f"E{at:03}" for at in range(240)]})
    areas["homes"] = 100
    for name in ("flats", "owned", "young", "old"):
        areas[name] = random.integers(0, 100, 240)
    areas["flats too"] = areas["flats"]
    areas.loc[[3, 17], "old"] = np.nan
    areas["kind"] = random.choice(["rural", "town"], 240)
    areas.loc[5, "kind"] = None
    labels = ["flats", "owned", "young", "old", "flats too"]
    recipe = SegmentRecipe(
        levels=(3, 7),
        restarts=4,
        samples=2,
        missing="median",
        correlated=0.9,
        categories=["kind"],
        blocks={"ages": Block(weight=2, variables=["young", "old"])},
    )
    notation = {label: f"{label} / homes" for label in labels}
    found = segment_areas(areas, notation, recipe=recipe)
    model = read_model(shared_model(found).text())
    assert len(model.leaves) == 7
    assert len(model.segments) == 10
    assert list(model.dropped) == ["flats too"]
    assert "correlation with 'flats' is 1.00" in model.dropped["flats too"]
    given = assign(model, areas.set_index("area_code"))
    assert given.segments.to_dict() == found.tree.iloc[:, -1].to_dict()
    connection = duckdb.connect()
    connection.register("areas", areas)
    sql = assign_sql(model, "areas", "area_code", columns=list(areas.columns))
    theirs = connection.sql(sql).df().set_index("area_code")["segment"]
    assert theirs.to_dict() == given.segments.to_dict()


def test_there_is_no_more_in_the_tree_than_stands_here() -> None:
    assert tree().leaves == tuple(code for code in TREE if len(code) == 2)
