"""DeepSEA (Zhou & Troyanskaya 2015): three wide convolutions and a dense layer, for 919 chromatin labels at once."""

from dataclasses import dataclass

from ..settings import setting
from .architecture import Published, architecture
from .conv_blocks import ConvLayer, ConvStack, dense_head
from .layers import ACTIVATIONS


@dataclass(frozen=True)
class DeepSEAConfig:
    filters: int = setting(48, "Filters", help="Of the first layer; the second has 1.5 and the third 3 times as many",
                           low=2, high=320)
    width: int = setting(10, "Filter width", help="Of all three layers", low=2, high=25)
    pool: int = setting(4, "Pooling", help="Behind the first and the second layer", low=1, high=10)
    activation: str = setting("relu", "First-layer activation", choices=ACTIVATIONS)
    hidden: int = setting(64, "Hidden units", help="Fully connected, before the answer", low=4, high=1024)
    dropout: float = setting(0.2, "Dropout, as a share of the paper's", low=0.0, high=1.0,
                             help="1: 0.2, 0.2 and 0.5 behind the three convolutions; 0: none")
    padded: bool = setting(True, "Pad every layer", help="Off: each convolution loses its ends, as published")


PAPER = DeepSEAConfig(filters=320, width=8, hidden=925, dropout=1.0, padded=False)


@architecture("deepsea", label="DeepSEA", config=DeepSEAConfig, presets={"teaching": DeepSEAConfig()},
              published={"DeepSEA": Published(PAPER, 919, 1000, 52_843_119,
                                              "As in the original code: no padding, pooling rounds down, and none behind the "
                                              "third convolution, so 960 filters at 53 positions reach the dense layer. Ports "
                                              "with a third pooling have fewer weights.")},
              summary="Three convolutions of short filters and a dense layer: 919 chromatin labels from one sequence.",
              description="Three layers of short filters (the paper: eight bases), each with more than the one below, put motifs "
                          "together step by step. A fully connected layer with weights for each stretch of the sequence reads "
                          "the last map. DeepSEA predicted transcription factor binding, accessibility and histone marks, 919 "
                          "labels at once, and the effect of a variant as the difference between two predictions.",
              good_for="many labels at once, and effects of single variants",
              not_for="reading motifs from its first filters, which are short; longer sequences than trained on",
              reference="Zhou & Troyanskaya 2015, Nat Methods, 10.1038/nmeth.3547",
              learning_rate=3e-3, epochs=15, order=18)
class DeepSEA(ConvStack):
    """Three convolutions of one width, the first two pooled, dropout behind each; one dense layer, linear."""

    def __init__(self, config: DeepSEAConfig, n_outputs: int, length: int):
        filters, width, pool, same = config.filters, config.width, config.pool, config.padded
        super().__init__([
            ConvLayer(filters, width, pool, 0.2 * config.dropout, config.activation, same=same),
            ConvLayer(filters * 3 // 2, width, pool, 0.2 * config.dropout, same=same),
            ConvLayer(filters * 3, width, 1, 0.5 * config.dropout, same=same),
        ], length)
        self.head = dense_head(self.filters, self.positions, [config.hidden], n_outputs, length)
