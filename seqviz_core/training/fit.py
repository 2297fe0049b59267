"""`fit` trains a model on tensors: no files, no task, no Streamlit."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from math import inf, isfinite
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..models.internals import borrowed, device_of, recording
from .auxiliary import MEASURED_ON, Auxiliary, auxiliary_of
from .config import TrainingConfig
from .results import Epoch, Scores, counted
from .scoring import at_known_bases, loss_of, scores_of

EVALUATION_BATCH = 512
DECAY, DECAY_AFTER = 0.2, 5  # with `config.decay`: this factor after every so many epochs without a lower validation loss
ORDER = 0
"""Second number of the seed tuple of the examples' order; `worker` gives the numbers after it to the sequences."""


class Examples(NamedTuple):
    """Labelled sequences on one device.

    X: codes (N, L) uint8, encoded batch by batch at a sixteenth of the memory, or one-hot (N, 4, L) float.
    y: class indices (N,) int64, or what else a task's head asks for (see scoring.py).
    first: (N, 2) int64, how far the first planted site is (see so_far.py); only an auxiliary loss asks for it.
    """

    X: Tensor
    y: Tensor
    first: Tensor | None = None


class TrainingData(NamedTuple):
    """What `fit` learns from. `draw(epoch)` gives an epoch's own training examples instead of `train`."""

    train: Examples
    valid: Examples
    draw: Callable[[int], Examples] | None = None


@dataclass(frozen=True)
class FitResult:
    """How a fit went; the model holds the weights of `best_epoch` (0: the weights it came with)."""

    best_epoch: int
    epochs: tuple[Epoch, ...]
    stopped: Literal["finished", "early", "cancelled", "diverged"]
    message: str


def ignore(epoch: Epoch) -> None:
    """The `on_epoch` of a caller who does not want to know."""


def never() -> bool:
    """The `should_stop` of a caller who does not want to stop."""
    return False


def examples(codes: np.ndarray, labels: np.ndarray, device: torch.device | str = "cpu",
             first: np.ndarray | None = None) -> Examples:
    """Return codes (N, L) uint8, labels (N,) and, where it is given, `first` (N, 2) as tensors on `device`."""
    return Examples(torch.from_numpy(codes).to(device), torch.from_numpy(labels).to(device),
                    None if first is None else torch.from_numpy(first).to(device))


def fit(model: nn.Module, data: TrainingData, config: TrainingConfig, on_epoch: Callable[[Epoch], None] = ignore,
        should_stop: Callable[[], bool] = never) -> FitResult:
    """Train `model` in place with Adam on the cross-entropy, plus an auxiliary loss where `config` asks for one; return how it
    went, the best epoch's weights restored.

    The best epoch is the one with the lowest validation loss. Stops early after `config.patience` epochs without a
    lower one, at once when `should_stop()` (asked before every step) says so, and when a loss is no longer finite.
    On one device and with one thread count, equal arguments give equal weights to the last bit; the global random
    state is the caller's again afterwards. Training mode of every module is given back. While it runs it owns torch's
    global generators (dropout draws from them), so train one model per process at a time. Raises SeqVizError for an auxiliary
    loss that does not suit the model or the data.
    """
    with borrowed(model), _reproducible(config.seed, device_of(model)):
        auxiliary = _heads(model, data.train, config)
        parameters = [*model.parameters(), *(auxiliary.parameters() if auxiliary else ())]
        optimizer = torch.optim.Adam(parameters, config.learning_rate, weight_decay=config.weight_decay, fused=True)
        progress = _Progress(model, config)
        while progress.stopped is None:
            epoch = _one_epoch(model, data, config, len(progress.epochs) + 1, optimizer, should_stop, auxiliary)
            if epoch is None:
                progress.stopped = "cancelled"
            elif progress.add(epoch):
                on_epoch(epoch)
                if config.decay and progress.stuck_for and progress.stuck_for % DECAY_AFTER == 0:
                    for group in optimizer.param_groups:
                        group["lr"] *= DECAY
        return progress.result()


def predict_logits(model: nn.Module, X: Tensor, batch_size: int = EVALUATION_BATCH) -> np.ndarray:
    """Return (N, C) float64 logits, or (N, C, L), of `X` (codes or one-hot, on any device), in eval mode and batch by batch."""
    with borrowed(model), torch.no_grad():
        device = device_of(model)
        return np.concatenate([model(_one_hot(x.to(device))).double().cpu().numpy() for x in X.split(batch_size)])


def evaluate(model: nn.Module, data: Examples) -> tuple[float, Scores]:
    """Return the mean cross-entropy (nats) and the scores of `model` on `data`; nan where a logit is not finite."""
    logits, labels = predict_logits(model, data.X), data.y.cpu().numpy()
    if not np.isfinite(logits).all():
        return float("nan"), Scores(float("nan"), float("nan"))
    if data.X.ndim == 2:
        labels = at_known_bases(labels, data.X.cpu().numpy())
    return loss_of(torch.from_numpy(logits), torch.from_numpy(labels)).item(), scores_of(logits, labels)


def _one_epoch(model: nn.Module, data: TrainingData, config: TrainingConfig, number: int, optimizer: torch.optim.Optimizer,
               should_stop: Callable[[], bool], auxiliary: Auxiliary | None) -> Epoch | None:
    """Train and validate once; None where it was stopped in between."""
    started = time.perf_counter()
    train = data.draw(number) if data.draw else data.train
    train_loss = _train(model, train, _batches(len(train.y), config, number), optimizer, should_stop, auxiliary)
    if train_loss is None:
        return None
    valid_loss, scores = evaluate(model, data.valid)
    return Epoch(number, train_loss, valid_loss, scores.auroc, scores.accuracy, time.perf_counter() - started)


