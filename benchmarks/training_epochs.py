"""What an epoch costs: our `fit` against a plain DataLoader and autograd loop, in one run.

    python -m benchmarks.training_epochs [architecture ...]

The same models, weights, sequences (ten transcription factors, 100 bases), batches of 64 and Adam; both train an epoch and look
at the validation sequences after it. The plain loop is what a tutorial writes: a TensorDataset of one-hot sequences, a shuffling
DataLoader, zero_grad, backward, step, the loss as a number in every step; of the validation it takes loss and accuracy. Ours also
ranks the validation, keeps the best weights, and starts from letters, at a sixteenth of the memory. The two take turns; the
shortest epoch of each counts, in processor seconds of one thread, or on a GPU in seconds of the clock.
"""

import sys
import time
from collections.abc import Callable

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks._measure import report
from seqviz_core.datasets import DATASETS, Dataset
from seqviz_core.models import ARCHITECTURES
from seqviz_core.training import TrainingConfig
from seqviz_core.training.fit import TrainingData, examples, fit
from seqviz_core.training.worker import best_device, device_name

NAMES = ("cnn", "lstm", "danq", "attention")
TRAIN, VALID, BATCH, REPEATS = 4000, 1000, 64, 4
TASK = DATASETS["in_class_danq"].presets["default"]


def made(name: str, device: torch.device) -> nn.Module:
    """Return a model with its teaching settings, weights as drawn."""
    entry = ARCHITECTURES[name]
    return entry.make(entry.presets["teaching"], n_outputs=len(TASK.classes), length=TASK.length, seed=0).to(device)


def ours(name: str, train: Dataset, valid: Dataset, device: torch.device) -> Callable[[], float]:
    """Return a function that trains an epoch by `fit` and returns the validation loss."""
    config = TrainingConfig(epochs=1, learning_rate=ARCHITECTURES[name].learning_rate, batch_size=BATCH)

    def epoch() -> float:
        data = TrainingData(examples(train.codes, train.labels, device), examples(valid.codes, valid.labels, device))
        return fit(made(name, device), data, config).epochs[0].valid_loss

    return epoch


def plain(name: str, train: Dataset, valid: Dataset, device: torch.device) -> Callable[[], float]:
    """Return a function that trains an epoch as tutorials do and returns the validation loss."""
    parts = [TensorDataset(torch.from_numpy(d.X), torch.from_numpy(d.labels)) for d in (train, valid)]

    def epoch() -> float:
        model, running = made(name, device).train(), 0.0
        optimizer, criterion = torch.optim.Adam(model.parameters(), ARCHITECTURES[name].learning_rate), nn.CrossEntropyLoss()
        for X, y in DataLoader(parts[0], BATCH, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(model(X.to(device)), y.to(device))
            loss.backward()
            optimizer.step()
            running += loss.item() * len(y)
        return _validated(model.eval(), DataLoader(parts[1], BATCH), criterion, device)

    return epoch


@torch.no_grad()
def _validated(model: nn.Module, batches: DataLoader, criterion: nn.Module, device: torch.device) -> float:
    loss, right, n = 0.0, 0, 0
    for X, y in batches:
        logits, y = model(X.to(device)), y.to(device)
        loss, right, n = loss + criterion(logits, y).item() * len(y), right + (logits.argmax(1) == y).sum().item(), n + len(y)
    return loss / n


def seconds(ways: dict[str, Callable[[], float]], device: torch.device) -> dict[str, float]:
    """Return the shortest epoch of each way, the ways taking turns, after a first round that does not count."""
    clock = time.process_time if device.type == "cpu" else time.perf_counter
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(REPEATS + 1):
        for way, epoch in ways.items():
            start = clock()
            epoch()
            times[way].append(clock() - start)
    return {way: min(took[1:]) for way, took in times.items()}


def main(names: list[str]) -> None:
    torch.set_num_threads(1)
    device, figures = best_device(), {}
    train, valid = TASK.sample(TRAIN, 1), TASK.sample(VALID, 2)
    print(f"{'architecture':<16}{'plain s':>9}{'ours s':>9}{'ratio':>8}   "
          f"(an epoch of {TRAIN:,} sequences of {TASK.length}, {VALID:,} for validation; {device_name(device)})")
    for name in names:
        ways = {"plain": plain(name, train, valid, device), "ours": ours(name, train, valid, device)}
        took = seconds(ways, device)
        figures[name] = {"plain_s": round(took["plain"], 3), "ours_s": round(took["ours"], 3),
                         "plain_over_ours": round(took["plain"] / took["ours"], 2)}
        print(f"{name:<16}{took['plain']:>9.2f}{took['ours']:>9.2f}{figures[name]['plain_over_ours']:>7.2f}x", flush=True)
    report("training_epochs", {"trained_on": device_name(device), **figures})


if __name__ == "__main__":
    main(sys.argv[1:] or list(NAMES))
