"""The CNN of the Deep Motif Dashboard (Lanchantin et al. 2017): three convolutions and the best hit of each filter."""

from dataclasses import dataclass

from ..settings import setting
from .architecture import Published, architecture
from .conv_blocks import ConvLayer, ConvStack, global_head
from .layers import ACTIVATIONS


@dataclass(frozen=True)
class LanchantinCNNConfig:
    filters: int = setting(48, "Filters", help="Of each of the three layers", low=2, high=512)
    width: int = setting(9, "Filter width", help="Bases a filter of the first layer sees; 5 and 3 behind it", low=2, high=50)
    pool: int = setting(2, "Pooling", help="Behind the first and the second layer", low=1, high=10)
    activation: str = setting("relu", "First-layer activation", choices=ACTIVATIONS)
    dropout: float = setting(0.05, "Dropout", help="Behind each layer", low=0.0, high=0.9)


PAPER = LanchantinCNNConfig(filters=128, dropout=0.5)


@architecture("lanchantin_cnn", label="Dashboard CNN", config=LanchantinCNNConfig, presets={"teaching": LanchantinCNNConfig()},
              published={"Deep Motif Dashboard": Published(PAPER, 2, 101, 136_322,
                                                           "Two outputs, bound or not. Padded here, not there: same count.")},
              summary="Three convolutions on top of each other; the best hit of each top filter decides.",
              description="Three layers of short filters: the first sees nine bases, the second and the third combine what "
                          "stands side by side below them, so that a unit at the top sees about thirty bases. Only the best hit "
                          "of each top filter counts, wherever it stands. The Deep Motif Dashboard set this network beside a "
                          "recurrent one and a mixture of both, and looked into all three in the same ways.",
              good_for="motifs whose parts vary, and a fair comparison with the recurrent networks of the same paper",
              not_for="reading motifs from its first filters, which hold parts of nine bases",
              reference="Lanchantin, Singh, Wang & Qi 2017, Pac Symp Biocomput, arXiv 1608.03644",
              learning_rate=4e-3, epochs=12, order=24)
class LanchantinCNN(ConvStack):
    """Convolutions of width 9, 5 and 3 with ReLU, pooling by 2 behind the first two, dropout behind each, global max, linear."""

    def __init__(self, config: LanchantinCNNConfig, n_outputs: int, length: int):
        filters, dropout = config.filters, config.dropout
        super().__init__([
            ConvLayer(filters, config.width, config.pool, dropout, config.activation),
            ConvLayer(filters, 5, config.pool, dropout),
            ConvLayer(filters, 3, 1, dropout),
        ], length)
        self.head = global_head(filters, n_outputs, "max")
