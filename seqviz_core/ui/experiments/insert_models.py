"""Asking the models about an insertion: at once where it is quick, as work with progress where it is not."""

import time
from dataclasses import replace

import numpy as np
import streamlit as st

from ...errors import SeqVizError
from ...experiments.insertion import Curve, Score, bayes_score, odds_score
from ...experiments.marginal import Marginal, Plan, marginal_from, marginalise, plan_to_json
from ...training.work import WorkSpec
from ..cached import Loaded, computed
from ..components import literal
from ..work import worked
from ..workbench import View, model_name

AT_ONCE = 1.0  # seconds; what takes longer is asked for
_FEW, _MANY = 4, 64  # sequences
_SLOW = 0.02  # seconds for a sequence


def ask_all(view: View, plan: Plan) -> dict[str, Marginal]:
    """Return what each model does, of those that have answered; one that cannot read the backgrounds is told with the reason.

    The control of a curve is for the model in focus alone: with one for each, nobody could read the figure.
    """
    answers = {}
    for run, loaded in view.models.items():
        try:
            found = _ask(loaded, view.class_index(run), replace(plan, control=plan.vary == "itself" or run == view.focus))
        except SeqVizError as error:
            st.warning(literal(f"{model_name(loaded)} is left out. {error}"))
            continue
        if found is not None:
            answers[run] = found
    return answers


def _ask(loaded: Loaded, index: int, plan: Plan) -> Marginal | None:
    seconds = plan.passes * seconds_of(loaded, plan.length)
    if seconds < AT_ONCE:
        return computed(marginal_of, loaded, index, plan)
    return _worked(loaded, index, plan, "marginalise_run", f"insert_{loaded.run.id}", f"Ask {model_name(loaded)}", seconds)


def _worked(loaded: Loaded, index: int, plan: Plan, function: str, key: str, label: str, seconds: float) -> Marginal | None:
    args = {"run": loaded.run.id, "finished": loaded.run.status.finished, "index": index, "plan": plan_to_json(plan)}
    files = worked(WorkSpec("seqviz_core.experiments.marginal", function, args), key, label, seconds)
    return None if files is None else marginal_from(files("marginal.json"))


def seconds_of(loaded: Loaded, length: int) -> float:
    """Return how long a model takes for one sequence, seconds, as it was measured when somebody first asked."""
    return computed(_seconds, loaded, length)


def _seconds(loaded: Loaded, length: int) -> float:
    """Return the time for one sequence, of a few at once, or of many where that is quick; the quickest of three times."""
    codes, score = np.zeros((_MANY, length), dtype=np.uint8), odds_score(loaded.model, loaded.task.head, 0)
    few = min(_timed(score, codes[:_FEW]) for _ in range(3))
    return few if few > _SLOW else min(_timed(score, codes) for _ in range(3))


def _timed(score: Score, codes: np.ndarray) -> float:
    start = time.perf_counter()
    score(codes)
    return (time.perf_counter() - start) / len(codes)


def marginal_of(loaded: Loaded, index: int, plan: Plan) -> Marginal:
    return marginalise(odds_score(loaded.model, loaded.task.head, index), plan)


def bayes_of(view: View, plan: Plan) -> tuple[Curve | None, str]:
    """Return the curve of the Bayes classifier of the focus's task, or None and why there is none."""
    loaded = view.loaded
    if plan.length != loaded.task.length:
        return None, f"No Bayes curve: that of the task is for sequences of {loaded.task.length:,} bases."
    index, plan = view.class_index(view.focus), replace(plan, control=False)
    each = computed(_bayes_seconds, loaded, index)
    if each is None:
        return None, "No Bayes curve: the best classifier of this task has no closed form."
    if (seconds := each * plan.passes) < AT_ONCE:
        return computed(bayes_curve, loaded, index, plan), ""
    found = _worked(loaded, index, plan, "bayes_run", "insert_bayes", "Ask the Bayes classifier", seconds)
    return (found.effect, "") if found else (None, "The Bayes classifier of this task takes long, and is asked on its own.")


def _bayes_seconds(loaded: Loaded, index: int) -> float | None:
    """Return how long the Bayes classifier takes for one sequence; None where it has no closed form."""
    score = bayes_score(loaded.task, index)
    codes = np.zeros((_MANY, loaded.task.length), dtype=np.uint8)
    return None if score is None else min(_timed(score, codes) for _ in range(2))


def bayes_curve(loaded: Loaded, index: int, plan: Plan) -> Curve:
    return marginalise(bayes_score(loaded.task, index), plan).effect
