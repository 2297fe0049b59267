"""How convolution, pooling, read-outs over positions and dense layers continue with windows."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from .windowed import Windowed, full, handles, masked, spread, widened, windows
from .windowed_ops import _crop, _pad, each, logical, stored

F = nn.functional


def _one(value: Any) -> int:
    return value if isinstance(value, int) else value[0]


# ---- convolution

@handles(torch.conv1d, F.conv1d)
def _conv1d(func: Callable, x: Any, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0,
            dilation: Any = 1, groups: int = 1) -> Any:
    if not isinstance(x, Windowed) or x.axes != "channels first":
        return NotImplemented
    stride, dilation, kernel = _one(stride), _one(dilation), weight.shape[2]
    reach = (kernel - 1) * dilation
    if padding == "same":
        x, padding = _pad(F.pad, x, (reach // 2, reach - reach // 2)), 0
    padding = 0 if padding == "valid" else _one(padding)
    settings = (stride, padding, dilation, groups)
    reference = x.once((func, id(weight), settings), lambda: stored(func(logical(x.reference), weight, bias, *settings)))
    if kernel == 1 and stride == 1 and padding == 0:
        return x.like(reference, _conv_windows(x.values, weight, bias, 1, 1, groups))
    width = (x.width - 1 + reach) // stride + 1
    if width >= reference.shape[0] or stride > reach + 1:
        return func(full(x), weight, bias, *settings)
    if stride == 1 and x.width < kernel and groups == 1:
        return _conv_of_difference(x, reference, weight, padding, dilation)
    place = x.place.shift(padding - reach + stride - 1).divide(stride)
    from_place = _times(place, stride, -padding)
    shifts = range(reach, reach + 1) if stride == 1 else range(max(0, reach - stride + 1), reach + 1)
    values = widened(x, from_place, (width - 1) * stride + reach + 1, shifts)
    return x.like(reference, _conv_windows(values, weight, bias, stride, dilation, groups), place)


def _times(place: Any, stride: int, shift: int) -> Any:
    """Return place * stride + shift: where a window of a map with a stride starts on the map below."""
    step = None if place.step is None else place.step * stride
    return type(place)(place.start * stride + shift, place.low * stride + shift, place.high * stride + shift, step)


def _conv_windows(values: Tensor, weight: Tensor, bias: Tensor | None, stride: int, dilation: int, groups: int) -> Tensor:
    """Return the convolution, without padding, of windows (B, G, w, C), in the same order of dimensions."""
    b, g, w, c = values.shape
    image = values.reshape(b * g, 1, w, c).permute(0, 3, 1, 2)  # channels last in memory: nothing is copied
    out = F.conv2d(image, weight[:, :, None], bias, (1, stride), 0, (1, dilation), groups)
    return out.permute(0, 2, 3, 1).reshape(b, g, out.shape[3], out.shape[1])


def _conv_of_difference(x: Windowed, reference: Tensor, weight: Tensor, padding: int, dilation: int) -> Windowed:
    """Return the reference's convolution plus that of the difference: cheaper where windows are narrower than the filter."""
    b, g, w, c = x.values.shape
    reach = (weight.shape[2] - 1) * dilation
    matrix = x.once(("matrix", w), lambda: _as_matrix(weight, w, dilation))  # (w C, (w + reach) F)
    difference = masked(x.like(x.reference, x.values - windows(x.reference, x.place, w)), 0.0)
    place = x.place.shift(padding - reach)
    values = (difference.view(b * g, w * c) @ matrix).view(b, g, w + reach, -1)
    values += windows(reference, place, w + reach)
    return x.like(reference, values, place)


