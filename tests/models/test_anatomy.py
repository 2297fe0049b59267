"""The layers of a model by hand arithmetic, and totals that hold for every registered architecture."""

import pytest
import torch

from seqviz_core.errors import SeqVizError
from seqviz_core.models import ARCHITECTURES, count_parameters
from seqviz_core.models.anatomy import Layer, layers_of, totals
from seqviz_core.models.cnn import CNNConfig

DEFINITIONS = [(a.name, "", 2, 100, False) for a in ARCHITECTURES]
DEFINITIONS += [(a.name, name, p.n_outputs, p.length, p.per_position) for a in ARCHITECTURES for name, p in a.published.items()
                if p.length <= 600]


def published(name, key):
    entry = ARCHITECTURES[name]
    paper = entry.published[key]
    return layers_of(entry, paper.config, n_outputs=paper.n_outputs, length=paper.length, per_position=paper.per_position)


def test_the_cnn_by_hand():
    """32 filters of 19 x 4 weights and a bias; map and activated map 32 x 100, the best hits 32, then 2 logits; 4 bytes each."""
    layers = layers_of(ARCHITECTURES["cnn"], CNNConfig(), n_outputs=2, length=100)
    assert layers == (
        Layer("first_conv", "convolution, 32 filters of width 19, exponential", (32, 100), 32 * 77, 2 * 3200 * 4, 19, 1),
        Layer("", "taken together over all positions", (32,), 0, 32 * 4),
        Layer("read_out", "fully connected, 2 units", (2,), 66, 8))
    whole = totals(layers, batch_size=10)
    assert whole.parameters == 2530 and whole.weights_mb == pytest.approx(2530 * 4 / 1e6)
    assert whole.activations_mb == pytest.approx(10 * 4 * (2 * 3200 + 32 + 2) / 1e6)


def test_basset_by_hand():
    layers = published("basset", "Basset")
    assert [layer.shape for layer in layers] == [(300, 582), (300, 194), (200, 184), (200, 46), (200, 40), (200, 10), (2000,),
                                                 (1000,), (1000,), (164,)]
    assert [layer.parameters for layer in layers] == [300 * 77 + 600, 0, 200 * 3301 + 400, 0, 200 * 1401 + 400, 0, 0,
                                                      2001 * 1000 + 2000, 1001 * 1000 + 2000, 1001 * 164]
    # 19; pooled by 3: 2 more; 10 steps of 3 bases; pooled by 4: 3 steps; 6 steps of 12 bases; pooled by 4: 3 steps
    assert [(layer.sees, layer.stride) for layer in layers[:6]] == [(19, 1), (21, 3), (51, 3), (60, 12), (132, 12), (168, 48)]
    assert layers[0].memory == 3 * 300 * 582 * 4 and layers[1].memory == 300 * 194 * 4  # convolved, normalised, activated


def test_equal_units_are_told_once_and_the_context_is_the_papers():
    layers = published("spliceai", "SpliceAI-2k")
    units = [layer for layer in layers if layer.times == 4]
    assert [(u.sees, u.parameters, u.name) for u in units] == [
        (81, 22_720, "group1_unit1 to group1_unit4"), (401, 22_720, "group2_unit1 to group2_unit4"),
        (2001, 43_200, "group3_unit1 to group3_unit4")]
    per_unit = 7 * 32 * 7000 * 4  # twice normalised, activated and convolved, and the sum
    assert all(u.memory == per_unit for u in units) and layers[-1].shape == (3, 7000)


@pytest.mark.parametrize("name, key, n_outputs, length, per_position", DEFINITIONS, ids=str)
def test_every_parameter_is_told_once(name, key, n_outputs, length, per_position):
    entry = ARCHITECTURES[name]
    config = entry.published[key].config if key else entry.presets["teaching"]
    sizes = {"n_outputs": n_outputs, "length": length, "per_position": per_position}
    layers = layers_of(entry, config, **sizes)
    assert totals(layers).parameters == count_parameters(entry.define(config, **sizes))
    assert all(layer.kind and layer.memory >= 0 for layer in layers)
    assert layers[-1].shape == ((n_outputs, length) if per_position else (n_outputs,))


@pytest.mark.parametrize("name", [a.name for a in ARCHITECTURES if a.per_position])
def test_an_answer_per_base_ends_in_a_map(name):
    entry = ARCHITECTURES[name]
    layers = layers_of(entry, entry.presets["teaching"], n_outputs=3, length=50, per_position=True)
    assert layers[-1].shape == (3, 50)


def test_a_setting_out_of_bounds_is_told():
    with pytest.raises(SeqVizError, match="Filters"):
        layers_of(ARCHITECTURES["cnn"], CNNConfig(filters=0), n_outputs=2, length=100)


@pytest.mark.parametrize("name", ["lanchantin_rnn", "gru", "rnn"])
def test_no_recurrent_layer_is_run_step_by_step(name, monkeypatch):
    """Without numbers torch runs every step by itself: five seconds for 1,000 bases. The shapes are known without."""
    entry = ARCHITECTURES[name]
    before = layers_of(entry, entry.presets["teaching"], n_outputs=3, length=30)
    for kernel in ("lstm", "gru", "rnn_tanh"):
        monkeypatch.setattr(torch._VF, kernel, lambda *arguments: pytest.fail("a recurrent layer was run"))
    assert layers_of(entry, entry.presets["teaching"], n_outputs=3, length=30) == before
    recurrent = next(layer for layer in before if "both directions" in layer.kind)
    assert recurrent.shape == (64, 30 if name == "lanchantin_rnn" else 6) and recurrent.parameters > 4 * 32
