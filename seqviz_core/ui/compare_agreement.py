"""Whether the ticked runs, and several methods on each, agree on which bases matter."""

import time
from typing import NamedTuple

import numpy as np
import streamlit as st

from ..attribution import METHODS
from ..checks import Agreement, Questions, agreement, observed_maps, questions
from ..datasets import Task
from ..figures.matrices import agreement_heatmap
from ..training import Run
from .cached import Loaded, finished_runs, load
from .compare import MOST
from .compare_groups import PAIRS, Mapped, differ_in_seed_only, grouped, names_of, next_seeds, pairs_by_kind, same_task
from .compare_says import agreement_sentence
from .components import figure, literal, table, theme, told
from .data_card import key_of
from .sentences import duration
from .services import job_service
from .train import page_path

SEQUENCES, FEWEST, BASES = 40, 10, 12_000  # compared; of long ones fewer, so that all of them have at most BASES
METHODS_AT_FIRST, MOST_METHODS = ("saliency", "ism"), 3
AT_ONCE = 10.0  # seconds that are spent without being asked for
TRIED = 2  # sequences whose time tells that of all
MEASURES = {"pearson": "Pearson", "spearman": "Spearman"}
SIGNS = {"pearson": "r", "spearman": "rho"}


class Maps(NamedTuple):
    """What a method says of every sequence, (M, L), and the seconds that took."""

    values: np.ndarray
    seconds: float


