"""The job service with real worker processes: queue, cancel, sharing, failures, dead workers, dead servers."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.training import jobs
from seqviz_core.training.config import RunSpec, TrainingConfig
from seqviz_core.training.jobs import JobService
from seqviz_core.training.results import counted
from seqviz_core.training.runs import RunStore
from seqviz_core.training.worker import train_here

TRAINING = TrainingConfig(epochs=2, learning_rate=0.01, n_train=200, n_valid=100, seed=1)
SHORT = RunSpec("one_motif", {"length": 30}, "cnn", {"filters": 4}, TRAINING)
ENDLESS = replace(SHORT, training=replace(TRAINING, epochs=500, patience=500, n_train=3000))  # well over ten seconds


def until(condition, seconds=120):
    """Wait for what `condition()` returns to be true, and return it; the workers are niced, and so slow on a busy machine."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return value


def seeded(spec, seed):
    return replace(spec, training=replace(spec.training, seed=seed))


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    made = JobService(RunStore(tmp_path_factory.mktemp("runs")), workers=1)
    made.start()
    yield made
    made.close()


@pytest.fixture
def ended(service):
    def wait(run_id):
        return until(lambda: (run := service.store.get(run_id)).status.ended and run)
    return wait


@pytest.fixture
def begun(service):
    def wait(run_id, epochs=1):
        return until(lambda: len((run := service.store.get(run_id)).epochs()) >= epochs and run)
    return wait


def test_a_run_is_the_same_in_a_worker_as_here(service, ended, tmp_path):
    run_id = service.submit(SHORT)
    run, here = ended(run_id), train_here(SHORT, RunStore(tmp_path))
    assert run.status.state == "done" and run.id == here.id and run.spec == here.spec
    assert (run.path / "weights.safetensors").read_bytes() == (here.path / "weights.safetensors").read_bytes()
    assert [replace(e, seconds=0) for e in run.epochs()] == [replace(e, seconds=0) for e in here.epochs()]
    assert (run.status.test, run.status.ceiling, run.status.kmer) == (here.status.test, here.status.ceiling, here.status.kmer)
    assert service.submit(SHORT) == run_id and service.store.get(run_id) == run  # done is done


def test_a_done_run_that_lost_its_weights_is_trained_again(service, ended):
    run = ended(service.submit(seeded(SHORT, 40)))
    (run.path / "weights.safetensors").unlink()
    with pytest.raises(SeqVizError, match="Train it again"):
        run.load_model()
    again = ended(service.submit(seeded(SHORT, 40)))
    assert again.id == run.id and again.trained and again.status.started > run.status.finished
    assert again.load_model()


def test_queue_cancel_and_start_again(service, ended, begun):
    long, waits, last = (service.submit(seeded(ENDLESS, i)) for i in range(3))
    assert service.submit(seeded(ENDLESS, 0)) == long
    assert begun(long).status.state == "running"
    assert [service.queue_position(i) for i in (long, waits, last)] == [None, 1, 2]
    service.cancel(waits)
    assert service.store.get(waits).status.state == "cancelled" and service.queue_position(last) == 1
    service.cancel(long)
    status = service.store.get(long).status
    assert status.state == "cancelled" and status.n_epochs >= 1 and f"after {counted(status.n_epochs)}." in status.message
    assert begun(last).status.started - status.finished < 30  # the worker came free
    assert service.submit(seeded(ENDLESS, 0)) == long  # behind `last`
    again = service.store.get(long)
    assert again.status.state == "queued" and again.epochs() == [] and service.queue_position(long) == 1
    service.cancel(long), service.cancel(last), service.cancel(last)
    assert ended(last).status.state == ended(long).status.state == "cancelled"
    service.cancel("no-such-run")


def test_threads_that_submit_one_spec_share_one_run(service, ended):
    ids = []
    threads = [threading.Thread(target=lambda i=i: ids.append(service.submit(seeded(SHORT, 10 + i % 2)))) for i in range(12)]
    [t.start() for t in threads], [t.join() for t in threads]
    assert len(ids) == 12 and len(set(ids)) == 2
    assert {ended(i).status.state for i in ids} == {"done"}


def test_a_bug_in_the_worker_is_one_sentence_and_a_logged_traceback(service, ended, caplog):
    def break_fit(broken):
        from seqviz_core.training import worker
        worker.fit = (lambda *_: 1 / 0) if broken else fit

    from seqviz_core.training.fit import fit
    service._client.wait_for_workers(1, timeout=30)
    assert service._client.run(break_fit, True)
    run = ended(service.submit(seeded(SHORT, 30)))
    service._client.run(break_fit, False)
    assert run.status.state == "failed" and run.status.message.startswith("Training stopped on an unexpected ZeroDivisionError")
    assert run.status.kmer is not None  # what came before stays
    until(lambda: "division by zero" in caplog.text)
    assert "Traceback" in caplog.text and "train_run" in caplog.text and run.id in caplog.text
    assert ended(service.submit(seeded(SHORT, 30))).status.state == "done"  # failed runs can be started again


