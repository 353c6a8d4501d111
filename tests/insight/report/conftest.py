"""A way to release a small table, for the tests of the page."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from insight.release import RULES, Door, Released, Sheet, release

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def released() -> Callable[..., Released]:
    """Return a function that sends columns through a door and forgets the file."""

    def of(columns: dict[str, Any], **said: Any) -> Released:  # noqa: ANN401 - a sheet's own keywords
        sheet = Sheet(name="t", title="A table", **said)
        with TemporaryDirectory() as folder:
            door = Door(
                Path(folder), RULES["nhs_1_7_round5"], "Anytown", synthetic=True
            )
            return release(door, pd.DataFrame(columns), sheet)

    return of
