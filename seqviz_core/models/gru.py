"""A convolution stem (optional) and a gated recurrent unit that reads along it."""

from dataclasses import dataclass

from ..settings import setting
from .architecture import architecture
from .cells import GatedGRU
from .reader import ReaderConfig, RecurrentReader


@dataclass(frozen=True)
class GRUConfig(ReaderConfig):
    keep_bias: float = setting(1.0, "Keep bias", low=-2.0, high=6.0,
                               help="Start of the update gate: at 0 it forgets as fast as a plain RNN, higher keeps longer")


@architecture("gru", label="GRU", config=GRUConfig,
              presets={"teaching": GRUConfig(),
                       "raw bases": GRUConfig(stem_filters=0, bidirectional=False, read_out="last", keep_bias=2.0)},
              summary="Reads along the sequence with two gates and one state: an LSTM with fewer parts.",
              description="A convolution finds short patterns, then a gated recurrent unit reads them in order. It has no "
                          "separate memory cell: the update gate z mixes the old hidden state with a new candidate n, and the "
                          "reset gate r decides how much of the past the candidate sees. Three quarters of the weights of an "
                          "LSTM with as many units.",
              good_for="order and distance of motifs, with fewer weights than an LSTM",
              not_for="raw bases without a stem, on which it hardly learns",
              reference="Cho et al. 2014, EMNLP, arXiv 1406.1078",
              learning_rate=5e-3, epochs=20, per_position=True, order=22)
class GRUReader(RecurrentReader):
    """The recurrent reader with a GRU."""

    def __init__(self, config: GRUConfig, n_outputs: int, length: int, per_position: bool = False):
        super().__init__("gru", lambda n_in, span: GatedGRU(n_in, config.units, bidirectional=config.bidirectional,
                                                            keep_bias=config.keep_bias, span=span),
                         config, n_outputs, per_position)
