"""Exact mutagenesis against every mutant written out, operation by operation: in float64 to 1e-10, in float32 to 1e-6."""

import pytest
import torch
from naive_ism import naive_ism
from torch import Tensor, nn
from toy_models import one_hot, random_sequences

from seqviz_core.attribution import windowed
from seqviz_core.attribution.gradient import At
from seqviz_core.attribution.ism import ISMOptions, ism

F = nn.functional
CHANNELS = 8


class Body(nn.Module):
    """A convolution, `body`, then the largest value, the mean and the last column of each channel, and a dense layer."""

    def __init__(self, body):
        super().__init__()
        self.stem, self.body = nn.Conv1d(4, CHANNELS, 5, padding=2), body

    def features(self, X: Tensor) -> Tensor:
        return self.body(torch.tanh(self.stem(X)))

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, 3)
        x = self.features(X)
        read = torch.cat([x.amax(-1), x.mean(-1), x[:, :, -1], x[..., 0]], 1) if x.ndim == 3 else x
        generator = torch.Generator().manual_seed(read.shape[1])
        return read @ torch.randn(read.shape[1], 3, generator=generator, dtype=torch.float64).to(read.dtype)


class Do(nn.Module):
    """A body given as a function of the modules (by number) and the map."""

    def __init__(self, function, *modules):
        super().__init__()
        self.function, self.m = function, nn.ModuleList(modules)

    def forward(self, x: Tensor) -> Tensor:
        return self.function(self.m, x)


def conv(kernel, filters=CHANNELS, n_in=CHANNELS, **settings):
    return nn.Conv1d(n_in, filters, kernel, **settings)


def normalised():
    layer = nn.BatchNorm1d(CHANNELS)
    layer.running_mean.uniform_(-1, 1)
    layer.running_var.uniform_(0.5, 2)
    return layer


def residual_stack():
    block = lambda d: (normalised(), nn.ReLU(), conv(3, padding="same", dilation=d))
    def run(m, x):
        for i in range(0, 9, 3):
            x = x + m[i + 2](m[i + 1](m[i](x)))
        return x
    return Do(run, *block(1), *block(2), *block(4))


BODIES = {
    "identity": lambda: nn.Identity(),
    "wide filter": lambda: conv(15, padding=7),
    "no padding": lambda: nn.Sequential(conv(4), nn.ReLU(), conv(3)),
    "same padding, even filter": lambda: conv(6, padding="same"),
    "more padding than filter": lambda: conv(3, padding=5),
    "stride": lambda: nn.Sequential(conv(5, stride=2, padding=2), nn.GELU(), conv(4, stride=3, padding=1)),
    "stride beyond the filter": lambda: conv(2, stride=3),
    "dilation": lambda: nn.Sequential(
        conv(3, padding=4, dilation=4), nn.ELU(), conv(3, padding=1), nn.SiLU(), conv(3, dilation=2)),
    "groups": lambda: nn.Sequential(conv(7, padding=3, groups=4), conv(1, groups=2)),
    "max pooling": lambda: nn.Sequential(nn.MaxPool1d(4), conv(3, padding=1), nn.ReLU(), nn.MaxPool1d(3)),
    "pooling of all that is left": lambda: nn.Sequential(
        nn.MaxPool1d(4, ceil_mode=True), conv(3), nn.MaxPool1d(5, ceil_mode=True)),
    "pooling that overlaps": lambda: nn.Sequential(
        nn.MaxPool1d(5, stride=2, padding=2), conv(2), nn.AvgPool1d(3, stride=1, padding=1)),
    "pooling with gaps": lambda: nn.MaxPool1d(2, stride=3),
    "wide pooling": lambda: nn.MaxPool1d(20),
    "mean pooling": lambda: nn.Sequential(nn.AvgPool1d(3), nn.Softplus(), conv(3)),
    "residual and dilated": residual_stack,
    "concatenated": lambda: Do(lambda m, x: torch.cat([x, m[0](x), m[1](m[0](x))], 1), conv(3, padding=1), conv(9, padding=4)),
    "cropped residual": lambda: Do(lambda m, x: m[0](x) + x[:, :, 3:-3], conv(7)),
    "gated": lambda: Do(lambda m, x: torch.mul(*m[0](x).chunk(2, 1)).sigmoid() * 2 - x / 3, conv(3, 16, padding=1)),
    "some channels": lambda: Do(lambda m, x: 1 - m[0](x[:, 2:5]), conv(3, n_in=3)),
    "scaled by position": lambda: Do(lambda m, x: m[0](x * torch.linspace(0, 1, x.shape[2], dtype=x.dtype)), conv(3)),
    "both strands": lambda: Do(lambda m, x: torch.maximum(m[0](x), m[0](x.flip([1, 2])).flip(2)), conv(4)),
    "dense": lambda: Do(lambda m, x: torch.tanh(x.flatten(1) @ torch.ones(x.shape[1] * x.shape[2], 2, dtype=x.dtype))),
    "channels last": lambda: Do(lambda m, x: m[1](m[0](x.transpose(1, 2))).permute(0, 2, 1), nn.LayerNorm(CHANNELS),
                                nn.Linear(CHANNELS, 6)),
    "largest value only": lambda: Do(lambda m, x: m[1](m[0](x).squeeze(-1)), nn.AdaptiveMaxPool1d(1), nn.Linear(CHANNELS, 2)),
    "mean value only": lambda: Do(lambda m, x: F.adaptive_avg_pool1d(x, 1).squeeze(-1)),
    "pooled to one": lambda: Do(lambda m, x: F.max_pool1d(x, x.shape[2]).flatten(1)),
    "every unit sees all": lambda: Do(lambda m, x: (x * m[0](x).softmax(-1)).cumsum(-1), conv(1, 1)),
    "in place": lambda: nn.Sequential(nn.ReLU(inplace=True), conv(3)),
    "written into": lambda: Do(lambda m, x: _set_first(m[0](x)), conv(3)),
}


