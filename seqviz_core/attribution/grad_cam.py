"""Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391) on a feature map, spread to the bases that its positions see."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..errors import SeqVizError
from ..models.internals import Probe, intervene, probes_of
from ..settings import setting
from .gradient import Target, gradient_of, rows_per_pass, target_logit
from .method import attribution_method
from .spread import spread_evenly


@dataclass(frozen=True)
class GradCamOptions:
    feature_map: str = setting("", "Feature map", help="Its name; left empty, the last one")
    batch_size: int = setting(64, "Sequences per pass", low=1, high=4096)


def feature_maps(model: nn.Module) -> dict[str, Probe]:
    """Return the probes of the feature maps of `model` by name, in the order they were built."""
    return {name: probe for name, probe in probes_of(model).items() if probe.kind == "feature_map"}


@attribution_method("grad_cam", label="Grad-CAM", options=GradCamOptions, cost="instant", order=7,
                    supports=lambda model: None if feature_maps(model) else "it has no feature map to weigh.",
                    summary="Weighs the filters by their mean slope and draws where they fire, as sharp as what a filter sees.",
                    note=lambda options: f"Filters of {options.feature_map or 'the last feature map'}, weighed by their mean "
                                         "gradient; negative values are kept, which Grad-CAM itself clips.")
def grad_cam(model: nn.Module, X: Tensor, target: Target, options: GradCamOptions) -> Tensor:
    """Return the sum over filters f of a_f A_f at the base present, (N, 4, L); a_f is the mean of d logit / d A_f over positions.

    Raises SeqVizError for a feature map that the model does not have.
    """
    maps = feature_maps(model)
    name = options.feature_map or [*maps][-1]
    if name not in maps:
        raise SeqVizError(f"There is no feature map {name!r}; the model has {', '.join(maps)}.")
    parts = X.split(rows_per_pass(options.batch_size, X.shape[2]))
    return X * torch.cat([_seen(model, x, target, maps[name]) for x in parts])[:, None]


def _seen(model: nn.Module, X: Tensor, target: Target, probe: Probe) -> Tensor:
    """Return (N, L), what the map says of each base."""
    maps, already = [], probe.edit()

    def keep(value: Tensor, positions: range) -> Tensor:
        value = already(value, positions) if already else value  # an edit by somebody outside counts
        maps.append(value.detach().requires_grad_())
        return maps[-1]

    with intervene({probe.name: keep}):
        logit = target_logit(model, X, target)
    (value,) = maps  # (N, filters, P); a pass meets a probe once
    weight = gradient_of(logit, value).mean(-1, keepdim=True)
    return spread_evenly((weight * value.detach()).flatten(1, -2).sum(1), probe.span, X.shape[2])
