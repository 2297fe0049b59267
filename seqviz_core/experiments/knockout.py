"""Which filter carries a prediction: set one filter to zero everywhere and see how far the logit falls."""

from dataclasses import dataclass

from torch import Tensor, nn

from ..attribution import At
from ..models import intervene, probes_of, record, zero_channel


@dataclass(frozen=True)
class Knockout:
    """The filter whose loss costs most: where it fires strongest (0-based, end excluded), the two logits, and the class
    with the largest logit without it (in a model that answers per base, the class at the explained base)."""

    filter: int
    start: int
    end: int
    logit: float
    logit_without: float
    called_without: int


def strongest_filter(model: nn.Module, X: Tensor, target: int | At, probe: str, candidates: int = 12) -> Knockout | None:
    """Return the filter of feature map `probe` whose zeroing lowers logit `target` most, or None where none lowers it.

    X : float32, shape (1, 4, L). Only the `candidates` filters with the highest activation on X are tried.
    """
    trace = record(model, X)
    activation = trace[probe]
    peaks = activation.value[0].amax(-1)  # (filters,)
    index, position = target if isinstance(target, At) else (target, None)
    logit = _classes(trace.logits, position)[index].item()
    tried = peaks.argsort(descending=True)[:candidates].tolist()
    without = {f: _classes(_logits_without(model, X, probe, f), position) for f in tried}  # each (classes,)
    best = min(without, key=lambda f: without[f][index].item())
    if without[best][index].item() >= logit:
        return None
    start, end = probes_of(model)[probe].span.bases(int(activation.value[0, best].argmax()), X.shape[-1])
    return Knockout(best, start, end, logit, without[best][index].item(), int(without[best].argmax()))


def _classes(logits: Tensor, position: int | None) -> Tensor:
    """Return (classes,) of the one sequence in logits (1, C), or in (1, C, L) at a position."""
    return logits[0] if position is None else logits[0, :, position]


def _logits_without(model: nn.Module, X: Tensor, probe: str, channel: int) -> Tensor:
    with intervene({probe: zero_channel(channel)}):
        return record(model, X).logits
