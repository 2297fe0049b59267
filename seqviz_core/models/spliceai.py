"""SpliceAI (Jaganathan et al. 2019): residual units of ever wider dilation, and an answer for every base."""

from dataclasses import dataclass

from torch import Tensor, nn

from ..settings import setting
from .architecture import Published, architecture
from .conv_blocks import MAP_AXES, ResidualUnit, head_for
from .internals import Probe, Span

DILATIONS = (1, 4, 10, 25)


@dataclass(frozen=True)
class SpliceAIConfig:
    channels: int = setting(16, "Channels", help="Numbers per base throughout", low=2, high=128)
    groups: int = setting(3, "Groups of units", low=1, high=4,
                          help="Their dilations are 1, 4, 10 and 25; with the paper's width and units, 1 to 4 groups see 80, "
                               "400, 2,000 and 10,000 bases of context")
    units: int = setting(1, "Residual units per group", help="Two convolutions each", low=1, high=8)
    width: int = setting(7, "Filter width", low=3, high=15,
                         help="In the first two groups; the third has twice that less 1, the fourth four times that less 3")
    read_out: str = setting("max", "Read-out", choices=("max", "mean"),
                            help="Over all bases, for a task with one answer per sequence")

    @property
    def layers(self) -> list[tuple[int, int]]:
        """(width, dilation) of the convolutions of each group."""
        widths = (self.width, self.width, 2 * self.width - 1, 4 * self.width - 3)
        return list(zip(widths, DILATIONS))[:self.groups]


def paper(name: str, groups: int, context: int, n_parameters: int) -> dict[str, Published]:
    """Return the paper's model with this many bases of context around each base."""
    note = (f"The original reads {context // 2:,} more bases at each end and cuts them off the answer; here all "
            f"{5000 + context:,} bases are answered and zeros stand beyond the ends. Same weights.")
    config = SpliceAIConfig(channels=32, groups=groups, units=4, width=11)
    return {name: Published(config, 3, 5000 + context, n_parameters, note, per_position=True)}


@architecture("spliceai", label="SpliceAI", config=SpliceAIConfig, per_position=True,
              presets={"teaching": SpliceAIConfig()},
              published=(paper("SpliceAI-80nt", 1, 80, 93_251) | paper("SpliceAI-400nt", 2, 400, 185_187)
                         | paper("SpliceAI-2k", 3, 2000, 359_043) | paper("SpliceAI-10k", 4, 10_000, 696_739)),
              summary="Residual units of ever wider dilation; every base gets an answer from the bases around it.",
              description="Nothing is ever pooled, so a position stays a base from the first layer to the answer. What a base "
                          "sees of its surroundings grows with the dilation: the convolutions of later groups leave gaps of 4, "
                          "10 and 25 bases. Each unit adds a correction to what came in (a residual), so that thirty layers "
                          "still learn. Beyond the context that the groups span it is blind, which shows exactly there.",
              good_for="an answer for every base, such as splice sites, from a context of known size",
              not_for="reading motifs from first-layer filters, as its first layer sees a single base",
              reference="Jaganathan et al. 2019, Cell, 10.1016/j.cell.2018.12.015",
              learning_rate=5e-3, epochs=10, order=26)
class SpliceAI(nn.Module):
    """One 1x1 convolution, groups of residual units, a 1x1 convolution from before and after each group, summed; head."""

    def __init__(self, config: SpliceAIConfig, n_outputs: int, length: int, per_position: bool):
        super().__init__()
        channels, span = config.channels, Span()
        self.first = nn.Conv1d(4, channels, 1)
        self.collect0 = nn.Conv1d(channels, channels, 1)
        self.groups: list[list[str]] = []
        for g, (width, dilation) in enumerate(config.layers, start=1):
            self.groups.append([f"group{g}_unit{u}" for u in range(1, config.units + 1)])
            for name in self.groups[-1]:
                self.add_module(name, ResidualUnit(channels, width, dilation, span))
                span = self.get_submodule(name).span
            self.add_module(f"collect{g}", nn.Conv1d(channels, channels, 1))
        self.together = Probe("feature_map", MAP_AXES, span)
        self.head = head_for(per_position, channels, n_outputs, config.read_out)

    def forward(self, X: Tensor) -> Tensor:  # (N, 4, L) -> (N, n_outputs), or (N, n_outputs, L)
        x = self.first(X)
        total = self.collect0(x)
        for g, group in enumerate(self.groups, start=1):
            for name in group:
                x = self.get_submodule(name)(x)
            total = total + self.get_submodule(f"collect{g}")(x)
        return self.head(self.together(total))
