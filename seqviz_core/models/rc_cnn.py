"""A CNN that reads both strands with the same filters, so that a sequence and its reverse complement get one answer."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..errors import SeqVizError
from ..settings import setting
from .architecture import architecture
from .conv_blocks import MAP_AXES, dense
from .internals import Probe
from .layers import ACTIVATIONS, GlobalMaxPool, SameConv1d, make_activation, same_span


@dataclass(frozen=True)
class RcCNNConfig:
    filters: int = setting(32, "Filters", help="Each is used on both strands", low=1, high=512)
    width: int = setting(19, "Filter width", help="Bases a filter sees; an odd number, so that both strands are centred alike",
                         low=3, high=49)
    activation: str = setting("exponential", "Activation", choices=ACTIVATIONS)
    hidden: int = setting(0, "Hidden units", help="0: the filters' hits are weighted directly", low=0, high=512)
    dropout: float = setting(0.0, "Dropout", low=0.0, high=0.9)


@architecture("rc_cnn", label="Strand-shared CNN", config=RcCNNConfig, presets={"teaching": RcCNNConfig()},
              summary="Each filter reads both strands with the same weights; a sequence and its reverse complement get one "
                      "answer.",
              description="A motif on the other strand is the same motif, but to a plain convolution it is another pattern that "
                          "needs a filter of its own. Here each filter is laid on both strands, its weights turned round for "
                          "the second, and the better of the two hits counts. The number of weights stays, each filter learns "
                          "from sites on both strands, and the answer to a reverse complement is the same by construction.",
              good_for="motifs that may stand on either strand, above all with few sequences",
              not_for="what depends on the strand, such as splice sites or RNA",
              reference="Shrikumar, Greenside & Kundaje 2017, bioRxiv, 10.1101/103663; "
                        "Alipanahi et al. 2015, Nat Biotechnol, 10.1038/nbt.3300",
              learning_rate=2e-3, epochs=15, order=20)
class RcCNN(nn.Module):
    """One convolution on both strands, activation, the maximum over positions and strands, linear (or one hidden layer)."""

    first_map = "forward_strand"
    first_maps = ("forward_strand", "reverse_strand")  # the same filters on both

    def __init__(self, config: RcCNNConfig, n_outputs: int, length: int):
        super().__init__()
        if config.width % 2 == 0:
            raise SeqVizError(f"Filter width: {config.width} is even; with an odd one both strands are centred on the same base.")
        self.first_conv = SameConv1d(4, config.filters, config.width)
        self.activation = make_activation(config.activation)
        self.forward_strand = Probe("feature_map", MAP_AXES, same_span(config.width))
        self.reverse_strand = Probe("feature_map", MAP_AXES, same_span(config.width))
        self.best_hit = GlobalMaxPool()
        self.dropout = nn.Dropout(config.dropout)
        self.hidden = dense(config.filters, config.hidden) if config.hidden else nn.Identity()
        self.read_out = nn.Linear(config.hidden or config.filters, n_outputs)

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, n_outputs)
        both = torch.cat([X, reverse_complement(X)])
        there, back = self.activation(self.first_conv(both)).chunk(2)  # each (N, filters, L)
        maps = torch.cat([self.forward_strand(there), self.reverse_strand(back.flip(-1))], dim=-1)  # under the same bases
        return self.read_out(self.hidden(self.dropout(self.best_hit(maps))))


def reverse_complement(X: Tensor) -> Tensor:
    """Return one-hot X (N, 4, L) of the other strand: A and T, C and G are opposite in the order ACGT."""
    return X.flip(1, 2)
