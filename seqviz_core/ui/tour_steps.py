"""What the tour says on Explore: each card tells what one part of the live view is, and one thing to try there now."""

from ..figures.prediction import probability
from .tour import Step
from .workbench import View, short_name

PICTURE = '.st-key-picture [data-testid="stBidiComponentIsolated"] >>> '
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six")
LETTERS_FIT = 150  # bases that are drawn as letters without zooming in


def explore_steps(view: View) -> tuple[Step, ...]:
    """Return the cards for what is on the screen."""
    return (
        Step(".st-key-predictions", "What the models say", _says(view)),
        Step(".st-key-focus_bar", "Look inside one of them", _inside(view)),
        Step(PICTURE + ".letters", "Change a base", _edit(view)),
        Step(PICTURE + '.track[data-track^="attribution:"]', "Which bases matter, and is it true?", _truth(view),
             under=PICTURE + ".top"),
        Step(".st-key-controls", "Choose what is drawn", _choices(view)),
        Step(".st-key-link_menu", "Take it with you", "The link holds all you see: the sequence, its edits, the models, the "
             "tracks and the zoom. Try: open Copy link and paste the address into another window."),
    )


def _says(view: View) -> str:
    n, answer = len(view.models), view.answers[view.focus]
    name = view.loaded.task.classes[answer.best]
    reads = f"{NUMBERS[n] if n < len(NUMBERS) else n} model{'s read' if n > 1 else ' reads'} the same sequence."
    return (f"{reads} To {_the(view, view.focus)}, {name} is likeliest, with probability "
            f"{probability(float(answer.probabilities[answer.best]))}. Try: take another sequence from Examples above.")


def _inside(view: View) -> str:
    others = [run for run in view.models if run != view.focus]
    do = f"choose {short_name(view.models[others[0]])}" if others else "add a second model under Models, further down"
    return ("Filters, gates and attention further down are those of the model chosen here, and every explanation is of the class "
            f"chosen here. Try: {do}.")


def _edit(view: View) -> str:
    sites, sequence = view.shown.sites, view.shown.sequence
    at = (sites[0].start + sites[0].end) // 2 if sites else len(sequence) // 2
    where = f", in the planted {sites[0].motif.name} site" if sites else ""
    new = next(base for base in "CGTA" if base != sequence[at])
    zoom = " Zoom in with + until letters show." if len(sequence) > LETTERS_FIT else ""
    return (f"Click the {sequence[at]} at base {at + 1:,}{where}, and type {new}: the bars, the sentences and every track "
            f"follow. Ctrl+Z takes it back.{zoom}")


def _truth(view: View) -> str:
    badge = ("At the right, \u201ctruth\u201d is how well the tall letters find the planted bases (1 is perfect), "
             "\u201cnull\u201d how well chance does." if view.scored_sites(view.focus) else
             "Where motifs were planted, a score at the right says how well the tall letters find them; here nothing is known "
             "to be planted.")
    return (f"A letter that stands up raises the logit of {view.class_name}, one that hangs lowers it. {badge} Try: point at the "
            "tallest letter and read its numbers above the ruler.")


def _choices(view: View) -> str:
    do = ("choose Difference under Layer: what your edit changed is drawn, and nothing else" if view.is_edited else
          "open Strand, choose Reverse and see whether the call stays")
    return f"Models, tracks and methods, the layer of an edited sequence, and the strand the models read. Try: {do}."


def _the(view: View, run: str) -> str:
    name = short_name(view.models[run])
    return name if name.startswith("your ") else f"the {name}"
