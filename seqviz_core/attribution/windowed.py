"""Many mutants of one sequence as one tensor that holds only what differs: what makes exact mutagenesis fast.

A mutant differs from its reference in a window that grows by a filter's width at each layer. `Windowed` looks like the
tensor (M, channels, P) of M mutants to the model that works on it, but holds the reference's values once and the windows'
values per mutant. The operations in `windowed_ops` and `windowed_recurrent` know how to continue with windows; any other
operation gets the full tensor, so the result is exact on every model and cheap as far as windows go
(the idea: fastISM, Nair et al. 2022, Bioinformatics, 10.1093/bioinformatics/btac135; here on unmodified models).

Windows may overhang the sequence: what they hold there means nothing, and whoever reads it puts the padding in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map

Axes = Literal["channels first", "channels last", "flat", "flat from channels last", "one channel"]
MOST_NUMBERS = 2**23
"""Numbers that the windows of one map hold at the most."""


class TooManyMutants(Exception):
    """One pass holds too many mutants; `rows` would fit."""

    def __init__(self, rows: int):
        super().__init__(f"{rows} mutants fit one pass")
        self.rows = max(1, rows)


class NeedsPlainTensor(Exception):
    """The model changes a tensor in place, which a window cannot stand for."""


@dataclass
class Tape:
    """What depends on the reference alone: computed with the first mutants, read again with the next ones.

    rows : length of a map -> how many mutants of that length may be written out in full.
    """

    rows: Callable[[int], int]
    entries: list[tuple[Any, Any]] = field(default_factory=list)
    at: int = 0

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return make(), or what it returned when the same place of the tape was written with the same key."""
        if self.at < len(self.entries) and self.entries[self.at][0] != key:
            del self.entries[self.at:]  # the model took another path
        if self.at == len(self.entries):
            self.entries.append((key, make()))
        self.at += 1
        return self.entries[self.at - 1][1]


