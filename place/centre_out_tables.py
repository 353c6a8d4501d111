"""The contracts of spend counted centre-out: national figures, keys, weights, need."""

from __future__ import annotations

from typing import Final

from place.contract import Column, Contract, must, texts

__all__ = [
    "NEED_KINDS",
    "allocation_weights",
    "local_figures",
    "need_indices",
    "own_keys",
    "place_keys",
    "place_totals",
    "regional_spend",
]

NEED_KINDS: Final = ("ratio", "exponential", "standardised", "rank")
"""What the value of a need index is: a figure above zero that can be divided by; a
logarithm to raise first; a score that may be below zero; or a rank, 1 most in need."""

_KEYS: Final = {
    "population": "residents",
    "households": "households",
    "area_km2": "area",
    "aged_0_4": "residents of that age",
    "aged_5_17": "residents of that age",
    "aged_16_64": "residents of that age",
    "aged_65_plus": "residents of that age",
    "deprived_people": "residents of areas that you count as deprived",
}


def regional_spend() -> Contract:
    """Return the contract of national figures by region.

    Examples
    --------
    >>> [column.name for column in regional_spend().columns if column.required]
    ['region', 'cofog', 'amount_pounds']
    """
    return Contract(
        name="regional_spend",
        row_is="a line of national figures of a region",
        unlocks="centre-out spend, and how far the place's own count is from it",
        columns=(
            *must(("region", "English region"), ("cofog", "COFOG code")),
            Column(name="amount_pounds", note="amount", kind="pounds", required=True),
            *texts(
                ("function", "the Treasury's function"),
                ("body", "department or agency"),
            ),
            Column(
                name="sector",
                note="",
                one_of=("central government", "local government", "public corporation"),
            ),
            Column(name="nature", note="", one_of=("revenue", "capital")),
            Column(
                name="identifiable",
                note="whether it can be laid at a region's door",
                one_of=("identifiable", "not identifiable"),
            ),
            *texts(("period", "such as 2008-09")),
        ),
    )


def place_keys() -> Contract:
    """Return the contract of keys: what a place has of what its region has.

    Examples
    --------
    >>> place_keys().key
    ('place', 'district', 'region')
    """
    return Contract(
        name="place_keys",
        row_is="a place, a district of one, or a whole region that has places",
        unlocks="centre-out spend, and spend a head",
        columns=(
            *must(
                ("place", "the place that the district belongs to; or the region"),
                ("region", "as in regional_spend"),
            ),
            *texts(("district", "part of the place; blank for the whole of it")),
            Column(
                name="covers",
                note="what the row counts; the place where blank",
                one_of=("place", "region"),
            ),
            *(
                Column(name=name, note=note, kind="number", least=0)
                for name, note in _KEYS.items()
            ),
        ),
        key=("place", "district", "region"),
    )


def own_keys() -> Contract:
    """Return the contract of keys of a place's own choice.

    Examples
    --------
    >>> own_keys().key
    ('place', 'district', 'region', 'key')
    """
    return Contract(
        name="own_keys",
        row_is="a further key of a row of place_keys, such as jobs or pupils",
        unlocks="allocation by keys of your own",
        columns=(
            *must(
                ("place", "as in place_keys"),
                ("region", "as in place_keys"),
                ("key", "name of the key, for allocation_weights"),
            ),
            *texts(("district", "as in place_keys")),
            Column(
                name="value", note="how much", kind="number", required=True, least=0
            ),
        ),
        key=("place", "district", "region", "key"),
    )


def allocation_weights() -> Contract:
    """Return the contract of weights: by which keys a function is allocated.

    Examples
    --------
    >>> allocation_weights().key
    ('cofog', 'key')
    """
    return Contract(
        name="allocation_weights",
        row_is="how much a key counts in allocating a COFOG code; a code's sum to 1",
        unlocks="your own weights in place of population alone",
        columns=(
            *must(
                ("cofog", "COFOG code, or other for all that are not named"),
                ("key", "a column of place_keys"),
            ),
            Column(
                name="weight", note="", kind="number", required=True, least=0, most=1
            ),
            *texts(("source", "who says so")),
        ),
        key=("cofog", "key"),
    )


def local_figures() -> Contract:
    """Return the contract of figures that are known of a place by itself.

    Examples
    --------
    >>> [column.name for column in local_figures().columns][3]
    'evidence'
    """
    return Contract(
        name="local_figures",
        row_is="spend known of a place itself, such as outturn or benefits paid there",
        unlocks="observed figures in place of allocated ones",
        columns=(
            *must(("place", "as in place_keys"), ("cofog", "COFOG code")),
            Column(name="amount_pounds", note="amount", kind="pounds", required=True),
            Column(
                name="evidence", note="", required=True, one_of=("observed", "modelled")
            ),
            *texts(
                ("body", "department or agency, as in regional_spend; all if blank"),
                ("region", "needed for a place in several regions"),
                ("source", "where it is published"),
            ),
        ),
        key=("place", "cofog", "body", "region"),
    )


def place_totals() -> Contract:
    """Return the contract of what several places counted, to compare with.

    Examples
    --------
    >>> place_totals().key
    ('place', 'cofog')
    """
    return Contract(
        name="place_totals",
        row_is="what a place counted locally, in all or for a COFOG code",
        unlocks="the two counts of several places side by side, and spend a head",
        columns=(
            *must(("place", "as in place_keys")),
            Column(name="amount_pounds", note="amount", kind="pounds", required=True),
            *texts(
                ("cofog", "COFOG code; all spend where blank"),
                ("period", "such as 2008-09"),
                ("source", "where it is published"),
            ),
        ),
        key=("place", "cofog"),
    )


def need_indices() -> Contract:
    """Return the contract of need: how much more a place needs than another.

    Examples
    --------
    >>> need_indices().key
    ('place', 'index')
    """
    return Contract(
        name="need_indices",
        row_is="a place's value of an index of need",
        unlocks="spend a head adjusted for need",
        columns=(
            *must(
                ("place", "as in place_keys"), ("index", "the index and its edition")
            ),
            Column(name="value", note="", kind="number", required=True),
            Column(
                name="kind",
                note="what the value is: only a ratio can be divided by",
                required=True,
                one_of=NEED_KINDS,
            ),
            *texts(
                ("cofog", "function that the need is for; all where blank"),
                ("source", "where it is published"),
            ),
        ),
        key=("place", "index"),
    )
