"""A convolution stem with pooling and a small transformer encoder on top: every token can look at every other."""

from dataclasses import dataclass

from torch import Tensor, nn

from ..errors import SeqVizError
from ..settings import setting
from .architecture import architecture
from .layers import ACTIVATIONS, AttentionPooling, Stem, TransformerLayer, sinusoidal_positions


@dataclass(frozen=True)
class AttentionConfig:
    width: int = setting(48, "Token width", help="Stem filters, and numbers per token", low=4, high=512)
    layers: int = setting(2, "Attention layers", low=1, high=12)
    heads: int = setting(4, "Heads per layer", help="Must divide the token width", low=1, high=16)
    positions: str = setting("sinusoidal", "Positional encoding", choices=("sinusoidal", "none"),
                             help="Without it, attention cannot tell near from far")
    read_out: str = setting("max", "Read-out", choices=("max", "mean", "attention"))
    stem_width: int = setting(19, "Stem filter width", help="Bases a stem filter sees", low=2, high=50)
    stem_activation: str = setting("exponential", "Stem activation", choices=ACTIVATIONS)
    stem_pool: int = setting(5, "Stem pooling", help="Bases per token; the cost grows with the square of the tokens",
                             low=1, high=50)
    dropout: float = setting(0.0, "Dropout", low=0.0, high=0.9)


@architecture("attention", label="Attention", config=AttentionConfig, presets={"teaching": AttentionConfig()},
              summary="Cuts the sequence into tokens; each token looks at all others and takes what it needs.",
              description="A convolution and pooling turn the sequence into tokens of a few bases. In each layer every "
                          "token asks all others (query times key) and takes a weighted mean of what they hold (values). "
                          "The weights are the attention pattern; positions are added, since attention by itself has no "
                          "order.",
              good_for="relations at any distance", not_for="little data, on which it learns slower than a CNN",
              reference="Vaswani et al. 2017, NeurIPS, arXiv 1706.03762",
              learning_rate=2e-3, epochs=20, order=3)
class AttentionEncoder(nn.Module):
    """Stem, positional encoding, pre-norm transformer layers, read-out over tokens, linear."""

    first_map = "stem"

    def __init__(self, config: AttentionConfig, n_outputs: int, length: int):
        super().__init__()
        if config.width % config.heads:
            raise SeqVizError(f"Heads per layer: {config.heads} does not divide the token width {config.width}.")
        self.stem = Stem(config.width, config.stem_width, config.stem_activation, config.stem_pool)
        self.positions = config.positions
        self.layers = [f"layer{i + 1}" for i in range(config.layers)]
        for name in self.layers:
            self.add_module(name, TransformerLayer(config.width, config.heads, self.stem.span, config.dropout))
        self.norm = nn.LayerNorm(config.width)
        self.how = config.read_out
        self.pooling = AttentionPooling(config.width, self.stem.span) if self.how == "attention" else None
        self.read_out = nn.Linear(config.width, n_outputs)

    @property
    def first_conv(self) -> nn.Conv1d:
        return self.stem.conv

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, n_outputs)
        x = self.stem(X).transpose(1, 2)  # (N, tokens, width)
        if self.positions == "sinusoidal":
            x = x + sinusoidal_positions(x.shape[1], x.shape[2], like=x)
        for name in self.layers:
            x = self.get_submodule(name)(x)
        x = self.norm(x)
        if self.pooling is not None:
            return self.read_out(self.pooling(x.transpose(1, 2)))
        return self.read_out(x.amax(1) if self.how == "max" else x.mean(1))
