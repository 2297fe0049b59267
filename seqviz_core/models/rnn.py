"""A convolution stem (optional) and a plain recurrent network that reads along it: what came before there were gates."""

from .architecture import architecture
from .cells import TanhRNN
from .reader import ReaderConfig, RecurrentReader


@architecture("rnn", label="Plain RNN", config=ReaderConfig,
              presets={"teaching": ReaderConfig(),
                       "raw bases": ReaderConfig(stem_filters=0, bidirectional=False, read_out="last")},
              summary="Reads along the sequence with one hidden state and no gates; it forgets within about ten steps.",
              description="A convolution finds short patterns, then a plain recurrent network reads them: at every step the "
                          "hidden state is a squashed mixture of the new input and the state before. Nothing protects what was "
                          "read earlier, so its trace, and with it the learning signal, fades by about 40 % a step when "
                          "training begins. It is here to be compared with the LSTM and the GRU, whose gates cure this.",
              good_for="seeing the vanishing gradient; short reads after a pooled stem",
              not_for="anything many steps back; its last state has forgotten the beginning",
              reference="Elman 1990, Cogn Sci, 10.1207/s15516709cog1402_1; Bengio et al. 1994, IEEE Trans Neural Netw, "
                        "10.1109/72.279181",
              learning_rate=2e-3, epochs=20, per_position=True, order=21)
class RNNReader(RecurrentReader):
    """The recurrent reader with a plain tanh cell."""

    def __init__(self, config: ReaderConfig, n_outputs: int, length: int, per_position: bool = False):
        super().__init__("rnn", lambda n_in, span: TanhRNN(n_in, config.units, bidirectional=config.bidirectional, span=span),
                         config, n_outputs, per_position)
