"""A model as a diagram: one row a layer, with the shape of what comes out drawn to scale."""

from collections.abc import Sequence
from math import log2
from typing import Protocol

from ..errors import SeqVizError
from . import svg
from .palette import Theme, ThemeName, theme_of

ROW, BAR, TALLEST = 64, 150, 34  # pixels: a row, the widest and the tallest map
STEP = 15  # from line to line
FIRST_TEXT = BAR + 20


class LayerLike(Protocol):
    """What a row says of a layer; `models.anatomy.Layer` has it."""

    kind: str
    shape: tuple[int, ...]
    parameters: int
    sees: int | None
    stride: int | None
    times: int


def architecture_svg(layers: Sequence[LayerLike], length: int, *, label: str = "model", width_px: int = 860,
                     theme: ThemeName | Theme = "light", text_colour: str = "currentColor") -> str:
    """Return the layers from the sequence (above) to the logits (below), each with shape, parameters and what a position sees.

    A map is a rectangle: as wide as it has positions (to scale, `length` bases being the widest) and the taller the more
    channels it has (logarithmic). What has no positions any more is a square, one number for the whole sequence each.
    Raises SeqVizError where there are no layers.
    """
    theme = theme_of(theme)
    if not layers:
        raise SeqVizError("There are no layers to draw.")
    colour = theme.sequential[5 if theme.name == "light" else 6]
    tallest = max(4, *(layer.shape[0] for layer in layers if layer.shape))
    body = _map((4, length), 0, length, tallest, theme.zero)
    body += _lines("one-hot sequence", _shape((4, length)), "", 0, width_px)
    for i, layer in enumerate(layers, start=1):
        body += _arrow(i, theme)
        body += _map(layer.shape, i, length, tallest, theme.truth if i == len(layers) else colour)
        times = f"{layer.times} × " if layer.times > 1 else ""
        body += _lines(times + layer.kind, _shape(layer.shape), _facts(layer, length), i, width_px)
    return svg.document(body, width_px, ROW * (len(layers) + 1), _alt(layers, length, label), text_colour)


def _map(shape: tuple[int, ...], row: int, length: int, tallest: int, colour: str) -> str:
    if not shape:
        return ""
    height = max(5.0, TALLEST * log2(1 + shape[0]) / log2(1 + tallest))
    width = max(4.0, BAR * shape[1] / length) if len(shape) > 1 else height
    return svg.rect((BAR - width) / 2, _middle(row) - height / 2, width, height, colour, radius=2)


def _middle(row: int) -> float:
    return row * ROW + ROW / 2


def _arrow(row: int, theme: Theme) -> str:
    x, top, tip = BAR / 2, _middle(row - 1) + TALLEST / 2 + 3, _middle(row) - TALLEST / 2 - 3
    return (svg.line(x, top, x, tip, theme.zero, 1.5) + svg.line(x - 4, tip - 5, x, tip, theme.zero, 1.5)
            + svg.line(x + 4, tip - 5, x, tip, theme.zero, 1.5))


def _lines(title: str, shape: str, facts: str, row: int, width_px: int) -> str:
    """Return the lines beside a map, two to four: what does not fit goes on in the next one."""
    room = int((width_px - FIRST_TEXT) / 7.8)
    name, *rest = _broken(title.split(", "), ", ", room)
    small = [*rest, *_broken([part for part in (shape, *facts.split(" · ")) if part], " · ", room)]
    first = _middle(row) + 4 - STEP * len(small) / 2
    return svg.text(name, FIRST_TEXT, first, size=13, weight=600, limit=room) + "".join(
        svg.text(line, FIRST_TEXT, first + 1 + STEP * k, size=12, opacity=0.85, limit=room + 4)
        for k, line in enumerate(small, start=1))


def _broken(parts: Sequence[str], between: str, room: int) -> list[str]:
    """Return the parts, joined into as few lines of at most `room` letters as their order allows."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1] + between + part) <= room:
            lines[-1] += between + part
        else:
            lines.append(part)
    return lines


def _shape(shape: tuple[int, ...]) -> str:
    if len(shape) == 2:
        return f"{shape[0]:,} × {shape[1]:,} position{'s' if shape[1] > 1 else ''}"
    return f"{shape[0]:,} number{'s' if shape[0] > 1 else ''}" if shape else ""


def _facts(layer: LayerLike, length: int) -> str:
    each = " each" if layer.times > 1 else ""
    facts = [f"{layer.parameters:,} parameters{each}"] if layer.parameters else []
    if layer.sees:
        facts.append("sees the whole sequence" if layer.sees >= 2 * length else
                     f"a position sees {layer.sees:,} base{'s' if layer.sees > 1 else ''}")
    return " · ".join(facts)


def _alt(layers: Sequence[LayerLike], length: int, label: str) -> str:
    parameters = sum(layer.times * layer.parameters for layer in layers)
    rows = sum(layer.times for layer in layers)
    return (f"Diagram of {label}: {rows} layers from {length:,} bases to {_shape(layers[-1].shape)}, {parameters:,} parameters; "
            + ", then ".join(f"{layer.times} times {layer.kind}" if layer.times > 1 else layer.kind for layer in layers) + ".")
