"""What a variant does to a model's logit, beside what every single substitution of the same sequence does.

    found = read_variants("42A>G, 50_52del", sequence).variants
    effects = variant_effects(model, sequence, found, target=3)
    effects.change                                  # alternative minus reference logit, one for each variant
    null = variant_effects(model, sequence, single_substitutions(sequence), target=3).change      # the control

Effects are differences of logits, as in-silico mutagenesis (Alipanahi et al. 2015, Nat Biotechnol 33:831) gives them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..attribution import At
from ..attribution.gradient import Target, as_input, rows_per_pass
from ..errors import SeqVizError
from ..models.internals import borrowed
from ..sequences import encode, one_hot_encode
from ..sequences.variants import Variant, apply_variant, written

BATCH = 256


@dataclass(frozen=True, eq=False)
class VariantEffects:
    """reference_logits, alternative_logits (V, C) : of each class without and with each variant; nan where it could not be read.

    target : index of the explained class. problems : V sentences, "" where the variant was read.
    For a model that answers at every base, the logits are those at the base explained, which moves with insertions and
    deletions before it; where no base is explained they are each class's largest.
    """

    variants: tuple[Variant, ...]
    target: int
    reference_logits: np.ndarray
    alternative_logits: np.ndarray
    problems: tuple[str, ...]

    @property
    def reference(self) -> np.ndarray:
        """The explained logit without the variant (V,)."""
        return self.reference_logits[:, self.target]

    @property
    def alternative(self) -> np.ndarray:
        """The explained logit with the variant (V,)."""
        return self.alternative_logits[:, self.target]

    @property
    def change(self) -> np.ndarray:
        """Alternative minus reference (V,), in units of the logit."""
        return self.alternative - self.reference

    @property
    def rank(self) -> np.ndarray:
        """int (V,): 1 for the variant that changes the logit most, either way; 0 for one that could not be read."""
        size = np.where(np.isfinite(self.change), np.abs(self.change), -1)
        return np.where(size >= 0, np.searchsorted(np.sort(-size), -size) + 1, 0)


def variant_effects(model: nn.Module, sequence: str, variants: Sequence[Variant], target: Target,
                    window: int | None = None) -> VariantEffects:
    """Return what each variant does alone to the logits; sequences of equal length go through the model together.

    window : bases around each variant that the model is shown instead of the whole sequence, as many as it was trained on.
    Raises SeqVizError where a variant does not fit the sequence (`apply_variant`), or no base can be explained in a window.
    """
    index, position = target if isinstance(target, At) else (target, None)
    if position is not None and window and window < len(sequence):
        raise SeqVizError("This model answers for every base; it reads the whole sequence, not a window around each variant.")
    pairs = [_pair(sequence, variant, window) for variant in variants]
    before = [(text, position) for text, _ in pairs]
    after = [_asked(text, position, variant) for (_, text), variant in zip(pairs, variants)]
    rows, problems = _logits(model, dict.fromkeys(one for one in (*before, *after) if one))  # equal windows are read once
    if problems and not rows:
        raise SeqVizError(next(iter(problems.values())))
    width = len(next(iter(rows.values()), np.zeros(index + 1)))
    if index >= width:
        raise SeqVizError(f"There is no class {index}; the model has {width}, counted from 0.")
    of = lambda some: np.array([rows.get(one, np.full(width, np.nan)) for one in some]).reshape(len(variants), width)
    why = ["The base whose answer is explained is deleted." if one is None else problems.get(one, "") for one in after]
    return VariantEffects(tuple(variants), index, of(before), of(after), tuple(why))


def single_substitutions(sequence: str, start: int = 0, end: int | None = None) -> list[Variant]:
    """Return every substitution of a known base by another in bases start ... end (0-based, end excluded)."""
    return [Variant(i, sequence[i], base) for i in range(start, len(sequence) if end is None else end)
            for base in "ACGT" if sequence[i] in "ACGT" and base != sequence[i]]


def drawn_substitutions(sequence: str, n: int, seed: int = 0) -> list[Variant]:
    """Return `n` different single substitutions drawn at random, or all where there are no more."""
    every = single_substitutions(sequence)
    chosen = np.random.default_rng(seed).permutation(len(every))[:n]
    return [every[i] for i in sorted(chosen.tolist())]


def as_map(effects: VariantEffects, start: int, end: int) -> np.ndarray:
    """Return the changes of single substitutions as (4, end - start), 0 at the base that is there and where none was asked."""
    values = np.zeros((4, end - start))
    for variant, change in zip(effects.variants, effects.change):
        if len(variant.ref) == len(variant.alt) == 1 and start <= variant.start < end and variant.alt != "N":
            values["ACGT".index(variant.alt), variant.start - start] = change
    return values


def share_below(change: np.ndarray, null: np.ndarray) -> np.ndarray:
    """Return (V,) the share of `null` (n,) that is smaller in size than each change; nan where there is no null.

    Equal sizes count half, so that a variant that stands among the null itself is not flattered.
    """
    size, null = np.abs(np.asarray(change, dtype=float)), np.abs(np.asarray(null, dtype=float))
    if not len(null):
        return np.full(len(size), np.nan)
    near = 1e-6 * max(float(null.max()), 1e-12)
    below = (null < size[:, None] - near).mean(axis=1) + 0.5 * (np.abs(null - size[:, None]) <= near).mean(axis=1)
    return np.where(np.isfinite(size), below, np.nan)


Asked = tuple[str, int | None]
"""What a model reads, and the base whose answer is asked for, or None."""


def _pair(sequence: str, variant: Variant, window: int | None) -> tuple[str, str]:
    """Return what the model reads without and with the variant: the whole sequence, or a window with the variant in its middle.

    The window is cut from the sequence with the variant too, so that it stays as long where there are bases to fill it.
    """
    changed = apply_variant(sequence, variant)
    if not window or window >= len(sequence):
        return sequence, changed
    middle = (variant.start + variant.end) // 2
    start = min(max(middle - window // 2, 0), len(sequence) - window, variant.start)
    return sequence[start:start + window], changed[start:start + window]


def _asked(text: str, position: int | None, variant: Variant) -> Asked | None:
    """Return what is asked of a text with the variant: the base explained where the variant leaves it; None where it is gone."""
    if position is None or position < variant.start:
        return text, position
    if position >= variant.end:
        return text, position + len(variant.alt) - len(variant.ref)
    return (text, position) if position - variant.start < len(variant.alt) else None


def _logits(model: nn.Module, asked: Iterable[Asked]) -> tuple[dict[Asked, np.ndarray], dict[Asked, str]]:
    """Return the logits (C,) of each text at its base, and why the model could not read the others."""
    rows: dict[Asked, np.ndarray] = {}
    problems: dict[Asked, str] = {}
    groups: dict[tuple[int, int | None], list[Asked]] = {}
    for one in asked:
        groups.setdefault((len(one[0]), one[1]), []).append(one)
    for (_, position), members in groups.items():
        try:
            rows |= zip(members, _rows(model, [text for text, _ in members], position), strict=True)
        except SeqVizError as error:
            problems |= dict.fromkeys(members, str(error))
    return rows, problems


@torch.no_grad()
def _rows(model: nn.Module, texts: list[str], position: int | None) -> np.ndarray:
    """Return the logits of some equally long texts, float64 (N, C)."""
    codes, parts = encode(texts), []
    at_once = rows_per_pass(BATCH, codes.shape[1])
    with borrowed(model):
        for i in range(0, len(codes), at_once):
            X = as_input(torch.from_numpy(one_hot_encode(codes[i:i + at_once])), model)
            parts.append(_at(model(X), position, len(X)).double().cpu())
    return torch.cat(parts).numpy()


def _at(logits: Tensor, position: int | None, n: int) -> Tensor:
    """Return (n, C) of the model's logits: those of the sequence, those at a base, or each class's largest."""
    if logits.ndim not in (2, 3) or len(logits) != n:
        raise SeqVizError(f"The model returns {tuple(logits.shape)} for {n} sequences; it needs one row of logits for each.")
    if position is None:
        return logits if logits.ndim == 2 else logits.amax(-1)
    if logits.ndim == 2:
        raise SeqVizError("This model answers once for the whole sequence; there is no logit of a single position.")
    if not 0 <= position < logits.shape[2]:
        raise SeqVizError(f"There is no position {position}; the sequence has {logits.shape[2]}, counted from 0.")
    return logits[:, :, position]


class Named(NamedTuple):
    """How the sentence calls things: the model, the explained class, the control ("the 300 single substitutions of this ...")."""

    model: str
    class_name: str
    control: str


def conclude(effects: VariantEffects, null: np.ndarray, named: Named, calls: Sequence[tuple[str, str]] = (),
             motifs: Sequence[str] = (), others: Sequence[tuple[str, "VariantEffects"]] = ()) -> str:
    """Return a few sentences: the largest change, how it stands among the null (n,), and what else changed with it.

    calls : what the model calls without and with each variant. motifs : in words, what each does to known motifs.
    others : further models by name, for what the same variant does to them.
    """
    read = np.flatnonzero(effects.rank)
    if not len(read):
        return "None of the variants could be read." if effects.variants else "There is no variant yet."
    top = int(read[np.argmin(effects.rank[read])])
    change, share = float(effects.change[top]), float(share_below(effects.change[top:top + 1], null)[0])
    model = named.model if named.model.startswith("your ") else f"the {named.model} model"
    what = f"{model}\u2019s logit of {named.class_name}"
    if abs(change) < 5e-4:
        return f"{'The variant' if len(read) == 1 else 'Each of the variants'} changes {what} by less than 0.001."
    digits = 2 if abs(change) >= 0.095 else 4
    numbers = (f"from {effects.reference[top]:.{digits}f} to {effects.alternative[top]:.{digits}f} "
               f"({change:+.{digits}f})").replace("-", "\u2212")
    name = shown_name(effects.variants[top])
    if len(read) == 1:
        text = f"{name} {'raises' if change > 0 else 'lowers'} {what} {numbers}; {_standing(share, named.control)}."
    else:
        text = f"{_how_many(effects, null, what, named.control)} Largest: {name}, {numbers}."
    if len(calls) > top and calls[top][0] != calls[top][1]:
        text += f" With it {model} calls {calls[top][1]} instead of {calls[top][0]}."
    if len(motifs) > top and motifs[top]:
        text += f" Motifs: {motifs[top]}."
    told = [f"{name} {other.change[top]:+.2f}".replace("-", "\u2212") for name, other in others if np.isfinite(other.change[top])]
    return f"{text} The others change by: {', '.join(told)}." if told else text


def shown_name(variant: Variant) -> str:
    """Return the variant as written, after the name its source gave it, if any."""
    return f"{variant.name} ({written(variant)})" if variant.name else written(variant)


def _standing(share: float, control: str) -> str:
    """Return how a change stands among its control, in words that stay true at both ends."""
    if np.isnan(share):
        return "there is no substitution to compare it with"
    if share >= 0.5:
        return f"{int(100 * share + 1e-9)} % of {control} change it less"
    return f"{int(100 * (1 - share) + 1e-9)} % of {control} change it more"


def _how_many(effects: VariantEffects, null: np.ndarray, what: str, control: str) -> str:
    """Return how many variants change more than 95 % of the control, and how many would by chance."""
    changes = effects.change[np.isfinite(effects.change)]
    large, n = int((share_below(changes, null) >= 0.95).sum()), len(changes)
    return (f"{large or 'None'} of {n:,} variants change{'s' if large <= 1 else ''} {what} more than 95 % of {control} do "
            f"(of substitutions drawn at random 1 in 20 does).")
