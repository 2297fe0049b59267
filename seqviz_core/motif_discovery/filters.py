"""First-layer filters as motifs, from the windows each filter fires on most strongly (the recipe of Koo & Eddy 2019)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import SeqVizError
from ..models.internals import Span, borrowed, intervene, probes_of
from ..motifs import Motif
from ..sequences import UNKNOWN, one_hot_encode
from .found import FoundMotif

_NUMBERS_PER_PASS = 2**24  # of a map, filters x sequences x bases: 64 MiB, however many filters there are


@dataclass(frozen=True, eq=False)
class FilterMotif(FoundMotif):
    """What one filter fires on. A site is a window whose activation exceeds threshold * max_activation.

    Its `strengths` are activations, and its sites lie on strand +1: a filter reads one strand. Without sites, it never fires
    (max_activation <= 0), or only on windows that run over an edge or hold an unknown base.

    max_activation : largest activation over all positions of all sequences, windows over the edge included.
    """

    max_activation: float

    @property
    def name(self) -> str:
        return f"filter {self.number}"


class _Tally(NamedTuple):
    """Sums over batches, updated in place; F filters of width k, sequences of length L."""

    counts: np.ndarray  # (F, 4, k) float64
    positions: np.ndarray  # (F, L) int64, sites by their start
    sequences: np.ndarray  # (F,) int64, sequences with a site
    best: list[np.ndarray]  # per filter (M, 3) float64: activation, sequence, start; strongest first

    @classmethod
    def of(cls, filters: int, width: int, length: int) -> "_Tally":
        return cls(np.zeros((filters, 4, width)), np.zeros((filters, length), np.int64), np.zeros(filters, np.int64),
                   [np.zeros((0, 3))] * filters)


class _Reached(Exception):
    """Ends a forward pass at the first map."""

    def __init__(self, value: Tensor):
        super().__init__()
        self.value = value


def first_map(model: nn.Module, X: Tensor) -> Tensor:
    """Return the activated map of the first convolution, (N, filters, positions); nothing behind it is computed."""
    def stop(value: Tensor, positions: range) -> Tensor:
        raise _Reached(value)
    try:
        with torch.no_grad(), borrowed(model), intervene({model.first_map: stop}):
            model(X)
    except _Reached as reached:
        return reached.value.detach()
    raise AssertionError("intervene() reports a probe that was not met")


def filter_motifs(model: nn.Module, codes: np.ndarray, *, threshold: float = 0.5, max_sites: int = 200,
                  batch_size: int = 256) -> list[FilterMotif]:
    """Return every first-layer filter of `model` as a motif, the one that fires in most sequences first.

    codes : uint8 (N, L)
    threshold : a window counts where the filter's activation > threshold * its largest activation over `codes`; each
        adds its bases to the counts once. Windows that run over an edge or hold an unknown base are dropped.
    max_sites : how many sites of each filter are listed; the counts are over all.
    Raises SeqVizError where the model has no first convolution.
    """
    name = getattr(model, "first_map", None)
    if name is None:
        raise SeqVizError("This model has no convolution on the sequence, so there are no filters to show.")
    if not 0 < threshold < 1:
        raise SeqVizError(f"The threshold {threshold} is outside 0 to 1 (a share of the filter's largest activation).")
    if not len(codes):
        raise SeqVizError("There are no sequences to look for motifs in.")
    span, length = probes_of(model)[name].span, codes.shape[1]
    rows = max(1, min(batch_size, _NUMBERS_PER_PASS // (model.first_conv.out_channels * length)))
    batches = [(start, codes[start:start + rows]) for start in range(0, len(codes), rows)]
    largest = torch.stack([m.amax((0, 2)) for m, _, _ in _maps(model, batches)]).amax(0)  # (F,)
    tally = _Tally.of(len(largest), span.width, length)
    for activations, batch, first in _maps(model, batches):
        _add(tally, activations, largest * threshold, batch, first, span, max_sites)
    found = [_filter_motif(tally, f, float(largest[f]), len(codes)) for f in range(len(largest))]
    return sorted(found, key=lambda f: (-f.fires_in, -f.n_sites, f.number))


def _maps(model: nn.Module, batches: Sequence[tuple[int, np.ndarray]]) -> Iterator[tuple[Tensor, np.ndarray, int]]:
    """Yield (map (n, F, P) on the CPU, codes (n, L), row of the first) batch by batch."""
    like = next(model.parameters())
    for first, batch in batches:
        yield first_map(model, torch.from_numpy(one_hot_encode(batch)).to(like)).cpu(), batch, first


def _add(tally: _Tally, activations: Tensor, limit: Tensor, batch: np.ndarray, first: int, span: Span, max_sites: int) -> None:
    """Add the sites of one batch to the tally."""
    starts = np.arange(activations.shape[2]) * span.stride + span.offset
    inside = (starts >= 0) & (starts + span.width <= batch.shape[1])
    starts = starts[inside]  # (W,) first bases of the windows that lie wholly in the sequence
    if not len(starts):
        return
    activations = activations[:, :, torch.from_numpy(inside)]  # (n, F, W)
    windows = torch.tensor(batch).unfold(1, span.width, 1)[:, torch.from_numpy(starts)]  # (n, W, k)
    hits = (activations > limit[:, None]) & (windows != UNKNOWN).all(2)[:, None]  # (n, F, W)
    of_filter = hits.float().transpose(0, 1).flatten(1)  # (F, n W)
    for base in range(4):  # sums of ones: exact in float32
        tally.counts[:, base] += (of_filter @ (windows == base).float().flatten(0, 1)).numpy()
    tally.positions[:, starts] += hits.sum(0).numpy()
    tally.sequences[:] += hits.any(2).sum(0).numpy()
    _keep_best(tally, hits.numpy(), activations.numpy(), first, starts, max_sites)


def _keep_best(tally: _Tally, hits: np.ndarray, activations: np.ndarray, first: int, starts: np.ndarray, max_sites: int) -> None:
    """Merge the hits (n, F, W) of a batch into each filter's strongest sites; of equals the earlier sequence stays."""
    for f, before in enumerate(tally.best):
        row, window = hits[:, f].nonzero()
        new = np.stack([activations[row, f, window], first + row, starts[window]], axis=1)
        together = np.concatenate([before, new])
        tally.best[f] = together[np.argsort(-together[:, 0], kind="stable")[:max_sites]]


def _filter_motif(tally: _Tally, f: int, largest: float, n: int) -> FilterMotif:
    n_sites, best = int(tally.positions[f].sum()), tally.best[f]
    motif = Motif(f"filter_{f}", f"filter {f}", tally.counts[f]) if n_sites else None
    sites = np.column_stack([best[:, 1:], np.ones(len(best))]).astype(np.int64)
    return FilterMotif(f, motif, n_sites, float(tally.sequences[f] / n), sites, best[:, 0].astype(np.float32), tally.positions[f],
                       largest)
