"""What a class likes best: the section of the Motifs page that climbs a class's logit from a flat start or a sequence."""

from typing import NamedTuple

import numpy as np
import streamlit as st
import torch

from ..attribution import At
from ..datasets import Task
from ..errors import SeqVizError
from ..experiments import OptimisedClass, optimise_class
from ..export.logos import print_motif
from ..figures.class_optimum import optimum_svg
from ..figures.logo import information_heights
from ..motifs import Motif, write_meme
from ..sequences import one_hot_encode
from .cached import Loaded, load
from .components import literal, numbers, svg, text_colour, theme
from .picture_buttons import picture_buttons
from .print_buttons import print_buttons

LONGEST = 200  # bases: longer ones would take minutes, and nobody reads their logo
DRAWN, SEED = 300, (2026, 5)  # sequences drawn to find some of the class
STARTS = {"flat": "nearly any base", "sequence": "a sequence of the class"}


class Optimum(NamedTuple):
    """What the climb came to, and the logits (n,) of n fresh sequences of the class, to compare with."""

    found: OptimisedClass
    theirs: np.ndarray


def class_optimum(loaded: Loaded) -> None:
    """Let the visitor choose a class and where to start; show what its logit climbs to."""
    run, task, state = loaded.run, loaded.task, st.session_state
    if state.get("optimum_class") not in task.classes:
        state.optimum_class = task.classes[_first_class(task)]
    st.subheader(f"What would its perfect {literal(state.optimum_class)} look like?")
    st.markdown("Every base of the input is changed step by step so that the logit of one class rises; bases that do not matter "
                "are kept undecided. What comes out is what the model likes best, and need not be what nature makes.")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = st.selectbox("Class", task.classes, key="optimum_class", width=240)
        start = st.segmented_control("Start from", list(STARTS), key="optimum_start", default="flat", required=True,
                                     format_func=STARTS.get, persist_state="session")
        asked, wanted = state.setdefault("optima", set()), (run.id, chosen, start)
        if wanted not in asked:
            st.button("Look for it", key="optimise", on_click=asked.add, args=(wanted,), help="Some seconds")
    if wanted in asked:
        _show(loaded, chosen, start)


def _first_class(task: Task) -> int:
    """Return the class that is asked first: one that names a motif, or else the positive one of two."""
    names = {m.name for m in task.motifs}
    return next((i for i, name in enumerate(task.classes) if name in names), 0 if len(task.classes) > 2 and
                task.head != "positions" else 1)


def _show(loaded: Loaded, chosen: str, start: str) -> None:
    index = loaded.task.classes.index(chosen)
    try:
        optimum = _optimum(loaded.run.id, loaded.run.status.finished, index, start)
    except SeqVizError as error:
        st.info(literal(error))
        return _offer_sequence(loaded, chosen, start)
    found, ppm = optimum.found, optimum.found.ppm
    st.markdown(path_sentence(literal(chosen), found, optimum.theirs, start))
    draw = lambda page: optimum_svg(ppm, label=chosen, theme=page, text_colour=text_colour(page))
    svg(draw(theme()))
    st.caption("A column as high as 2 bits allows one base only; a flat one allows any."
               + (f" The first {LONGEST} bases of {loaded.task.length:,}." if loaded.task.length > LONGEST else ""))
    name = f"seqviz-{loaded.run.id}-optimum"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        numbers("optimum", lambda: optimum_table(ppm))
        picture_buttons("optimum", theme(), draw("light"))
        st.download_button("Motif (MEME)", lambda: write_meme([Motif(f"optimum_{chosen}", loaded.label, 100.0 * ppm)]),
                           f"{name}.meme", "text/plain", key="meme_optimum", on_click="ignore", type="tertiary")
        print_buttons("optimum", lambda kind: print_motif(ppm, kind))
    if len(optimum.theirs) and found.logits[-1] < optimum.theirs.mean():
        _offer_sequence(loaded, chosen, start)


@st.cache_resource(max_entries=48, show_spinner="Climbing the logit, step by step")
def _optimum(run_id: str, finished: float, index: int, start: str) -> Optimum:
    """Return what the climb finds; raises SeqVizError where there is no way up, or no sequence of the class to start from."""
    loaded = load(run_id)
    length = min(loaded.task.length, LONGEST)
    X = _of_class(loaded.task, index, length)
    with torch.inference_mode():
        logits = loaded.model(torch.from_numpy(X))[:, index].reshape(len(X), -1)  # (n, 1), or (n, L) at every base
    per_base, theirs = loaded.task.head == "positions", logits.amax(1).numpy()
    if start == "flat":
        return Optimum(optimise_class(loaded.model, At(index, length // 2) if per_base else index, length), theirs)
    if not len(X):
        raise SeqVizError(f"None of {DRAWN} fresh sequences is of the class {loaded.task.classes[index]!r}.")
    best = int(theirs.argmax())
    target = At(index, int(logits[best].argmax())) if per_base else index
    return Optimum(optimise_class(loaded.model, target, length, start=X[best]), theirs)


def _of_class(task: Task, index: int, length: int) -> np.ndarray:
    """Return (n, 4, length), the first bases of the fresh sequences that carry the class."""
    data = task.sample(DRAWN, SEED)
    labels = data.labels[:, :length] if task.head == "positions" else data.labels
    carries = {"softmax": lambda: labels == index, "sigmoid": lambda: labels[:, index] > 0,
               "positions": lambda: (labels == index).any(axis=1)}[task.head]()
    return one_hot_encode(data.codes[carries][:, :length])


def _offer_sequence(loaded: Loaded, chosen: str, start: str) -> None:
    """Offer the other start where nearly flat bases leave the model's units silent."""
    if start == "flat":
        st.button(f"Start from a sequence of {literal(chosen)}", key="optimum_from_sequence", on_click=_from_sequence,
                  args=((loaded.run.id, chosen, "sequence"),))


def _from_sequence(wanted: tuple[str, str, str]) -> None:
    st.session_state.optimum_start = "sequence"
    st.session_state.optima.add(wanted)


def path_sentence(chosen: str, found: OptimisedClass, theirs: np.ndarray, start: str) -> str:
    """Return the way of the logit in one sentence, and beside it what the class's own sequences reach."""
    first, last, steps = float(found.logits[0]), float(found.logits[-1]), len(found.logits) - 1
    compared = f"; {len(theirs)} fresh sequences with {chosen} have {theirs.mean():z.1f} on average" if len(theirs) else ""
    settled = int((information_heights(found.ppm).sum(axis=0) > 1).sum())
    half = int((found.logits >= (first + last) / 2).argmax())
    way = (f"rises from {first:z.1f} to {last:z.1f} in {steps} steps, half of it in the first {half}" if last > first else
           f"does not rise: it goes from {first:z.1f} to {last:z.1f} in {steps} steps")
    origin = "nearly any base everywhere" if start == "flat" else "the sequence it likes best of those drawn"
    return (f"From {origin}, the logit of {chosen} {way}{compared}. {settled} of {found.ppm.shape[1]} positions are settled "
            "(above 1 bit).")


def optimum_table(ppm: np.ndarray) -> dict[str, np.ndarray]:
    """Return one row a position: the probability of each base and the bits."""
    return {"position": np.arange(1, ppm.shape[1] + 1)} | dict(zip("ACGT", ppm)) | {"bits": information_heights(ppm).sum(axis=0)}
