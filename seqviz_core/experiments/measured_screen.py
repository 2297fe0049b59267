"""What models predict for measured variants, here or as a long piece of work; and a simulated measurement to try it on."""

import io
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from torch import nn

from ..attribution import At
from ..attribution.gradient import Target
from ..datasets import Task
from ..sequences import encode
from ..sequences.variants import Variant, apply_variant
from ..training import find_run
from ..training.work import Args, Files, Tell
from .variants import single_substitutions, variant_effects

FILE = "predicted.npz"
NOISE = 0.1  # standard deviations of the true effects
_AT_ONCE = 200


def predicted(model: nn.Module, sequence: str, variants: Sequence[Variant], target: Target, window: int | None,
              tell: Callable[[float], None] = lambda share: None) -> np.ndarray:
    """Return the change of the logit by each variant (V,), nan where the model cannot read it; `tell` hears the share done.

    window : bases around each variant that the model is shown, None for the whole sequence.
    """
    parts = [np.zeros(0)]
    for i in range(0, len(variants), _AT_ONCE):
        tell(i / len(variants))
        parts.append(variant_effects(model, sequence, variants[i:i + _AT_ONCE], target, window).change)
    return np.concatenate(parts)


def screen(args: Args, tell: Tell) -> Files:
    """Do the work of `asked_work`: the predictions of several models."""
    variants, found, n = [Variant(*v) for v in args["variants"]], {}, len(args["models"])

    def say(share: float) -> None:
        tell((len(found) + share) / n, f"Asking model {len(found) + 1} of {n} about {len(variants):,} variants")

    for run, (target, window) in args["models"].items():
        target = At(*target) if isinstance(target, list) else target
        found[run] = predicted(find_run(run).load_model(), args["sequence"], variants, target, window, say)
    file = io.BytesIO()
    np.savez_compressed(file, **found)
    return {FILE: file.getvalue()}


def asked_work(sequence: str, variants: Iterable[Variant], models: dict[str, tuple[Target, int | None]]) -> Args:
    """Return the arguments of `screen`. models : the explained class and the window of each run."""
    written = {run: [list(t) if isinstance(t, At) else t, window] for run, (t, window) in models.items()}
    return {"sequence": sequence, "variants": [list(v) for v in variants], "models": written}


def read_screen(files: Callable[[str], bytes]) -> dict[str, np.ndarray]:
    """Return what `screen` found: the change by each variant (V,), for each run."""
    with np.load(io.BytesIO(files(FILE)), allow_pickle=False) as data:
        return {run: data[run] for run in data.files}


def simulated_table(task: Task, sequence: str, class_index: int, seed: int = 0) -> str | None:
    """Return a table of every substitution as the task's own Bayes classifier reads it, with noise; None where there is none.

    The value is the change of log P(class | sequence), with normal noise of NOISE standard deviations of the changes.
    """
    variants = single_substitutions(sequence)
    if not variants or len(sequence) < max((m.width for m in task.motifs), default=1):
        return None
    logits = task.bayes_logits(encode([sequence, *(apply_variant(sequence, v) for v in variants)]))
    if logits is None or logits.ndim != 2:
        return None
    values = np.log(np.maximum(task.probabilities(logits)[:, class_index], 1e-300))
    changes = values[1:] - values[0]
    noisy = changes + np.random.default_rng(seed).normal(0, NOISE * changes.std(), len(changes))
    rows = [f"{v.start + 1}\t{v.ref}\t{v.alt}\t{value:.4f}" for v, value in zip(variants, noisy)]
    return "\n".join(["Pos\tRef\tAlt\tValue", *rows])
