"""The job service: runs wait their turn, train in Dask worker processes, and are written into the run store.

One service a server process. Pages hand it a spec, keep the run id, and read the store. Four kinds of thread meet here:
visitors' script threads (submit, cancel), Dask's event loop and callbacks (which only put work into the inbox), and one
writer thread that empties the inbox. `_lock` guards the queue and every write to the store.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import IO, Any
from uuid import uuid4

import dask
from dask.system import CPU_COUNT
from distributed import Client, Future, KilledWorker, LocalCluster, fire_and_forget

from ..errors import SeqVizError
from ..settings import whole_number
from .config import RunSpec
from .files import claim
from .results import RunStatus, State, counted, epoch_from, status_from
from .runs import STOPPED, RunStore, end_orphans
from .worker import failure, train_in_worker, warm_up

logger = logging.getLogger(__name__)

NICE = 10
CONNECT_SECONDS = 10
WORKPLACE = {
    "distributed.scheduler.allowed-failures": 1,  # a run whose worker dies starts over once
    "distributed.worker.preload": ["import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"],  # Ctrl-C is the server's
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    **{f"distributed.worker.memory.{act}": False for act in ("target", "spill", "pause")},  # restarting at 95 % stays
}
"""Dask settings of the server's own workers."""


@dataclass(eq=False)
class _Job:
    """A run that waits or trains. Reports of any attempt but the last are ignored."""

    run_id: str
    spec: RunSpec
    status: RunStatus
    ticket: str = field(default_factory=lambda: uuid4().hex)
    attempts: list[str] = field(default_factory=list)
    future: Future | None = None


