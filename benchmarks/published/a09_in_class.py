"""A9: the in-class DanQ exercise, against the best that any model can do."""

from statistics import fmean

from seqviz_core.models import ARCHITECTURES

from .experiment import Budget, Row, experiment
from .training import train

RACE = {"CNN": ("cnn", {}, {}), "LSTM": ("lstm", {}, {}), "Attention": ("attention", {}, {}), "DanQ": ("danq", {}, {}),
        "CNN, 40 filters, smaller steps": ("cnn", {"filters": 40}, {"epochs": 40, "patience": 12, "decay": True})}
"""name -> (architecture, its settings, training settings that are not its own)"""
CLOSE, HYBRID = 0.007, 0.02


@experiment("A9", title="In-class DanQ: ten transcription factors or none",
            source="MCB128 course exercise; its Bayes accuracy is ours to compute (no accuracy is given there)",
            recipe="11 classes, 100 bases, one site per sequence on the forward strand, uniform background, 10,000 sequences "
                   "per epoch, 3,000 test sequences",
            changes="Motifs of JASPAR 2026 instead of 2016, whose ceiling is 94.6 %; fresh sequences every epoch")
def in_class(budget: Budget) -> list[Row]:
    ours: dict[str, list[float]] = {}
    ceilings = []
    for seed in budget.seeds:
        for name, (architecture, settings, training) in RACE.items():
            entry = ARCHITECTURES[architecture]
            usual = {"epochs": entry.epochs, "learning_rate": entry.learning_rate, "n_train": 10_000, "n_valid": 2_000}
            trained = train(budget, "in_class_danq", architecture, model_settings=settings, seed=seed, **{**usual, **training})
            ours.setdefault(name, []).append(trained.scores.accuracy)
            ceilings.append(trained.ceiling.accuracy)
    ceiling = fmean(ceilings)
    best = max(ours.values(), key=fmean)
    rows = [Row("best model, accuracy", "94.6 % is the ceiling with JASPAR 2016", tuple(best), ceiling, at_least=ceiling - CLOSE)]
    return rows + [Row(f"{name}, accuracy", "", tuple(values), ceiling, at_least=ceiling - HYBRID)
                   for name, values in ours.items()]
