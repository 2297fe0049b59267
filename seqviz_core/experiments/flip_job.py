"""The search for a way to another call as one question: asked here, or as a piece of work (see seqviz_core.training.work).

    path = found_way(model, "ACGT...", Way(goal, protected=((65, 72),), width=4))
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from torch import nn

from ..attribution.gradient import At
from ..sequences import one_hot_encode
from ..training import find_run
from ..training.work import Args, Files, Tell
from .ablation import untold
from .flip import Goal, Path, Substitution, Told, allowed_positions, best_pair, fewest, in_order, search


@dataclass(frozen=True)
class Way:
    """What is looked for. protected : (start, end) of bases that stay. width : of the beam, 1 is greedy. most : substitutions.

    climb : go on beyond the goal as long as it helps. pairs : try every pair of substitutions instead.
    """

    goal: Goal
    protected: tuple[tuple[int, int], ...] = ()
    width: int = 1
    most: int = 12
    climb: bool = False
    pairs: bool = False


def found_way(model: nn.Module, sequence: str, way: Way, told: Told = untold) -> Path:
    """Return the best path found from a sequence; raises SeqVizError where no base may change."""
    x = one_hot_encode([sequence])[0]
    asks, allowed = way.goal.asks(model), allowed_positions(x, way.protected)
    if way.pairs:
        return in_order(asks, x, best_pair(asks, x, allowed, told), excluded=1)
    if way.climb:
        return search(asks, x, allowed, width=way.width, most=way.most, beyond=True, told=told)
    return fewest(asks, x, allowed, width=way.width, most=way.most, told=told)


def better(one: Path, other: Path) -> Path:
    """Return the path that reaches the goal with fewer substitutions, or comes nearer to it (further beyond it)."""
    best = min(one, other, key=lambda path: (path.reached is None, path.reached or 0, -float(path.goals[-1])))
    return Path(best.changes, best.goals, best.columns, max(one.excluded, other.excluded))


def with_pairs(path: Path, pairs: Path) -> Path:
    """Return the better path, knowing that every pair of substitutions was tried."""
    excluded = 2 if pairs.reached is None else path.excluded
    best = better(path, pairs)
    return Path(best.changes, best.goals, best.columns, excluded)


def find_way(args: Args, tell: Tell) -> Files:
    """Return {"path.json": ...} for args run, sequence and way."""
    way = _way(args["way"])
    what = "Trying every pair of substitutions" if way.pairs else "Looking for substitutions"
    path = found_way(find_run(args["run"]).load_model(), args["sequence"], way, lambda share: tell(share, what))
    return {"path.json": to_json(path)}


def way_args(way: Way) -> dict[str, Any]:
    """Return the way as JSON takes it."""
    target = way.goal.target
    position = target.position if isinstance(target, At) else None
    goal = [target.target if isinstance(target, At) else target, position, way.goal.head, way.goal.away]
    return {**asdict(way), "goal": goal, "protected": [list(p) for p in way.protected]}


def _way(args: Mapping[str, Any]) -> Way:
    index, position, head, away = args["goal"]
    goal = Goal(index if position is None else At(index, position), head, away)
    return Way(**{**args, "goal": goal, "protected": tuple(tuple(p) for p in args["protected"])})


def to_json(path: Path) -> str:
    """Return what `from_json` reads."""
    return json.dumps({"changes": [list(c) for c in path.changes], "goals": path.goals.tolist(),
                       "columns": path.columns.tolist(), "excluded": path.excluded})


def from_json(text: str | bytes) -> Path:
    """Return the path that `to_json` wrote."""
    found = json.loads(text)
    return Path(tuple(Substitution(*c) for c in found["changes"]), np.array(found["goals"]),
                np.array(found["columns"]).reshape(-1, 4), found["excluded"])
