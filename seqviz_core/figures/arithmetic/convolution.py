"""A unit of a feature map: the window under the filter, letter by letter, and the sum."""

import math

from ...errors import SeqVizError
from .. import svg
from ..palette import BASES, Theme, ThemeName, theme_of
from .likes import ConvolutionLike, ConvolutionTermsLike, TermLike, TermsLike, WindowLike
from .pieces import (
    CELL,
    WIDTH,
    Token,
    bar,
    bases,
    calculation,
    colour_of,
    factor,
    heat_row,
    in_cell,
    letter,
    number,
    outline,
    signed,
    small,
    summed,
)

MARGIN, MOST_COLUMNS, WIDEST, BARS = 64, 20, 46, 40  # pixels, cells in a row, pixels of a cell and of the bars
ROW = 22
MOST, MOST_OF_SEVERAL = 12, 5  # products told one by one


def convolution_svg(terms: ConvolutionTermsLike, *, name: str = "the unit", theme: ThemeName | Theme = "light",
                    text_colour: str = "currentColor") -> str:
    """Return the window of letters, the filter's four weights under each with the one that counts framed, the product of each
    letter as a bar, and the line that sums them up to the value. A deeper layer has its strongest products as bars.

    `name` is how the unit is called. Raises SeqVizError where there is no convolution to draw.
    """
    theme, several = theme_of(theme), len(terms.convolutions) > 1
    most = MOST_OF_SEVERAL if several else MOST
    if not terms.convolutions:
        raise SeqVizError("There is no convolution to draw.")
    body, y = "", 0.0
    for conv in terms.convolutions:
        if several:
            body, y = body + svg.text(f"Layer {conv.name}", 0, y + 16, size=13, weight=600), y + 24
        part, y = _window(conv.window, y, theme) if conv.window else _products(conv.terms, most, y, theme)
        body += part
    line, y = calculation(_line(terms), y + 4)
    return svg.document(body + line, WIDTH, y, _alt(terms, name), text_colour)


def _window(window: WindowLike, y: float, theme: Theme) -> tuple[str, float]:
    """Return the window in as many rows of cells as it needs."""
    k, body = len(window.letters), ""
    blocks = math.ceil(k / MOST_COLUMNS)
    columns = math.ceil(k / blocks)
    cell = min(WIDEST, (WIDTH - MARGIN) / columns)
    for first in range(0, k, columns):
        body += _block(window, first, min(first + columns, k), cell, y, theme)
        y += 46 + 4 * CELL + BARS + 34
    return body, y


def _block(window: WindowLike, first: int, end: int, cell: float, y: float, theme: Theme) -> str:
    reach, body, grid = abs(window.weights).max(), "", y + 46
    centres = [MARGIN + (k - first + 0.5) * cell for k in range(first, end)]
    for k, x in zip(range(first, end), centres, strict=True):
        place, base = int(window.bases[k]), window.letters[k]
        if place >= 0 and (k == first or (place + 1) % 5 == 0):
            body += svg.text(f"{place + 1:,}", x, y + 12, size=11, anchor="middle", opacity=0.8)
        body += letter("·" if base == "-" else base, x, y + 36, 21, theme)
    for row, base in enumerate(BASES):
        body += letter(base, MARGIN - 14, grid + row * CELL + 16, 14, theme)
        body += heat_row(window.weights[row, first:end], MARGIN, grid + row * CELL, cell, reach, theme)
    for k in range(first, end):
        if window.letters[k] in BASES:
            row = BASES.index(window.letters[k])
            body += outline(MARGIN + (k - first) * cell + 1, grid + row * CELL + 1, cell - 2, CELL - 2, theme)
    return body + _below(window, range(first, end), centres, cell, grid + 4 * CELL + 8, theme)


