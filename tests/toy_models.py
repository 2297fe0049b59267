"""Models small enough to be solved by hand, and a few that are wrong on purpose, to prove that a test can fail."""

import numpy as np
import torch
from torch import Tensor, nn

from seqviz_core.models.internals import Probe, Span, name_probes


class Linear(nn.Module):
    """logits[c] = sum over bases and positions of weight[c] * X + bias[c].

    The dropout shows at once if somebody explains it in training mode.
    """

    def __init__(self, weight: Tensor, bias: float = 0.0):
        super().__init__()
        self.weight = nn.Parameter(weight)  # (C, 4, L)
        self.bias = bias
        self.dropout = nn.Dropout(0.5)

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, C)
        return self.dropout(torch.einsum("cal,nal->nc", self.weight, X) + self.bias)


class ConvReluMax(nn.Module):
    """logits[c] = sum over filters of read_out[c, f] * max over positions of relu(filter f on the bases - threshold)."""

    first_map = "conv"

    def __init__(self, filters: Tensor, read_out: Tensor, threshold: float = 0.0):  # (F, 4, k), (C, F)
        super().__init__()
        self.first_conv = nn.Conv1d(4, len(filters), filters.shape[2], dtype=filters.dtype)
        self.first_conv.weight.data.copy_(filters)
        self.first_conv.bias.data.fill_(-threshold)
        self.relu = nn.ReLU()
        self.conv = Probe("feature_map", ("sequence", "filter", "position"), Span(1, 0, filters.shape[2]))
        self.read_out = nn.Parameter(read_out)
        name_probes(self)

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, C)
        return self.conv(self.relu(self.first_conv(X))).amax(-1) @ self.read_out.T


class TwoMotifs(nn.Module):
    """logits = (strength * there - off, 0): there = 1 where both words stand in the sequence ("and"), or either ("or"), else 0.

    The call of class 0 so needs both words, or either of them, exactly.
    """

    def __init__(self, words: tuple[str, str], how: str, strength: float = 4.0, off: float = 1.0):
        super().__init__()
        self.filters = nn.ParameterList([torch.from_numpy(one_hot(word)) for word in words])
        self.how, self.strength, self.off = how, strength, off

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, 2)
        there = [(nn.functional.conv1d(X, f).amax((1, 2)) > f.shape[2] - 0.5).to(X.dtype) for f in self.filters]
        joint = there[0] * there[1] if self.how == "and" else torch.maximum(*there)
        return torch.stack([self.strength * joint - self.off, torch.zeros_like(joint)], 1)


class Smooth(nn.Module):
    """Convolution, tanh, mean, tanh, linear, in float64: not linear anywhere, smooth everywhere."""

    def __init__(self, seed: int = 0, units: int = 5, width: int = 4, classes: int = 3):
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        draw = lambda *shape: nn.Parameter(0.5 * torch.randn(*shape, generator=generator, dtype=torch.float64))
        self.filters, self.mix, self.read_out = draw(units, 4, width), draw(units, units), draw(classes, units)

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, classes)
        hidden = torch.tanh(nn.functional.conv1d(X, self.filters)).mean(-1)
        return torch.tanh(hidden @ self.mix.T) @ self.read_out.T


class Constant(nn.Module):
    """The same logits whatever the sequence."""

    def __init__(self, logits: Tensor):
        super().__init__()
        self.logits = nn.Parameter(logits)  # (C,)

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, C)
        return self.logits.expand(len(X), -1)


class Raising(Linear):
    """Wrong on purpose: fails in the middle of every forward pass."""

    def forward(self, X: Tensor) -> Tensor:
        raise RuntimeError("the toy model fails")


class RowsTalk(Linear):
    """Wrong on purpose: each row's logits depend on the other rows of its batch."""

    def forward(self, X: Tensor) -> Tensor:
        logits = super().forward(X)
        return logits * logits.mean(0) ** 2


def absolute_saliency(model: nn.Module, X: Tensor, target: int) -> Tensor:
    """Wrong on purpose: a saliency that has lost its sign, as captum's default does."""
    X = X.clone().requires_grad_()
    return torch.autograd.grad(model(X)[:, target].sum(), X)[0].abs()


def one_hot(*sequences: str) -> np.ndarray:
    """Return (N, 4, L) float32; any letter but A, C, G, T is an all-zero column. Written apart from the code under test."""
    return np.array([[[float(base == row) for base in sequence] for row in "ACGT"] for sequence in sequences], dtype=np.float32)


def random_sequences(n: int, length: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(row) for row in rng.choice(list("ACGT"), (n, length))]


def conv_model(seed: int = 0, *, classes: int = 2, filters: int = 6, width: int = 5) -> ConvReluMax:
    """Return a ConvReluMax with random weights."""
    generator = torch.Generator().manual_seed(seed)
    return ConvReluMax(torch.randn(filters, 4, width, generator=generator), torch.randn(classes, filters, generator=generator))


def linear_model(seed: int = 0, *, length: int, classes: int = 2, dtype: torch.dtype = torch.float32) -> Linear:
    """Return a Linear with random weights."""
    generator = torch.Generator().manual_seed(seed)
    return Linear(torch.randn(classes, 4, length, generator=generator, dtype=dtype), bias=0.5)


def stirred(model: nn.Module, seed: int = 0) -> nn.Module:
    """Return the model with other numbers in its batch normalisation, which before training changes nothing."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.BatchNorm1d):
                for tensor in (module.weight, module.bias, module.running_mean):
                    tensor.uniform_(-1, 1, generator=generator)
                module.running_var.uniform_(0.5, 2, generator=generator)
    return model
