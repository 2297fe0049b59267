"""Which part of the model found which motif: the scorecard under the Explore page's picture."""

import streamlit as st

from ..attribution import METHODS
from ..checks import Scorecard, model_scorecard
from ..figures.scorecard import scorecard_heatmap, scorecard_rows
from ..figures.table import scorecard_table
from .cached import Loaded, load
from .components import figure, literal, theme
from .workbench import View

SEQUENCES = 60
BASES = 12_000  # scored at the most: fewer sequences of long ones
SEED = (2026, 4)
MEASURES = {"auprc": "AUPRC", "auroc": "AUROC"}


def scorecard_section(view: View) -> None:
    """Offer the scorecard of the model in focus over fresh sequences of its own task, where motifs are planted in them."""
    loaded = view.loaded
    st.subheader("Which part of the model found which planted motif?")
    if not loaded.task.motifs:
        st.caption(f"Nobody planted motifs in the sequences of \u201c{literal(loaded.task.label)}\u201d, so there is no truth to "
                   "score against.")
        return
    wanted = st.session_state.setdefault("scorecards", set())
    if loaded.run.id not in wanted:
        st.markdown("Every filter, gate, state, attention head and attribution method, scored against the planted positions of "
                    f"{_n(loaded)} fresh sequences, beside shuffled maps.")
        st.button("Score every part", key="score_parts", on_click=wanted.add, args=(loaded.run.id,), help="Some seconds")
        return
    _show(loaded)


def _show(loaded: Loaded) -> None:
    measure = st.segmented_control("Score", list(MEASURES), format_func=MEASURES.get, default="auprc", key="scorecard_measure",
                                   required=True, persist_state="session")
    card = _card(loaded.run.id, loaded.run.status.finished)
    values, null, chance = (getattr(card, name) for name in (measure, f"null_{measure}", f"chance_{measure}"))
    always = [i for i, c in enumerate(card.channels) if c.kind == "attribution"]
    rows = scorecard_rows(values, always)
    labels = [c.name for c in card.channels]
    fig = scorecard_heatmap(values[rows], [labels[i] for i in rows], card.columns, null=null, chance=chance, n=card.n_sequences,
                            measure=MEASURES[measure], n_channels=len(card.channels), theme=theme())
    figure(fig, "scorecard", lambda: scorecard_table(
        labels, [c.kind for c in card.channels], card.columns, {"auroc": card.auroc, "auprc": card.auprc},
        {"null_auroc": card.null_auroc, "null_auprc": card.null_auprc, "chance_auroc": card.chance_auroc,
         "chance_auprc": card.chance_auprc, "sequences": card.n_sequences, "planted_bases": card.n_planted}))
    missed = card.missed(measure)
    st.caption(("No part found " + literal(", ".join(missed)) + " better than chance. " if missed else "") +
               "The best part for each motif is framed; a score in brackets is no better than the best of all parts by chance "
               f"(their maps turned by a random number of bases). {len(rows)} of {len(labels)} parts are drawn; the CSV has all.")


def _n(loaded: Loaded) -> int:
    return max(10, min(SEQUENCES, BASES // loaded.task.length))


@st.cache_resource(max_entries=16, show_spinner="Scoring every part of the model")
def _card(run_id: str, finished: float) -> Scorecard:
    loaded = load(run_id)
    methods = [m.name for m in METHODS if m.cost == "instant" and not m.supports(loaded.model)]
    return model_scorecard(loaded.model, loaded.task.sample(_n(loaded), SEED), methods=methods)