def _below(window: WindowLike, shown: range, centres: list[float], cell: float, y: float, theme: Theme) -> str:
    """Return the products as bars on one scale for all blocks, with their numbers; nothing beyond the ends of the sequence."""
    body, half = svg.text("product", MARGIN - 8, y + BARS / 2 + 4, size=12, anchor="end"), BARS / 2
    reach = abs(window.products).max() or 1.0
    for k, x in zip(shown, centres, strict=True):
        if window.letters[k] == "-":
            continue
        value = float(window.products[k])
        high = half * abs(value) / reach
        body += svg.rect(x - cell / 2 + 4, y + half - (high if value > 0 else 0), cell - 8, high, colour_of(value, theme))
        body += svg.text(in_cell(value), x, y + BARS + 14, size=small(cell), anchor="middle", weight=500)
    return body + svg.line(MARGIN, y + half, centres[-1] + cell / 2, y + half, theme.zero)


def _products(terms: TermsLike, most: int, y: float, theme: Theme) -> tuple[str, float]:
    """Return the strongest products as bars, one below the other, and the sum of the rest."""
    told = terms.strongest[:most]
    rows = [(_label(t), f"{number(t.input)} × {factor(t.weight)}", t.product) for t in told]
    if others := terms.others + len(terms.strongest) - len(told):
        rows.append((f"{others:,} other product{'s' if others > 1 else ''}", "", terms.total - sum(t.product for t in told)))
    rows = rows or [("every input is zero", "", 0.0)]
    reach = max(abs(value) for *_, value in rows)
    body = "".join(svg.text(title, x, y + 13, size=11.5, anchor=anchor, opacity=0.8) for title, x, anchor in (
        ("input", 0, "start"), ("input × weight", 376, "end"), ("product", WIDTH - 8, "end")))
    for k, (label, factors, value) in enumerate(rows, start=1):
        top = y + k * ROW
        body += svg.text(label, 0, top + 14, size=13, limit=44) + svg.text(factors, 376, top + 14, size=13, anchor="end")
        body += bar(value, 392, top + 4, 240, reach, theme)
        body += svg.text(signed(value), WIDTH - 8, top + 14, size=13, anchor="end", weight=600)
    return body, y + (len(rows) + 1) * ROW + 8


def _label(term: TermLike) -> str:
    if term.bases is not None:
        return f"{term.label}, bases {bases(term.bases)}"
    return f"{term.label}, {abs(term.offset)} to the {'right' if term.offset > 0 else 'left'}" if term.offset else term.label


def _line(terms: ConvolutionTermsLike) -> list[Token]:
    """Return the calculation from the sums of products to the value."""
    several = len(terms.convolutions) > 1
    tokens: list[Token] = []
    for k, conv in enumerate(terms.convolutions):
        tokens += [Token("+")] if k else []
        tokens += _one(conv, f"products of {conv.name}" if several else "sum of products", terms.normalised)
    added = [(value, f"shortcut: {name}") for name, value in terms.shortcuts]
    added += [(terms.shift, "batch norm shift")] if terms.normalised else []
    tokens += summed([(0.0, ""), *added])[1:]  # without the zero, with the first sign
    tokens += [Token("="), Token(number(terms.before), "" if terms.activation else "value", not terms.activation)]
    return [*tokens, Token("→"), Token(terms.activation, "activation"), Token("→"), Token(number(terms.value), "value", True)
            ] if terms.activation else tokens


def _one(conv: ConvolutionLike, caption: str, normalised: bool) -> list[Token]:
    tokens = summed([(conv.terms.total, caption), *([(conv.bias, "bias")] if conv.bias else [])])
    if not normalised:
        return tokens
    scale = [Token("×"), Token(factor(conv.scale), "batch norm scale")]
    return [Token("("), *tokens, Token(")"), *scale] if conv.bias else [*tokens, *scale]


def _alt(terms: ConvolutionTermsLike, name: str) -> str:
    conv = terms.convolutions[0]
    what = (f"the window {conv.window.letters} times the filter" if conv.window else
            f"{len(conv.terms.strongest) + conv.terms.others:,} products")
    end = f"; {terms.activation} makes it {number(terms.value)}" if terms.activation else ""
    return (f"The arithmetic of {name} at bases {bases(terms.unit.bases)}: {what} sums to {number(conv.terms.total)}, in all "
            f"{number(terms.before)}{end}.")
