"""What probes come to, in a sentence: the same on the page, on the trust card and in a notebook."""

from math import isnan

from ..training.config import GC, POSITION, SEEN
from .erasure import Erased
from .probe_units import CLASS, LABELS
from .probes import Known

METRICS = {"R2": "R\u00b2", "accuracy": "accuracy"}
HARDLY = 0.01  # of AUROC
LITTLE = 0.05
"""A difference of scores below this is told as little."""
LETTERS = {"i": "input gate i", "f": "forget gate f", "g": "candidate g", "o": "output gate o", "c": "cell state c",
           "h": "hidden state h", "r": "reset gate r", "z": "update gate z", "n": "candidate n"}
KINDS = {"feature_map": "feature map", "embedding": "embedding", "state": "state", "gate": "gate"}
KNOWS = {GC: "the GC so far", SEEN: "whether a motif has been seen so far", POSITION: "the position", CLASS: "the class",
         LABELS: "your labels"}


def internal_name(probe: str, kind: str) -> str:
    """Return an internal in words: "cell state c, left to right", "feature map conv"."""
    path = probe.split(".")
    direction = next((f", {part.replace('_', ' ')}" for part in path if part in ("left_to_right", "right_to_left")), "")
    if direction and path[-1] in LETTERS:
        return LETTERS[path[-1]] + direction
    return f"{KINDS[kind]} {probe.removesuffix('.embedding')}"


def _place(model: str, probe: str, kind: str) -> str:
    """Return "the CNN's feature map conv", or "your CNN's feature map conv"."""
    model = "attention model" if model == "Attention" else model  # "the Attention's layer" would be no English
    return f"{'' if model.startswith('your ') else 'the '}{model}'s {internal_name(probe, kind)}"


def figure_of(known: Known, value: float) -> str:
    """Return "R2 0.91" (the 2 above), or "accuracy 0.62"."""
    return f"{METRICS[known.metric]} {value:.2f}"


def conclude(known: Known, model: str) -> str:
    """Return what one score means: whether the target is known at all, and what of it comes from training.

    model : how the model is called, "CNN".
    """
    what, where = KNOWS[known.target], _place(model, known.probe, known.kind)
    value, low, high = known.value
    if isnan(value):
        return f"Nothing can be said: {what} is the same in every sequence asked."
    if low <= known.chance + 0.01:
        return (f"A linear probe cannot tell {what} from {where}: {figure_of(known, value)}, "
                f"and a constant answer has {known.chance:.2f}.")
    told = f"{where[0].upper()}{where[1:]} knows {what} with {figure_of(known, value)} ({low:.2f} to {high:.2f})"
    return f"{told}; {_beside(known)}"


def _beside(known: Known) -> str:
    value, low, high = known.value
    if known.control.value >= low:
        return (f"but the same probe tells random answers as well ({known.control.value:.2f}), so it says nothing about what the "
                "state knows.")
    untrained = f"the untrained network reaches {known.untrained.value:.2f}"
    if known.gain < 0 and known.untrained.value > high:
        text = f"{untrained}, so training has cost it some of this"
    elif known.gain <= 0 or known.untrained.value >= low:
        text = f"{untrained}, so training added nothing that shows here"
    elif known.gain < LITTLE:
        text = f"{untrained}, so training added little"
    else:
        text = f"{untrained}, so training added {known.gain:.2f}"
    if known.raw.value >= low:
        source = "the words of three bases in the sequence" if known.pooled else "the letters in its window"
        text += f"; {source} alone give {known.raw.value:.2f}"
    return f"{text}."


def conclude_erased(erased: Erased, model: str, kind: str) -> str:
    """Return what taking a target out of an internal did to the task, against taking out random directions.

    model : how the model is called. kind : of the internal.
    """
    what, where = KNOWS[erased.target], _place(model, erased.probe, kind)
    count = "one direction" if erased.directions == 1 else f"{erased.directions} directions"
    low, high = min(erased.random), max(erased.random)
    text = (f"With {what} taken out of {where} ({count} of {erased.channels}), the task's AUROC goes from "
            f"{erased.before:.3f} to {erased.after:.3f}; {len(erased.random)} random erasures of the same size leave "
            f"{low:.3f} to {high:.3f}")
    if erased.told_before.low <= erased.chance + 0.01:
        return f"{text}; a probe could not read it there to begin with, so this says nothing of its use."
    if erased.directions >= erased.channels:
        return f"{text}, but every direction was taken out in both cases."
    if erased.after >= low:
        return f"{text}, so nothing shows that the model uses it."
    hardly = "hardly " if erased.before - erased.after < HARDLY else ""
    return f"{text}, so the model {hardly}uses it."
