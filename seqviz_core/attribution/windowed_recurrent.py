"""How an LSTM, GRU or plain RNN continues with windows, bit for bit as if every mutant were read from end to end.

Up to its window a mutant's states are the reference's, so reading starts there; after it the states may become equal to the
reference's again, to the last bit, and from then on stay so. How soon depends on the forget gate: after a few bases where
it forgets, never where it keeps.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from .windowed import Place, TooManyMutants, Windowed, handles, spread, windows
from .windowed_ops import _cat, _flip

BLOCK = 32
"""Steps after which a mutant may start, and between two looks at whether its states are the reference's again."""

MOST_NUMBERS = 2**23
"""Numbers that the outputs of one pass hold at the most."""

States = tuple[Tensor, ...]
Reader = Callable[[Tensor, States], tuple[Tensor, States]]
"""(x (N, T, C), states (N, H)) -> outputs (N, T, H) and the states after them."""


@handles(torch.lstm, torch.gru, torch.rnn_tanh, torch.rnn_relu)
def _recurrent(func: Callable, x: Any, hx: Any, weights: Any, has_biases: Any, layers: int, dropout: float, train: bool,
               bidirectional: bool, batch_first: bool) -> Any:
    if not isinstance(x, Windowed) or x.axes != "channels last" or not batch_first or (train and dropout) \
            or x.width >= x.positions or (bidirectional and x.positions <= 2 * BLOCK):
        return NotImplemented
    hx = tuple(hx) if isinstance(hx, (tuple, list)) else (hx,)
    directions = 2 if bidirectional else 1
    if not isinstance(weights, (tuple, list)) or any(not torch.equal(h, h[:, :1].expand_as(h)) for h in hx) \
            or len(weights) != layers * directions * (4 if has_biases else 2):
        return NotImplemented  # packed, projected, or a start that differs between mutants
    last: list[States] = []
    for layer in range(layers):
        read = []
        for direction in range(directions):
            n = layer * directions + direction
            part = weights[n * (4 if has_biases else 2):(n + 1) * (4 if has_biases else 2)]
            out, states = _one_direction(_reader(func, part, has_biases), x, tuple(h[n, :1] for h in hx), direction == 1)
            read.append(out)
            last.append(states)
        x = read[0] if not bidirectional else _cat(torch.cat, read, 2)
    return (x, *(torch.stack(h) for h in zip(*last)))


def _reader(func: Callable, weights: Any, has_biases: bool) -> Reader:
    """Return one layer that reads in one direction."""
    def read(x: Tensor, states: States) -> tuple[Tensor, States]:
        hx = tuple(s[None] for s in states)
        out, *after = func(x, hx if func is torch.lstm else hx[0], weights, has_biases, 1, 0.0, False, False, True)
        return out, tuple(s[0] for s in after)
    return read


def _one_direction(read: Reader, x: Windowed, start: States, backwards: bool) -> tuple[Windowed, States]:
    """Return the outputs as windows and the last states (M, H) of reading forwards or backwards."""
    if not backwards:
        return _forwards(read, x, start)
    out, states = _forwards(read, _flip(torch.flip, x, 1), start)
    return _flip(torch.flip, out, 1), states


