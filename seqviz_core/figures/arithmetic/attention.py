"""One row of an attention pattern: the score of every key under its bases, the softmax, the product behind the first key."""

import math

import numpy as np

from ...errors import SeqVizError
from .. import svg
from ..palette import Theme, ThemeName, theme_of
from .likes import AttentionTermsLike
from .pieces import CELL, WIDTH, Token, bases, calculation, heat_row, letter, number, standing, summed

MARGIN, BARS, GAP = 84, 54, 26  # pixels
LETTERS = 6.0  # pixels a base has to have for its letter
MOST_NUMBERS = 12  # of a query and a key, side by side
TOP = 3


def attention_svg(terms: AttentionTermsLike, *, name: str = "this head", theme: ThemeName | Theme = "light",
                  text_colour: str = "currentColor") -> str:
    """Return the scores of all keys as bars under their bases (content and distance apart where there are both), their softmax,
    the keys looked at most by name, and the calculation for the first of them.

    `name` is how the head is called. Raises SeqVizError where the numbers do not fit each other.
    """
    theme = theme_of(theme)
    if not len(terms.pattern) == len(terms.scores) == len(terms.bases):
        raise SeqVizError(f"{len(terms.scores)} scores and {len(terms.bases)} keys do not fit {len(terms.pattern)} shares.")
    body, y = _letters(terms, theme), 44.0
    for title, values in _rows(terms).items():
        body += _bars(title, values, terms, y, theme)
        y += BARS + GAP
    body, y = body + _names(terms, y), y + 18 * len(terms.top(TOP)) + 14
    for part in (_numbers, _sum):
        drawn, y = part(terms, y, theme)
        body += drawn
    return svg.document(body, WIDTH, y, _alt(terms, name), text_colour)


def _rows(terms: AttentionTermsLike) -> dict[str, np.ndarray]:
    apart = {} if terms.distance is None else {"content": terms.content, "distance": terms.distance}
    return {**apart, "score": terms.scores, "share": terms.pattern}


def _pixels(terms: AttentionTermsLike) -> float:
    return (WIDTH - MARGIN - 8) / len(terms.unit.letters)


def _centre(terms: AttentionTermsLike, position: int) -> float:
    """Return the x of the middle of a token's bases, kept inside the picture."""
    stride, offset, width = terms.unit.span
    place = position * stride + offset + width / 2
    return MARGIN + min(max(place, 0), len(terms.unit.letters)) * _pixels(terms)


def _letters(terms: AttentionTermsLike, theme: Theme) -> str:
    """Return the ruler and, where they fit, the letters; the bases that the query sees are underlined."""
    px, n, body = _pixels(terms), len(terms.unit.letters), ""
    step = next(s for s in (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 10**9) if s * px >= 40)
    for place in [1, *range(step, n + 1, step)]:
        x = MARGIN + (place - 0.5) * px
        body += svg.text(f"{place:,}", min(x, WIDTH - 14), 12, size=11, anchor="middle", opacity=0.8)
    if px >= LETTERS:
        body += "".join(letter(base, MARGIN + (k + 0.5) * px, 28, min(14, 1.55 * px), theme)
                        for k, base in enumerate(terms.unit.letters))
    if not terms.learned:
        start, end = terms.unit.bases
        body += svg.rect(MARGIN + start * px, 33, max((end - start) * px, 2), 3, theme.text)
        body += svg.text("looks from", MARGIN - 8, 37, size=12, anchor="end")
    return body


def _bars(title: str, values: np.ndarray, terms: AttentionTermsLike, y: float, theme: Theme) -> str:
    values, keys = _thinned(values)
    x = [_centre(terms, k) for k in keys]
    width = max(0.8, min(terms.unit.span[0] * _pixels(terms), 40) * (0.8 if len(x) < 300 else 1))
    share, top = title == "share", terms.top(TOP)
    colours = [theme.sequential[6] if k in top else theme.sequential[4] for k in keys] if share else ()
    drawn, zero = standing(values.tolist(), x, width, y + 14, BARS - 4, theme, colours)
    body = svg.text(title, MARGIN - 8, y + 14 + BARS / 2, size=12.5, anchor="end", weight=600) + drawn
    low, high = float(values.min()), float(values.max())
    body += svg.text(number(high) if high > 0 else "0", MARGIN - 8, y + 14, size=11, anchor="end", opacity=0.8)
    body += svg.text(number(low), MARGIN - 8, y + 14 + BARS, size=11, anchor="end", opacity=0.8) if low < 0 else ""
    if not share:
        return body
    height = lambda k: terms.pattern[k] / max(high, 1e-12) * (BARS - 4)
    return body + "".join(svg.text(rank, _centre(terms, k), zero - height(k) - 3, size=12, anchor="middle", weight=700)
                          for rank, k in enumerate(top, start=1))


