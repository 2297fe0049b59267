"""For every probe of every registered architecture: a unit is the sum of its terms, or there is a sentence why it has none."""

import math

import numpy as np
import pytest
import torch

from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.arithmetic import AttentionTerms, ConvolutionTerms, GateTerms, arithmetic, receptive_field
from seqviz_core.models import ARCHITECTURES, record
from tests.toy_models import one_hot, random_sequences, stirred

LENGTH = 60
PRESETS = [(name, preset) for name in ARCHITECTURES.names() for preset in ARCHITECTURES[name].presets]
SQUASHED = {"": lambda v: v, "ReLU": lambda v: max(v, 0.0), "exp": math.exp, "tanh": math.tanh,
            "sigmoid": lambda v: 1 / (1 + math.exp(-v))}


def X_of(sequence: str) -> torch.Tensor:
    return torch.from_numpy(one_hot(sequence))


def misses(terms) -> np.ndarray:
    """Return how far the terms are from what was recorded, relative to it where that is above 1."""
    if isinstance(terms, ConvolutionTerms):
        pairs = [(SQUASHED[terms.activation](terms.before), terms.value)]
        pairs += [(c.window.products.sum(), c.terms.total) for c in terms.convolutions if c.window]
    elif isinstance(terms, GateTerms):
        pairs = [(SQUASHED[gate.squash](gate.total), gate.value) for gate in terms.gates]
        pairs += [(equation.total, equation.value) for equation in terms.equations]
    else:
        product = terms.scale * (terms.keys @ terms.query + terms.bias)
        pairs = [*zip(terms.shares, terms.pattern), *zip(product, terms.content)]
    return np.array([abs(a - b) / max(1.0, abs(b)) for a, b in pairs])


@pytest.mark.parametrize(("name", "preset"), PRESETS)
def test_every_unit_of_every_architecture_is_the_sum_of_its_terms(name, preset):
    entry = ARCHITECTURES[name]
    model = stirred(entry.make(entry.presets[preset], n_outputs=3, length=LENGTH, seed=1))
    X, rng = X_of(random_sequences(1, LENGTH, seed=3)[0]), np.random.default_rng(4)
    for probe, activation in record(model, X).activations.items():
        rows, positions = activation.value.shape[1:3]
        for position in {0, int(rng.integers(positions)), positions - 1}:
            row = int(rng.integers(rows))
            if activation.kind == "embedding":
                with pytest.raises(SeqVizError, match="no short sum"):
                    arithmetic(model, X, probe, row, position)
                continue
            terms = arithmetic(model, X, probe, row, position)
            assert misses(terms).max() < 1e-5, (probe, row, position)
            recorded = activation.value[0, row, position].numpy()
            assert np.array_equal(terms.pattern if isinstance(terms, AttentionTerms) else terms.value, recorded)
            assert terms.unit.bases == receptive_field(activation, position, LENGTH)


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_the_first_layer_reads_the_letters_it_is_said_to_see(name):
    entry = ARCHITECTURES[name]
    model = entry.make(next(iter(entry.presets.values())), n_outputs=3, length=LENGTH, seed=1)
    if getattr(model, "first_map", None) is None:
        return
    sequence = random_sequences(1, LENGTH, seed=5)[0]
    for position in (0, 30, LENGTH - 1):
        terms = arithmetic(model, X_of(sequence), model.first_map, 0, position)
        (conv,), (start, end) = terms.convolutions, terms.unit.bases
        assert conv.window.letters.strip("-") == sequence[start:end] and terms.unit.letters == sequence
        assert conv.window.bases[conv.window.bases >= 0].tolist() == list(range(start, end))
        assert np.allclose(conv.window.weights, model.first_conv.weight[0].detach())


@pytest.mark.parametrize("activation", ["relu", "exponential", "sigmoid", "tanh", "softplus", "linear", "elu"])
def test_every_activation_is_known(activation):
    entry = ARCHITECTURES["cnn"]
    model = entry.make(entry.config(filters=4, width=6, activation=activation), n_outputs=2, length=LENGTH, seed=0)
    terms = arithmetic(model, X_of(random_sequences(1, LENGTH, seed=0)[0]), "conv", 2, 17)
    squashed = {**SQUASHED, "softplus": lambda v: math.log1p(math.exp(v)), "ELU": lambda v: v if v > 0 else math.expm1(v)}
    assert squashed[terms.activation](terms.before) == pytest.approx(terms.value, abs=1e-6)
    assert (terms.activation == "") == (activation == "linear")


@pytest.mark.parametrize("positions", ["sinusoidal", "none", "learned", "rotary", "alibi", "relative"])
def test_a_term_for_the_distance_stands_apart_where_there_is_one(positions):
    entry = ARCHITECTURES["attention"]
    model = entry.make(entry.config(width=24, heads=2, positions=positions), n_outputs=2, length=LENGTH, seed=0)
    terms = arithmetic(model, X_of(random_sequences(1, LENGTH, seed=0)[0]), "layer2.attention.pattern", 1, 5)
    assert misses(terms).max() < 1e-5
    assert (terms.distance is not None) == (positions in ("alibi", "relative"))
