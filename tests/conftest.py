"""What all tests outside Odoo share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
# The readers know nothing of Odoo; importing them as `its_quality.onec` would load it.
sys.path.append(str(ROOT / "its_quality"))
# What looks from outside starts servers as `its` does.
sys.path.append(str(ROOT))

from tier import count  # noqa: E402 - found by the paths above

settings.register_profile(
    "its",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=count(20, 200),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("its")


def pytest_configure(config):
    config.addinivalue_line("markers", "days: run on days that are apt to go wrong")


@pytest.fixture(scope="session")
def jobs_server():
    """A database for the modules about the jobs of imports, whose server each starts or
    ends as it needs: making one takes as long as some of their tests."""
    from odoo_server import OdooServer

    server = OdooServer("jobs")
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def phone_server():
    """A database for the modules about the telephone, each with a connection of its own;
    whoever needs the server starts it."""
    from odoo_server import OdooServer

    server = OdooServer("phone")
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture
def made(tmp_path):
    """Return a function that makes a file of bytes."""

    def make(content: bytes) -> Path:
        path = tmp_path / "file.bin"
        path.write_bytes(content)
        return path

    return make