def test_workers_give_way_and_use_one_thread(service):
    def facts():
        import torch
        return os.getpriority(os.PRIO_PROCESS, 0), torch.get_num_threads(), os.getpid()

    nice, threads, pid = service._client.submit(facts, pure=False).result()
    assert nice == jobs.NICE > os.getpriority(os.PRIO_PROCESS, 0) and threads == 1 and pid != os.getpid()


def test_a_killed_worker_starts_the_run_over_without_double_epochs(service, ended, begun):
    run_id = service.submit(seeded(replace(ENDLESS, training=replace(ENDLESS.training, epochs=40)), 20))
    begun(run_id, epochs=3)
    pid = service._cluster.workers[0].pid
    os.kill(pid, signal.SIGKILL)
    run = ended(run_id)
    assert run.status.state == "done" and [e.epoch for e in run.epochs()] == list(range(1, 41))
    assert service._cluster.workers[0].pid != pid


def test_a_run_that_kills_its_workers_fails_with_a_sentence(service, ended, begun):
    run_id = service.submit(seeded(ENDLESS, 21))
    for _ in range(2):
        begun(run_id)
        os.kill(service._cluster.workers[0].pid, signal.SIGKILL)
        until(lambda: (run := service.store.get(run_id)).status.ended or not run.epochs())
    run = ended(run_id)
    assert run.status.state == "failed" and "killed twice" in run.status.message


def test_a_spec_that_cannot_be_made_is_refused_at_once(service):
    before = service.store.runs()
    for wrong in (replace(SHORT, architecture="cmn"), replace(SHORT, training=replace(TRAINING, epochs=0))):
        with pytest.raises(SeqVizError):
            service.submit(wrong)
    assert service.store.runs() == before


def test_a_scheduler_elsewhere_and_close_in_the_middle_of_a_run(service, tmp_path):
    elsewhere = JobService(RunStore(tmp_path), scheduler=service._cluster.scheduler_address)
    done, cut = elsewhere.submit(SHORT), elsewhere.submit(ENDLESS)
    until(lambda: elsewhere.store.get(cut).epochs())
    elsewhere.close()
    assert elsewhere.store.get(done).status.state == "done"
    status = elsewhere.store.get(cut).status
    assert status.state == "interrupted" and "server stopped" in status.message and status.finished
    until(lambda: not any(service._client.processing().values()))  # the worker has let go of it


def test_one_store_one_service(service):
    with pytest.raises(SeqVizError, match="Another SeqViz server"):
        JobService(service.store).start()


def test_workers_that_are_no_number(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQVIZ_WORKERS", "all")
    with pytest.raises(SeqVizError, match="SEQVIZ_WORKERS is 'all'"):
        JobService(RunStore(tmp_path))
    monkeypatch.setenv("SEQVIZ_WORKERS", "3")
    assert JobService(RunStore(tmp_path)).workers == 3


def test_no_scheduler(tmp_path, monkeypatch):
    monkeypatch.setattr(jobs, "CONNECT_SECONDS", 0.3)
    with pytest.raises(SeqVizError, match="No Dask scheduler answers at tcp://127.0.0.1:9"):
        JobService(RunStore(tmp_path), scheduler="tcp://127.0.0.1:9").start()


SERVER = """
import sys, time
from seqviz_core.training.config import RunSpec
from seqviz_core.training.jobs import JobService
from seqviz_core.training.runs import RunStore
if __name__ == "__main__":
    service = JobService(RunStore(sys.argv[1]), workers=1)
    print(service.submit(RunSpec.from_json(sys.argv[2])), flush=True)
    time.sleep(60)
"""


def test_a_killed_server_leaves_no_process_and_its_runs_are_interrupted(tmp_path):
    root = Path(__file__).resolve().parents[2]
    (tmp_path / "server.py").write_text(SERVER)
    server = subprocess.Popen([sys.executable, tmp_path / "server.py", tmp_path / "runs", ENDLESS.to_json()],
                              env={**os.environ, "PYTHONPATH": str(root)}, stdout=subprocess.PIPE, text=True)
    try:
        run_id, store = server.stdout.readline().strip(), RunStore(tmp_path / "runs")
        until(lambda: store.get(run_id).epochs())
        family = psutil.Process(server.pid).children(recursive=True)
        assert family
    finally:
        server.kill(), server.wait()
    psutil.wait_procs(family, timeout=15)
    assert [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
    assert store.get(run_id).status.state == "running"  # nobody could say otherwise
    before, heir = children(), JobService(store, workers=1)
    heir.start()
    own = children() - before
    heir.close()
    assert store.get(run_id).status.state == "interrupted" and "server stopped" in store.get(run_id).status.message
    assert own and not own & children()


def children():
    """Return this process's children and theirs, the dead ones left out."""
    return {p for p in psutil.Process().children(recursive=True) if p.status() != psutil.STATUS_ZOMBIE}
