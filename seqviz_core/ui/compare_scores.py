"""How well the ticked runs do, beside what is possible, and how fast they learned."""

import numpy as np
import streamlit as st

from ..datasets import DATASETS
from ..figures.comparison import Curve, CurvePanel, ScoreRow, learning_curves, score_dots
from ..training import Run, Scores, find_run
from ..training.predictions import run_predictions
from ..training.scoring import scores_of
from .cached import Loaded
from .compare_says import Standing, grouped, learned, learned_sentence, score_sentence, standing
from .components import figure, literal, table, theme
from .run_scores import FIGURES
from .sentences import duration

UNKNOWN = "not measured"
METRICS = {"accuracy": ("accuracy", "valid_accuracy"), "auroc": ("AUROC", "valid_auroc")}


def same_task(model: Loaded) -> object:
    """Return what runs on the same task with the same settings share."""
    return model.run.spec.task, model.run.spec.task_settings


def scores_section(models: list[Loaded], names: dict[str, str]) -> None:
    """Show every run's score on one line with its ceiling and baselines, then all figures side by side."""
    st.subheader("How well does each do?")
    stands = {m.run.id: standing(m.run.status, m.task.head == "softmax") for m in models}
    scored = [m for m in models if stands[m.run.id]]
    for group in grouped(scored, same_task):
        st.markdown(literal(score_sentence({names[m.run.id]: stands[m.run.id] for m in group}, group[0].task.label)))
    if scored:
        rows = [_score_row(m, names[m.run.id], stands[m.run.id]) for m in scored]
        figure(score_dots(rows, _mark_names(scored), theme=theme()), "compare_scores", lambda: _scores_csv(rows))
    table("compare_table", _columns(models, names, stands))
    st.caption("Share of what is possible: (score \u2212 6-mer baseline) / (ceiling \u2212 6-mer baseline); 100 % is the Bayes "
               "ceiling, 0 % is no better than counting short words. It is left out where the two are less than 0.02 apart. "
               "Ceiling and baselines are measured on the same test sequences as the run, which its seed draws.")
    _missing(models, names)


def _score_row(model: Loaded, name: str, stands: Standing) -> ScoreRow:
    status, rare = model.run.status, stands.metric == "AUPRC"
    marks = {mark: getattr(scores, "auprc" if rare else "accuracy") for mark in ("ceiling", "kmer", "pwm", "gc")
             if (scores := getattr(status, mark)) is not None}
    return ScoreRow(name, f"{model.task.label}: {stands.metric}", model.run.spec.architecture, stands.score, stands.low,
                    stands.high, {mark: value for mark, value in marks.items() if value is not None})


def _mark_names(models: list[Loaded]) -> dict[str, str]:
    """Return what the marks are called: which simple model each is depends on the task."""
    together = lambda words: " or ".join(dict.fromkeys(filter(None, words)))
    return {"ceiling": "Bayes ceiling", "kmer": together(m.run.status.kmer_name for m in models),
            "pwm": together(m.run.status.pwm_name for m in models if m.run.status.pwm) or "best PWM", "gc": "GC content only"}


def _scores_csv(rows: list[ScoreRow]) -> dict[str, list]:
    plain = {"run": [r.name for r in rows], "judged_on": [r.group for r in rows], "score": [r.score for r in rows],
             "low": [r.low for r in rows], "high": [r.high for r in rows]}
    return plain | {mark: [r.marks.get(mark, "") for r in rows] for mark in ("ceiling", "kmer", "pwm", "gc")}


def _columns(models: list[Loaded], names: dict[str, str], stands: dict[str, Standing | None]) -> dict[str, list[str]]:
    """Return the table: a row a figure, a column a run; a row that nobody has, or that says what another says, is left out."""
    cells = {m.run.id: _cells(m, stands[m.run.id]) for m in models}
    metrics = {s.metric for s in stands.values() if s}
    spare = {"Task"} if len(grouped(models, same_task)) == 1 else set()
    spare |= {"Judged by", "Score"} if len(metrics) == 1 else set()
    first = [FIGURES["auprc" if metrics == {"AUPRC"} else "accuracy"]] if len(metrics) == 1 else []
    keys = [key for key in cells[models[0].run.id] if any(cells[m.run.id][key] for m in models) and key not in spare]
    keys = sorted(keys, key=lambda key: (key != "Task", key not in first))  # stable: the others keep their order
    return {"figure": keys, **{names[m.run.id]: [cells[m.run.id][key] or UNKNOWN for key in keys] for m in models}}


