"""For every test process: one thread a process (xdist runs several), and the tests' own run store."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Read when numpy, torch and numba are first imported, so before any test module is. Numba too: it shares torch's OpenMP
# library, and its first parallel loop sets that library's thread count for the thread that called it, torch or not.
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"


@pytest.fixture(autouse=True)
def own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has an empty run store of its own; return its folder."""
    monkeypatch.setenv("SEQVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.delenv("SEQVIZ_SCHEDULER", raising=False)
    return tmp_path / "runs"


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The one browser of a test process (Playwright allows no second); a test that uses it is marked e2e."""
    from scripts.local_app import launch_browser

    with launch_browser() as browser:
        yield browser