@dataclass(frozen=True)
class Place:
    """Where the windows of one map start: `start` (G,) lies within low ... high; step: its difference if constant and above 0."""

    start: Tensor
    low: int
    high: int
    step: int | None

    def shift(self, by: int) -> Place:
        """Return the place `by` units to the right."""
        return self if by == 0 else Place(self.start + by, self.low + by, self.high + by, self.step)

    def divide(self, stride: int) -> Place:
        """Return floor(place / stride): where the windows start on a map that has one unit per `stride` units."""
        if stride == 1:
            return self
        step = self.step // stride if self.step is not None and self.step % stride == 0 else None
        start = torch.div(self.start, stride, rounding_mode="floor")
        return Place(start, self.low // stride, self.high // stride, step)

    def mirror(self, length: int) -> Place:
        """Return length - place: where windows end that start here, counted from the other end of the map."""
        return Place(length - self.start, length - self.high, length - self.low, None)


class Windowed(Tensor):
    """M = B * G mutants of one map, mutant b * G + g being alternative b at the place g.

    reference : (P, C) the map of the unchanged sequence. values : (B, G, w, C) the windows.
    axes : what the model sees: (M, C, P), (M, P, C), or one of the two flattened to (M, C * P).
    """

    reference: Tensor
    values: Tensor
    place: Place
    tape: Tape
    axes: Axes

    @staticmethod
    def __new__(cls, reference: Tensor, values: Tensor, place: Place, tape: Tape, axes: Axes = "channels first") -> Windowed:
        b, g, w, c = values.shape
        if b * g * w * c > MOST_NUMBERS and g > 1:
            raise TooManyMutants(MOST_NUMBERS // (w * c))
        p = reference.shape[0]
        shape = {"channels first": (b * g, c, p), "channels last": (b * g, p, c)}.get(axes, (b * g, c * p))
        return Tensor._make_wrapper_subclass(cls, shape, dtype=values.dtype, device=values.device)

    def __init__(self, reference: Tensor, values: Tensor, place: Place, tape: Tape, axes: Axes = "channels first"):
        self.reference, self.values, self.place, self.tape, self.axes = reference, values, place, tape, axes

    def like(self, reference: Tensor, values: Tensor, place: Place | None = None, axes: Axes | None = None) -> Windowed:
        """Return windows on another map of the same mutants, at the same place and with the same axes if none is given."""
        return Windowed(reference, values, place or self.place, self.tape, axes or self.axes)

    def once(self, what: Any, make: Callable[[], Any]) -> Any:
        """Return make(), which may depend on this map's reference alone, computed once for all mutants."""
        return self.tape.once((what, id(self.reference)), make)

    @property
    def width(self) -> int:
        return self.values.shape[2]

    @property
    def positions(self) -> int:
        return self.reference.shape[0]

    @classmethod
    def __torch_function__(cls, func: Callable, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        with torch._C.DisableTorchFunctionSubclass():
            if func in _FACTS:
                return func(*args, **kwargs)
            if handler := HANDLERS.get(func):
                result = handler(func, *args, **kwargs)
                if result is not NotImplemented:
                    return result
            if _in_place(func, kwargs):
                raise NeedsPlainTensor(getattr(func, "__name__", "an operation"))
            return func(*written_out(args), **written_out(kwargs))

    @classmethod
    def __torch_dispatch__(cls, func: Callable, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Give the full tensor to whatever calls an operation below Python, such as a scripted module."""
        return func(*written_out(args), **written_out(kwargs or {}))


HANDLERS: dict[Callable, Callable] = {}
"""Operation -> handler(operation, *args, **kwargs), which returns NotImplemented where windows do not help."""

_FACTS = {Tensor.shape.__get__, Tensor.ndim.__get__, Tensor.dtype.__get__, Tensor.device.__get__, Tensor.is_cuda.__get__,
          Tensor.requires_grad.__get__, Tensor.is_nested.__get__, Tensor.is_sparse.__get__, Tensor.layout.__get__,
          Tensor.is_quantized.__get__, Tensor.is_mkldnn.__get__, Tensor.size, Tensor.dim, Tensor.numel, Tensor.__len__,
          Tensor.is_floating_point, torch.is_floating_point, Tensor.is_complex, torch.is_complex}


def handles(*functions: Callable) -> Callable:
    """Register a handler for each of these operations."""
    def register(handler: Callable) -> Callable:
        HANDLERS.update(dict.fromkeys(functions, handler))
        return handler
    return register


def _in_place(func: Callable, kwargs: dict) -> bool:
    name = getattr(func, "__name__", "")
    dunder = name.startswith("__")
    return bool(kwargs.get("inplace") or kwargs.get("out") is not None or name == "__setitem__"
                or (name.endswith("_") and not dunder) or (dunder and name[2:3] == "i" and name != "__invert__"))


def written_out(arguments: Any) -> Any:
    """Return the arguments of an operation with full tensors instead of windows."""
    return tree_map(lambda a: full(a) if isinstance(a, Windowed) else a, arguments)


def full(x: Windowed) -> Tensor:
    """Return the tensor that x stands for. Raises TooManyMutants where it would hold more rows than may be written out."""
    b, g, w, c = x.values.shape
    if b * g > (rows := x.tape.rows(x.positions)) and g > 1:
        raise TooManyMutants(rows)
    whole = spread(x, 0, x.positions).view(b * g, x.positions, c)
    if x.axes == "channels last":
        return whole
    if x.axes in ("flat from channels last", "one channel"):
        return whole.flatten(1)
    return whole.transpose(1, 2).contiguous() if x.axes == "channels first" else whole.transpose(1, 2).flatten(1)


def spread(x: Windowed, start: int, end: int) -> Tensor:
    """Return the columns start ... end of every mutant, (B, G, end - start, C)."""
    b, g, w, c = x.values.shape
    starts = x.place.start.unique().tolist()
    if len(starts) <= max(8, g // 16):
        out = x.reference[start:end].repeat(b, g, 1, 1)
        for at in starts:
            rows = (x.place.start == at).nonzero()[:, 0] if len(starts) > 1 else slice(None)
            low, high = max(at, start), min(at + w, end)
            if high > low:
                out[:, rows, low - start:high - start] = x.values[:, rows, low - at:high - at]
        return out
    left, right = max(0, start - x.place.low), max(0, x.place.high + w - end)
    out = x.values.new_empty(b, g, left + end - start + right, c)
    out[:, :, left:left + end - start] = x.reference[start:end]
    columns = (x.place.start - start + left)[:, None] + torch.arange(w, device=out.device)  # (G, w)
    out.view(b, g, -1, c).scatter_(2, columns[None, :, :, None].expand_as(x.values), x.values)
    return out[:, :, left:left + end - start].contiguous()


def windows(whole: Tensor, place: Place, width: int, fill: float = 0.0) -> Tensor:
    """Return the windows of `width` units of the map `whole` (P, C) at each place, (G, w, C); `fill` beyond its ends."""
    left, right = max(0, -place.low), max(0, place.high + width - whole.shape[0])
    if left or right:
        whole = nn.functional.pad(whole, (0, 0, left, right), value=fill)
    c, g = whole.shape[1], place.start.shape[0]
    if place.step is not None:
        return whole.as_strided((g, width, c), (place.step * c, c, 1), whole.storage_offset() + (place.low + left) * c)
    every = whole.as_strided((whole.shape[0] - width + 1, width * c), (c, 1), whole.storage_offset())
    return every.index_select(0, place.start + left if left else place.start).view(g, width, c)


def widened(x: Windowed, place: Place, width: int, shifts: range, fill: float = 0.0) -> Tensor:
    """Return windows (B, G, width, C) at `place`: x's own values where it has some, else the reference's, `fill` outside.

    shifts : the values that x.place - place takes; x's windows must lie within the new ones.
    """
    if len(shifts) == 1 and shifts[0] == 0 and width == x.width:
        return masked(x, fill)
    b, g, w, c = x.values.shape
    out = x.values.new_empty(b, g, width, c)
    out.copy_(windows(x.reference, place, width, fill))
    values = masked(x, fill)
    if len(shifts) == 1:
        out[:, :, shifts[0]:shifts[0] + w] = values
        return out
    shift = x.place.start - place.start
    for at in shifts if len(shifts) <= 8 else shift.unique().tolist():
        rows = (shift == at).nonzero()[:, 0]
        out[:, rows, at:at + w] = values[:, rows]
    return out


def masked(x: Windowed, fill: float) -> Tensor:
    """Return x's windows with `fill` wherever they overhang the map."""
    start, last = x.place.start, x.positions - x.width
    if x.place.low >= 0 and x.place.high <= last:
        return x.values
    rows = ((start < 0) | (start > last)).nonzero()[:, 0]
    columns = start[rows, None] + torch.arange(x.width, device=start.device)  # (rows, w)
    outside = ((columns < 0) | (columns >= x.positions))[..., None]
    return x.values.index_copy(1, rows, x.values[:, rows].masked_fill(outside, fill))
