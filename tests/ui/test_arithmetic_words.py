"""The question and the sentence of an arithmetic, word for word."""

import numpy as np
import pytest
import torch

from seqviz_core.datasets import Site
from seqviz_core.experiments.arithmetic import Arithmetic, arithmetic
from seqviz_core.models import ARCHITECTURES
from seqviz_core.motifs import find_motif
from seqviz_core.ui.arithmetic_words import question, sentence, stretch
from tests.toy_models import ConvReluMax, one_hot, random_sequences

GATA2 = find_motif("MA0036.4")


def made(name: str, probe: str, row: int = 1, position: int = 3, **settings) -> Arithmetic:
    entry = ARCHITECTURES[name]
    model = entry.make(entry.config(**settings), n_outputs=2, length=60, seed=0)
    return arithmetic(model, torch.from_numpy(one_hot(*random_sequences(1, 60, seed=0))), probe, row, position)


def window(sequence: str, threshold: float = 5.0) -> Arithmetic:
    model = ConvReluMax(torch.arange(24.0).reshape(2, 4, 3), torch.ones(1, 2), threshold)
    return arithmetic(model, torch.from_numpy(one_hot(sequence)), "conv", 1, 1)


def test_a_window_in_words():
    terms = window("ACGTT")
    assert question(terms, "filter 1 GATA2") == "Why does filter 1 GATA2 give 52.0 at bases 2 to 4?"
    said = ("It reads CGT; the weights of these 3 letters sum to 57.0 (the largest: +23.0 from T at 4, +19.0 from G at 3); the "
            "bias adds −5.00 and that makes 52.0, which ReLU lets through.")
    assert sentence(terms, []) == sentence(terms, [Site(GATA2, 4, 5, "+")]) == said
    assert sentence(terms, [Site(GATA2, 3, 5, "+")]) == f"{said} It looks at the planted GATA2 site."
    assert "that makes −43.0, which ReLU cuts to 0." in sentence(window("ACGTT", threshold=100.0), [])


def test_a_gate_in_words():
    terms = made("lstm", "lstm.right_to_left.f")
    gate, (start, end) = terms.gates[1], terms.unit.bases
    assert question(terms, "the forget gate f of unit 1").startswith("Why does the forget gate f of unit 1 give 0.")
    assert question(terms, "x").endswith(f"at bases {start + 1} to {end}, reading right to left?")
    said = sentence(terms, [])
    assert f"so {100 * gate.value:.0f} % of the old cell state is kept." in said
    assert f"(most: {gate.input.strongest[0].label})" in said
    assert "nothing was read before" in sentence(made("lstm", "lstm.left_to_right.f", position=0), [])


@pytest.mark.parametrize(("name", "probe", "begins", "parts"), [
    ("lstm", "lstm.left_to_right.c", "The cell state c is ", 2), ("lstm", "lstm.left_to_right.h", "The hidden state h is ", 1),
    ("gru", "gru.left_to_right.h", "The hidden state h is ", 2), ("rnn", "rnn.left_to_right.h", "The input adds ", 0)])
def test_a_state_in_words(name, probe, begins, parts):
    said = sentence(made(name, probe), [])
    assert said.startswith(begins) and said.count(" gives ") == parts and said.endswith(".")


def test_attention_in_words():
    terms = made("attention", "layer1.attention.pattern", width=24, heads=2)
    first = terms.top(1)[0]
    where, seen = stretch(terms.unit.bases), stretch(terms.bases[first])
    assert question(terms, "head 2 of layer 1") == f"Why does head 2 of layer 1 look from {where} at {seen}?"
    said = sentence(terms, [Site(GATA2, *terms.bases[first], "+")])
    assert said.startswith(f"Of 12 keys, the one at {seen} has the highest score") and said.endswith("the planted GATA2 site.")
    assert f"gives it {100 * np.max(terms.pattern):.0f} % of the attention" in said
    pooled = made("attention_lstm", "attention.pattern", row=0, position=0)
    assert " from " not in question(pooled, "the read-out")


@pytest.mark.parametrize(("name", "probe", "settings", "words"), [
    ("basset", "conv2", {}, ["products of inputs and weights sum to", "batch normalisation scales and shifts it", "ReLU"]),
    ("residual", "unit1", {}, ["the shortcut from filter 1 "]),
    ("spliceai", "together", {"groups": 2}, ["3 convolutions are added: collect0 "])])
def test_deeper_sums_in_words(name, probe, settings, words):
    said = sentence(made(name, probe, **settings), [])
    assert all(word in said for word in words), said
    assert said.count("that makes") == 1


def test_places_count_from_one():
    assert (stretch((33, 41)), stretch((33, 34)), stretch((999, 2000))) == ("bases 34 to 41", "base 34", "bases 1,000 to 2,000")
