"""How much sooner exact in-silico mutagenesis is done than the naive one at its best batch size, and than tangermeme.

    python -m benchmarks.ism [length ...]

One thread, seconds of processor time (a neighbour on the machine does not count), the least of several runs. Ours is always
run and timed in full. The naive way is timed in full where that takes seconds, else on a share of its mutants and scaled
(marked ~), which favours it: its sequence is encoded once and for all. tangermeme runs at its default batch size, likewise.
The largest difference is against the naive way, on all mutants or on the share; a run stops if it is beyond rounding.
"""

import sys
import time
from collections.abc import Callable, Iterator

import torch
from tangermeme.saturation_mutagenesis import saturation_mutagenesis
from torch import Tensor, nn

from benchmarks._measure import report
from seqviz_core.attribution.ism import ISMOptions, ism, mutants
from seqviz_core.models import make_model

LENGTHS = (200, 1000, 5000)  # bases
BATCH_SIZES = (1, 4, 16, 32, 64, 128, 600)
SHARE = 192  # mutants timed where all of them would take too long
SECONDS = 1.0  # of naive mutagenesis, beyond which a share is timed


class Basset(nn.Module):
    """Two convolution and pooling blocks and a dense layer: Basset's shape, small."""

    def __init__(self, length: int):
        super().__init__()
        self.body = nn.Sequential(nn.Conv1d(4, 32, 11, padding=5), nn.ReLU(), nn.MaxPool1d(4),
                                  nn.Conv1d(32, 32, 7, padding=3), nn.ReLU(), nn.MaxPool1d(4), nn.Flatten(),
                                  nn.Linear(32 * (length // 16), 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, X: Tensor) -> Tensor:
        return self.body(X)


class Residual(nn.Module):
    """Residual blocks with dilations 1, 2, 4 and 8, SpliceAI's shape, small: a unit sees 61 bases."""

    def __init__(self):
        super().__init__()
        self.stem, self.read_out = nn.Conv1d(4, 32, 1), nn.Linear(32, 1)
        self.blocks = nn.ModuleList(nn.Sequential(*self._half(d), *self._half(d)) for d in (1, 2, 4, 8))

    @staticmethod
    def _half(dilation: int) -> tuple[nn.Module, ...]:
        return nn.BatchNorm1d(32), nn.ReLU(), nn.Conv1d(32, 32, 3, padding="same", dilation=dilation)

    def forward(self, X: Tensor) -> Tensor:
        x = self.stem(X)
        for block in self.blocks:
            x = x + block(x)
        return self.read_out(x.amax(-1))


def models(length: int) -> Iterator[tuple[str, nn.Module]]:
    """Yield each model with its name, weights as initialised."""
    torch.manual_seed(0)
    make = lambda name, **settings: make_model(name, settings, n_outputs=1, length=length, seed=0)
    yield "one convolution, maximum", make("cnn", filters=16, width=12, activation="relu", hidden=32)
    yield "two convolutions, pooled", Basset(length).eval()
    yield "residual, dilated", Residual().eval()
    lstm = {"stem_filters": 0, "bidirectional": False}
    yield "LSTM, last state, keeps", make("lstm", **lstm, read_out="last", forget_bias=2.0)
    yield "LSTM, maximum, forgets", make("lstm", **lstm, read_out="max", forget_bias=0.0)
    yield "LSTM, both ways, pooled", make("lstm")
    if length <= 1000:  # beyond, minutes either way
        yield "attention, pooled", make("attention")


def seconds(function: Callable[[], object], budget: float = 2.0, most: int = 10) -> float:
    """Return the least processor seconds of up to `most` calls, after one that does not count unless it used up the budget."""
    times: list[float] = []
    while len(times) < most + 1 and (len(times) < 1 or sum(times) < budget):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times[1:] or times)


@torch.inference_mode()
def naive(model: nn.Module, x: Tensor, base: Tensor, position: Tensor, batch_size: int) -> Tensor:
    """Return the logits of these mutants of x (4, L), each written out."""
    return torch.cat([model(mutants(x, b, p))[:, 0] for b, p in zip(base.split(batch_size), position.split(batch_size))])


def measured(model: nn.Module, x: Tensor) -> dict[str, object]:
    """Return seconds of the naive way, of tangermeme and of ours, the ratios, and the largest difference."""
    base, position = (x == 0).nonzero(as_tuple=True)
    pick = torch.randperm(len(base), generator=torch.Generator().manual_seed(0))[:SHARE]
    scale = len(base) / len(pick)
    times = {n: seconds(lambda n=n: naive(model, x, base[pick], position[pick], n), 0.5) * scale for n in BATCH_SIZES}
    scaled, rows = scale > 1 and min(times.values()) > SECONDS, min(times, key=times.get)
    if scale > 1 and not scaled:
        pick = torch.arange(len(base))
        times = {n: seconds(lambda n=n: naive(model, x, base, position, n), 0.5) for n in sorted(times, key=times.get)[:3]}
        rows = min(times, key=times.get)
    best = times[rows]
    values = ism(model, x[None], 0, ISMOptions())[0]
    ours = seconds(lambda: ism(model, x[None], 0, ISMOptions()), most=20)
    with torch.inference_mode():
        logits = naive(model, x, base[pick], position[pick], rows)
        expected = logits - model(x[None])[0, 0]
    difference, size = (values[base[pick], position[pick]] - expected).abs().max().item(), max(1.0, logits.abs().max().item())
    assert difference < 2e-6 * size, f"{difference:.1e} is no rounding"  # two batch sizes of the naive way differ by 1e-6
    peer = None if scaled else seconds(lambda: saturation_mutagenesis(model, x[None], raw_outputs=True, device="cpu"))
    return {"naive_s": best, "best_batch": rows, "scaled": scaled, "ours_s": ours, "tangermeme_s": peer,
            "over_naive": round(best / ours, 1), "over_tangermeme": round(peer / ours, 1) if peer else None,
            "difference": difference}


def main(lengths: list[int]) -> None:
    torch.set_num_threads(1)
    figures = {}
    print(f"{'model':<26}{'bases':>6}{'naive ms':>11}{'at':>5}{'ours ms':>10}{'ratio':>8}{'tangermeme':>12}{'difference':>12}")
    for length in lengths:
        codes = torch.randint(4, (length,), generator=torch.Generator().manual_seed(length))
        x = nn.functional.one_hot(codes, 4).T.float().contiguous()
        for name, model in models(length):
            row = figures[f"{name}, {length} bases"] = measured(model, x)
            print(f"{name:<26}{length:>6}{'~' if row['scaled'] else '':>2}{1000 * row['naive_s']:>9.1f}{row['best_batch']:>5}"
                  f"{1000 * row['ours_s']:>10.2f}{row['over_naive']:>7.1f}x{row['over_tangermeme'] or '-':>11}"
                  f"{row['difference']:>12.0e}", flush=True)
    report("ism", figures)


if __name__ == "__main__":
    main([int(length) for length in sys.argv[1:]] or list(LENGTHS))
