"""Enformer (Avsec et al. 2021): a tower of convolutions and attention pooling down to bins, a transformer over the bins."""

import math
from dataclasses import dataclass

from torch import Tensor, nn

from ..errors import SeqVizError
from ..settings import setting
from .architecture import Published, architecture
from .enformer_blocks import BASES, EnformerLayer, NormConv, PairPooling, Residual
from .internals import Probe, Span
from .layers import ACTIVATIONS, SameConv1d, make_activation, same_span
from .per_base import AnswerPerBase


@dataclass(frozen=True)
class EnformerConfig:
    width: int = setting(48, "Width", help="Numbers per bin; the stem has half as many filters", low=12, high=1536)
    stem_width: int = setting(15, "Stem filter width", help="Bases a stem filter sees", low=2, high=50)
    stem_activation: str = setting("exponential", "Stem activation", choices=ACTIVATIONS, help="linear as published")
    blocks: int = setting(1, "Convolution blocks", help="Each halves the positions, and so did the stem: 1 makes bins of 4 bases",
                          low=0, high=6)
    layers: int = setting(2, "Attention layers", low=1, high=11)
    heads: int = setting(4, "Heads per layer", help="The width for each must be a multiple of 6", low=1, high=16)
    key: int = setting(16, "Key size", help="Numbers of a query and a key", low=2, high=128)
    read_out: str = setting("max", "Read-out", choices=("max", "mean"), help="Over the bins, for one answer per sequence")
    dropout: float = setting(0.0, "Dropout", low=0.0, high=0.9)


PAPER = EnformerConfig(width=1536, stem_activation="linear", blocks=6, layers=11, heads=8, key=64, read_out="mean", dropout=0.4)
NOTE = ("Counted from the layers, with the human head of 5,313 tracks only; the page of the model says 246 million. The "
        "published answer is one value a track for each of the 896 central bins of 128 bases, behind a softplus; here all "
        "1,536 bins answer, each for its bases, and the numbers are logits.")


@architecture("enformer", label="Enformer", config=EnformerConfig, presets={"teaching": EnformerConfig()},
              published={"Enformer": Published(PAPER, 5313, 196_608, 246_172_353, NOTE, per_position=True)},
              summary="Convolutions condense the sequence into bins; every bin then looks at all others, however far.",
              description="Convolutions with pooling in between condense the sequence step by step into bins, and a transformer "
                          "lets every bin look at all others, near or far: an enhancer's bin can inform a promoter's. "
                          "Attention is told the distance between two bins by smooth functions of it. Pooling is learned too, "
                          "a weighted mean of neighbours. The published one reads 196,608 bases; this one is small.",
              good_for="elements that work together over a distance",
              not_for="answers for single bases: all bases of a bin get the same one",
              reference="Avsec et al. 2021, Nat Methods, 10.1038/s41592-021-01252-x",
              learning_rate=2e-3, epochs=12, per_position=True, order=41)
class Enformer(nn.Module):
    """Stem, blocks of convolution and pooling, transformer, pointwise layer, read-out over bins (or every bin)."""

    first_map = "stem_map"

    def __init__(self, config: EnformerConfig, n_outputs: int, length: int, per_position: bool = False):
        super().__init__()
        check_width(config)
        widths = tower_widths(config.width, config.blocks)
        self.first_conv = SameConv1d(4, widths[0], config.stem_width)
        self.activation = make_activation(config.stem_activation)
        self.stem_map = Probe("feature_map", ("sequence", "filter", "position"), same_span(config.stem_width))
        self.stem = nn.Sequential(Residual(NormConv(widths[0], widths[0], 1)), PairPooling(widths[0]))
        self.span = self.stem_map.span.then(2, stride=2)
        self.blocks = [f"block{i + 1}" for i in range(config.blocks)]
        for name, (before, after) in zip(self.blocks, zip(widths, widths[1:])):
            block = TowerBlock(before, after, self.span)
            self.add_module(name, block)
            self.span = block.span
        tokens = math.ceil(length / self.span.stride)
        self.layers = [f"layer{i + 1}" for i in range(config.layers)]
        for name in self.layers:
            self.add_module(name, EnformerLayer(config.width, config.heads, config.key, tokens, self.span, config.dropout))
        self.pointwise = nn.Sequential(NormConv(config.width, 2 * config.width, 1), nn.Dropout(config.dropout / 8), nn.GELU())
        self.how = "per base" if per_position else config.read_out
        self.read_out = (AnswerPerBase if per_position else nn.Linear)(2 * config.width, n_outputs)

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, n_outputs) or (N, n_outputs, L)
        x = self.stem(self.stem_map(self.activation(self.first_conv(X))))
        for name in self.blocks:
            x = self.get_submodule(name)(x)
        x = x.transpose(1, 2)  # (N, bins, width)
        for name in self.layers:
            x = self.get_submodule(name)(x)
        x = self.pointwise(x.transpose(1, 2))  # (N, 2 width, bins)
        if self.how == "per base":
            return self.read_out(x, self.span.stride, X.shape[-1])
        return self.read_out(x.amax(-1) if self.how == "max" else x.mean(-1))


class TowerBlock(nn.Module):
    """Convolution of width 5, a pointwise one added to it, attention pooling by two."""

    def __init__(self, channels: int, filters: int, span: Span):
        super().__init__()
        self.conv, self.residual = NormConv(channels, filters, 5), Residual(NormConv(filters, filters, 1))
        self.probe = Probe("feature_map", ("sequence", "filter", "position"), span.then(5, padding=2))
        self.pool = PairPooling(filters)
        self.span = self.probe.span.then(2, stride=2)

    def forward(self, x: Tensor) -> Tensor:  # (N, channels, P) -> (N, filters, ceil(P / 2))
        return self.pool(self.probe(self.residual(self.conv(x))))


def tower_widths(width: int, blocks: int) -> list[int]:
    """Return the filters of the stem and of each block: from half the width to all of it by equal factors, in twelfths of it."""
    if not blocks:
        return [width]
    twelfth, steps = width / 12, max(blocks - 1, 1)
    grown = [width / 2 * 2 ** (i / steps) for i in range(blocks)]
    return [width // 2, *(int(round(w / twelfth) * twelfth) for w in grown[:-1]), width]


def check_width(config: EnformerConfig) -> None:
    """Raise SeqVizError where the heads do not share the width in multiples of 6, the families of distance functions."""
    if config.width % (2 * BASES * config.heads) or config.width % 12:
        raise SeqVizError(f"Width: {config.width} with {config.heads} heads does not work; the width must be a multiple of 12 "
                          f"and of 6 times the heads, such as {12 * config.heads} or {24 * config.heads}.")
