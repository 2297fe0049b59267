"""One job service a process, whoever asks first; and the warm-up that comes before it."""

import subprocess
import sys
import threading
import time
from pathlib import Path
from types import ModuleType

import pytest

from seqviz_core.ui import services

ROOT = Path(__file__).resolve().parents[2]


class FakeService:
    """Counts what is asked of it; starting takes long enough for others to come in between."""

    made: list["FakeService"] = []

    def __init__(self, store: object, scheduler: str | None = None):
        self.store, self.scheduler, self.log = store, scheduler, []
        FakeService.made.append(self)

    def start(self) -> None:
        time.sleep(0.05)
        self.log.append("start")

    def close(self) -> None:
        self.log.append("close")


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs, runs = ModuleType("jobs"), ModuleType("runs")
    jobs.JobService, runs.default_store = FakeService, lambda: "the store"
    monkeypatch.setitem(sys.modules, "seqviz_core.training.jobs", jobs)
    monkeypatch.setitem(sys.modules, "seqviz_core.training.runs", runs)
    monkeypatch.setattr(FakeService, "made", [])
    yield
    services.close_job_service()


def test_many_threads_get_one_started_service() -> None:
    seen: list[tuple[object, list[str]]] = []

    def ask() -> None:
        service = services.job_service()
        seen.append((service, list(service.log)))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(FakeService.made) == 1 and FakeService.made[0].store == "the store"
    assert seen == [(FakeService.made[0], ["start"])] * 8  # nobody got it before it was started


def test_closing_ends_it_once_and_a_later_ask_starts_another() -> None:
    first = services.job_service()
    services.close_job_service()
    services.close_job_service()
    assert first.log == ["start", "close"]
    assert services.job_service() is not first


def test_a_service_that_did_not_start_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeService, "start", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.job_service()
    assert services._service is None


def test_the_scheduler_is_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQVIZ_SCHEDULER", "tcp://example:8786")
    assert services.job_service().scheduler == "tcp://example:8786"


def test_warm_up_loads_and_freezes() -> None:
    code = """
import gc, sys
from seqviz_core.ui.preload import preload
assert "torch" not in sys.modules
preload()
import torch
print("torch" in sys.modules and "plotly.graph_objects" in sys.modules, torch.get_num_threads(), gc.get_freeze_count() > 100_000)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["True", "1", "True"], done.stderr
