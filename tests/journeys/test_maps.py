"""Drawn maps: read, checked, put in order, and turned into the graph of a log."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys import JourneyError, directly_follows, encode_log
from journeys.maps import (
    drawn_graph,
    drawn_network,
    drawn_nodes,
    episode_factors,
    maps_of,
    overlay_maps,
    read_maps,
)
from journeys.maps.links import targets_of
from journeys.maps.steps import MAPS, TEXTS, ordered_maps

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "data" / "generator" / "example_maps.csv"
STEP = {"map_id": "Family 1", "stage": "Asking", "actor": "Mother", "agency": "Council"}
TOML = """
[map]
map_id = "Family 1"
persona = "A mother"
source = "interview"
evidence_date = 2009-06-02

[[stage]]
name = "Asking"
[[stage.step]]
step_id = "1"
step = "Rings"
actor = "Mother"
agency = "Landlord"
emotion = -1
background_factor = ["debt", "illness"]
[[stage.step]]
step_id = "2"
step = "Is sent away"
actor = "Clerk"
agency = "Landlord"

[[stage]]
name = "Being sent round"
[[stage.step]]
step_id = "3"
step = "Asks again"
actor = "Mother"
agency = "Council"

[[link]]
from = "1"
to = "2"
[[link]]
from = "2"
to = "Asks again"
kind = "referral"
[[link]]
from = "3"
to = "1"
kind = "loop"
"""


def steps_of(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([STEP | row for row in rows])


def links_of(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    return list(frame.drop(columns="map_id").itertuples(index=False, name=None))


def written(folder: Path, text: str, name: str = "family.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_ten_invented_families_can_be_read() -> None:
    maps = read_maps([EXAMPLE])
    assert maps.n_maps == 10
    assert maps.faults == ()
    assert maps.steps["map_id"].unique()[-1].startswith("Family 10")
    assert str(maps).startswith("10 drawn maps with 88 steps of 8 agencies (5 from int")
    assert maps.steps["background_factor"].notna().sum() > 20


def test_toml_says_the_same_as_a_table(tmp_path: Path) -> None:
    told = read_maps([written(tmp_path, TOML)])
    rows = [
        {"step": "Rings", "agency": "Landlord", "links": "2", "emotion": -1},
        {"step": "Is sent away", "agency": "Landlord", "actor": "Clerk"},
        {"step": "Asks again", "stage": "Being sent round", "links": "1|loop"},
    ]
    rows[1]["links"] = "3|referral"
    frame = steps_of(*rows).assign(step_id=["1", "2", "3"])
    same = maps_of(frame)
    pd.testing.assert_frame_equal(told.links, same.links)
    for column in ("step", "stage", "agency", "actor", "emotion", "position"):
        pd.testing.assert_series_equal(told.steps[column], same.steps[column])
    assert told.steps["background_factor"].iloc[0] == "debt;illness"
    assert told.steps["evidence_date"].iloc[0] == "2009-06-02"
    assert links_of(told.links) == [
        ("1", "2", "flow"),
        ("2", "3", "referral"),
        ("3", "1", "loop"),
    ]


def test_a_map_in_two_files_is_told(tmp_path: Path) -> None:
    files = [written(tmp_path, TOML), written(tmp_path, TOML, "again.toml")]
    said = [each for each in read_maps(files).faults if "is in an earlier file" in each]
    assert [each.split(":")[0] for each in said] == ["again.toml"]


def test_several_files_are_read_together(tmp_path: Path) -> None:
    other = TOML.replace("Family 1", "Family 2")
    files = [written(tmp_path, TOML), written(tmp_path, other, "other.toml")]
    maps = read_maps(files)
    assert maps.n_maps == 2
    assert drawn_graph(maps)["count"].tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("emotion = -1", "emotoin = -1", "no key 'emotoin'. Did you mean 'emotion'?"),
        ("emotion = -1", "emotion = ", "cannot be read as TOML"),
        ('from = "1"', 'from = "9"', "starts from '9', which is no step"),
        ('name = "Asking"', "", r"\[stage\] name: is missing"),
        ('[map]\nmap_id = "Family 1"', "[map]", "There is no step"),
    ],
)
def test_a_fault_of_toml_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(JourneyError, match=said):
        read_maps([written(tmp_path, TOML.replace(old, new))])


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(JourneyError, match=r"none\.toml: cannot be opened"):
        read_maps([tmp_path / "none.toml"])
    with pytest.raises(JourneyError, match="No file of journey maps was named"):
        read_maps([])


def test_every_fault_of_rows_is_told_and_the_rest_is_kept(tmp_path: Path) -> None:
    text = (
        "map_id,stage,step,actor,agency,emotion,evidence_strength,source,feeling\n"
        "1,a,s1,x,GP,3,1,interview,\n1,a,s2,x,GP,bad,9,gossip,\n1,a,s3,x,,0,,,\n"
        "1,a,s4,x,GP,0,2,Interview,sad\n"
    )
    maps = read_maps([written(tmp_path, text, "maps.csv")])
    assert maps.steps["step"].tolist() == ["s4"]
    told = "\n".join(maps.faults)
    assert "the column 'feeling' is not known to maps" in told
    assert "maps.csv, row 2: emotion is over 2" in told
    assert "row 3: emotion is not a whole number" in told
    assert "evidence_strength is over 3" in told
    assert "source is not one of interview, workshop" in told
    assert "row 4: agency is missing" in told
    assert str(maps).endswith("4 faults were found.")


def test_a_quote_is_never_in_a_fault() -> None:
    maps = maps_of(
        steps_of({"step": "a", "quote": "MY WORDS", "emotion": 7}, {"step": "b"})
    )
    assert maps.faults
    assert "MY WORDS" not in "".join(maps.faults)


def test_a_missing_column_is_told() -> None:
    with pytest.raises(JourneyError, match="needs a column agency"):
        maps_of(steps_of({"step": "a"}).drop(columns="agency"))


def test_a_link_to_no_step_is_told_with_the_nearest() -> None:
    maps = maps_of(
        steps_of({"step": "Rings", "links": "Wiats; Waits|walk"}, {"step": "Waits"})
    )
    assert links_of(maps.links) == [("Rings", "Waits", "flow")]
    told = "\n".join(maps.faults)
    assert "leads to 'Wiats', which is no step of the map, and is left out. Did" in told
    assert "Did you mean 'Waits'?" in told
    assert "'walk' is no kind of link" in told


def test_two_steps_with_one_id_are_told_and_kept() -> None:
    maps = maps_of(
        steps_of({"step": "a", "step_id": "1"}, {"step": "b", "step_id": "1"})
    )
    assert maps.steps["step_id"].tolist() == ["1", "1 (2)"]
    assert "several steps have the step_id '1'" in maps.faults[0]


def test_the_same_words_twice_are_no_fault() -> None:
    maps = maps_of(steps_of({"step": "waits"}, {"step": "asks"}, {"step": "waits"}))
    assert maps.faults == ()
    assert links_of(maps.links)[1] == ("asks", "waits (2)", "flow")


def test_a_map_without_links_is_read_in_order_and_cycles_are_allowed() -> None:
    maps = maps_of(
        steps_of(
            {"step": "a", "links": "b"},
            {"step": "b", "links": "a|loop; b"},
            {"step": "x", "map_id": "Family 2"},
            {"step": "y", "map_id": "Family 2"},
        )
    )
    assert maps.faults == ()
    network = drawn_network(maps)
    assert set(network.edges) == {("a", "b"), ("b", "a"), ("b", "b"), ("x", "y")}
    assert not nx.is_directed_acyclic_graph(network)


def test_stages_order_steps_only_where_no_step_has_its_own_place() -> None:
    rows = [{"step": "a", "stage_order": 2}, {"step": "b", "stage_order": 1}]
    assert maps_of(steps_of(*rows)).steps["step"].tolist() == ["b", "a"]
    placed = [row | {"step_order": str(at)} for at, row in enumerate(rows)]
    assert maps_of(steps_of(*placed)).steps["step"].tolist() == ["a", "b"]
    placed[0]["step_order"] = "first"
    maps = maps_of(steps_of(*placed))
    assert maps.steps["step"].tolist() == ["b", "a"]
    assert "1 steps have a step_order that is no number" in maps.faults[0]


def test_nodes_gather_what_is_told() -> None:
    maps = maps_of(
        steps_of(
            {
                "step": "rings",
                "activity": "call",
                "emotion": -2,
                "evidence_strength": 1,
            },
            {"step": "calls", "activity": "call", "emotion": 1, "agency": "GP"},
        )
    )
    (node,) = drawn_nodes(maps).to_dict("records")
    assert node["name"] == "call"
    assert node["agencies"] == "Council;GP"
    assert (node["maps"], node["emotion"], node["strength"]) == (1, -0.5, 1)


def test_graph_columns_are_those_of_a_log() -> None:
    day = pd.Timestamp("2009-04-01", tz="UTC")
    event = {"customer_id": "a", "time": day, "agency": "GP", "activity": "visit"}
    columns = list(directly_follows(encode_log(pd.DataFrame([event, event]))))
    edges = drawn_graph(read_maps([EXAMPLE]))
    assert list(edges) == [*columns, "kind"]
    assert edges.filter(like="_seconds").isna().all(axis=None)


def test_written_links_are_split_as_said() -> None:
    assert targets_of(" a ;; b | Referral;c|") == [
        ("a", "flow"),
        ("b", "referral"),
        ("c", ""),
    ]


def test_episodes_and_factors_are_counted_by_map() -> None:
    maps = maps_of(
        steps_of(
            {"step": "a", "episode": "eviction", "background_factor": "debt; illness"},
            {"step": "b", "episode": "eviction", "background_factor": "debt"},
            {"step": "c", "map_id": "2", "episode": "eviction"},
            {"step": "d", "map_id": "2", "background_factor": "illness"},
            {"step": "e", "map_id": "3", "background_factor": "debt"},
        )
    )
    found = episode_factors(maps)
    rows = found.pairs.set_index(["episode", "factor"])
    assert rows.loc[("eviction", "debt")].to_dict() == {"maps": 1, "together": 1}
    assert rows.loc[("eviction", "illness")].to_dict() == {"maps": 1, "together": 2}
    assert found.factors.to_dict("records") == [
        {"factor": "debt", "other": "illness", "maps": 1}
    ]
    assert (found.n_maps, found.n_telling) == (3, 2)
    assert nx.is_bipartite(found.graph())
    assert "2 of 3 maps tell of episodes" in str(found)
    assert "cannot say" in str(found)


def test_maps_without_episodes_say_so() -> None:
    found = episode_factors(maps_of(steps_of({"step": "a"})))
    assert found.pairs.empty
    assert str(found).startswith("0 of 1 maps tell of episodes")
    assert found.graph().number_of_nodes() == 0


def test_the_overlay_tells_told_from_recorded() -> None:
    day = pd.Timestamp("2009-04-01", tz="UTC")
    event = {"time": day, "agency": "Council", "activity": "Assessment"}
    events = [event | {"customer_id": one} for one in "abcd"]
    events.append(event | {"customer_id": "a", "agency": "Police", "activity": "Visit"})
    maps = maps_of(
        steps_of(
            {"step": "is asked", "activity": "Assessment", "evidence_strength": 2},
            {"step": "waits", "agency": "Family"},
            {"step": "assessd", "agency": "Counsil"},
        )
    )
    log = encode_log(pd.DataFrame(events))
    found = overlay_maps(maps, log)
    rows = found.steps.set_index(["activity", "agency"])
    both = rows.loc[("Assessment", "Council")]
    assert both["where"] == "told and recorded"
    assert (both["maps"], both["strength"], both["customers"]) == (1, 2, 4)
    assert both["share"] == 1.0
    assert rows.loc[("waits", "Family"), "where"] == "only told"
    assert rows.loc[("Visit", "Police"), "where"] == "only recorded"
    lost = found.unknown.set_index("name")["nearest"]
    assert lost["Counsil"] == "Council"
    assert pd.isna(lost["Family"])
    assert "2 agencies of the maps are not in the log" in str(found)
    named = overlay_maps(maps, log, activities={"assessd": "Visit", "waits": "Visit"})
    assert "waits" not in set(named.steps["activity"])
    assert found.moves["where"].tolist().count("only told") == 2


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "10"]),
        st.sampled_from("abcd"),
        st.sampled_from(["", "a", "b|referral; c", "x", "a|loop"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=30)
@given(rows=ROWS)
def test_edges_are_what_a_plain_count_gives(rows: list[tuple[str, str, str]]) -> None:
    frame = pd.DataFrame(rows, columns=["map_id", "step", "links"])
    frame = frame.assign(stage="s", actor="x", agency="y", step_order=range(len(rows)))
    frame = frame.reindex(columns=[column.name for column in MAPS.columns])
    frame = frame.replace("", None).astype(dict.fromkeys(TEXTS, "str"))
    maps, turned = ordered_maps(frame, []), ordered_maps(frame.iloc[::-1], [])
    pd.testing.assert_frame_equal(maps.steps, turned.steps)
    told = defaultdict(set)
    for name in {one for one, _, _ in rows}:
        own = [(step, links) for one, step, links in rows if one == name]
        if not any(links for _, links in own):
            for (here, _), (there, _) in pairwise(own):
                told[here, there].add(name)
        for step, links in own:
            for target in filter(None, links.replace(";", " ").split()):
                at = target.split("|")[0]
                if at in {one for one, _ in own}:
                    told[step, at].add(name)
    edges = drawn_graph(maps).set_index(["source", "target"])["count"]
    assert edges.to_dict() == {pair: len(names) for pair, names in told.items()}
