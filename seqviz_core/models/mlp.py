"""Fully connected layers on the whole sequence: what one would do without convolutions, and why one does not."""

from dataclasses import dataclass

from torch import Tensor, nn

from ..settings import setting
from .architecture import architecture
from .conv_blocks import dense
from .internals import Probe, Span
from .layers import FlattenTo


@dataclass(frozen=True)
class MLPConfig:
    hidden: int = setting(128, "Hidden units", help="Of each layer", low=2, high=1024)
    layers: int = setting(2, "Hidden layers", low=1, high=4)
    dropout: float = setting(0.1, "Dropout", help="Behind each layer", low=0.0, high=0.9)


@architecture("mlp", label="Fully connected", config=MLPConfig, presets={"teaching": MLPConfig()},
              summary="Every unit has a weight for every base at every position; a motif has to be learned anew wherever it "
                      "stands.",
              description="The sequence is laid out as one long list of numbers, and every hidden unit has a weight for each "
                          "base at each position. It can learn that a base at position 31 matters, as in aligned splice sites, "
                          "but a motif that may stand anywhere has to be learned again for each place, from the few sequences "
                          "that have it there. What a convolution gains by sliding one filter along shows in comparison.",
              good_for="aligned sequences, where what stands where is what matters",
              not_for="motifs that may stand anywhere, and sequences longer than those it was trained on",
              reference="Rumelhart, Hinton & Williams 1986, Nature, 10.1038/323533a0",
              learning_rate=1e-3, epochs=15, order=10)
class MLP(nn.Module):
    """Flattened one-hot sequence, dense layers, linear."""

    def __init__(self, config: MLPConfig, n_outputs: int, length: int):
        super().__init__()
        self.flatten = FlattenTo(length, length)
        sizes = [4 * length, *[config.hidden] * config.layers]
        self.layers = [f"hidden{i + 1}" for i in range(config.layers)]
        for name, inputs in zip(self.layers, sizes):
            self.add_module(name, HiddenLayer(inputs, config.hidden, config.dropout, length))
        self.read_out = nn.Linear(config.hidden, n_outputs)

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, n_outputs)
        x = self.flatten(X)
        for name in self.layers:
            x = self.get_submodule(name)(x)
        return self.read_out(x)


class HiddenLayer(nn.Module):
    """A dense layer whose probe shows it as one position that sees the whole sequence."""

    def __init__(self, inputs: int, units: int, dropout: float, length: int):
        super().__init__()
        self.dense = dense(inputs, units, dropout=dropout)
        self.probe = Probe("embedding", ("sequence", "feature", "position"), Span(length, 0, length))

    def forward(self, x: Tensor) -> Tensor:  # (N, inputs) -> (N, units)
        return self.probe(self.dense(x)[..., None])[..., 0]
