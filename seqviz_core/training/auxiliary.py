"""An auxiliary loss: while a model trains, a linear head on its states has to tell what it has read so far (multitask learning).

The head shapes the states and is thrown away: the run's weights are those of the model alone.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..errors import SeqVizError
from ..models.internals import Activation, Probe, probes_of, record
from .config import NONE, SEEN, TrainingConfig
from .so_far import bases_read, reads_leftwards, so_far

if TYPE_CHECKING:
    from ..datasets import Task

KINDS = ("state", "embedding", "feature_map")
"""Internals that a head can be put on, the one that remembers most first."""
MEASURED_ON = 1000  # sequences of which a target's mean and spread are taken


class Auxiliary(nn.Module):
    """A linear head, from zero weights, on each of the `probes`; all have to tell the same target.

    mean, spread : of the target over bases, so that its squared error is in units of its own variance.
    """

    def __init__(self, target: str, weight: float, probes: Mapping[str, Probe], channels: Mapping[str, int], mean: float,
                 spread: float):
        super().__init__()
        self.target, self.weight, self.names, self.mean, self.spread = target, weight, tuple(probes), mean, spread
        self.heads = nn.ModuleList(nn.utils.skip_init(nn.Linear, channels[name], 1) for name in probes)  # draws no numbers
        for parameter in self.parameters():
            nn.init.zeros_(parameter)

    def loss(self, recorded: Mapping[str, Activation], X: Tensor, first: Tensor | None) -> Tensor:
        """Return weight * the mean over the heads: cross-entropy (nats) of a yes or no, else squared error / variance.

        X : (N, 4, L), what the recorded pass has read, whose activations carry gradients. first : see `so_far`.
        """
        each = [self._error(head, recorded[name], X, first) for name, head in zip(self.names, self.heads)]
        return self.weight * torch.stack(each).mean()

    def _error(self, head: nn.Linear, seen: Activation, X: Tensor, first: Tensor | None) -> Tensor:
        leftwards = reads_leftwards(seen.name)
        read = bases_read(seen.span, seen.value.shape[-1], X.shape[-1], leftwards)
        truth = so_far(self.target, X, read, leftwards, first)  # (N, P)
        told = head(seen.value.transpose(1, 2))[..., 0]
        if self.target == SEEN:
            return F.binary_cross_entropy_with_logits(told, truth)
        known = truth.isfinite()
        return F.mse_loss(told[known], (truth[known] - self.mean) / self.spread)


def auxiliary_of(model: nn.Module, X: Tensor, first: Tensor | None, config: TrainingConfig) -> Auxiliary | None:
    """Return the heads that `config` asks for, on the model's device; None where it asks for none, or gives them no weight.

    X : one-hot (N, 4, L), the sequences it will learn from. first : see `so_far`.
    Raises SeqVizError for a model without a state at every position, and for SEEN where nobody knows the sites.
    """
    if config.auxiliary == NONE or not config.auxiliary_weight:
        return None
    probes = _suited(config.auxiliary, model, X.shape[-1], first is not None)
    truth = so_far(config.auxiliary, X, torch.arange(1, X.shape[-1] + 1), False, first)
    truth = truth[truth.isfinite()]
    heads = Auxiliary(config.auxiliary, config.auxiliary_weight, probes, _channels(model, X[:1]), float(truth.mean()),
                      max(float(truth.std()), 1e-6))
    return heads.to(X.device)


def check_auxiliary(config: TrainingConfig, model: nn.Module, task: "Task") -> None:
    """Raise SeqVizError where the auxiliary loss that `config` asks for does not suit the model or the task."""
    if config.auxiliary != NONE and config.auxiliary_weight:
        _suited(config.auxiliary, model, task.length, bool(task.motifs))


def _suited(target: str, model: nn.Module, length: int, sites_known: bool) -> dict[str, Probe]:
    if target == SEEN and not sites_known:
        raise SeqVizError(f"The auxiliary loss \u201c{SEEN}\u201d needs planted sites, and nobody knows any of this task's.")
    return probes_to_shape(model, length)


def probes_to_shape(model: nn.Module, length: int) -> dict[str, Probe]:
    """Return the internals an auxiliary loss acts on: the hidden states of the last recurrent layer, both directions, else
    the last embedding, else the last feature map.

    Raises SeqVizError for a model that has none with more than one unit along `length` bases.
    """
    along = {name: p for name, p in probes_of(model).items() if p.axes[-1] == "position" and p.span.stride < length}
    for kind in KINDS:
        found = [name for name, probe in along.items() if probe.kind == kind and (kind != "state" or name.endswith(".h"))]
        if found:
            layer = found[-1].rsplit(".", 2)[0]
            chosen = [name for name in found if name.rsplit(".", 2)[0] == layer] if kind == "state" else found[-1:]
            return {name: along[name] for name in chosen}
    raise SeqVizError("This model keeps no state along the sequence, so there is nothing that an auxiliary loss could shape: "
                      "choose \u201cnone\u201d, or an architecture that reads position by position.")


@torch.no_grad()
def _channels(model: nn.Module, X: Tensor) -> dict[str, int]:
    return {name: a.value.shape[1] for name, a in record(model, X).activations.items()}
