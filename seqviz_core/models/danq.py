"""DanQ (Quang & Xie 2016): convolution, pooling, bidirectional LSTM, and a dense layer over all its hidden states."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..motifs import jaspar
from ..settings import setting
from .architecture import Published, architecture, fill_uniform
from .internals import Span
from .layers import ACTIVATIONS, FlattenTo, Stem
from .recurrent import GatedLSTM


@dataclass(frozen=True)
class DanQConfig:
    filters: int = setting(48, "Filters", low=2, high=2048)
    width: int = setting(16, "Filter width", help="Bases a filter sees", low=2, high=50)
    activation: str = setting("relu", "Activation", choices=ACTIVATIONS)
    padding: str = setting("same", "Ends of the sequence", choices=("same", "valid"),
                           help="same: filters reach over both ends, every base has a column; valid: only where a filter fits "
                                "whole, as published")
    pool: int = setting(10, "Pooling", help="Positions taken together before the LSTM reads", low=1, high=50)
    units: int = setting(32, "LSTM units", help="Memory cells per direction", low=1, high=1024)
    forget_bias: float = setting(1.0, "Forget bias", low=-2.0, high=6.0,
                                 help="Start of the forget gate: at 0 it forgets as fast as a plain RNN")
    hidden: int = setting(64, "Dense units", help="They see the hidden states of all positions, each with its own weights",
                          low=1, high=2048)
    stem_dropout: float = setting(0.0, "Dropout before the LSTM", low=0.0, high=0.9)
    dropout: float = setting(0.2, "Dropout behind the LSTM", low=0.0, high=0.9)
    from_jaspar: bool = setting(False, "Start filters from JASPAR",
                                help="Half of the filters begin as motifs of the bundled library, drawn by the seed")


DANQ = DanQConfig(filters=320, width=26, padding="valid", pool=13, units=320, hidden=925, stem_dropout=0.2, dropout=0.5)
DANQ_JASPAR = DanQConfig(filters=1024, width=30, padding="valid", pool=15, units=512, hidden=925, stem_dropout=0.2, dropout=0.5,
                         from_jaspar=True)
BIASES = "{} as published, and {} more since PyTorch's LSTM has two bias vectors where Keras has one. No padding; pools are full."


@architecture("danq", label="DanQ", config=DanQConfig, presets={"teaching": DanQConfig()},
              published={
                  "DanQ": Published(DANQ, 919, 1000, 46_926_479 + 2_560, BIASES.format("46,926,479", "2,560")),
                  "DanQ-JASPAR": Published(DANQ_JASPAR, 919, 1000, 67_892_175 + 4_096, BIASES.format("67,892,175", "4,096"))},
              summary="Filters find motifs, an LSTM reads them in both directions, a dense layer sees all it remembered.",
              description="A convolution scans for motifs and keeps the best hit of each stretch of a few bases. A bidirectional "
                          "LSTM then reads these hits from both ends and learns how they follow each other, a regulatory "
                          "grammar. The hidden states of all positions go side by side into one dense layer, so that it also "
                          "knows where something was. Half of the filters can be started from known JASPAR motifs.",
              good_for="motifs whose order, distance or place in the sequence matters",
              not_for="sequences longer than those it was trained on: each position has weights of its own",
              reference="Quang & Xie 2016, Nucleic Acids Res, 10.1093/nar/gkw226",
              learning_rate=2e-3, epochs=20, order=23)
class DanQ(nn.Module):
    """Convolution, pooling, bidirectional LSTM, flatten, dense layer, linear."""

    first_map = "stem"

    def __init__(self, config: DanQConfig, n_outputs: int, length: int):
        super().__init__()
        self.stem = DanQStem(config)
        self.lstm = GatedLSTM(config.filters, config.units, bidirectional=True, forget_bias=config.forget_bias,
                              span=self.stem.span)
        self.dropout = nn.Dropout(config.dropout)
        positions = self.stem.positions(length)
        self.head = nn.Sequential(FlattenTo(positions, length), nn.Linear(2 * config.units * positions, config.hidden), nn.ReLU(),
                                  nn.Linear(config.hidden, n_outputs))

    @property
    def first_conv(self) -> nn.Conv1d:
        return self.stem.conv

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, n_outputs)
        h = self.lstm(self.stem(X).transpose(1, 2))  # (N, P, 2 units)
        return self.head(self.dropout(h).transpose(1, 2))


class DanQStem(Stem):
    """The convolution over the bases, half of its filters started from JASPAR where that is asked for.

    Valid: the map is shown for every base, but the LSTM reads only where a filter fits whole, and only full pools. A sequence
    too short for one full pool is read as it is.
    """

    def __init__(self, config: DanQConfig):
        super().__init__(config.filters, config.width, config.activation, config.pool)
        self.width, self.stride, self.valid = config.width, config.pool, config.padding == "valid"
        self.from_jaspar = config.from_jaspar
        self.dropout = nn.Dropout(config.stem_dropout)
        if self.valid:
            self.span = Span(config.pool, 0, config.width + config.pool - 1)

    def positions(self, length: int) -> int:
        """Return how many positions the LSTM reads of `length` bases."""
        whole = (length - self.width + 1) // self.stride
        return whole if self.valid and whole >= 1 else math.ceil(length / self.stride)

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, filters, positions(L))
        hits, length = self.map_of(X), X.shape[-1]  # (N, filters, L)
        if self.valid and length >= self.width - 1 + self.stride:
            hits = hits[..., self.conv.left:self.conv.left + self.positions(length) * self.stride]
        return self.dropout(self.pool(hits))

    def initialise(self, generator: torch.Generator) -> None:
        """Fill the weights as a convolution's; then, if asked for, write motifs into the first half of the filters."""
        fill_uniform(self.conv.parameters(), 1 / math.sqrt(4 * self.width), generator)
        if self.from_jaspar:
            write_motifs(self.conv, self.conv.out_channels // 2, generator)


@torch.no_grad()
def write_motifs(conv: nn.Conv1d, n: int, generator: torch.Generator) -> None:
    """Make JASPAR motifs of the first `n` filters: probabilities minus 1/4 at a random place, bias from U(-1, 0).

    Motifs that fit the filter's width are drawn without repetition; the rest of such a filter is zero (Quang & Xie 2016,
    DanQ-JASPAR).
    """
    width = conv.kernel_size[0]
    fitting = [motif for motif in jaspar().values() if motif.width <= width]
    drawn = torch.randperm(len(fitting), generator=generator)[:n].tolist()
    for row, index in enumerate(drawn):
        motif = fitting[index]
        start = int(torch.randint(0, width - motif.width + 1, (), generator=generator))
        conv.weight[row] = 0
        conv.weight[row, :, start:start + motif.width] = torch.from_numpy(motif.ppm() - 0.25)
    conv.bias[:len(drawn)].uniform_(-1, 0, generator=generator)
