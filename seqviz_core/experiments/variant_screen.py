"""Variants of one sequence and their control for one model, here or as a long piece of work for several."""

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from ..attribution import At, attribute
from ..attribution.gradient import Target
from ..sequences import one_hot_encode
from ..sequences.variants import Variant
from ..training import find_run
from ..training.work import Args, Files, Tell
from .variants import VariantEffects, as_map, drawn_substitutions, single_substitutions, variant_effects

WHOLE = 300  # bases up to which every substitution is asked
PART, DRAWN = 80, 200  # of a longer sequence: bases that are mapped, and substitutions drawn as the control
FILE = "screen.npz"


@dataclass(frozen=True, eq=False)
class Control:
    """What single substitutions of a sequence do to one logit.

    values (4, end - start) : the change for each base at bases start ... end (0-based), 0 at the base that is there.
    null (n,) : the changes that variants are held against: all of the sequence's, or `n` drawn at random.
    """

    start: int
    end: int
    values: np.ndarray
    null: np.ndarray
    drawn: bool

    @property
    def words(self) -> str:
        """Return what the null is, for the middle of a sentence."""
        n = len(self.null)
        return f"{n:,} single substitutions drawn at random" if self.drawn else f"the {n:,} single substitutions of this sequence"

    @property
    def band(self) -> float:
        """The size of change that 95% of the null stay below; 0 without a null."""
        return float(np.quantile(np.abs(self.null), 0.95)) if len(self.null) else 0.0


def control(model: nn.Module, sequence: str, target: Target, around: int = 0) -> Control:
    """Return the control for variants of a sequence: all its substitutions; of a long one some, and a map near `around`."""
    if len(sequence) <= WHOLE:
        values = attribute("ism", model, torch.from_numpy(one_hot_encode([sequence])), target).values[0].astype(np.float64)
        unknown = np.array([base == "N" for base in sequence])
        values[:, unknown] = 0
        asked = np.array([[base != other and base != "N" for base in sequence] for other in "ACGT"])
        return Control(0, len(sequence), values, values[asked], drawn=False)
    start = min(max(around - PART // 2, 0), len(sequence) - PART)
    near = variant_effects(model, sequence, single_substitutions(sequence, start, start + PART), target)
    null = variant_effects(model, sequence, drawn_substitutions(sequence, DRAWN), target).change
    return Control(start, start + PART, as_map(near, start, start + PART), null[np.isfinite(null)], drawn=True)


def rows_asked(length: int, n_variants: int) -> int:
    """Return about how many sequences a model reads for a control and some variants."""
    return n_variants + (3 * length if length <= WHOLE else 3 * PART + DRAWN)


def screen(args: Args, tell: Tell) -> Files:
    """Do the work of `asked_work`: the effects of variants and their control, model by model."""
    variants, arrays, problems = [Variant(*v) for v in args["variants"]], {}, {}
    for k, (run, target) in enumerate(args["targets"].items()):
        model, target = find_run(run).load_model(), _target(target)
        tell(k / len(args["targets"]), f"Asking model {k + 1} of {len(args['targets'])} about substitutions")
        found = control(model, args["sequence"], target, args["around"])
        arrays |= {f"{run}.values": found.values, f"{run}.null": found.null,
                   f"{run}.place": np.array([found.start, found.end, found.drawn])}
        parts = []
        for i in range(0, len(variants), 100):
            tell((k + 0.5 + 0.5 * i / len(variants)) / len(args["targets"]), f"Asking it about {len(variants):,} variants")
            parts.append(variant_effects(model, args["sequence"], variants[i:i + 100], target))
        arrays |= {f"{run}.before": np.concatenate([p.reference_logits for p in parts]),
                   f"{run}.after": np.concatenate([p.alternative_logits for p in parts])}
        problems[run] = [problem for part in parts for problem in part.problems]
    file = io.BytesIO()
    np.savez_compressed(file, **arrays, problems=np.array(json.dumps(problems)))
    return {FILE: file.getvalue()}


def asked_work(sequence: str, variants: Iterable[Variant], targets: dict[str, Target], around: int) -> Args:
    """Return the arguments of `screen`. targets : the explained class of each run."""
    written = {run: list(target) if isinstance(target, At) else target for run, target in targets.items()}
    return {"sequence": sequence, "variants": [list(v) for v in variants], "targets": written, "around": around}


def read_screen(files: Callable[[str], bytes], args: Args) -> dict[str, tuple[VariantEffects, Control]]:
    """Return what `screen` found for each run."""
    with np.load(io.BytesIO(files(FILE)), allow_pickle=False) as data:
        of = {name: data[name] for name in data.files}
    problems, variants = json.loads(str(of["problems"])), tuple(Variant(*v) for v in args["variants"])
    found = {}
    for run, target in args["targets"].items():
        start, end, drawn = (int(v) for v in of[f"{run}.place"])
        target = _target(target)
        effects = VariantEffects(variants, target.target if isinstance(target, At) else target, of[f"{run}.before"],
                                 of[f"{run}.after"], tuple(problems[run]))
        found[run] = effects, Control(start, end, of[f"{run}.values"], of[f"{run}.null"], bool(drawn))
    return found


def _target(written: int | list[int]) -> Target:
    return At(*written) if isinstance(written, list) else written
