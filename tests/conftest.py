"""For every test process: one thread a process (xdist runs several), and the tests' own run store."""

import os
from pathlib import Path

import pytest

for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"  # read when numpy and torch are first imported, so before any test module is


@pytest.fixture(autouse=True)
def own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has an empty run store of its own; return its folder."""
    monkeypatch.setenv("SEQVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.delenv("SEQVIZ_SCHEDULER", raising=False)
    return tmp_path / "runs"
