"""How good a finished run is: its figures beside the ceiling and the simple models, and the curves behind them."""

import streamlit as st

from ..datasets import DATASETS
from ..errors import SeqVizError
from ..figures.curves import pr_figure, reliability_figure, roc_figure
from ..figures.table import curves_table
from ..training import Run, RunStatus, Scores, find_run
from ..training.predictions import ClassCurves, Predictions, class_curves, reliability_of, run_predictions
from .components import figure, literal, table, theme

FIGURES = {"accuracy": "Accuracy", "auroc": "AUROC", "auprc": "AUPRC", "mcc": "MCC", "calibration_error": "Calibration error",
           "recall_fdr10": "Recall at 10 % FDR", "top_k": "Top\u2011k"}
MEANING = ("AUPRC is the average precision; guessing has {prevalence}. MCC: 1 is perfect, 0 is guessing. Calibration error: how "
           "far probabilities are from what comes true, 0 is best. Recall at 10 % FDR: share of the true ones found while one "
           "call in ten is wrong.")
TOP_K = " Top-k: share of right calls with as many calls as there are true ones."
MOST_CURVES = 4
ROC_AXES = "false_positive_rate", "true_positive_rate", "threshold"
PR_AXES = "recall", "precision", "threshold"


def scores_of_run(run: Run) -> None:
    """Show the table of figures of a finished run, and its curves when somebody opens them."""
    status = run.status
    if status.test is None:
        return
    st.subheader("How good is it, beside simpler models?")
    table("run_scores", score_columns(status))
    prevalence = "an unknown share" if status.test.prevalence is None else f"{status.test.prevalence:.3f}"
    st.caption(MEANING.format(prevalence=prevalence) + (TOP_K if status.test.top_k is not None else ""))
    with st.expander("Which calls can be trusted? ROC, precision and calibration", key=f"curves_{run.id}", on_change="rerun"):
        if st.session_state.get(f"curves_{run.id}"):
            _curves(run)


def score_columns(status: RunStatus) -> dict[str, list[str]]:
    """Return the table's columns: the figures, and for the model, the ceiling and each simple model what was measured."""
    rows: list[tuple[str, Scores | None]] = [
        ("this model", status.test), ("Bayes ceiling", status.ceiling), (status.kmer_name, status.kmer),
        (status.pwm_name, status.pwm), ("GC content only", status.gc)]
    known = [(name, scores) for name, scores in rows if scores is not None]
    fields = [field for field in FIGURES if any(getattr(scores, field) is not None for _, scores in known)]
    number = lambda value: "" if value is None or value != value else f"{value:.3f}"
    return {"figure": [FIGURES[field] for field in fields],
            **{name[:1].upper() + name[1:]: [number(getattr(scores, field)) for field in fields] for name, scores in known}}


@st.cache_resource(max_entries=16, show_spinner="Asking the model about its test sequences")
def _predictions(run_id: str, finished: float) -> Predictions:
    return run_predictions(find_run(run_id))


def _curves(run: Run) -> None:
    try:
        found = _predictions(run.id, run.status.finished)
    except SeqVizError as error:
        st.warning(literal(error))
        return
    curves = _picked(class_curves(found.logits, found.labels, found.classes), run.id)
    if not curves:
        st.caption("Choose a class to see its curves.")
        return
    left, middle, right = st.columns(3, gap="medium")
    with left:
        _roc(curves)
    with middle:
        _pr(curves)
    with right:
        _calibration(found, run)
    kind = "held-out" if DATASETS[run.spec.task].task.fixed else "fresh"
    st.caption(f"On {run.status.n_test:,} {kind} sequences, drawn again from the run's seed.")


def _picked(every: list[ClassCurves], run_id: str) -> list[ClassCurves]:
    """Let the visitor choose among many classes; return the curves of those chosen."""
    names = [c.name for c in every]
    if len(names) == 1:
        return every
    shown = st.multiselect("Classes", names, default=names[:MOST_CURVES], key=f"curve_classes_{run_id}")
    return [c for c in every if c.name in shown]


def _roc(curves: list[ClassCurves]) -> None:
    st.markdown("**How many false calls does it take to find the true ones?**")
    fig = roc_figure({c.name: (c.roc.x, c.roc.y) for c in curves}, {c.name: c.auroc for c in curves}, theme=theme())
    figure(fig, "roc", lambda: curves_table({c.name: c.roc for c in curves}, ROC_AXES))


def _pr(curves: list[ClassCurves]) -> None:
    st.markdown("**Of what it calls, how much is true?**")
    prevalence = sum(c.prevalence for c in curves) / len(curves)
    fig = pr_figure({c.name: (c.pr.x, c.pr.y) for c in curves}, {c.name: c.auprc for c in curves}, prevalence, theme=theme())
    figure(fig, "pr", lambda: curves_table({c.name: c.pr for c in curves}, PR_AXES))


def _calibration(found: Predictions, run: Run) -> None:
    st.markdown("**When it says 0.9, is it right nine times in ten?**")
    bins = reliability_of(found.logits, found.labels)
    fig = reliability_figure(bins.predicted, bins.observed, bins.n, error=run.status.test.calibration_error, theme=theme())
    figure(fig, "reliability", lambda: {"probability": bins.predicted, "came_true": bins.observed, "n": bins.n})
