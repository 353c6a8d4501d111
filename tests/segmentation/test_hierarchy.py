"""Trees of segments: what each level is, how codes go, and what hangs on nothing."""

from __future__ import annotations

import re
from random import Random  # noqa: TC003 - Hypothesis reads it at run time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import parametrize_with_checks

from segmentation import SegmentError
from segmentation.codes import natural
from segmentation.kmeans.allotment import allot
from segmentation.kmeans.grid import settle
from segmentation.kmeans.hierarchy import SegmentHierarchy
from segmentation.kmeans.numbering import child_code, renumber

Rows = np.ndarray[tuple[int, int], np.dtype[np.float64]]

NOISE = np.random.default_rng(3).random((400, 4))
# three far groups; the first is of three near ones, the others of two
CENTRES = [[0, 0], [0, 2], [0, 4], [50, 0], [50, 2], [0, 50], [2, 50]]
SIZES = [30, 20, 10, 25, 15, 20, 10]
PLANTED = np.repeat(CENTRES, SIZES, axis=0) + NOISE[: sum(SIZES), :2] / 10
PLANTED_CODES = np.repeat(["1a", "1b", "1c", "2a", "2b", "3a", "3b"], SIZES)


@parametrize_with_checks([SegmentHierarchy(levels=(2, 4), n_init=4)])
def test_the_estimator_keeps_scikit_learns_contract(
    estimator: SegmentHierarchy, check: object
) -> None:
    assert callable(check)
    check(estimator)


@pytest.mark.parametrize("levels", [(3, 7), (3, [3, 2, 2]), ([3], np.array([3, 2, 2]))])
def test_a_planted_tree_is_found_and_children_go_where_they_do_most_good(
    levels: tuple[object, ...],
) -> None:
    found = SegmentHierarchy(levels, n_init=8).fit(PLANTED)  # type: ignore[arg-type]  # arrays will do
    assert found.codes_[:, 1].tolist() == PLANTED_CODES.tolist()
    assert found.codes_[:, 0].tolist() == [code[0] for code in PLANTED_CODES]
    assert found.leaves_ == ["1a", "1b", "1c", "2a", "2b", "3a", "3b"]
    assert [found.leaves_[label] for label in found.labels_] == PLANTED_CODES.tolist()


def test_each_node_is_a_standstill_of_plain_k_means_among_its_own_rows() -> None:
    found = SegmentHierarchy((4, 9, 20), n_init=9).fit(NOISE)
    steps = found.grid_.steps(NOISE)
    above = [np.full(len(NOISE), ""), *found.codes_.T[:-1]]
    for parents, own in zip(above, found.codes_.T, strict=True):
        for code in np.unique(parents):
            node, mask = found.nodes_[code], parents == code
            children = [found.nodes_[child] for child in node.children]
            starts = np.array([child.centre_steps for child in children])
            centres, labels, _ = settle(steps[mask], starts)
            assert centres.tolist() == starts.tolist()
            expected = [node.children[label] for label in labels]
            assert own[mask].tolist() == expected
            assert [child.n for child in children] == sorted(
                np.bincount(labels).tolist(), reverse=True
            )


def test_nodes_say_how_many_rows_they_have_and_how_alike_these_are() -> None:
    found = SegmentHierarchy((4, 9), n_init=9).fit(NOISE)
    assert found.nodes_[""].n == 400
    total = ((NOISE - NOISE.mean(axis=0)) ** 2).sum()
    assert found.nodes_[""].inertia == pytest.approx(total, rel=1e-6)
    for level in range(2):
        for code in np.unique(found.codes_[:, level]):
            own = NOISE[found.codes_[:, level] == code]
            node = found.nodes_[code]
            assert node.n == len(own)
            assert node.centre == pytest.approx(own.mean(axis=0), abs=1e-6)
            spread = ((own - own.mean(axis=0)) ** 2).sum()
            assert node.inertia == pytest.approx(spread, rel=1e-6)
    leaves = [found.nodes_[code].inertia for code in found.leaves_]
    assert found.inertia_ == pytest.approx(sum(leaves))
    assert found.nodes_[""].starts == 9
    assert 1 <= found.nodes_[""].hits <= 9


