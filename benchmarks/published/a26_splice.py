"""A26: splice junctions, ten folds of different sequences."""

import numpy as np

from seqviz_core.datasets import Dataset, Task, make_task
from seqviz_core.datasets.fixed import FOLDS
from seqviz_core.metrics import accuracy
from seqviz_core.training import TrainingConfig

from .experiment import Budget, Row, experiment
from .training import Sets, sets_of, train_on

MODEL = {"filters": 32, "width": 7, "pool": 2}
MEMBERS = 3
CHANGED = 0.08  # share of bases that become another letter, drawn anew every epoch, so that nothing is learned by heart


@experiment("A26", title="UCI splice junctions, ten folds",
            source="Gradient boosting 97.34 %, XGBoost 97.02 %, CNN 94.51 %, RNN 93.89 %: OpenReview SecenRECUY, 2025",
            recipe="60 bases, three classes; ten folds over the 3,004 different sequences with one label each",
            changes=f"No sequence is in two folds, as copies are in published splits; in training {CHANGED:.0%} of the bases are "
                    f"changed at random; the answer is the mean of {MEMBERS} networks that differ in their seed")
def splice(budget: Budget) -> list[Row]:
    together, alone = [], []
    for seed in budget.seeds:
        scores = np.array([_fold(budget, fold, seed) for fold in range(1, FOLDS + 1)])  # (folds, 3): right, right alone, of
        right, right_alone, n = scores.sum(axis=0)
        together.append(right / n)
        alone.append(right_alone / n)
        budget.say(f"seed {seed}: {together[-1]:.4f} together, {alone[-1]:.4f} alone, of {n:.0f}")
    return [Row(f"{MEMBERS} networks, accuracy", "0.973 (copies across folds)", tuple(together), at_least=0.97),
            Row("one network, accuracy", "0.945 (CNN), 0.939 (RNN)", tuple(alone))]


def _fold(budget: Budget, fold: int, seed: int) -> tuple[float, float, int]:
    """Return how many test sequences are called right: by all networks together, by one on average, and of how many."""
    task = make_task("uci_splice", {"fold": fold})
    logits, labels = zip(*(_member(budget, task, seed, member) for member in range(MEMBERS)))
    n, single = len(labels[0]), float(np.mean([accuracy(member, labels[0]) for member in logits]))
    return accuracy(np.mean([_log_probabilities(member) for member in logits], axis=0), labels[0]) * n, single * n, n


def _member(budget: Budget, task: Task, seed: int, member: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (logits, labels) on the test fold of a network with a seed of its own, the folds being `seed`'s."""
    sets = sets_of(task, TrainingConfig(seed=seed, n_train=10_000, n_valid=1_000))
    own = seed * 1000 + member
    config = TrainingConfig(epochs=15, patience=15, learning_rate=2e-3, seed=own)
    sets = Sets(sets.train, sets.valid, sets.test, lambda epoch: _changed(sets.train, (own, epoch)))
    trained = train_on(budget, sets, "danq", MODEL, config, what=f"fold {task.fold}")
    return trained.logits, sets.test.labels


def _changed(data: Dataset, seed: tuple[int, ...]) -> Dataset:
    """Return the sequences with a share CHANGED of their bases replaced by one of the three others."""
    rng = np.random.default_rng(seed)
    change = (rng.random(data.codes.shape) < CHANGED) & (data.codes < 4)
    other = (data.codes + rng.integers(1, 4, data.codes.shape)) % 4
    codes = np.where(change, other, data.codes).astype(np.uint8)
    return Dataset(codes, data.labels, data.sites, data.classes, data.motifs)


def _log_probabilities(logits: np.ndarray) -> np.ndarray:
    return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