def _set_first(x):
    x[:, 0] = 0
    return x


def made(make, dtype=torch.float64):
    torch.manual_seed(1)
    return Body(make()).to(dtype).eval()


def bases(*sequences, dtype=torch.float64):
    return torch.from_numpy(one_hot(*sequences)).to(dtype)


SEQUENCES = (*random_sequences(1, 70, seed=1), "N" * 20 + "ACGTNACGAT" * 4 + "NNNNNCCCNN")


@pytest.mark.parametrize("name", BODIES)
def test_equals_every_mutant_written_out(name):
    model, X = made(BODIES[name]), bases(*SEQUENCES)
    expected = naive_ism(model, X, 1)
    for batch_size in (1024, 50, 1):
        assert (ism(model, X[:1] if batch_size == 1 else X, 1, ISMOptions(batch_size))
                - (expected[:1] if batch_size == 1 else expected)).abs().max() < 1e-10


@pytest.mark.parametrize("name", BODIES)
def test_in_float32_as_near_as_rounding_allows(name):
    model, X = made(BODIES[name], torch.float32), bases(*SEQUENCES, dtype=torch.float32)
    scale = max(1.0, model(X).abs().max().item())
    assert (ism(model, X, 1, ISMOptions()) - naive_ism(model, X, 1)).abs().max() < 2e-6 * scale


@pytest.mark.parametrize("length", [26, 27, 33])
@pytest.mark.parametrize("name", BODIES)
def test_sequences_hardly_longer_than_the_windows(name, length):
    model, X = made(BODIES[name]), bases(*random_sequences(1, length, seed=length))
    assert (ism(model, X, 0, ISMOptions()) - naive_ism(model, X, 0)).abs().max() < 1e-10


class Dense(Body):
    def __init__(self, body, length):
        super().__init__(body)
        self.read_out = nn.Linear(self.features(torch.zeros(1, 4, length)).numel(), 2)

    def forward(self, X: Tensor) -> Tensor:
        x = self.features(X)
        return torch.tanh(self.read_out(x.reshape(len(x), -1)))


@pytest.mark.parametrize("last", [False, True], ids=["channels first", "channels last"])
@pytest.mark.parametrize("pool", [1, 4])
def test_dense_layers_on_flattened_maps(pool, last):
    torch.manual_seed(2)
    body = Do(lambda m, x: m[0](x).transpose(1, 2) if last else m[0](x), nn.MaxPool1d(pool) if pool > 1 else nn.Identity())
    model, X = Dense(body, 70).double().eval(), bases(*SEQUENCES)
    expected = naive_ism(model, X, 1)
    for batch_size in (1024, 40):
        assert (ism(model, X, 1, ISMOptions(batch_size)) - expected).abs().max() < 1e-10


@pytest.mark.parametrize("target", [1, At(1, 0), At(0, 40), At(2, 69)])
def test_models_that_answer_for_every_base(target):
    torch.manual_seed(3)
    model = nn.Sequential(conv(5, n_in=4, padding=2), nn.ReLU(), conv(3, 3, padding=1)).double().eval()
    X = bases(*SEQUENCES)
    assert (ism(model, X, target, ISMOptions()) - naive_ism(model, X, target)).abs().max() < 1e-10


def test_a_scripted_part_gets_plain_tensors():
    model, X = made(lambda: conv(3, padding=1)), bases(*SEQUENCES)
    expected = naive_ism(model, X, 1)
    model.body = torch.jit.trace(model.body, torch.zeros(1, CHANNELS, 70, dtype=torch.float64))
    assert (ism(model, X, 1, ISMOptions()) - expected).abs().max() < 1e-10


WITHOUT_WINDOWS = {"dense", "every unit sees all", "in place", "written into", "pooling with gaps", "stride beyond the filter"}


@pytest.mark.parametrize("name", [name for name in BODIES if name not in WITHOUT_WINDOWS])
def test_windows_go_all_the_way(name, monkeypatch):
    """No map is written out in full, or the speed is gone."""
    def refuse(x):
        raise AssertionError(f"{tuple(x.shape)} was written out")
    monkeypatch.setattr(windowed, "full", refuse)
    monkeypatch.setattr("seqviz_core.attribution.windowed_layers.full", refuse)
    ism(made(BODIES[name]), bases(*random_sequences(1, 300, seed=0)), 0, ISMOptions())


def test_a_wrong_handler_is_noticed(monkeypatch):
    """The comparison can fail: here windows forget that convolution pads with zeros."""
    model, X = made(BODIES["same padding, even filter"]), bases(*SEQUENCES)
    monkeypatch.setattr("seqviz_core.attribution.windowed_layers.masked", lambda x, fill: x.values)
    monkeypatch.setattr(windowed, "masked", lambda x, fill: x.values)
    assert (ism(model, X, 1, ISMOptions()) - naive_ism(model, X, 1)).abs().max() > 1e-6


def test_no_map_of_many_mutants_is_written_out(monkeypatch):
    """Memory is bounded: of a long map only few mutants are held in full at once."""
    held, full = [], windowed.full
    monkeypatch.setattr(windowed, "full", lambda x: held.append(full(x)) or held[-1])
    ism(made(BODIES["every unit sees all"]), bases(*random_sequences(1, 500, seed=0)), 0, ISMOptions())
    assert held and max(len(x) * x.shape[2] for x in held) <= 2**14
