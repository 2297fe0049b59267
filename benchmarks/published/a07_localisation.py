"""A7: DragoNN's simulations: one motif anywhere, and sites that gather in the middle, seen by a single filter."""

from statistics import fmean

from .experiment import Budget, Row, experiment
from .training import Trained, train

TAL1 = "MA0091.2"
SINGLE = {"motif": TAL1, "length": 500, "background": "GC content", "gc": 0.4}
CROWDED = {"motif": TAL1, "length": 1500, "window": 150, "background": "GC content", "gc": 0.4}


@experiment("A7", title="One motif, one filter: DragoNN's simulations",
            source="DragoNN tutorials (github.com/kundajelab/dragonn), executed notebooks",
            recipe="one TAL1 site in 500 bases, 20,000 sequences, 10 filters of width 15, pool 35; 2 to 4 sites in the central "
                   "150 of 1,500 bases against anywhere, 6,000 sequences, batch normalisation, 1 filter of width 10 or 15 of 15",
            changes="JASPAR's TAL1::TCF3 (10 bases) instead of the ENCODE motif TAL1_known4, so the ceilings differ; compare "
                    "the distance to ours")
def localisation(budget: Budget) -> list[Row]:
    return [*_rows("one site in 500 bases, 10 filters", "0.929", _runs(budget, "one_motif", SINGLE, {"filters": 10}, 20_000, 15)),
            *_rows("crowded in the middle, 1 filter", "0.974",
                   _runs(budget, "density_localization", CROWDED, {"filters": 1, "width": 10, "norm": True}, 6000, 120)),
            *_rows("crowded in the middle, 15 filters", "0.975",
                   _runs(budget, "density_localization", CROWDED, {"filters": 15, "norm": True}, 6000, 30))]


def _runs(budget: Budget, task: str, settings: dict, model: dict, n: int, epochs: int) -> list[Trained]:
    return [train(budget, task, "dragonn", task_settings=settings, model_settings=model, n_train=n, n_valid=2000, epochs=epochs,
                  patience=epochs // 3, learning_rate=5e-3, fresh=False, seed=seed) for seed in budget.seeds]


def _rows(what: str, published: str, runs: list[Trained]) -> list[Row]:
    ceilings = [run.ceiling.auroc for run in runs if run.ceiling]
    return [Row(f"{what}: AUROC", published, tuple(run.scores.auroc for run in runs), fmean(ceilings) if ceilings else None)]
