"""The chapter on evidence: the whole family, what would change it, and refusals."""

from __future__ import annotations

import json
from html import unescape
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from insight import run_place, shipped
from insight.chapters.evidence_sensitivity import text_volume
from insight.evidence.finding import CAVEAT, DESIGN_PROBLEMS
from place import read_place

if TYPE_CHECKING:
    from pathlib import Path

HEAD = '[place]\nname = "Pilots"\nsynthetic = true\n'


def run(
    folder: Path, maturity: pd.DataFrame, flags: pd.DataFrame, options: str = ""
) -> tuple[dict[str, Any], str, list[str]]:
    folder.mkdir(parents=True)
    toml = HEAD
    for name, table in (("maturity", maturity), ("flags", flags)):
        table.to_csv(folder / f"{name}.csv", index=False)
        toml += f'[tables.{name}]\nfile = "{name}.csv"\n'
    (folder / "place.toml").write_text(toml + "[evidence]\n" + options, "utf-8")
    done = run_place(read_place(folder), folder / "out")
    result = json.loads((folder / "out" / "evidence.json").read_text("utf-8"))
    return result, unescape(done.report.read_text("utf-8")), list(done.sentences)


def example(name: str) -> pd.DataFrame:
    return pd.read_csv(shipped("example", f"{name}.csv"))


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[dict[str, Any], str, list[str]]:
    folder = tmp_path_factory.mktemp("evidence") / "place"
    return run(folder, example("maturity"), example("flags"))


def test_the_finding_never_stands_without_its_caveats(
    whole: tuple[dict[str, Any], str, list[str]],
) -> None:
    result, page, sentences = whole
    assert CAVEAT in sentences[-1]
    assert "95 % interval" in sentences[-1]
    assert CAVEAT in page
    assert all(problem in page for problem in DESIGN_PROBLEMS)
    assert result["sentences"]["design"] == list(DESIGN_PROBLEMS)
    assert CAVEAT in result["sentences"]["caveats"]


def test_every_declared_test_is_there_and_one_is_primary(
    whole: tuple[dict[str, Any], str, list[str]],
) -> None:
    rows = whole[0]["tables"]["evidence_tests"]["rows"]
    assert len(rows) == 8
    assert [row["role"] for row in rows].count("primary") == 1
    assert rows[0]["test"] == "tau-b"
    for row in rows:
        assert (row["p"] is None) == bool(row["refused"])
        assert row["p"] is None or row["p_holm"] >= row["p"]


def test_agreement_and_profile_come_with_it(
    whole: tuple[dict[str, Any], str, list[str]],
) -> None:
    tables = whole[0]["tables"]
    assert len(tables["coder_agreement"]["rows"]) == 4
    profile = tables["maturity_profile"]["rows"]
    assert len(profile) == 13
    lacking = [row for row in profile if row["people_and_skills"] is None]
    assert lacking
    assert all(row["score"] is None for row in lacking)


def test_what_would_change_the_result_is_said(
    whole: tuple[dict[str, Any], str, list[str]],
) -> None:
    said = " ".join(whole[0]["sentences"]["sensitivity"])
    for words in (
        "left out, tau-b of",
        "recodes by a step",
        "Coders differ on",
        "known only within bounds",
        "With and without thin evidence",
        "Rival, letters of evidence",
        "Deprivation was not held",
    ):
        assert words in said, words
    assert len(whole[0]["tables"]["leave_one_out"]["rows"]) == 9


def test_a_reviewer_finds_definition_ties_and_reference(
    whole: tuple[dict[str, Any], str, list[str]],
) -> None:
    result, page, _ = whole
    methods = result["tables"]["evidence_methods"]["rows"]
    assert all(all(row.values()) for row in methods)
    assert "Two-sided rule" in page
    assert "doi:10.1007/BF02294183" in page


def test_the_result_for_machines_holds_what_the_tables_hold(
    whole: tuple[dict[str, Any], str, list[str]],
) -> None:
    assert whole[0]["synthetic"] is True
    for name, table in whole[0]["tables"].items():
        assert table["file"] == f"tables/{name}.csv"
        assert table["hidden"] == 0


def test_coders_who_disagree_carry_no_association(tmp_path: Path) -> None:
    maturity = example("maturity")
    first = (maturity["coder"] == "coder 1") & (maturity["component"] == "value")
    rows = maturity.index[first & maturity["score"].notna()]
    maturity.loc[rows, "score"] = [1 + 3 * (at % 2) for at in range(len(rows))]
    given = (maturity, example("flags"))
    result, page, _ = run(tmp_path / "withheld", *given)
    assert "association is withheld" in result["sentences"]["finding"][0]
    assert "evidence_tests" not in result["tables"]
    assert "sensitivity" not in result["sentences"]
    assert "tau-b -" not in page.split("Two-sided rule")[0]
    despite, _, _ = run(tmp_path / "despite", *given, "despite_disagreement = true\n")
    assert "tau-b" in despite["sentences"]["finding"][0]
    assert any("agree too little" in one for one in despite["sentences"]["caveats"])


def test_too_few_complete_places_are_refused_with_what_can_be_said(
    tmp_path: Path,
) -> None:
    flags = example("flags")
    red = flags["colour"] == "red"
    known = flags["place"].isin(["Pilot A", "Pilot B"])
    flags.loc[red & ~known, "count"] = float("nan")
    flags.loc[red & ~known, ["minimum", "maximum"]] = [0, 2]
    result, page, sentences = run(tmp_path / "few", example("maturity"), flags)
    assert "No test of maturity against red flags" in sentences[-1]
    assert "do not put zero" in page
    assert any(
        "known only within bounds" in one for one in result["sentences"]["caveats"]
    )
    assert "coder_agreement" in result["tables"]
    assert "evidence_tests" not in result["tables"]


def test_strata_and_text_can_be_given(tmp_path: Path) -> None:
    pilots = sorted(set(example("maturity")["place"]))
    strata = "".join(
        f'"{name}" = "{"more" if at % 2 else "less"} deprived"\n'
        for at, name in enumerate(pilots)
    )
    lines = "".join(f'"{name}" = {at * at % 7}\n' for at, name in enumerate(pilots))
    options = f"[evidence.strata]\n{strata}[evidence.text_lines]\n{lines}"
    result, _, _ = run(tmp_path / "p", example("maturity"), example("flags"), options)
    said = " ".join(result["sentences"]["sensitivity"])
    assert "Within strata, tau-b is" in said
    assert "Rival, lines of text" in said
    short = '[evidence.strata]\n"Pilot A" = "less"\n'
    result, _, _ = run(tmp_path / "q", example("maturity"), example("flags"), short)
    said = " ".join(result["sentences"]["sensitivity"])
    assert "Not done: strata are not given for Pilot B" in said


def test_one_component_can_stand_alone(tmp_path: Path) -> None:
    result, _, _ = run(
        tmp_path / "p",
        example("maturity"),
        example("flags"),
        'components = ["process"]\ncolour = "green"\n',
    )
    assert [
        row["component"] for row in result["tables"]["coder_agreement"]["rows"]
    ] == ["process"]
    assert "green flags" in result["sentences"]["finding"][0]


def test_text_from_after_the_flags_is_no_rival() -> None:
    rows = pd.DataFrame(
        [("A", "abc", "before"), ("A", "abc", "before"), ("A", "abcd", "after"),
         ("B", None, None)],
        columns=["place", "evidence", "phase"],
    )  # fmt: skip
    assert text_volume(rows) == {"A": 3.0, "B": 0.0}
