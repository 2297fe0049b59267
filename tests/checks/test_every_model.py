"""Every registered architecture has a scorecard, once per sequence or per base; a new one is tested with no test written."""

import numpy as np
import pytest

from seqviz_core.checks import model_scorecard
from seqviz_core.checks.channels import KINDS
from seqviz_core.datasets import DATASETS, make_task
from seqviz_core.models import ARCHITECTURES, probes_of

TASK = make_task("in_class_danq", {"length": 60})
GENE = DATASETS["gene_splice"].presets["default"]


@pytest.fixture(scope="module")
def data():
    return TASK.sample(8, 1)


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_every_architecture_has_a_scorecard(name, data):
    entry = ARCHITECTURES[name]
    model = entry.make(next(iter(entry.presets.values())), n_outputs=11, length=60, seed=0)
    card = model_scorecard(model, data, methods=("saliency",))
    with_positions = {probe for probe, p in probes_of(model).items() if p.kind in KINDS and "lag" not in p.axes}
    assert with_positions == {c.source for c in card.channels if c.kind != "attribution"}
    for values in (card.auroc, card.auprc, card.null_auroc, card.null_auprc, card.chance_auroc, card.chance_auprc):
        assert ((values >= 0) & (values <= 1)).all()
    assert card.auroc.mean() == pytest.approx(0.5, abs=0.12)  # nothing has been learned yet
    assert len({c.name for c in card.channels}) == len(card.channels)


@pytest.mark.parametrize("name", [a.name for a in ARCHITECTURES if a.per_position])
def test_a_model_that_answers_per_base_has_one_too(name):
    entry, data = ARCHITECTURES[name], GENE.sample(4, 1)
    model = entry.make(next(iter(entry.presets.values())), n_outputs=3, length=GENE.length, seed=0, per_position=True)
    card = model_scorecard(model, data, methods=("saliency",), kinds=("feature_map",))
    assert card.channels[-1].kind == "attribution" and np.isfinite(card.auroc).all()
