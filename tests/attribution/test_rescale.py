"""DeepLIFT's rules: by hand, against captum where captum is right, and complete for every function that has one."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from toy_models import ConvReluMax, one_hot, random_sequences

from seqviz_core.attribution.rescale import CURVES, FIXED_IN_EVAL, LINEAR, LINEAR_IN_FIRST, LINEAR_IN_ONE, RULES, NoRule, chords

LENGTH = 24


def sequences(n, seed):
    return torch.from_numpy(one_hot(*random_sequences(n, LENGTH, seed))).double()


X, X0 = sequences(5, seed=0), sequences(5, seed=1)


class Net(nn.Module):
    """Convolution, whatever `middle` does to its map (N, 6, 20), sum over what is left, weighed."""

    def __init__(self, middle, seed=0):
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.conv = nn.Conv1d(4, 6, 5, dtype=torch.float64)
        for parameter in self.conv.parameters():
            parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / 2
        self.weight = nn.Parameter(torch.randn(6 * 40, generator=generator, dtype=torch.float64))
        self.middle = middle

    def forward(self, X):
        out = self.middle(self.conv(X)).flatten(1)
        return (out * self.weight[:out.shape[1]]).sum(1, keepdim=True)


def gap(middle, rule=chords):
    model = Net(middle).eval()
    multipliers, _ = rule(model, X, X0, 0)
    with torch.no_grad():
        change = (model(X) - model(X0))[:, 0]
    return ((multipliers * (X - X0)).sum((1, 2)) - change).abs().max().item() / change.abs().max().item()


def by_gradient(model, X, X0, target):
    """Wrong on purpose: what captum's DeepLIFT silently returns for a function it does not know."""
    X = X.clone().requires_grad_()
    return torch.autograd.grad(model(X)[:, target].sum(), X)[0], None


ONE_RELU = nn.ReLU()
KNOWN = {
    "relu": F.relu,
    "relu module": nn.ReLU(),
    "one relu twice": lambda h: ONE_RELU(ONE_RELU(h) - 0.3),
    "exp": torch.exp,
    "elu": nn.ELU(),
    "softplus": nn.Softplus(),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "gelu": nn.GELU(),
    "leaky": nn.LeakyReLU(),
    "silu": nn.SiLU(),
    "square": lambda h: h ** 2,
    "log": lambda h: torch.log(1 + F.relu(h)),
    "reciprocal": lambda h: 1 / (2 + torch.exp(h)),
    "scaled sigmoid": lambda h: 10 * torch.sigmoid(h - 8),
    "clamp": lambda h: h.clamp(min=-0.2, max=0.4),
    "amax": lambda h: h.amax(-1),
    "relu, amax": lambda h: F.relu(h).amax(-1),
    "amax of two axes": lambda h: h.amax((1, 2), keepdim=True),
    "amax over filters": lambda h: h.amax(1, True),
    "max": lambda h: h.max(-1).values,
    "max of all": lambda h: torch.stack([row.max() for row in h])[:, None],
    "global pool": nn.AdaptiveMaxPool1d(1),
    "adaptive pool": nn.AdaptiveMaxPool1d(3),
    "relu, pool": nn.Sequential(nn.ReLU(), nn.MaxPool1d(4)),
    "ragged pool": nn.Sequential(nn.ReLU(), nn.MaxPool1d(3, ceil_mode=True)),
    "padded pool": nn.MaxPool1d(3, 1, padding=1),
    "overlapping pool": lambda h: F.max_pool1d(h.exp(), 5, 2),
    "average pool": nn.Sequential(nn.Tanh(), nn.AvgPool1d(4)),
    "maximum": lambda h: torch.maximum(h, h.flip(1)),
    "max of two": lambda h: torch.max(h, h.flip(-1)),
    "larger than a constant": lambda h: torch.maximum(h, torch.tensor(0.1, dtype=h.dtype)),
    "residual": lambda h: h + F.relu(h + torch.tanh(h)),
    "dilated": lambda h: F.relu(F.conv1d(F.relu(h), torch.ones(2, 6, 3).double(), dilation=4) - 1),
    "padded": lambda h: F.relu(F.pad(h, (3, 1)) - 0.1),
    "concatenated": lambda h: torch.cat([h.amax(-1), F.relu(h).mean(-1)], 1),
    "assigned": lambda h: F.relu(_with_zero_channel(h)),
    "where": lambda h: torch.where(torch.arange(20) > 5, h.exp(), 0.0),
    "running statistics": nn.Sequential(nn.BatchNorm1d(6, dtype=torch.float64), nn.ReLU(), nn.Dropout(), nn.Flatten()).eval(),
    "gate of a constant": lambda h: torch.sigmoid(torch.ones(20).double()) * h.relu(),
    "Fourier": lambda h: torch.fft.irfft(torch.fft.rfft(h) * torch.arange(11), n=20).relu(),
    "rolled": lambda h: h.roll(3, -1).relu(),
}


def _with_zero_channel(h):
    h = h.clone()
    h[:, 2] = 0
    return h


@pytest.mark.parametrize("middle", KNOWN.values(), ids=KNOWN)
def test_complete_for_every_known_function(middle):
    assert gap(middle) < 1e-12


@pytest.mark.parametrize("middle", [KNOWN[name] for name in ("relu", "exp", "amax", "relu, pool", "residual")])
def test_a_gradient_is_not_complete(middle):
    assert gap(middle, by_gradient) > 0.01


