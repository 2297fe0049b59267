"""Filter surgery: zero filters of the first convolution, or put another pattern into one, and ask the model again.

Zeroing goes through `intervene` on the map of the first convolution; a new pattern is written into a copy of the model. What
stands in front of the map is computed once: `after_first` records the maps and gives what follows them to any change.
"""

from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..attribution import METHODS, attribute
from ..attribution.gradient import Target, as_input, chosen_logit, explained_logits
from ..errors import SeqVizError
from ..models.internals import Edit, borrowed, intervene, probes_of
from ..motifs import Motif
from .skill import Skill, logits_of, skill_of

MOST_VALUES = 2**25
"""Numbers of the recorded maps, 128 MiB."""
STRONGEST = 0.05
"""Share of the sequences by whose best windows a new pattern is put on the scale of the old filter."""


def maps_of(model: nn.Module) -> tuple[str, ...]:
    """Return the names of the probes that see the first convolution's filters; one for each strand where it reads both.

    Raises SeqVizError for a model without.
    """
    first = getattr(model, "first_map", None)
    if first is None:
        raise SeqVizError("This model has no convolution on the sequence, so it has no filters to take out.")
    return getattr(model, "first_maps", (first,))


def zeroed(model: nn.Module, filters: Collection[int]) -> dict[str, Edit]:
    """Return edits for `intervene` under which these filters of the first convolution are zero everywhere."""
    def edit(value: Tensor, positions: range) -> Tensor:
        value = value.clone()
        value[:, list(filters)] = 0
        return value
    return dict.fromkeys(maps_of(model), edit)


@dataclass(frozen=True, eq=False)
class AfterFirst:
    """A copy of a model whose first convolution is not computed, and the maps that it gave, batch by batch.

    batches : each X (n, 4, L) and its maps by probe, (n, F, P).
    """

    model: nn.Module
    batches: tuple[tuple[Tensor, Mapping[str, Tensor]], ...]
    n_filters: int

    def logits(self, without: Collection[int] = ()) -> np.ndarray:
        """Return the logits (N, C) or (N, C, L) of all sequences with these filters zeroed."""
        taken = list(without)
        def change(value: Tensor) -> Tensor:
            if taken:
                value = value.clone()
                value[:, taken] = 0
            return value
        return torch.cat([_asked(self.model, X, {k: change(v) for k, v in maps.items()}) for X, maps in self.batches]).numpy()

    def peaks(self) -> np.ndarray:
        """Return the highest value of each filter in each sequence, (N, F), over both strands where there are two."""
        return torch.cat([torch.stack([v.amax(-1) for v in maps.values()]).amax(0) for _, maps in self.batches]).cpu().numpy()


def after_first(model: nn.Module, X: np.ndarray | Tensor, rows: int = 256) -> AfterFirst:
    """Return what follows the first convolution of `model`, with its maps of X (N, 4, L) recorded; the model is not touched."""
    names, copied, seen = maps_of(model), deepcopy(model).eval(), {}
    def kept(name: str) -> Edit:
        def edit(value: Tensor, positions: range) -> Tensor:
            seen[name] = value
            return value
        return edit
    batches, watch = [], {name: kept(name) for name in names}
    probes_of(copied)
    with torch.no_grad(), intervene(watch):
        for x in as_input(torch.as_tensor(X), model).split(rows):
            copied(x)
            batches.append((x, {name: seen[name].clone() for name in names}))
    _leave_out(copied, batches[0][0][:1])
    return AfterFirst(copied, tuple(batches), model.first_conv.out_channels)


