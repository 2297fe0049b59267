"""Which filter carries a prediction: set one filter to zero everywhere and see how far the logit falls."""

from dataclasses import dataclass

from torch import Tensor, nn

from ..models import intervene, probes_of, record, zero_channel


@dataclass(frozen=True)
class Knockout:
    """The filter whose loss costs most: where it fires strongest (0-based, end excluded), the two logits, and the class
    that the model calls without it."""

    filter: int
    start: int
    end: int
    logit: float
    logit_without: float
    called_without: int


def strongest_filter(model: nn.Module, X: Tensor, target: int, probe: str, candidates: int = 12) -> Knockout | None:
    """Return the filter of feature map `probe` whose zeroing lowers logit `target` most, or None where none lowers it.

    X : float32, shape (1, 4, L). Only the `candidates` filters with the highest activation on X are tried.
    """
    trace = record(model, X)
    activation = trace[probe]
    peaks = activation.value[0].amax(-1)  # (filters,)
    logit = trace.logits[0, target].item()
    tried = peaks.argsort(descending=True)[:candidates].tolist()
    without = {f: _logits_without(model, X, probe, f) for f in tried}  # each (classes,)
    best = min(without, key=lambda f: without[f][target].item())
    if without[best][target].item() >= logit:
        return None
    start, end = probes_of(model)[probe].span.bases(int(activation.value[0, best].argmax()), X.shape[-1])
    return Knockout(best, start, end, logit, without[best][target].item(), int(without[best].argmax()))


def _logits_without(model: nn.Module, X: Tensor, probe: str, channel: int) -> Tensor:
    with intervene({probe: zero_channel(channel)}):
        return record(model, X).logits[0]
