"""A convolution stem (optional) and an LSTM that reads along it; DanQ's shape (Quang & Xie 2016), small."""

from dataclasses import dataclass

from ..settings import setting
from .architecture import architecture
from .reader import ReaderConfig, RecurrentReader
from .recurrent import GatedLSTM


@dataclass(frozen=True)
class LSTMConfig(ReaderConfig):
    units: int = setting(32, "LSTM units", help="Memory cells per direction", low=1, high=512)
    forget_bias: float = setting(1.0, "Forget bias", low=-2.0, high=6.0,
                                 help="Start of the forget gate: at 0 it forgets as fast as a plain RNN")


@architecture("lstm", label="LSTM", config=LSTMConfig,
              presets={"teaching": LSTMConfig(),
                       "raw bases": LSTMConfig(stem_filters=0, bidirectional=False, read_out="last", forget_bias=2.0)},
              summary="Reads along the sequence and keeps what it has seen in memory cells, behind gates.",
              description="A convolution finds short patterns, then an LSTM reads them in order. At every step its gates "
                          "decide what to forget, what to write into the memory cells and what to show; the hidden states "
                          "are combined into one answer. With the stem it is DanQ's shape, small; without one it reads raw "
                          "bases.",
              good_for="order and distance of motifs", not_for="raw bases without a stem, on which it hardly learns",
              reference="Hochreiter & Schmidhuber 1997, Neural Comput, 10.1162/neco.1997.9.8.1735; "
                        "Quang & Xie 2016, Nucleic Acids Res, 10.1093/nar/gkw226",
              learning_rate=5e-3, epochs=20, per_position=True, order=2)
class LSTMReader(RecurrentReader):
    """The recurrent reader with an LSTM."""

    def __init__(self, config: LSTMConfig, n_outputs: int, length: int, per_position: bool = False):
        super().__init__("lstm", lambda n_in, span: GatedLSTM(n_in, config.units, bidirectional=config.bidirectional,
                                                              forget_bias=config.forget_bias, span=span),
                         config, n_outputs, per_position)
