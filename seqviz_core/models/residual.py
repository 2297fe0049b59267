"""A deep stack of convolutions with and without shortcuts: why depth needs residual connections (He et al. 2016)."""

from dataclasses import dataclass

from torch import Tensor, nn

from ..settings import setting
from .architecture import architecture
from .conv_blocks import ConvBlock, ConvLayer, ResidualUnit, head_for
from .internals import Span
from .layers import ACTIVATIONS

DILATIONS = (1, 2, 4, 8, 16)


@dataclass(frozen=True)
class ResidualConfig:
    units: int = setting(3, "Units", help="Two convolutions each, so the depth is twice this and one", low=1, high=20)
    skip: bool = setting(True, "Shortcuts", help="Each unit adds to what came in. Off: a plain stack, which stops learning as it "
                                                 "gets deep")
    norm: bool = setting(True, "Batch normalisation", help="Off, a plain stack stops learning sooner")
    dilated: bool = setting(False, "Growing dilation", help="1, 2, 4, 8, 16 and again: sees further at the same cost")
    filters: int = setting(24, "Filters", help="Of every layer", low=2, high=256)
    first_width: int = setting(19, "Filter width of the first layer", low=2, high=50)
    width: int = setting(5, "Filter width behind it", low=2, high=25)
    activation: str = setting("relu", "First-layer activation", choices=ACTIVATIONS)
    read_out: str = setting("max", "Read-out", choices=("max", "mean"),
                            help="Over all bases, for a task with one answer per sequence")


@architecture("residual", label="Residual CNN", config=ResidualConfig, per_position=True,
              presets={"teaching": ResidualConfig(), "plain": ResidualConfig(skip=False, norm=False)},
              summary="A deep stack of convolutions, each pair adding to what came in; the shortcuts can be switched off.",
              description="Convolutions in pairs, and around each pair a shortcut that adds what came in to what came out. With "
                          "the shortcuts the gradient reaches the first layer undiminished, and another layer cannot make "
                          "things worse than leaving them as they are. Switch them off, and the normalisation "
                          "too, and twenty layers learn nothing of what four learn, not even of their training data: that is no "
                          "overfitting but a gradient that fades on its way down.",
              good_for="seeing what depth costs and what shortcuts give back",
              not_for="little data, for which it has too many layers",
              reference="He, Zhang, Ren & Sun 2016, CVPR, arXiv 1512.03385",
              learning_rate=2e-3, epochs=10, order=25)
class ResidualCNN(nn.Module):
    """One convolution block, residual units without pooling, head."""

    first_map = "conv1"

    def __init__(self, config: ResidualConfig, n_outputs: int, length: int, per_position: bool):
        super().__init__()
        layer = ConvLayer(config.filters, config.first_width, activation=config.activation, norm=config.norm)
        self.conv1 = ConvBlock(4, layer, Span())
        self.units, span = [f"unit{i + 1}" for i in range(config.units)], self.conv1.span
        for i, name in enumerate(self.units):
            dilation = DILATIONS[i % len(DILATIONS)] if config.dilated else 1
            self.add_module(name, ResidualUnit(config.filters, config.width, dilation, span, norm=config.norm, skip=config.skip))
            span = self.get_submodule(name).span
        self.head = head_for(per_position, config.filters, n_outputs, config.read_out)

    @property
    def first_conv(self) -> nn.Conv1d:
        return self.conv1.conv

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, n_outputs), or (N, n_outputs, L)
        x = self.conv1(X)
        for name in self.units:
            x = self.get_submodule(name)(x)
        return self.head(x)
