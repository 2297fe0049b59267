"""A1: how much is pooled behind the first layer decides whether its filters are whole motifs."""

from dataclasses import asdict
from statistics import fmean
from typing import Any

from seqviz_core.models import ARCHITECTURES
from seqviz_core.motif_discovery import filter_motifs
from seqviz_core.motif_discovery.recovery import recovery

from .experiment import Budget, Row, experiment
from .jaspar2016 import multi_label
from .training import Trained, train_task

POOLS = (2, 10, 50)
MOTIF_SEQUENCES = 2000


@experiment("A1", title="Pooling and motif representation",
            source="Koo & Eddy 2019, PLoS Comput Biol, 10.1371/journal.pcbi.1007560",
            recipe="25,000 sequences of 200 bases (70 % for training), 1 to 5 sites of 12 JASPAR 2016 motifs on both strands, 12 "
                   "labels; CNN-k: 30 filters of width 19, pool k; a filter matches where TOMTOM finds E < 0.1",
            changes="10 epochs of 12,000 fresh sequences at 1e-3 instead of up to 100 of the same at 3e-4; three of the seven k; "
                    "matched against JASPAR 2026 with the 12 motifs added, E from p times the number of targets")
def pooling(budget: Budget) -> list[Row]:
    rows, shares = [], {}
    for k in POOLS:
        runs = [train_task(budget, multi_label(budget.data), "koo_eddy", _as_published(k), n_train=12_000, n_valid=2_500,
                           batch_size=100, epochs=10, learning_rate=1e-3, seed=seed) for seed in budget.seeds]
        measures = [_measures(run) for run in runs]
        shares[k] = tuple(m.planted_hit for m in measures)
        budget.say(f"CNN-{k}: planted match {fmean(shares[k]):.2f}, any {fmean(m.any_hit for m in measures):.2f}")
        ceilings = [run.ceiling.auroc for run in runs if run.ceiling]
        rows += [Row(f"CNN-{k}: AUROC, mean over labels", "differs little between k", tuple(run.scores.auroc for run in runs),
                     fmean(ceilings) if ceilings else None),
                 Row(f"CNN-{k}: share of filters that match a planted motif", _SAID[k], shares[k]),
                 Row(f"CNN-{k}: planted motifs that some filter matches", "", tuple(m.coverage for m in measures))]
    gain = tuple(large - small for large, small in zip(shares[POOLS[-1]], shares[POOLS[0]]))
    return [*rows, Row(f"gain in matching filters, CNN-{POOLS[-1]} over CNN-{POOLS[0]}", "large", gain, at_least=0.1)]


def _as_published(k: int) -> dict[str, Any]:
    return asdict(ARCHITECTURES["koo_eddy"].published[f"CNN-{k}"].config)


_SAID = {2: "few (distributed)", 10: "between", 50: "most (whole motifs)"}


def _measures(run: Trained):
    """Return the measures of motif recovery of the first-layer filters."""
    data = run.task.sample(MOTIF_SEQUENCES, (0, 1))
    return recovery(filter_motifs(run.model, data.codes), run.task.motifs).measures
