"""Infidelity and sensitivity of a map (Yeh et al. 2019, arXiv 1901.09392), by captum.metrics, for sequences.

Captum disturbs an input by noise; here every disturbance is a substitution of one base, so that what the model reads stays DNA.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..attribution import Attribution
from ..attribution.gradient import Target, as_input, cudnn_off, rows_per_pass, target_logit
from ..attribution.references import shuffles
from ..models.internals import borrowed, device_of
from .lens import Cases, Lens, cases, explain

Perturb = Callable[[Tensor], Tensor]


class Infidelity(NamedTuple):
    """Per sequence, (N,) each.

    raw : mean over substitutions of (what the map says the change is - the change of the logit)^2, in logits squared.
    share : the same with the map scaled to fit best, as a share of the mean squared change: 0 where the letters foretell every
        substitution, 1 where they foretell nothing. null : of the same map moved along the sequence by a random number of bases.
    """

    raw: np.ndarray
    share: np.ndarray
    null: np.ndarray


def infidelity_of(model: nn.Module, asked: Cases, explained: Attribution, lens: Lens, *, seed: int,
                  samples: int = 60) -> Infidelity:
    """Return how far the map is from foretelling what `samples` random single substitutions of each sequence do.

    infidelity = E_I[(I . map - (f(x) - f(x - I)))^2], I the difference of the sequence and its mutant; where a method gives one
    value a base (integrated gradients and its kin) that value is what the mutant should lose, whatever the new base.
    """
    values = claimed(explained, asked, lens)
    moved = lambda of: np.stack([np.roll(v, int(by), axis=-1) for v, by in zip(of, _turns(asked, seed))])
    turned = moved(values) if lens.per_letter else moved(explained.observed)[:, None] * asked.X
    none = np.zeros_like(values)
    raw = _captum(model, asked, values, lens, seed, samples, False)
    scaled, chance = (_captum(model, asked, v, lens, seed, samples, True) for v in (values, turned))
    change = _captum(model, asked, none, lens, seed, samples, False)
    share = lambda part: np.divide(part, change, out=np.full_like(change, np.nan), where=change > 0).clip(0, 1)
    return Infidelity(raw, share(scaled), share(chance))


def sensitivity_of(model: nn.Module, asked: Cases, lens: Lens, *, seed: int, neighbours: int = 10) -> np.ndarray:
    """Return (N,): the most that the map changes among `neighbours` sequences one substitution away, as a share of its size.

    max ||map(x') - map(x)|| / ||map(x)||, Frobenius norm over all four bases.
    """
    from captum.metrics import sensitivity_max

    out = np.zeros(len(asked))
    for target in set(asked.targets):
        rows = [i for i, t in enumerate(asked.targets) if t == target]

        def mapped(X: Tensor | tuple[Tensor], target: Target = target) -> tuple[Tensor]:
            X = (X[0] if isinstance(X, tuple) else X).numpy()
            return (torch.from_numpy(explain(model, cases(X, target), lens).values),)  # captum gives, and wants, tuples of inputs

        X = torch.from_numpy(asked.X[rows])
        out[rows] = sensitivity_max(mapped, X, substituting(seed), n_perturb_samples=neighbours).numpy()
    return out


def unrelated_change(model: nn.Module, asked: Cases, explained: Attribution, lens: Lens, *, seed: int) -> np.ndarray:
    """Return (N,): the same distance for the map of a shuffle of each sequence, what `sensitivity_of` gives an unrelated map."""
    mixed = np.concatenate([shuffles(torch.from_numpy(x), 1, seed + i).numpy() for i, x in enumerate(asked.X)])
    other = explain(model, asked.with_X(mixed), lens).values
    norm = lambda v: np.linalg.norm(v.reshape(len(v), -1), axis=1)
    size = norm(explained.values)
    return norm(other - explained.values) / np.where(size > 0, size, 1)


def substituting(seed: int) -> Perturb:
    """Return a function that puts, into each row of X (N, 4, L), another base at one random known place; it stays one-hot."""
    generator = torch.Generator().manual_seed(seed)

    def substituted(X: Tensor) -> Tensor:
        known, rows = X.sum(1).cpu().double(), torch.arange(len(X))  # (N, L)
        some = known.any(1)
        place = torch.multinomial(known + ~some[:, None], 1, generator=generator)[:, 0]
        by = torch.randint(1, 4, (len(X),), generator=generator)
        rows, place, by = rows[some].to(X.device), place[some].to(X.device), by[some].to(X.device)
        out = X.clone()
        base = (out[rows, :, place].argmax(1) + by) % 4
        out[rows, :, place] = 0
        out[rows, base, place] = 1
        return out

    return substituted


def claimed(explained: Attribution, asked: Cases, lens: Lens) -> np.ndarray:
    """Return (N, 4, L), float32: the values whose difference between two bases is what the map says a substitution does."""
    return explained.values if lens.per_letter else explained.observed[:, None] * asked.X


def _captum(model: nn.Module, asked: Cases, values: np.ndarray, lens: Lens, seed: int, samples: int,
            normalize: bool) -> np.ndarray:
    from captum.metrics import infidelity, infidelity_perturb_func_decorator

    out = np.zeros(len(asked))
    for target in set(asked.targets):
        rows = [i for i, t in enumerate(asked.targets) if t == target]
        perturb = infidelity_perturb_func_decorator(not lens.per_letter)(substituting(seed))
        with torch.no_grad(), borrowed(model), cudnn_off(device_of(model)):
            X = as_input(torch.from_numpy(asked.X[rows]), model)
            most = min(len(rows) * samples, max(len(rows), rows_per_pass(1024, X.shape[2])))
            found = infidelity(lambda x, target=target: target_logit(model, x, target), perturb, X,
                               torch.from_numpy(values[rows]).to(X), n_perturb_samples=samples, normalize=normalize,
                               max_examples_per_batch=most)
        out[rows] = found.double().cpu().numpy()
    return out


def _turns(asked: Cases, seed: int) -> np.ndarray:
    """Return by how many bases each map is moved for its null: at least a tenth of the sequence."""
    length = asked.X.shape[2]
    least = max(1, length // 10)
    return np.random.default_rng(seed).integers(least, max(least + 1, length - least + 1), size=len(asked))
