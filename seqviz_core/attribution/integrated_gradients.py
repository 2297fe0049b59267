"""Integrated gradients (Sundararajan et al. 2017) through captum, as the mean over references."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..settings import setting
from .gradient import gradient_of, rows_per_pass, target_logit
from .method import Completed, attribution_method, over_bases
from .references import against_shuffles, shuffles, uniform


@dataclass(frozen=True)
class IntegratedGradientsOptions:
    reference: str = setting("shuffles", "Compared with", choices=("shuffles", "uniform"),
                             help="Shuffles of the sequence that keep its dinucleotides, or a quarter of every base")
    n_references: int = setting(10, "Shuffles", help="References the result is the mean over", low=1, high=100)
    steps: int = setting(20, "Steps", help="Points on the path from reference to sequence (Gauss-Legendre)", low=2, high=500)
    seed: int = setting(0, "Seed of the shuffles", low=0, high=2**31 - 1)
    batch_size: int = setting(128, "Sequences per pass", low=1, high=4096)


def _note(options: IntegratedGradientsOptions) -> str:
    shuffled = options.reference == "shuffles"
    against = against_shuffles(options.n_references) if shuffled else "Compared with a quarter of every base"
    return f"{against}; a letter's height is the sum over the four bases, so that the letters add up."


@attribution_method("integrated_gradients", label="Integrated gradients", options=IntegratedGradientsOptions, complete=True,
                    observe=over_bases, note=_note, order=2,
                    summary="Shares the change of the logit, from reference sequences to this one, among the bases.")
def integrated_gradients(model: nn.Module, X: Tensor, target: int, options: IntegratedGradientsOptions) -> Completed:
    """Return (x - x0) * mean over the path from x0 to x of d logit / d x, as the mean over the references x0.

    The values sum to f(x) - mean f(x0), up to the integration error. A position's share is the sum over its four bases
    (the gain of the base present and the loss of the reference's base); with the uniform reference and a linear model
    that is the corrected gradient.
    """
    values, changes = zip(*(_one_sequence(model, x, target, options) for x in X))
    return Completed(torch.stack(values), torch.stack(changes))


def _one_sequence(model: nn.Module, x: Tensor, target: int, options: IntegratedGradientsOptions) -> tuple[Tensor, Tensor]:
    """Return the values (4, L) of one sequence (4, L) and the change of the logit they share out."""
    from captum.attr import IntegratedGradients  # here: it brings matplotlib, which the first page should not wait for

    method = IntegratedGradients(lambda path: target_logit(model, path, target))  # a function: no hook on the model
    method.gradient_func = lambda forward_fn, inputs, **_: (gradient_of(forward_fn(*inputs), *inputs),)
    x0, rows = references(x, options), rows_per_pass(options.batch_size, x.shape[1])  # (R, 4, L)
    parts = [method.attribute(x.expand_as(part), part, n_steps=options.steps, internal_batch_size=rows).detach()
             for part in x0.split(max(1, rows // options.steps))]
    with torch.no_grad():
        logits = torch.cat([target_logit(model, part, target) for part in torch.cat([x[None], x0]).split(rows)])
    return torch.cat(parts).mean(0), logits[0] - logits[1:].mean()


def references(x: Tensor, options: IntegratedGradientsOptions) -> Tensor:
    """Return what the sequence x (4, L) is compared with, (R, 4, L); they depend on x and the seed alone.

    An unknown base of x stays unknown in every reference, so it gets no share.
    """
    return shuffles(x, options.n_references, options.seed) if options.reference == "shuffles" else uniform(x)[None]