class JobService:
    """Trains runs, a few at a time, first come first served; the only writer of its store."""

    def __init__(self, store: RunStore, scheduler: str | None = None, workers: int | None = None):
        """`scheduler`: address of a Dask scheduler; by default `workers` own processes (SEQVIZ_WORKERS, or cores - 1)."""
        self.store, self.scheduler = store, scheduler
        self.workers = workers or whole_number("SEQVIZ_WORKERS", max(1, CPU_COUNT - 1))
        self._lock = threading.RLock()
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._jobs: dict[str, _Job] = {}  # by run id, in the order they came
        self._topic = f"seqviz-{uuid4().hex}"
        self._client: Client | None = None
        self._cluster: LocalCluster | None = None
        self._writer: threading.Thread | None = None
        self._claim: IO | None = None

    def start(self) -> None:
        """Start the workers or connect to the scheduler, and mark what a dead server left as interrupted.

        Takes about a second; call it from a thread, not from an event loop. Does nothing when already started.
        Raises SeqVizError where another server has this store, or no scheduler answers.
        """
        with self._lock:
            if self._client is not None:
                return
            self._claim = claim(self.store.root)
            try:
                end_orphans(self.store)
                self.store.empty_trash()
                self._connect()
            except BaseException:
                self._disconnect()
                raise
            self._writer = threading.Thread(target=self._write, name="seqviz-jobs", daemon=True)
            self._writer.start()
            self._client.subscribe_topic(self._topic, lambda event: self._inbox.put(partial(self._on_report, event[1])))

    def client(self) -> Client:
        """Return the client of the workers, which are started where they are not."""
        self.start()
        return self._client

    def submit(self, spec: RunSpec) -> str:
        """Queue a run and return its id; a run of equal content that waits, trains or is done is that run.

        Raises SeqVizError for a spec that cannot be made.
        """
        spec = spec.complete()
        spec.make_model()
        run_id = spec.run_id
        with self._lock:
            self.start()
            if run_id in self._jobs or self._is_done(run_id):
                return run_id
            run = self.store.start_over(spec)
            self._jobs[run_id] = _Job(run_id, spec, run.status)
            self._dispatch()
            return run_id

    def cancel(self, run_id: str) -> None:
        """End a run that waits or trains; does nothing for any other.

        Its status says so at once; its worker is free within a step and a quarter of a second (or once it has measured
        the baselines), and the next run begins there.
        """
        with self._lock:
            job = self._jobs.get(run_id)
            if job is not None:
                self.stop(job)
                after = f"after {counted(job.status.n_epochs)}" if job.attempts else "before it began"
                self._finish(job, "cancelled", f"Cancelled {after}.")

    def queue_position(self, run_id: str) -> int | None:
        """Return a waiting run's place in the queue, 1 for the next to begin; None for a run that is not waiting."""
        with self._lock:
            waiting = [job.run_id for job in self._jobs.values() if not job.attempts]
            return waiting.index(run_id) + 1 if run_id in waiting else None

    def close(self) -> None:
        """Stop every run (they are marked as interrupted) and end the worker processes. The service can start again."""
        with self._lock:
            if self._client is None:
                return
            for job in reversed(list(self._jobs.values())):  # those that wait before those that would let them begin
                self.stop(job)
                self._finish(job, "interrupted", STOPPED)
            self._inbox.put(None)
            self._disconnect()
        self._writer.join()

    def _connect(self) -> None:
        if self.scheduler:
            try:
                self._client = Client(self.scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
            except (OSError, ValueError) as error:
                raise SeqVizError(f"No Dask scheduler answers at {self.scheduler} (SEQVIZ_SCHEDULER).") from error
            return
        with dask.config.set(WORKPLACE):
            self._cluster = LocalCluster(n_workers=self.workers, threads_per_worker=1, processes=True, host="127.0.0.1",
                                         dashboard_address="127.0.0.1:0", scheduler_kwargs={"dashboard": False})
        self._client = Client(self._cluster, set_as_default=False)
        for address in self._client.nthreads():
            fire_and_forget(self._client.submit(warm_up, NICE, workers=[address], pure=False))

    def _disconnect(self) -> None:
        for part in (self._client, self._cluster, self._claim):
            if part is not None:
                part.close()
        self._client = self._cluster = self._claim = None

    def _is_done(self, run_id: str) -> bool:
        with suppress(SeqVizError):  # missing or damaged: train it
            return self.store.get(run_id).trained
        return False

    def _dispatch(self) -> None:
        """Hand waiting runs to Dask, one a worker: what waits here can still be counted and cancelled."""
        slots = self.workers if self._cluster else max(1, len(self._client.nthreads()))
        busy = sum(job.future is not None for job in self._jobs.values())
        for job in [job for job in self._jobs.values() if job.future is None][:max(0, slots - busy)]:
            job.future = self._client.submit(
                train_in_worker, job.spec.to_json(), job.status.created, self._topic, job.ticket, NICE if self._cluster else 0,
                key=f"train-{job.ticket}", pure=False)
            job.future.add_done_callback(partial(self._collect, job))

    def stop(self, job: Any) -> None:
        """Set the Event that is polled by a job, or by other work in the workers that has a ticket and a future."""
        if job.future is not None:
            try:
                self._client.sync(self._client.scheduler.event_set, name=job.ticket, callback_timeout=CONNECT_SECONDS)
            except OSError:  # a scheduler elsewhere is gone, and the run with it
                logger.exception("What has the ticket %s could not be told to stop", job.ticket)

    def _collect(self, job: _Job, future: Future) -> None:
        """On Dask's callback thread: fetch what the job returned or raised, for the writer."""
        try:
            result = future.result() if future.status == "finished" else None
            error = future.exception() if future.status == "error" else None
        except Exception as lost:
            logger.exception("The end of run %s could not be fetched", job.run_id)
            result, error = None, lost
        self._inbox.put(partial(self._on_end, job, result, error))

    def _write(self) -> None:
        """Empty the inbox until `close`."""
        while (act := self._inbox.get()) is not None:
            try:
                act()
            except Exception:
                logger.exception("A report of a run could not be written")

    def _on_report(self, message: dict[str, Any]) -> None:
        with self._lock:
            job = next((job for job in self._jobs.values() if job.ticket == message["ticket"]), None)
            if job is None or not self._begin_attempt(job, message["attempt"]):
                return
            if message["epoch"]:
                self.store.append_epoch(job.run_id, epoch_from(message["epoch"]))
            job.status = status_from(message["status"])
            self.store.write_status(job.run_id, job.status)

    def _begin_attempt(self, job: _Job, attempt: str) -> bool:
        """Forget the epochs of the attempt before, if this one is new; False for one that has been superseded."""
        if attempt not in job.attempts:
            job.attempts.append(attempt)
            self.store.write_epochs(job.run_id, [])
        return attempt == job.attempts[-1]

    def _on_end(self, job: _Job, result: dict[str, Any] | None, error: Exception | None) -> None:
        with self._lock:
            if self._jobs.get(job.run_id) is not job:
                return  # it was cancelled, or the service is closing
            if result is None:
                self._on_failure(job, error)
                return
            self.store.write_epochs(job.run_id, [epoch_from(e) for e in result["epochs"]])  # events may be late, this is whole
            if result["weights"]:
                self.store.write_weights(job.run_id, result["weights"])
            self._end(job, status_from(result["status"]))

    def _on_failure(self, job: _Job, error: Exception | None) -> None:
        if error is None:
            message = "The training workers were lost. Train it again to start it over."
        elif isinstance(error, KilledWorker):
            message = "The training process was killed twice, perhaps for want of memory: try fewer sequences or a smaller model."
        else:
            message = failure(error)
        logger.error("Run %s failed: %s", job.run_id, message, exc_info=error)
        self._finish(job, "failed", message)

    def _finish(self, job: _Job, state: State, message: str) -> None:
        self._end(job, replace(job.status, state=state, message=message, finished=time.time()))

    def _end(self, job: _Job, status: RunStatus) -> None:
        self.store.write_status(job.run_id, replace(status, finished=status.finished or time.time()))
        del self._jobs[job.run_id]
        if job.future is not None:
            job.future.cancel()  # also lets go of the result
        self._dispatch()
