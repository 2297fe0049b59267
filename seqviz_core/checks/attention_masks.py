"""Asking a model again with some of its attention taken away or replaced: many masks of one sequence at a time.

What stays of a masked row is divided by its sum, so that it adds up to 1 again; of a row that is masked whole, nothing stays.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..attribution.gradient import At, Target, as_input, chosen_logit, rows_per_pass
from ..datasets.task import Head as Answers
from ..errors import SeqVizError
from ..models.internals import Activation, Edit, Span, Trace, borrowed, intervene, name_probes, record

MOST_TOKENS = 120  # of more, the tests of every head and edge take many seconds
AT_ONCE = 2**22  # weights of one layer that one pass may hold


class HeadOf(NamedTuple):
    """One head (counted from 0) of one attention layer, by its probe's name."""

    probe: str
    head: int


class Mask(NamedTuple):
    """What is masked of a head: the keys start ... end (end excluded), for the queries first ... last (excluded; None: all)."""

    head: int
    start: int
    end: int
    first: int = 0
    last: int | None = None


def patterns_in(trace: Trace) -> list[Activation]:
    """Return the recorded attention patterns; raises SeqVizError where there are none, or they are too large to be tested."""
    found = trace.of_kind("attention")
    if not found:
        raise SeqVizError("This model has no attention: nothing in it weighs positions against each other.")
    tokens = max(a.value.shape[-1] for a in found)
    if tokens > MOST_TOKENS:
        stride = found[0].span.stride
        raise SeqVizError(f"This sequence has {tokens:,} tokens; attention is tested up to {MOST_TOKENS}, "
                          f"which is {MOST_TOKENS * stride:,} bases for this model.")
    return found


def heads_in(trace: Trace) -> list[HeadOf]:
    """Return every head of every attention layer, in order; raises SeqVizError as `patterns_in` does."""
    return [HeadOf(a.name, head) for a in patterns_in(trace) for head in range(a.value.shape[1])]


def pattern_of(trace: Trace, head: HeadOf) -> np.ndarray:
    """Return the attention pattern of one head on the first sequence, float64 (queries, keys)."""
    return trace[head.probe].value[0, head.head].double().numpy()


def masking(masks: Sequence[Mask]) -> Edit:
    """Return an edit of an attention pattern (N, head, query, key) that masks masks[n] in row n and renormalises."""
    def edit(value: Tensor, positions: range) -> Tensor:
        gone = torch.zeros(value.shape, dtype=torch.bool, device=value.device)
        for row, m in enumerate(masks):
            gone[row, m.head, m.first:m.last, m.start:m.end] = True
        left = value.masked_fill(gone, 0)
        total = left.sum(-1, keepdim=True)
        renormalised = left / torch.where(total > 0, total, torch.ones_like(total))
        return torch.where(gone.any(-1, keepdim=True), renormalised, value)  # rows without a mask stay as they are, bit by bit
    return edit


def replacing(head: int, patterns: Tensor) -> Edit:
    """Return an edit that puts patterns (N, query, key) in the place of one head's; a gradient runs through them."""
    def edit(value: Tensor, positions: range) -> Tensor:
        mine = torch.arange(value.shape[1], device=value.device)[:, None, None] == head
        return torch.where(mine, patterns.to(value)[:, None], value)
    return edit


@torch.no_grad()
def asked_again(model: nn.Module, X: Tensor, layer: Activation, n: int, edit_of: Callable[[slice], Edit]) -> Tensor:
    """Return the logits (n, ...) of X (1, 4, L), asked n times with the edits edit_of(rows) of one layer, on the CPU."""
    name_probes(model)
    x, out = as_input(X, model), []
    step = max(1, min(rows_per_pass(256, X.shape[2]), AT_ONCE // layer.value[0].numel()))
    with borrowed(model):
        for start in range(0, n, step):
            rows = slice(start, min(start + step, n))
            with intervene({layer.name: edit_of(rows)}):
                out.append(model(x.expand(rows.stop - rows.start, -1, -1)).cpu())
    return torch.cat(out)


def settled(model: nn.Module, X: Tensor, target: Target) -> Target:
    """Return the target, for a model that answers per base with the base of its largest logit on X (1, 4, L)."""
    logits = record(model, X).logits
    return target if isinstance(target, At) or logits.ndim == 2 else At(target, int(logits[0, target].argmax()))


def answers(logits: Tensor, target: Target, head: Answers = "softmax") -> Tensor:
    """Return probabilities (N, K) that add up to 1: of all classes (at the explained base), of a label those of yes and no."""
    logits = logits[..., target.position] if isinstance(target, At) else logits
    if head == "sigmoid":
        yes = logits[:, target.target if isinstance(target, At) else target].sigmoid()
        return torch.stack([yes, 1 - yes], dim=1)
    return logits.softmax(1)


def mask_changes(model: nn.Module, X: Tensor, target: Target, layer: Activation, masks: Sequence[Mask]) -> np.ndarray:
    """Return by how much each mask of a layer changes the explained logit of X (1, 4, L), float64 (masks,)."""
    every = [Mask(0, 0, 0), *masks]  # the first masks nothing and is asked in the same way, so that only the masks differ
    logits = asked_again(model, X, layer, len(every), lambda rows: masking(every[rows]))
    chosen = chosen_logit(logits, len(every), target).double().numpy()
    return chosen[1:] - chosen[0]


def own_bases(span: Span) -> Span:
    """Return the span of the bases that a token stands for: the middle `stride` of those it sees, so that none has two."""
    return replace(span, offset=span.offset + (span.width - span.stride) // 2, width=span.stride)


def tokens_of(start: int, end: int, span: Span, tokens: int) -> range:
    """Return the tokens that stand for the bases start ... end (0-based, end excluded); at least one."""
    own = own_bases(span)
    first = min(max((start - own.offset) // own.stride, 0), tokens - 1)
    return range(first, min(max(-(-(end - own.offset) // own.stride), first + 1), tokens))


def stands_for(token: int, span: Span) -> slice:
    """Return the bases that a token stands for."""
    own = own_bases(span)
    start = token * own.stride + own.offset
    return slice(max(start, 0), max(start + own.stride, 0))


def by_token(values: np.ndarray, span: Span, tokens: int) -> np.ndarray:
    """Return (tokens,): the sum of values (L,) over the bases that each token stands for."""
    return np.array([values[stands_for(token, span)].sum() for token in range(tokens)])