def _as_matrix(weight: Tensor, width: int, dilation: int) -> Tensor:
    """Return the matrix that takes a window (w C) to all that it changes, ((w + reach) F), of one group of channels."""
    f, c, kernel = weight.shape
    reach = (kernel - 1) * dilation
    matrix = weight.new_zeros(width, c, width + reach, f)
    for unit in range(width):
        matrix[unit, :, unit:unit + reach + 1:dilation] = weight.flip(2).permute(1, 2, 0)  # (C, kernel, F)
    return matrix.view(width * c, -1)


# ---- pooling

def _pool(func: Callable, x: Windowed, kernel: int, stride: int, padding: int, fill: float, reduce: Callable,
          whole: Callable) -> Any:
    """Return pooled windows; whole(x) pools a tensor, reduce(v) takes (B, G, w, kernel, C) to (B, G, w, C)."""
    reference = x.once((func, kernel, stride, padding), lambda: stored(whole(logical(x.reference))))
    if reference.shape[0] == 1 and padding == 0 and fill != 0:
        return _amax(_crop(x, 0, min(kernel, x.positions)))[..., None]
    width = (x.width - 1 + kernel - 1) // stride + 1
    if width >= reference.shape[0] or stride > kernel:
        return whole(full(x))
    place = x.place.shift(padding - kernel + stride).divide(stride)
    span = (width - 1) * stride + kernel
    values = widened(x, _times(place, stride, -padding), span, range(kernel - stride, kernel), fill)
    b, g, _, c = values.shape
    blocks = values.view(b, g, width, kernel, c) if stride == kernel else values.unfold(2, kernel, stride).transpose(-1, -2)
    return x.like(reference, reduce(blocks), place)


@handles(F.max_pool1d, torch.max_pool1d)
def _max_pool1d(func: Callable, x: Windowed, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
                ceil_mode: bool = False, return_indices: bool = False) -> Any:
    if x.axes != "channels first" or _one(dilation) != 1 or return_indices:
        return NotImplemented
    kernel, padding = _one(kernel_size), _one(padding)
    stride = _one(stride) if stride else kernel
    whole = lambda v: F.max_pool1d(v, kernel, stride, padding, 1, ceil_mode)
    return _pool((func, ceil_mode), x, kernel, stride, padding, -torch.inf, lambda v: v.amax(3), whole)


@handles(F.avg_pool1d, torch.avg_pool1d)
def _avg_pool1d(func: Callable, x: Windowed, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
                count_include_pad: bool = True) -> Any:
    kernel, padding = _one(kernel_size), _one(padding)
    if x.axes != "channels first" or ceil_mode or (padding and not count_include_pad):
        return NotImplemented
    stride = _one(stride) if stride else kernel
    return _pool(func, x, kernel, stride, padding, 0.0, lambda v: v.mean(3), lambda v: F.avg_pool1d(v, kernel, stride, padding))


@handles(F.adaptive_max_pool1d, torch.adaptive_max_pool1d, F.adaptive_avg_pool1d, torch.adaptive_avg_pool1d)
def _adaptive(func: Callable, x: Windowed, output_size: Any, return_indices: bool = False) -> Any:
    if x.axes != "channels first" or _one(output_size) != 1 or return_indices:
        return NotImplemented
    return (_amax(x) if "max" in func.__name__ else _sum(x) / x.positions)[..., None]


# ---- read-outs over positions

def _amax(x: Windowed) -> Tensor:
    """Return the largest value of each channel, (M, C): of the window, of what stands before it and of what stands after."""
    b, g, w, c = x.values.shape
    edge = x.reference.new_full((1, c), -torch.inf)
    before = x.once("before", lambda: torch.cat([edge, x.reference.cummax(0).values]))  # (P + 1, C)
    after = x.once("after", lambda: torch.cat([x.reference.flip(0).cummax(0).values.flip(0), edge]))
    start = x.place.start
    rest = torch.maximum(before[start.clamp(0, x.positions)], after[(start + w).clamp(0, x.positions)])  # (G, C)
    return torch.maximum(_largest(masked(x, -torch.inf)), rest).view(b * g, c)