def test_the_fitted_rows_are_predicted_where_they_are() -> None:
    found = SegmentHierarchy((4, 9, 20), n_init=5).fit(NOISE)
    assert found.predict_codes(NOISE).tolist() == found.codes_.tolist()
    assert found.predict(NOISE).tolist() == found.labels_.tolist()


def test_a_row_goes_down_the_tree_and_not_to_the_nearest_leaf() -> None:
    rows = [[0.0], [1.0], [20.0], [21.0], [30.0], [31.0], [90.0], [91.0]]
    found = SegmentHierarchy((2, 4), n_init=9).fit(rows)
    assert found.leaves_ == ["1a", "1b", "2a", "2b"]
    edge = np.array([[53.0]])  # nearer to 1's centre at 17, though 2's are beyond
    assert found.predict_codes(edge)[0, 0] == "1"


@settings(max_examples=15)
@given(st.randoms(use_true_random=False))
def test_row_order_and_threads_do_not_matter(random: Random) -> None:
    rows = np.round(NOISE[:120] * 6)  # copies and ties
    order = random.sample(range(len(rows)), len(rows))
    found = SegmentHierarchy((3, 7), n_init=3).fit(rows)
    again = SegmentHierarchy((3, 7), n_init=3, n_threads=2).fit(rows[order])
    assert again.codes_.tobytes() == found.codes_[order].tobytes()
    assert again.cluster_centers_.tobytes() == found.cluster_centers_.tobytes()


def test_one_and_two_threads_give_the_same_bytes_on_many_rows() -> None:
    rows = np.random.default_rng(0).random((13_000, 3))
    found = [SegmentHierarchy((3, 8), n_init=8, n_threads=n).fit(rows) for n in (1, 2)]
    assert found[0].codes_.tobytes() == found[1].codes_.tobytes()
    assert found[0].cluster_centers_.tobytes() == found[1].cluster_centers_.tobytes()


def test_a_segment_whose_rows_are_all_alike_has_one_child() -> None:
    rows = [[0.0], [0.0], [0.0], [7.0], [8.0], [9.0]]
    found = SegmentHierarchy((2, 4), n_init=5).fit(rows)
    assert found.leaves_ == ["1a", "2a", "2b", "2c"]
    assert (found.nodes_["1"].starts, found.nodes_["1"].hits) == (0, 0)


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        ((2, 9), "9 children cannot be shared out among 2 segments, which take 4 to 8"),
        ((2, 3), "3 children cannot be shared out among 2 segments, which take 4 to 8"),
        ((200,), "200 segments were asked of 105 rows, of which 105 differ"),
        ((3, [2, 2]), "given for 2 segments; there are 3: '1', '2', '3'"),
        ((3, [2, 2, 99]), "99 segments were asked of 5 rows of segment '3', of which"),
        ((3, [2, 2, 0]), "number of children of segment '3' is 0"),
        ((3, 7.5), "a level's number of segments is 7.5"),
        ((0,), "a level's number of segments is 0"),
        ((), "no levels"),
    ],
)
def test_levels_that_cannot_be_are_an_error(
    levels: tuple[int, ...], message: str
) -> None:
    with pytest.raises(SegmentError, match=re.escape(message)):
        SegmentHierarchy(levels, n_init=3).fit(PLANTED[:105])


