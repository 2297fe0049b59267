"""Which number of a model is explained."""

from dataclasses import dataclass

from torch import Tensor, nn

from ...errors import SeqVizError
from ...models import Activation, probes_of
from .tape import Pass, run


@dataclass(frozen=True)
class Unit:
    """One unit of one probe: row (filter, unit or head) and position, both counted from 0, of so many.

    bases : which it sees (0-based, end excluded). span : (stride, offset, width) of its positions on the bases.
    letters : the whole sequence, N for an unknown base.
    """

    probe: str
    kind: str
    row: int
    position: int
    rows: int
    positions: int
    bases: tuple[int, int]
    span: tuple[int, int, int]
    letters: str


def receptive_field(activation: Activation, position: int, length: int) -> tuple[int, int]:
    """Return (start, end), 0-based, end excluded: the bases of a sequence of `length` that a unit at `position` sees."""
    return activation.span.bases(position, length)


def unit_of(model: nn.Module, X: Tensor, probe: str, row: int, position: int) -> tuple[Unit, Pass]:
    """Return the unit and the forward pass it is of; raises SeqVizError where there is no such unit, or no sum behind it."""
    if X.ndim != 3 or X.shape[:2] != (1, 4):
        raise SeqVizError(f"The arithmetic is shown for one sequence of shape (1, 4, L), not for {tuple(X.shape)}.")
    probes = probes_of(model)
    if probe not in probes:
        raise SeqVizError(f"This model has no internal called {probe!r}; it has {', '.join(probes) or 'none'}.")
    _refuse_embedding(probe, probes[probe].kind)
    pass_ = run(model, X)
    if probe not in pass_.recorded:
        raise SeqVizError(f"The internal {probe!r} took no part in what the model made of this sequence.")
    activation = pass_.recorded[probe]
    rows, positions = activation.value.shape[1:3]
    for word, index, n in ((activation.axes[1], row, rows), (activation.axes[2], position, positions)):
        if not 0 <= index < n:
            raise SeqVizError(f"{probe!r} has no {word} {index}: there are {n}, counted from 0.")
    bases = receptive_field(activation, position, X.shape[-1])
    span = (activation.span.stride, activation.span.offset, activation.span.width)
    return Unit(probe, activation.kind, row, position, rows, positions, bases, span, letters_of(X[0])), pass_


def _refuse_embedding(probe: str, kind: str) -> None:
    if kind == "embedding":
        raise SeqVizError(f"There is no short sum behind a number of {probe!r}: it is what a whole layer (attention, long "
                          "filters or dense layers) makes of all its inputs.")


def letters_of(columns: Tensor) -> str:
    """Return the letters of columns (4, k) in the order ACGT, N where no base has the larger part."""
    return "".join("N" if column.max() <= 0 else "ACGT"[int(column.argmax())] for column in columns.T)
