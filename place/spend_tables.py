"""The contracts of the locally led count: spend, own headings, what is expected."""

from __future__ import annotations

from typing import Final

from place.contract import Column, Contract, must, texts

__all__ = ["BODY_KINDS", "TOTAL_WORDS", "headings", "spend", "spend_expected"]

BODY_KINDS: Final = (
    "local authority", "nhs", "police", "fire", "central government", "regional",
    "third sector", "private", "other",
)  # fmt: skip

TOTAL_WORDS: Final = (
    "(grand |overall |sub-?)?totals?( spend| spending| expenditure| amount)?:?"
)
"""What a cell in small letters says where its row adds up others."""

_NAMES: Final = ("source", "body", "programme", "heading")


def _no_total(name: str) -> str:
    return f"NOT regexp_full_match(lower(coalesce({name}, '')), '{TOTAL_WORDS}')"


def spend() -> Contract:
    """Return the contract of the locally led count.

    Examples
    --------
    >>> [column.name for column in spend().columns if column.required]
    ['source', 'body', 'body_kind', 'amount_pounds']
    """
    return Contract(
        name="spend",
        row_is="a line of the place's spend count",
        unlocks="what to ask of the count, concentration, and spend per segment",
        columns=(
            *must(
                ("source", "where the money comes from, by name"),
                ("body", "who spends it, by name"),
            ),
            Column(
                name="body_kind", note="kind of body", required=True, one_of=BODY_KINDS
            ),
            *texts(("cofog", "COFOG code, such as 09.2; or give a heading")),
            Column(
                name="amount_pounds",
                note="amount; money back is below nought, on a line of its own",
                kind="pounds",
                required=True,
            ),
            *texts(("programme", "name of the programme")),
            Column(name="nature", note="", one_of=("revenue", "capital")),
            Column(name="basis", note="", one_of=("budget", "actual")),
            Column(name="recurring", note="", one_of=("recurring", "one-off")),
            *texts(
                ("period", "such as 2008-09"),
                ("heading", "your own heading, in place of a COFOG code"),
                ("aim", "aims, separated by ;"),
                ("beneficiaries", "groups it is for, separated by ;"),
                ("line_id", "your own reference of the line"),
            ),
            Column(
                name="total_pounds",
                note="what the body says its lines add up to, on each of them",
                kind="pounds",
            ),
            *texts(("stated_pct", "share of all spend, if it is stated, such as 7.5")),
        ),
        rules=(
            (
                "cofog IS NOT NULL OR heading IS NOT NULL",
                "names neither cofog nor heading",
            ),
            (
                " AND ".join(map(_no_total, _NAMES)),
                "is a total, which would count its lines twice",
            ),
        ),
    )


def headings() -> Contract:
    """Return the contract of own headings: what each is in COFOG.

    Examples
    --------
    >>> headings().key
    ('heading', 'cofog')
    """
    return Contract(
        name="headings",
        row_is="how much of an own heading belongs to a COFOG code; they sum to 1",
        unlocks="COFOG codes for lines of spend that have a heading of your own",
        columns=(
            *must(("heading", "as spend writes it"), ("cofog", "COFOG code")),
            Column(
                name="weight",
                note="share of the heading; all of it where blank",
                kind="number",
                least=0,
                most=1,
            ),
            *texts(("note", "why"), ("version", "of the mapping")),
        ),
        key=("heading", "cofog"),
    )


def spend_expected() -> Contract:
    """Return the contract of sources and bodies that a count should name.

    Examples
    --------
    >>> spend_expected().key
    ('what', 'name')
    """
    return Contract(
        name="spend_expected",
        row_is="a source or a body that the count should name",
        unlocks="which of them are missing",
        columns=(
            Column(name="what", note="", required=True, one_of=("source", "body")),
            *must(("name", "as spend writes it")),
            *texts(("note", "why, or whom to ask")),
        ),
        key=("what", "name"),
    )
