"""A4: the gradient correction, before and after, for the gradient and for mutagenesis."""

from collections.abc import Callable

import numpy as np
from torch import nn

from seqviz_core.attribution import attribute
from seqviz_core.checks import truth_score
from seqviz_core.checks.agreement import questions
from seqviz_core.checks.lens import Lens, cases_of, explain
from seqviz_core.datasets import Dataset

from .a03_attribution import LogOdds, positives_called
from .experiment import Budget, Row, experiment
from .jaspar2016 import regulatory_code
from .training import train, train_task

EXPLAINED, EPOCHS = 200, 15
KOO = {"cnn-local, relu": ("local", "relu"), "cnn-local, exponential": ("local", "exponential")}


@experiment("A4", title="Gradient correction: AUROC against planted sites, before and after",
            source="Majdandzic, Rajesh & Koo 2023, Genome Biol, 10.1186/s13059-023-02956-3",
            recipe="At each position the mean over the four bases is taken from the gradient. AUROC of the value at the base "
                   f"there against planted sites within each of {EXPLAINED} sequences, then the mean; mutagenesis by the root of "
                   "the summed squares of the changes",
            changes=f"Koo & Ploenzke's local CNNs on the regulatory code with {EPOCHS} epochs, our CNN on ten factors with "
                    "10; the paper gives figures, no table")
def correction(budget: Budget) -> list[Row]:
    found: dict[tuple[str, str], list[float]] = {}
    for seed in budget.seeds:
        for name, (shape, activation) in KOO.items():
            settings = {"shape": shape, "activation": activation, "dropout": 1.0}
            trained = train_task(budget, regulatory_code(budget.data), "koo_ploenzke", settings, n_train=14_000, n_valid=2_000,
                                 batch_size=100, epochs=EPOCHS, patience=20, learning_rate=1e-3, by_auroc=True, fresh=False,
                                 seed=seed)
            data, mask = positives_called(trained, budget.size(EXPLAINED, 20))
            _score(budget, found, name, lambda map_of, m=trained.model, d=data: map_of(LogOdds(m), d), mask)
        trained = train(budget, "in_class_danq", "cnn", n_train=8_000, n_valid=1_000, epochs=10, seed=seed)
        asked = cases_of(questions(trained.task, budget.size(EXPLAINED, 20), seed))
        by_lens = {"saliency": Lens("saliency"), "saliency, corrected": Lens("saliency", True)}
        for what, lens in by_lens.items():
            _keep(budget, found, "CNN of SeqViz", what, explain(trained.model, asked, lens).observed, asked.planted)
        changes = explain(trained.model, asked, Lens("ism")).values
        for what, values in _ism(changes).items():
            _keep(budget, found, "CNN of SeqViz", what, values, asked.planted)
    return _rows(found)


def _saliency(model: nn.Module, data: Dataset, corrected: bool) -> np.ndarray:
    values = attribute("saliency", model, data.X, 0, corrected=corrected).values
    return (values * data.X).sum(1)


def _ism(changes: np.ndarray) -> dict[str, np.ndarray]:
    """Return a number per base, of the changes (N, 4, L) as they are and less their mean over the four bases."""
    norm = lambda values: np.sqrt((values ** 2).sum(1))
    return {"mutagenesis": norm(changes), "mutagenesis, corrected": norm(changes - changes.mean(1, keepdims=True))}


def _score(budget: Budget, found: dict, name: str, mapped: Callable, mask: np.ndarray) -> None:
    for what, corrected in (("saliency", False), ("saliency, corrected", True)):
        _keep(budget, found, name, what, mapped(lambda m, d, c=corrected: _saliency(m, d, c)), mask)
    for what, values in _ism(mapped(lambda m, d: attribute("ism", m, d.X, 0).values)).items():
        _keep(budget, found, name, what, values, mask)


def _keep(budget: Budget, found: dict, name: str, what: str, scores: np.ndarray, mask: np.ndarray) -> None:
    found.setdefault((name, what), []).append(truth_score(scores, mask, seed=0, n_shuffles=1).auroc)
    budget.say(f"{name}, {what}: {found[name, what][-1]:.3f}")


def _rows(found: dict[tuple[str, str], list[float]]) -> list[Row]:
    rows = []
    for name in dict.fromkeys(name for name, _ in found):
        for method in ("saliency", "mutagenesis"):
            before, after = found[name, method], found[name, f"{method}, corrected"]
            gain = tuple(b - a for a, b in zip(before, after))
            rows += [Row(f"{name}: {method}", "", tuple(before)), Row(f"{name}: {method}, corrected", "", tuple(after)),
                     Row(f"{name}: {method}, gain", "a gain" if method == "saliency" else "about none", gain,
                         **({"at_least": 0.0} if method == "saliency" else {"at_most": 0.01}))]
    return rows
