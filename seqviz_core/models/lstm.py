"""A convolution stem (optional) and an LSTM that reads along it; DanQ's shape (Quang & Xie 2016), small."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..settings import setting
from .architecture import architecture
from .internals import Span
from .layers import ACTIVATIONS, AttentionPooling, Stem
from .recurrent import GatedLSTM


@dataclass(frozen=True)
class LSTMConfig:
    units: int = setting(32, "LSTM units", help="Memory cells per direction", low=1, high=512)
    bidirectional: bool = setting(True, "Read in both directions")
    forget_bias: float = setting(1.0, "Forget bias", low=-2.0, high=6.0,
                                 help="Start of the forget gate: at 0 it forgets as fast as a plain RNN")
    read_out: str = setting("mean", "Read-out", choices=("last", "max", "mean", "attention"),
                            help="Which hidden states decide: the last one, the largest, the mean, or a learned weighting")
    stem_filters: int = setting(48, "Stem filters", low=0, high=512,
                                help="0: the LSTM reads raw bases, on which it stays at chance on most tasks")
    stem_width: int = setting(19, "Stem filter width", help="Bases a stem filter sees", low=2, high=50)
    stem_activation: str = setting("relu", "Stem activation", choices=ACTIVATIONS)
    stem_pool: int = setting(5, "Stem pooling", help="Positions taken together before the LSTM reads", low=1, high=50)
    dropout: float = setting(0.0, "Dropout", low=0.0, high=0.9)


@architecture("lstm", label="LSTM", config=LSTMConfig,
              presets={"teaching": LSTMConfig(),
                       "raw bases": LSTMConfig(stem_filters=0, bidirectional=False, read_out="last", forget_bias=2.0)},
              summary="Reads along the sequence and keeps what it has seen in memory cells, behind gates.",
              description="A convolution finds short patterns, then an LSTM reads them in order. At every step its gates "
                          "decide what to forget, what to write into the memory cells and what to show; the hidden states "
                          "are combined into one answer. With the stem it is DanQ's shape, small; without one it reads raw "
                          "bases.",
              good_for="order and distance of motifs", not_for="raw bases without a stem, on which it hardly learns",
              reference="Hochreiter & Schmidhuber 1997, Neural Comput, 10.1162/neco.1997.9.8.1735; "
                        "Quang & Xie 2016, Nucleic Acids Res, 10.1093/nar/gkw226",
              learning_rate=5e-3, epochs=20, order=2)
class LSTMReader(nn.Module):
    """Stem (or the raw bases), LSTM, read-out over positions, linear."""

    def __init__(self, config: LSTMConfig, n_outputs: int, length: int):
        super().__init__()
        self.stem = Stem(config.stem_filters, config.stem_width, config.stem_activation,
                         config.stem_pool) if config.stem_filters else None
        span = self.stem.span if self.stem is not None else Span()
        self.lstm = GatedLSTM(config.stem_filters or 4, config.units, bidirectional=config.bidirectional,
                              forget_bias=config.forget_bias, span=span)
        features = config.units * (2 if config.bidirectional else 1)
        self.how = config.read_out
        self.attention = AttentionPooling(features, span) if self.how == "attention" else None
        self.dropout = nn.Dropout(config.dropout)
        self.read_out = nn.Linear(features, n_outputs)

    @property
    def first_conv(self) -> nn.Conv1d | None:
        return self.stem.conv if self.stem is not None else None

    @property
    def first_map(self) -> str | None:
        return "stem" if self.stem is not None else None

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, n_outputs)
        x = self.stem(X) if self.stem is not None else X
        h = self.lstm(x.transpose(1, 2))  # (N, P, features)
        return self.read_out(self.dropout(self._over_positions(h)))

    def _over_positions(self, h: Tensor) -> Tensor:  # (N, P, features) -> (N, features)
        if self.how == "last":  # the reverse direction ends at the first position
            return torch.cat([h[:, -1, :self.lstm.units], h[:, 0, self.lstm.units:]], dim=-1)
        if self.how == "attention":
            return self.attention(h.transpose(1, 2))
        return h.amax(1) if self.how == "max" else h.mean(1)