LSTM, GRU, RNN = (cell(20, 3, dtype=torch.float64) for cell in (nn.LSTM, nn.GRU, nn.RNN))
UNKNOWN = {
    "softmax": (lambda h: h.softmax(-1), "softmax"),
    "layer norm": (nn.LayerNorm(20, dtype=torch.float64), "layer normalisation"),
    "gate": (lambda h: h * torch.sigmoid(h), "multiplies or divides two things"),
    "attention": (lambda h: h @ h.transpose(1, 2), "multiplies"),
    "ratio": (lambda h: h / (1 + h.exp()), "divides"),
    "fused attention": (lambda h: F.scaled_dot_product_attention(h, h, h), "attention"),
    "LSTM": (lambda h: LSTM(h)[0], "LSTM"),
    "GRU": (lambda h: GRU(h)[0], "GRU"),
    "RNN": (lambda h: RNN(h)[0], "recurrent"),
    "sorted": (lambda h: h.sort(-1).values, "'sort'"),
    "logsumexp": (lambda h: h.logsumexp(-1), "'logsumexp'"),
    "in training": (lambda h: F.dropout(h, 0.5, training=True), "'dropout'"),
    "own statistics": (nn.BatchNorm1d(6, dtype=torch.float64, track_running_stats=False).eval(), "'batch_norm'"),
    "overwritten": (nn.ReLU(inplace=True), "overwrites"),
    "overwritten by a method": (lambda h: h.relu_(), "overwrites"),
    "a branch": (lambda h: h if h.sum() > 0 else -h, "'gt'"),
    "a number taken out": (lambda h: h * h.sum().item(), "'item'"),
    "detached": (lambda h: (2 * h).detach() + h, "miss the change"),
    "not a number": (lambda h: (h - 100).log(), "miss the change"),
}


@pytest.mark.parametrize("middle, sentence", UNKNOWN.values(), ids=UNKNOWN)
def test_refuses_what_has_no_rule(middle, sentence):
    with pytest.raises(NoRule, match=sentence) as refusal:
        gap(middle)
    reason = refusal.value.reason
    assert str(refusal.value) == f"DeepLIFT does not apply to this model: {reason}" and reason.endswith(".")


def test_no_function_stands_in_two_tables():
    tables = (LINEAR, LINEAR_IN_ONE, LINEAR_IN_FIRST, FIXED_IN_EVAL, RULES)
    assert len(set().union(*tables)) == sum(map(len, tables)) and set(RULES) >= CURVES


def test_hand_arithmetic_of_a_rise_and_a_fall():
    """One filter scores A +2, C +1; the best place counts. A rise is the new best place's, a fall the old one's."""
    model = ConvReluMax(torch.tensor([[[2.0], [1.0], [0.0], [0.0]]]).double(), torch.tensor([[1.0]]).double())
    x, x0 = torch.from_numpy(one_hot("AG", "GG")).double(), torch.from_numpy(one_hot("CG", "CA")).double()
    multipliers, change = chords(model, x, x0, 0)
    np.testing.assert_array_equal(change, [1, -2])
    np.testing.assert_array_equal(((x - x0) * multipliers)[0], [[2, 0], [-1, 0], [0, 0], [0, 0]])
    np.testing.assert_array_equal(((x - x0) * multipliers)[1], [[0, -2], [0, 0], [0, 0], [0, 0]])


@pytest.mark.parametrize("step", [1e-3, 1e-5, 1e-7, 1e-12, 0.0])
@pytest.mark.parametrize("curve, slope", [(torch.exp, np.exp(0.7)), (torch.tanh, 1 - np.tanh(0.7) ** 2), (F.relu, 1.0)])
def test_a_chord_turns_into_the_tangent(curve, slope, step):
    """Where sequence and reference almost meet, rounding does not take over."""
    class Line(nn.Module):
        def forward(self, X):
            return curve(X).sum((1, 2))[:, None]
    x = torch.full((1, 4, 3), 0.7, dtype=torch.float32)
    multipliers, _ = chords(Line(), x + step, x, 0)
    np.testing.assert_allclose(multipliers, slope, rtol=2e-3)


class Classic(nn.Module):
    """The usual stack of modules: convolution, ReLU, pool (or not), dense, ReLU, dense."""

    def __init__(self, pool, between=lambda h: h):
        super().__init__()
        torch.manual_seed(1)
        self.conv, self.relu, self.pool, self.between = nn.Conv1d(4, 8, 5), nn.ReLU(), pool, between
        width = pool(torch.zeros(1, 8, 20)).numel()
        self.dense, self.relu2, self.out = nn.Linear(width, 7), nn.ReLU(), nn.Linear(7, 2)
        self.double().eval()

    def forward(self, X):
        return self.out(self.relu2(self.dense(self.pool(self.between(self.relu(self.conv(X)))).flatten(1))))


@pytest.mark.filterwarnings("ignore:Setting forward, backward hooks", "ignore:Input Tensor 0 did not")
@pytest.mark.parametrize("pool, captum_is_right", [(nn.Identity(), True), (nn.MaxPool1d(4), False)])
def test_equals_captum_where_captum_is_right(pool, captum_is_right):
    """A ReLU that feeds a pool needs its output copied for captum, whose two hooks on one tensor run in the wrong order."""
    from captum.attr import DeepLift
    with torch.random.fork_rng():
        plain, copied = Classic(pool), Classic(pool, torch.clone)
    multipliers, _ = chords(plain, X, X0, 1)
    ours = ((X - X0) * multipliers).numpy()
    captum = lambda model: DeepLift(model).attribute(X, X0, target=1).detach().numpy()
    np.testing.assert_allclose(captum(copied), ours, atol=1e-12)
    assert (np.abs(captum(plain) - ours).max() < 1e-12) == captum_is_right
