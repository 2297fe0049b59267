"""A model is borrowed: it comes back as it was, and many threads may explain it at once."""

import threading

import numpy as np
import pytest
import torch
from toy_models import Linear, Raising, conv_model, linear_model, one_hot, random_sequences

from seqviz_core.attribution import METHODS, attribute
from seqviz_core.models import intervene, recording, zero_channel

ON_CONV, ON_LINEAR = (pytest.mark.parametrize("method", [m.name for m in METHODS if not m.supports(model)])
                      for model in (conv_model(), linear_model(length=5)))


def snapshot(model):
    parameters = [(p.detach().clone(), p.requires_grad, p.grad) for p in model.parameters()]
    hooks = [(len(m._forward_hooks), len(m._forward_pre_hooks), len(m._backward_hooks)) for m in model.modules()]
    return parameters, [m.training for m in model.modules()], hooks


def same(before, after):
    parameters = all(torch.equal(a[0], b[0]) and a[1:] == b[1:] for a, b in zip(before[0], after[0], strict=True))
    return parameters and before[1:] == after[1:]


@ON_LINEAR
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


@ON_LINEAR
def test_explained_in_eval_mode(method):
    X, model = one_hot("ACGTAC"), linear_model(length=6)
    in_training = attribute(method, model.train(), X, 0).values
    np.testing.assert_array_equal(in_training, attribute(method, model.eval(), X, 0).values)


@ON_CONV
def test_frozen_parameters_and_a_caller_without_gradients(method):
    X, model = one_hot(*random_sequences(2, 14, seed=3)), conv_model(2)
    expected = attribute(method, model, X, 0).values
    model.requires_grad_(False)
    with torch.no_grad():
        np.testing.assert_array_equal(attribute(method, model, X, 0).values, expected)
    with torch.inference_mode():
        inside = torch.from_numpy(X) * 1.0
        np.testing.assert_array_equal(attribute(method, model, inside, 0).values, expected)


@ON_CONV
def test_the_input_is_left_alone(method):
    X = torch.from_numpy(one_hot("ACGTACGT")).requires_grad_()
    before = X.detach().clone()
    attribute(method, conv_model(), X, 0)
    assert torch.equal(X.detach(), before) and X.grad is None


@ON_CONV
def test_an_intervention_around_it_counts(method):
    X, model = one_hot(*random_sequences(1, 20, seed=4)), conv_model(3)
    without = conv_model(3)
    without.read_out.data[:, 2] = 0
    with intervene({"conv": zero_channel(2)}):
        ablated = attribute(method, model, X, 0)
    np.testing.assert_allclose(ablated.values, attribute(method, without, X, 0).values, atol=1e-6)


@ON_CONV
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


@ON_CONV
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
