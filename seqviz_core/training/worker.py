"""Training one run from its spec, and the three places where that happens: here, in a Dask worker, in a test.

A run is told in reports: a RunStatus, and with some of them an Epoch. Whoever listens writes them into the run store.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from math import inf
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import numpy as np
import torch

from ..errors import SeqVizError
from ..models import count_parameters
from .auxiliary import check_auxiliary
from .baselines import measure_baselines
from .config import RunSpec
from .files import weights_of
from .fit import TrainingData, evaluate, examples, fit, never
from .results import Epoch, RunStatus, Scores, State, to_plain
from .so_far import first_seen
from .verdict import verdict

if TYPE_CHECKING:
    from ..datasets import Dataset, Task
    from .runs import Run, RunStore

N_TEST = 3000
TRAIN, VALID, TEST, PERMUTED = 1, 2, 3, 4
"""Second number of the seed tuples (seed, stream, ...), so that no two streams ever share a sequence's random numbers."""
POLL_SECONDS = 0.25

Report = Callable[[RunStatus, Epoch | None], None]
_one_at_a_time = Lock()


class Trained(NamedTuple):
    """The end of a run; `weights` (safetensors) where its status is done."""

    status: RunStatus
    epochs: tuple[Epoch, ...]
    weights: bytes | None


def train_run(spec: RunSpec, report: Report, should_stop: Callable[[], bool] = never, created: float | None = None) -> Trained:
    """Train a run from nothing and return its end; tell `report` of every step on the way.

    First comes the start (device, parameters), then the ceiling and the baselines, then each epoch. Test figures are on
    N_TEST fresh sequences, which ceiling and baselines have been measured on too. One torch thread; one run at a time
    in a process. Raises SeqVizError for a spec that cannot be made; a diverged run is no exception but a failed status.
    """
    with _one_at_a_time, one_thread():
        task, device = spec.make_task(), best_device()
        model = spec.make_model(task).to(device)
        check_auxiliary(spec.training, model, task)
        teller = _Teller(report, RunStatus("running", created or time.time(), "Measuring the ceiling and the baselines.",
                                           device_name(device), started=time.time(), n_parameters=count_parameters(model)))
        train, valid, test = draw(spec, task, TRAIN), draw(spec, task, VALID), draw(spec, task, TEST)
        teller.tell(message="", n_test=len(test), **measure_baselines(task, train, test)._asdict())
        fresh = (lambda epoch: _on(device, draw(spec, task, TRAIN, epoch))) if spec.training.fresh and not task.fixed else None
        data = TrainingData(_on(device, train), _on(device, valid), fresh)
        result = fit(model, data, spec.training, teller.tell_epoch, should_stop)
        if result.stopped in ("cancelled", "diverged"):
            return teller.end("cancelled" if result.stopped == "cancelled" else "failed", result.message, result.epochs)
        _, scores = evaluate(model, _on(device, test))
        message = f"{verdict(scores, teller.status, permuted=spec.training.permute_labels)} {result.message}"
        return teller.end("done", message, result.epochs, weights_of(model), test=scores)


def train_here(spec: RunSpec, store: "RunStore", on_epoch: Callable[[Epoch], None] | None = None,
               run_id: str | None = None) -> "Run":
    """Train a run in this process and thread into `store`, in the format of every other run; return it.

    A run of that id (by default the spec's own) starts over. Where training raises, the run is marked as failed first.
    """
    spec = spec.complete()
    run_id = run_id or spec.run_id
    run = store.start_over(spec, run_id)

    def report(status: RunStatus, epoch: Epoch | None) -> None:
        if epoch:
            store.append_epoch(run_id, epoch)
        store.write_status(run_id, status)
        if epoch and on_epoch:
            on_epoch(epoch)

    try:
        trained = train_run(spec, report, created=run.status.created)
    except BaseException as error:
        state: State = "failed" if isinstance(error, Exception) else "interrupted"
        status = store.get(run_id).status
        store.write_status(run_id, replace(status, state=state, message=failure(error), finished=time.time()))
        raise
    if trained.weights:
        store.write_weights(run_id, trained.weights)
    store.write_status(run_id, trained.status)
    return store.get(run_id)


def train_in_worker(spec_json: str, created: float, topic: str, ticket: str, nice: int) -> dict[str, Any]:
    """Train a run in a Dask worker; return {attempt, status, epochs, weights} as plain data.

    Reports go out as events on `topic`. Each carries the job's `ticket` and this attempt's own number: when a worker
    dies, Dask runs the job again from its beginning. The distributed Event named `ticket` stops it (asked through the
    worker's own connection; an `Event` object would open a client of its own in every worker).
    """
    from distributed import get_worker
    from distributed.utils import sync

    lower_priority(nice)
    worker, attempt = get_worker(), uuid4().hex

    def report(status: RunStatus, epoch: Epoch | None) -> None:
        worker.log_event(topic, {"ticket": ticket, "attempt": attempt, "status": to_plain(status),
                                 "epoch": to_plain(epoch) if epoch else None})

    is_cancelled = partial(sync, worker.loop, worker.scheduler.event_is_set, name=ticket)
    trained = train_run(RunSpec.from_json(spec_json), report, at_most_every(POLL_SECONDS, is_cancelled), created)
    return {"attempt": attempt, "status": to_plain(trained.status), "epochs": [to_plain(e) for e in trained.epochs],
            "weights": trained.weights}


