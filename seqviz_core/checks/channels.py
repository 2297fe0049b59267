"""Whatever a model shows per base, on one scale of "larger means: here": filters, gates, states, heads, attributions.

How each kind is read, since sign and time mean different things:

feature_map : the activation as it is (high is "fires").
attention : how much a position is looked at, the mean over all that look.
gate, embedding : how far the value is from its median in that sequence, up or down.
state : how much the value changes from the position read before, up or down.
attribution : the absolute value at the base that is there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from torch import nn

from ..attribution import METHODS, attribute
from ..models import Activation, Span, Trace
from .truth import spread

KINDS = ("feature_map", "gate", "state", "attention", "embedding")
LOCAL = 40
"""A unit that sees more bases than this is put under the middle of what it sees: its whole field would say nothing."""


@dataclass(frozen=True)
class Channel:
    """One row of a scorecard: `kind` is one of KINDS or "attribution"; `source` the probe or the method; `index` in it."""

    kind: str
    source: str
    index: int
    unit: str = ""

    @property
    def name(self) -> str:
        """E.g. "conv filter 7"; of an attribution the method's label."""
        return f"{self.source} {self.unit} {self.index}" if self.unit else METHODS[self.source].label


class Channels(NamedTuple):
    """Channels (K,) and what they say of every base, scores float32 (K, N, L)."""

    channels: tuple[Channel, ...]
    scores: np.ndarray


def trace_channels(trace: Trace, length: int, kinds: Sequence[str] = KINDS) -> Iterator[Channels]:
    """Yield, for every internal of these kinds in a trace over N sequences of `length` bases, all its channels.

    Internals that do not lie along the sequence, such as the filters of a long convolution, are left out.
    """
    for activation in trace.activations.values():
        if activation.kind in kinds and activation.axes[-1] in ("position", "key"):
            values = _reading(activation)  # (N, K, P)
            n, k, _ = values.shape
            scores = spread(values.reshape(n * k, -1), _local(activation.span), length).reshape(n, k, length)
            unit = activation.axes[1]
            yield Channels(tuple(Channel(activation.kind, activation.name, i, unit) for i in range(k)),
                           np.ascontiguousarray(scores.transpose(1, 0, 2), dtype=np.float32))


def attribution_channels(model: nn.Module, X: np.ndarray, targets: np.ndarray, methods: Sequence[str]) -> Channels:
    """Return one channel for each method: the absolute observed attribution of X (N, 4, L).

    targets : (N,) class indices, or booleans (N, C): of several targets of a sequence each base takes the largest value,
        without one it gets 0. Where the model answers per base, a class stands for its highest logit.
    Raises SeqVizError for a method that does not apply to the model.
    """
    targets = np.asarray(targets)
    wanted = targets if targets.ndim == 2 else targets[:, None] == np.arange(targets.max() + 1)
    scores = np.zeros((len(methods), len(X), X.shape[2]), dtype=np.float32)
    for k, method in enumerate(methods):
        for target in np.flatnonzero(wanted.any(axis=0)):
            rows = np.flatnonzero(wanted[:, target])
            found = np.abs(attribute(method, model, X[rows], int(target)).observed)
            scores[k, rows] = np.maximum(scores[k, rows], found)
    return Channels(tuple(Channel("attribution", method, 0) for method in methods), scores)


def targets_of(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return booleans (N, C), what to explain of each sequence: its class, all its labels, or each class but the commonest
    that one of its bases has."""
    if labels.ndim == 1:
        return labels[:, None] == np.arange(classes)
    if np.issubdtype(labels.dtype, np.floating):
        return labels > 0.5
    common = np.bincount(labels[labels >= 0], minlength=classes).argmax()
    return np.stack([(labels == c).any(axis=1) & (c != common) for c in range(classes)], axis=1)


def _reading(activation: Activation) -> np.ndarray:
    """Return (N, K, P), larger meaning "here"; see the module's docstring."""
    values = activation.value.float().numpy()
    if activation.kind == "attention":
        return values.mean(axis=2)
    if activation.kind in ("gate", "embedding"):
        return np.abs(values - np.median(values, axis=2, keepdims=True))
    if activation.kind == "state":
        backwards = "right_to_left" in activation.name
        in_order = values[..., ::-1] if backwards else values
        change = np.abs(np.diff(in_order, axis=2, prepend=in_order[..., :1]))
        return change[..., ::-1] if backwards else change
    return values


def _local(span: Span) -> Span:
    if span.width <= max(LOCAL, span.stride):
        return span
    return replace(span, offset=span.offset + (span.width - span.stride) // 2, width=span.stride)