def _largest(values: Tensor) -> Tensor:
    """Return the largest of (B, G, w, C) over the windows, (B, G, C)."""
    if values.shape[3] >= 32:
        return values.amax(2)
    while (w := values.shape[2]) > 1:  # by halves: amax is slow where few numbers lie side by side
        half = (w + 1) // 2
        values = torch.maximum(values[:, :, :half], values[:, :, w - half:])
    return values[:, :, 0]


def _sum(x: Windowed) -> Tensor:
    """Return the sum of each channel over positions, (M, C)."""
    b, g, w, c = x.values.shape
    difference = x.like(x.reference, x.values - windows(x.reference, x.place, w))
    return (masked(difference, 0.0).sum(2) + x.once("sum", lambda: x.reference.sum(0))).view(b * g, c)


@handles(torch.amax, Tensor.amax, torch.mean, Tensor.mean, torch.sum, Tensor.sum)
def _over_positions(func: Callable, x: Windowed, dim: Any = None, keepdim: bool = False, **kwargs: Any) -> Any:
    dim = dim[0] if isinstance(dim, (tuple, list)) and len(dim) == 1 else dim
    position = {"channels first": 2, "channels last": 1, "one channel": 1}.get(x.axes)
    if kwargs or not isinstance(dim, int) or dim % x.ndim != position:
        return NotImplemented
    name = func.__name__
    out = _amax(x) if name == "amax" else _sum(x) / x.positions if name == "mean" else _sum(x)
    out = out[:, 0] if x.axes == "one channel" else out
    return out.unsqueeze(position) if keepdim else out


# ---- dense layers

@handles(F.linear)
def _linear(func: Callable, x: Any, weight: Tensor, bias: Tensor | None = None) -> Any:
    if not isinstance(x, Windowed) or x.axes in ("channels first", "one channel"):
        return NotImplemented
    if x.axes == "channels last":
        return each(x, lambda v: func(v, weight, bias), (func, id(weight)))
    return _dense(x, weight, bias)


def _dense(x: Windowed, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Return the dense layer of the flattened map, (M, H): the reference's, plus the difference's in the columns it covers.

    Neighbouring mutants share the columns that one product covers: about twice as many as a window has.
    """
    b, g, w, c = x.values.shape
    by_column = x.once(("weight", id(weight)), lambda: _by_column(x, weight))  # (P, C, H)
    whole = x.once(("dense", id(weight)), lambda: F.linear(x.reference.reshape(1, -1), by_column.flatten(0, 1).T, bias))[0]
    difference = masked(x.like(x.reference, x.values - windows(x.reference, x.place, w)), 0.0)
    zero, out = torch.zeros_like(x.reference), whole.new_empty(b, g, weight.shape[0])
    for rows in _runs(x.place.start.tolist(), 2 * w):
        part = x.place.start[rows]
        low, high = max(0, int(part.min())), min(x.positions, int(part.max()) + w)
        if high <= low:
            out[:, rows] = whole
            continue
        place = type(x.place)(part, int(part.min()), int(part.max()), None)
        columns = spread(x.like(zero, difference[:, rows], place, "channels last"), low, high)
        out[:, rows] = (columns.flatten(2) @ by_column[low:high].flatten(0, 1)) + whole
    return out.view(b * g, -1)


def _by_column(x: Windowed, weight: Tensor) -> Tensor:
    h, (p, c) = len(weight), x.reference.shape
    return (weight.view(h, c, p).permute(2, 1, 0) if x.axes == "flat" else weight.view(h, p, c).permute(1, 2, 0)).contiguous()


def _runs(starts: list[int], most: int) -> list[slice]:
    """Return slices of neighbouring mutants whose starts lie within `most` of each other."""
    runs, at = [], 0
    for g in range(1, len(starts) + 1):
        if g == len(starts) or abs(starts[g] - starts[at]) > most:
            runs.append(slice(at, g))
            at = g
    return runs
