"""A bidirectional LSTM whose hidden states are weighed by attention before they decide."""

from dataclasses import dataclass

from torch import nn

from ..settings import setting
from .architecture import architecture
from .internals import Span
from .layers import ACTIVATIONS, AttentionPooling
from .reader import ReaderConfig, RecurrentReader
from .recurrent import GatedLSTM


@dataclass(frozen=True)
class AttentionLSTMConfig:
    units: int = setting(32, "LSTM units", help="Memory cells per direction", low=1, high=512)
    forget_bias: float = setting(1.0, "Forget bias", low=-2.0, high=6.0,
                                 help="Start of the forget gate: at 0 it forgets as fast as a plain RNN")
    scorer: int = setting(32, "Scorer units", help="Hidden units of the small network that scores each position", low=1, high=512)
    stem_filters: int = setting(48, "Stem filters", low=0, high=512, help="0: the LSTM reads raw bases")
    stem_width: int = setting(19, "Stem filter width", help="Bases a stem filter sees", low=2, high=50)
    stem_activation: str = setting("relu", "Stem activation", choices=ACTIVATIONS)
    stem_pool: int = setting(5, "Stem pooling", help="Positions taken together before the LSTM reads", low=1, high=50)
    dropout: float = setting(0.0, "Dropout", low=0.0, high=0.9)


@architecture("attention_lstm", label="LSTM with attention", config=AttentionLSTMConfig,
              presets={"teaching": AttentionLSTMConfig()},
              summary="An LSTM reads in both directions; attention decides which of its positions count.",
              description="Filters find short patterns and a bidirectional LSTM reads them, as in the LSTM model. Then a small "
                          "network scores every position, a softmax turns the scores into weights that add up to 1, and the "
                          "weighted mean of the hidden states decides. The weights say where the model looked. Sonderby read "
                          "protein sequences this way to say where in the cell they go, AttentiveChrome histone marks along a "
                          "gene to say whether it is on.",
              good_for="one place in the sequence that matters, and seeing whether the model looks there",
              not_for="counting, or weighing several places at once: a mean does not add up",
              reference="Sonderby et al. 2015, AlCoB, 10.1007/978-3-319-21233-3_6; Singh et al. 2017 (AttentiveChrome), NeurIPS; "
                        "the scorer: Bahdanau et al. 2015, ICLR, arXiv 1409.0473",
              learning_rate=5e-3, epochs=20, order=24)
class AttentionLSTM(RecurrentReader):
    """The recurrent reader with an LSTM, read out by additive attention."""

    def __init__(self, config: AttentionLSTMConfig, n_outputs: int, length: int):
        shared = ReaderConfig(config.units, True, "attention", config.stem_filters, config.stem_width, config.stem_activation,
                              config.stem_pool, config.dropout)
        super().__init__("lstm", lambda n_in, span: GatedLSTM(n_in, config.units, bidirectional=True,
                                                              forget_bias=config.forget_bias, span=span),
                         shared, n_outputs, per_position=False,
                         pooling=lambda features, span: AdditivePooling(features, config.scorer, span))


class AdditivePooling(AttentionPooling):
    """Weighted mean over positions; a position's score is v tanh(W h + b)."""

    def __init__(self, features: int, hidden: int, span: Span):
        super().__init__(features, span)
        self.score = nn.Sequential(nn.Linear(features, hidden), nn.Tanh(), nn.Linear(hidden, 1, bias=False))
