"""What every recurrent reader shares: a convolution stem (optional), one recurrent layer, a read-out over its hidden states."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..settings import setting
from .internals import Span
from .layers import ACTIVATIONS, AttentionPooling, Stem
from .per_base import AnswerPerBase
from .recurrent import Recurrence


@dataclass(frozen=True)
class ReaderConfig:
    """Settings of every recurrent reader; a cell may add its own."""

    units: int = setting(32, "Recurrent units", help="Numbers it remembers, per direction", low=1, high=512)
    bidirectional: bool = setting(True, "Read in both directions")
    read_out: str = setting("mean", "Read-out", choices=("last", "max", "mean", "attention"),
                            help="Which hidden states decide: the last one, the largest, the mean, or a learned weighting")
    stem_filters: int = setting(48, "Stem filters", low=0, high=512,
                                help="0: it reads raw bases, which it learns slowly or not at all")
    stem_width: int = setting(19, "Stem filter width", help="Bases a stem filter sees", low=2, high=50)
    stem_activation: str = setting("relu", "Stem activation", choices=ACTIVATIONS)
    stem_pool: int = setting(5, "Stem pooling", help="Positions taken together before it reads", low=1, high=50)
    dropout: float = setting(0.0, "Dropout", low=0.0, high=0.9)


class RecurrentReader(nn.Module):
    """Stem (or the raw bases), recurrent layer, read-out over positions, linear; per base: linear on every hidden state.

    layer : the attribute that holds the recurrent layer, so that its probes are called lstm.left_to_right.i and so on.
    make_layer : its constructor, called with the number of inputs and the span of one step.
    pooling : the constructor of the attention read-out, called with the number of features and the span.
    """

    def __init__(self, layer: str, make_layer: Callable[[int, Span], Recurrence], config: ReaderConfig, n_outputs: int,
                 per_position: bool, pooling: Callable[[int, Span], nn.Module] = AttentionPooling):
        super().__init__()
        self.stem = Stem(config.stem_filters, config.stem_width, config.stem_activation,
                         config.stem_pool) if config.stem_filters else None
        self.span = self.stem.span if self.stem is not None else Span()
        self.layer = layer
        self.add_module(layer, make_layer(config.stem_filters or 4, self.span))
        features = config.units * (2 if config.bidirectional else 1)
        self.how = "per base" if per_position else config.read_out
        self.attention = pooling(features, self.span) if self.how == "attention" else None
        self.dropout = nn.Dropout(config.dropout)
        self.read_out = (AnswerPerBase(features, n_outputs, config.stem_filters) if per_position
                         else nn.Linear(features, n_outputs))

    @property
    def first_conv(self) -> nn.Conv1d | None:
        return self.stem.conv if self.stem is not None else None

    @property
    def first_map(self) -> str | None:
        return "stem" if self.stem is not None else None

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, n_outputs) or (N, n_outputs, L)
        fine = self.stem.map_of(X) if self.stem is not None else None  # (N, filters, L)
        x = self.stem.pool(fine) if self.stem is not None else X
        h = self.get_submodule(self.layer)(x.transpose(1, 2))  # (N, P, features)
        if self.how == "per base":
            return self.read_out(self.dropout(h).transpose(1, 2), self.span.stride, X.shape[-1], fine)
        return self.read_out(self.dropout(self._over_positions(h)))

    def _over_positions(self, h: Tensor) -> Tensor:  # (N, P, features) -> (N, features)
        if self.how == "last":  # the reverse direction ends at the first position
            units = self.get_submodule(self.layer).units
            return torch.cat([h[:, -1, :units], h[:, 0, units:]], dim=-1)
        if self.how == "attention":
            return self.attention(h.transpose(1, 2))
        return h.amax(1) if self.how == "max" else h.mean(1)
