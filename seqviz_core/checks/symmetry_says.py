"""What the symmetries and the shortcuts come to, in one computed sentence each, and their sections of the trust card."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from ..training import find_run
from ..training.baselines.motif_scores import on_both_strands
from .card import Findings, Mark, Number, Skipped, Subject, card_section
from .gc_use import GC_STEP, USED, GcUse, gc_use
from .shortcuts import Rules, try_rules
from .skill import fresh
from .symmetries import FEW, AnswerShift, MapShift, Strands, answer_shift, away_from_ends, map_shifts, strands

if TYPE_CHECKING:
    from ..training.work import Args, Files, Tell

EXACT = 1e-5
"""A relative difference of less is rounding."""
LITTLE = 0.1
"""Differences of less than this share of those between unrelated sequences are small."""
N_RULES, N_TRAIN = 500, 1000
N_SHIFT = 40
STEP = 4


def maps_say(found: Sequence[MapShift]) -> str:
    """Return how exactly the feature maps move with the sequence, and at which shifts."""
    if not found:
        return "This model has no feature map that could move with the sequence."
    inside = worst(found)
    ends = float(np.nanmax([m.mean(m.everywhere, True) for m in found] + [0.0]))
    longest = max(m.stride for m in found)
    exact = "exactly" if inside < EXACT else f"to within {inside:.2g}"
    parts = [f"Away from the ends the feature maps move with the sequence {exact}" if np.isfinite(inside) else
             "No place of the feature maps is so far from both ends that it could be asked how they move"]
    if longest > 1 and np.isfinite(inside):
        other = [m.mean(m.inside, False) for m in found if m.stride > 1]
        parts[0] += f" at shifts by a whole step of the map ({longest} bases at the most)"
        if np.isfinite(other).any():
            parts.append(f"at other shifts they differ by {np.nanmean(other):.2f}")
    parts.append("the padding changes nothing at the ends" if ends < EXACT else f"with the ends they differ by {ends:.2f}")
    null = np.nanmean([m.null for m in found])
    return "; ".join(parts) + (f" (maps of unrelated sequences by {null:.2f})." if np.isfinite(null) else ".")


def worst(found: Sequence[MapShift]) -> float:
    """Return the largest difference away from the ends, at shifts by a whole step, of all maps; nan where none is left."""
    values = [m.mean(m.inside, True) for m in found]
    return float(np.nanmax(values)) if np.isfinite(values).any() else float("nan")


def shift_says(found: AnswerShift) -> str:
    """Return whether the answer stays as the sequence moves, beside the control that moves nothing."""
    most, n = int(found.shifts.max()), len(found.logits)
    said = (f"Moved by up to {most} bases, {'the sequence changes its logit' if n == 1 else f'{n} sequences change their logit'} "
            f"by {found.change:.2f} on average; with as many bases replaced and nothing moved it is {found.control:.2f}")
    if n == 1:
        return said + "."
    return f"{said}: {_MOVES[moves(found)]} (logits of unrelated sequences differ by {found.unrelated:.2f})."


_MOVES = {"with it": "the answer moves with the sequence", "nearly": "the answer depends a little on where the sequence stands",
          "no": "the answer depends on where the sequence stands"}


def moves(found: AnswerShift) -> str:
    """Return "with it", "nearly" or "no": by how much more than the control the answer changes when the sequence moves."""
    if found.more.low <= max(0, LITTLE * found.control):
        return "with it"
    return "nearly" if found.more.value < LITTLE * found.unrelated else "no"


def strands_say(found: Strands, one_strand: bool = False) -> str:
    """Return whether the other strand gets the same answer. one_strand : whether the task plants on the forward strand only."""
    n = len(found.forward)
    if found.difference < EXACT * max(1.0, float(np.abs(found.forward).mean())):
        return f"A sequence and its reverse complement get the same logit ({n} sequences): the model is exactly consistent."
    said = (f"The logit of the reverse complement differs by {found.difference:.2f} on average (of unrelated sequences by "
            f"{found.unrelated:.2f})")
    if np.isfinite(found.correlation):
        said += f", correlation {found.correlation:.2f} (95 % of random pairs stay below {found.correlation_of_chance:.2f})"
    small = found.difference < LITTLE * found.unrelated
    alike = found.correlation > found.correlation_of_chance
    verdict = "both strands are read nearly alike" if small else (
        "the strands are read alike in part" if alike else "the other strand is read as another sequence")
    excuse = " The task plants on the forward strand only, so nothing else is asked of it." if one_strand and not small else ""
    return f"{said}: {verdict}.{excuse}"


def rules_say(found: Rules) -> str:
    """Return whether a rule without any motif already solves the task."""
    ceiling = "" if found.ceiling is None else f", the ceiling {found.ceiling:.3f}"
    model = f"the model {found.model.value:.3f}{ceiling}"
    if found.solved:
        rule = found.solved[0]
        share = found.share(rule)
        return f"{_rule(rule.name)} alone scores {rule.auroc:.3f} AUROC ({model}): " + (
            f"{share:.0%} of what the model is better than guessing can be had without a motif." if np.isfinite(share) else
            "the rule is better than guessing, the model is not.")
    best = found.easier
    if best is None:
        return f"No simple rule was tried; {model}."
    if found.model.value <= found.chance:
        return f"Neither {model} nor any rule without a motif (at best {best.auroc:.3f} AUROC) is better than guessing."
    if best.name == "GC content" and len(found.rules) <= 2:  # no other rule without a motif was tried
        return f"A GC rule alone scores {best.auroc:.3f} AUROC ({model}): the GC content does not solve this task."
    said = (f"No rule on composition, place or length comes close: the best of them, {best.name}, scores {best.auroc:.3f} AUROC "
            f"({model}).")
    words = [r for r in found.rules if r.kind in ("words", "window")]
    if words:
        most = max(words, key=lambda r: r.auroc)
        said += f" With words that can hold part of a motif, {most.name} score {most.auroc:.3f}."
    return said


def _rule(name: str) -> str:
    return "A GC rule" if name == "GC content" else f"A rule on {name}"


def use_says(found: Sequence[GcUse]) -> str:
    """Return whether the model itself goes by the GC content, by the class where it does so most."""
    use = found[0]
    effect = f"{use.effect.value:+.2f}".replace("-", "\u2212")
    said = (f"Raising the GC content by {100 * GC_STEP:.0f} points and changing nothing else changes the log odds of "
            f"{use.class_name} by {effect}")
    if len(found) > 1:
        said += f", the most of {len(found)} classes"
    if not np.isfinite(use.share):
        return f"{said} (chance: {use.chance:.2f})."
    said += f": {use.share:.0%} of what lies between the classes"
    if abs(use.effect.value) <= use.chance:
        return f"{said}, no more than chance ({use.chance:.2f}); the model does not go by the GC content."
    return f"{said} (chance: {use.chance:.2f}); the model {'goes' if use.used else 'hardly goes'} by the GC content."


@card_section("symmetries", question="Does it keep the symmetries of DNA?", order=70)
def symmetries_section(subject: Subject) -> Findings | Skipped:
    """Return how far maps and answers move with the sequence, and how alike both strands are read."""
    data, asked, model = fresh(subject.run, subject.task, subject.n, subject.seed), subject.asked, subject.model
    codes = np.where(asked.X.any(axis=1), asked.X.argmax(axis=1), 4).astype(np.uint8)
    targets = asked.target.tolist()
    maps = map_shifts(model, codes[:FEW], subject.seed)
    most = min(20, codes.shape[1] // 5)
    rows = away_from_ends(asked.planted, most, len(codes))[:N_SHIFT]
    moved = answer_shift(model, codes[rows], [targets[i] for i in rows], most, STEP, subject.seed)
    both, one_strand = strands(model, codes, targets, subject.seed), bool(len(data.sites.start)) and not on_both_strands(data)
    numbers = _map_numbers(maps) if np.isfinite(worst(maps)) else []
    numbers += [Number("change of the logit when the sequence moves", moved.change, moved.control),
                Number("change of the logit to the reverse complement", both.difference, both.unrelated),
                Number("correlation of the strands' logits", both.correlation, both.correlation_of_chance)]
    null = "unrelated sequences; for moving, as many bases replaced and nothing moved; for the correlation 95 % of random pairs"
    said = " ".join([*([maps_say(maps)] if maps else []), shift_says(moved), strands_say(both, one_strand)])
    return Findings(tuple(numbers), len(codes), null, said, _symmetry_mark(moved, both, one_strand))


def _map_numbers(maps: Sequence[MapShift]) -> list[Number]:
    """Return how far shifted maps differ, without the ends, with them, and at shifts between the steps of a map with a stride."""
    null = float(np.nanmean([m.null for m in maps]))
    between = [m.mean(m.inside, False) for m in maps if m.stride > 1]
    numbers = [Number("shifted feature maps differ by, away from the ends", worst(maps), null),
               Number("the same with the ends, where padding is seen", max(m.mean(m.everywhere, True) for m in maps), null)]
    if np.isfinite(between).any():
        numbers.append(Number("the same at shifts by no whole step of the map", float(np.nanmean(between)), null))
    return numbers


def measure_symmetries(args: "Args", tell: "Tell") -> "Files":
    """Return {"symmetries.json": ...}, what the card's section finds of the run args["run"] over args["n"] sequences."""
    run = find_run(args["run"])
    tell(0.0, "Moving sequences through the window")
    found = symmetries_section(Subject(run, run.load_model(), run.spec.make_task(), args["n"], args["seed"]))
    return {"symmetries.json": json.dumps(asdict(found))}


