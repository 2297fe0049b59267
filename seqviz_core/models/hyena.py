"""A HyenaDNA-like model (Nguyen et al. 2023): layers of gated convolutions as long as the sequence, at every single base."""

from dataclasses import dataclass

from torch import Tensor, nn

from ..settings import setting
from .architecture import architecture
from .internals import Probe, Span
from .layers import ACTIVATIONS, Stem
from .long_convolution import HyenaOperator
from .per_base import AnswerPerBase


@dataclass(frozen=True)
class HyenaConfig:
    width: int = setting(32, "Width", help="Numbers per base", low=4, high=512)
    layers: int = setting(2, "Layers", low=1, high=12)
    causal: bool = setting(False, "Hear only what came before",
                           help="As in a language model, such as HyenaDNA; off: every base hears both sides")
    filter_units: int = setting(32, "Filter network units", help="Hidden units of the small network that makes the long filters",
                                low=2, high=256)
    sine_rate: float = setting(10.0, "Sine rate", help="How fast the long filters can change from one lag to the next",
                               low=0.1, high=100.0)
    stem_width: int = setting(19, "Stem filter width", help="Bases a stem filter sees; 1 reads single bases, as HyenaDNA does",
                              low=1, high=50)
    stem_activation: str = setting("exponential", "Stem activation", choices=ACTIVATIONS)
    read_out: str = setting("max", "Read-out", choices=("max", "mean", "last"),
                            help="Over the bases, for one answer per sequence; last: what the last base has heard")
    dropout: float = setting(0.0, "Dropout", low=0.0, high=0.9)


@architecture("hyena", label="Long convolution", config=HyenaConfig,
              presets={"teaching": HyenaConfig(), "causal": HyenaConfig(causal=True, read_out="last")},
              summary="Filters as long as the sequence, made by a small network, behind gates: far sight at little cost.",
              description="Each layer convolves the sequence with filters as long as itself. A small network makes them from the "
                          "distance alone, so that they need few weights, and a window lets them fade. Two gates, computed from "
                          "the bases at hand, decide what goes in and what comes out. A fast Fourier transform makes the cost "
                          "grow little more than with the length, where attention's grows with its square.",
              good_for="long sequences at the resolution of single bases",
              not_for="showing what looks at what: there is no attention pattern to draw",
              reference="Poli et al. 2023, ICML, arXiv 2302.10866; Nguyen et al. 2023 (HyenaDNA), NeurIPS, arXiv 2306.15794",
              learning_rate=3e-3, epochs=10, per_position=True, order=42)
class Hyena(nn.Module):
    """Stem without pooling, pre-norm layers of Hyena operators, read-out over bases (or every base), linear."""

    first_map = "stem"

    def __init__(self, config: HyenaConfig, n_outputs: int, length: int, per_position: bool = False):
        super().__init__()
        self.stem = Stem(config.width, config.stem_width, config.stem_activation, 1)
        self.layers = [f"layer{i + 1}" for i in range(config.layers)]
        for name in self.layers:
            self.add_module(name, HyenaLayer(config, length, self.stem.span))
        self.norm = nn.LayerNorm(config.width)
        self.how = "per base" if per_position else config.read_out
        self.read_out = (AnswerPerBase if per_position else nn.Linear)(config.width, n_outputs)

    @property
    def first_conv(self) -> nn.Conv1d:
        return self.stem.conv

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, n_outputs) or (N, n_outputs, L)
        x = self.stem(X).transpose(1, 2)  # (N, L, width)
        for name in self.layers:
            x = self.get_submodule(name)(x)
        x = self.norm(x).transpose(1, 2)  # (N, width, L)
        if self.how == "per base":
            return self.read_out(x, 1, X.shape[-1])
        return self.read_out({"max": lambda: x.amax(-1), "mean": lambda: x.mean(-1), "last": lambda: x[..., -1]}[self.how]())


class HyenaLayer(nn.Module):
    """Hyena operator and a two-layer perceptron, each added to what came in, normalised before."""

    def __init__(self, config: HyenaConfig, reach: int, span: Span):
        super().__init__()
        width = config.width
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.hyena = HyenaOperator(width, config.filter_units, config.sine_rate, reach, config.causal)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
        self.dropout1, self.dropout2 = nn.Dropout(config.dropout), nn.Dropout(config.dropout)
        self.embedding = Probe("embedding", ("sequence", "feature", "position"), span)

    def forward(self, x: Tensor) -> Tensor:  # (N, L, width) -> (N, L, width)
        x = x + self.dropout1(self.hyena(self.norm1(x)))
        x = x + self.dropout2(self.mlp(self.norm2(x)))
        return self.embedding(x.transpose(1, 2)).transpose(1, 2)
