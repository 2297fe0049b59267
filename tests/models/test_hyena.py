"""The long convolution against the direct sum, its filters, its gates; who hears whom."""

import math

import pytest
import torch
from toy_models import one_hot, random_sequences

from seqviz_core.models import intervene, make_model, record
from seqviz_core.models.architecture import initialise
from seqviz_core.models.long_convolution import HyenaOperator, ImplicitFilter, long_convolution

X = torch.from_numpy(one_hot(*random_sequences(3, 40, seed=0)))


def made(per_position=False, **settings):
    settings = {"width": 8, "filter_units": 6, "stem_width": 3, **settings}
    return make_model("hyena", settings, n_outputs=3, length=40, seed=2, per_position=per_position)


def operator(causal, reach=9):
    layer = HyenaOperator(4, 6, 10.0, reach, causal)
    initialise(layer, 0)
    return layer.double()


@pytest.mark.parametrize("first, lags", [(0, 13), (-12, 25), (-3, 7), (2, 4)])
def test_the_fast_convolution_is_the_sum(first, lags):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(2, 3, 13, generator=generator, dtype=torch.float64)
    h = torch.randn(3, lags, generator=generator, dtype=torch.float64)
    direct = torch.zeros_like(x)
    for t in range(13):
        for row, lag in enumerate(range(first, first + lags)):
            if 0 <= t - lag < 13:
                direct[..., t] += h[:, row] * x[..., t - lag]
    assert (long_convolution(x, h, first) - direct).abs().max() < 1e-12
    assert (long_convolution(x.float(), h.float(), first) - direct).abs().max() < 1e-5


@pytest.mark.parametrize("causal", [True, False])
def test_the_operator_is_gate_times_filter_over_gate_times_value(causal):
    layer, length = operator(causal), 9
    x = torch.randn(1, length, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    projected = layer.project(x)[0].T  # (12, 9)
    shift = 2 if causal else 1
    weight = layer.short.weight[:, 0]  # (12, 3)
    short = torch.stack([sum(weight[:, k] * projected[:, t + k - shift] for k in range(3) if 0 <= t + k - shift < length)
                         for t in range(length)], 1) + layer.short.bias[:, None]
    x1, x2, v = short.chunk(3)
    h, first = layer.filter(length)
    conv = torch.stack([sum(h[:, lag - first] * (x2 * v)[:, t - lag] for lag in range(first, length) if 0 <= t - lag < length)
                        for t in range(length)], 1)
    expected = layer.out((x1 * (conv + layer.skip.weight[:, 0] * x2 * v)).T)
    assert (layer(x)[0] - expected).abs().max() < 1e-10


def test_filters_are_the_networks_output_under_a_fading_window():
    layer = ImplicitFilter(5, 6, 10.0, 20, causal=False)
    initialise(layer, 0)
    h, first = layer(20)
    assert first == -19 and h.shape == (5, 39)
    lag = 7 / 20
    features = torch.tensor([lag, *(math.sin(math.pi * lag * k) for k in range(1, 9)),
                             *(math.cos(math.pi * lag * k) for k in range(1, 9))])
    a, _, b, _, c = layer.network
    raw = c(torch.sin(10 * b(torch.sin(10 * a(features)))))
    window = torch.tensor([0.01 ** (lag / end) for end in torch.linspace(0.3, 1.5, 5).tolist()])
    assert torch.allclose(h[:, 7 - first], raw * window, atol=1e-5)


def test_a_filter_does_not_depend_on_the_length_of_the_sequence():
    layer = ImplicitFilter(5, 6, 10.0, 20, causal=True)
    initialise(layer, 0)
    assert torch.allclose(layer(8)[0], layer(30)[0][:, :8], atol=1e-6)


def heard(model, base):
    """Return which bases the last layer's embedding over `base` depends on."""
    # float64, since in float32 the rounding of the transform looks like hearing
    model, x, caught = model.double(), X[:1].double().requires_grad_(), {}
    with intervene({"layer2.embedding": lambda value, positions: caught.setdefault("value", value)}):
        model(x)
    return torch.autograd.grad(caught["value"][0, :, base].sum(), x)[0][0].abs().sum(0) > 1e-12


def test_causal_hears_what_came_before_and_two_sided_hears_everything():
    before = heard(made(causal=True, read_out="last", stem_width=2), 20)
    assert before[:21].all() and not before[22:].any()  # the stem's filter of two bases reaches one base ahead
    assert heard(made(), 20).all()


@pytest.mark.parametrize("read_out", ["max", "mean", "last"])
def test_logits_are_the_read_out_of_the_last_embedding(read_out):
    model = made(read_out=read_out)
    trace = record(model, X)
    bases = model.norm(trace["layer2.embedding"].value.transpose(1, 2))
    pooled = {"max": bases.max(1).values, "mean": bases.sum(1) / 40, "last": bases[:, 39]}[read_out]
    assert torch.allclose(trace.logits, pooled @ model.read_out.weight.T + model.read_out.bias, atol=1e-5)
    assert trace["layer1.hyena.filter"].value.shape == (1, 8, 79)


def test_per_base_and_a_filter_set_to_zero():
    model = made(per_position=True, layers=1)
    with intervene({"layer1.hyena.filter": lambda value, positions: value * 0}):
        cut = record(model, X)
        x = X.clone()
        x[:, :, 30:] = 0.25
        other = record(model, x)
    assert cut.logits.shape == (3, 3, 40) and not torch.equal(cut.logits, record(model, X).logits)
    assert torch.allclose(cut.logits[..., :27], other.logits[..., :27], atol=1e-6)  # only the short mixtures are left
