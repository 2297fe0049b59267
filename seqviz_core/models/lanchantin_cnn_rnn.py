"""The CNN-RNN of the Deep Motif Dashboard (Lanchantin et al. 2017): one convolution, no pooling, a bidirectional LSTM."""

from dataclasses import dataclass

from ..settings import setting
from .architecture import Published, architecture
from .lanchantin_rnn import ONE_BIAS
from .reader import ReaderConfig, RecurrentReader
from .recurrent import GatedLSTM


@dataclass(frozen=True)
class LanchantinCNNRNNConfig:
    filters: int = setting(48, "Filters", low=1, high=512)
    width: int = setting(9, "Filter width", help="Bases a filter sees", low=2, high=50)
    units: int = setting(32, "LSTM units", help="Memory cells per direction", low=1, high=512)
    forget_bias: float = setting(1.0, "Forget bias", low=-2.0, high=6.0,
                                 help="Start of the forget gate: at 0 it forgets as fast as a plain RNN")
    dropout: float = setting(0.0, "Dropout", low=0.0, high=0.9)


@architecture("lanchantin_cnn_rnn", label="Dashboard CNN-RNN", config=LanchantinCNNRNNConfig,
              presets={"teaching": LanchantinCNNRNNConfig()},
              published={"CNN-RNN": Published(LanchantinCNNRNNConfig(filters=128, dropout=0.5), 2, 101, 46_082 + 256,
                                              ONE_BIAS.format("46,082"))},
              summary="Short filters first, then an LSTM that reads what they found at every base.",
              description="A layer of short filters scans the sequence, and a bidirectional LSTM reads their scores base by "
                          "base, with no pooling in between, so nothing of the order is lost. The mean of its hidden states "
                          "decides. In the Deep Motif Dashboard this hybrid did better than the CNN and the RNN on binding "
                          "sites of transcription factors.",
              good_for="motifs longer than a filter, and how motifs follow each other",
              not_for="long sequences: the LSTM takes a step for every base",
              reference="Lanchantin et al. 2017, Pac Symp Biocomput, arXiv 1608.03644",
              learning_rate=1e-2, epochs=18, per_position=True, order=26)
class LanchantinCNNRNN(RecurrentReader):
    """Convolution, ReLU, bidirectional LSTM, mean over positions, dropout, linear."""

    def __init__(self, config: LanchantinCNNRNNConfig, n_outputs: int, length: int, per_position: bool = False):
        shared = ReaderConfig(units=config.units, stem_filters=config.filters, stem_width=config.width, stem_pool=1,
                              read_out="mean", dropout=config.dropout)
        super().__init__("lstm", lambda n_in, span: GatedLSTM(n_in, config.units, bidirectional=True,
                                                              forget_bias=config.forget_bias, span=span),
                         shared, n_outputs, per_position)
