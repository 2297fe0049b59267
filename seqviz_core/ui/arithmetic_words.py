"""The arithmetic of one unit in words: what is asked above the picture, and one computed sentence; no Streamlit."""

import math
from collections.abc import Sequence

from ..datasets import Site
from ..experiments.arithmetic import (
    Arithmetic,
    AttentionTerms,
    Convolution,
    ConvolutionTerms,
    Equation,
    Gate,
    GateTerms,
    Term,
    Terms,
)
from ..figures.arithmetic import number, signed
from ..figures.kinds import GATES

OPEN = {"i": "of the candidate is written", "f": "of the old cell state is kept", "o": "of the cell state is shown",
        "z": "of the old hidden state is kept", "r": "of the past reaches the candidate"}
"""What a gate's openness is a share of."""


def question(terms: Arithmetic, name: str) -> str:
    """Return what the picture answers; `name` is how the unit is called."""
    where = stretch(terms.unit.bases)
    if isinstance(terms, AttentionTerms):
        seen = stretch(terms.bases[terms.top(1)[0]])
        return f"Why does {name} look at {seen}?" if terms.learned else f"Why does {name} look from {where} at {seen}?"
    if isinstance(terms, GateTerms):
        return f"Why does {name} give {number(terms.value)} at {where}, reading {terms.direction}?"
    return f"Why does {name} give {number(terms.value)} at {where}?"


def sentence(terms: Arithmetic, sites: Sequence[Site]) -> str:
    """Return in one or two sentences what the number comes from, and which planted site is there."""
    if isinstance(terms, AttentionTerms):
        return _attention(terms, sites)
    text = _convolution(terms) if isinstance(terms, ConvolutionTerms) else _gate(terms)
    planted = _planted(terms.unit.bases, sites)
    return f"{text} {'It looks' if isinstance(terms, ConvolutionTerms) else 'This step looks'} at {planted}." if planted else text


def stretch(bases: tuple[int, int]) -> str:
    """Return bases (0-based, end excluded) as "bases 34 to 41" or "base 34"."""
    start, end = bases
    return f"bases {start + 1:,} to {end:,}" if end - start > 1 else f"base {start + 1:,}"


def _planted(bases: tuple[int, int], sites: Sequence[Site]) -> str:
    names = dict.fromkeys(s.motif.name for s in sites if s.start < bases[1] and bases[0] < s.end)
    return f"the planted {' and '.join(names)} site{'s' if len(names) > 1 else ''}" if names else ""


def _convolution(terms: ConvolutionTerms) -> str:
    first = terms.convolutions[0]
    if len(terms.convolutions) > 1:
        text = (f"{len(terms.convolutions)} convolutions are added: "
                + ", ".join(f"{c.name} {signed(c.total)}" for c in terms.convolutions))
    elif first.window:
        text = _window(first)
    else:
        n = len(first.terms.strongest) + first.terms.others
        text = f"{n:,} products of inputs and weights sum to {number(first.terms.total)}{_most(first.terms)}"
    added = [f"the bias adds {signed(first.bias)}"] if first.bias and len(terms.convolutions) == 1 else []
    added += [f"the shortcut from {name} {signed(value)}" for name, value in terms.shortcuts]
    added += ["batch normalisation scales and shifts it"] if terms.normalised else []
    return f"{text}; {_joined([*added, f'that makes {number(terms.before)}'])}{_activated(terms)}."


def _window(conv: Convolution) -> str:
    """Return what the window holds and which letters count most; they are named by their place, as the eye finds them."""
    terms = [Term(f"{t.label.removeprefix('base ')} at {t.bases[0] + 1:,}", 0, None, t.input, t.weight)
             for t in conv.terms.strongest[:2] if t.bases]
    letters = conv.window.letters.strip("-")
    other = " (the other strand)" if conv.window.reverse else ""
    return (f"It reads {letters}{other}; the weights of these {len(letters)} letters sum to {number(conv.terms.total)}"
            + _most(Terms(tuple(terms), 0, 0.0)))


def _most(terms: Terms) -> str:
    said = [f"{signed(t.product)} from {t.label}" for t in terms.strongest[:2]]
    return f" (the largest: {', '.join(said)})" if said else ""


def _joined(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


def _activated(terms: ConvolutionTerms) -> str:
    if not terms.activation:
        return ""
    if terms.activation == "ReLU":
        return ", which ReLU lets through" if terms.before > 0 else ", which ReLU cuts to 0"
    return f", of which {terms.activation} makes {number(terms.value)}"


def _gate(terms: GateTerms) -> str:
    asked = next((g for g in terms.gates if g.letter == terms.letter), None)
    return _sums(asked, terms) if asked else _state(next(e for e in terms.equations if e.letter == terms.letter))


def _sums(gate: Gate, terms: GateTerms) -> str:
    strongest = f" (most: {gate.input.strongest[0].label})" if gate.input.strongest else ""
    memory = "nothing was read before" if terms.first else f"what it remembers adds {signed(gate.remembered)}"
    opened = f", so {100 * gate.value:.0f} % {OPEN[gate.letter]}" if gate.letter in OPEN else ""
    return (f"The input adds {signed(gate.input.total)}{strongest}, {memory}, and the biases add {signed(gate.bias)}: the sum "
            f"{number(gate.total)} becomes {number(gate.value)} by the {gate.squash}{opened}.")


def _state(equation: Equation) -> str:
    """Return "f (0.815) times c before (−1.90) gives −1.55" for each part of the sum."""
    said = []
    for product in equation.products:
        factors = " times ".join(f"{factor.name} ({number(factor.value)})" for factor in product)
        said.append(f"{factors} gives {number(math.prod(factor.value for factor in product))}")
    return f"The {GATES[equation.letter]} state {equation.letter} is {number(equation.value)}: {_joined(said)}."


def _attention(terms: AttentionTerms, sites: Sequence[Site]) -> str:
    first, *others = terms.top(3)
    text = (f"Of {len(terms.pattern):,} keys, the one at {stretch(terms.bases[first])} has the highest score, "
            f"{number(terms.scores[first])}, and the softmax gives it {100 * terms.pattern[first]:.0f} % of the attention")
    if others:
        text += "; next are " + " and ".join(f"{stretch(terms.bases[k])} ({100 * terms.pattern[k]:.0f} %)" for k in others)
    planted = _planted(terms.bases[first], sites)
    return f"{text}. The first looks at {planted}." if planted else f"{text}."
