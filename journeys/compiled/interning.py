"""Number distinct byte strings in the order in which they are first seen.

A table of 64-bit hashes finds a string's number; its bytes are then compared, so two
strings never share a number. Text and sequences of codes are both byte strings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import pyarrow as pa

from journeys.compiled.compiling import (
    compiled,
    fetch_ahead,
    inlined,
    put_word,
    word_at,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Interner", "bytes_of", "copy_bytes", "hash_of"]

Number = TypeVar("Number", bound=np.generic)

FIRST: Final = 1 << 15
WORD: Final = 8
BLOCK: Final = 512
ONE: Final = np.uint64(1)
SEED: Final = np.uint64(0x9E3779B97F4A7C15)
SPREAD: Final = np.uint64(0xBF58476D1CE4E5B9)
MIX: Final = np.uint64(0x94D049BB133111EB)
HALF: Final = np.uint64(32)
LOW: Final = np.uint64(0xFFFFFFFF)


@inlined
def hash_of(data: NDArray[np.uint8], start: int, end: int) -> np.uint64:
    """Return a hash of bytes; the final steps are those of splitmix64."""
    found = SEED ^ np.uint64(end - start)
    at = start
    while at + WORD <= end:
        found = (found ^ word_at(data, at)) * SPREAD
        found ^= found >> HALF
        at += WORD
    while at < end:
        found = (found ^ np.uint64(data[at])) * SPREAD
        at += 1
    found ^= found >> np.uint64(30)
    found *= MIX
    return found ^ (found >> np.uint64(31))


@inlined
def _same(
    one: NDArray[np.uint8], at: int, other: NDArray[np.uint8], start: int, length: int
) -> bool:
    done = 0
    while done + WORD <= length:
        if word_at(one, at + done) != word_at(other, start + done):
            return False
        done += WORD
    while done < length:
        if one[at + done] != other[start + done]:
            return False
        done += 1
    return True


@inlined
def copy_bytes(
    source: NDArray[np.uint8],
    start: int,
    length: int,
    target: NDArray[np.uint8],
    at: int,
) -> None:
    """Write some bytes of one array from a place of another on."""
    done = 0
    while done + WORD <= length:
        put_word(target, at + done, word_at(source, start + done))
        done += WORD
    while done < length:
        target[at + done] = source[start + done]
        done += 1


@inlined
def _ask_ahead(
    hashes: NDArray[np.uint64],
    slots: NDArray[np.uint64],
    starts: NDArray[np.int64],
    pool: NDArray[np.uint8],
) -> None:
    """Have what is known of some strings fetched: memory is slow, and patient."""
    mask = np.uint64(len(slots) - 1)
    for found in hashes:
        fetch_ahead(starts, np.int64(slots[found & mask] & LOW))
    for found in hashes:
        near = np.int64(slots[found & mask] & LOW)
        if near:
            fetch_ahead(pool, starts[near - 1])


@inlined
def _look_up(  # noqa: PLR0913, PLR0917 - arrays that machine code reads and fills
    data: NDArray[np.uint8],
    start: int,
    length: int,
    found: np.uint64,
    slots: NDArray[np.uint64],
    starts: NDArray[np.int64],
    pool: NDArray[np.uint8],
) -> np.uint64:
    """Return the slot of a string: its own, or the empty one where it belongs."""
    mask = np.uint64(len(slots) - 1)
    slot = found & mask
    while slots[slot] != 0:
        if slots[slot] >> HALF == found >> HALF:
            near = np.int64(slots[slot] & LOW) - 1
            begin = starts[near]
            alike = starts[near + 1] - begin == length
            if alike and _same(data, start, pool, begin, length):
                break
        slot = (slot + ONE) & mask
    return slot


@compiled
def _numbered(  # noqa: PLR0913, PLR0917 - arrays that machine code reads and fills
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    slots: NDArray[np.uint64],
    hashes: NDArray[np.uint64],
    starts: NDArray[np.int64],
    pool: NDArray[np.uint8],
    size: int,
    codes: NDArray[np.int32],
) -> int:
    """Fill `codes`; return how many strings are known then."""
    mask = np.uint64(len(slots) - 1)
    ahead = np.empty(BLOCK, np.uint64)
    for first in range(0, len(codes), BLOCK):
        last = min(first + BLOCK, len(codes))
        for row in range(first, last):
            found = hash_of(data, offsets[row], offsets[row + 1])
            ahead[row - first] = found
            fetch_ahead(slots, np.int64(found & mask))
        _ask_ahead(ahead[: last - first], slots, starts, pool)
        for row in range(first, last):
            start, found = offsets[row], ahead[row - first]
            length = offsets[row + 1] - start
            slot = _look_up(data, start, length, found, slots, starts, pool)
            if slots[slot] == 0:
                slots[slot] = (found >> HALF << HALF) | np.uint64(size + 1)
                hashes[size] = found
                begin = starts[size]
                copy_bytes(data, start, length, pool, begin)
                starts[size + 1] = begin + length
                size += 1
            codes[row] = np.int64(slots[slot] & LOW) - 1
    return size


@compiled
def _spread(hashes: NDArray[np.uint64], slots: NDArray[np.uint64]) -> None:
    """Fill an empty table with the strings known so far."""
    mask = np.uint64(len(slots) - 1)
    for code in range(len(hashes)):
        if code + BLOCK < len(hashes):
            fetch_ahead(slots, np.int64(hashes[code + BLOCK] & mask))
        slot = hashes[code] & mask
        while slots[slot] != 0:
            slot = (slot + ONE) & mask
        slots[slot] = (hashes[code] >> HALF << HALF) | np.uint64(code + 1)


class Interner:
    """Distinct byte strings and their numbers, from 0."""

    def __init__(self) -> None:
        self.size = 0
        self._slots = np.zeros(2 * FIRST, np.uint64)
        self._hashes = np.empty(FIRST, np.uint64)
        self._starts = np.zeros(FIRST + 1, np.int64)
        self._pool = np.empty(FIRST, np.uint8)

    def codes(
        self, data: NDArray[np.uint8], offsets: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        """Return the number of each string; new ones are given the next.

        Parameters
        ----------
        data
            Bytes of all strings.
        offsets
            Where each begins, and where the last ends.

        Examples
        --------
        >>> known = Interner()
        >>> known.codes(*bytes_of(pa.array(["ann", "bob", "ann"])))
        array([0, 1, 0], dtype=int32)
        >>> known.names().to_pylist()
        ['ann', 'bob']
        """
        rows = len(offsets) - 1
        codes = np.empty(rows, np.int32)
        self._make_room(rows, int(offsets[-1] - offsets[0]))
        self.size = _numbered(
            data,
            offsets,
            self._slots,
            self._hashes,
            self._starts,
            self._pool,
            self.size,
            codes,
        )
        return codes

    def names(self) -> pa.Array:
        """Return the strings by number, as text."""
        bounds = pa.py_buffer(self._starts[: self.size + 1])
        pool = pa.py_buffer(self._pool)
        large = pa.Array.from_buffers(
            pa.large_string(), self.size, [None, bounds, pool]
        )
        return large.cast(pa.string())

    def sequence(self, code: int) -> NDArray[np.uint16]:
        """Return one string as the whole numbers of two bytes that it was made of."""
        start, end = self._starts[code], self._starts[code + 1]
        return self._pool[start:end].view(np.uint16)

    def _make_room(self, rows: int, length: int) -> None:
        """See that all strings of a batch would fit if each were new."""
        many = _grown(len(self._hashes), self.size + rows)
        if many > len(self._hashes):
            self._hashes = _longer(self._hashes, many)
            self._starts = _longer(self._starts, many + 1)
        roomy = _grown(len(self._slots), (self.size + rows) * 3 // 2)
        if roomy > len(self._slots):
            self._slots = np.zeros(roomy, np.uint64)
            _spread(self._hashes[: self.size], self._slots)
        used = int(self._starts[self.size])
        wide = _grown(len(self._pool), used + length)
        if wide > len(self._pool):
            self._pool = _longer(self._pool, wide)


def _grown(size: int, least: int) -> int:
    while size < least:
        size *= 2
    return size


def _longer(array: NDArray[Number], size: int) -> NDArray[Number]:
    longer = np.empty(size, array.dtype)
    longer[: len(array)] = array
    return longer


def bytes_of(texts: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the bytes of an Arrow array of text without gaps, and their offsets."""
    large = texts.cast(pa.large_binary())
    _, bounds, data = large.buffers()
    offsets = np.frombuffer(bounds, np.int64)[large.offset :][: len(large) + 1]
    empty = np.empty(0, np.uint8)
    return (np.frombuffer(data, np.uint8) if data else empty), offsets
