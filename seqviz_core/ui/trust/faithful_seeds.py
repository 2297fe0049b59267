"""Do other seeds give the same map? Runs that differ in their seed alone, trained here if asked."""

import json
from typing import Any

import streamlit as st

from ...checks.lens import Lens, in_text
from ...checks.seeds import SeedsAgree, seeds_say
from ...training import Run, default_store
from ...training.work import WorkSpec
from ..compare_groups import differ_in_seed_only, next_seeds
from ..components import literal
from ..work import worked
from ..workbench import View, model_name
from .lenses import explain_rows, others_of_seed, seconds_of
from .trained import still_training, train_button, training_took

N, SEED, MOST_RUNS = 40, 2026, 6


def seeds_section(view: View, lens: Lens) -> None:
    """Show how far maps of the same training with other seeds agree, and a button that trains two more."""
    st.subheader("Would another training give the same map?")
    loaded = view.loaded
    run = loaded.run
    if run.brought:
        st.caption(f"{literal(model_name(loaded))} was made elsewhere, so it cannot be trained again here with another seed.")
        return
    others = others_of_seed(loaded)[:MOST_RUNS]
    going = [r for r in default_store().runs() if not r.status.ended and differ_in_seed_only(r.spec, run.spec)]
    if others:
        _agreement(view, lens, [run, *others])
    else:
        st.caption(f"No finished run is the training of {literal(model_name(loaded))} with another seed (its own is "
                   f"{run.spec.training.seed}).")
    if not still_training(going, "seeds") and len(others) < MOST_RUNS:
        taken = [r.spec.training.seed for r in others]
        train_button(next_seeds(run.spec, taken), "Train two more seeds", "faithful_seeds_train", training_took(run))


def _agreement(view: View, lens: Lens, runs: list[Run]) -> None:
    args: dict[str, Any] = {"runs": [run.id for run in runs], "finished": [run.status.finished for run in runs],
                            "lens": lens.name, "n": N, "seed": SEED}
    length = view.loaded.task.length
    seconds = seconds_of(view, view.focus, N * len(runs) * explain_rows(lens, length), length)
    spec = WorkSpec("seqviz_core.checks.seeds", "measure", args)
    label = f"Compare {len(runs)} seeds by {in_text(lens)} on {N} fresh sequences"
    if files := worked(spec, "faithful_seeds", label, max(seconds, 2)):
        content = json.loads(files("seeds.json"))
        st.markdown(f"**{literal(seeds_say(SeedsAgree(**{**content, 'truth': tuple(content['truth'])})))}**")
        st.caption("Pearson's r over the bases of each sequence, mean over all pairs of runs. Turned maps, the control: one of "
                   "the two turned along the sequence by a random number of bases.")
