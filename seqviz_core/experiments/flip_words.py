"""What the fewest substitutions came to, in sentences that say no more than was tried."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .flip import Path
from .knock_out_words import amount, counted, listed


class Opinion(NamedTuple):
    """What another model calls the sequence before and after."""

    model: str
    before: str
    after: str


def conclude(path: Path, model: str, before: str, after: str, *, by: str, where: str = "", random_goals: np.ndarray,
             others: Sequence[Opinion] = ()) -> str:
    """Return how many substitutions turn the call `before` into `after`, whether that is proven fewest, and what chance does.

    model : as a sentence begins. where : " at base 16" where a model answers per base. by : "greedy search", "a beam search of
    width 4". random_goals (n, k + 1) : see `random_goals`.
    """
    k, n = path.reached, len(random_goals)
    if k == 0:
        return f"{model} calls {after} already."
    if k is None:
        steps = len(path.changes)
        return (f"{counted(steps, 'substitution')} found by {by} {'does' if steps == 1 else 'do'} not flip the call of "
                f"{_inside(model)}, {before}{where}: what has to rise above 0 goes from {amount(path.goals[0])} to "
                f"{amount(path.goals[-1])}.{_excluded(path.excluded)}")
    changes = listed([c.words for c in path.changes[:k]]) if k <= 8 else f"the first is {path.changes[0].words}"
    turns = (f"{counted(k, 'substitution')} turn{'s' if k == 1 else ''} the call of {_inside(model)} from {before} to "
             f"{after}{where}: {changes}")
    flipped = int((random_goals[:, k] > 0).sum()) if random_goals.shape[1] > k else 0
    chance = f"Of {n} random sets of {k}, {flipped} flip{'s' if flipped == 1 else ''} it" if k > 1 else \
        f"Of {n} random single substitutions, {flipped} flip{'s' if flipped == 1 else ''} it"
    return f"{turns}. {_proof(path, by)} {chance}.{_others(others)}"


def _proof(path: Path, by: str) -> str:
    k = path.reached
    if k == 1:
        return "No fewer can."
    tried = {1: "no single substitution does it", 2: "no one or two substitutions do it"}.get(path.excluded, "")
    if path.fewest_proven:
        return f"That is the fewest: {tried}; all were tried."
    return f"At most {k}, found by {by}; fewer may do" + (f", but {tried}." if tried else ".")


def _excluded(excluded: int) -> str:
    return {1: " No single substitution does it; all were tried.",
            2: " No one or two substitutions do it; all were tried."}.get(excluded, "")


def climbed(path: Path, model: str, name: str, random_goals: np.ndarray, others: Sequence[Opinion] = ()) -> str:
    """Return how a random start becomes a sequence of class `name`, step by step."""
    k, steps = path.reached, len(path.changes)
    if k == 0:
        start = f"{model} calls {name} at the random start already"
    elif k is None:
        return (f"From the random start, {counted(steps, 'substitution')} {'does' if steps == 1 else 'do'} not bring the call of "
                f"{_inside(model)} to {name}: its lead goes from {amount(path.goals[0])} to {amount(path.goals[-1])}.")
    else:
        start = (f"From a random start, {counted(k, 'substitution')} make{'s' if k == 1 else ''} {_inside(model)} "
                 f"call {name}")
    rise = "" if steps == k else f"; after {steps} its lead is {amount(path.goals[-1])}"
    at = min(steps, random_goals.shape[1] - 1)
    there = int((random_goals[:, at] > 0).sum())
    return (f"{start}{rise}. Of {len(random_goals)} random ways of {counted(at, 'substitution')}, {there} get"
            f"{'s' if there == 1 else ''} there.{_others(others)}")


def _others(others: Sequence[Opinion]) -> str:
    """Return which other models call it otherwise now, and which do not."""
    if not others:
        return ""
    turned = [f"{o.model} ({o.before} to {o.after})" for o in others if o.after != o.before]
    stayed = [f"{o.model} ({o.after})" for o in others if o.after == o.before]
    told = [f"{listed(turned)} turn{'s' * (len(turned) == 1)} too" if turned else "",
            f"{listed(stayed)} call{'s' * (len(stayed) == 1)} what {'it' if len(stayed) == 1 else 'they'} did" if stayed else ""]
    return f" Of the other models, {'; '.join(filter(None, told))}."


def _inside(model: str) -> str:
    """Return a model's name as it stands inside a sentence."""
    return f"{model[0].lower()}{model[1:]}"


def column_words(path: Path, step: int) -> str:
    """Return the ISM column that a step chose from, e.g. "A −1.2, C −3.4, G (was), T +0.4"."""
    change = path.changes[step]
    return ", ".join(f"{base} (was)" if i == change.was else f"{base} {value:+.2f}".replace("-", "\u2212")
                     for i, (base, value) in enumerate(zip("ACGT", path.columns[step])))
