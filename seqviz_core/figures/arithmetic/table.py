"""The numbers behind the pictures of an arithmetic, as columns for a CSV file. Bases are 1-based and inclusive."""

from collections.abc import Sequence

import numpy as np

from ..palette import BASES
from .likes import AttentionTermsLike, ConvolutionTermsLike, GateTermsLike, TermsLike, WindowLike

Columns = dict[str, np.ndarray]
Row = tuple[str, str, int | str, int | str, float | str, float | str, float]
NAMES = ("step", "what", "first_base", "last_base", "input", "weight", "value")


def convolution_table(terms: ConvolutionTermsLike) -> Columns:
    """Return one row a product (every weight of a window, the strongest of a deeper layer), then the steps up to the value."""
    rows: list[Row] = []
    for conv in terms.convolutions:
        rows += _window(conv.name, conv.window) if conv.window else _terms(conv.name, conv.terms)
        rows += [_step(conv.name, "sum of products", conv.terms.total), _step(conv.name, "bias", conv.bias)]
        rows += [_step(conv.name, "batch norm scale", conv.scale)] if terms.normalised else []
    rows += [_step("shortcut", name, value) for name, value in terms.shortcuts]
    rows += [_step("batch norm", "shift", terms.shift)] if terms.normalised else []
    rows.append(_step("sum", "before the activation", terms.before))
    rows.append(_step(terms.activation or "no activation", "value", terms.value))
    return _columns(rows)


def gates_table(terms: GateTermsLike) -> Columns:
    """Return, for each gate, its strongest products and its sums; then the factors of each state and its value."""
    rows: list[Row] = []
    for g in terms.gates:
        rows += _terms(f"{g.letter}: input", g.input) + _terms(f"{g.letter}: memory", g.memory)
        rows += [_step(g.letter, "from the input", g.input.total), _step(g.letter, "from the memory", g.remembered)]
        rows += [] if g.reset is None else [_step(g.letter, "memory's bias", g.memory_bias), _step(g.letter, "reset", g.reset)]
        rows += [_step(g.letter, "biases", g.bias), _step(g.letter, "sum", g.total), _step(g.letter, g.squash, g.value)]
    for e in terms.equations:
        rows += [_step(e.letter, factor.name, factor.value) for product in e.products for factor in product]
        rows.append(_step(e.letter, "value", e.value))
    return _columns(rows)


def attention_table(terms: AttentionTermsLike) -> Columns:
    """Return one row a key: the bases it sees, its score in parts and in all, and its share of the attention."""
    start, end = np.array(terms.bases).T
    distance = {} if terms.distance is None else {"distance": terms.distance}
    return {"key": np.arange(1, len(start) + 1), "first_base": start + 1, "last_base": end, "query_times_key": terms.content,
            **distance, "score": terms.scores, "share": terms.pattern}


def _window(name: str, window: WindowLike) -> list[Row]:
    rows: list[Row] = []
    for k, (letter, base) in enumerate(zip(window.letters, window.bases.tolist(), strict=True)):
        place = base + 1 if base >= 0 else ""
        for row, other in enumerate(BASES):
            there, weight = float(letter == other), float(window.weights[row, k])
            rows.append((name, f"base {other}", place, place, there, weight, there * weight))
    return rows


def _terms(name: str, terms: TermsLike) -> list[Row]:
    rows: list[Row] = [(name, t.label, *((t.bases[0] + 1, t.bases[1]) if t.bases else ("", "")), t.input, t.weight, t.product)
                       for t in terms.strongest]
    return rows + ([_step(name, f"{terms.others} others", terms.rest)] if terms.others else [])


def _step(step: str, what: str, value: float) -> Row:
    return step, what, "", "", "", "", float(value)


def _columns(rows: Sequence[Row]) -> Columns:
    return {name: np.array([row[k] for row in rows], dtype=float if name == "value" else object) for k, name in enumerate(NAMES)}
