"""A14: linear probes beside the untrained network and a control task, and an auxiliary loss that shapes the state."""

from seqviz_core.checks.linear_probes import Interval
from seqviz_core.checks.probe_units import CLASS, task_material
from seqviz_core.checks.probes import Known, what_is_known
from seqviz_core.models import ARCHITECTURES, make_model
from seqviz_core.training import pretrained_store
from seqviz_core.training.config import GC, NONE, SEEN

from .experiment import Budget, Row, experiment
from .training import Trained, train

SEQUENCES = 600
SHIPPED = {  # run -> (internal, target, at least above the untrained network)
    "cnn": [("conv", CLASS, 0.3)],
    "lstm": [("lstm.left_to_right.c", CLASS, 0.3), ("lstm.left_to_right.c", SEEN, 0.05), ("lstm.left_to_right.c", GC, None)],
    "attention": [("layer2.embedding", CLASS, 0.3), ("layer2.embedding", SEEN, None)]}
STATE = "lstm.left_to_right.h"


@experiment("A14", title="Probes: what the state knows", source="Alain & Bengio 2016; Hewitt & Liang 2019",
            recipe="the shipped models over 600 fresh sequences, half to learn from; an LSTM on one motif in 100 bases, 6,000 "
                   "training sequences, 8 epochs, with and without an auxiliary loss on the GC so far; ridge and logistic "
                   "probes, split by sequence",
            changes="Selectivity is the score minus that of random answers, one for each word of three bases; no figure is "
                    "published for DNA. A seed draws other sequences for the shipped models, and trains the LSTM anew")
def probes(budget: Budget) -> list[Row]:
    rows = []
    for run_id, asked in SHIPPED.items():
        run = pretrained_store().get(run_id)
        task, model, untrained = run.spec.make_task(), run.load_model(), run.spec.make_model().eval()
        for internal, target, least in asked:
            pairs = []
            for seed in budget.seeds:
                asks = (task_material(task, budget.size(SEQUENCES, 60), seed), [internal], [target], seed)
                pairs.append((what_is_known(model, untrained, *asks)[0], what_is_known(untrained, model, *asks)[0]))
            rows += _pair(f"shipped {ARCHITECTURES[run.spec.architecture].label}, {internal}, {target}", pairs, least)
    return rows + _shaped(budget)


def _pair(what: str, pairs: list[tuple[Known, Known]], least: float | None) -> list[Row]:
    """Return the selectivity of a trained network, and by how much it is above the untrained one's."""
    metric = pairs[0][0].metric
    return [Row(f"{what}: selectivity ({metric})", "", tuple(after.selectivity for after, _ in pairs)),
            Row(f"{what}: above the untrained network", "above", tuple(a.selectivity - b.selectivity for a, b in pairs),
                at_least=least)]


def _shaped(budget: Budget) -> list[Row]:
    """Return what an auxiliary loss on the GC so far does to the state and to the task."""
    found: dict[str, list[tuple[Trained, Interval, Interval]]] = {NONE: [], GC: []}
    for auxiliary, results in found.items():
        for seed in budget.seeds:
            trained = train(budget, "one_motif", "lstm", n_train=6000, n_valid=1000, epochs=8, patience=8, learning_rate=5e-3,
                            auxiliary=auxiliary, seed=seed)
            untrained = make_model("lstm", {}, n_outputs=2, length=trained.task.length, seed=seed).eval()
            material = task_material(trained.task, budget.size(SEQUENCES, 60), 100 + seed)
            known = what_is_known(trained.model, untrained, material, [STATE], [GC], seed)[0]
            results.append((trained, known.value, known.untrained))
    plain, shaped = found[NONE], found[GC]
    r2 = lambda results: tuple(value.value for _, value, _ in results)
    auroc = lambda results: tuple(trained.scores.auroc for trained, *_ in results)
    return [Row("LSTM before training, GC so far (R2)", "", tuple(untrained.value for *_, untrained in plain)),
            Row("LSTM, GC so far (R2)", "", r2(plain)),
            Row("LSTM with the auxiliary loss, GC so far (R2)", "up", r2(shaped), at_least=0.8),
            Row("the auxiliary loss adds (R2)", "up", tuple(a - b for a, b in zip(r2(shaped), r2(plain))), at_least=0.3),
            Row("LSTM, AUROC of the task", "", auroc(plain)),
            Row("LSTM with the auxiliary loss, AUROC of the task", "", auroc(shaped), at_least=0.9)]
