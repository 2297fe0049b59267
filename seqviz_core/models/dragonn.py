"""DragoNN's SequenceDNN (Kundaje lab, 2016): the network of a tutorial, small enough to see that one filter can do."""

from dataclasses import dataclass

from torch import nn

from ..settings import setting
from .architecture import Published, architecture
from .conv_blocks import ConvLayer, ConvStack
from .layers import ACTIVATIONS, FlattenTo


@dataclass(frozen=True)
class DragoNNConfig:
    filters: int = setting(15, "Filters", low=1, high=256,
                           help="Of each layer; 1 is enough for one motif, more only learn faster")
    width: int = setting(15, "Filter width", help="Bases a filter of the first layer sees", low=3, high=50)
    layers: int = setting(1, "Convolution layers", low=1, high=6)
    pool: int = setting(35, "Pooling", help="Positions taken together behind the last convolution", low=1, high=100)
    activation: str = setting("relu", "First-layer activation", choices=ACTIVATIONS)
    norm: bool = setting(False, "Batch normalisation", help="As in the tutorial on density localisation")
    dropout: float = setting(0.0, "Dropout", low=0.0, high=0.9)
    padded: bool = setting(True, "Pad every layer", help="Off: each convolution loses its ends, as published")


@architecture("dragonn", label="DragoNN", config=DragoNNConfig,
              presets={"teaching": DragoNNConfig(), "one filter": DragoNNConfig(filters=1, norm=True)},
              published={"one layer": Published(DragoNNConfig(padded=False), 1, 1000, 1_336, "No padding: 28 pools."),
                         "three layers": Published(DragoNNConfig(layers=3, padded=False), 1, 1000, 8_101, "27 pools.")},
              summary="Filters, one wide pooling, and a weight for each pool: where a motif stands can count.",
              description="The network of a well-known tutorial. Its filters slide along the sequence, the best hit within each "
                          "stretch of 35 bases is kept, and a linear layer has a weight for every filter in every stretch. So it "
                          "can learn both what to look for and where it has to stand, with little more than a thousand numbers.",
              good_for="motifs whose place in the sequence matters, and seeing how few filters suffice",
              not_for="sequences longer than those it was trained on, since it has weights for each stretch",
              reference="DragoNN tutorials, Kundaje lab, github.com/kundajelab/dragonn",
              learning_rate=5e-3, epochs=20, order=24)
class DragoNN(ConvStack):
    """Convolutions of one width, pooled once, then a linear layer over all pools."""

    def __init__(self, config: DragoNNConfig, n_outputs: int, length: int):
        layer = ConvLayer(config.filters, config.width, dropout=config.dropout, norm=config.norm, same=config.padded)
        layers = [layer] * (config.layers - 1) + [layer._replace(pool=config.pool)]
        layers[0] = layers[0]._replace(activation=config.activation)
        super().__init__(layers, length)
        self.head = nn.Sequential(FlattenTo(self.positions, length), nn.Linear(self.filters * self.positions, n_outputs))
