"""Turn a function over arrays into machine code, once, and keep it for later runs.

This needs the extra `totalplace[fast]`. What was compiled is kept in the user's cache
folder, so that only the first run of a machine waits for it (some ten seconds).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numba.misc.appdirs import AppDirs

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["compiled", "fetch_ahead", "inlined", "put_word", "word_at"]

Function = TypeVar("Function", bound="Callable[..., object]")

SETTINGS: Final[Any] = numba.config  # Numba fills it as it is imported
FOLDERS: Final[Any] = AppDirs
CODE: Final[Any] = cgutils

if not SETTINGS.CACHE_DIR:
    SETTINGS.CACHE_DIR = FOLDERS("totalplace", appauthor=False).user_cache_dir

_compile: Final = numba.njit(cache=True, nogil=True)
_inline: Final = numba.njit(cache=True, nogil=True, inline="always")


def compiled(function: Function) -> Function:
    """Return a function over NumPy arrays as machine code of the same results."""
    return cast("Function", _compile(function))


def inlined(function: Function) -> Function:
    """Do the same with a small function that stands where it is called."""
    return cast("Function", _inline(function))


def _word_at(_: Any, data: Any, at: Any) -> Any:  # noqa: ANN401 - Numba's own types
    """Read the eight bytes of an array from a place on as one whole number."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:  # noqa: ANN401 - Numba's own types
        array = context.make_array(signature.args[0])(context, builder, given[0])
        byte = builder.gep(array.data, [given[1]])
        word = builder.bitcast(byte, ir.IntType(64).as_pointer())
        loaded = builder.load(word)
        loaded.align = 1
        return loaded

    return types.uint64(data, at), generate


def _put_word(_: Any, data: Any, at: Any, word: Any) -> Any:  # noqa: ANN401, ARG001 - the same
    """Write one whole number over the eight bytes of an array from a place on."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:  # noqa: ANN401 - Numba's own types
        array = context.make_array(signature.args[0])(context, builder, given[0])
        byte = builder.gep(array.data, [given[1]])
        stored = builder.store(
            given[2], builder.bitcast(byte, ir.IntType(64).as_pointer())
        )
        stored.align = 1
        return context.get_dummy_value()

    return types.void(data, at, types.uint64), generate


def _fetch_ahead(_: Any, data: Any, at: Any) -> Any:  # noqa: ANN401 - Numba's own types
    """Ask memory for a place of an array that will be read soon."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:  # noqa: ANN401 - Numba's own types
        array = context.make_array(signature.args[0])(context, builder, given[0])
        byte = ir.IntType(8).as_pointer()
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        ask = CODE.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        place = builder.bitcast(builder.gep(array.data, [given[1]]), byte)
        to_read, keep, is_data = number(0), number(3), number(1)
        builder.call(ask, [place, to_read, keep, is_data])
        return context.get_dummy_value()

    return types.void(data, at), generate


word_at: Final = cast("Callable[[NDArray[Any], Any], np.uint64]", intrinsic(_word_at))
put_word: Final = cast(
    "Callable[[NDArray[Any], Any, np.uint64], None]", intrinsic(_put_word)
)
fetch_ahead: Final = cast(
    "Callable[[NDArray[Any], Any], None]", intrinsic(_fetch_ahead)
)
