"""How well the ticked runs do, beside what is possible, and what that cost."""

from collections.abc import Callable

import streamlit as st

from ..figures.comparison import ScoreRow, score_dots
from ..training import Run, Scores, find_run
from ..training.predictions import run_predictions
from ..training.scoring import scores_of
from .cached import Loaded
from .compare_groups import grouped, names_of, same_task
from .compare_says import Standing, score_sentence, standing
from .components import figure, literal, table, theme
from .run_scores import FIGURES
from .sentences import duration

SHARE = ("Share of what is possible: (score \u2212 {words}) / (ceiling \u2212 {words}); 100 % is the Bayes ceiling, 0 % is no "
         "better than counting short words. It is left undefined where the two are less than 0.02 apart. Ceiling and baselines "
         "are measured on the same test sequences as the run, which its seed draws.")
UNKNOWN, UNDEFINED = "not measured", "for bases only"


def scores_section(models: list[Loaded], names: dict[str, str]) -> None:
    """Show every run's score on one line with its ceiling and baselines, then all figures side by side."""
    st.subheader("How well does each do?")
    stands = {m.run.id: standing(m.run.status, m.task.head == "softmax") for m in models}
    scored = [m for m in models if stands[m.run.id]]
    groups = [(group, names_of([m.run for m in group])) for group in grouped(scored, same_task)]
    if not scored:
        st.info("None of these runs was tested here; train it again from its settings to measure it.")
    else:
        said = (score_sentence({short[m.run.id]: stands[m.run.id] for m in group}, group[0].task.label)
                for group, short in groups)
        st.markdown(literal(" ".join(said)))
        rows = [_score_row(m, short[m.run.id], stands[m.run.id]) for group, short in groups for m in group]
        figure(score_dots(rows, _mark_names(scored), theme=theme()), "compare_scores", lambda: _scores_csv(rows))
        words = _mark_names(models)["kmer"]
        table("compare_table", _columns(models, names, lambda m: _figures(m, stands[m.run.id], words), stands))
        st.caption(SHARE.format(words=words))
    _missing(models, names)
    st.markdown("**What did that cost?**")
    table("compare_costs", _columns(models, names, _costs, stands))


def _score_row(model: Loaded, name: str, stands: Standing) -> ScoreRow:
    status, rare = model.run.status, stands.metric == "AUPRC"
    marks = {mark: getattr(scores, "auprc" if rare else "accuracy") for mark in ("ceiling", "kmer", "pwm", "gc")
             if (scores := getattr(status, mark)) is not None}
    return ScoreRow(name, f"{model.task.label}: {stands.metric}", model.run.spec.architecture, stands.score, stands.low,
                    stands.high, {mark: value for mark, value in marks.items() if value is not None})


def _mark_names(models: list[Loaded]) -> dict[str, str]:
    """Return what the marks are called: which simple model each is depends on the task."""
    kmer = {m.run.status.kmer_name for m in models if m.run.status.kmer}
    pwm = {m.run.status.pwm_name for m in models if m.run.status.pwm}
    return {"ceiling": "Bayes ceiling", "gc": "GC content only", "kmer": kmer.pop() if len(kmer) == 1 else "word baseline",
            "pwm": pwm.pop() if len(pwm) == 1 else "best motif scores"}


def _scores_csv(rows: list[ScoreRow]) -> dict[str, list]:
    plain = {"run": [r.name for r in rows], "judged_on": [r.group for r in rows], "score": [r.score for r in rows],
             "low": [r.low for r in rows], "high": [r.high for r in rows]}
    return plain | {mark: [r.marks.get(mark, "") for r in rows] for mark in ("ceiling", "kmer", "pwm", "gc")}


