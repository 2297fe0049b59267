"""CNN-k of Koo & Eddy 2019: two convolutions between which the pooling k decides what the filters learn."""

from dataclasses import dataclass

from ..errors import SeqVizError
from ..settings import setting
from .architecture import Published, architecture
from .conv_blocks import ConvLayer, ConvStack, dense_head
from .layers import ACTIVATIONS

POOLS = (1, 2, 4, 10, 25, 50, 100)
BOTH_POOLS = 100
"""Product of the two poolings, whatever k: the dense layer always gets one position for 100 bases."""


@dataclass(frozen=True)
class KooEddyConfig:
    pool: int = setting(25, "First pooling (k)", choices=POOLS,
                        help="Small: filters hold parts of motifs, put together behind; large: filters hold whole motifs. "
                             "The second pooling makes up the rest to 100")
    step: int = setting(0, "Step of the first pooling", low=0, high=100,
                        help="0: pools stand side by side; 2 with a pooling of 50: they overlap")
    filters: int = setting(30, "Filters", help="Of the first layer", low=1, high=512)
    width: int = setting(19, "Filter width", help="Bases a filter of the first layer sees", low=2, high=50)
    activation: str = setting("relu", "First-layer activation", choices=ACTIVATIONS)
    second_filters: int = setting(64, "Filters of the second layer", low=1, high=512)
    second_width: int = setting(5, "Width of the second layer", low=1, high=25,
                                help="1: it cannot put parts that stand side by side together")
    hidden: int = setting(64, "Hidden units", help="Fully connected, before the answer", low=4, high=1024)
    dropout: float = setting(0.2, "Dropout, as a share of the paper's", low=0.0, high=1.0,
                             help="1: 0.1 behind each convolution, 0.5 behind the dense layer; 0: none")


def paper(k: int) -> KooEddyConfig:
    """Return the paper's CNN-k."""
    return KooEddyConfig(pool=k, second_filters=128, hidden=512, dropout=1.0)


NOTE = "Same padding leaves two positions of 200 bases for every k; biases and batch normalisation's scale and shift are counted."


@architecture("koo_eddy", label="Koo & Eddy CNN-k", config=KooEddyConfig,
              presets={"teaching": KooEddyConfig(),
                       "CNN-50, overlapping": KooEddyConfig(pool=50, step=2, hidden=96, dropout=1.0)},
              published={f"CNN-{k}": Published(paper(k), 12, 200, 160_718, NOTE) for k in POOLS},
              summary="Two convolutions; the pooling between them decides whether a filter holds a whole motif or a part.",
              description="The same network with one thing changed: over how many bases the first layer is pooled. After little "
                          "pooling the second layer still sees where each part of a motif stood and puts parts together, so a "
                          "filter of the first layer needs to hold no more than a part. After much pooling that is lost, and "
                          "each filter has to hold a whole motif. The accuracy hardly changes; what the filters show does.",
              good_for="several motifs in one sequence, and the lesson that accuracy does not tell what was learned",
              not_for="sequences longer than those it was trained on, since its dense layer has weights for each stretch",
              reference="Koo & Eddy 2019, PLoS Comput Biol, 10.1371/journal.pcbi.1007560",
              learning_rate=2e-3, epochs=15, order=21)
class KooEddyCNN(ConvStack):
    """Two convolution blocks with batch normalisation, one dense layer, linear."""

    def __init__(self, config: KooEddyConfig, n_outputs: int, length: int):
        step = config.step or config.pool
        if step > config.pool or (config.pool - step) % 2:
            raise SeqVizError(f"Step of the first pooling: {step} has to be at most the pooling, {config.pool}, "
                              "and an even number below it.")
        drop = 0.1 * config.dropout
        super().__init__([
            ConvLayer(config.filters, config.width, config.pool, drop, config.activation, norm=True, step=step),
            ConvLayer(config.second_filters, config.second_width, BOTH_POOLS // step, drop, norm=True),
        ], length)
        self.head = dense_head(self.filters, self.positions, [config.hidden], n_outputs, length, norm=True,
                               dropout=0.5 * config.dropout)
