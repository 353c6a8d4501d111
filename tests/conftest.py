"""Settings and data shared by every test."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from place.engine import SparkEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

# Same examples on every run, and no failure because a laptop was busy.
settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

FIXTURES = Path(__file__).parents[2] / "shared" / "fixtures"


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """Return the folder of real data, or skip where this machine lacks it."""
    if not FIXTURES.is_dir():
        pytest.skip("needs the real data of ../shared/fixtures, which is not here")
    return FIXTURES


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkEngine]:
    """Return Spark for a module's tests, or skip where this machine has none."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("needs Java, which is not here")
    pytest.importorskip("pyspark", reason="needs totalplace[spark]")
    engine = SparkEngine()
    # Hundreds of small queries: one task each, not eight.
    engine.arrow("SET spark.sql.shuffle.partitions = 1")
    yield engine
    engine.close()
