"""Other attention, same answer? One head's pattern permuted, made uniform, or searched for to be as different as possible.

Jain & Wallace 2019: if very different attention gives the same answer, it does not explain it. The answer to them: Wiegreffe &
Pinter 2019; a pattern that was searched for is not one that the model would have learned.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ..attribution.gradient import Target, as_input, chosen_logit, cudnn_off
from ..datasets.task import Head as Answers
from ..models.internals import Activation, borrowed, intervene
from .attention_edges import layer_of
from .attention_masks import HeadOf, answers, asked_again, replacing, settled

N_PERMUTED, SAME = 100, 0.01
"""Shuffles of a pattern; and the output's TVD up to which an answer counts as the same (Jain & Wallace 2019)."""
STARTS, STEPS, RATE = 4, 30, 0.5
MIXED = 16  # shares of the found pattern that are tried
MOST_JSD = math.log(2)


@dataclass(frozen=True, eq=False)
class Swaps:
    """One head's attention replaced, as (JSD of the attention, TVD of the output, change of the logit), each (n,).

    permuted : each query's weights in random order, N_PERMUTED times. uniform : the same weight everywhere, (1,). adversarial :
    the most different pattern found whose output stays within `same` TVD, (1,). most : the largest JSD any pattern has, to this.
    """

    head: HeadOf
    permuted: tuple[np.ndarray, np.ndarray, np.ndarray]
    uniform: tuple[np.ndarray, np.ndarray, np.ndarray]
    adversarial: tuple[np.ndarray, np.ndarray, np.ndarray]
    most: float
    same: float

    @property
    def median_tvd(self) -> float:
        """The median change of the output over the permutations."""
        return float(np.median(self.permuted[1]))


def jsd(p: Tensor, q: Tensor) -> Tensor:
    """Return the Jensen-Shannon divergence of patterns (..., query, key) in nats, the mean over queries, (...); at most ln 2.

    JSD = KL(p || m) / 2 + KL(q || m) / 2 with m = (p + q) / 2.
    """
    m = (p + q) / 2
    return (0.5 * (_kl(p, m) + _kl(q, m))).mean(-1).clamp(min=0)


def _kl(p: Tensor, q: Tensor) -> Tensor:
    tiny = torch.finfo(p.dtype).tiny
    return (p * (p.clamp(min=tiny) / q.clamp(min=tiny)).log()).sum(-1)


def tvd(p: Tensor, q: Tensor) -> Tensor:
    """Return the total variation distance sum |p - q| / 2 of probabilities (..., K), 0 to 1."""
    return 0.5 * (p - q).abs().sum(-1)


def swaps(model: nn.Module, X: Tensor, target: Target, head: HeadOf, answer: Answers = "softmax", *, same: float = SAME,
          seed: int = 0) -> Swaps:
    """Return what other patterns of one head do to the output of X (1, 4, L). answer : the task's head."""
    layer, target = layer_of(model, X, head), settled(model, X, target)
    own = layer.value[0, head.head].float()  # (query, key)
    generator = torch.Generator().manual_seed(seed)
    permuted = torch.stack([_permuted(own, generator) for _ in range(N_PERMUTED)])
    uniform = torch.full_like(own, 1 / own.shape[1])[None]
    found = _searched(model, X, target, layer, head, answer, same, generator)
    share = torch.linspace(1, 0, MIXED)[:, None, None, None]  # of every found pattern some, down to none: one is always allowed
    mixed = (share * found + (1 - share) * own).flatten(0, 1)
    asked = torch.cat([permuted, uniform, mixed])
    distance, change, shift = _answered(model, X, target, layer, head, answer, asked)
    best = int(np.where(change[N_PERMUTED + 1:] <= same, distance[N_PERMUTED + 1:], -1).argmax()) + N_PERMUTED + 1
    pick = lambda rows: (distance[rows], change[rows], shift[rows])
    return Swaps(head, pick(slice(0, N_PERMUTED)), pick(slice(N_PERMUTED, N_PERMUTED + 1)), pick(slice(best, best + 1)),
                 float(jsd(_farthest(own), own)), same)


def _permuted(own: Tensor, generator: torch.Generator) -> Tensor:
    """Return the pattern with the keys of every query in an order of their own."""
    return own.gather(1, torch.rand(own.shape, generator=generator).argsort(1))


def _farthest(own: Tensor) -> Tensor:
    """Return the pattern of largest JSD: everything on the key that had least. The JSD is convex, so a corner is largest."""
    return torch.zeros_like(own).scatter_(1, own.argmin(1, keepdim=True), 1.0)


def _answered(model: nn.Module, X: Tensor, target: Target, layer: Activation, head: HeadOf, answer: Answers,
              patterns: Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return JSD, TVD and change of the logit of patterns (n, query, key), each (n,)."""
    own = layer.value[:, head.head].float()
    every = torch.cat([own, patterns])  # the first is the model's own
    logits = asked_again(model, X, layer, len(every), lambda rows: replacing(head.head, every[rows]))
    p, logit = answers(logits, target, answer), chosen_logit(logits, len(every), target)
    return tuple(part.double().numpy() for part in (jsd(patterns, own), tvd(p[1:], p[0]), logit[1:] - logit[0]))


def _searched(model: nn.Module, X: Tensor, target: Target, layer: Activation, head: HeadOf, answer: Answers, same: float,
              generator: torch.Generator) -> Tensor:
    """Return (n, query, key): patterns far from the model's own with nearly its output, by gradient from several starts.

    Starts: the farthest pattern of all, and random ones; JSD - penalty * (TVD - same)+ rises. The farthest itself comes first.
    """
    x = as_input(X, model).expand(STARTS, -1, -1)
    own = layer.value[0, head.head].float().to(x.device)
    far = _farthest(own)
    random = torch.rand((STARTS - 1, *own.shape), generator=generator).to(own)
    start = torch.cat([(far + 1e-2).log()[None], 4 * random])
    free, mean, square = start.clone(), torch.zeros_like(start), torch.zeros_like(start)
    with borrowed(model), cudnn_off(x.device), torch.enable_grad():
        with intervene({head.probe: replacing(head.head, own.expand(STARTS, -1, -1))}):
            before = answers(model(x), target, answer).detach()
        for step in range(1, STEPS + 1):  # Adam, written out: the one of torch takes seconds to load
            pattern = free.requires_grad_().softmax(-1)
            with intervene({head.probe: replacing(head.head, pattern)}):
                after = answers(model(x), target, answer)
            loss = (20 * (tvd(after, before) - same / 2).clamp(min=0) - jsd(pattern, own)).sum()
            gradient = torch.autograd.grad(loss, free)[0]
            mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
            free = free.detach() - RATE * (mean / (1 - 0.9**step)) / ((square / (1 - 0.999**step)).sqrt() + 1e-8)
    return torch.cat([far[None], free.softmax(-1)]).cpu()