def _thinned(values: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Return at most as many bars as there are pixels: of neighbours the one that stands out most."""
    n = math.ceil(len(values) / (WIDTH - MARGIN))
    if n == 1:
        return values, list(range(len(values)))
    keys = [start + int(np.abs(values[start:start + n]).argmax()) for start in range(0, len(values), n)]
    return values[keys], keys


def _names(terms: AttentionTermsLike, y: float) -> str:
    """Return the keys looked at most, a line each."""
    said = [f"key {k + 1}, bases {bases(terms.bases[k])}: score {number(terms.scores[k])}, share {number(terms.pattern[k])}"
            for k in terms.top(TOP)]
    return "".join(svg.text(place, MARGIN - 8, y + 18 * place, size=13, anchor="end", weight=700)
                   + svg.text(text, MARGIN, y + 18 * place, size=13, limit=90) for place, text in enumerate(said, start=1))


def _numbers(terms: AttentionTermsLike, y: float, theme: Theme) -> tuple[str, float]:
    """Return query and first key number by number, with the product of each pair."""
    if terms.query is None or terms.keys is None:
        return "", y
    key = terms.keys[terms.top(1)[0]]
    products = terms.query * key
    chosen = np.sort(np.argsort(-np.abs(products), kind="stable")[:MOST_NUMBERS])
    cell, body = min(52.0, (WIDTH - MARGIN - 8) / len(chosen)), ""
    names = ("weight", "first input") if terms.learned else ("query", "first key")
    for title, values in zip((*names, "product"), (terms.query, key, products), strict=True):
        body += svg.text(title, MARGIN - 8, y + 15, size=12.5, anchor="end", weight=600)
        body += heat_row(values[chosen].tolist(), MARGIN, y, cell, float(np.abs(values[chosen]).max()), theme)
        y += CELL + 2
    if len(chosen) == len(products):
        return body, y + 4
    rest = f"The {len(chosen)} largest of {len(products)}; the others sum to {number(products.sum() - products[chosen].sum())}."
    return body + svg.text(rest, MARGIN, y + 14, size=11.5, opacity=0.85, limit=100), y + 22


def _sum(terms: AttentionTermsLike, y: float, theme: Theme) -> tuple[str, float]:
    """Return the calculation of the first key's share."""
    k = terms.top(1)[0]
    score, share = float(terms.scores[k]), float(terms.pattern[k])
    tokens = []
    if terms.query is not None and terms.keys is not None:
        product = float(terms.keys[k] @ terms.query)
        inside = summed([(product, "sum of products"), *([(terms.bias, "bias")] if terms.bias else [])])
        tokens = inside if terms.scale == 1 else [*inside, Token("×"), Token(number(terms.scale), _scale(terms))]
        if terms.distance is not None:
            added = float(terms.distance[k])
            tokens += [Token("−" if number(added)[0] == "−" else "+"), Token(number(abs(added)), "for the distance")]
        tokens.append(Token("="))
    softmax = Token("softmax", f"e^score / sum of {len(terms.pattern):,}")
    tokens += [Token(number(score), "score"), Token("→"), softmax, Token("→"), Token(number(share), "share of attention", True)]
    return calculation(tokens, y, x=12)


def _scale(terms: AttentionTermsLike) -> str:
    d = len(terms.query)
    return f"1 / √{d}" if math.isclose(terms.scale, 1 / math.sqrt(d), rel_tol=1e-6) else "scale"


def _alt(terms: AttentionTermsLike, name: str) -> str:
    said = ", ".join(f"bases {bases(terms.bases[k])} with {number(terms.pattern[k])}" for k in terms.top(TOP))
    begin = f"Where {name} looks" if terms.learned else f"Where {name} looks from bases {bases(terms.unit.bases)}"
    return f"{begin}: scores of {len(terms.pattern):,} keys and their softmax; most at {said}."
