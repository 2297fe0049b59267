"""What several models say about one sequence, side by side: one small SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import SeqVizError
from . import svg
from .palette import Theme, ThemeName, model_colour, theme_of

COLUMN, GAP, HEAD, ROW = 296, 20, 26, 21  # pixels
ABREAST = 3  # models in one line: with more, the figures would be too small on a page of 1024 pixels


@dataclass(frozen=True, eq=False)
class Prediction:
    """One model's answer: its name on the screen, its architecture (for the colour), and a probability (C,) a class.

    before : the probabilities without the edits, None where nothing is edited. foot : one line under the bars.
    """

    model: str
    architecture: str
    classes: Sequence[str]
    probabilities: np.ndarray
    before: np.ndarray | None = None
    foot: str = ""


def probability(value: float) -> str:
    """Return a probability with two figures; never "1.00" or "0.00", which nobody can know."""
    return "> 0.99" if value > 0.995 else "< 0.01" if value < 0.005 else f"{value:.2f}"


def predictions_svg(predictions: Sequence[Prediction], *, top: int = 3, focus: int | None = None, truth: str | None = None,
                    theme: ThemeName | Theme = "light", text_colour: str = "currentColor") -> str:
    """Return one column a model, ABREAST in a line: the `top` likeliest classes with a bar each, the model in `focus` underlined.

    The class called `truth` is marked as planted wherever it appears; a tick on a bar is the probability before the edits.
    Raises SeqVizError where the numbers do not fit.
    """
    theme = theme_of(theme)
    if not predictions:
        raise SeqVizError("There is no prediction to show: no model was asked.")
    rows = max(min(top, len(p.classes)) for p in predictions)
    foot = ROW if any(p.foot for p in predictions) else 0
    line = HEAD + rows * ROW + 6 + foot
    columns = [_column(p, k % ABREAST * (COLUMN + GAP), top, focus == k, truth, theme) for k, p in enumerate(predictions)]
    lines = [columns[k:k + ABREAST] for k in range(0, len(columns), ABREAST)]
    body = "".join(f'<g transform="translate(0 {i * (line + GAP)})">{"".join(each)}</g>' for i, each in enumerate(lines))
    width, height = len(lines[0]) * (COLUMN + GAP) - GAP, len(lines) * (line + GAP) - GAP
    first = [(p, int(np.argmax(p.probabilities))) for p in predictions]
    alt = "Predictions: " + "; ".join(f"{p.model} says {p.classes[i]}, {probability(float(p.probabilities[i]))}"
                                      for p, i in first) + "."
    return svg.document(body, width, height, alt, text_colour)


def _column(prediction: Prediction, x: float, top: int, focus: bool, truth: str | None, theme: Theme) -> str:
    values, classes = np.asarray(prediction.probabilities, dtype=np.float64), list(prediction.classes)
    if values.shape != (len(classes),) or not len(classes) or not np.isfinite(values).all():
        raise SeqVizError(f"The prediction of {prediction.model!r} has shape {values.shape} for {len(classes)} classes.")
    colour = model_colour(prediction.architecture)
    body = f'<circle cx="{x + 6}" cy="11" r="5" fill="{colour}"/>'
    body += svg.text(prediction.model, x + 18, 16, size=15, weight=600, limit=30)
    body += svg.rect(x, HEAD - 4, COLUMN, 2, colour, opacity=1 if focus else 0.25)
    for place, k in enumerate(np.argsort(-values, kind="stable")[:top]):
        before = None if prediction.before is None else float(prediction.before[k])
        body += _bar(classes[k], float(values[k]), before, x, HEAD + place * ROW + 16, classes[k] == truth, colour, place == 0,
                     theme)
    foot = HEAD + min(top, len(classes)) * ROW + 17
    return body + (svg.text(prediction.foot, x + 12, foot, size=13, limit=46) if prediction.foot else "")


def _bar(name: str, value: float, before: float | None, x: float, y: float, planted: bool, colour: str, first: bool,
         theme: Theme) -> str:
    left, room = x + 122, COLUMN - 122 - 58
    marker = f'<path d="M{x} {y - 9}l7 4.5l-7 4.5z" fill="{theme.truth}"><title>planted here</title></path>' if planted else ""
    return (marker + svg.text(name, x + 12, y, size=13, weight=600 if first else 400, limit=13)
            + svg.rect(left, y - 10, room, 11, theme.grid, radius=2) + svg.rect(left, y - 10, room * value, 11, colour, radius=2)
            + ("" if before is None else svg.rect(left + room * before - 1, y - 13, 2, 17, theme.truth))
            + svg.text(probability(value), x + COLUMN, y, size=13, anchor="end", weight=600 if first else 400))