def _batches(n: int, config: TrainingConfig, epoch: int) -> Sequence[Tensor]:
    """Return a permutation of range(n) in parts of at most `batch_size`, sizes equal to within one."""
    order = np.random.default_rng((config.seed, ORDER, epoch)).permutation(n)
    return torch.from_numpy(order).tensor_split(-(-n // config.batch_size))


def _train(model: nn.Module, data: Examples, batches: Sequence[Tensor], optimizer: torch.optim.Optimizer,
           should_stop: Callable[[], bool], auxiliary: Auxiliary | None) -> float | None:
    """Take an optimizer step for each batch; return the mean cross-entropy, without the auxiliary loss; None where stopped."""
    model.train()
    total = torch.zeros((), device=data.y.device, dtype=torch.float64)
    for rows in batches:
        if should_stop():
            return None
        rows = rows.to(data.y.device)
        loss, beside = _losses(model, data, rows, auxiliary)
        optimizer.zero_grad()
        (loss if beside is None else loss + beside).backward()
        optimizer.step()
        total += loss.detach() * len(rows)  # no .item() here: it would make a GPU wait in every step
    return total.item() / len(data.y)


def _heads(model: nn.Module, data: Examples, config: TrainingConfig) -> Auxiliary | None:
    return auxiliary_of(model, _one_hot(data.X[:MEASURED_ON]), None if data.first is None else data.first[:MEASURED_ON], config)


def _losses(model: nn.Module, data: Examples, rows: Tensor, auxiliary: Auxiliary | None) -> tuple[Tensor, Tensor | None]:
    """Return the cross-entropy of a batch, and the auxiliary loss where there is one."""
    X, y = _one_hot(data.X[rows]), data.y[rows]
    if auxiliary is None:
        return loss_of(model(X), y), None
    with recording(attached=True) as recorded:
        loss = loss_of(model(X), y)
    return loss, auxiliary.loss(recorded, X, None if data.first is None else data.first[rows])


def _one_hot(X: Tensor) -> Tensor:
    if X.ndim == 3:
        return X
    return (X[:, None, :] == torch.arange(4, dtype=X.dtype, device=X.device)[:, None]).float()  # (N, 4, L)


class _Progress:
    """The epochs so far, the best weights among them, and whether it is over."""

    def __init__(self, model: nn.Module, config: TrainingConfig):
        self.model, self.config = model, config
        self.epochs: list[Epoch] = []
        self.best_epoch, self.best_loss, self.best_weights = 0, inf, self._copy_of_weights()
        self.stopped: Literal["finished", "early", "cancelled", "diverged"] | None = None
        self.diverged_at = 0

    def add(self, epoch: Epoch) -> bool:
        """Take an epoch in; False for one that diverged, which is not kept."""
        if not (isfinite(epoch.train_loss) and isfinite(epoch.valid_loss)):
            self.stopped, self.diverged_at = "diverged", epoch.epoch
            return False
        self.epochs.append(epoch)
        if epoch.valid_loss < self.best_loss:
            self.best_epoch, self.best_loss, self.best_weights = epoch.epoch, epoch.valid_loss, self._copy_of_weights()
        if epoch.epoch == self.config.epochs:
            self.stopped = "finished"
        elif self.stuck_for >= self.config.patience:
            self.stopped = "early"
        return True

    @property
    def stuck_for(self) -> int:
        """Epochs since the validation loss was last lower than ever before."""
        return len(self.epochs) - self.best_epoch

    def result(self) -> FitResult:
        """Put the best weights back into the model and tell how it went."""
        self.model.load_state_dict(self.best_weights)
        return FitResult(self.best_epoch, tuple(self.epochs), self.stopped, self._message())

    def _message(self) -> str:
        n, best = len(self.epochs), f"the best was epoch {self.best_epoch}"
        return {
            "finished": f"Trained for {counted(n)}; {best}.",
            "early": f"Stopped after epoch {n}, since the validation loss had not fallen for {self.config.patience}; {best}.",
            "cancelled": f"Cancelled after {counted(n)}.",
            "diverged": f"Training diverged in epoch {self.diverged_at}: the loss is no longer a finite number. "
                        f"Try a smaller learning rate than {self.config.learning_rate:g}.",
        }[self.stopped]

    def _copy_of_weights(self) -> dict[str, Tensor]:
        return {name: value.detach().clone() for name, value in self.model.state_dict().items()}


@contextmanager
def _reproducible(seed: int, device: torch.device) -> Iterator[None]:
    """Within the block torch draws from `seed`, and a GPU takes deterministic kernels; afterwards all is as it was."""
    gpu = [torch.cuda.current_device() if device.index is None else device.index] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=gpu):
        torch.default_generator.manual_seed(seed)
        for index in gpu:
            torch.cuda.default_generators[index].manual_seed(seed)
        with _deterministic_kernels() if gpu else nullcontext():  # a CPU has no others
            yield


@contextmanager
def _deterministic_kernels() -> Iterator[None]:
    cudnn = torch.backends.cudnn
    enabled, warn_only = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        with cudnn.flags(enabled=cudnn.enabled, benchmark=False, deterministic=True, allow_tf32=cudnn.allow_tf32):
            yield
    finally:
        torch.use_deterministic_algorithms(enabled, warn_only=warn_only)
