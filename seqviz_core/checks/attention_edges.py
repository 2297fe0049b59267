"""One edge of a head, and all tokens as its keys: weight against what masking it does, beside random edges.

After Jain & Wallace 2019 (attention against gradient and leave-one-out); in their case one head, here each of several.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor, nn

from ..attribution import attribute
from ..attribution.gradient import Target, as_input, rows_per_pass
from ..attribution.references import shuffles
from ..datasets.task import Head as Answers
from ..errors import SeqVizError
from ..metrics.kendall import kendall_tau, tau_of_chance
from ..models.internals import Activation, borrowed, record
from .attention_masks import HeadOf, Mask, answers, by_token, mask_changes, patterns_in, settled, stands_for
from .attention_tests import LEAST, quantile

N_EDGES, N_ALIKE, N_KEYS, N_SHUFFLES = 200, 100, 80, 4


@dataclass(frozen=True, eq=False)
class KeyTest:
    """Every tested token as a key of one head: what it gets, and three measures of how much it matters.

    tokens (K,).  weight (K,) : mean attention it gets.  change (K,) : of the logit when the head may not look at it.
    gradient (K,) : absolute saliency of its bases.  left_out (K,) : change of the output (TVD) when its bases are shuffled ones.
    """

    tokens: np.ndarray
    weight: np.ndarray
    change: np.ndarray
    gradient: np.ndarray
    left_out: np.ndarray

    @property
    def measures(self) -> dict[str, np.ndarray]:
        """What the attention is compared with, (K,) each; changes that are rounding are all alike."""
        change = np.where(np.abs(self.change) < LEAST, 0, np.abs(self.change))
        return {"masked key": change, "gradient": self.gradient, "leave-one-out": self.left_out}

    @property
    def taus(self) -> dict[str, float]:
        """Kendall's tau_b of the attention with each measure, and of gradient and leave-one-out with each other."""
        return {**{name: kendall_tau(self.weight, values) for name, values in self.measures.items()},
                "gradient and leave-one-out": kendall_tau(self.gradient, self.left_out)}

    @cached_property
    def chance(self) -> float:
        """What |tau| of the attention with each measure in random order stays below in 95 %: the largest, since ties raise it."""
        chances = [tau_of_chance(self.weight, values) for values in self.measures.values()]
        return max((c for c in chances if np.isfinite(c)), default=1.0)


@dataclass(frozen=True, eq=False)
class EdgeTest:
    """One edge of one head masked, beside others of its layer, as (weights, changes of the logit) each.

    random : edges drawn by lot.  alike : those of nearest weight. weight, change : of the edge itself.
    """

    head: HeadOf
    query: int
    key: int
    weight: float
    change: float
    random: tuple[np.ndarray, np.ndarray]
    alike: tuple[np.ndarray, np.ndarray]

    @property
    def of_chance(self) -> float:
        """What 95 % of the random edges change the logit by at most."""
        return max(quantile(np.abs(self.random[1])), LEAST)

    @property
    def of_alike(self) -> float:
        """What 95 % of the edges of nearest weight change the logit by at most."""
        return max(quantile(np.abs(self.alike[1])), LEAST)


def edge_test(model: nn.Module, X: Tensor, target: Target, head: HeadOf, query: int, key: int, seed: int = 0) -> EdgeTest:
    """Return what masking one edge (query, key: tokens from 0) of X (1, 4, L) does, beside N_EDGES random ones of its layer.

    Raises SeqVizError for an edge that is not there.
    """
    layer = layer_of(model, X, head)
    patterns = layer.value[0].double().numpy()
    _, queries, keys = patterns.shape
    if not (0 <= query < queries and 0 <= key < keys):
        raise SeqVizError(f"There is no edge from token {query + 1} to token {key + 1}; there are {queries} tokens that look "
                          f"and {keys} that are looked at.")
    mine, weights = np.ravel_multi_index((head.head, query, key), patterns.shape), patterns.ravel()
    others = np.delete(np.arange(weights.size), mine)
    lot = np.random.default_rng(seed).choice(others, min(N_EDGES, len(others)), replace=False)
    near = others[np.argsort(np.abs(weights[others] - weights[mine]), kind="stable")[:N_ALIKE]]
    asked = np.concatenate([[mine], lot, near])
    h, q, k = np.unravel_index(asked, patterns.shape)
    masks = [Mask(*edge) for edge in zip(h.tolist(), k.tolist(), (k + 1).tolist(), q.tolist(), (q + 1).tolist())]
    changes = mask_changes(model, X, settled(model, X, target), layer, masks)
    split = 1 + len(lot)
    return EdgeTest(head, query, key, float(weights[mine]), float(changes[0]), (weights[lot], changes[1:split]),
                    (weights[near], changes[split:]))


def layer_of(model: nn.Module, X: Tensor, head: HeadOf) -> Activation:
    """Return the attention layer of a head on X (1, 4, L); raises SeqVizError where there is no such head."""
    layers = {a.name: a for a in patterns_in(record(model, X))}
    if head.probe not in layers or not 0 <= head.head < layers[head.probe].value.shape[1]:
        raise SeqVizError(f"There is no head {head.head + 1} of {head.probe!r}; attention is at {', '.join(layers)}.")
    return layers[head.probe]


def key_test(model: nn.Module, X: Tensor, target: Target, head: HeadOf, answer: Answers = "softmax", seed: int = 0) -> KeyTest:
    """Return every token (of more than N_KEYS so many, by lot) of X (1, 4, L) as a key of one head; answer : the task's head."""
    layer, target = layer_of(model, X, head), settled(model, X, target)
    keys = layer.value.shape[3]
    tokens = np.sort(np.random.default_rng(seed).permutation(keys)[:N_KEYS])
    changes = mask_changes(model, X, target, layer, [Mask(head.head, int(k), int(k) + 1) for k in tokens])
    saliency = by_token(np.abs(attribute("saliency", model, X, target).observed[0]), layer.span, keys)[tokens]
    left_out = _left_out(model, X, target, layer, tokens, answer, seed)
    weight = layer.value[0, head.head].double().numpy().mean(axis=0)[tokens]
    return KeyTest(tokens, weight, changes, saliency, left_out)


def _left_out(model: nn.Module, X: Tensor, target: Target, layer: Activation, tokens: np.ndarray, answer: Answers,
              seed: int) -> np.ndarray:
    """Return (K,): the mean change of the output (TVD) when a token's bases are those of a dinucleotide shuffle instead."""
    others = shuffles(X[0], N_SHUFFLES, seed)
    changed = X[0].expand(len(tokens), N_SHUFFLES, -1, -1).clone()
    for row, token in enumerate(tokens.tolist()):
        here = stands_for(token, layer.span)
        changed[row, ..., here] = others[..., here]
    asked = torch.cat([X, changed.flatten(0, 1)])
    p = probabilities(model, asked, target, answer)
    return (0.5 * (p[1:] - p[0]).abs().sum(1)).view(len(tokens), N_SHUFFLES).mean(1).double().numpy()


@torch.no_grad()
def probabilities(model: nn.Module, X: Tensor, target: Target, answer: Answers) -> Tensor:
    """Return the probabilities (N, K) of `answers` for many sequences X (N, 4, L)."""
    with borrowed(model):
        parts = [answers(model(as_input(x, model)).cpu(), target, answer) for x in X.split(rows_per_pass(256, X.shape[2]))]
    return torch.cat(parts)
