"""Attention rollout (Abnar & Zuidema 2020, arXiv 2005.00928): how much of each base's token reaches the read-out."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..errors import SeqVizError
from ..models.internals import Activation, record
from ..settings import setting
from .gradient import Target, chosen_logit, rows_per_pass
from .method import attribution_method
from .spread import spread_evenly
from .trial import first_that_runs


@dataclass(frozen=True)
class AttentionRolloutOptions:
    batch_size: int = setting(64, "Sequences per pass", low=1, high=4096)


def _no_layers(model: nn.Module) -> str | None:
    return first_that_runs(model, lambda x: _nothing_to_follow(record(model, x).of_kind("attention")))


def _nothing_to_follow(patterns: list[Activation]) -> str | None:
    sizes = {pattern.value.shape[-1] for pattern in patterns if is_square(pattern)}
    if not patterns:
        return "it has no attention."
    if not sizes:
        return "its attention only weighs positions for the read-out; there are no layers of it to follow."
    return "its layers of attention look at different numbers of tokens." if len(sizes) > 1 else None


def is_square(pattern: Activation) -> bool:
    """Return whether every token looks at every token."""
    return pattern.value.shape[-1] == pattern.value.shape[-2]


def _note(options: AttentionRolloutOptions) -> str:
    return ("Attention of all layers, as the mean over heads, half of each layer passed on unchanged; the same for every class, "
            "and the shares of all bases sum to 1.")


@attribution_method("attention_rollout", label="Attention rollout", options=AttentionRolloutOptions, signed=False,
                    supports=_no_layers, note=_note, cost="instant", order=6,
                    summary="Follows the attention from layer to layer: where the model looks, not whether for the class.")
def attention_rollout(model: nn.Module, X: Tensor, target: Target, options: AttentionRolloutOptions) -> Tensor:
    """Return r prod over layers of (A / 2 + 1 / 2), at the base present, (N, 4, L).

    A : attention pattern (query, key), the mean over heads; the last layer stands leftmost. r : weight of each token in the
    read-out, from the pattern with a single query where the model pools by attention, else the same for all.
    """
    parts = X.split(rows_per_pass(options.batch_size, X.shape[2]))
    return X * torch.cat([_rolled_out(model, x, target) for x in parts])[:, None]


def _rolled_out(model: nn.Module, X: Tensor, target: Target) -> Tensor:
    """Return (N, L), the share of each base."""
    trace = record(model, X)
    chosen_logit(trace.logits, len(X), target)  # refuses a class that is not there, though the shares are the same for all
    patterns = trace.of_kind("attention")
    if reason := _nothing_to_follow(patterns):
        raise SeqVizError(f"Attention rollout does not apply to this model: {reason}")
    span = next(pattern.span for pattern in patterns if is_square(pattern))
    flow = None
    for pattern in patterns:
        flow = _through(flow, pattern.value.mean(1))  # over heads: (N, query, key)
    return spread_evenly(flow.mean(1), span, X.shape[2]).to(X)


def _through(flow: Tensor | None, pattern: Tensor) -> Tensor | None:
    """Return how much of each token (N, query, token) is left after one more pattern; None before the first layer."""
    queries, keys = pattern.shape[-2:]
    if queries == keys:
        layer = (pattern + torch.eye(keys)) / 2
        return layer if flow is None else layer @ flow
    return pattern @ flow if flow is not None and queries == 1 else flow
