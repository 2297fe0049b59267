"""What is computed from the sequence is seen, whatever computes it; what is not is left alone."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from seqviz_core.attribution.following import Following, name_of, tensors_in

W = torch.ones(3, 4, 2)
SHAPE_ONLY = ("get", "dim", "size")


def followed(run):
    """Return the names of the functions that met something computed from the sequence while `run(X)` ran."""
    X, names = torch.ones(2, 4, 5), []
    with Following(X, lambda func, args, kwargs, sources: names.append(name_of(func)) or func(*args, **kwargs)):
        run(X)
    return [name for name in names if name not in SHAPE_ONLY]


def assigned_into(X):
    out = torch.zeros(2)
    out[:] = X.sum((1, 2))
    return out.exp()


@pytest.mark.parametrize("run, names", [
    (nn.ReLU(), ["relu"]),
    (F.relu, ["relu"]),
    (torch.relu, ["relu"]),
    (lambda X: X.relu(), ["relu"]),
    (lambda X: (1 - X) * 2 / 3 + X, ["rsub", "mul", "div", "add"]),
    (nn.MaxPool1d(2), ["max_pool1d"]),
    (lambda X: F.conv1d(X, W.exp()), ["conv1d"]),
    (lambda X: torch.einsum("fal,nal->nf", W, X[:, :, :2]), ["getitem", "einsum"]),
    (lambda X: torch.ones(X.shape[0], X.size(1), len(X)).exp(), []),  # only sizes were asked for
    (lambda X: torch.zeros_like(X).exp() + X.new_zeros(1).exp(), []),
    (lambda X: torch.cat([W[:2, :, :1], X], 2).amax(-1), ["cat", "amax"]),
    (assigned_into, ["sum", "setitem", "exp"]),
    (lambda X: [part.tanh() for part in X.split(1)], ["split", "tanh", "tanh"]),
    (lambda X: X.max(-1).values.exp(), ["max", "exp"]),
    (lambda X: nn.LSTM(5, 2)(X)[0].tanh(), ["lstm", "tanh"]),
])
def test_names_every_function_of_the_sequence(run, names):
    assert followed(run) == names


def test_the_rule_answers():
    X = torch.ones(1, 4, 2)
    with Following(X, lambda func, args, kwargs, sources: sources[0] * 10):
        answer = nn.Sigmoid()(X).tanh()
    assert torch.equal(answer, X * 100)
    assert torch.equal(X.tanh(), torch.ones(1, 4, 2).tanh())  # nothing is left behind


def test_each_thread_follows_its_own_pass():
    meet = threading.Barrier(4)

    def run(layer):
        def model(X):
            once = layer(X)
            meet.wait()  # all four are in the middle of their pass
            return layer(once)
        return followed(model)
    with ThreadPoolExecutor(4) as threads:
        names = [*threads.map(run, [nn.ReLU(), nn.Tanh(), nn.Sigmoid(), nn.Softplus()])]
    assert names == [[name, name] for name in ("relu", "tanh", "sigmoid", "softplus")]


def test_tensors_in_nested_things():
    a, b, c = torch.zeros(3)
    assert [*tensors_in([a, (1, {"x": b}), None, [c]])] == [a, b, c]
