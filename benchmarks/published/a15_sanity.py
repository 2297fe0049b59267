"""A15: which maps depend on the model, when its layers are made random from the output down."""

import numpy as np

from seqviz_core.checks.agreement import questions
from seqviz_core.checks.lens import Lens, cases_of
from seqviz_core.checks.randomisation import Randomisation, randomisation
from seqviz_core.models import make_model

from .experiment import Budget, Row, experiment
from .training import train

NETWORKS = {"Basset": ("basset", {}), "Koo & Ploenzke CNN, ReLU": ("koo_ploenzke", {"activation": "relu"}),
            "one layer, ReLU": ("cnn", {"activation": "relu"})}
PASSES = {Lens("saliency"): "passes", Lens("saliency", True): "", Lens("ism"): "", Lens("guided_backprop"): "fails"}
DEEP = ("Basset", "Koo & Ploenzke CNN, ReLU")
EXPLAINED, DRAWS = 60, 2
PASS, STAYS = 0.2, 0.4


@experiment("A15", title="Sanity checks: maps after the weights were made random",
            source="Adebayo et al. 2018, NeurIPS, arXiv 1810.03292 (images)",
            recipe="Cascading randomisation from the output down; Spearman's rank correlation of the values at the bases there, "
                   "mean over 60 sequences and two draws of weights as before training",
            changes="DNA instead of images: ReLU networks on twelve planted factors (6,000 sequences, 8 epochs). Guided "
                    "backpropagation stays like itself while the upper half is random, not to the first layer: a base has no "
                    "edges that a random filter could pass on. In a network of one layer it has no ReLU above it to be blind to")
def sanity(budget: Budget) -> list[Row]:
    found: dict[tuple[str, Lens, str], list[float]] = {}
    for seed in budget.seeds:
        for name, (architecture, settings) in NETWORKS.items():
            result = _randomised(budget, architecture, settings, seed)
            for lens in PASSES:
                curve = result.of(lens.name)
                values = {"upper half": curve.signed[result.half], "all": curve.signed[-1], "sizes": curve.absolute[result.half],
                          "unrelated": curve.null_high[-1]}
                for what, value in values.items():
                    found.setdefault((name, lens, what), []).append(value)
                budget.say(f"{name}, {lens.label}: {np.round(curve.signed, 2)}, sizes {np.round(curve.absolute, 2)}")
    return [row for name in NETWORKS for lens in PASSES for row in _rows(name, lens, found)]


def _randomised(budget: Budget, architecture: str, settings: dict, seed: int) -> Randomisation:
    trained = train(budget, "multi_label", architecture, model_settings=settings, n_train=6_000, n_valid=1_000, epochs=8,
                    seed=seed)
    fresh = lambda s: make_model(architecture, settings, n_outputs=len(trained.task.classes), length=trained.task.length,
                                 seed=s).to(next(trained.model.parameters()).device).eval()
    asked = cases_of(questions(trained.task, budget.size(EXPLAINED, 5), seed))
    return randomisation(trained.model, asked, list(PASSES), fresh=fresh, draws=DRAWS, seed=1_000 + seed)[0]


def _rows(name: str, lens: Lens, found: dict[tuple[str, Lens, str], list[float]]) -> list[Row]:
    values = lambda what: tuple(found[name, lens, what])
    guided = lens.method == "guided_backprop"
    aim = {} if name not in DEEP else {"at_least": STAYS} if guided else {"at_most": PASS}
    published = PASSES[lens] if name in DEEP else ""
    return [Row(f"{name}: {lens.label}, upper half random", published, values("upper half"), **aim),
            Row(f"{name}: {lens.label}, upper half random, sizes alone", "", values("sizes")),
            Row(f"{name}: {lens.label}, all random", "", values("all"), **({} if guided else {"at_most": PASS})),
            Row(f"{name}: {lens.label}, what 95 % of unrelated maps stay below", "", values("unrelated"))]
