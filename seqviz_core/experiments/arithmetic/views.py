"""Back over calls that show the same numbers otherwise (flips, slices, padding, the winner of a pooling), to where they were
computed: what a filter's window holds, and which filter an input is."""

from collections.abc import Callable
from typing import Any, NamedTuple

from torch import Tensor

from .tape import ALL, Call, Index, Pass, Place

STAY = object()
"""What a view returns where it is too special to be followed."""


class Source(NamedTuple):
    """What an input of a sum is, in words, and the bases it sees (0-based, end excluded), None where nobody knows."""

    label: str
    bases: tuple[int, int] | None


def behind(pass_: Pass, place: Place, own: Tensor | None = None) -> Place | None:
    """Return the place where this number was computed, or shown by a probe other than the `own`; None where padding put a zero.

    own : the tensor that the probe in question was given.
    """
    while place.tensor is own or id(place.tensor) not in pass_.shown:
        call = pass_.call(place.tensor)
        before = _VIEWS[call.name](call, place.index) if call is not None and call.name in _VIEWS else STAY
        if before is STAY:
            return place
        if before is None:
            return None
        place = before
    return place


def source_of(pass_: Pass, place: Place, otherwise: str) -> Source:
    """Return what a number is for the reader: "base A", "filter 7", "conv2, channel 3"; `otherwise` where no probe shows it."""
    origin = behind(pass_, place)
    if origin is None:
        return Source("padding", None)
    if origin.tensor is pass_.X:
        _, base, position = origin.index
        return Source(f"base {'ACGT'[base]}", (position, position + 1))
    name = pass_.shown.get(id(origin.tensor))
    if name is None or len(origin.index) != 3 or pass_.recorded[name].axes[-1] != "position":
        return Source(otherwise, None)
    _, channel, position = origin.index
    bases = pass_.recorded[name].span.bases(position, pass_.X.shape[-1])
    return Source(f"filter {channel}" if name == pass_.first_map else f"{name}, channel {channel}", bases)


def _same(call: Call, index: Index) -> Place:
    return Place(call.args[0], index)


def _dropout(call: Call, index: Index) -> Any:
    return STAY if call.given(2, "training", True) else Place(call.args[0], index)


def _flip(call: Call, index: Index) -> Any:
    x, axes = call.args[0], {d % call.args[0].ndim for d in _dims(call, "dims")}
    if any(index[d] == ALL for d in axes):
        return STAY
    return Place(x, tuple(x.shape[d] - 1 - at if d in axes else at for d, at in enumerate(index)))


def _transpose(call: Call, index: Index) -> Place:
    x, (a, b) = call.args[0], _dims(call, "dim0", "dim1")
    swapped = list(index)
    swapped[a], swapped[b] = swapped[b], swapped[a]
    return Place(x, tuple(swapped))


def _permute(call: Call, index: Index) -> Place:
    x = call.args[0]
    at = {d % x.ndim: i for d, i in zip(_dims(call, "dims"), index, strict=True)}
    return Place(x, tuple(at[d] for d in range(x.ndim)))


def _chunk(call: Call, index: Index) -> Any:
    x, dim = call.args[0], call.given(2, "dim", 0) % len(index)
    size = -(-x.shape[dim] // call.given(1, "chunks"))
    return STAY if index[dim] == ALL else Place(x, _moved(index, dim, index[dim] + call.output * size))


def _pad(call: Call, index: Index) -> Any:
    x, pad = call.args[0], call.given(1, "pad")
    if call.given(2, "mode", "constant") != "constant" or call.given(3, "value") or len(pad) != 2 or index[-1] == ALL:
        return STAY
    at = index[-1] - pad[0]
    return Place(x, _moved(index, -1, at)) if 0 <= at < x.shape[-1] else None


def _cat(call: Call, index: Index) -> Any:
    dim = call.given(1, "dim", 0) % len(index)
    at = index[dim]
    if at == ALL:
        return STAY
    for part in call.args[0]:
        if at < part.shape[dim]:
            return Place(part, _moved(index, dim, at))
        at -= part.shape[dim]
    return STAY


def _getitem(call: Call, index: Index) -> Any:
    x, wanted = call.args[0], call.args[1] if isinstance(call.args[1], tuple) else (call.args[1],)
    if not all(w is None or w is Ellipsis or isinstance(w, (int, slice)) for w in wanted):
        return STAY
    axes = sum(isinstance(w, (int, slice)) for w in wanted)
    k = wanted.index(Ellipsis) if Ellipsis in wanted else len(wanted)
    given, found = iter(index), []
    for w in (*wanted[:k], *[ALL] * (x.ndim - axes), *wanted[k + 1:]):
        at = w if isinstance(w, int) else next(given)
        if at == ALL and w not in (ALL, None):
            return STAY
        if isinstance(w, slice) and at != ALL:
            start, _, step = w.indices(x.shape[len(found)])
            at = start + step * at
        if w is not None:
            found.append(at)
    return Place(x, tuple(found))


def _max_pool(call: Call, index: Index) -> Any:
    """Return the place of the winner."""
    x, size = call.args[0], _number(call.given(1, "kernel_size"))
    step, padding = _number(call.given(2, "stride") or size), _number(call.given(3, "padding", 0))
    if ALL in index or _number(call.given(4, "dilation", 1)) != 1:
        return STAY
    first, end = max(index[-1] * step - padding, 0), index[-1] * step - padding + size
    return Place(x, _moved(index, -1, first + int(x[index[:-1]][first:end].argmax())))


def _moved(index: Index, dim: int, at: int) -> Index:
    changed = list(index)
    changed[dim] = at
    return tuple(changed)


def _dims(call: Call, *names: str) -> tuple[int, ...]:
    """Return the dimensions a call was given: one after the other, as a tuple, or by name."""
    dims = call.args[1:] or tuple(call.kwargs[name] for name in names)
    return tuple(dims[0]) if isinstance(dims[0], (tuple, list)) else dims


def _number(size: Any) -> int:
    return int(size[0]) if isinstance(size, (tuple, list)) else int(size)


_VIEWS: dict[str, Callable[[Call, Index], Any]] = {
    "detach": _same, "contiguous": _same, "clone": _same, "dropout": _dropout, "flip": _flip, "transpose": _transpose,
    "permute": _permute, "chunk": _chunk, "pad": _pad, "cat": _cat, "getitem": _getitem, "max_pool1d": _max_pool}
