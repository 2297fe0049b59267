"""What holds for every registered method, and what `attribute` refuses."""

import threading
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from toy_models import Constant, Linear, Raising, RowsTalk, Smooth, conv_model, linear_model, one_hot, random_sequences

from seqviz_core.attribution import METHODS, attribute, attribution_method
from seqviz_core.errors import SeqVizError
from seqviz_core.models import intervene, recording, zero_channel
from seqviz_core.settings import settings_of

EVERY = pytest.mark.parametrize("method", METHODS.names())
GRADIENTS = ("saliency", "input_x_gradient", "integrated_gradients")


def test_registry_order_and_forms():
    assert METHODS.names() == ("saliency", "input_x_gradient", "integrated_gradients", "ism")
    for method in METHODS:
        assert method.label and method.summary.endswith(".") and method.note(method.options()).endswith(".")
        assert "batch_size" in [s.name for s in settings_of(method.options)]


@EVERY
def test_shape_dtype_and_finite(method):
    X = one_hot(*random_sequences(3, 20, seed=1))
    result = attribute(method, conv_model(), X, target=1)
    assert result.values.shape == (3, 4, 20) and result.values.dtype == np.float32
    assert result.observed.shape == (3, 20) and result.observed.dtype == np.float32
    assert np.isfinite(result.values).all() and np.abs(result.observed).max() > 0
    assert (result.gap is not None) == METHODS[method].complete
    assert (result.method, result.target) == (method, 1) and result.note


@EVERY
def test_float64_model_and_torch_input(method):
    X = one_hot("ACGTACGTAC")
    model = Smooth()
    from_numpy, from_torch = attribute(method, model, X, 2), attribute(method, model, torch.from_numpy(X).bool(), 2)
    np.testing.assert_array_equal(from_numpy.values, from_torch.values)
    as_float = attribute(method, Smooth().float(), X, 2)
    np.testing.assert_allclose(from_numpy.values, as_float.values, atol=1e-5)


def rows_and_batches_do_not_matter(method, model):
    X = one_hot(*random_sequences(5, 12, seed=2))
    options = METHODS[method].options()
    together = attribute(method, model, X, 0, options).values
    for i in range(len(X)):
        np.testing.assert_allclose(attribute(method, model, X[i:i + 1], 0, options).values[0], together[i], atol=2e-6)
    for batch_size in (1, 3):
        small = attribute(method, model, X, 0, replace(options, batch_size=batch_size)).values
        np.testing.assert_allclose(small, together, atol=2e-6)


@EVERY
def test_rows_are_independent_and_batch_size_does_not_matter(method):
    rows_and_batches_do_not_matter(method, conv_model(1))


@EVERY
def test_the_row_test_can_fail(method):
    with pytest.raises(AssertionError):
        rows_and_batches_do_not_matter(method, RowsTalk(linear_model(length=12).weight.detach()))


def snapshot(model):
    parameters = [(p.detach().clone(), p.requires_grad, p.grad) for p in model.parameters()]
    hooks = [(len(m._forward_hooks), len(m._forward_pre_hooks), len(m._backward_hooks)) for m in model.modules()]
    return parameters, [m.training for m in model.modules()], hooks


def same(before, after):
    parameters = all(torch.equal(a[0], b[0]) and a[1:] == b[1:] for a, b in zip(before[0], after[0], strict=True))
    return parameters and before[1:] == after[1:]


@EVERY
@pytest.mark.parametrize("model_class", [Linear, Raising])
def test_model_comes_back_as_it_was_also_when_it_raises(method, model_class):
    model = model_class(torch.ones(2, 4, 6))
    model.train()
    model.dropout.eval()  # a mixed state must come back mixed
    before = snapshot(model)
    X = one_hot("ACGTAC")
    if model_class is Raising:
        with pytest.raises(RuntimeError, match="the toy model fails"):
            attribute(method, model, X, 0)
    else:
        attribute(method, model, X, 0)
    assert same(before, snapshot(model))
    assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()


def test_the_snapshot_notices_a_difference():
    model = linear_model(length=4)
    before = snapshot(model)
    model.eval()
    assert not same(before, snapshot(model))