def _cells(model: Loaded, stands: Standing | None) -> dict[str, str]:
    run = model.run
    status, training = run.status, run.spec.training
    mark = lambda scores: _number(getattr(scores, "auprc" if stands and stands.metric == "AUPRC" else "accuracy", None))
    shown = {"Task": model.task.label, "Judged by": stands.metric if stands else "", "Score": _number(stands and stands.score),
             "Bayes ceiling": mark(status.ceiling) or ("none known" if status.test else ""), "6-mer baseline": mark(status.kmer),
             "Best PWM baseline": mark(status.pwm), "GC content only": mark(status.gc),
             "Share of what is possible": "" if not stands else "undefined" if stands.share is None else f"{stands.share:.0%}"}
    measured = _scores(run)
    shown |= {label: _number(getattr(measured, name, None)) for name, label in FIGURES.items()}
    took = duration(status.finished - status.started) if status.started and status.finished else ""
    return shown | {"Parameters": f"{status.n_parameters:,}" if status.n_parameters else "", "Training time": took,
                    "Trained on": status.device, "Epochs": _epochs(run),
                    "Sequences an epoch": f"{training.n_train:,}{' fresh' if training.fresh else ''}",
                    "Learning rate": f"{training.learning_rate:g}", "Seed": str(training.seed)}


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


def learning_section(models: list[Loaded], names: dict[str, str]) -> None:
    """Show validation scores against epochs or seconds, one panel a task."""
    st.subheader("How fast does each learn?")
    with st.container(horizontal=True, gap="medium"):
        metric = st.segmented_control("Validation score", list(METRICS), key="learn_score", default="accuracy", required=True,
                                      format_func=lambda m: METRICS[m][0], bind="query-params", persist_state="session")
        x = st.segmented_control("Against", ("epochs", "seconds"), key="learn_by", default="epochs", required=True,
                                 bind="query-params", persist_state="session")
    label, field = METRICS[metric]
    epochs = {m.run.id: m.run.epochs() for m in models}
    found = {names[i]: when for i, e in epochs.items() if (when := learned(e, field))}
    if not found:
        st.info("None of these runs kept its epochs.")
        return
    st.markdown(literal(learned_sentence(found, label)))
    panels = []
    for group in grouped([m for m in models if names[m.run.id] in found], same_task):
        ceilings = {getattr(m.run.status.ceiling, metric) for m in group if m.run.status.ceiling}
        curves = [_curve(m.run, names[m.run.id], field, x) for m in group]
        panels.append(CurvePanel(group[0].task.label, curves, sum(ceilings) / len(ceilings) if ceilings else None))
    figure(learning_curves(panels, metric=label, x=x, theme=theme(), uirevision=f"{x}"), "compare_learning",
           lambda: _learning_csv(models, names, epochs))
    devices = list(dict.fromkeys(m.run.status.device for m in models if m.run.status.device))
    note = f" These runs were trained on {' and '.join(devices)}: their seconds cannot be compared." if len(devices) > 1 else ""
    st.caption("A line has its architecture's colour; where two share one, the second is dashed. Seconds are training and "
               "validation. The ceiling is that of the test sequences (their mean over these runs)." + note)


def _curve(run: Run, name: str, field: str, x: str) -> Curve:
    epochs = run.epochs()
    along = [e.epoch for e in epochs] if x == "epochs" else np.cumsum([e.seconds for e in epochs])
    return Curve(name, run.spec.architecture, np.asarray(along, dtype=float), np.array([getattr(e, field) for e in epochs]))


def _learning_csv(models: list[Loaded], names: dict[str, str], epochs: dict[str, list]) -> dict[str, list]:
    rows = [(names[m.run.id], DATASETS[m.run.spec.task].label, e) for m in models for e in epochs[m.run.id]]
    fields = ("epoch", "seconds", "train_loss", "valid_loss", "valid_accuracy", "valid_auroc")
    return {"run": [r[0] for r in rows], "task": [r[1] for r in rows], **{f: [getattr(r[2], f) for r in rows] for f in fields}}


