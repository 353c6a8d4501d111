"""A shared model as one plain SQL text that gives the same answer as Python.

The text needs nothing of this toolkit: an agency can read it, and run it in DuckDB
or Spark beside its own records. Only the quoting of names differs between the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from place.sqltext import literal, quoted
from segmentation.errors import SegmentError
from segmentation.features.variables import FLOAT_NOISE, read_variables
from segmentation.kmeans.grid import EXACT
from segmentation.share.feature_specs import categories, read_features

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segmentation.features.variables import Variable
    from segmentation.share.feature_specs import Feature
    from segmentation.share.model import SharedModel

__all__ = ["assign_sql"]


def assign_sql(
    model: SharedModel,
    table: str,
    key: str,
    *,
    columns: Sequence[str] | None = None,
    dialect: Literal["duckdb", "spark"] = "duckdb",
) -> str:
    """Return the query that gives each row of a table its segment.

    Parameters
    ----------
    model
        What :func:`segmentation.share.model.read_model` read.
    table
        A table, view or query in brackets, as it should stand after FROM.
    key
        The column that names a row.
    columns
        The columns of the table, to be checked here; with `None` the notation is
        taken at its word.
    dialect
        "duckdb" quotes names as SQL does, "spark" in backticks.

    Returns
    -------
    sql
        One row a row: `key` as it is, `segment` (NULL where the row lacks a value)
        and `lacks` (what it lacks, else NULL). See :func:`segmentation.share.assigning.
        assign`, which gives the same.

    Raises
    ------
    SegmentError
        If a column is not among `columns`.

    Notes
    -----
    The inverse hyperbolic sine is written with its logarithm, as every engine has
    it; on the grid the last bits of either do not matter.

    Examples
    --------
    >>> from segmentation.share.feature_specs import Feature
    >>> from segmentation.share.model import GridSteps, Segment, SharedModel
    >>> model = SharedModel(
    ...     variables={"flats": "flats / homes"},
    ...     features=[
    ...         Feature(name="f", of="flats", transform="none", centre=0, spread=100)
    ...     ],
    ...     grid=GridSteps(offset=[0], step=0.25),
    ...     segments=[
    ...         Segment(code="few", steps=[1], centre={"f": 0.25}),
    ...         Segment(code="many", steps=[3], centre={"f": 0.75}),
    ...     ],
    ... )
    >>> sql = assign_sql(model, "homes", "id")
    >>> import duckdb
    >>> homes = duckdb.sql("FROM (VALUES (1, 10, 100), (2, 90, 100), (3, 5, 0)) "
    ...     "AS rows(id, flats, homes)")
    >>> sorted(duckdb.sql(sql).fetchall())
    [(1, 'few', None), (2, 'many', None), (3, None, 'f')]
    """
    quote = quoted if dialect == "duckdb" else _backticked
    read = read_features(model.features, model.variables, columns)
    if columns is not None and key not in columns:
        read_variables({"the key": key}, list(columns))  # says which is the nearest
    counted = [
        f"  {cell} AS {name}{at}"
        for at, each in enumerate(model.features)
        for name, cell in _counted(each, read, quote).items()
    ]
    steps = [
        _position(model, at, each, f"v{at}") for at, each in enumerate(model.features)
    ]
    squares = [
        " + ".join(
            f"(s{at} - {_number(step)}) * (s{at} - {_number(step)})"
            for at, step in enumerate(one.steps)
        )
        for one in model.segments
    ]
    width = range(len(model.features))
    text = [
        f"WITH counted AS (\nSELECT {quote(key)} AS row_key,\n"
        + ",\n".join(counted)
        + f"\nFROM {table}\n)",
        "known AS (\nSELECT row_key,\n"
        + ",\n".join(
            f"  {_known(model, at, each, read)} AS v{at}"
            for at, each in enumerate(model.features)
        )
        + "\nFROM counted\n)",
        "placed AS (\nSELECT row_key,\n"
        + ",\n".join(f"  {step} AS p{at}" for at, step in enumerate(steps))
        + "\nFROM known\n)",
        "stepped AS (\nSELECT row_key,\n"
        + ",\n".join(f"  {_whole(f'p{at}')} AS s{at}" for at in width)
        + "\nFROM placed\n)",
        "away AS (\nSELECT row_key,\n  "
        + _lacks(model)
        + " AS lacks,\n"
        + ",\n".join(f"  {square} AS d{at}" for at, square in enumerate(squares))
        + "\nFROM stepped\n)",
    ]
    levels, last = _levels(model)
    return (
        ",\n".join([*text, *levels])
        + f"\nSELECT row_key AS {quote(key)}, "
        + _code(model, last)
        + f" AS segment, lacks\nFROM {last}"
    )


def _backticked(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _number(value: float) -> str:
    """Write a number so that both engines read a DOUBLE with the same bits."""
    text = repr(float(value))
    text = text if "e" in text else f"{text}e0"
    return f"({text})" if value < 0 else text


def _counted(
    feature: Feature, read: dict[str, Variable], quote: Callable[[str], str]
) -> dict[str, str]:
    """Return what a feature is made of: a word, a figure, or a count and its base."""
    if feature.equals is not None:
        return {"w": f"CAST({quote(feature.of)} AS STRING)"}
    variable = read[feature.of]
    parts = {"n": variable.numerator, "b": variable.denominator}
    return {
        name: " + ".join(f"CAST({quote(column)} AS DOUBLE)" for column in columns)
        for name, columns in parts.items()
        if columns
    }


def _known(
    model: SharedModel, at: int, feature: Feature, read: dict[str, Variable]
) -> str:
    """Return the variable of a feature, NULL where it is not known."""
    if feature.equals is not None:
        known = ", ".join(map(literal, categories(model.features, feature.of)))
        found = (
            f"CASE WHEN w{at} = {literal(feature.equals)} THEN 1e0 "
            f"WHEN w{at} IN ({known}) THEN 0e0 END"
        )
    elif read[feature.of].is_share:
        most = f"b{at} * {_number(1 + FLOAT_NOISE)}"
        found = (
            f"CASE WHEN n{at} >= 0e0 AND b{at} > 0e0 AND n{at} <= {most} "
            f"AND b{at} <= {_number(EXACT)} THEN 100e0 * n{at} / b{at} END"
        )
    else:
        found = f"CASE WHEN abs(n{at}) <= {_number(EXACT)} THEN n{at} END"
    return (
        found if feature.fill is None else f"coalesce({found}, {_number(feature.fill)})"
    )


def _position(model: SharedModel, at: int, feature: Feature, cell: str) -> str:
    """Return where a value lies on the grid, in steps and half a step on."""
    match feature.transform:
        case "asinh":
            bent = f"sign({cell}) * ln(abs({cell}) + sqrt({cell} * {cell} + 1e0))"
        case "log":
            bent = f"CASE WHEN {cell} > -1e0 THEN ln(1e0 + {cell}) END"
        case "boxcox":
            bent = _boxcox(feature, f"({cell} + {_number(feature.shift)})")
        case _:
            bent = cell
    grid = model.grid
    scaled = f"({bent} - {_number(feature.centre)}) / {_number(feature.spread)}"
    scaled = f"{scaled} * {_number(feature.weight)}"
    return f"({scaled} - {_number(grid.offset[at])}) / {_number(grid.step)} + 0.5e0"


def _boxcox(feature: Feature, cell: str) -> str:
    power = _number(feature.power)
    raised = f"(power({cell}, {power}) - 1e0) / {power}"
    bent = raised if feature.power else f"ln({cell})"
    return f"CASE WHEN {cell} > 0e0 THEN {bent} END"


def _whole(cell: str) -> str:
    inside = f"abs({cell}) <= {_number(EXACT)}"
    return f"CASE WHEN {inside} THEN CAST(floor({cell}) AS DOUBLE) END"


def _lacks(model: SharedModel) -> str:
    parts = ", ".join(
        f"CASE WHEN s{at} IS NULL THEN {literal(each.name)} END"
        for at, each in enumerate(model.features)
    )
    return f"nullif(concat_ws(', ', {parts}), '')"


def _levels(model: SharedModel) -> tuple[list[str], str]:
    """Return a step of the query for each level, and the name of the last."""
    texts: list[str] = []
    before = "away"
    parents: list[str | None] = [None]
    while groups := {
        parent: found for parent in parents if (found := model.children(parent))
    }:
        name = f"level{len(texts) + 1}"
        cases = [
            case
            for parent, places in groups.items()
            for case in _nearest(model, parent, places)
        ]
        stays = ["ELSE chosen"] if texts else []
        chosen = "\n    ".join(["CASE", *cases, *stays, "END"])
        kept = "row_key, lacks, " + ", ".join(
            f"d{at}" for at in range(len(model.segments))
        )
        query = f"SELECT {kept},\n  {chosen} AS chosen\nFROM {before}"
        texts.append(f"{name} AS (\n{query}\n)")
        before = name
        parents = [model.codes[at] for places in groups.values() for at in places]
    if not texts:
        msg = "the model has no segment of the top level. Ask its maker for another."
        raise SegmentError(msg)
    return texts, before


def _nearest(model: SharedModel, parent: str | None, places: list[int]) -> list[str]:
    """Return cases that choose the nearest of some segments, the first on a tie."""
    least = ", ".join(f"d{at}" for at in places)
    least = f"least({least})" if len(places) > 1 else least
    inside = "" if parent is None else f"chosen = {model.codes.index(parent)} AND "
    return [f"WHEN {inside}d{at} = {least} THEN {at}" for at in places]


def _code(model: SharedModel, table: str) -> str:
    cases = " ".join(
        f"WHEN {at} THEN {literal(code)}" for at, code in enumerate(model.codes)
    )
    return f"CASE {table}.chosen {cases} END"
