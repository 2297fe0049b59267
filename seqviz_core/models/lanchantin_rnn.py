"""The RNN of the Deep Motif Dashboard (Lanchantin et al. 2017): a bidirectional LSTM on raw bases, its mean over time."""

from dataclasses import dataclass

from ..settings import setting
from .architecture import Published, architecture
from .reader import ReaderConfig, RecurrentReader
from .recurrent import GatedLSTM

ONE_BIAS = "{} with one bias vector for each LSTM gate; PyTorch's second ones add 256. Two outputs, one for each class."


@dataclass(frozen=True)
class LanchantinRNNConfig:
    units: int = setting(32, "LSTM units", help="Memory cells per direction", low=1, high=512)
    forget_bias: float = setting(1.0, "Forget bias", low=-2.0, high=6.0,
                                 help="Start of the forget gate: at 0 it forgets as fast as a plain RNN")
    dropout: float = setting(0.0, "Dropout", low=0.0, high=0.9)


@architecture("lanchantin_rnn", label="Dashboard RNN", config=LanchantinRNNConfig, presets={"teaching": LanchantinRNNConfig()},
              published={"RNN": Published(LanchantinRNNConfig(dropout=0.5), 2, 101, 9_602 + 256, ONE_BIAS.format("9,602"))},
              summary="Reads the raw bases in both directions and averages what it remembered; no filters at all.",
              description="A bidirectional LSTM reads the sequence base by base, without any filters before it, and the mean of "
                          "its hidden states over all positions decides. It is the recurrent third of the Deep Motif Dashboard, "
                          "which let a CNN, an RNN and both together compete on binding sites of transcription factors. It "
                          "learns slowly: it has to find motifs letter by letter.",
              good_for="the race of CNN, RNN and CNN-RNN; seeing what an LSTM does with raw bases",
              not_for="little time: models with filters learn the same much sooner",
              reference="Lanchantin et al. 2017, Pac Symp Biocomput, arXiv 1608.03644",
              learning_rate=2e-2, epochs=20, per_position=True, order=25)
class LanchantinRNN(RecurrentReader):
    """Bidirectional LSTM on bases, mean over positions, dropout, linear."""

    def __init__(self, config: LanchantinRNNConfig, n_outputs: int, length: int, per_position: bool = False):
        shared = ReaderConfig(units=config.units, stem_filters=0, read_out="mean", dropout=config.dropout)
        super().__init__("lstm", lambda n_in, span: GatedLSTM(n_in, config.units, bidirectional=True,
                                                              forget_bias=config.forget_bias, span=span),
                         shared, n_outputs, per_position)
