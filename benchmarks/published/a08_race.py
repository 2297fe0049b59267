"""A8: CNN, RNN and CNN-RNN of the Deep Motif Dashboard on real ENCODE sets."""

from dataclasses import asdict
from statistics import fmean
from typing import Any

from seqviz_core.models import ARCHITECTURES
from seqviz_core.training import TrainingConfig

from .a24_encode import area
from .encode import FLOORS, encode_sets
from .experiment import Budget, Row, experiment
from .training import train_on

RACE = {"lanchantin_cnn": "CNN", "lanchantin_rnn": "RNN", "lanchantin_cnn_rnn": "CNN-RNN"}
PEAKS = 1500


@experiment("A8", title="CNN, RNN, CNN-RNN on ENCODE sets",
            source="Lanchantin et al. 2017, arXiv 1608.03644: CNN-RNN > CNN > RNN in its abstract, over 108 factors",
            recipe="101 bases, bound against dinucleotide shuffles; the three networks as published",
            changes=f"Four factors (USF1, REST, GABPA, CTCFL), {PEAKS:,} peaks each, up to 10 epochs of Adam with new shuffles")
def race(budget: Budget) -> list[Row]:
    areas: dict[str, dict[str, list[float]]] = {name: {factor: [] for factor in FLOORS} for name in RACE}
    for factor in FLOORS:
        for seed in budget.seeds:
            sets = encode_sets(budget, factor, seed, PEAKS)
            for name in RACE:
                rate = ARCHITECTURES[name].learning_rate
                config = TrainingConfig(epochs=10, learning_rate=rate, patience=10, seed=seed)
                trained = train_on(budget, sets, name, _as_published(name), config, what=factor)
                areas[name][factor].append(area(trained, sets))
    means = {name: tuple(fmean(areas[name][factor][i] for factor in FLOORS) for i in range(len(budget.seeds))) for name in RACE}
    rows = [Row(f"{label}, mean AUROC over {len(FLOORS)} factors", "", means[name]) for name, label in RACE.items()]
    rows += [Row(f"{RACE[better]} over {RACE[worse]}, AUROC", "above 0",
                 tuple(a - b for a, b in zip(means[better], means[worse])), at_least=0.0)
             for better, worse in (("lanchantin_cnn_rnn", "lanchantin_cnn"), ("lanchantin_cnn", "lanchantin_rnn"))]
    return rows + [Row(f"{factor}: {label}", f"6-mer floor {FLOORS[factor]:.3f}", tuple(areas[name][factor]))
                   for factor in FLOORS for name, label in RACE.items()]


def _as_published(name: str) -> dict[str, Any]:
    return asdict(next(iter(ARCHITECTURES[name].published.values())).config)
