"""Long computations: done once, reported, cancelled, and told when they fail."""

import json
import time

import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.training.jobs import JobService
from seqviz_core.training.runs import RunStore
from seqviz_core.training.work import WorkSpec, WorkStatus, WorkStore, work_here
from seqviz_core.training.work_service import WorkService

MODULE = "tests.training.work_trial"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    jobs = JobService(RunStore(tmp_path_factory.mktemp("runs")), workers=1)
    works = WorkService(jobs)
    works.start()
    yield works
    works.close()
    jobs.close()


def ended(works: WorkService, work_id: str, seconds: float = 30) -> WorkStatus:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        status = works.store.status(work_id)
        if status.ended:
            return status
        time.sleep(0.05)
    raise AssertionError(f"not ended: {works.store.status(work_id)}")


def test_work_is_done_and_its_files_are_there(service):
    spec = WorkSpec(MODULE, "count", {"to": 5})
    work_id = service.submit(spec)
    assert ended(service, work_id).state == "done"
    assert json.loads(service.store.read(work_id, "sum.json")) == 15
    assert service.submit(spec) == work_id  # equal work is that one, and stays done
    assert service.store.status(work_id).state == "done"


def test_what_is_going_on_is_told_and_can_be_cancelled(service):
    work_id = service.submit(WorkSpec(MODULE, "count", {"to": 10_000, "wait": 0.05}))
    until = time.monotonic() + 20
    while not service.store.status(work_id).share and time.monotonic() < until:
        time.sleep(0.05)
    status = service.store.status(work_id)
    assert status.state == "running" and status.message.startswith("Counted")
    assert status.seconds_left(time.time()) > 1
    service.cancel(work_id)
    assert service.store.status(work_id).state == "cancelled"
    other = service.submit(WorkSpec(MODULE, "count", {"to": 3}))  # the worker is free again
    assert ended(service, other).state == "done"


@pytest.mark.parametrize(("how", "sentence"), [("mistake", "There is nothing to count."),
                                                ("bug", "unexpected ZeroDivisionError")])
def test_a_failure_is_told(service, how, sentence):
    work_id = service.submit(WorkSpec(MODULE, "fail", {"how": how}))
    status = ended(service, work_id)
    assert status.state == "failed" and sentence in status.message
    assert "raining" not in status.message


def test_what_a_dead_server_left_is_interrupted(tmp_path):
    store, spec = WorkStore(tmp_path), WorkSpec(MODULE, "count", {"to": 1})
    store.begin(spec)
    store.write_status(spec.id, WorkStatus("running", time.time(), share=0.5))
    store.end_orphans()
    assert store.status(spec.id).state == "interrupted"


def test_work_here_is_the_same_work(tmp_path):
    spec, store = WorkSpec(MODULE, "count", {"to": 4}), WorkStore(tmp_path)
    assert work_here(spec, store).state == "done"
    assert json.loads(store.read(spec.id, "sum.json")) == 10
    with pytest.raises(SeqVizError, match="not on this server"):
        store.read(spec.id, "other.json")


def test_the_id_is_the_content():
    one, same, other = (WorkSpec(MODULE, "count", args) for args in ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2, "b": 1}))
    assert one.id == same.id != other.id
    assert WorkSpec.from_json(one.to_json()) == one


def test_a_damaged_status_is_none(tmp_path):
    store, spec = WorkStore(tmp_path), WorkSpec(MODULE, "count", {})
    store.begin(spec)
    (store.root / spec.id / "status.json").write_text('{"state": "done", "odd": 1}')
    assert store.status(spec.id) is None


def test_what_cannot_be_kept_is_a_failure(service):
    status = ended(service, service.submit(WorkSpec(MODULE, "misname", {})))
    assert status.state == "failed" and "could not be kept" in status.message


def test_work_whose_end_was_lost_can_be_cancelled_and_done_again(service):
    spec = WorkSpec(MODULE, "count", {"to": 7})
    service.store.begin(spec)  # nobody works on it
    service.cancel(spec.id)
    assert service.store.status(spec.id).state == "cancelled"
    assert ended(service, service.submit(spec)).state == "done"


def test_another_version_does_it_anew(monkeypatch):
    spec = WorkSpec(MODULE, "count", {"a": 1})
    before = spec.id
    monkeypatch.setattr("seqviz_core.training.work.__version__", "9.9")
    assert spec.id != before
