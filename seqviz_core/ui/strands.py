"""Do the models say the same of both strands? Transcription factors mostly bind either; a model may know only one."""

import numpy as np
import streamlit as st

from ..attribution import At
from ..errors import SeqVizError
from .answers import Answer
from .cached import Loaded, answered, attribution_of
from .components import numbers, table
from .says import signed
from .workbench import View, model_name, turned


def both_strands(view: View) -> None:
    """Show for every model what it answers on both strands, and whether the same bases carry it."""
    other = turned(view.edited)
    rows = [_row(view, run, other.sequence) for run in view.models]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    st.markdown("**Do the models say the same of both strands?**")
    table("both_strands", columns)
    st.caption("Agreement: the correlation of corrected saliency on one strand with that on the other, base under base; 1 means "
               "that the same bases matter in the same way, 0 that they have nothing to do with each other.")
    numbers("both_strands", lambda: columns)


def _row(view: View, run: str, other: str) -> dict[str, str]:
    model, index = view.models[run], view.class_index(run)
    here, there = view.answers[run], answered(model, other)
    logits = [float(answer.logits[index]) for answer in (here, there)]
    name = model.task.classes[index]
    return {"model": model_name(model), "class": name, "logit on this strand": f"{logits[0]:.2f}",
            "on the other": f"{logits[1]:.2f}", "change": signed(logits[1] - logits[0]),
            "called here": _called(model, here), "called there": _called(model, there),
            "agreement": _agreement(view, run, other, here.target(index), there.target(index))}


def _called(model: Loaded, answer: Answer) -> str:
    return ", ".join(model.task.classes[c] for c in answer.called) or "none"


def _agreement(view: View, run: str, other: str, target: int | At, target_there: int | At) -> str:
    """Return the correlation of the observed corrected saliency with that of the other strand, turned round."""
    try:
        here = attribution_of(view.models[run], view.edited.sequence, "saliency", target, True).observed[0]
        there = attribution_of(view.models[run], other, "saliency", target_there, True).observed[0][::-1]
    except SeqVizError:
        return "not defined"
    if len(here) < 3 or not here.std() or not there.std():
        return "not defined"
    return f"{np.corrcoef(here, there)[0, 1]:.2f}"