def _forwards(read: Reader, x: Windowed, start: States) -> tuple[Windowed, States]:
    read_reference = x.once(("read", tuple(start[0].shape)), lambda: _read_reference(read, x.reference, start))
    reference, cuts, _ = read_reference
    b, g, w, _ = x.values.shape
    block = torch.div(x.place.start.clamp(0, x.positions - 1), BLOCK, rounding_mode="floor")
    parts = []
    for k in block.unique().tolist():
        rows = (block == k).nonzero()[:, 0]
        starts = x.place.start[rows]
        place = Place(starts, int(starts.min()), int(starts.max()), None)
        parts.append((k, rows, *_read_mutants(read, x.like(x.reference, x.values[:, rows], place), read_reference, k, b * g)))
    place = Place(block * BLOCK, parts[0][0] * BLOCK, parts[-1][0] * BLOCK, None)
    if len(parts) == 1:
        (_, _, out, after), = parts
        return x.like(reference, out, place), tuple(s.view(b * g, -1) for s in after)
    width = max(out.shape[2] for _, _, out, _ in parts)
    values = x.values.new_empty(b, g, width, reference.shape[1])
    states = tuple(s.new_empty(b, g, s.shape[1]) for s in cuts[-1])
    for k, rows, out, after in parts:
        steps = out.shape[2]
        values[:, rows, :steps] = out
        if width > steps:
            begin = k * BLOCK + steps
            values[:, rows, steps:] = windows(reference, Place(place.start[rows] + steps, begin, begin, None), width - steps)
        for s, a in zip(states, after):
            s[:, rows] = a
    return x.like(reference, values, place), tuple(s.view(b * g, -1) for s in states)


def _check_fits(mutants: int, one_block: int, so_far: int, to_the_end: int) -> None:
    """Raise TooManyMutants where outputs of `so_far` numbers per mutant are too many; most mutants never get to the end."""
    if mutants > one_block and mutants * so_far > MOST_NUMBERS // 16:
        raise TooManyMutants(one_block)
    if mutants > (fits := max(1, MOST_NUMBERS // to_the_end)) and mutants * so_far > MOST_NUMBERS:
        raise TooManyMutants(fits)


class ReadReference(NamedTuple):
    """Outputs (P, H), the states before every block and after the last, and whether mutants were seen to differ to the end."""

    outputs: Tensor
    cuts: list[States]
    memory: dict[str, bool]


def _read_reference(read: Reader, reference: Tensor, states: States) -> ReadReference:
    outs, cuts = [], [states]
    for part in reference.split(BLOCK):
        out, states = read(part[None], states)
        outs.append(out[0])
        cuts.append(states)
    return ReadReference(torch.cat(outs), cuts, {"keeps": False})


def _read_mutants(read: Reader, x: Windowed, read_reference: ReadReference, block: int, mutants: int) -> tuple[Tensor, States]:
    """Return outputs (B, G, T, H) from the start of `block` until all states are the reference's again, and the last states.

    Raises TooManyMutants as soon as `mutants` outputs of this length would be too many numbers.
    """
    (reference, cuts, memory), (b, g, w, _) = read_reference, x.values.shape
    end, outs = min(x.place.high + w, x.positions), []
    states = tuple(s.expand(b * g, -1).contiguous() for s in cuts[block])
    last = tuple(s.expand(b * g, -1).clone() for s in cuts[-1])
    live = torch.arange(b * g, device=reference.device)
    k, blocks, keeps = block, len(cuts) - 1, memory["keeps"]
    while k < blocks and len(live):
        after = blocks if keeps else min(k + max(1, (k - block) // 2), blocks)  # looks become rarer
        at, to = k * BLOCK, min(after * BLOCK, x.positions)
        _check_fits(mutants, b * BLOCK, reference.shape[1] * (to - block * BLOCK), reference[block * BLOCK:].numel())
        inputs = spread(x, at, to).view(b * g, to - at, -1) if at < end else x.reference[at:to].repeat(b * g, 1, 1)
        if len(live) == b * g:
            out, states = read(inputs, states)
        else:
            out = reference[at:to].repeat(b * g, 1, 1)
            out[live], states = read(inputs[live], states)
        outs.append(out)
        if to >= end and to < x.positions:
            differ = torch.stack([(s != r).any(1) for s, r in zip(states, cuts[after])]).any(0)
            live, states = live[differ], tuple(s[differ] for s in states)
        k = after
    memory["keeps"] = len(live) > 0.9 * b * g and (keeps or blocks - block > 4)
    if len(live):
        for s, a in zip(last, states):
            s[live] = a
    out = torch.cat(outs, 1) if len(outs) > 1 else outs[0]
    return out.view(b, g, out.shape[1], -1), tuple(s.view(b, g, -1) for s in last)
