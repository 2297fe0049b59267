"""In-silico mutagenesis: every single-base mutant, exactly, computing only what a mutation can change."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..settings import setting
from . import windowed_layers, windowed_ops, windowed_recurrent  # noqa: F401 - how a model's operations go on with windows
from .gradient import Target, rows_per_pass, target_logit
from .method import attribution_method
from .windowed import NeedsPlainTensor, Place, Tape, TooManyMutants, Windowed


@dataclass(frozen=True)
class ISMOptions:
    batch_size: int = setting(1024, "Mutants per pass", low=1, high=4096)


def over_mean_base(values: Tensor, X: Tensor) -> Tensor:
    """Return (N, L): the logit minus its mean over the four bases at that position; 0 where the base is unknown.

    That is minus the sum of the three mutants' deltas over four (mean-centred, as tangermeme does), not over three: the
    scale on which a linear model gives the same letters as the corrected gradient and as integrated gradients.
    """
    return -values.mean(1) * X.sum(1)


@attribution_method("ism", label="In-silico mutagenesis", options=ISMOptions, observe=over_mean_base, order=4,
                    summary="Changes each base to each other base and asks the model again: quick on convolutions, slow on "
                            "attention.",
                    note=lambda options: "Change of the logit for each mutation; a letter's height is the logit with this "
                                         "base minus the mean over all four bases at its place. Exact for any model: fast where "
                                         "a base reaches few units (convolutions), slow where it reaches all (attention).")
@torch.inference_mode()
def ism(model: nn.Module, X: Tensor, target: Target, options: ISMOptions) -> Tensor:
    """Return logit(mutant) - logit(X) for every base at every position, (N, 4, L); exactly 0 at the base that is there.

    At an unknown base nothing is there: all four values say what the logit gains when that base becomes known.
    What a mutation cannot reach is computed once (`windowed`): much faster on convolutions and on reading in one
    direction, little or not at all where every unit sees all others at once, as in attention.
    """
    return torch.stack([_of_one(model, x, target, options.batch_size) for x in X])


def _of_one(model: nn.Module, x: Tensor, target: Target, batch_size: int) -> Tensor:
    """Return the values (4, L) of one sequence (4, L)."""
    logit, values = target_logit(model, x[None], target), torch.zeros_like(x)
    try:
        for base, position, logits in _windowed_logits(model, x, target, batch_size):
            values[base, position] = logits - logit
    except NeedsPlainTensor:
        rows = rows_per_pass(batch_size, x.shape[1])
        for base, position in zip(*(index.split(rows) for index in (x == 0).nonzero(as_tuple=True))):
            values[base, position] = target_logit(model, mutants(x, base, position), target) - logit
    return values


def _windowed_logits(model: nn.Module, x: Tensor, target: Target, batch_size: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Yield (base, position, logit of the mutant), all of one shape, for all mutants of x (4, L)."""
    tape, rows = Tape(lambda length: rows_per_pass(batch_size, 4 * length)), batch_size
    reference, absent = x.T.contiguous(), x.T == 0  # (L, 4)
    for n_alternatives in (3, 4):
        positions = (absent.sum(1) == n_alternatives).nonzero()[:, 0]
        at, end = 0, positions.shape[0]
        while at < end:
            part = positions[at:at + max(1, rows // n_alternatives)]  # (G,)
            base = absent[part].nonzero()[:, 1].view(-1, n_alternatives).T  # (B, G)
            tape.at = 0
            try:
                logits = target_logit(model, _mutants_in_windows(reference, base, part, tape), target)
            except TooManyMutants as signal:
                rows = min(signal.rows, base.numel() - 1)
                continue
            yield base, part.expand_as(base), logits.view(base.shape)
            at += part.shape[0]


def _mutants_in_windows(reference: Tensor, base: Tensor, position: Tensor, tape: Tape) -> Windowed:
    """Return the mutants with base (B, G) at position (G,), each a window one base wide."""
    values = nn.functional.one_hot(base, 4).to(reference.dtype)[:, :, None]  # (B, G, 1, 4)
    first, last = int(position[0]), int(position[-1])
    step = 1 if last - first == position.shape[0] - 1 else None
    return Windowed(reference, values, Place(position, first, last, step), tape)


def mutants(x: Tensor, base: Tensor, position: Tensor) -> Tensor:
    """Return (M, 4, L): copies of x (4, L), copy m with base[m] at position[m] instead of what was there."""
    copies = x.repeat(len(base), 1, 1)
    row = torch.arange(len(base), device=x.device)
    copies[row, :, position] = 0
    copies[row, base, position] = 1
    return copies