def warm_up(nice: int) -> None:
    """Load, in a new worker, what its first run would wait for: the registries and what torch loads at first use."""
    from .. import datasets, models  # noqa: F401

    lower_priority(nice)
    weight = torch.nn.Parameter(torch.zeros(1))
    weight.sum().backward()
    torch.optim.Adam([weight]).step()


def draw(spec: RunSpec, task: "Task", stream: int, epoch: int = 1) -> "Dataset":
    """Return a run's training (of an epoch), validation or test sequences; no two of these share random numbers.

    Of fixed data: the parts of one split, which the seed decides; every epoch sees the same training part. Of a control run
    the training and validation sequences have each other's labels, in an order that the seed decides, too.
    """
    data = _drawn(spec, task, stream, epoch)
    if not spec.training.permute_labels or stream == TEST:
        return data
    order = np.random.default_rng((spec.training.seed, PERMUTED, stream, epoch)).permutation(len(data))
    return replace(data, labels=data.labels[order])


def _drawn(spec: RunSpec, task: "Task", stream: int, epoch: int) -> "Dataset":
    n, seed = {TRAIN: (spec.training.n_train, (spec.training.seed, TRAIN, epoch)),
               VALID: (spec.training.n_valid, (spec.training.seed, VALID)),
               TEST: (N_TEST, (spec.training.seed, TEST))}[stream]
    if task.fixed:
        return task.split({TRAIN: "train", VALID: "valid", TEST: "test"}[stream], n, spec.training.seed)
    return task.sample(n, seed)


def failure(error: BaseException) -> str:
    """Return the sentence that a visitor reads when training raised `error`."""
    if isinstance(error, SeqVizError):
        return str(error)
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return "There was not enough memory to train this: try fewer sequences, a smaller batch or a smaller model."
    if not isinstance(error, Exception):
        return "Training was stopped from outside."
    return f"Training stopped on an unexpected {type(error).__name__}; the server's log has the details."


def best_device() -> torch.device:
    """Return the current GPU where CUDA is present, else the CPU."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read once, at first use: same sums in the same order
    return torch.device("cuda", torch.cuda.current_device())


def device_name(device: torch.device) -> str:
    """Return what a page says: "CPU", or "GPU" and which."""
    return f"GPU ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else "CPU"


def at_most_every(seconds: float, ask: Callable[[], bool]) -> Callable[[], bool]:
    """Return `ask`, asked at most once in that many seconds; in between the last answer stands."""
    asked, answer = -inf, False

    def ask_rarely() -> bool:
        nonlocal asked, answer
        if not answer and time.monotonic() - asked >= seconds:
            asked, answer = time.monotonic(), ask()
        return answer

    return ask_rarely


def lower_priority(nice: int) -> None:
    """Let this thread (on Linux; elsewhere this process) give way to the server; nothing where there is no niceness."""
    if hasattr(os, "setpriority") and os.getpriority(os.PRIO_PROCESS, 0) < nice:
        os.setpriority(os.PRIO_PROCESS, 0, nice)


class _Teller:
    """The run's status as it changes, and who is told."""

    def __init__(self, report: Report, status: RunStatus):
        self.report, self.status = report, status
        report(status, None)

    def tell(self, **changes: Any) -> None:
        self.status = replace(self.status, **changes)
        self.report(self.status, None)

    def tell_epoch(self, epoch: Epoch) -> None:
        self.status = replace(self.status, n_epochs=epoch.epoch)
        if self.status.best_valid_loss is None or epoch.valid_loss < self.status.best_valid_loss:
            self.status = replace(self.status, best_epoch=epoch.epoch, best_valid_loss=epoch.valid_loss,
                                  best_valid_auroc=epoch.valid_auroc, best_valid_accuracy=epoch.valid_accuracy)
        self.report(self.status, epoch)

    def end(self, state: State, message: str, epochs: tuple[Epoch, ...], weights: bytes | None = None,
            test: Scores | None = None) -> Trained:
        ended = replace(self.status, state=state, message=message, finished=time.time(), test=test)
        return Trained(ended, epochs, weights)


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute with one torch thread: beside a busy server two are slower, and one makes runs repeatable."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _on(device: torch.device, data: "Dataset") -> Any:
    first = first_seen(data.sites, *data.codes.shape) if data.motifs else None
    return examples(data.codes, data.labels, device, first)
