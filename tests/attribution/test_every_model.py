"""What must hold for every registered attribution method on every registered architecture; new ones need no new test."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from toy_models import one_hot as one_hot_of
from toy_models import random_sequences

from seqviz_core.attribution import METHODS, attribute
from seqviz_core.errors import SeqVizError
from seqviz_core.models import ARCHITECTURES

LENGTH, CLASSES = 63, 3
PRESETS = [(a.name, preset) for a in ARCHITECTURES for preset in a.presets]


@pytest.fixture(scope="module", params=PRESETS, ids="-".join)
def model(request):
    name, preset = request.param
    entry = ARCHITECTURES[name]
    return entry.make(entry.presets[preset], n_outputs=CLASSES, length=LENGTH, seed=3)


def one_hot(n: int) -> torch.Tensor:
    return torch.from_numpy(one_hot_of(*random_sequences(n, LENGTH, seed=0)))


@pytest.fixture(scope="module", params=METHODS.names())
def method(request):
    return request.param


def explain(method, model, X, **options):
    if reason := METHODS[method].supports(model):
        pytest.skip(reason)
    return attribute(method, model, X, 1, **options)


def test_attributions_have_the_shape_of_the_input_and_are_finite(method, model):
    result = explain(method, model, one_hot(2))
    assert result.values.shape == (2, 4, LENGTH) and result.observed.shape == (2, LENGTH)
    assert np.isfinite(result.values).all() and result.values.any()


def test_attributions_of_a_row_do_not_depend_on_the_batch(method, model):
    X = one_hot(3)
    together, alone = explain(method, model, X).values[1], explain(method, model, X[1:2]).values[0]
    assert np.allclose(together, alone, atol=1e-5 + 1e-4 * np.abs(alone).max())


def test_attribution_gives_the_model_back_as_it_was(method, model):
    model = copy.deepcopy(model).train()
    modes, grads = [m.training for m in model.modules()], [p.requires_grad for p in model.parameters()]
    explain(method, model, one_hot(1))
    with pytest.raises((SeqVizError, RuntimeError)):
        explain(method, model, torch.zeros(1, 7, LENGTH))
    broken = copy.deepcopy(model)
    broken.register_forward_pre_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        attribute(method, broken, one_hot(1), 1)
    assert all(m.training for m in broken.modules())
    assert [m.training for m in model.modules()] == modes and [p.requires_grad for p in model.parameters()] == grads
    assert all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize("complete", [m.name for m in METHODS if m.complete])
def test_completeness_gap_is_small_where_it_is_declared(complete, model):
    result = explain(complete, model, one_hot(2))
    scale = np.abs(result.values).sum(axis=(1, 2)) + 1e-3
    assert (np.abs(result.gap) / scale < 0.05).all()


def test_the_batch_size_does_not_matter(method, model):
    X, options = one_hot(2), METHODS[method].options()
    usual = explain(method, model, X, options=options).values
    for batch_size in (1, 11):
        other = explain(method, model, X, options=replace(options, batch_size=batch_size)).values
        assert np.allclose(other, usual, atol=1e-5 + 1e-4 * np.abs(usual).max())


@pytest.mark.parametrize("sequence", ["ACGTN" * 12 + "NNA", "N" * LENGTH, "N", "A", "CG"])
def test_unknown_bases_and_the_shortest_sequences(method, model, sequence):
    result = explain(method, model, one_hot_of(sequence))
    assert result.values.shape == (1, 4, len(sequence)) and np.isfinite(result.values).all()
    assert not result.observed[0, [base == "N" for base in sequence]].any()
