"""Settings and data shared by every test."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

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
