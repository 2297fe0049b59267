"""Training for the reproductions: the streams, the loop and the scores of a run, without its files and baselines."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from seqviz_core.datasets import Dataset, Task, make_task
from seqviz_core.models import ARCHITECTURES
from seqviz_core.settings import config_from
from seqviz_core.training import RunSpec, TrainingConfig
from seqviz_core.training.baselines import bayes_scores
from seqviz_core.training.fit import Examples, TrainingData, examples, fit, predict_logits
from seqviz_core.training.results import Epoch, Scores
from seqviz_core.training.scoring import scores_of
from seqviz_core.training.worker import TEST, TRAIN, VALID, best_device, draw

from .experiment import Budget


class Sets(NamedTuple):
    """What one model learns from and is judged by; `fresh(epoch)` draws an epoch's own training sequences."""

    train: Dataset
    valid: Dataset
    test: Dataset
    fresh: Callable[[int], Dataset] | None = None


class Trained(NamedTuple):
    """A trained model, and how it did on test sequences it has not seen. `ceiling`: the Bayes classifier, where closed."""

    model: nn.Module
    test: Dataset
    logits: np.ndarray
    scores: Scores
    task: Task | None = None
    ceiling: Scores | None = None


def train(budget: Budget, task: str, architecture: str, *, task_settings: dict[str, Any] | None = None,
          model_settings: dict[str, Any] | None = None, **training: Any) -> Trained:
    """Train one model as a run does and return it; `training` are fields of TrainingConfig, sizes at the budget's scale."""
    return train_task(budget, make_task(task, task_settings or {}), architecture, model_settings or {}, **training)


def train_task(budget: Budget, task: Task, architecture: str, model_settings: dict[str, Any], *, by_auroc: bool = False,
               **training: Any) -> Trained:
    """Train one model on a task's own streams, those of a run with the same seed; `by_auroc` as in `train_on`."""
    sizes = {name: budget.size(training[name], 50) for name in ("n_train", "n_valid") if name in training}
    config = TrainingConfig(**{**training, **sizes})
    trained = train_on(budget, sets_of(task, config), architecture, model_settings, config, what=task.name, by_auroc=by_auroc)
    return trained._replace(task=task, ceiling=bayes_scores(task, trained.test))


def sets_of(task: Task, config: TrainingConfig) -> Sets:
    """Return the sequences that a run of `task` draws."""
    spec = RunSpec(task.name, {}, "", {}, config)
    fresh = (lambda epoch: draw(spec, task, TRAIN, epoch)) if config.fresh and not task.fixed else None
    return Sets(draw(spec, task, TRAIN), draw(spec, task, VALID), draw(spec, task, TEST), fresh)


def train_on(budget: Budget, sets: Sets, architecture: str, model_settings: dict[str, Any], config: TrainingConfig,
             what: str, by_auroc: bool = False) -> Trained:
    """Train one model on given sets; `what` names them in the line that is said.

    by_auroc : keep the epoch with the highest validation AUROC, as several papers do, instead of the lowest loss.
    """
    entry, device = ARCHITECTURES[architecture], best_device()
    settings = config_from(entry.config, model_settings)
    model = entry.make(settings, n_outputs=len(sets.train.classes), length=sets.train.codes.shape[1], seed=config.seed,
                       per_position=sets.train.labels.shape == sets.train.codes.shape).to(device)
    on: Callable[[Dataset], Examples] = lambda data: examples(data.codes, data.labels, device)
    fresh = None if sets.fresh is None else (lambda epoch: on(sets.fresh(epoch)))
    best = _Best(model)
    result = fit(model, TrainingData(on(sets.train), on(sets.valid), fresh), config, best.keep)
    if by_auroc:
        model.load_state_dict(best.weights)
    logits = predict_logits(model, on(sets.test).X)
    scores = scores_of(logits, sets.test.labels)
    budget.say(f"{architecture} on {what}, seed {config.seed}: accuracy {scores.accuracy:.4f}, AUROC {scores.auroc:.4f} "
               f"({result.message} {sum(e.seconds for e in result.epochs):.0f} s)")
    return Trained(model, sets.test, logits, scores)


class _Best:
    """The weights of the epoch with the highest validation AUROC so far."""

    def __init__(self, model: nn.Module):
        self.model, self.auroc, self.weights = model, -1.0, model.state_dict()

    def keep(self, epoch: Epoch) -> None:
        if epoch.valid_auroc > self.auroc:
            self.auroc = epoch.valid_auroc
            self.weights = {name: value.detach().clone() for name, value in self.model.state_dict().items()}


def logits_of(model: nn.Module, codes: np.ndarray) -> np.ndarray:
    """Return the model's logits of codes (N, L)."""
    return predict_logits(model, torch.from_numpy(codes))
