"""The networks of Koo & Ploenzke 2021, made to ask what the first layer's activation does to its filters."""

from dataclasses import dataclass

from ..settings import setting
from .architecture import Published, architecture
from .conv_blocks import ConvLayer, ConvStack, dense_head
from .layers import ACTIVATIONS

SHAPES = {
    "local": (ConvLayer(24, 19, 50, 0.1), ConvLayer(48, 3, 2, 0.2)),
    "distributed": (ConvLayer(24, 19, 1, 0.1), ConvLayer(32, 7, 4, 0.2), ConvLayer(48, 7, 4, 0.3), ConvLayer(64, 3, 3, 0.4)),
    "deep": (ConvLayer(32, 19, 1, 0.1), ConvLayer(48, 7, 4, 0.2), ConvLayer(96, 7, 4, 0.3), ConvLayer(128, 3, 3, 0.4)),
}
DENSE_DROPOUT = 0.5


@dataclass(frozen=True)
class KooPloenzkeConfig:
    shape: str = setting("local", "Shape", choices=tuple(SHAPES),
                         help="local pools 50 bases at once, so a filter has to hold a whole motif; distributed and deep pool "
                              "late and little, so motifs are put together from parts")
    activation: str = setting("exponential", "First-layer activation", choices=ACTIVATIONS,
                              help="exponential lets the best windows stand out; the layers behind use relu")
    width: int = setting(19, "Filter width", help="Bases a filter of the first layer sees", low=3, high=50)
    hidden: int = setting(96, "Hidden units", help="Fully connected, before the answer; 512 in the paper's deep one",
                          low=4, high=1024)
    dropout: float = setting(0.2, "Dropout, as a share of the paper's", low=0.0, high=1.0,
                             help="1: 0.1 to 0.4 in the convolutions and 0.5 behind them; 0: none")
    norm: bool = setting(True, "Batch normalisation")
    padded: bool = setting(True, "Pad every layer", help="Off: the third and fourth convolution lose their ends, as published")


PUBLISHED = {
    "cnn-local": Published(KooPloenzkeConfig(dropout=1.0), 1, 200, 15_025,
                           "Convolutions have no bias; scale and shift of the batch normalisation are counted."),
    "cnn-dist": Published(KooPloenzkeConfig(shape="distributed", dropout=1.0, padded=False), 1, 200, 46_321,
                          "Convolutions have no bias; the third and fourth are not padded, which leaves 200, 50, 44, 11, 9 and "
                          "then 3 positions."),
}


@architecture("koo_ploenzke", label="Koo & Ploenzke CNN", config=KooPloenzkeConfig, published=PUBLISHED,
              presets={"teaching": KooPloenzkeConfig(), "distributed": KooPloenzkeConfig(shape="distributed")},
              summary="A first layer with a choice of seven activations, pooled at once (local) or late (distributed).",
              description="Two networks that solve one task in opposite ways. The local one pools over 50 bases right behind its "
                          "first layer: where a part of a motif stood is lost, so each filter is pressed to hold a whole one. "
                          "The distributed one pools late and little, and puts motifs together from parts over four layers. With "
                          "an exponential activation in the first layer its filters hold whole motifs all the same, and "
                          "attribution maps stand closer to the truth.",
              good_for="seeing how pooling and activation decide whether filters show motifs",
              not_for="sequences longer than those it was trained on, since its dense layer has weights for each stretch",
              reference="Koo & Ploenzke 2021, Nat Mach Intell, 10.1038/s42256-020-00291-x",
              learning_rate=3e-3, epochs=15, order=22)
class KooPloenzkeCNN(ConvStack):
    """Convolution blocks with batch normalisation and dropout before pooling, one dense layer, linear."""

    def __init__(self, config: KooPloenzkeConfig, n_outputs: int, length: int):
        layers = [layer._replace(dropout=layer.dropout * config.dropout, norm=config.norm, bias=not config.norm,
                                 early_dropout=True, same=config.padded or i < 2)
                  for i, layer in enumerate(SHAPES[config.shape])]
        layers[0] = layers[0]._replace(width=config.width, activation=config.activation)
        super().__init__(layers, length)
        self.head = dense_head(self.filters, self.positions, [config.hidden], n_outputs, length, norm=config.norm,
                               dropout=DENSE_DROPOUT * config.dropout)
