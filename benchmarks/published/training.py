"""Training for the reproductions: the streams, the loop and the scores of a run, without its files and baselines."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from seqviz_core.datasets import Dataset, Task
from seqviz_core.models import ARCHITECTURES
from seqviz_core.settings import config_from
from seqviz_core.training import RunSpec, TrainingConfig
from seqviz_core.training.baselines import bayes_scores
from seqviz_core.training.fit import Examples, TrainingData, examples, fit, predict_logits
from seqviz_core.training.results import Scores
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
    sizes = {name: budget.size(training[name], 50) for name in ("n_train", "n_valid") if name in training}
    config = TrainingConfig(**{**training, **sizes})
    spec = RunSpec(task, task_settings or {}, architecture, model_settings or {}, config).complete()
    made = spec.make_task()
    fresh = (lambda epoch: draw(spec, made, TRAIN, epoch)) if config.fresh and not made.fixed else None
    sets = Sets(draw(spec, made, TRAIN), draw(spec, made, VALID), draw(spec, made, TEST), fresh)
    trained = train_on(budget, sets, architecture, model_settings or {}, config, what=task)
    return trained._replace(task=made, ceiling=bayes_scores(made, sets.test))


def train_on(budget: Budget, sets: Sets, architecture: str, model_settings: dict[str, Any], config: TrainingConfig,
             what: str) -> Trained:
    """Train one model on given sets; `what` names them in the line that is said."""
    entry, device = ARCHITECTURES[architecture], best_device()
    settings = config_from(entry.config, model_settings)
    model = entry.make(settings, n_outputs=len(sets.train.classes), length=sets.train.codes.shape[1], seed=config.seed,
                       per_position=sets.train.labels.shape == sets.train.codes.shape).to(device)
    on: Callable[[Dataset], Examples] = lambda data: examples(data.codes, data.labels, device)
    fresh = None if sets.fresh is None else (lambda epoch: on(sets.fresh(epoch)))
    result = fit(model, TrainingData(on(sets.train), on(sets.valid), fresh), config)
    logits = predict_logits(model, on(sets.test).X)
    scores = scores_of(logits, sets.test.labels)
    budget.say(f"{architecture} on {what}, seed {config.seed}: accuracy {scores.accuracy:.4f}, AUROC {scores.auroc:.4f} "
               f"({result.message} {sum(e.seconds for e in result.epochs):.0f} s)")
    return Trained(model, sets.test, logits, scores)


def logits_of(model: nn.Module, codes: np.ndarray) -> np.ndarray:
    """Return the model's logits of codes (N, L)."""
    return predict_logits(model, torch.from_numpy(codes))
