"""Basset (Kelley et al. 2016): three convolutions with pooling, then two large fully connected layers."""

from dataclasses import dataclass

from ..settings import setting
from .architecture import Published, architecture
from .conv_blocks import ConvLayer, ConvStack, dense_head
from .layers import ACTIVATIONS


@dataclass(frozen=True)
class BassetConfig:
    filters: int = setting(48, "Filters", help="Of the first layer", low=2, high=512)
    more_filters: int = setting(32, "Filters of the second and third layer", low=2, high=512)
    width: int = setting(19, "Filter width", help="Bases a filter of the first layer sees; 11 and 7 behind it", low=3, high=50)
    activation: str = setting("relu", "First-layer activation", choices=ACTIVATIONS)
    hidden: int = setting(64, "Hidden units", help="Of each of the two fully connected layers", low=4, high=1024)
    dropout: float = setting(0.1, "Dropout", help="Behind each fully connected layer", low=0.0, high=0.9)
    padded: bool = setting(True, "Pad every layer", help="Off: each convolution loses its ends, as published")


PAPER = BassetConfig(filters=300, more_filters=200, hidden=1000, dropout=0.3, padded=False)


@architecture("basset", label="Basset", config=BassetConfig, presets={"teaching": BassetConfig()},
              published={"Basset": Published(PAPER, 164, 600, 4_135_064,
                                             "No padding: 10 positions of 200 filters (2,000 numbers) reach the dense layers. "
                                             "Batch normalisation's scale and shift are counted.")},
              summary="Three convolutions with pooling, then two fully connected layers: accessibility in 164 cell types.",
              description="The first layer scans for motifs of up to nineteen bases, the next two for arrangements of what was "
                          "found, and pooling makes the map coarser in between. Two fully connected layers then read it as a "
                          "whole, with weights of their own for each stretch of the sequence. Basset was trained on DNase-seq "
                          "peaks of 164 cell types at once, so that cell types share motifs and differ in how they weigh them.",
              good_for="many related labels at once (cell types, factors) that share motifs",
              not_for="little data, and sequences longer than those it was trained on",
              reference="Kelley, Snoek & Rinn 2016, Genome Res, 10.1101/gr.200535.115",
              learning_rate=2e-3, epochs=15, order=19)
class Basset(ConvStack):
    """Convolutions of width 19, 11, 7 with batch normalisation, pooled by 3, 4, 4; two dense layers, linear."""

    def __init__(self, config: BassetConfig, n_outputs: int, length: int):
        more = config.more_filters
        super().__init__([
            ConvLayer(config.filters, config.width, 3, activation=config.activation, norm=True, same=config.padded),
            ConvLayer(more, 11, 4, norm=True, same=config.padded),
            ConvLayer(more, 7, 4, norm=True, same=config.padded),
        ], length)
        self.head = dense_head(more, self.positions, [config.hidden] * 2, n_outputs, length, norm=True, dropout=config.dropout)