def most_sequences(model: nn.Module, length: int) -> int:
    """Return of how many sequences the maps fit into memory, at least 20."""
    return max(20, MOST_VALUES // (model.first_conv.out_channels * length))


def each_without(model: nn.Module, x: Tensor, target: Target) -> tuple[float, np.ndarray]:
    """Return the explained logit of x (1, 4, L) and, (F,), the same with each filter in turn zeroed."""
    rest = after_first(model, x)
    (X, maps), = rest.batches
    rows, found = max(1, MOST_VALUES // 4 // max(v.numel() for v in maps.values())), []
    for first in range(-1, rest.n_filters, rows):
        tried = range(first, min(first + rows, rest.n_filters))
        edited = {name: _one_each(value, tried) for name, value in maps.items()}
        logits = _asked(rest.model, X.expand(len(tried), -1, -1), edited)
        found.append(chosen_logit(logits, len(tried), target).double().numpy())
    logits = np.concatenate(found)
    return float(logits[0]), logits[1:]


class Kernel(NamedTuple):
    """What is written into a filter: weights (4, k) and its bias."""

    weights: Tensor
    bias: float


def log_odds_of(motif: Motif, width: int) -> tuple[np.ndarray, int]:
    """Return log2(p / a quarter) of a motif, (4, width): centred, zero beside it; and how many of its columns are left out.

    A motif wider than the filter gives the `width` columns that hold most information together. Raises SeqVizError for one
    that says nothing.
    """
    weights, left_out = motif.pwm(), max(0, motif.width - width)
    bits = motif.information_content()
    if bits.sum() < 0.01:
        raise SeqVizError(f"{motif.name} says nothing: every base is as likely in every column.")
    if left_out:
        start = int(np.convolve(bits, np.ones(width), "valid").argmax())
        return weights[:, start:start + width], left_out
    before = (width - motif.width) // 2
    return np.pad(weights, ((0, 0), (before, width - motif.width - before))), 0


def kernel_like(conv: nn.Conv1d, filter: int, weights: np.ndarray | Tensor, X: np.ndarray | Tensor) -> Kernel:
    """Return `weights` (4, k) on the scale of a filter: a * weights, and a bias, so that two numbers over X (N, 4, L) stay.

    r = the response to a window, without bias; m = its mean over all windows; t = the mean of the best windows of the STRONGEST
    share of the sequences. Then a = (t_old - m_old) / (t_new - m_new), bias = bias_old + m_old - a * m_new. A filter's own
    weights so come back as they are.
    """
    weights = torch.as_tensor(weights).to(conv.weight)
    old, new = (_responses(w, X) for w in (conv.weight[filter].detach(), weights))
    spread = new[1] - new[0]
    scale = (old[1] - old[0]) / spread if spread > 0 else 0.0
    bias = 0.0 if conv.bias is None else float(conv.bias[filter].detach())
    return Kernel(scale * weights, bias + old[0] - scale * new[0])


def replaced(model: nn.Module, filter: int, kernel: Kernel) -> nn.Module:
    """Return a copy of the model with another pattern in one filter; the model itself is not touched."""
    maps_of(model)
    copied = deepcopy(model).eval()
    conv = copied.first_conv
    with torch.no_grad():
        if conv.bias is None:
            conv.bias = nn.Parameter(torch.zeros(conv.out_channels, dtype=conv.weight.dtype, device=conv.weight.device))
        conv.weight[filter] = kernel.weights
        conv.bias[filter] = kernel.bias
    return copied


def shuffled_columns(kernel: Kernel, seed: int) -> Kernel:
    """Return the same columns in random order, the control of a replacement: as strong, and another pattern."""
    order = np.random.default_rng(seed).permutation(kernel.weights.shape[1])
    return kernel._replace(weights=kernel.weights[:, torch.from_numpy(order)])


class Operated(NamedTuple):
    """A model after an operation: its skill on many sequences; of the one at hand its logit and what each base does, (L,)."""

    skill: Skill
    logit: float
    observed: np.ndarray


def operated(model: nn.Module, x: Tensor, target: Target, method: str, X: np.ndarray, labels: np.ndarray,
             without: Collection[int] = ()) -> Operated:
    """Return what the model says with some filters zeroed: of x (1, 4, L), and of many sequences X (N, 4, L) with their labels.

    method : the attribution, with its gradient correction where it knows one.
    """
    with intervene(zeroed(model, without) if without else {}):
        logit = float(explained_logits(model, x, target)[0])
        found = attribute(method, model, x, target, corrected=METHODS[method].correctable)
        return Operated(skill_of(logits_of(model, X), labels), logit, found.observed[0])


def _responses(weights: Tensor, X: np.ndarray | Tensor) -> tuple[float, float]:
    """Return the mean response to all windows of X and that to the best windows of the STRONGEST sequences."""
    X, width = torch.as_tensor(X).to(weights), weights.shape[1]
    with torch.no_grad():
        r = nn.functional.conv1d(X, weights[None], padding=0 if X.shape[2] >= width else width // 2)[:, 0].double()  # (N, P)
    best = r.amax(1).sort(descending=True).values
    return float(r.mean()), float(best[:max(1, round(STRONGEST * len(best)))].mean())


def _asked(model: nn.Module, X: Tensor, maps: Mapping[str, Tensor]) -> Tensor:
    """Return the logits of X with these maps in place of its own, on the CPU."""
    edits: dict[str, Callable] = {name: (lambda value, positions, put=put: put) for name, put in maps.items()}
    with torch.no_grad(), borrowed(model), intervene(edits):
        return model(X).cpu()


def _leave_out(model: nn.Module, x: Tensor) -> None:
    """Let the first convolution of a model of one's own give zeros of the right size, which nobody reads."""
    conv = model.first_conv
    with torch.no_grad():
        shape = conv(x).shape[1:]
    conv.forward = lambda value: value.new_zeros(()).expand(len(value), *shape)


def _one_each(value: Tensor, filters: range) -> Tensor:
    """Return a map (1, F, P) once for each of `filters`, (len, F, P), with that filter zero; for -1 none is."""
    value = value.repeat(len(filters), 1, 1)
    for row, f in enumerate(filters):
        if f >= 0:
            value[row, f] = 0
    return value
