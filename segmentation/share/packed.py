"""Whole numbers as a short text: what agencies exchange in each round."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray  # noqa: TC002 - pydantic reads it
from pydantic import PlainSerializer, PlainValidator

from segmentation.errors import SegmentError

__all__ = ["Steps", "packed", "unpacked"]

WIDEST: Final = 8
SIGN: Final = 128


def packed(numbers: NDArray[np.int64] | NDArray[np.float64]) -> str:
    """Return a grid of whole numbers as text: its shape, and base 64 of its bytes.

    Each number takes as few bytes as the largest needs, lowest byte first.

    Examples
    --------
    >>> packed(np.array([[1, -2, 300]]))
    '1x3x2:AQD+/ywB'
    """
    whole = np.ascontiguousarray(numbers, dtype="<i8")
    bits = max(abs(int(each)).bit_length() for each in (whole.min(), whole.max()))
    width = min(bits // 8 + 1, WIDEST)
    content = whole.view(np.uint8).reshape(-1, WIDEST)[:, :width].tobytes()
    sizes = "x".join(str(size) for size in (*whole.shape, width))
    return f"{sizes}:{base64.b64encode(content).decode()}"


def unpacked(text: str) -> NDArray[np.int64]:
    """Return the whole numbers that a text was packed from.

    Raises
    ------
    SegmentError
        If the text is none such.

    Examples
    --------
    >>> unpacked("1x3x2:AQD+/ywB").tolist()
    [[1, -2, 300]]
    """
    try:
        head, tail = text.split(":")
        rows, columns, width = (int(size) for size in head.split("x"))
        content = np.frombuffer(base64.b64decode(tail, validate=True), dtype=np.uint8)
        given = content.reshape(rows, columns, width)
        fill = np.where(given[..., -1:] >= SIGN, 255, 0).astype(np.uint8)
        rest = np.broadcast_to(fill, (rows, columns, WIDEST - width))
    except (ValueError, IndexError, binascii.Error):
        msg = "its packed numbers cannot be read"
        raise SegmentError(msg) from None
    whole = np.ascontiguousarray(np.concatenate([given, rest], axis=-1))
    return whole.view("<i8")[..., 0].astype(np.int64)


def _steps(given: object) -> NDArray[np.int64]:
    if isinstance(given, str):
        return unpacked(given)
    if not isinstance(given, np.ndarray):
        msg = "should be packed numbers"
        raise SegmentError(msg)
    return given.astype(np.int64)


Steps: TypeAlias = Annotated[  # a grid of whole numbers, packed where it is written
    Any,
    PlainValidator(_steps),
    PlainSerializer(packed, return_type=str, when_used="json"),
]
