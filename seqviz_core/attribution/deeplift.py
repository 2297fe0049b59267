"""DeepLIFT (Shrikumar, Greenside & Kundaje 2017) with the rescale rule, against one reference."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..settings import setting
from .gradient import Target, rows_per_pass
from .method import Completed, attribution_method, over_bases
from .references import uniform
from .rescale import NoRule, chords
from .trial import first_that_runs


@dataclass(frozen=True)
class DeepLiftOptions:
    reference: str = setting("uniform", "Compared with", choices=("uniform", "unknown"),
                             help="A quarter of every base, or a sequence of which nothing is known")
    batch_size: int = setting(64, "Sequences per pass", low=1, high=4096)


def no_rule(model: nn.Module) -> str | None:
    """Return the first thing on the way from the sequence to the logit that DeepLIFT has no rule for, or None."""
    def tried(x: Tensor) -> str | None:
        try:
            chords(model, x, uniform(x), 0)
        except NoRule as missing:
            return missing.reason
        return None
    return first_that_runs(model, tried)


def _note(options: DeepLiftOptions) -> str:
    against = "a quarter of every base" if options.reference == "uniform" else "a sequence of which nothing is known"
    return f"Compared with {against}; a letter's height is the sum over the four bases, so that the letters add up."


@attribution_method("deeplift", label="DeepLIFT", options=DeepLiftOptions, complete=True, supports=no_rule, observe=over_bases,
                    note=_note, cost="instant", order=3,
                    summary="Shares the change of the logit, from one neutral reference to this sequence, layer by layer.")
def deeplift(model: nn.Module, X: Tensor, target: Target, options: DeepLiftOptions) -> Completed:
    """Return (x - x0) * m, (N, 4, L), m being the product of the chords' slopes on the way to the logit; see `rescale`.

    The values sum to f(x) - f(x0) but for rounding.
    """
    X0 = uniform(X) if options.reference == "uniform" else torch.zeros_like(X)
    return shared(model, X, X0[:, None], target, options.batch_size)


def shared(model: nn.Module, X: Tensor, X0: Tensor, target: Target, batch_size: int) -> Completed:
    """Return DeepLIFT's values for X (N, 4, L) against X0 (N, R, 4, L), as the mean over the R references."""
    n, r = X0.shape[:2]
    rows, parts = rows_per_pass(batch_size, X.shape[2]), []
    for x, x0 in zip(X.repeat_interleave(r, 0).split(rows), X0.flatten(0, 1).split(rows)):
        multipliers, change = chords(model, x, x0, target)
        parts.append(((x - x0) * multipliers, change))
    values, changes = (torch.cat(column).unflatten(0, (n, r)).mean(1) for column in zip(*parts))
    return Completed(values, changes)
