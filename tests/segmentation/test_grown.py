"""One level of segments or a tree: the same form, and the same rows in it."""

from __future__ import annotations

from random import Random  # noqa: TC003 - Hypothesis reads it at run time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import CustomerSegments, SegmentError
from segmentation.kmeans.grown import Grown, grow_segments, level_names

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rows_of(count: int = 48, seed: int = 0) -> pd.DataFrame:
    """Build two clouds, each of two, each of two."""
    random = np.random.default_rng(seed)
    kind = np.arange(count) % 8
    middle = 100.0 * (kind // 4) + 20.0 * (kind // 2 % 2) + 4.0 * (kind % 2)
    codes = [f"E{number:03}" for number in range(count)]
    columns = {"x": middle + random.random(count), "y": random.random(count)}
    return pd.DataFrame(columns, pd.Index(codes, name="area_code"))


def grown_from(rows: pd.DataFrame, *levels: int, seed: int = 0) -> Grown:
    return grow_segments(rows, levels, restarts=5, seed=seed)


def inertia_by_hand(rows: pd.DataFrame, centre: NDArray[np.float64]) -> float:
    return float(((rows - centre) ** 2).to_numpy().sum())


def test_levels_are_called_as_analysts_call_them() -> None:
    assert level_names(3) == ["supergroup", "group", "subgroup"]
    assert level_names(5)[3:] == ["level 4", "level 5"]


def test_one_level_is_the_flat_estimator_in_the_form_of_a_tree() -> None:
    rows = rows_of()
    grown = grown_from(rows, 3, seed=7)
    flat = CustomerSegments(3, n_init=5, random_state=7).fit(rows)
    assert grown.tree.columns.tolist() == ["segment"]
    assert grown.tree["segment"].astype(int).tolist() == (flat.labels_ + 1).tolist()
    assert (grown.starts, grown.hits) == (flat.n_starts_, flat.n_best_)
    assert grown.nodes["parent"].eq("").all()
    assert grown.nodes["inertia"].sum() == pytest.approx(flat.inertia_)


@pytest.mark.parametrize("levels", [(4,), (2, 4), (2, 4, 8)])
def test_every_node_counts_its_rows_about_their_mean(levels: tuple[int, ...]) -> None:
    rows = rows_of()
    grown = grown_from(rows, *levels)
    assert grown.tree.index.equals(rows.index)
    assert grown.nodes.index.tolist() == grown.centres.index.tolist()
    assert grown.nodes["level"].value_counts().sort_index().tolist() == list(levels)
    step = grown.grid.step  # a centre stands on the grid
    nodes = grown.nodes.to_dict("index")
    for code in map(str, grown.nodes.index):
        node, centre = nodes[code], grown.centres.loc[code].to_numpy()
        own = rows[grown.tree.iloc[:, int(node["level"]) - 1] == code]
        assert len(own) == node["areas"]
        assert centre == pytest.approx(own.mean().to_numpy(), abs=step)
        assert node["inertia"] == pytest.approx(inertia_by_hand(own, centre), rel=1e-4)


def test_a_tree_parts_each_segment_and_loses_no_row() -> None:
    grown = grown_from(rows_of(), 2, 4, 8)
    nodes = grown.nodes
    below = nodes[nodes["level"] > 1].groupby("parent")[["areas", "inertia"]].sum()
    above = nodes.loc[below.index]
    assert below["areas"].tolist() == above["areas"].tolist()
    assert (below["inertia"] < above["inertia"]).all()
    tree = grown.tree
    assert tree["group"].str[:1].equals(tree["supergroup"])
    assert tree["subgroup"].str[:2].equals(tree["group"])
    kinds = np.arange(len(tree)) % 8  # the clouds that were planted
    assert tree.groupby(kinds).nunique().eq(1).all().all()


def test_the_top_of_a_tree_is_what_one_level_would_be() -> None:
    rows = rows_of()
    top = grown_from(rows, 2, 4).tree["supergroup"]
    assert top.tolist() == grown_from(rows, 2).tree["segment"].tolist()


@settings(max_examples=10)
@given(
    st.randoms(use_true_random=False),
    st.integers(0, 99),
    st.sampled_from([(3,), (2, 5)]),
)
def test_the_order_of_rows_changes_nothing(
    random: Random, seed: int, levels: tuple[int, ...]
) -> None:
    rows = rows_of(24, seed)
    shuffled = rows.iloc[random.sample(range(24), 24)]
    grown, again = (grown_from(each, *levels, seed=seed) for each in (rows, shuffled))
    pd.testing.assert_frame_equal(again.tree.reindex(rows.index), grown.tree)
    pd.testing.assert_frame_equal(again.nodes, grown.nodes)
    pd.testing.assert_frame_equal(again.centres, grown.centres)


@pytest.mark.parametrize("levels", [(4,), (2, 4)])
def test_more_segments_than_rows_that_differ_are_refused(
    levels: tuple[int, ...],
) -> None:
    rows = pd.DataFrame({"x": [0.0, 0.0, 1.0, 1.0, 2.0]}, index=list("abcde"))
    with pytest.raises(SegmentError, match=r"\b4 (segments|children)\b"):
        grown_from(rows, *levels)
