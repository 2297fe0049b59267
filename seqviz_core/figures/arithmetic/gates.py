"""One step of one recurrent unit: a row for each gate, from its sums to its value, and the equation of its state."""

import math

from ...errors import SeqVizError
from .. import svg
from ..kinds import GATES
from ..palette import Theme, ThemeName, theme_of
from .likes import EquationLike, GateLike, GateTermsLike, TermsLike
from .pieces import WIDTH, Token, bar, bases, calculation, number, signed
from .pieces import factor as behind

COLUMNS = {"from the input": (104, 116), "from the memory": (228, 116), "biases": (352, 86), "sum": (446, 86)}  # left, width
CURVE, ROW = (546, 74, 40), 88  # left, width, height; pixels
REACH = 6.0  # of the squashing curve to either side


def gates_svg(terms: GateTermsLike, *, name: str = "the unit", theme: ThemeName | Theme = "light",
              text_colour: str = "currentColor") -> str:
    """Return one row a gate: what the input, the memory and the biases add, the sum, where it lies on the squashing curve, the
    value; below, the state's equation with its numbers. The gate or state that was asked for has a mark at its left.

    `name` is how the unit is called. Raises SeqVizError where there is no gate to draw.
    """
    theme = theme_of(theme)
    if not terms.gates:
        raise SeqVizError("There is no gate to draw.")
    reach = max(abs(v) for g in terms.gates for v in (g.input.total, g.remembered, g.bias, g.total)) or 1.0
    body = "".join(svg.text(title, left + width / 2, 13, size=11.5, anchor="middle", opacity=0.8)
                   for title, (left, width) in COLUMNS.items())
    body += svg.text("squashed", CURVE[0] + CURVE[1] / 2, 13, size=11.5, anchor="middle", opacity=0.8)
    body += svg.text("value", WIDTH - 8, 13, size=11.5, anchor="end", opacity=0.8)
    y = 20.0
    for gate in terms.gates:
        body += _gate(gate, terms, y, reach, theme)
        y += ROW
    for equation in terms.equations:
        body += _mark(y, 40, theme) if equation.letter == terms.letter else ""
        part, y = calculation(_tokens(equation), y, x=12)
        body += part
    return svg.document(body, WIDTH, y, _alt(terms, name), text_colour)


def _mark(y: float, height: float, theme: Theme) -> str:
    return svg.rect(0, y, 4, height, theme.text)


def _gate(gate: GateLike, terms: GateTermsLike, y: float, reach: float, theme: Theme) -> str:
    title = f"{GATES[gate.letter]} {gate.letter}"
    body = _mark(y, ROW - 12, theme) if gate.letter == terms.letter else ""
    body += svg.text(title, 12, y + 28, size=14, weight=600)
    for value, (left, width) in zip((gate.input.total, gate.remembered, gate.bias, gate.total), COLUMNS.values(), strict=True):
        body += svg.text(signed(value), left + width / 2, y + 13, size=12.5, anchor="middle", weight=600)
        body += bar(value, left + 4, y + 21, width - 8, reach, theme)
    body += _curve(gate, y, theme) + svg.text(number(gate.value), WIDTH - 8, y + 30, size=18, anchor="end", weight=700)
    body += svg.text(f"input: {_strongest(gate.input)}", 12, y + 58, size=11.5, opacity=0.85, limit=120)
    return body + svg.text(f"memory: {_memory(gate, terms.first)}", 12, y + 73, size=11.5, opacity=0.85, limit=120)


def _curve(gate: GateLike, y: float, theme: Theme) -> str:
    """Return the squashing curve with a dot where the gate is."""
    left, width, height = CURVE
    squash = math.tanh if gate.squash == "tanh" else lambda z: 1 / (1 + math.exp(-z))
    low = -1.0 if gate.squash == "tanh" else 0.0
    place = lambda z, v: (left + (z / REACH + 1) / 2 * width, y + 2 + (1 - (v - low) / (1 - low)) * height)
    points = " ".join(f"{x:.4g},{at:.4g}" for x, at in (place(z / 4, squash(z / 4)) for z in range(-24, 25)))
    x, at = place(min(max(gate.total, -REACH), REACH), gate.value)
    axis = place(0, low)[0]
    return (svg.line(axis, y + 2, axis, y + 2 + height, theme.zero, dash="2 2")
            + svg.line(left, place(0, 0)[1], left + width, place(0, 0)[1], theme.zero, dash="2 2")
            + f'<polyline points="{points}" fill="none" stroke="{theme.muted}" stroke-width="1.5"/>'
            f'<circle cx="{x:.4g}" cy="{at:.4g}" r="4.5" fill="{theme.text}"/>')


def _strongest(terms: TermsLike) -> str:
    """Return "filter 7 at 34–52 +1.20, filter 3 at 30–48 −0.51, 45 others +0.10"."""
    said = [f"{t.label}{f' at {bases(t.bases)}' if t.bases else ''} {signed(t.product)}" for t in terms.strongest]
    said += [f"{terms.others:,} other{'s' if terms.others > 1 else ''} {signed(terms.rest)}"] if terms.others else []
    return ", ".join(said) or "all zero"


def _memory(gate: GateLike, first: bool) -> str:
    said = "nothing was read before" if first else _strongest(gate.memory)
    return said if gate.reset is None else f"({said}, bias {signed(gate.memory_bias)}) × reset r {number(gate.reset)}"


def _tokens(equation: EquationLike) -> list[Token]:
    """Return "c = 0.93 × 1.20 + 0.50 × 0.31 = 1.27" with a name below each number."""
    tokens = [Token(equation.letter), Token("=")]
    for k, product in enumerate(equation.products):
        tokens += [Token("+")] if k else []
        for j, factor in enumerate(product):
            tokens += [Token("×")] if j else []
            tokens.append(Token(behind(factor.value) if j else number(factor.value), factor.name))
    return [*tokens, Token("="), Token(number(equation.value), f"{GATES[equation.letter]} state {equation.letter}", True)]


def _alt(terms: GateTermsLike, name: str) -> str:
    gates = ", ".join(f"{GATES[g.letter]} {g.letter} {number(g.value)}" for g in terms.gates)
    states = "; ".join(f"{e.letter} becomes {number(e.value)}" for e in terms.equations)
    return (f"One step of {name} at bases {bases(terms.unit.bases)}, reading {terms.direction}: {gates}"
            + (f"; {states}." if states else "."))
