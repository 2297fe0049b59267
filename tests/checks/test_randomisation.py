"""Weights made random: on a copy, in the order of use; maps that must change do, and those that cannot are caught."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from seqviz_core.checks.lens import Lens, cases, explain
from seqviz_core.checks.randomisation import (
    Likeness,
    Randomisation,
    likeness,
    other_model,
    randomisation,
    shuffled_sequence,
)
from seqviz_core.checks.randomisation_says import conclude, fresh_of, marked
from seqviz_core.checks.weights import Layer, layers_of, randomised
from seqviz_core.errors import SeqVizError
from seqviz_core.models import ARCHITECTURES, make_model
from seqviz_core.training import find_run
from tests.toy_models import Smooth, conv_model, linear_model, one_hot, random_sequences

SALIENCY, ISM, GUIDED = Lens("saliency"), Lens("ism"), Lens("guided_backprop")
X = one_hot(*random_sequences(6, 120, 0))


class Backwards(nn.Module):
    """Uses its layers in another order than it registers them; one of them twice, one weight without a module."""

    def __init__(self):
        super().__init__()
        self.last, self.scale = nn.Linear(6, 2), nn.Parameter(torch.randn(6, 6))
        self.norm, self.first = nn.BatchNorm1d(6), nn.Conv1d(4, 6, 5)
        self.again = nn.Conv1d(6, 6, 3, padding=1)

    def forward(self, X: Tensor) -> Tensor:
        x = torch.relu(self.norm(self.first(X)))
        x = torch.relu(self.again(torch.relu(self.again(x))))
        return self.last(x.amax(-1) @ self.scale)


def snapshot(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_layers_come_in_the_order_of_use_and_normalisation_goes_with_the_layer_before_it():
    layers = layers_of(Backwards(), torch.from_numpy(X))
    assert [layer.name for layer in layers] == ["first", "again", "own weights", "last"]
    assert layers[0].tensors == ("first.weight", "first.bias", "norm.weight", "norm.bias", "norm.running_mean",
                                 "norm.running_var", "norm.num_batches_tracked")
    assert layers[2].tensors == ("scale",)


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_every_weight_of_every_architecture_is_in_one_layer(name):
    model = make_model(name, {}, n_outputs=3, length=120, seed=0).eval()
    before = snapshot(model)
    layers = layers_of(model, torch.from_numpy(X[:1]))
    assert 2 <= len(layers) <= 10 and len({layer.name for layer in layers}) == len(layers)
    assert sorted(t for layer in layers for t in layer.tensors) == sorted(model.state_dict())
    assert same(before, model.state_dict())


def test_a_model_without_weights_is_refused():
    class Count(nn.Module):
        def forward(self, X: Tensor) -> Tensor:
            return X.sum(-1)

    with pytest.raises(SeqVizError, match="no weights"):
        layers_of(Count(), torch.from_numpy(X))


def test_only_the_named_layer_of_a_copy_changes():
    model = Backwards().train()
    before = snapshot(model)
    layer = layers_of(model, torch.from_numpy(X))[1]
    for fresh in (None, lambda seed: Backwards()):
        changed = randomised(model, [layer], 3, fresh)
        after = changed.state_dict()
        assert {name for name in after if not torch.equal(after[name], before[name])} == {"again.weight", "again.bias"}
        assert same(before, model.state_dict()) and model.training and not changed.training


def test_permuted_weights_are_the_same_numbers_and_the_seed_decides():
    model = conv_model()
    layers = layers_of(model, torch.from_numpy(X))
    one, again, other = (randomised(model, layers, seed).state_dict() for seed in (1, 1, 2))
    for name, value in model.state_dict().items():
        assert torch.equal(one[name].flatten().sort().values, value.flatten().sort().values)
    assert same(one, again) and not same(one, other)


def test_newly_initialised_weights_are_those_of_the_architecture():
    fresh = lambda seed: make_model("cnn", {}, n_outputs=2, length=120, seed=seed)
    model = fresh(0)
    layers = layers_of(model, torch.from_numpy(X))
    assert same(randomised(model, layers, 5, fresh).state_dict(), fresh(5).state_dict())
    with pytest.raises(SeqVizError, match="shape"):
        randomised(model, layers, 5, lambda seed: make_model("cnn", {}, n_outputs=3, length=120, seed=seed))


def test_a_model_that_cannot_be_copied_is_refused_rather_than_changed():
    model = linear_model(length=120)
    model.kept = model.weight * 2  # no leaf: torch refuses to copy it
    with pytest.raises(SeqVizError, match="cannot be copied"):
        randomised(model, [Layer("own weights", ("weight",))], 0)


def test_likeness_of_a_map_with_itself_is_one_and_with_noise_what_turned_maps_give():
    rng = np.random.default_rng(0)
    before, known = rng.normal(size=(20, 100)), np.ones((20, 100), dtype=bool)
    after = np.stack([before, -before, rng.normal(size=(20, 100))])[:, None]
    found = likeness(SALIENCY, before, after, known)
    assert found.signed[:2] == pytest.approx((1, -1)) and found.absolute[:2] == pytest.approx((1, 1))
    assert found.low[0] == pytest.approx(1) and found.low[2] < found.signed[2] < found.high[2]
    assert abs(found.signed[2]) < 0.1 and found.null_low[2] < 0 < found.null_high[2] < 0.1
    ranks = lambda row: row.argsort().argsort()
    by_hand = np.mean([np.corrcoef(ranks(a), ranks(b))[0, 1] for a, b in zip(before, after[2, 0])])
    assert found.signed[2] == pytest.approx(by_hand, abs=1e-9)


def test_unknown_bases_count_nowhere_and_flat_maps_are_no_number():
    before = np.arange(10.0)[None]
    after = before.copy()
    after[0, :3] = 99
    known = np.arange(10)[None] >= 3
    assert likeness(SALIENCY, before, after[None, None], known).signed == pytest.approx((1,))
    assert np.isnan(likeness(SALIENCY, before, np.zeros((1, 1, 1, 10)), known).signed[0])


def test_the_first_stage_is_the_output_and_the_cascade_ends_with_everything():
    model, asked = conv_model(), cases(X, 1)
    before = snapshot(model)
    cascade, maps = randomisation(model, asked, [SALIENCY], draws=2)
    alone, _ = randomisation(model, asked, [SALIENCY], how="independent", draws=2)
    assert cascade.layers == alone.layers == ("own weights", "first_conv") and cascade.n == 6 and not cascade.initial
    assert cascade.curves[0].signed[0] == alone.curves[0].signed[0] and cascade.curves[0].signed[1] != alone.curves[0].signed[1]
    layers = layers_of(model, torch.from_numpy(X))
    assert np.array_equal(maps["saliency"].before, explain(model, asked, SALIENCY).observed[0])
    assert np.array_equal(maps["saliency"].after[1], explain(randomised(model, layers[::-1], 2026), asked, SALIENCY).observed[0])
    assert same(before, model.state_dict())
    assert Randomisation.from_json(cascade.to_json()) == cascade


def test_guided_backpropagation_is_caught_on_a_deep_relu_network_and_gradient_and_ism_pass():
    fresh = lambda seed: make_model("basset", {"dropout": 0.0}, n_outputs=2, length=120, seed=seed).eval()
    found, _ = randomisation(fresh(0), cases(X, 0), [SALIENCY, ISM, GUIDED], fresh=fresh, draws=2)
    verdicts = {curve.name: found.verdict(curve) for curve in found.curves}
    assert verdicts == {"saliency": "depends", "ism": "depends", "guided_backprop": "stays"}
    said = conclude(found)
    assert said.startswith("Guided backpropagation: the map stays the same at 0.") and "upper 3 of 6 layers" in said
    assert "Saliency and in-silico mutagenesis depend on the model" in said
    assert marked(found, found.of("guided_backprop")) == "does not show what the model learned"


def test_a_map_that_ignores_the_model_is_caught_at_the_end(monkeypatch):
    from seqviz_core.checks import randomisation as module

    ramp = lambda model, asked, lens: explain(model, asked, lens).observed + 1000 * np.arange(120)
    monkeypatch.setattr(module, "explain", lambda m, a, lens: type("Found", (), {"observed": ramp(m, a, lens)})())
    found, _ = randomisation(conv_model(), cases(X, 1), [SALIENCY], draws=1)
    assert found.verdict(found.curves[0]) == "stays"
    assert "the map stays the same at 1.00 after every weight was made random" in conclude(found)
    same_for_any, = shuffled_sequence(conv_model(), cases(X, 1), [SALIENCY])
    assert same_for_any.signed[0] == pytest.approx(1, abs=1e-3) and same_for_any.null_high[0] < 0.5


def curve(name: str, *values: float) -> Likeness:
    n = len(values)
    return Likeness(name, values, values, values, values, (-0.1,) * n, (0.1,) * n, (0.1,) * n)


@pytest.mark.parametrize(("values", "verdict"), [
    ((0.9, 0.1, 0.0, 0.0), "depends"), ((0.9, 0.6, 0.1, 0.0), "stays"), ((0.9, 0.3, 0.1, 0.0), "partly"),
    ((0.0, 0.0, 0.0, 0.25), "stays"), ((0.9, float("nan"), 0.0, 0.0), "unknown"), ((-0.8, -0.8, 0.0, 0.0), "depends")])
def test_the_verdict_reads_the_upper_half_and_the_end(values, verdict):
    found = Randomisation("cascading", ("d", "c", "b", "a"), (curve("saliency", *values),), 10, 1, True)
    assert found.half == 1 and found.verdict(found.curves[0]) == verdict


def test_sizes_that_stay_when_all_is_random_depend_in_part():
    low, high = (-0.1, -0.1), (0.1, 0.1)
    flipped = Likeness("saliency", (0.0, 0.0), (0.9, 0.5), low, high, low, high, high)
    found = Randomisation("cascading", ("head", "conv"), (flipped,), 10, 1, True)
    assert found.verdict(flipped) == "partly" and "their sign aside, stays at 0.50 even then" in conclude(found)
    flat = curve("saliency", 0.1, float("nan"))
    assert Randomisation("cascading", ("head", "conv"), (flat,), 10, 1, True).verdict(flat) == "unknown"


def test_random_weights_are_never_those_the_run_began_with():
    spec = find_run("cnn").spec
    task, began = spec.make_task(), spec.make_model().state_dict()
    for seed in (spec.training.seed, 2026):
        drawn = fresh_of(spec, task)(seed).state_dict()
        assert all(not torch.equal(drawn[name], began[name]) for name in began if began[name].ndim > 1)


@pytest.mark.parametrize(("values", "said"), [
    ((0.9, 0.7, 0.4, 0.3), "stays the same at 0.70 after the upper 2 of 4 layers were made random"),
    ((0.9, 0.7, 0.6, 0.6), "stays the same at 0.60 after every weight was made random"),
    ((0.9, 0.1, 0.1, 0.3), "is still like itself at 0.30 after every weight was made random")])
def test_what_stays_is_told_at_the_stage_where_it_stays(values, said):
    assert said in conclude(Randomisation("cascading", ("d", "c", "b", "a"), (curve("saliency", *values),), 10, 1, True))


def test_single_layers_are_told_by_the_one_the_map_hangs_on():
    found = Randomisation("independent", ("head", "conv"), (curve("saliency", 0.7, 0.05),), 10, 1, True)
    assert found.verdict(found.curves[0]) == "unknown"
    assert conclude(found) == "Saliency hangs most on conv: with that alone random the likeness is 0.05."


def test_another_model_and_a_shuffled_sequence_give_unrelated_maps():
    asked = cases(one_hot(*random_sequences(20, 60, 4)), 1)
    equal, = other_model(Smooth(0), Smooth(0), asked, [ISM])
    other, = other_model(Smooth(0, units=9), Smooth(5, units=9), asked, [ISM])
    shuffled, = shuffled_sequence(Smooth(0), asked, [ISM])
    assert equal.signed == pytest.approx((1,)) and abs(other.signed[0]) < 0.5
    assert shuffled.low[0] < 0.15 and len(shuffled.signed) == 1
