"""How the operations of a model continue with windows: convolution, pooling, functions of one unit, read-outs."""

import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from .windowed import Place, Windowed, handles, masked, spread, widened, windows

F = nn.functional
MAPS = ("channels first", "channels last")


def logical(x: Tensor) -> Tensor:
    """Return a map (P, C) as the model sees a batch of one, (1, C, P)."""
    return x.T.contiguous()[None]


def stored(x: Tensor) -> Tensor:
    """Return a map (1, C, P) as windows keep it, (P, C)."""
    return x[0].T.contiguous()


def each(x: Windowed, function: Callable[[Tensor], Tensor], key: Any, axes: str | None = None) -> Windowed:
    """Return `function`, which treats every unit alone and may mix its channels (last), of the reference and of the windows."""
    return x.like(x.once(key, lambda: function(x.reference)), function(x.values), axes=axes)


# ---- one unit at a time

@handles(torch.relu, F.relu, Tensor.relu, torch.exp, Tensor.exp, torch.sigmoid, Tensor.sigmoid, F.sigmoid, torch.tanh,
         Tensor.tanh, F.tanh, F.gelu, F.softplus, F.elu, F.silu, F.leaky_relu, F.selu, F.hardtanh, F.logsigmoid, torch.abs,
         Tensor.abs, torch.square, Tensor.square, torch.neg, Tensor.neg, Tensor.__neg__, torch.clamp, Tensor.clamp,
         Tensor.clamp_min, torch.sqrt, Tensor.sqrt, torch.log, Tensor.log, torch.log1p, torch.erf, torch.sin, torch.cos)
def _unary(func: Callable, x: Any, *args: Any, **kwargs: Any) -> Any:
    if kwargs.get("inplace") or kwargs.get("out") is not None or not isinstance(x, Windowed) or _tensors(args, kwargs):
        return NotImplemented
    return each(x, lambda v: func(v, *args, **kwargs), func)