def read_findings(text: str | bytes) -> Findings:
    """Return what `measure_symmetries` has written."""
    found = json.loads(text)
    return Findings(**{**found, "numbers": tuple(Number(*row) for row in found["numbers"])})


def _symmetry_mark(moved: AnswerShift, both: Strands, one_strand: bool) -> Mark:
    stays = moves(moved) != "no"
    alike = one_strand or both.difference < LITTLE * both.unrelated
    return "holds" if stays and alike else "doubtful" if stays or alike else "fails"


@card_section("shortcuts", question="Is there an easier rule, and does the model use it?", order=75)
def shortcuts_section(subject: Subject) -> Findings | Skipped:
    """Return the simple rules beside the model, and what the GC content alone does to its answer."""
    rules = try_rules(subject.run, subject.model, subject.task, n=N_RULES, n_train=N_TRAIN, seed=subject.seed,
                      words=(1, 2, 3, 6))
    used = gc_use(subject.model, fresh(subject.run, subject.task, subject.n, subject.seed), subject.task.head, subject.seed)
    numbers = [Number("AUROC of the model", rules.model.value, rules.chance)]
    numbers += [Number(f"AUROC of a rule on {r.name}", r.auroc, rules.chance) for r in (rules.rules[0], rules.easier)
                if r is not None]
    use = used[0]
    numbers += [Number(f"change of the log odds of {use.class_name} with the GC content", use.effect.value, use.chance),
                Number("correlation of its log odds with the GC content", use.correlation, use.correlation_chance)]
    null = "95 % of random rankings; of effects with random signs; of shuffles within the classes"
    return Findings(tuple(dict.fromkeys(numbers)), rules.n, null, f"{rules_say(rules)} {use_says(used)}",
                    _shortcut_mark(rules, used))


def _shortcut_mark(rules: Rules, used: Sequence[GcUse]) -> Mark:
    composition = any(r.kind in ("composition", "length") for r in rules.solved)
    if composition and used[0].used:
        return "fails"
    return "doubtful" if composition or used[0].share >= 3 * USED else "open" if rules.solved else "holds"
