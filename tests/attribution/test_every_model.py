"""What must hold for every registered attribution method on every registered architecture; new ones need no new test."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from toy_models import one_hot as one_hot_of
from toy_models import random_sequences

from seqviz_core.attribution import METHODS, attribute, attribution_method
from seqviz_core.attribution.gradient import input_gradient, target_logit
from seqviz_core.attribution.method import Completed
from seqviz_core.errors import SeqVizError
from seqviz_core.models import ARCHITECTURES

LENGTH, CLASSES = 63, 3
FEW = {"n_references": 3, "samples": 10, "steps": 6}  # what holds for many samples holds for few, in less time
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


def explain(method, model, X, target=1, **settings):
    """Return the attribution with few samples, or skip where the method is not sound on the model."""
    if reason := METHODS[method].supports(model):
        assert len(reason.split()) > 3 and reason.endswith(".")
        pytest.skip(reason)
    options = METHODS[method].options()
    few = {name: n for name, n in FEW.items() if hasattr(options, name)}
    return attribute(method, model, X, target, replace(options, **few, **settings))


def test_attributions_have_the_shape_of_the_input_and_are_finite(method, model):
    result = explain(method, model, one_hot(2))
    assert result.values.shape == (2, 4, LENGTH) and result.observed.shape == (2, LENGTH)
    assert np.isfinite(result.values).all()
    assert any(explain(method, model, one_hot(2), target).values.any() for target in range(CLASSES))


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
    if METHODS[complete].supports(model):
        pytest.skip("not sound on this model")
    result = attribute(complete, model, one_hot(2), 1)
    scale = np.abs(result.values).sum(axis=(1, 2)) + 1e-3
    assert (np.abs(result.gap) / scale < 0.05).all()


@pytest.mark.parametrize("exact", ["deeplift", "deeplift_shap"])
def test_deeplift_is_complete_to_rounding(exact, model):
    """In float64, with weights twice as large as at the start, so that units saturate and switch as trained ones do."""
    model = copy.deepcopy(model).double()
    for parameter in model.parameters():
        parameter.data *= 2
    result = explain(exact, model, one_hot(2))
    assert (np.abs(result.gap) <= 1e-6 * np.minimum(1, np.abs(result.values).sum(axis=(1, 2)))).all() and result.values.any()


def test_the_batch_size_does_not_matter(method, model):
    X = one_hot(2)
    usual = explain(method, model, X).values
    for batch_size in (1, 11):
        other = explain(method, model, X, batch_size=batch_size).values
        assert np.allclose(other, usual, atol=1e-5 + 1e-4 * np.abs(usual).max())


@pytest.mark.parametrize("sequence", ["ACGTN" * 12 + "NNA", "N" * LENGTH, "N", "A", "CG"])
def test_unknown_bases_and_the_shortest_sequences(method, model, sequence):
    result = explain(method, model, one_hot_of(sequence))
    assert result.values.shape == (1, 4, len(sequence)) and np.isfinite(result.values).all()
    assert not result.observed[0, [base == "N" for base in sequence]].any()


def per_batch(model, X, target, options):
    """Wrong on purpose: a row's values depend on the rows beside it."""
    values = input_gradient(model, X, target, len(X))
    return values / values.abs().max()


def per_pass(model, X, target, options):
    """Wrong on purpose: the batch size decides how large the values are."""
    return input_gradient(model, X, target, 64) * options.batch_size


def by_backward(model, X, target, options):
    """Wrong on purpose: leaves gradients in the parameters."""
    X = X.requires_grad_()
    target_logit(model, X, target).sum().backward()
    return X.grad


def incomplete(model, X, target, options):
    """Wrong on purpose: gradient times difference, which is what captum's DeepLIFT returns where it knows no rule."""
    values = (X - 0.25) * input_gradient(model, X, target, 64)
    with torch.no_grad():
        return Completed(values, target_logit(model, X, target) - target_logit(model, torch.full_like(X, 0.25), target))


def letters_everywhere(values, X):
    """Wrong on purpose: says something of bases that are not known."""
    return values.sum(1) + 1


@pytest.mark.parametrize("run, rejected_by, claims", [
    (per_batch, test_attributions_of_a_row_do_not_depend_on_the_batch, {}),
    (per_pass, test_the_batch_size_does_not_matter, {}),
    (by_backward, test_attribution_gives_the_model_back_as_it_was, {}),
    (incomplete, test_completeness_gap_is_small_where_it_is_declared, {"complete": True}),
    (incomplete, test_deeplift_is_complete_to_rounding, {"complete": True}),
    (lambda model, X, *_: X.clone(), lambda method, model: test_unknown_bases_and_the_shortest_sequences(method, model, "ACNGT"),
     {"observe": letters_everywhere}),
    (lambda model, X, *_: torch.zeros_like(X), test_attributions_have_the_shape_of_the_input_and_are_finite, {})])
def test_a_wrong_method_is_rejected(run, rejected_by, claims, monkeypatch):
    for table in ("_entries", "_orders", "_origins"):
        monkeypatch.setattr(METHODS, table, dict(getattr(METHODS, table)))
    right = METHODS["saliency"]
    attribution_method("wrong", label="Wrong", summary=".", options=right.options, note=right.note, **claims)(run)
    cnn = ARCHITECTURES["cnn"]
    with pytest.raises(AssertionError):
        rejected_by("wrong", cnn.make(cnn.presets["teaching"], n_outputs=CLASSES, length=LENGTH, seed=3))
