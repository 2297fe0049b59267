"""What DeepLIFT does at a function that is not linear: the slope of a chord for a curve, the winner's share for a maximum.

A rule returns what the function returns, with another way back: rule(function, args, kwargs, sources, before) -> output, where
`sources` are the arguments that carry the sequence and `before` is what these arguments were for the reference.
"""

from collections.abc import Callable

import torch
from torch import Tensor

Sources = list[Tensor]


def curve(func: Callable, args: tuple, kwargs: dict, sources: Sources, before: Sources) -> Tensor:
    """Return f(x), whose gradient is the slope of the chord, (f(x) - f(x0)) / (x - x0), number by number.

    Where x and x0 almost meet, the quotient is mostly rounding: it is kept between the tangents at both ends.
    """
    x, x0 = sources[0].detach(), before[0]
    (y, tangent), (y0, tangent0) = (_with_tangent(func, value, args, kwargs) for value in (x, x0))
    step = x - x0
    slope = (y - y0) / torch.where(step == 0, 1, step)
    between = slope.clamp(torch.minimum(tangent, tangent0), torch.maximum(tangent, tangent0))
    near = step.abs() < torch.finfo(x.dtype).eps ** 0.5 * (1 + x.abs())
    return _with_slope(y, torch.where(near, between, slope), sources[0])


def _with_tangent(func: Callable, x: Tensor, args: tuple, kwargs: dict) -> tuple[Tensor, Tensor]:
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        y = func(x, *args[1:], **kwargs)
    return y.detach(), torch.autograd.grad(y.sum(), x)[0]


def _with_slope(y: Tensor, slope: Tensor, x: Tensor) -> Tensor:
    """Return y exactly, with `slope` as its derivative with respect to x."""
    return y + slope * (x - x.detach())


def maximum(func: Callable, args: tuple, kwargs: dict, sources: Sources, before: Sources) -> Tensor:
    """Return max(a, b), number by number, of two tensors of which one or both carry the sequence."""
    if len(sources) == 1:
        return curve(func, args, kwargs, sources, before)
    pair, pair0 = (torch.stack(torch.broadcast_tensors(*both)) for both in (sources, before))
    return _largest(pair, pair0, 0)[0].squeeze(0)


def amax(func: Callable, args: tuple, kwargs: dict, sources: Sources, before: Sources) -> Tensor:
    """Return the largest value along the given dimensions."""
    dim, keepdim = _dim_and_keepdim(args, kwargs)
    dims = sorted(d % sources[0].ndim for d in (dim if isinstance(dim, (tuple, list)) else (dim,))) or range(sources[0].ndim)
    x, x0 = (value.movedim(tuple(dims), tuple(range(-len(dims), 0))).flatten(-len(dims)) for value in (sources[0], before[0]))
    y = _largest(x, x0, -1)[0].squeeze(-1)
    for d in dims if keepdim else ():
        y = y.unsqueeze(d)
    return y


def max_along(func: Callable, args: tuple, kwargs: dict, sources: Sources, before: Sources) -> Tensor | torch.return_types.max:
    """Return the largest value of all or, along one dimension, (values, indices), or the larger of two tensors."""
    if any(isinstance(other, Tensor) for other in args[1:]):
        return maximum(func, args, kwargs, sources, before)
    if len(args) == 1 and "dim" not in kwargs:
        return amax(func, (*args, ()), {}, sources, before)
    dim, keepdim = _dim_and_keepdim(args, kwargs)
    y, index = _largest(sources[0], before[0], dim)
    return torch.return_types.max((y, index) if keepdim else (y.squeeze(dim), index.squeeze(dim)))


def pooled(func: Callable, args: tuple, kwargs: dict, sources: Sources, before: Sources) -> Tensor:
    """Return the maxima of windows along the last dimension (`max_pool1d`, `adaptive_max_pool1d`)."""
    kwargs = {**kwargs, "return_indices": True}
    (y, index), (y0, index0) = (func(x, *args[1:], **kwargs) for x in (sources[0].detach(), before[0]))
    return _from_winner(sources[0], before[0], y, y0, index, index0, -1)


def _dim_and_keepdim(args: tuple, kwargs: dict) -> tuple:
    given = {**dict(zip(("dim", "keepdim"), args[1:])), **kwargs}
    return given.get("dim", ()), given.get("keepdim", False)


def _largest(x: Tensor, x0: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    """Return the largest values of x along `dim`, which stays with length 1, and where they are."""
    (y, index), (y0, index0) = (value.detach().max(dim, keepdim=True) for value in (x, x0))
    return _from_winner(x, x0, y, y0, index, index0, dim), index


def _from_winner(x: Tensor, x0: Tensor, y: Tensor, y0: Tensor, index: Tensor, index0: Tensor, dim: int) -> Tensor:
    """Return the maxima y of x: a rise belongs to the place that is largest now, a fall to the one that was before."""
    place = torch.where(y >= y0, index, index0)
    here, before = x.gather(dim, place), x0.gather(dim, place)
    step = here.detach() - before  # at least as far as y - y0, in its direction
    return _with_slope(y, torch.where(step == 0, 1, (y - y0) / torch.where(step == 0, 1, step)), here)


