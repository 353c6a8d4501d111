"""Make the records that six agencies hold of the same people, none quite alike.

What differs: nicknames, typing errors, capitals, a partner's surname, a missing
or turned-round date of birth, an old address, a missing postcode, twins. Nothing
in a record tells whose it is: that stands only in the truth table of links.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from example_draws import Bools, Ints, coded, numbered, pick, stream
from example_names import FAMILY, GIVEN, STREETS, WRITTEN, ways
from example_world import AGENCIES, FIRST_DAY, NHS, POLICE

if TYPE_CHECKING:
    from example_customers import Chunk

__all__ = ["Person", "links_table", "make_records", "people_table"]

HOLDS = (0.45, 0.55, 0.08, 0.12, 0.10, 0.05)  # beside those met as a customer
HELD_TWICE = 0.02
NHS_NUMBER_KNOWN = (0.30, 0.93, 0.0, 0.05, 0.10, 0.0)
PARTNER, FIRST_CHILD, SECOND_CHILD = 1, 2, 3  # positions in the household
OWN_SURNAME = 0.25  # of partners
TWINS = 0.15  # of second children
AGE = np.array([38, 66, 26, 46, 36])  # mean of adults, by type of area
MOVED = 0.07  # records that show another address
POSTCODE_MISSING, SEX_MISSING, AREA_MISSING = 0.04, 0.05, 0.03
RIGHT, MISSING, TURNED, NEW_YEAR = range(4)  # how a date of birth is written
BIRTH_AS_WRITTEN = (0.88, 0.07, 0.03, 0.02)
MONTHS = 12
MODULUS = 11  # of the last digit of an NHS number
TEST_NUMBERS = 1_000_000  # the range 999 000 000x to 999 999 999x
GIVEN_AS_WRITTEN = (0.86, 0.07, 0.04, 0.03)
FAMILY_AS_WRITTEN = (0.93, 0.0, 0.04, 0.03)
CAPITALS = len(WRITTEN)
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # those a postcode ends with
SECTORS, UNITS = 980, 11  # ZZ1 0 to ZZ98 9; postcodes of an area


@dataclass(frozen=True)
class Person:
    """Who the customers of a chunk are; arrays have one entry for each."""

    given: Ints
    family: Ints
    birth: Ints  # days from the first day of the period: before it, so negative
    nhs: Ints  # the number, or -1
    address: Ints
    street: Ints
    unit: Ints


@dataclass(frozen=True)
class Records:
    """Records in the order they are written."""

    who: Ints
    agency: Ints
    person: Person


def make_records(chunk: Chunk, met: Bools) -> Records:
    """Return who holds a record of whom.

    `met`, of shape (customers, agencies), marks the agencies that met a customer:
    each of these holds a record, and others may.
    """
    rng = stream(chunk.seed, chunk.at, 3)
    held = met | (rng.random(met.shape) < np.array(HOLDS))
    held[~held.any(axis=1), NHS] = True
    who, agency = np.nonzero(held)
    twice = np.flatnonzero(rng.random(len(who)) < HELD_TWICE)
    every = rng.permutation(np.concatenate([np.arange(len(who)), twice]))
    return Records(who[every], agency[every], _persons(rng, chunk))


def _persons(rng: np.random.Generator, chunk: Chunk) -> Person:
    size, home, member = chunk.size, chunk.household, chunk.member
    given = np.floor(rng.random(size) * len(GIVEN)).astype(np.int64)
    family = pick(rng, size, [1] * len(FAMILY))
    kept = (member == PARTNER) & (rng.random(size) < OWN_SURNAME)
    years = AGE[chunk.type_of] + 12 * rng.standard_normal(size)
    years = np.clip(years, 18, 97) + rng.random(size)
    years = np.where(member < FIRST_CHILD, years, 17.9 * rng.random(size))
    birth = -np.ceil(years * 365.25).astype(np.int64)
    twin = (member == SECOND_CHILD) & (rng.random(size) < TWINS)
    birth[twin] = birth[np.flatnonzero(twin) - 1]
    number = np.floor(rng.random(size) * 240).astype(np.int64) + 1
    return Person(
        given=given,
        family=np.where(kept, family, family[home]),
        birth=birth,
        nhs=_test_numbers(chunk.number),
        address=number[home],
        street=pick(rng, size, [1] * len(STREETS))[home],
        unit=pick(rng, size, [1] * UNITS)[home],
    )


def _test_numbers(customer: Ints) -> Ints:
    """Return numbers of the test range 999, never given to a patient, or -1.

    Their last digit is right (modulus 11). The range holds a million, less those
    whose last digit would be 10; customers beyond it have no number.
    """
    middle = customer * 387_421 % TEST_NUMBERS  # odd, no 5: a permutation
    nine = 999_000_000 + middle
    digits = nine[:, None] // 10 ** np.arange(8, -1, -1) % 10
    last = -(digits * np.arange(10, 1, -1)).sum(axis=1) % MODULUS
    usable = (last < MODULUS - 1) & (customer < TEST_NUMBERS)
    return np.where(usable, nine * 10 + last, -1)


def people_table(chunk: Chunk, records: Records, codes: list[str]) -> pa.Table:
    """Return the records as they are written, each with its own faults."""
    rng = stream(chunk.seed, chunk.at, 4)
    who, agency, person = records.who, records.agency, records.person
    rows = len(who)
    loud = np.where(agency == POLICE, CAPITALS, 0)
    given = pick(rng, rows, GIVEN_AS_WRITTEN) + loud
    family = pick(rng, rows, FAMILY_AS_WRITTEN) + loud
    sex = np.where(person.given[who] < len(GIVEN) // 2, 0, 1)
    moved = rng.random(rows) < MOVED
    home = np.where(moved, rng.permutation(rows), np.arange(rows))
    area = chunk.area[who][home]
    postcode = np.where(rng.random(rows) < POSTCODE_MISSING, -1, 0)
    nhs = person.nhs[who]
    known = rng.random(rows) < np.array(NHS_NUMBER_KNOWN)[agency]
    return pa.table(
        {
            "agency": coded(agency, AGENCIES),
            "given_name": _written(GIVEN, person.given[who], given),
            "family_name": _written(
                [(name, name) for name in FAMILY], person.family[who], family
            ),
            "date_of_birth": _dates(rng, person.birth[who]),
            "sex": coded(np.where(rng.random(rows) < SEX_MISSING, -1, sex), ("F", "M")),
            "address": pc.binary_join_element_wise(
                numbered("", person.address[who][home], 1),
                coded(person.street[who][home], STREETS),
                " ",
            ),
            "postcode": _postcodes(area, person.unit[who][home], postcode),
            "nhs_number": pa.array(nhs, mask=~known | (nhs < 0)).cast(pa.string()),
            "area_code": coded(
                np.where(rng.random(rows) < AREA_MISSING, -1, area), codes
            ),
        }
    )


def links_table(chunk: Chunk, records: Records) -> pa.Table:
    """Return the customer of each record, in the order of the records."""
    return pa.table({"customer_id": numbered("C", chunk.number[records.who], 8)})


def _written(names: list[tuple[str, str]], which: Ints, way: Ints) -> pa.Array:
    """Return names as written: one of the ways, perhaps in capitals."""
    each = [ways(name, short) for name, short in names]
    flat = [text for four in each for text in (*four, *(t.upper() for t in four))]
    return coded(which * 2 * CAPITALS + way, flat)


def _dates(rng: np.random.Generator, birth: Ints) -> pa.Array:
    """Return dates of birth: right, missing, day and month turned, or 1 January."""
    day = np.datetime64(FIRST_DAY, "D") + birth
    year, month = day.astype("M8[Y]"), day.astype("M8[M]")
    of_month = (day - month.astype("M8[D]")).astype(np.int64)
    of_year = (month - year.astype("M8[M]")).astype(np.int64)
    can_turn = of_month < MONTHS
    as_month = year.astype("M8[M]") + np.minimum(of_month, MONTHS - 1)
    turned = as_month.astype("M8[D]") + of_year
    how = pick(rng, len(birth), BIRTH_AS_WRITTEN)
    written = np.where((how == TURNED) & can_turn, turned, day)
    written = np.where(how == NEW_YEAR, year.astype("M8[D]"), written)
    return pa.array(written.astype("M8[D]"), mask=how == MISSING)


def _postcodes(area: Ints, unit: Ints, missing: Ints) -> pa.Array:
    """Return postcodes of the area ZZ, where there are none; no two areas share one."""
    outward, sector = np.divmod(area % SECTORS, 10)
    letters = [a + b for a in LETTERS for b in LETTERS]
    last = np.where(missing < 0, -1, area // SECTORS * UNITS + unit)
    return pc.binary_join_element_wise(
        numbered("ZZ", outward + 1, 1),
        pc.binary_join_element_wise(numbered("", sector, 1), coded(last, letters), ""),
        " ",
    )
