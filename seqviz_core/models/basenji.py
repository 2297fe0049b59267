"""A tower like Basenji's (Kelley et al. 2018), small: convolutions down to bins, dilated residual blocks, a profile."""

from dataclasses import dataclass

from torch import Tensor, nn

from ..settings import setting
from .architecture import architecture
from .conv_blocks import MAP_AXES, ConvBlock, ConvLayer, global_head
from .internals import Probe, Span
from .layers import ACTIVATIONS, SameConv1d
from .per_base import AnswerPerBase


@dataclass(frozen=True)
class BasenjiConfig:
    filters: int = setting(32, "Filters", help="Of every layer", low=2, high=512)
    width: int = setting(15, "Filter width of the first layer", help="Bases a filter sees; 5 behind it", low=2, high=50)
    activation: str = setting("relu", "First-layer activation", choices=ACTIVATIONS)
    tower: int = setting(2, "Tower layers", help="Each halves the positions: with 2, a bin holds 4 bases; with 7, 128",
                         low=1, high=8)
    dilated: int = setting(3, "Dilated blocks", help="Dilation 1, 2, 4, ...: each doubles how far a bin sees", low=1, high=8)
    dropout: float = setting(0.1, "Dropout", help="In each dilated block", low=0.0, high=0.9)
    read_out: str = setting("max", "Read-out", choices=("max", "mean"),
                            help="Over all bins, for a task with one answer per sequence")


@architecture("basenji", label="Basenji-like tower", config=BasenjiConfig, per_position=True,
              presets={"teaching": BasenjiConfig()},
              summary="Convolutions and pooling down to bins, dilated blocks that let bins see far, a profile over the bins.",
              description="A tower of convolutions and pooling turns bases into bins, as coarse as the signal that is predicted. "
                          "Dilated blocks then let every bin look around, twice as far with each block at the same cost, and add "
                          "what they find to what the bin knew. A profile over the bins comes out, one number per bin and track, "
                          "and all bases of a bin share it. Basenji itself is far larger; this one trains on a laptop.",
              good_for="a signal along the sequence, such as coverage, and elements that act from afar",
              not_for="an answer that differs from base to base, since the bases of a bin share theirs",
              reference="Kelley et al. 2018, Genome Res, 10.1101/gr.227819.117",
              learning_rate=2e-3, epochs=12, order=27)
class Basenji(nn.Module):
    """Convolution blocks with batch normalisation, each pooled by 2; dilated residual blocks; profile head."""

    first_map = "conv1"

    def __init__(self, config: BasenjiConfig, n_outputs: int, length: int, per_position: bool):
        super().__init__()
        self.blocks, channels, span = [], 4, Span()
        for i in range(config.tower):
            width, activation = (5, "relu") if i else (config.width, config.activation)
            layer = ConvLayer(config.filters, width, 2, activation=activation, norm=True)
            span = self._add(f"conv{i + 1}", ConvBlock(channels, layer, span))
            channels = config.filters
        for i in range(config.dilated):
            span = self._add(f"dilated{i + 1}", DilatedBlock(channels, 2**i, config.dropout, span))
        self.bin = span.stride
        self.head = (AnswerPerBase(channels, n_outputs) if per_position
                     else global_head(channels, n_outputs, config.read_out))

    def _add(self, name: str, block: nn.Module) -> Span:
        self.blocks.append(name)
        self.add_module(name, block)
        return block.span

    @property
    def first_conv(self) -> nn.Conv1d:
        return self.conv1.conv

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, n_outputs), or (N, n_outputs, L)
        x = X
        for name in self.blocks:
            x = self.get_submodule(name)(x)
        return self.head(x, self.bin, X.shape[-1]) if isinstance(self.head, AnswerPerBase) else self.head(x)


class DilatedBlock(nn.Module):
    """x + dropout(f(x)), f being a dilated convolution of width 3 and one of width 1, normalised, ReLU in between."""

    def __init__(self, channels: int, dilation: int, dropout: float, span: Span):
        super().__init__()
        look = SameConv1d(channels, channels, 3, dilation=dilation)
        self.change = nn.Sequential(nn.ReLU(), look, nn.BatchNorm1d(channels), nn.ReLU(), nn.Conv1d(channels, channels, 1),
                                    nn.BatchNorm1d(channels), nn.Dropout(dropout))
        self.in_words = f"residual block, convolutions of width 3 (dilation {dilation}) and 1"
        self.span = span.then(3, padding=look.left, dilation=dilation)
        self.probe = Probe("feature_map", MAP_AXES, self.span)

    def forward(self, x: Tensor) -> Tensor:  # (N, channels, bins) -> (N, channels, bins)
        return self.probe(x + self.change(x))