def agreement_section(models: list[Loaded], _names: dict[str, str]) -> None:
    """Show how far maps of models, methods and seeds agree, each beside turned maps, and each one's truth score."""
    st.subheader("Do they agree on which bases matter?")
    group, methods, measure, seed = _controls(models)
    names = names_of([m.run for m in group])
    mapped = [Mapped(m.run, method) for method in methods for m in group if not METHODS[method].supports(m.model)]
    for method in methods:
        without = [names[m.run.id] for m in group if METHODS[method].supports(m.model)]
        if without:
            st.caption(literal(f"{METHODS[method].label} does not apply to {', '.join(without)}."))
    if not mapped:
        st.info("Choose a method that applies to one of the ticked models.")
        return
    task, n = group[0].task, max(FEWEST, min(SEQUENCES, BASES // group[0].task.length))
    if _affordable(mapped, n, seed):
        found, asked, seconds = _compared(task, mapped, names, n, seed, measure)
        _show(found, mapped, measure, list(dict.fromkeys(names[m.run.id] for m in mapped)))
        st.caption(_explained(asked, task, seed, seconds, mapped))
    _seeds(group, names)


def _controls(models: list[Loaded]) -> tuple[list[Loaded], list[str], str, int]:
    """Let the visitor choose the task, the methods, the measure and the seed; return the models of the task and those."""
    groups = sorted(grouped(models, same_task), key=len, reverse=True)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        group = groups[0]
        if len(groups) > 1:
            keys = {key_of(g[0].task): g for g in groups}
            if st.session_state.get("agree_task") not in keys:
                st.session_state.agree_task = next(iter(keys))
            group = keys[st.selectbox("Models of", list(keys), key="agree_task", persist_state="session", width=280,
                                      format_func=lambda key: f"{keys[key][0].task.label} ({len(keys[key])})")]
        methods = st.multiselect(f"Methods (at most {MOST_METHODS})", METHODS.names(), default=METHODS_AT_FIRST, key="agree_by",
                                 max_selections=MOST_METHODS, format_func=lambda name: METHODS[name].label,
                                 bind="query-params", persist_state="session", width=380)
        measure = st.segmented_control("Correlation", list(MEASURES), key="agree_as", default="pearson", required=True,
                                       format_func=MEASURES.get, bind="query-params", persist_state="session",
                                       help="Pearson: the few bases that stand out decide. Spearman: by rank, all count alike")
        seed = st.number_input("Seed", 0, 2**31 - 1, 1, key="agree_seed", help="Decides which sequences are drawn", width=120,
                               bind="query-params", persist_state="session")
    return group, methods, measure, int(seed)


@st.cache_resource(max_entries=32, show_spinner=False)
def _questions(key: str, _task: Task, n: int, seed: int) -> Questions:
    return questions(_task, n, seed)


@st.cache_resource(max_entries=96, show_spinner=False)
def _maps(run_id: str, finished: float, method: str, n: int, seed: int) -> Maps:
    loaded = load(run_id)
    asked = _questions(key_of(loaded.task), loaded.task, n, seed)
    began = time.perf_counter()
    return Maps(observed_maps(loaded.model, asked, method), time.perf_counter() - began)


@st.cache_resource(max_entries=96, show_spinner=False)
def _seconds(run_id: str, finished: float, method: str, n: int) -> float:
    """Return about how long the maps of n sequences take, from a few."""
    loaded = load(run_id)
    asked = _questions(key_of(loaded.task), loaded.task, TRIED, 0)
    observed_maps(loaded.model, asked, method)  # the first time anything runs it takes longer
    began = time.perf_counter()
    observed_maps(loaded.model, asked, method)
    return (time.perf_counter() - began) * n / len(asked.X)


def _affordable(mapped: list[Mapped], n: int, seed: int) -> bool:
    """Return whether the maps may be computed: they are quick, or the visitor has asked for them."""
    with st.spinner("Timing the models"):
        slow = [m for m in mapped if METHODS[m.method].cost == "seconds"]
        seconds = sum(_seconds(m.run.id, m.run.status.finished, m.method, n) for m in slow)
    wanted, key = st.session_state.setdefault("agree_wanted", set()), (*((m.run.id, m.method) for m in mapped), n, seed)
    if seconds <= AT_ONCE or key in wanted:
        return True
    st.markdown(f"These {len(mapped)} maps of {n} sequences take about {duration(seconds)}.")
    st.button("Compute them", key="agree_go", on_click=wanted.add, args=(key,))
    return False


def _compared(task: Task, mapped: list[Mapped], names: dict[str, str], n: int, seed: int,
              measure: str) -> tuple[Agreement, Questions, float]:
    """Return the agreement, the sequences it is on, and the seconds the maps took."""
    with st.spinner(f"Explaining {n} sequences in {len(mapped)} ways", show_time=True):
        asked = _questions(key_of(task), task, n, seed)
        maps = [_maps(m.run.id, m.run.status.finished, m.method, n, seed) for m in mapped]
    values = [m.values for m in maps]
    if any(not METHODS[m.method].signed for m in mapped):  # how much can only be compared with how much
        values = [np.abs(v) for v in values]
    labels = [f"{names[m.run.id]}, {_method(m.method)}" for m in mapped]
    return (agreement(values, labels, asked.planted, seed=seed, measure=measure, known=asked.known), asked,
            sum(m.seconds for m in maps))


def _method(name: str) -> str:
    """Return what a method is called in a row: a gradient is always the corrected one here."""
    label = METHODS[name].label
    label = label[0].lower() + label[1:] if label[1:].islower() or " " in label else label  # not DeepLIFT, nor Grad-CAM
    return f"corrected {label}" if METHODS[name].correctable else label


def _show(found: Agreement, mapped: list[Mapped], measure: str, models: list[str]) -> None:
    kinds = pairs_by_kind(mapped)
    st.markdown(literal(agreement_sentence(found, kinds, SIGNS[measure], models)))
    truth = [(t.auprc, t.null_auprc) for t in found.truth]
    fig = agreement_heatmap(found.matrix(), found.names, found.null_high(), truth=truth, measure=SIGNS[measure], theme=theme())
    figure(fig, "compare_agreement", lambda: _csv(found), width="content")
    if kinds:
        rows = [(PAIRS[kind], len(pairs), found.pooled(pairs)) for kind, pairs in kinds.items()]
        number = lambda value: "" if value != value else f"{value:z.2f}".replace("-", "\u2212")
        table("agreement_kinds", {
            "pairs of": [kind for kind, *_ in rows], "how many": [str(n) for _, n, _ in rows],
            f"agreement ({SIGNS[measure]})": [number(p.value) for *_, p in rows],
            "95 % interval": [f"{number(p.low)} to {number(p.high)}" if p.low == p.low else "" for *_, p in rows],
            "turned maps": [number(p.null) for *_, p in rows],
            "95 % of turned maps below": [number(p.null_high) for *_, p in rows]})


def _explained(asked: Questions, task: Task, seed: int, seconds: float, mapped: list[Mapped]) -> str:
    """Return on what the maps are compared, and what the null is."""
    drawn = "sequences of the data" if task.fixed else "fresh sequences"
    sites = " with planted sites" if asked.planted is not None and asked.planted.any() else ""
    n = len(asked.X)
    text = (f"{n} {drawn} of \u201c{literal(task.label)}\u201d{sites} (seed {seed}), each explained for its own class; the "
            f"maps took {seconds:.1f} s. Each pair is correlated base by base in every sequence, then averaged; intervals are "
            "over the sequences. Turned maps: one of the two is turned by a random number of bases, which keeps how "
            "smooth it is and how wide its peaks are, and loses only where they are; an agreement in brackets is no better "
            f"than that.")
    if sites:
        text += " Truth AUPRC: how well the sizes of a map's values find the planted bases; null: the same values shuffled."
    if any(not METHODS[m.method].signed for m in mapped):
        text += " One of the methods has no sign, so sizes are compared."
    return text


def _csv(found: Agreement) -> dict[str, list]:
    pooled = [found.pooled([tuple(pair)]) for pair in found.pairs.tolist()]
    return {"first": [found.names[i] for i, _ in found.pairs], "second": [found.names[j] for _, j in found.pairs],
            found.measure: [p.value for p in pooled], "low": [p.low for p in pooled], "high": [p.high for p in pooled],
            "turned_maps": [p.null for p in pooled], "turned_maps_95": [p.null_high for p in pooled],
            "sequences": [p.n_sequences for p in pooled]}


def _seeds(group: list[Loaded], names: dict[str, str]) -> None:
    """Offer the same training with other seeds, where no two ticked runs are that."""
    runs = [m.run for m in group]
    if any(differ_in_seed_only(a.spec, b.spec) for i, a in enumerate(runs) for b in runs[:i]):
        return
    if sent := st.session_state.get("seeds_sent"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption("Two more seeds are waiting or training; tick them in the list above once they are done.", width="content")
            st.page_link(page_path("train"), label="Watch them in Train", query_params={"job": sent})
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox("Do other seeds agree? The same training again of", [run.id for run in runs], key="seeds_of",
                              format_func=names.get, width=330)
        run = next(r for r in runs if r.id == chosen)
        others = [r for r in finished_runs() if r.id not in names and differ_in_seed_only(r.spec, run.spec)][:2]
        if others:
            st.button(f"Tick its other seed{'s' * (len(others) > 1)}", key="seeds_tick", on_click=_tick, args=(others,))
        else:
            took = run.status.finished - run.status.started if run.status.started else None
            about = f" (it took {duration(took)}, on {run.status.device})" if took else ""
            st.button("Train two more seeds", key="seeds_train", on_click=_train, args=(run,), help=f"Two runs{about}")


def _tick(runs: list[Run]) -> None:
    ids = list(dict.fromkeys([*st.session_state.compared, *(run.id for run in runs)]))
    st.session_state.update(compared=ids[:MOST], compare_problem="", compare_changed=True)


def _train(run: Run) -> None:
    taken = [r.spec.training.seed for r in finished_runs() if differ_in_seed_only(r.spec, run.spec)]
    with told():
        for spec in next_seeds(run.spec, taken):
            st.session_state.seeds_sent = job_service().submit(spec)