@handles(F.dropout, torch.dropout, F.dropout1d, F.feature_dropout if hasattr(F, "feature_dropout") else F.dropout2d)
def _dropout(func: Callable, x: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    return x if not training or p == 0 else NotImplemented


@handles(Tensor.contiguous, Tensor.detach)
def _same(func: Callable, x: Windowed, *args: Any) -> Windowed:
    return x


def _tensors(*values: Any) -> bool:
    return any(isinstance(t, Tensor) for v in values for t in (v.values() if isinstance(v, dict) else v))


@handles(torch.add, Tensor.add, Tensor.__add__, Tensor.__radd__, torch.sub, Tensor.sub, Tensor.__sub__, Tensor.__rsub__,
         torch.mul, Tensor.mul, Tensor.__mul__, Tensor.__rmul__, torch.div, Tensor.div, Tensor.__truediv__,
         Tensor.__rtruediv__, torch.maximum, torch.minimum, torch.pow, Tensor.pow, Tensor.__pow__)
def _binary(func: Callable, a: Any, b: Any, **kwargs: Any) -> Any:
    if "out" in kwargs:
        return NotImplemented
    if isinstance(a, Windowed) and isinstance(b, Windowed):
        if a.axes != b.axes or a.values.shape[:2] != b.values.shape[:2] or a.positions != b.positions:
            return NotImplemented
        return _of_two(lambda u, v: func(u, v, **kwargs), func, a, b)
    x, other, call = (a, b, lambda v, t: func(v, t, **kwargs)) if isinstance(a, Windowed) else \
        (b, a, lambda v, t: func(t, v, **kwargs))
    if not isinstance(other, Tensor) or other.ndim == 0:
        return each(x, lambda v: call(v, other), func)
    return _with_tensor(call, func, x, other)


def _with_tensor(call: Callable, key: Any, x: Windowed, other: Tensor) -> Any:
    """Return call(x, other) for a tensor that is the same for every mutant: broadcast against (1, channels, P)."""
    if x.axes not in MAPS or other.ndim > 3 or (other.ndim == 3 and other.shape[0] != 1):
        return NotImplemented
    whole = other.reshape((1,) * (3 - other.ndim) + tuple(other.shape))[0]
    whole = whole.T if x.axes == "channels first" else whole  # (P or 1, C or 1)
    if not ({1, x.positions} >= {whole.shape[0]} and {1, x.reference.shape[1]} >= {whole.shape[1]}):
        return NotImplemented
    local = whole if whole.shape[0] == 1 else windows(whole.contiguous(), x.place, x.width)
    return x.like(x.once(key, lambda: call(x.reference, whole)), call(x.values, local))


def _of_two(call: Callable, key: Any, a: Windowed, b: Windowed, axes: str | None = None) -> Windowed:
    """Return call(a, b) in windows that hold both."""
    (u, v), place = _together([a, b])
    reference = a.once((key, id(b.reference)), lambda: call(a.reference, b.reference))
    return a.like(reference, call(u, v), place, axes)


def _together(maps: list[Windowed]) -> tuple[list[Tensor], Place]:
    """Return the windows of several maps of one length, widened to the same ones, and where those start."""
    base = maps[0].place
    ranges = [_range(x.place, base) for x in maps]  # of starts, against the first map's
    low = min(low for low, _ in ranges)
    width = max(high + x.width for x, (_, high) in zip(maps, ranges)) - low
    if width >= (length := maps[0].positions):
        return [spread(x, 0, length) for x in maps], Place(torch.zeros_like(base.start), 0, 0, None)
    place = base.shift(low)
    return [widened(x, place, width, range(lo - low, hi - low + 1)) for x, (lo, hi) in zip(maps, ranges)], place


def _range(place: Place, base: Place) -> tuple[int, int]:
    if place is base or (place.step is not None and place.step == base.step):
        return (place.low - base.low,) * 2
    difference = place.start - base.start
    return int(difference.min()), int(difference.max())


@handles(F.batch_norm)
def _batch_norm(func: Callable, x: Any, mean: Tensor | None, var: Tensor | None, weight: Tensor | None = None,
                bias: Tensor | None = None, training: bool = False, momentum: float = 0.1, eps: float = 1e-5) -> Any:
    if training or x.axes != "channels first":
        return NotImplemented
    call = lambda v: func(v.reshape(-1, v.shape[-1]), mean, var, weight, bias, False, momentum, eps).view(v.shape)
    return each(x, call, func)


@handles(F.layer_norm)
def _layer_norm(func: Callable, x: Any, normalized_shape: Any, *args: Any, **kwargs: Any) -> Any:
    if x.axes != "channels last" or len(normalized_shape) != 1:
        return NotImplemented
    return each(x, lambda v: func(v, normalized_shape, *args, **kwargs), func)


# ---- other views of the same map

@handles(torch.transpose, Tensor.transpose, torch.permute, Tensor.permute, torch.swapaxes, Tensor.swapaxes)
def _transpose(func: Callable, x: Windowed, *dims: Any) -> Any:
    dims = tuple(d % 3 for d in (dims[0] if len(dims) == 1 and not isinstance(dims[0], int) else dims))
    if dims == (0, 1, 2):
        return x
    if dims not in ((1, 2), (2, 1), (0, 2, 1)) or x.axes not in MAPS:
        return NotImplemented
    other = "channels last" if x.axes == "channels first" else "channels first"
    return x.like(x.reference, x.values, axes=other)


@handles(Tensor.mT.__get__)
def _mT(func: Callable, x: Windowed) -> Any:
    return _transpose(func, x, 1, 2)


@handles(torch.flatten, Tensor.flatten)
def _flatten(func: Callable, x: Windowed, start_dim: int = 0, end_dim: int = -1) -> Any:
    if start_dim not in (1, -2) or end_dim not in (-1, 2) or x.axes not in MAPS:
        return NotImplemented
    return x.like(x.reference, x.values, axes="flat" if x.axes == "channels first" else "flat from channels last")


@handles(torch.reshape, Tensor.reshape, Tensor.view)
def _reshape(func: Callable, x: Windowed, *shape: Any) -> Any:
    shape = tuple(shape[0]) if len(shape) == 1 and not isinstance(shape[0], int) else shape
    rows, numbers = x.values.shape[0] * x.values.shape[1], x.reference.numel()
    flat = len(shape) == 2 and (shape[0], shape[1]) in ((rows, -1), (-1, numbers), (rows, numbers))
    return _flatten(func, x, 1) if flat else NotImplemented


@handles(torch.flip, Tensor.flip)
def _flip(func: Callable, x: Windowed, *dims: Any) -> Any:
    dims = {d % 3 for d in (dims[0] if len(dims) == 1 and not isinstance(dims[0], int) else dims)}
    if x.axes not in MAPS or 0 in dims:
        return NotImplemented
    along = 2 if x.axes == "channels first" else 1
    back = [-2] * (along in dims) + [-1] * ((3 - along) in dims)
    place = x.place.mirror(x.positions - x.width) if along in dims else x.place
    return x.like(x.once((func, *back), lambda: x.reference.flip(back)), x.values.flip(back), place)


@handles(F.pad, torch.constant_pad_nd)
def _pad(func: Callable, x: Windowed, pad: Any, mode: str = "constant", value: float | None = None) -> Any:
    if mode != "constant" or len(pad) != 2 or x.axes != "channels first" or min(pad) < 0:
        return NotImplemented
    left, right = pad
    reference = x.once((func, left, right), lambda: F.pad(x.reference, (0, 0, left, right), value=value or 0.0))
    return x.like(reference, masked(x, value or 0.0), x.place.shift(left))


@handles(torch.cat, torch.concat, torch.concatenate)
def _cat(func: Callable, maps: Any, dim: int = 0) -> Any:
    first = maps[0]
    same = all(isinstance(x, Windowed) and x.axes == first.axes and x.values.shape[:2] == first.values.shape[:2]
               and x.positions == first.positions for x in maps)
    if not same or dim % 3 != {"channels first": 1, "channels last": 2}.get(first.axes):
        return NotImplemented
    values, place = _together(list(maps))
    reference = first.once((func, *map(id, (x.reference for x in maps))), lambda: torch.cat([x.reference for x in maps], 1))
    return first.like(reference, torch.cat(values, -1), place)


@handles(torch.chunk, Tensor.chunk)
def _chunk(func: Callable, x: Windowed, chunks: int, dim: int = 0) -> Any:
    if dim % 3 != {"channels first": 1, "channels last": 2}.get(x.axes):
        return NotImplemented
    c = x.reference.shape[1]
    size = -(-c // chunks)
    return tuple(_channels(x, slice(at, min(at + size, c))) for at in range(0, c, size))


def _channels(x: Windowed, channels: slice) -> Windowed:
    if channels == slice(None):
        return x
    reference = x.once(("channels", channels.start, channels.stop, channels.step), lambda: x.reference[:, channels].contiguous())
    return x.like(reference, x.values[..., channels])


@handles(Tensor.__getitem__)
def _getitem(func: Callable, x: Windowed, index: Any) -> Any:
    index = index if isinstance(index, tuple) else (index,)
    if Ellipsis in index:
        at = index.index(Ellipsis)
        index = (*index[:at], *[slice(None)] * (4 - len(index)), *index[at + 1:])
    index = (*index, *[slice(None)] * (3 - len(index)))
    plain = len(index) == 3 and all(isinstance(i, (int, slice)) and not isinstance(i, bool) for i in index)
    if not plain or index[0] != slice(None) or x.axes not in MAPS:
        return NotImplemented
    channel, position = index[1:] if x.axes == "channels first" else index[:0:-1]
    if isinstance(position, int):
        return _at(x, operator.index(position))[:, channel]
    start, end, step = position.indices(x.positions)
    if step != 1 or end <= start:
        return NotImplemented
    if not isinstance(channel, int):
        return _crop(_channels(x, channel), start, end)
    one = _crop(_channels(x, slice(channel, channel + 1 or None)), start, end)
    return one.like(one.reference, one.values, axes="one channel")


def _crop(x: Windowed, start: int, end: int) -> Windowed:
    if (start, end) == (0, x.positions):
        return x
    return x.like(x.once(("crop", start, end), lambda: x.reference[start:end]), x.values, x.place.shift(-start))


def _at(x: Windowed, position: int) -> Tensor:
    """Return the column at `position` of each mutant, (M, C)."""
    b, g, w, c = x.values.shape
    column = position % x.positions - x.place.start  # (G,)
    inside = ((column >= 0) & (column < w))[:, None]
    values = x.values[:, torch.arange(g, device=column.device), column.clamp(0, w - 1)]  # (B, G, C)
    return torch.where(inside, values, x.reference[position]).view(b * g, c)
