"""What a model answers, whatever its task asks for: one class, several labels, or a class at every base. No Streamlit."""

from dataclasses import dataclass

import numpy as np

from ..attribution import At
from ..datasets import Task

SURE = 0.5  # a label, or a class at a base, is called from this probability on


@dataclass(frozen=True, eq=False)
class Answer:
    """One model's answer to one sequence.

    probabilities : (C,) of each class; where the task asks at every base, the largest along the sequence.
    called : the classes it calls, likeliest first; empty where no label, or nothing but background, reaches SURE.
    places : (C,) base (0-based) of each class's largest probability; None where the answer is for the whole sequence.
    logits : (C,) of each class, at that base where there is one.
    """

    probabilities: np.ndarray
    called: tuple[int, ...]
    places: np.ndarray | None = None
    logits: np.ndarray | None = None

    @property
    def best(self) -> int:
        """The class to explain where nobody chose one: the likeliest, at every base the likeliest but for background."""
        first = 0 if self.places is None else 1
        return first + int(self.probabilities[first:].argmax())

    def target(self, class_index: int) -> int | At:
        """Return what attribution explains for a class: its logit, at a base where there is one for each."""
        return class_index if self.places is None else At(class_index, int(self.places[class_index]))


def answer_of(task: Task, logits: np.ndarray) -> Answer:
    """Return the answer that logits (C,) or (C, L) are."""
    p = task.probabilities(logits[None])[0]
    if task.head == "softmax":
        return Answer(p, (int(p.argmax()),), None, logits)
    largest = p if p.ndim == 1 else p.max(axis=1)
    background = 0 if p.ndim == 1 else 1  # at every base, class 0 says that nothing is there
    called = [int(c) for c in np.argsort(-largest, kind="stable") if largest[c] >= SURE and c >= background]
    places = None if p.ndim == 1 else p.argmax(axis=1)
    return Answer(largest, tuple(called), places, logits if places is None else logits[np.arange(len(logits)), places])