def _columns(models: list[Loaded], names: dict[str, str], cells_of: Callable[[Loaded], dict[str, str]],
             stands: dict[str, Standing | None]) -> dict[str, list[str]]:
    """Return a table: a row a figure, a column a run; a row that nobody has, or that says what another says, is left out."""
    cells = {m.run.id: cells_of(m) for m in models}
    metrics = {s.metric for s in stands.values() if s}
    spare = {"Task"} if len(grouped(models, same_task)) == 1 else set()
    spare |= {"Judged by", "Score"} if len(metrics) == 1 else set()
    first = [FIGURES["auprc" if metrics == {"AUPRC"} else "accuracy"]] if len(metrics) == 1 else []
    keys = [key for key in cells[models[0].run.id]
            if {cells[m.run.id][key] for m in models} - {"", UNDEFINED} and key not in spare]
    keys = sorted(keys, key=lambda key: (key != "Task", key not in first))  # stable: the others keep their order
    return {"figure": keys, **{names[m.run.id]: [cells[m.run.id][key] or UNKNOWN for key in keys] for m in models}}


def _figures(model: Loaded, stands: Standing | None, words: str) -> dict[str, str]:
    status, measured = model.run.status, _scores(model.run)
    mark = lambda scores: _number(getattr(scores, "auprc" if stands and stands.metric == "AUPRC" else "accuracy", None))
    shown = {"Task": model.task.label, "Judged by": stands.metric if stands else "", "Score": _number(stands and stands.score),
             "Bayes ceiling": mark(status.ceiling) or ("none known" if status.test else ""),
             words[0].upper() + words[1:]: mark(status.kmer),
             "Best PWM baseline": mark(status.pwm), "GC content only": mark(status.gc),
             "Share of what is possible": _share(stands)}
    complete = measured is not None and measured.auprc is not None
    return shown | {label: _number(getattr(measured, name, None)) or (UNDEFINED if complete and name == "top_k" else "")
                    for name, label in FIGURES.items()}


def _costs(model: Loaded) -> dict[str, str]:
    run = model.run
    status, training = run.status, run.spec.training
    took = duration(status.finished - status.started) if status.started and status.finished else ""
    return {"Parameters": f"{status.n_parameters:,}" if status.n_parameters else "", "Training time": took,
            "Trained on": status.device, "Epochs": _epochs(run),
            "Sequences an epoch": f"{training.n_train:,}{' fresh' if training.fresh and not model.task.fixed else ''}",
            "Learning rate": f"{training.learning_rate:g}", "Seed": str(training.seed)}


def _share(stands: Standing | None) -> str:
    if stands is None:
        return ""
    if stands.share is None:
        return "undefined"
    return f"{100 * stands.share:.0f} %" if stands.share >= 0 else "below the baseline"


def _epochs(run: Run) -> str:
    best = run.status.best_epoch
    return f"{run.status.n_epochs}" + (f", kept {best}" if best else "")


def _number(value: float | None) -> str:
    return "" if value is None or value != value else f"{value:.3f}".replace("-", "\u2212")


def _scores(run: Run) -> Scores | None:
    """Return a run's figures, anew where the visitor asked for those it was not measured by."""
    asked = run.id in st.session_state.get("compare_measured", ())
    return _measured(run.id, run.status.finished) if asked else run.status.test


@st.cache_resource(max_entries=32, show_spinner="Asking the models about their test sequences")
def _measured(run_id: str, finished: float) -> Scores:
    found = run_predictions(find_run(run_id))
    return scores_of(found.logits, found.labels)


def _missing(models: list[Loaded], names: dict[str, str]) -> None:
    """Say what some runs were not measured by, and offer to measure it."""
    without = [m for m in models if m.run.status.test and _scores(m.run).auprc is None]
    if without:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            who = "The shipped models were" if len(without) > 1 else "One of these runs was"
            st.caption(f"{who} measured by accuracy and AUROC only.", width="content")
            st.button("Measure the rest (a few seconds)", key="measure_rest", on_click=lambda: st.session_state.update(
                compare_measured={*st.session_state.get("compare_measured", ()), *(m.run.id for m in without)}))
    no_pwm = [names[m.run.id] for m in models if m.run.status.test and not m.run.status.pwm]
    if no_pwm and len(no_pwm) < len(models):
        st.caption(literal(f"The best PWM baseline was not measured for {', '.join(no_pwm)}."))
