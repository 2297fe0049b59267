"""A convolution stem with pooling and a small transformer encoder on top: every token can look at every other."""

from dataclasses import dataclass

from torch import Tensor, nn

from ..settings import setting
from .architecture import architecture
from .layers import ACTIVATIONS, AttentionPooling, Stem, TransformerLayer
from .per_base import AnswerPerBase
from .positions import POSITIONS, check_positions, make_positions


@dataclass(frozen=True)
class AttentionConfig:
    width: int = setting(48, "Token width", help="Stem filters, and numbers per token", low=4, high=512)
    layers: int = setting(2, "Attention layers", low=1, high=12)
    heads: int = setting(4, "Heads per layer", help="Must divide the token width", low=1, high=16)
    positions: str = setting("sinusoidal", "Positional encoding", choices=tuple(POSITIONS),
                             help="How attention knows places: by sines or learned numbers added to each token, or by distance "
                                  "(rotary, alibi, relative); none: it cannot tell near from far")
    read_out: str = setting("max", "Read-out", choices=("max", "mean", "attention"))
    stem_width: int = setting(19, "Stem filter width", help="Bases a stem filter sees", low=2, high=50)
    stem_activation: str = setting("exponential", "Stem activation", choices=ACTIVATIONS)
    stem_pool: int = setting(5, "Stem pooling", help="Bases per token; the cost grows with the square of the tokens",
                             low=1, high=50)
    dropout: float = setting(0.0, "Dropout", low=0.0, high=0.9)


@architecture("attention", label="Attention", config=AttentionConfig,
              presets={"teaching": AttentionConfig(), "relative": AttentionConfig(positions="relative")},
              summary="Cuts the sequence into tokens; each token looks at all others and takes what it needs.",
              description="A convolution and pooling turn the sequence into tokens of a few bases. In each layer every "
                          "token asks all others (query times key) and takes a weighted mean of what they hold (values). "
                          "The weights are the attention pattern. Attention by itself has no order, so places or distances "
                          "are told to it in one of several ways.",
              good_for="relations at any distance", not_for="little data, on which it learns slower than a CNN",
              reference="Vaswani et al. 2017, NeurIPS, arXiv 1706.03762; rotary: Su et al. 2021, arXiv 2104.09864; "
                        "ALiBi: Press et al. 2022, ICLR, arXiv 2108.12409; "
                        "relative: Dai et al. 2019 (Transformer-XL), ACL, arXiv 1901.02860",
              learning_rate=2e-3, epochs=20, per_position=True, order=3)
class AttentionEncoder(nn.Module):
    """Stem, positional encoding, pre-norm transformer layers, read-out over tokens, linear."""

    first_map = "stem"

    def __init__(self, config: AttentionConfig, n_outputs: int, length: int, per_position: bool = False):
        super().__init__()
        check_positions(config.positions, config.width, config.heads)
        self.stem = Stem(config.width, config.stem_width, config.stem_activation, config.stem_pool)
        attention, self.positions = make_positions(config.positions, config.width, -(-length // config.stem_pool), length)
        self.layers = [f"layer{i + 1}" for i in range(config.layers)]
        for name in self.layers:
            self.add_module(name, TransformerLayer(config.width, config.heads, self.stem.span, config.dropout, attention))
        self.norm = nn.LayerNorm(config.width)
        self.how = "per base" if per_position else config.read_out
        self.pooling = AttentionPooling(config.width, self.stem.span) if self.how == "attention" else None
        self.read_out = (AnswerPerBase(config.width, n_outputs, config.width) if per_position
                         else nn.Linear(config.width, n_outputs))

    @property
    def first_conv(self) -> nn.Conv1d:
        return self.stem.conv

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, n_outputs) or (N, n_outputs, L)
        fine = self.stem.map_of(X)  # (N, width, L)
        x = self.positions(self.stem.pool(fine).transpose(1, 2))  # (N, tokens, width)
        for name in self.layers:
            x = self.get_submodule(name)(x)
        x = self.norm(x)
        if self.how == "per base":
            return self.read_out(x.transpose(1, 2), self.stem.span.stride, X.shape[-1], fine)
        if self.pooling is not None:
            return self.read_out(self.pooling(x.transpose(1, 2)))
        return self.read_out(x.amax(1) if self.how == "max" else x.mean(1))
