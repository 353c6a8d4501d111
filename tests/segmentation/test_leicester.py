"""All 969 output areas of Leicester, 2011 census, against the official classes.

A segmentation made for Leicester and the national one answer different questions:
the nation calls 573 of the 969 areas "Multicultural Metropolitans". The agreement
is printed for what it is.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from segmentation import (
    Segmentation,
    SegmentRecipe,
    agreement,
    pen_portrait,
    penetration,
    rates,
    segment_areas,
    suggested_names,
)

pytestmark = pytest.mark.fixtures

PLACE = Path(__file__).parents[1] / "places" / "leicester" / "place.toml"
RECIPE = SegmentRecipe(k=8, seed=0, restarts=100, samples=4)


@pytest.fixture(scope="module")
def areas(fixtures: Path) -> pd.DataFrame:
    folder = fixtures / "segmentation" / "oac2011"
    table = pd.read_parquet(folder / "leicester_oa11_167vars_with_oac2011.parquet")
    table["population"] = table["Total_Population"]
    table["households"] = table["Total_Households"]
    return table.rename(columns={"OA11CD": "area_code"}).set_index("area_code")


@pytest.fixture(scope="module")
def variables() -> dict[str, str]:
    settings = tomllib.loads(PLACE.read_text(encoding="utf-8"))["segments"]
    return {str(label): str(text) for label, text in settings["variables"].items()}


@pytest.fixture(scope="module")
def found(areas: pd.DataFrame, variables: dict[str, str]) -> Segmentation:
    return segment_areas(areas, variables, recipe=RECIPE)


def features_in_numpy(
    areas: pd.DataFrame, variables: dict[str, str]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Work out the features again, with NumPy alone."""
    columns = []
    for text in variables.values():
        above, _, below = text.partition(" / ")
        values = sum(areas[name].to_numpy(dtype=float) for name in above.split(" + "))
        if below:
            values = 100 * values / areas[below].to_numpy(dtype=float)
        bent = np.log(values + np.sqrt(values**2 + 1))
        columns.append((bent - bent.min()) / (bent.max() - bent.min()))
    return np.column_stack(columns)


def lloyd_in_numpy(
    features: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    centres: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], float]:
    """Move centres until no area changes its segment; return segments and inertia."""
    labels = np.full(len(features), -1)
    while True:
        away = ((features[:, np.newaxis] - centres) ** 2).sum(axis=2)
        nearest = away.argmin(axis=1)
        if (nearest == labels).all():
            return labels, float(away.min(axis=1).sum())
        labels = nearest
        for number in np.unique(labels):
            centres[number] = features[labels == number].mean(axis=0)


def test_sixty_variables_of_every_area_are_known(
    areas: pd.DataFrame, variables: dict[str, str], found: Segmentation
) -> None:
    assert len(variables) == 60
    assert found.rates.shape == (969, 60)
    assert found.left_out.empty
    features = features_in_numpy(areas, variables)
    bent = np.arcsinh(rates(areas, variables))
    ours = (bent - bent.min()) / (bent.max() - bent.min())
    assert ours.to_numpy() == pytest.approx(features, abs=1e-12)


def test_the_segments_are_a_fixed_point_of_k_means_in_plain_numpy(
    areas: pd.DataFrame, variables: dict[str, str], found: Segmentation
) -> None:
    features = features_in_numpy(areas, variables)
    labels, inertia = lloyd_in_numpy(features, found.centres.to_numpy(copy=True))
    assert (labels + 1).astype(str).tolist() == found.segments[areas.index].tolist()
    assert inertia == pytest.approx(found.inertia, rel=1e-9)


def test_plain_numpy_from_its_own_starts_finds_nothing_better(
    areas: pd.DataFrame, variables: dict[str, str], found: Segmentation
) -> None:
    features = features_in_numpy(areas, variables)
    random = np.random.default_rng(2011)
    fits = [
        lloyd_in_numpy(features, features[random.choice(len(features), 8)].copy())
        for _ in range(30)
    ]
    labels, inertia = min(fits, key=lambda fit: fit[1])
    assert found.inertia <= inertia * (1 + 1e-9)
    assert inertia < found.inertia * 1.01
    official = areas["supgrpname"]
    assert adjusted_rand_score(official, labels) == pytest.approx(
        agreement(found.segments, official).rand, abs=0.03
    )


def test_agreement_with_the_official_classes_is_as_recorded(
    areas: pd.DataFrame, found: Segmentation
) -> None:
    supergroups = agreement(found.segments, areas["supgrpname"])
    assert supergroups.n == 969
    assert supergroups.rand == pytest.approx(
        adjusted_rand_score(areas["supgrpname"], found.segments[areas.index])
    )
    assert f"{supergroups.rand:.3f}" == "0.134"
    assert supergroups.low < supergroups.rand < supergroups.high
    groups = agreement(found.segments, areas["grpcode"])
    assert f"{groups.rand:.3f}" == "0.387"


def test_the_segments_stand_well_enough_to_be_shown(found: Segmentation) -> None:
    sizes = found.segments.value_counts()
    assert sizes.index.tolist() == [str(number) for number in range(1, 9)]
    assert sizes.sum() == 969
    assert found.stability.minimum > 0.6
    assert found.explained == pytest.approx(0.445, abs=0.005)
    assert 1 <= found.hits <= 100


def test_the_fit_is_near_the_best_that_is_known(found: Segmentation) -> None:
    # 1064.6804 is the least of 5,000 starts, 2,500 of them of an earlier search: the
    # land is flat, and no optimum was reached twice by one seed. The earlier search
    # stopped at 1064.7710 from seed 0, which agreed with the official classes at 0.133.
    assert 1064.6804 < found.inertia < 1064.7710
    assert found.inertia / 1064.6804 - 1 < 1e-4


def test_each_segment_has_a_name_and_a_portrait(found: Segmentation) -> None:
    assert len(set(found.names.values())) == 8
    for code in found.names:
        assert pen_portrait(found.profile, code).startswith(f"Segment {code} has more")
    about_people = [label for label in found.rates if "residents" in label]
    names = suggested_names(found.profile, avoid=about_people)
    assert not any("residents" in name for name in names.values())


def test_people_and_homes_add_up_over_the_segments(
    areas: pd.DataFrame, found: Segmentation
) -> None:
    people = found.profile[found.profile["variable"] == "children aged 0 to 4"]
    assert people["base"].sum() == areas["Total_Population"].sum()
    by_segment = areas["Total_Population"].groupby(found.segments).sum()
    table = penetration(by_segment, by_segment)
    assert table["index"].tolist() == pytest.approx([100] * 9)
