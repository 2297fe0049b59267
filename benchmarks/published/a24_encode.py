"""A24: DeepBind's ENCODE sets, against a 6-mer logistic regression, and the motif that was learned."""

from seqviz_core.metrics import auroc
from seqviz_core.motif_discovery import filter_motifs, recovery
from seqviz_core.motifs import find_motif
from seqviz_core.training import TrainingConfig

from .encode import FLOORS, OWN_MOTIF, Sets, both_strands, encode_sets
from .experiment import Budget, Row, experiment
from .training import Trained, logits_of, train_on

MODEL = {"filters": 96, "width": 19, "pool": "max and mean", "hidden": 32, "dropout": 0.2}


@experiment("A24", title="Transcription factor binding, DeepBind's ENCODE split",
            source="Alipanahi et al. 2015 (split); the floors are a 6-mer logistic regression's, measured on the same split",
            recipe="101 bases; 5,000 peaks of set AC at most, tested on set B: 500 peaks and 500 dinucleotide shuffles",
            changes="New shuffles every epoch, peaks turned round at random; the answer is the mean over both strands. JASPAR "
                    "has near copies of GABPA's motif (the ETS family), and CTCFL's peaks carry CTCF's motif")
def encode_binding(budget: Budget) -> list[Row]:
    rows = []
    for factor, floor in FLOORS.items():
        areas, best, matched = [], [], []
        for seed in budget.seeds:
            sets = encode_sets(budget, factor, seed)
            trained = train_on(budget, sets, "cnn", MODEL, config(seed), what=factor)
            areas.append(area(trained, sets))
            is_best, is_matched = own_motif(trained, sets, factor)
            best.append(float(is_best))
            matched.append(float(is_matched))
            budget.say(f"{factor}: AUROC {areas[-1]:.4f} over both strands, best match {is_best}, a match {is_matched}")
        rows += [Row(f"{factor}, AUROC", f"6-mer floor {floor:.3f}", tuple(areas), at_least=floor),
                 Row(f"{factor}, seeds with a filter that matches its motif (TOMTOM, E < 0.1)", "", tuple(matched), at_least=1),
                 Row(f"{factor}, seeds where it is a filter's best match in all of JASPAR", "", tuple(best), at_least=1)]
    return rows


def config(seed: int) -> TrainingConfig:
    return TrainingConfig(epochs=12, learning_rate=1e-3, patience=12, seed=seed)


def area(trained: Trained, sets: Sets) -> float:
    """Return the AUROC on the test set, the logits averaged over both strands."""
    logits = both_strands(lambda codes: logits_of(trained.model, codes), sets.test.codes)
    return auroc(logits[:, 1] - logits[:, 0], sets.test.labels)


def own_motif(trained: Trained, sets: Sets, factor: str) -> tuple[bool, bool]:
    """Return whether the factor's own motif is the best match of some filter, and whether some filter matches it at all."""
    motif = find_motif(OWN_MOTIF[factor])
    found = recovery(filter_motifs(trained.model, sets.train.codes[sets.train.labels == 1]), [motif])
    best = any(named.is_known and named.known.target.id == motif.id for named in found.named)
    return best, bool(found.planted[0].by)