@given(
    st.lists(
        st.lists(st.integers(0, 100), min_size=1, max_size=4), min_size=1, max_size=4
    ),
    st.data(),
)
def test_no_other_way_to_share_out_children_is_better(
    drops: list[list[int]], data: st.DataObject
) -> None:
    # each further child helps less than the last one, as a rule
    within = [
        [float(sum(sorted(each)[:end])) for end in range(len(each), 0, -1)]
        for each in drops
    ]
    least = sum(min(2, len(each)) for each in within)
    total = data.draw(st.integers(least, sum(len(each) for each in within)))
    found = allot(total, within)
    best = {0: 0.0}
    for each in within:
        best = {
            total: min(
                best[total - n] + each[n - 1]
                for n in range(min(2, len(each)), len(each) + 1)
                if total - n in best
            )
            for total in {
                before + n
                for before in best
                for n in range(min(2, len(each)), len(each) + 1)
            }
        }
    ours = sum(each[n - 1] for each, n in zip(within, found, strict=True))
    assert sum(found) == total
    assert ours == pytest.approx(best[total])


@given(st.lists(st.integers(0, 2_000), min_size=1, max_size=4))
def test_codes_are_told_apart_and_sort_as_people_count(numbers: list[int]) -> None:
    parent = ""
    for number in numbers:
        pair = [child_code(parent, number), child_code(parent, number + 1)]
        assert sorted(pair, key=lambda code: (len(code), natural(code))) == pair
        parent = pair[0]
    assert len(re.findall(r"\d+|[a-z]+", parent)) == len(numbers)


def codes(*values: str) -> pd.Series[str]:
    return pd.Series(values, [f"E{n}" for n in range(len(values))], dtype="str")


def test_segments_keep_the_code_of_the_one_they_share_most_with() -> None:
    old = codes("1", "1", "1", "2", "2", "3")
    new = codes("2", "2", "3", "1", "1", "1")
    assert renumber(new, old) == {"2": "1", "1": "2", "3": "4"}


def test_numbers_are_matched_as_a_whole_and_not_one_after_another() -> None:
    old = codes(*"1111122222")
    new = codes(*"1111122211")  # 1 shares 5 with 1 and 2 with 2; 2 shares 3 with 2
    assert renumber(new, old) == {"1": "1", "2": "2"}


def test_on_a_tie_segments_keep_the_codes_they_have() -> None:
    assert renumber(codes(*"1122"), codes(*"1212")) == {"1": "1", "2": "2"}
    assert renumber(codes(*"1122"), codes(*"2121")) == {"1": "1", "2": "2"}


def test_a_part_of_a_code_is_matched_inside_the_part_before_it() -> None:
    old = codes("1a", "1a", "1b", "2a", "2b", "2b")
    new = codes("2b", "2b", "2a", "1a", "1c", "1c")
    assert renumber(new, old) == {"1a": "2a", "1c": "2b", "2a": "1b", "2b": "1a"}


def test_new_segments_get_numbers_that_no_old_one_had() -> None:
    old = codes("1", "2", "2", "5")
    new = pd.Series({"E0": "1", "E1": "2", "E2": "2", "X": "3", "Y": "4"})
    assert renumber(new, old) == {"1": "1", "2": "2", "3": "3", "4": "4"}
    assert renumber(codes(*"1234"), codes(*"1112")) == {
        "1": "1",
        "2": "3",
        "3": "4",
        "4": "2",
    }


@given(
    st.lists(st.sampled_from("1234"), min_size=4, max_size=30), st.permutations("1234")
)
def test_numbers_that_were_shuffled_are_put_back(
    labels: list[str], shuffled: list[str]
) -> None:
    old = codes(*labels)
    new = old.map(dict(zip("1234", shuffled, strict=True)))
    assert new.map(renumber(new, old)).tolist() == labels


def test_segmentations_that_cannot_be_compared_are_an_error() -> None:
    with pytest.raises(SegmentError, match="none of 1 new rows is among 2 old ones"):
        renumber(pd.Series({"X": "1"}), codes("1", "2"))
    with pytest.raises(SegmentError, match="codes have 1, 2 levels"):
        renumber(codes("1", "2"), codes("1a", "2a"))
