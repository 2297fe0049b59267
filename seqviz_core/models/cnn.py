"""DeepBind's shape (Alipanahi et al. 2015): one layer of filters, the best hit of each, a linear read-out."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..settings import setting
from .architecture import Published, architecture
from .internals import Probe
from .layers import ACTIVATIONS, SameConv1d, make_activation, same_span


@dataclass(frozen=True)
class CNNConfig:
    filters: int = setting(32, "Filters", help="How many patterns it can learn", low=1, high=512)
    width: int = setting(19, "Filter width", help="Bases a filter sees", low=2, high=50)
    activation: str = setting("exponential", "First-layer activation", choices=ACTIVATIONS,
                              help="exponential tends to give whole motifs, relu is DeepBind's")
    pool: str = setting("max", "Pooling over all positions", choices=("max", "max and mean"),
                        help="The best hit of each filter, or also its average")
    hidden: int = setting(0, "Hidden units", help="0: the filters' hits are weighted directly", low=0, high=512)
    dropout: float = setting(0.0, "Dropout", low=0.0, high=0.9)


NOTE = "Motif length 24, 16 filters, one output, the largest hit only; pooled by maximum and mean, the second has 2,641."
PUBLISHED = {"DeepBind, direct": Published(CNNConfig(filters=16, width=24, activation="relu"), 1, 101, 1_569, NOTE),
             "DeepBind, hidden layer": Published(CNNConfig(filters=16, width=24, activation="relu", hidden=32), 1, 101, 2_129,
                                                 NOTE)}


@architecture("cnn", label="CNN", config=CNNConfig, published=PUBLISHED,
              presets={"teaching": CNNConfig(), "deepbind": CNNConfig(filters=16, width=24, activation="relu")},
              summary="Filters slide along the sequence; the best hit of each filter decides (DeepBind).",
              description="Each filter is a small weight matrix that slides along the sequence and scores every window, as a PWM "
                          "scan does. Only the best score of each filter is kept, wherever it stands, and a linear layer weighs "
                          "these scores. It is the smallest model that can learn a motif, and the easiest one to read.",
              good_for="short motifs, wherever they stand", not_for="order and distance between motifs",
              reference="Alipanahi et al. 2015, Nat Biotechnol, 10.1038/nbt.3300",
              learning_rate=2e-3, epochs=20, order=1)
class CNN(nn.Module):
    """Convolution, activation, global pooling, linear (or one hidden layer)."""

    first_map = "conv"

    def __init__(self, config: CNNConfig, n_outputs: int, length: int):
        super().__init__()
        self.first_conv = SameConv1d(4, config.filters, config.width)
        self.activation = make_activation(config.activation)
        self.conv = Probe("feature_map", ("sequence", "filter", "position"), same_span(config.width))
        self.with_mean = config.pool == "max and mean"
        self.dropout = nn.Dropout(config.dropout)
        pooled = config.filters * (2 if self.with_mean else 1)
        self.read_out = nn.Linear(pooled, n_outputs) if not config.hidden else nn.Sequential(
            nn.Linear(pooled, config.hidden), nn.ReLU(), nn.Linear(config.hidden, n_outputs))

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, n_outputs)
        hits = self.conv(self.activation(self.first_conv(X)))  # (N, filters, L)
        pooled = hits.amax(-1)
        if self.with_mean:
            pooled = torch.cat([pooled, hits.mean(-1)], dim=1)
        return self.read_out(self.dropout(pooled))
