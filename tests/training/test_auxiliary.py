"""The auxiliary loss: what it adds up to by hand, that it shapes states, that without it nothing changes, and who refuses."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from seqviz_core.errors import SeqVizError
from seqviz_core.models import Probe, Span, make_model, recording
from seqviz_core.models.internals import name_probes
from seqviz_core.training import RunSpec, RunStore, TrainingConfig, train_here
from seqviz_core.training.auxiliary import auxiliary_of, probes_to_shape
from seqviz_core.training.config import GC, NONE, POSITION, SEEN, SO_FAR
from seqviz_core.training.fit import TrainingData, examples, fit
from seqviz_core.training.so_far import first_seen, so_far
from seqviz_core.training.worker import TRAIN, VALID, draw
from tests.toy_models import one_hot

CONFIG = TrainingConfig(epochs=2, patience=9, n_train=200, n_valid=60, learning_rate=0.01, seed=4)
SMALL = {"units": 6, "stem_filters": 6, "stem_width": 7, "stem_pool": 4}
SPECS = {"lstm": RunSpec("one_motif", {"length": 40}, "lstm", SMALL, CONFIG),
         "cnn": RunSpec("one_motif", {"length": 40}, "cnn", {"filters": 6}, CONFIG)}


class Counts(nn.Module):
    """A state of the four base counts so far; the logits are its last values."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(4, 1))
        self.state = Probe("embedding", ("sequence", "feature", "position"), Span())
        name_probes(self)

    def forward(self, X):
        return self.state(self.scale * X.cumsum(-1))[..., -1]


def trained(spec, **changes):
    spec = replace(spec, training=replace(spec.training, **changes))
    task = spec.make_task()
    model = spec.make_model(task)
    made = lambda d: examples(d.codes, d.labels, first=first_seen(d.sites, *d.codes.shape))
    fit(model, TrainingData(*(made(draw(spec, task, stream)) for stream in (TRAIN, VALID))), spec.training)
    return model


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def test_the_loss_of_a_zero_head_by_hand():
    """A head that says 0 errs by the standardised target, whose mean square is n - 1 over n; of a yes or no it is ln 2 nats."""
    X = torch.from_numpy(one_hot("ACGTAC", "GGGTCA", "TTACGA"))
    first = torch.tensor([[3, 3], [7, 7], [4, 4]])
    for target in SO_FAR:
        config = TrainingConfig(auxiliary=target, auxiliary_weight=3.0)
        heads = auxiliary_of(Counts(), X, first, config)
        with recording(attached=True) as recorded:
            Counts()(X)
        y = so_far(target, X, torch.arange(1, 7), False, first)
        expected = np.log(2) if target == SEEN else ((y - y.mean()).square().mean() / y.var()).item()
        assert heads.loss(recorded, X, first).item() == pytest.approx(3 * expected, rel=1e-5)


def test_gradients_reach_the_model_only_through_an_attached_recording():
    X, model = torch.from_numpy(one_hot("ACGTAC", "GGGTCA")), Counts()
    heads = auxiliary_of(model, X, None, TrainingConfig(auxiliary=GC))
    nn.init.ones_(heads.heads[0].weight)
    for attached in (False, True):
        with recording(attached=attached) as recorded:
            model(X)
        gradient = torch.autograd.grad(heads.loss(recorded, X, None), model.scale, allow_unused=True)[0]
        assert (gradient is not None and bool(gradient.abs().sum() > 0)) == attached


@pytest.mark.parametrize("name", SPECS)
def test_without_weight_the_weights_are_the_same_to_the_last_bit(name):
    plain, idle = trained(SPECS[name]), trained(SPECS[name], auxiliary=GC, auxiliary_weight=0.0)
    assert torch.equal(weights(plain), weights(idle))
    assert not torch.equal(weights(plain), weights(trained(SPECS[name], auxiliary=GC)))


@pytest.mark.parametrize("target", SO_FAR)
def test_equal_seed_equal_run_and_no_weights_of_its_own(target, tmp_path):
    spec, store = replace(SPECS["lstm"], training=replace(CONFIG, auxiliary=target)), RunStore(tmp_path)
    one, two = train_here(spec, store, run_id="one"), train_here(spec, store, run_id="two")
    assert (one.path / "weights.safetensors").read_bytes() == (two.path / "weights.safetensors").read_bytes()
    assert set(one.load_model().state_dict()) == set(SPECS["lstm"].make_model().state_dict())


def test_a_spec_without_auxiliary_loss_has_the_id_it_had():
    idle = replace(SPECS["cnn"], training=replace(CONFIG, auxiliary=GC, auxiliary_weight=0.0))
    assert idle.complete().run_id == SPECS["cnn"].complete().run_id
    other = replace(SPECS["cnn"], training=replace(CONFIG, auxiliary=NONE, auxiliary_weight=7.0))
    assert other.complete().run_id == SPECS["cnn"].complete().run_id
    asked = replace(SPECS["cnn"], training=replace(CONFIG, auxiliary=GC)).complete()
    assert asked.run_id != SPECS["cnn"].complete().run_id and RunSpec.from_json(asked.to_json()) == asked


def test_what_is_shaped():
    made = lambda name, length=60: probes_to_shape(make_model(name, {}, n_outputs=2, length=length, seed=0), length)
    assert list(made("lstm")) == ["lstm.left_to_right.h", "lstm.right_to_left.h"]
    assert list(made("attention")) == ["layer2.embedding"] and list(made("cnn")) == ["conv"]
    assert list(made("spliceai")) == ["together"] and list(made("gru")) == ["gru.left_to_right.h", "gru.right_to_left.h"]
    with pytest.raises(SeqVizError, match="no state along the sequence"):
        made("mlp")


@pytest.mark.parametrize(("task", "architecture", "target", "sentence"), [
    ("one_motif", "mlp", POSITION, "no state along the sequence"), ("uci_promoters", "cnn", SEEN, "needs planted sites")])
def test_who_refuses(task, architecture, target, sentence, tmp_path):
    spec = RunSpec(task, {}, architecture, {}, replace(CONFIG, auxiliary=target))
    with pytest.raises(SeqVizError, match=sentence):
        train_here(spec, RunStore(tmp_path))
