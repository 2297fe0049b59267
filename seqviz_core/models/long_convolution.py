"""Convolutions as long as the sequence, whose filters a small network makes from the lag (Poli et al. 2023, Hyena)."""

import math

import torch
from torch import Tensor, nn

from .internals import Probe

BANDS = 8  # frequencies among the features of a lag
FADED, FASTEST, SLOWEST = 0.01, 0.3, 1.5  # a channel's window falls to 0.01 within 0.3 to 1.5 training lengths


class HyenaOperator(nn.Module):
    """x1 * (h conv (x2 * v)): two gates around a long convolution; x1, x2 and v are short mixtures of the input.

    causal : a position hears only those before it (and itself), as in a language model; otherwise both sides.
    reach : positions of a training sequence, the unit in which the filter's network measures lags.
    """

    def __init__(self, width: int, filter_units: int, rate: float, reach: int, causal: bool):
        super().__init__()
        self.project = nn.Linear(width, 3 * width)
        self.short = nn.Conv1d(3 * width, 3 * width, 3, padding=2 if causal else 1, groups=3 * width)
        self.filter = ImplicitFilter(width, filter_units, rate, reach, causal)
        self.skip = nn.Conv1d(width, width, 1, groups=width, bias=False)  # a weight for lag 0 of its own
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:  # (N, L, width) -> (N, L, width)
        length = x.shape[1]
        mixed = self.short(self.project(x).transpose(1, 2))[..., :length]
        x1, x2, v = mixed.chunk(3, dim=1)  # each (N, width, L)
        gated = x2 * v
        h, first = self.filter(length)
        return self.out((x1 * (long_convolution(gated, h, first) + self.skip(gated))).transpose(1, 2))


class ImplicitFilter(nn.Module):
    """One filter a channel over all lags: a small network with sine activations of the lag, under a fading window.

    The window is exp(-rate |lag|), each channel with its own rate, so that some filters are short and some long.
    """

    def __init__(self, width: int, units: int, rate: float, reach: int, causal: bool):
        super().__init__()
        self.width, self.reach, self.causal = width, reach, causal
        self.network = nn.Sequential(nn.Linear(1 + 2 * BANDS, units), Sine(rate), nn.Linear(units, units), Sine(rate),
                                     nn.Linear(units, width, bias=False))
        self.probe = Probe("embedding", ("sequence", "feature", "lag"))

    def forward(self, length: int) -> tuple[Tensor, int]:
        """Return the filters (width, lags) and their first lag: 0, or -(length - 1) where both sides are heard.

        The probe shows them with one row on the sequence axis: they are the same for every sequence.
        """
        weight = self.network[0].weight
        first = 0 if self.causal else 1 - length
        lag = torch.arange(first, length, device=weight.device, dtype=weight.dtype)[:, None] / self.reach  # (lags, 1)
        angles = math.pi * lag * torch.arange(1, BANDS + 1, device=weight.device, dtype=weight.dtype)
        features = torch.cat([lag, angles.sin(), angles.cos()], dim=1)
        ends = torch.linspace(FASTEST, SLOWEST, self.width, device=weight.device, dtype=weight.dtype)
        window = torch.exp(math.log(FADED) * lag.abs() / ends)  # (lags, width)
        return self.probe((self.network(features) * window).T[None])[0], first


class Sine(nn.Module):
    """sin(rate x): without it, a network of a lag makes only smooth, slow filters."""

    def __init__(self, rate: float):
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        return torch.sin(self.rate * x)


def long_convolution(x: Tensor, h: Tensor, first: int) -> Tensor:
    """Return y (N, C, L), y_t = sum over lags of h_lag x_(t - lag), channel by channel, by the fast Fourier transform.

    x : (N, C, L), zero outside. h : (C, lags), for the lags `first`, `first` + 1, ..., none beyond L - 1 either way.
    Takes L log L steps where the sum takes L^2.
    """
    length = x.shape[-1]
    n = 2 * length  # a circle so wide that no lag comes around it
    places = torch.arange(first, first + h.shape[-1], device=h.device) % n
    circle = torch.zeros(h.shape[0], n, device=h.device, dtype=h.dtype).index_copy(1, places, h)
    spectrum = torch.fft.rfft(x, n) * torch.fft.rfft(circle, n)
    return torch.fft.irfft(spectrum, n)[..., :length]
