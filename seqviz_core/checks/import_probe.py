"""Does a model that came from elsewhere read the bases as it was said to? Asked on a known motif, beside what chance gives.

    probe = probe_import(run.load_model(), run.spec.make_task(), seed=0)
    probe.sentence     # "Reads A, C, G, T in this order (AUROC 0.97; the next best order reaches 0.71; ..."

A base is a row of the one-hot input. Weights that were trained with the rows in another order answer nonsense without a
word; so do weights of another task. Under the right order, and under no other, the model tells the motif from background.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from ..datasets import Task
from ..errors import SeqVizError
from ..motifs import Motif
from ..sequences import ALPHABET, reverse_complement_codes
from ..training.fit import predict_logits
from .probe_questions import Question, question_of

ORDERS = tuple("".join(order) for order in permutations(ALPHABET))
NULLS = 20
CLEAR = 0.05
"""AUROC by which the best order has to lead for the model to have an order."""


NO_DOUBT, SURE = 0.95, 0.85
"""AUROC of the forward strand above which the reverse one is not asked for the order, and below which that is not believed."""
MISLED = 0.9
"""Where chance reaches this, the model goes by the composition of the motif, and its order cannot be seen."""


class OrderScore(NamedTuple):
    """AUROC with the rows of the input standing for the bases in this order."""

    order: str
    auroc: float


class LengthScore(NamedTuple):
    """AUROC at a length; None where the model does not run, and then why."""

    length: int
    auroc: float | None
    problem: str = ""


@dataclass(frozen=True)
class ImportProbe:
    """What fits.

    what : what was asked, as "CTCF from background". n : how many sequences, half of them with the motif (or labelled ones).
    orders : all 24, best first, as the rows of the file's own input, on the strand that fits. stated : what was said.
    null_mean, null_sd : AUROC of motifs with their columns shuffled (or of shuffled labels), in the best order.
    forward, reverse : AUROC with the motif on either strand, in the best order. lengths : shortest first, in that order too.
    floor : see `threshold`.
    """

    what: str
    n: int
    orders: tuple[OrderScore, ...]
    stated: str
    null_mean: float
    null_sd: float
    forward: float
    reverse: float
    lengths: tuple[LengthScore, ...]
    floor: float

    @property
    def best(self) -> OrderScore:
        return self.orders[0]

    @property
    def threshold(self) -> float:
        """The AUROC that the best of 24 orders does not reach by chance: 3.5 standard deviations above the null's mean, and at
        least `floor` above it (50 untrained models of three kinds stayed below 0.18 on a planted motif)."""
        return self.null_mean + max(3.5 * self.null_sd, self.floor)

    @property
    def fits(self) -> bool:
        """Whether the model tells what was asked under any order."""
        return self.best.auroc > self.threshold

    @property
    def decided(self) -> bool:
        """Whether one order fits clearly better than all others."""
        return self.fits and self.best.auroc - self.orders[1].auroc > CLEAR

    @property
    def as_stated(self) -> bool:
        """Whether the stated order fits, and no other fits clearly better."""
        scores = dict(self.orders)
        return self.fits and self.best.auroc - scores[self.stated] <= (0 if self.decided else CLEAR)

    @property
    def sentence(self) -> str:
        """What fits, with its figures."""
        chance = f"chance {self.null_mean:.2f} \u00b1 {self.null_sd:.2f}"
        if not self.fits and self.threshold > MISLED:
            return (f"This motif cannot show what fits: the model tells {self.what} (AUROC {self.best.auroc:.2f}), and motifs of "
                    f"the same columns in another order nearly as well ({chance}). Ask with another motif.")
        if not self.fits:
            return (f"Nothing fits: under none of the 24 base orders does it tell {self.what} (AUROC {self.best.auroc:.2f} "
                    f"at best, {chance}). The weights may be untrained, of another task, or for another input.")
        if not self.decided:
            return (f"It tells {self.what}, but not one order of the bases alone: {self._alike()} fit alike ({chance}). "
                    f"{self._rest()}")
        figures = f"the next best order reaches {self.orders[1].auroc:.2f}; {chance}"
        if self.as_stated:
            return f"Reads {_spelled(self.stated)} in this order (AUROC {self.best.auroc:.2f}; {figures}); {self._rest()}"
        return (f"Does not read {_spelled(self.stated)} as stated (AUROC {dict(self.orders)[self.stated]:.2f}): it reads "
                f"{_spelled(self.best.order)} in this order (AUROC {self.best.auroc:.2f}; {figures}); {self._rest()}")

    def _alike(self) -> str:
        alike = [f"{order} {auroc:.2f}" for order, auroc in self.orders if self.best.auroc - auroc <= CLEAR]
        return ", ".join(alike[:4]) + (f" and {len(alike) - 4} more" if len(alike) > 4 else "")

    def _rest(self) -> str:
        there, back = self.forward > self.threshold, self.reverse > self.threshold
        strands = "both strands" if there and back else "reverse strand only" if back else "forward strand only"
        held = [x.length for x in self.lengths if x.auroc is not None and x.auroc > self.threshold]
        if not held:
            return f"{strands}."
        bases = f"{held[0]:,} to {held[-1]:,} bases" if len(held) > 1 else f"{held[0]:,} bases"
        lost = [f"not at {x.length:,}" + (", where it does not run" if x.auroc is None else f" (AUROC {x.auroc:.2f})")
                for x in self.lengths if x.length not in held]
        return f"{strands}; {', '.join([bases, *lost])}."


def probe_import(model: nn.Module, task: Task, motif: Motif | None = None, seed: int = 0, stated: str = ALPHABET) -> ImportProbe:
    """Return which base order, strand and lengths fit `model`, which reads its input in the order A, C, G, T.

    Where a class of the task is named like a motif, that motif (by default the one that changes most with the order of the
    bases) is planted in background; otherwise the task's own labelled sequences are asked for.
    stated : the order of the rows of the file that `model` was made from, if another: the orders are named by it.
    Raises SeqVizError for a motif that no class is named like, and for a model whose answers are not finite.
    """
    question = question_of(task, motif, seed)
    probe = _asked(model, task, question, stated, turned=False)
    if probe.best.auroc > NO_DOUBT:
        return probe
    other = _asked(model, task, question, stated, turned=True)  # it may know the other strand alone
    return other if other.best.auroc > max(probe.best.auroc + CLEAR, SURE) else probe


def _asked(model: nn.Module, task: Task, question: Question, stated: str, turned: bool) -> ImportProbe:
    """Return the probe by one strand, which decides the order; `turned` for the reverse one."""
    strand = reverse_complement_codes if turned else np.asarray
    codes = strand(question.sequences(task.length))
    by_order = {order: question.auroc(_answers(model, codes, order)) for order in ORDERS}
    best = max(by_order, key=by_order.get)
    nulls = [question.auroc(_answers(model, strand(null), best), labels)
             for null, labels in question.nulls(question.sequences(task.length), NULLS)]
    other = question.auroc(_answers(model, reverse_complement_codes(codes), best))
    forward, reverse = (other, by_order[best]) if turned else (by_order[best], other)
    orders = sorted((OrderScore(_as_in_file(order, stated), value) for order, value in by_order.items()), key=lambda s: -s.auroc)
    lengths = _lengths(question, task, lambda codes: _answers(model, strand(codes), best))
    return ImportProbe(question.what, len(codes), tuple(orders), stated, float(np.mean(nulls)), float(np.std(nulls)), forward,
                       reverse, tuple(lengths), question.floor)


def _answers(model: nn.Module, codes: np.ndarray, order: str) -> np.ndarray:
    """Return the logits with row j of the input standing for the base order[j]."""
    row_of = np.array([order.index(base) for base in ALPHABET] + [4], dtype=np.uint8)
    logits = predict_logits(model, torch.from_numpy(row_of[codes]))
    if not np.isfinite(logits).all():
        raise SeqVizError("The model's answers are not finite numbers, so nothing can be said of what it reads.")
    return logits


def _as_in_file(order: str, stated: str) -> str:
    """Return the order of a file's own rows: row j of it stands for what here is the row of the base stated[j]."""
    return "".join(order[ALPHABET.index(base)] for base in stated)


def _lengths(question: Question, task: Task, answers: Callable[[np.ndarray], np.ndarray]) -> Iterator[LengthScore]:
    """Yield the AUROC at half the task's length, at its length and at twice its length; lengths too short to ask are left out."""
    for length in (task.length // 2, task.length, 2 * task.length):
        if length >= question.shortest:
            try:
                yield LengthScore(length, question.auroc(answers(question.sequences(length))))
            except SeqVizError as error:
                yield LengthScore(length, None, str(error))


def _spelled(order: str) -> str:
    return ", ".join(order)