@EVERY
def test_explained_in_eval_mode(method):
    X, model = one_hot("ACGTAC"), linear_model(length=6)
    in_training = attribute(method, model.train(), X, 0).values
    np.testing.assert_array_equal(in_training, attribute(method, model.eval(), X, 0).values)


@EVERY
def test_frozen_parameters_and_a_caller_without_gradients(method):
    X, model = one_hot(*random_sequences(2, 14, seed=3)), conv_model(2)
    expected = attribute(method, model, X, 0).values
    model.requires_grad_(False)
    with torch.no_grad():
        np.testing.assert_array_equal(attribute(method, model, X, 0).values, expected)
    with torch.inference_mode():
        inside = torch.from_numpy(X) * 1.0
        np.testing.assert_array_equal(attribute(method, model, inside, 0).values, expected)


@EVERY
def test_the_input_is_left_alone(method):
    X = torch.from_numpy(one_hot("ACGTACGT")).requires_grad_()
    before = X.detach().clone()
    attribute(method, conv_model(), X, 0)
    assert torch.equal(X.detach(), before) and X.grad is None


@EVERY
def test_an_intervention_around_it_counts(method):
    X, model = one_hot(*random_sequences(1, 20, seed=4)), conv_model(3)
    without = conv_model(3)
    without.read_out.data[:, 2] = 0
    with intervene({"conv": zero_channel(2)}):
        ablated = attribute(method, model, X, 0)
    np.testing.assert_allclose(ablated.values, attribute(method, without, X, 0).values, atol=1e-6)


@EVERY
def test_recording_around_it_changes_nothing(method):
    X, model = one_hot(*random_sequences(1, 20, seed=5)), conv_model(4)
    with recording():
        recorded = attribute(method, model, X, 0).values
    np.testing.assert_array_equal(recorded, attribute(method, model, X, 0).values)


