"""Shortcuts: simple rules beside the model, whether the model goes by GC content, and which symmetries it keeps."""

from dataclasses import dataclass

import streamlit as st

from ...checks.card import Findings, Subject
from ...checks.gc_use import GcUse, gc_use, read_gc
from ...checks.shortcuts import Rule, Rules, read_rules
from ...checks.skill import Interval, fresh
from ...checks.symmetry_says import read_findings, symmetries_section
from ...settings import setting
from ...training import Run
from ...training.results import KMER_NAME
from ...training.work import WorkSpec
from ..cached import Loaded, computed
from ..components import literal
from ..experiments.pace import INLINE, seconds_per_row
from ..tool import TRUST, Asked, tool
from ..work import worked
from ..workbench import View, model_name
from .shortcuts_figures import show_gc, show_rules, show_symmetries
from .shortcuts_moved import moved_here

SEED = 2026
RULE_SECONDS = 1e-6  # for a sequence, a base and a class of the training data
ROWS = {"gc": 5, "symmetries": 30}  # sequences asked for each fresh one


@dataclass(frozen=True)
class ShortcutSettings:
    n: int = setting(500, "Fresh sequences", help="What the rules and the model are scored on", low=50, high=2000)
    n_train: int = setting(1000, "To fit the rules on", low=50, high=10_000)
    most: int = setting(20, "Move by up to", help="Bases, to either side", low=1, high=200)


@tool(TRUST, "shortcuts", label="Shortcuts", question="Is there an easier rule, and does it keep the symmetries?",
      settings=ShortcutSettings, order=70,
      shows="Simple rules try to solve the task without a motif, and the sequence is shifted and turned round.")
def shortcuts(view: View, asked: Asked) -> None:
    """Show the rules, what GC content alone does, and what moving and turning the sequence does."""
    asked.row("n", "n_train")
    settings = asked.checked()
    _rules(view, settings)
    _gc(view)
    st.subheader("Does it keep the symmetries?")
    asked.row("most")
    moved_here(view, settings.most)
    _symmetries(view)


def _rules(view: View, settings: ShortcutSettings) -> None:
    """Show every rule once they are measured; until then those of the training, and the button."""
    loaded = view.loaded
    spec = WorkSpec("seqviz_core.checks.shortcuts", "measure", {**_args(loaded, settings.n), "n_train": settings.n_train})
    place = st.container()
    files = worked(spec, "shortcuts", "Try every rule on fresh sequences", _rule_seconds(loaded, settings))
    with place:
        found = read_rules(files("rules.json")) if files else rules_of_training(loaded.run)
        if found is None:
            st.caption(literal(f"What simple rules score was not measured when {model_name(loaded)} was trained."))
            return
        show_rules(view, found)
        source = (f"n = {found.n:,} fresh sequences, the rules fitted on {found.n_train:,} others." if files else
                  f"As measured when the model was trained, on {found.n:,} test sequences.")
        st.caption(f"{source} No rule but the words of four and more bases can hold a part of a motif. The tick, the control, is "
                   f"what {'95 % of random rankings stay below' if files else 'guessing gives'}.")


def rules_of_training(run: Run) -> Rules | None:
    """Return the baselines that were measured when the run was trained; None without."""
    status = run.status
    if status.gc is None or status.kmer is None or status.test is None:
        return None
    words = "counts of 6-mers" if status.kmer_name == KMER_NAME else status.kmer_name
    score = status.test.auroc
    return Rules((Rule("GC content", "composition", status.gc.auroc), Rule(words, "words", status.kmer.auroc)),
                 Interval(score, score, score), status.ceiling and status.ceiling.auroc, 0.5, status.n_test or 0,
                 run.spec.training.n_train)


def _rule_seconds(loaded: Loaded, settings: ShortcutSettings) -> float:
    task = loaded.task
    fits = RULE_SECONDS * settings.n_train * task.length * (len(task.classes) + 4)
    return 1 + fits + settings.n * seconds_per_row(loaded, task.length, 0)


def _gc(view: View) -> None:
    """Show what a change of the GC content alone does to the model."""
    st.subheader("Does the model itself go by the GC content?")
    loaded, n = view.loaded, 200
    seconds = n * ROWS["gc"] * seconds_per_row(loaded, loaded.task.length, 0)
    if seconds < INLINE:
        found = computed(gc_of, loaded, n)
    else:
        spec = WorkSpec("seqviz_core.checks.gc_use", "measure_gc", _args(loaded, n))
        files = worked(spec, "shortcuts_gc", f"Change the GC content of {n} sequences", seconds + 1)
        found = read_gc(files("gc.json")) if files else None
    if found:
        show_gc(view, found)


def _symmetries(view: View) -> None:
    """Show the numbers of every model, those of slow ones once they are asked for."""
    found: dict[str, Findings] = {}
    for run, loaded in view.models.items():
        n = 40
        seconds = n * ROWS["symmetries"] * seconds_per_row(loaded, loaded.task.length, 0)
        if seconds < INLINE:
            found[run] = computed(symmetries_of, loaded, n)
            continue
        spec = WorkSpec("seqviz_core.checks.symmetry_says", "measure_symmetries", _args(loaded, n))
        files = worked(spec, f"shortcuts_{run}", f"Measure {model_name(loaded)} on {n} fresh sequences", seconds + 1)
        if files:
            found[run] = read_findings(files("symmetries.json"))
    if found:
        show_symmetries(view, found)


def _args(loaded: Loaded, n: int) -> dict:
    return {"run": loaded.run.id, "finished": loaded.run.status.finished, "n": n, "seed": SEED}


def gc_of(loaded: Loaded, n: int) -> list[GcUse]:
    return gc_use(loaded.model, fresh(loaded.run, loaded.task, n, SEED), loaded.task.head, SEED)


def symmetries_of(loaded: Loaded, n: int) -> Findings:
    return symmetries_section(Subject(loaded.run, loaded.model, loaded.task, n, SEED))
