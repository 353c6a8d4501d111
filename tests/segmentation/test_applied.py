"""Segments that were found elsewhere, on the areas of this place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from place.settings import Block
from segmentation import Segmentation, SegmentError, SegmentRecipe, segment_areas
from segmentation.share.applied import apply_model
from segmentation.share.model import SharedModel, read_model
from segmentation.share.sharing import shared_model

VARIABLES = {"flats": "flats / homes", "owned homes": "owned / homes", "density": "ha"}
QUICK = SegmentRecipe(k=3, restarts=4, samples=2)
RECIPES = {
    "one level": QUICK,
    "a tree": replace(QUICK, levels=(2, 4)),
    "blocks": replace(
        QUICK,
        blocks={
            "homes": Block(weight=3, variables=["flats", "owned homes"]),
            "land": Block(weight=1, variables=["density"]),
        },
    ),
    "categories": replace(QUICK, categories=["kind"]),
    "pruned": replace(QUICK, correlated=0.9),
    "filled": replace(QUICK, missing="median"),
    "Box-Cox, z": replace(QUICK, transform="boxcox", scale="z"),
    "log, inter-decile": replace(QUICK, transform="log", scale="interdecile"),
}


def place_of(rows: int = 30, seed: int = 0) -> pd.DataFrame:
    """Build areas of three kinds: city flats, owned suburbs and the rest."""
    random = np.random.default_rng(seed)
    kind = np.arange(rows) % 3
    return pd.DataFrame(
        {
            "area_code": [f"E{number:03}" for number in range(rows)],
            "homes": 1000,
            "flats": np.array([800, 100, 300])[kind] + random.integers(0, 60, rows),
            "owned": np.array([100, 900, 400])[kind] + random.integers(0, 60, rows),
            "ha": np.array([90.0, 20.0, 50.0])[kind] + random.random(rows),
            "kind": np.array(["city", "suburb", "town"])[kind],
        }
    )


def made(
    areas: pd.DataFrame, recipe: SegmentRecipe
) -> tuple[Segmentation, SharedModel]:
    found = segment_areas(areas, VARIABLES, recipe=recipe)
    return found, read_model(shared_model(found).text())


@pytest.mark.parametrize("name", RECIPES)
def test_on_the_areas_that_made_it_a_model_gives_all_that_was_found(name: str) -> None:
    areas = place_of()
    if name == "filled":
        areas.loc[[3, 4], ["flats", "ha"]] = np.nan
    found, model = made(areas, RECIPES[name])
    applied = apply_model(model, areas)
    pd.testing.assert_frame_equal(applied.tree, found.tree)
    assert applied.segments.equals(found.segments)
    assert (applied.names, applied.node_names) == (found.names, found.node_names)
    used = ["segment", "variable", "rate", "index", "low", "high"]
    kept = found.profile["variable"].isin(applied.profile["variable"])
    pd.testing.assert_frame_equal(
        applied.profile[used], found.profile.loc[kept, used].reset_index(drop=True)
    )
    features = applied.features.to_numpy()
    assert features == pytest.approx(found.features.to_numpy(), abs=1e-9)
    sizes = ["parent", "level", "areas"]
    nodes = found.nodes.loc[applied.nodes.index, sizes]
    pd.testing.assert_frame_equal(applied.nodes[sizes], nodes, check_dtype=False)
    assert applied.inertia == pytest.approx(found.inertia)
    assert applied.explained == pytest.approx(found.explained)


def test_the_result_says_that_it_was_found_elsewhere() -> None:
    _, model = made(place_of(), QUICK)
    applied = apply_model(model, place_of(12, seed=5))
    assert applied.stability is None
    assert applied.pipeline is None
    assert "12 areas" in str(applied)
    assert "they were found elsewhere and are applied here" in str(applied)
    assert "restarts" not in str(applied)


@settings(max_examples=5)
@given(st.integers(0, 99))
def test_each_area_of_another_place_gets_its_nearest_centre(seed: int) -> None:
    found, model = made(place_of(), QUICK)
    other = place_of(24, seed)
    applied = apply_model(model, other)
    assert found.pipeline is not None
    scaled = found.pipeline.transform(applied.rates)
    away = ((scaled.to_numpy()[:, np.newaxis] - found.centres.to_numpy()) ** 2).sum(2)
    nearest = found.centres.index[away.argmin(axis=1)]
    assert applied.segments.tolist() == nearest.tolist()
    assert applied.segments.index.tolist() == other["area_code"].tolist()
    assert applied.inertia == pytest.approx(away.min(axis=1).sum())


def test_a_segment_that_is_not_here_stays_with_no_areas() -> None:
    found, model = made(place_of(), RECIPES["a tree"])
    city = place_of().query("kind == 'city'")
    applied = apply_model(model, city)
    assert applied.nodes.index.tolist() == list(model.codes)
    assert set(applied.tree["supergroup"]) == set(
        found.tree.loc[city["area_code"], "supergroup"]
    )
    assert 0 in applied.nodes["areas"].tolist()
    assert applied.nodes.loc[applied.nodes["level"] == 1, "areas"].sum() == len(city)
    assert list(applied.names) == ["1", "2"]


def test_names_given_by_hand_go_along() -> None:
    found, model = made(place_of(), QUICK)
    own = model.named({"2": "Harbour towns"})
    assert apply_model(own, place_of()).names == found.names | {"2": "Harbour towns"}


def test_an_area_that_lacks_a_value_is_listed_with_what_it_lacks() -> None:
    _, model = made(place_of(), QUICK)
    other = place_of(9, seed=3)
    other.loc[4, ["flats", "ha"]] = np.nan
    applied = apply_model(model, other)
    assert applied.left_out.to_dict() == {"E004": "flats, density"}
    assert len(applied.segments) == 8
    assert len(applied.rates) == 9


def test_a_place_where_every_area_lacks_something_is_refused() -> None:
    _, model = made(place_of(), QUICK)
    with pytest.raises(SegmentError, match=r"none of 30 areas .* 'E000', which lacks"):
        apply_model(model, place_of().assign(ha=np.nan))


def test_a_column_that_the_model_needs_is_named() -> None:
    _, model = made(place_of(), QUICK)
    with pytest.raises(SegmentError, match="owned"):
        apply_model(model, place_of().drop(columns="owned"))


def test_areas_that_are_all_alike_explain_nothing() -> None:
    _, model = made(place_of(), QUICK)
    alike = pd.concat([place_of(1)] * 3).assign(area_code=["a", "b", "c"])
    applied = apply_model(model, alike)
    assert np.isnan(applied.explained)
    assert np.isnan(applied.silhouette)
    assert applied.segments.tolist() == [applied.segments.iloc[0]] * 3


def test_the_callers_table_is_left_as_it_was() -> None:
    areas = place_of()
    _, model = made(areas, QUICK)
    before = areas.copy()
    apply_model(model, areas)
    pd.testing.assert_frame_equal(areas, before)