def in_threads(run, n=4, repeats=5):
    """Return what `run(i)` gave in each of n threads that start together, as lists of `repeats` results."""
    results, barrier = [[] for _ in range(n)], threading.Barrier(n)

    def work(i):
        barrier.wait()
        results[i] += [run(i) for _ in range(repeats)]
    threads = [threading.Thread(target=work, args=(i,)) for i in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(len(r) == repeats for r in results)
    return results


@EVERY
def test_threads_share_a_model(method):
    model = conv_model(5).eval()
    inputs = [one_hot(*random_sequences(2, 15 + i, seed=i)) for i in range(4)]
    alone = [attribute(method, model, X, 1).values for X in inputs]
    for got, expected in zip(in_threads(lambda i: attribute(method, model, inputs[i], 1).values), alone):
        for values in got:
            np.testing.assert_array_equal(values, expected)


def test_the_thread_test_can_fail():
    model, meet = conv_model(5).eval(), threading.Barrier(4)

    def through_the_model(i):  # wrong on purpose: keeps its input on the shared model
        model.kept = i
        meet.wait()
        return model.kept
    assert [r[0] for r in in_threads(through_the_model, repeats=1)] != [0, 1, 2, 3]


@EVERY
@pytest.mark.parametrize("X, sentence", [
    (np.zeros((2, 5, 4), np.float32), "of shape"), (np.zeros((4, 5), np.float32), "of shape"),
    (np.zeros((0, 4, 5), np.float32), "of shape"), (np.full((1, 4, 5), 0.25, np.float32), "a single 1"),
    (np.ones((1, 4, 5), np.float32), "a single 1"), (np.full((1, 4, 5), np.nan, np.float32), "a single 1")])
def test_refuses_what_is_not_one_hot(method, X, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        attribute(method, linear_model(length=5), X, 0)


@EVERY
@pytest.mark.parametrize("target", [2, -1, 1.0, None, True, "0"])
def test_refuses_a_target_the_model_does_not_have(method, target):
    with pytest.raises(SeqVizError, match="class"):
        attribute(method, linear_model(length=5), one_hot("ACGTA"), target)


@EVERY
def test_refuses_wrong_options(method):
    @dataclass(frozen=True)
    class Other:
        batch_size: int = 1
    X = one_hot("ACGTA")
    with pytest.raises(SeqVizError, match="takes"):
        attribute(method, linear_model(length=5), X, 0, Other())
    with pytest.raises(SeqVizError, match="outside"):
        attribute(method, linear_model(length=5), X, 0, METHODS[method].options(batch_size=0))


@EVERY
def test_refuses_a_model_without_rows_of_logits(method):
    class Flat(Linear):
        def forward(self, X):
            return super().forward(X)[:, 0]
    with pytest.raises(SeqVizError, match="one row of logits"):
        attribute(method, Flat(torch.ones(2, 4, 5)), one_hot("ACGTA"), 0)


def test_unknown_method_is_named_with_a_hint():
    with pytest.raises(SeqVizError, match="saliency"):
        attribute("salience", linear_model(length=5), one_hot("ACGTA"), 0)


@EVERY
def test_a_constant_model(method):
    model, X = Constant(torch.tensor([1.0, 2.0])), one_hot("ACGTA")
    if method in GRADIENTS:  # zeros would claim that a gradient had been measured
        with pytest.raises(SeqVizError, match="mutagenesis needs none"):
            attribute(method, model, X, 0)
    else:
        assert not attribute(method, model, X, 0).values.any()
    zero = linear_model(length=5)
    zero.weight.data.zero_()
    assert not attribute(method, zero, X, 0).values.any()


@EVERY
def test_correction_is_for_methods_that_say_so(method):
    model, X = conv_model(6), one_hot(*random_sequences(2, 12, seed=6))
    if METHODS[method].correctable:
        plain, corrected = attribute(method, model, X, 0), attribute(method, model, X, 0, corrected=True)
        np.testing.assert_allclose(corrected.values.sum(1), 0, atol=1e-6)
        difference = plain.values - corrected.values
        np.testing.assert_allclose(difference, np.broadcast_to(plain.values.mean(1, keepdims=True), X.shape), atol=1e-6)
        assert "gradient correction" in corrected.note and "gradient correction" not in plain.note
    else:
        with pytest.raises(SeqVizError, match="no gradient correction"):
            attribute(method, model, X, 0, corrected=True)


def test_a_method_that_does_not_apply_says_why(monkeypatch):
    monkeypatch.setattr(METHODS, "_entries", dict(METHODS._entries))
    monkeypatch.setattr(METHODS, "_orders", dict(METHODS._orders))
    monkeypatch.setattr(METHODS, "_origins", dict(METHODS._origins))
    options = METHODS["saliency"].options
    supports = lambda model: "it has no maximum." if not hasattr(model, "first_conv") else None
    note = lambda options: "Zeros."
    attribution_method("fussy", label="Fussy", summary=".", options=options, note=note,
                       supports=supports)(lambda model, X, target, options: X * 0)
    attribution_method("cut", label="Cut", summary=".", options=options, note=note)(lambda model, X, target, options: X[:, :, 1:])
    X = one_hot("ACGTACG")
    assert not attribute("fussy", conv_model(), X, 0).values.any()
    with pytest.raises(SeqVizError, match="Fussy does not apply to this model: it has no maximum."):
        attribute("fussy", linear_model(length=7), X, 0)
    with pytest.raises(ValueError, match="returned"):  # a bug in a method is not the visitor's mistake
        attribute("cut", conv_model(), X, 0)


def test_linear_model_gives_the_same_letters_by_three_roads():
    """Corrected gradient = integrated gradients from a quarter of every base = mean-centred mutagenesis."""
    model, X = linear_model(7, length=9, dtype=torch.float64), one_hot(*random_sequences(3, 9, seed=7), "ACNNGTACG")
    uniform = METHODS["integrated_gradients"].options(reference="uniform")
    corrected = attribute("saliency", model, X, 1, corrected=True).observed
    np.testing.assert_allclose(attribute("integrated_gradients", model, X, 1, uniform).observed, corrected, atol=1e-6)
    np.testing.assert_allclose(attribute("ism", model, X, 1).observed, corrected, atol=1e-6)
