"""Names for what happens inside a model, and the two things one can do with a name: record it and intervene on it.

A `Probe` is an identity module put where an internal exists. Recording and intervening go through ContextVars,
not hooks: many threads can record one shared model at once, and nothing is left behind after an exception.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from ..errors import SeqVizError

Kind = Literal["feature_map", "gate", "state", "attention", "embedding"]
Edit = Callable[[Tensor, range], Tensor]
"""`edit(value, positions)`: `positions` are the indices on the value's position (or query) axis that `value` covers."""


@dataclass(frozen=True)
class Span:
    """Which bases a unit sees: unit p sees bases p*stride + offset ... + width (0-based, end excluded)."""

    stride: int = 1
    offset: int = 0
    width: int = 1

    def bases(self, position: int, length: int) -> tuple[int, int]:
        """Return (start, end) of what unit `position` sees of a sequence of `length` bases, padding cut off."""
        start = position * self.stride + self.offset
        return min(max(start, 0), length - 1), max(min(start + self.width, length), 1)

    def then(self, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> "Span":
        """Return the span after a convolution or pooling on top of this one."""
        return Span(self.stride * stride, self.offset - padding * self.stride,
                    self.width + (kernel - 1) * dilation * self.stride)


@dataclass(frozen=True)
class Activation:
    """What one probe recorded: `axes` name the dimensions of `value`; the first is always "sequence"."""

    name: str
    kind: Kind
    axes: tuple[str, ...]
    span: Span
    value: Tensor


@dataclass(frozen=True)
class Trace:
    """What one recorded forward pass gave."""

    logits: Tensor  # (N, classes)
    activations: Mapping[str, Activation]

    def __getitem__(self, name: str) -> Activation:
        if name not in self.activations:
            raise SeqVizError(f"Nothing was recorded under {name!r}; there are {', '.join(self.activations)}.")
        return self.activations[name]

    def of_kind(self, kind: Kind) -> list[Activation]:
        """Return the activations of one kind, in the order they happened."""
        return [a for a in self.activations.values() if a.kind == kind]


_recorded: ContextVar[dict[str, Activation] | None] = ContextVar("seqviz_recorded", default=None)
_attached: ContextVar[bool] = ContextVar("seqviz_attached", default=False)
_edits: ContextVar[Mapping[str, Edit]] = ContextVar("seqviz_edits", default=MappingProxyType({}))
_met: ContextVar[set[str] | None] = ContextVar("seqviz_met", default=None)


class Probe(nn.Module):
    """An identity that names an internal. `axes` are the value's dimensions; a position axis comes last."""

    def __init__(self, kind: Kind, axes: Sequence[str], span: Span = Span()):
        super().__init__()
        if kind not in get_args(Kind):
            raise ValueError(f"kind {kind!r} is not one of {get_args(Kind)}")
        self.kind, self.axes, self.span, self.name = kind, tuple(axes), span, ""

    def forward(self, value: Tensor, positions: range | None = None) -> Tensor:
        """Return `value`, edited where somebody intervenes; `positions` is given where a loop shows one step at a time."""
        if edit := self.edit():
            axis = self.axes.index("query") if "query" in self.axes else value.ndim - 1
            value = edit(value, positions if positions is not None else range(value.shape[axis]))
        self.record(value)
        return value

    def edit(self) -> Edit | None:
        """Return the edit somebody has placed on this probe in this context, if any."""
        edit = _edits.get().get(self.name)
        if edit is not None:
            _met.get().add(self.name)
        return edit

    def record(self, value: Tensor) -> None:
        """Write `value` down without passing it on; for internals that are recovered beside a fused kernel."""
        recorded = _recorded.get()
        if recorded is not None:
            recorded[self.name] = Activation(self.name, self.kind, self.axes, self.span,
                                             value if _attached.get() else value.detach())

    def extra_repr(self) -> str:
        return f"{self.kind}, axes={self.axes}, span={self.span}"


def name_probes(model: nn.Module) -> nn.Module:
    """Give every probe its dotted path in `model` as its name; returns `model`."""
    for path, module in model.named_modules():
        if isinstance(module, Probe):
            module.name = path.removesuffix(".probe")
    return model


def probes_of(model: nn.Module) -> dict[str, Probe]:
    """Return every probe of `model` by name."""
    return {m.name: m for m in name_probes(model).modules() if isinstance(m, Probe)}


def is_recording() -> bool:
    """Return whether the probes of this thread are being recorded."""
    return _recorded.get() is not None


@contextmanager
def recording(attached: bool = False) -> Iterator[dict[str, Activation]]:
    """Within the block, every probe that a forward pass of this thread meets is written into the dict it yields.

    attached : whether what is written down keeps its gradients, so that a loss of it can train the model.
    """
    recorded: dict[str, Activation] = {}
    tokens = _recorded.set(recorded), _attached.set(attached)
    try:
        yield recorded
    finally:
        _attached.reset(tokens[1])
        _recorded.reset(tokens[0])


@contextmanager
def intervene(edits: Mapping[str, Edit]) -> Iterator[None]:
    """Within the block, the named probes pass on `edit(value, positions)` instead of the value. Blocks nest.

    Raises SeqVizError at the end of the block for a name that no forward pass met.
    """
    met: set[str] = set()
    tokens = _edits.set({**_edits.get(), **edits}), _met.set(met)
    try:
        yield
    finally:
        _met.reset(tokens[1])
        _edits.reset(tokens[0])
        if _met.get() is not None:
            _met.get().update(met)
    missed = sorted(set(edits) - met)
    if missed:
        raise SeqVizError(f"No probe named {missed[0]!r} was met, so nothing was changed there.")


@contextmanager
def borrowed(model: nn.Module) -> Iterator[nn.Module]:
    """Lend `model` in eval mode; its training mode comes back afterwards, module by module, also after an exception."""
    modes = [(m, m.training) for m in model.modules()]
    if any(mode for _, mode in modes):
        model.eval()
    try:
        yield model
    finally:
        for module, mode in modes:
            module.training = mode


def device_of(model: nn.Module) -> torch.device:
    """Return the device of the parameters; the CPU for a model without."""
    return next((p.device for p in model.parameters()), torch.device("cpu"))


@torch.no_grad()
def record(model: nn.Module, X: Tensor) -> Trace:
    """Return the logits and every internal of one forward pass over `X`, in eval mode, on the CPU."""
    name_probes(model)
    with borrowed(model), recording() as recorded:
        logits = model(X.to(device_of(model)))
    moved = {k: Activation(a.name, a.kind, a.axes, a.span, a.value.cpu()) for k, a in recorded.items()}
    return Trace(logits.cpu(), moved)


def zero_channel(channel: int) -> Edit:
    """Return an edit that sets one channel (filter, unit, head) to zero at every position."""
    def edit(value: Tensor, positions: range) -> Tensor:
        value = value.clone()
        value[:, channel] = 0
        return value
    return edit


def set_positions(start: int, end: int, to: float) -> Edit:
    """Return an edit that sets every channel to `to` where start <= position < end.

    For values whose last axis is the position (feature maps, gates, states, embeddings), not for attention patterns.
    """
    def edit(value: Tensor, positions: range) -> Tensor:
        inside = torch.tensor([start <= p < end for p in positions], device=value.device)
        return torch.where(inside, torch.as_tensor(to, dtype=value.dtype, device=value.device), value)
    return edit
