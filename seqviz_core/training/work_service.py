"""Long computations in the job service's worker processes: handed in, reported, cancelled, kept.

They do not wait behind runs that have not begun: Dask has at most one waiting task a worker from the job service.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import uuid4

from distributed import Client, Future, KilledWorker

from .jobs import NICE, JobService
from .results import State
from .work import INTERRUPTED, Cancelled, WorkSpec, WorkStatus, WorkStore
from .worker import POLL_SECONDS, at_most_every, failure, lower_priority, one_thread

logger = logging.getLogger(__name__)
CANCELLED = "Cancelled."


@dataclass(eq=False)
class _Working:
    spec: WorkSpec
    status: WorkStatus
    ticket: str
    future: Future


class WorkService:
    """Does pieces of work in the workers of a job service; the only writer of its store.

    Callbacks of Dask's threads only put something into the inbox; one writer thread empties it.
    """

    def __init__(self, jobs: JobService, store: WorkStore | None = None):
        self.jobs, self.store = jobs, store or WorkStore(jobs.store.root)
        self._lock = threading.RLock()
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._working: dict[str, _Working] = {}
        self._topic = f"seqviz-work-{uuid4().hex}"
        self._client: Client | None = None
        self._writer: threading.Thread | None = None

    def start(self) -> None:
        """Use the job service's workers (it is started where it is not); mark what a dead server left as interrupted."""
        with self._lock:
            if self._client is None:
                client = self.jobs.client()
                self.store.end_orphans()
                client.subscribe_topic(self._topic, lambda event: self._inbox.put(partial(self._on_report, event[1])))
                self._writer = threading.Thread(target=self._write, name="seqviz-work", daemon=True)
                self._writer.start()
                self._client = client  # last: where any of this fails, the next call tries again

    def submit(self, spec: WorkSpec) -> str:
        """Queue a piece of work and return its id; equal work that waits, goes on or is done is that one."""
        with self._lock:
            self.start()
            known = self.store.status(spec.id)
            if spec.id in self._working or (known and known.state == "done"):
                return spec.id
            ticket, nice = uuid4().hex, 0 if self.jobs.scheduler else NICE
            future = self._client.submit(work_in_worker, spec.to_json(), self._topic, spec.id, ticket, nice,
                                         key=f"work-{ticket}", pure=False, priority=1)
            self.store.begin(spec)  # reports wait for the lock
            working = self._working[spec.id] = _Working(spec, self.store.status(spec.id), ticket, future)
            future.add_done_callback(partial(self._collect, working))
            return spec.id

    def cancel(self, work_id: str) -> None:
        """End a piece of work that waits or goes on; does nothing for any other."""
        with self._lock:
            status = self.store.status(work_id)
            if working := self._working.get(work_id):
                self.jobs.stop(working)
                self._end(working, "cancelled", CANCELLED)
            elif status and not status.ended:  # its end could not be written
                self.store.write_status(work_id, replace(status, state="cancelled", message=CANCELLED, finished=time.time()))

    def close(self) -> None:
        """Stop all work (it is marked as interrupted). Before the job service is closed."""
        with self._lock:
            if self._client is None:
                return
            for working in list(self._working.values()):
                self.jobs.stop(working)
                self._end(working, "interrupted", INTERRUPTED)
            self._client = None
            self._inbox.put(None)
        self._writer.join()

    def _collect(self, working: _Working, future: Future) -> None:
        """On Dask's callback thread: fetch the end, for the writer."""
        try:
            files = future.result() if future.status == "finished" else None
            error = future.exception() if future.status == "error" else None
        except Exception as lost:
            logger.exception("The end of work %s could not be fetched", working.spec.id)
            files, error = None, lost
        self._inbox.put(partial(self._on_end, working, files, error))

    def _write(self) -> None:
        while (act := self._inbox.get()) is not None:
            try:
                act()
            except Exception:
                logger.exception("A report of work could not be written")

    def _on_report(self, message: dict[str, Any]) -> None:
        with self._lock:
            working = self._working.get(message["id"])
            if working and working.ticket == message["ticket"]:
                working.status = replace(working.status, state="running", share=message["share"], message=message["message"],
                                         started=working.status.started or time.time())
                self.store.write_status(working.spec.id, working.status)

    def _on_end(self, working: _Working, files: dict[str, str | bytes] | None, error: Exception | None) -> None:
        with self._lock:
            if self._working.get(working.spec.id) is not working:
                return  # cancelled
            if files is None:
                killed = isinstance(error, KilledWorker) or error is None
                message = "The process that did this was lost, perhaps for want of memory." if killed else failure(error)
                logger.error("Work %s failed: %s", working.spec.id, message, exc_info=error)
                self._end(working, "failed", message.replace("Training stopped", "This stopped"))
                return
            done = replace(working.status, state="done", share=1.0, message="", finished=time.time())
            try:
                self.store.finish(working.spec.id, done, files)
            except Exception:
                logger.exception("What work %s gave could not be kept", working.spec.id)
                self._end(working, "failed", "What was computed could not be kept on this server. Start it again.")
                return
            self._forget(working)

    def _end(self, working: _Working, state: State, message: str) -> None:
        self._forget(working)
        self.store.write_status(working.spec.id, replace(working.status, state=state, message=message, finished=time.time()))

    def _forget(self, working: _Working) -> None:
        del self._working[working.spec.id]
        working.future.cancel()


def work_in_worker(spec_json: str, topic: str, work_id: str, ticket: str, nice: int) -> dict[str, str | bytes] | None:
    """Do a piece of work in a Dask worker and return its files; its reports go out as events on `topic`.

    The distributed Event named `ticket` stops it; None where it was stopped.
    """
    from distributed import get_worker
    from distributed.utils import sync

    lower_priority(nice)
    worker, spec = get_worker(), WorkSpec.from_json(spec_json)
    cancelled = at_most_every(POLL_SECONDS, partial(sync, worker.loop, worker.scheduler.event_is_set, name=ticket))
    last = 0.0

    def tell(share: float, message: str) -> None:
        nonlocal last
        if cancelled():
            raise Cancelled
        if time.monotonic() - last > POLL_SECONDS:
            last = time.monotonic()
            worker.log_event(topic, {"id": work_id, "ticket": ticket, "share": float(share), "message": message})

    with one_thread():
        try:
            tell(0.0, "Beginning.")
            return spec.run(tell)
        except Cancelled:
            return None
