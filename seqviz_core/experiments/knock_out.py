"""Everything the Ablate tool asks of one model: each part out, the smallest set that is enough, every two out at once.

`knock_out_many` is a piece of work (see seqviz_core.training.work): it returns a file for each run.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from torch import nn

from ..attribution.gradient import At, Target
from ..sequences import one_hot_encode
from ..training import find_run
from ..training.work import Args, Files, Tell
from .ablation import BY_CALL, Ablation, Criterion, Null, ablate, untold
from .calls import Head
from .replacing import Part, tiles
from .sufficiency import EXACT, SLIGHT, PairKnockouts, Sufficient, pair_knockouts, smallest_sufficient

MOST_STRETCHES, MOST_PAIRED = 6, 12
STEPS = 2  # tiles of a scan start this often within one width


@dataclass(frozen=True)
class Question:
    """What is asked of every model. tile : width of the tiles of a scan, 0 where `parts` are given instead."""

    parts: tuple[Part, ...] = ()
    tile: int = 0
    n: int = 20
    seed: int = 0
    filler: str = "sequence"
    criterion: Criterion = BY_CALL


class KnockedOut(NamedTuple):
    """scan : of tiles, None where parts were given. The others are of the parts, or of the stretches that the scan found, None
    where it found none; a set that is enough is looked for, and pairs are tried, among at most MOST_PAIRED parts.
    """

    scan: Ablation | None
    ablation: Ablation | None
    sufficient: Sufficient | None
    pairs: PairKnockouts | None


def knock_out(model: nn.Module, sequence: str, target: Target, head: Head, question: Question,
              told: Callable[[float], None] = untold) -> KnockedOut:
    """Return all of it for one sequence; raises what `ablate` raises."""
    x, q = one_hot_encode([sequence])[0], question
    part_of = lambda low, high: lambda share: told(low + (high - low) * share)
    options = {"head": head, "n": q.n, "filler": q.filler}
    scan, parts, seed = None, q.parts, q.seed
    if q.tile:
        every = tiles(len(sequence), q.tile, max(1, q.tile // STEPS))
        scan = ablate(model, x, target, every, seed=seed, criterion=q.criterion, told=part_of(0, 0.5), **options)
        parts, seed = stretches(scan), seed + 1  # what was chosen for its cost is measured again, with other shuffles
    if not parts:
        return KnockedOut(scan, None, None, None)
    found = ablate(model, x, target, parts, seed=seed, criterion=q.criterion, told=part_of(0.5, 0.6), **options)
    if len(parts) > MOST_PAIRED:
        return KnockedOut(scan, found, None, None)
    enough = smallest_sufficient(model, x, target, parts, seed=seed, criterion=q.criterion, told=part_of(0.6, 0.9), **options)
    pairs = pair_knockouts(model, x, target, parts, seed=seed, told=part_of(0.9, 1), **options) if len(parts) > 1 else None
    return KnockedOut(scan, found, enough, pairs)


def stretches(scan: Ablation) -> tuple[Part, ...]:
    """Return the stretches whose tiles cost more than 95 of 100 tiles of shuffles and more than a twentieth of the evidence.

    Touching tiles are one stretch; of more than MOST_STRETCHES those with the costliest tiles, in the order of the sequence.
    """
    chance = np.percentile(np.concatenate([null.costs for null in scan.nulls]), 95)
    found: list[tuple[float, int, int]] = []
    for part, cost in zip(scan.parts, scan.cost):
        if cost <= max(chance, SLIGHT * abs(scan.evidence)):
            continue
        if found and part.start <= found[-1][2]:
            top, start, _ = found.pop()
            found.append((max(top, cost), start, part.end))
        else:
            found.append((cost, part.start, part.end))
    best = sorted(found, reverse=True)[:MOST_STRETCHES]
    return tuple(Part("stretch", start, end) for _, start, end in sorted(best, key=lambda f: f[1]))


def rows_asked(question: Question, length: int) -> int:
    """Return about how many sequences a model reads for this question; enumerations end early as a rule."""
    k, n = len(question.parts), question.n
    scan = 0
    if question.tile:
        scan = (length // max(1, question.tile // STEPS) + 1) * (n + 5)
        k = 3
    sets = sum(_choose(k, size) for size in range(4)) if k <= EXACT else k * k // 2 if k <= MOST_PAIRED else 0
    return scan + n * (2 * k + sets + k * k // 2) + 100 * (len({p.width for p in question.parts}) + 2)


def _choose(k: int, size: int) -> int:
    return int(np.prod([(k - i) / (i + 1) for i in range(size)]).round()) if size <= k else 0


def knock_out_many(args: Args, tell: Tell) -> Files:
    """Return {"<run>.json": ...} for args runs [[id, target, position or null, head, finished]], sequence and question."""
    question, files = _question(args["question"]), {}
    for i, (run_id, target, position, head, _) in enumerate(args["runs"]):
        sentence = f"Model {i + 1} of {len(args['runs'])}"
        share = lambda done, i=i, sentence=sentence: tell((i + done) / len(args["runs"]), sentence)
        share(0.0)
        found = knock_out(find_run(run_id).load_model(), args["sequence"], target if position is None else At(target, position),
                          head, question, share)
        files[f"{run_id}.json"] = to_json(found)
    return files


def question_args(question: Question) -> dict[str, Any]:
    """Return the question as JSON takes it."""
    return asdict(question) | {"parts": [list(p) for p in question.parts], "criterion": list(question.criterion)}


def _question(args: dict[str, Any]) -> Question:
    return Question(**{**args, "parts": tuple(Part(*p) for p in args["parts"]), "criterion": Criterion(*args["criterion"])})


def to_json(found: KnockedOut) -> str:
    """Return what `from_json` reads."""
    plain = lambda value: value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
    return json.dumps([None if part is None else {f.name: getattr(part, f.name) for f in fields(part)} for part in found],
                      default=plain)


def from_json(text: str | bytes) -> KnockedOut:
    """Return the result that `to_json` wrote."""
    kinds = (Ablation, Ablation, Sufficient, PairKnockouts)
    return KnockedOut(*(None if part is None else kind(**{k: _read(k, v) for k, v in part.items()})
                        for kind, part in zip(kinds, json.loads(text))))


def _read(name: str, value: Any) -> Any:
    if name == "parts":
        return tuple(Part(*part) for part in value)
    if name == "nulls":
        return tuple(Null(where, np.array(costs)) for where, costs in value)
    if name == "criterion":
        return Criterion(*value)
    if name == "kept":
        return None if value is None else tuple(value)
    return np.array(value) if isinstance(value, list) else value
