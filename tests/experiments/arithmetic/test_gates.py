"""One step of a recurrent cell, by hand."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from seqviz_core.experiments.arithmetic import arithmetic
from seqviz_core.models import ARCHITECTURES
from seqviz_core.models.internals import Span, name_probes
from seqviz_core.models.recurrent import GatedLSTM
from tests.toy_models import one_hot, random_sequences

LENGTH = 60


def sigmoid(v: float) -> float:
    return 1 / (1 + math.exp(-v))


def X_of(sequence: str) -> torch.Tensor:
    return torch.from_numpy(one_hot(sequence))


class OneCell(nn.Module):
    """An LSTM of two units on the bases, read in both directions; every weight is 0.1 times its place in its matrix."""

    def __init__(self):
        super().__init__()
        self.lstm = GatedLSTM(4, 2, bidirectional=True, forget_bias=0.0, span=Span())
        for parameter in self.lstm.parameters():
            parameter.data.copy_(0.1 * torch.arange(parameter.numel()).reshape(parameter.shape) % 0.7 - 0.3)
        name_probes(self)

    def forward(self, X):
        return self.lstm(X.transpose(1, 2)).mean(1)


@pytest.mark.parametrize(("direction", "order"), [("left_to_right", [0, 1]), ("right_to_left", [2, 1])])
def test_an_lstm_step_by_hand(direction, order):
    model, letters = OneCell(), "GAT"
    suffix = "_reverse" if direction == "right_to_left" else ""
    w = {name: getattr(model.lstm.fused, f"{name}_l0{suffix}").detach().double().numpy()
         for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
    h, c = np.zeros(2), np.zeros(2)
    for t in order:
        h_before, c_before, x = h, c, np.eye(4)["ACGT".index(letters[t])]
        sums = w["weight_ih"] @ x + w["bias_ih"] + w["weight_hh"] @ h_before + w["bias_hh"]
        i, f, g, o = (np.array([squash(v) for v in sums[2 * k:2 * k + 2]])
                      for k, squash in enumerate((sigmoid, sigmoid, math.tanh, sigmoid)))
        c = f * c_before + i * g
        h = o * np.tanh(c)
    terms = arithmetic(model, X_of(letters), f"lstm.{direction}.c", 1, 1)
    gates = {gate.letter: gate for gate in terms.gates}
    for k, (letter, values) in enumerate(zip("ifgo", (i, f, g, o))):
        gate, row = gates[letter], 2 * k + 1
        assert gate.value == pytest.approx(values[1], abs=1e-6) and gate.total == pytest.approx(sums[row], abs=1e-6)
        assert gate.input.total == pytest.approx(w["weight_ih"][row, 0]) and gate.bias == pytest.approx(
            w["bias_ih"][row] + w["bias_hh"][row])
        assert gate.memory.total == pytest.approx(w["weight_hh"][row] @ h_before, abs=1e-6)
        assert [t.label for t in gate.input.strongest] in ([], ["base A"]) and gate.reset is None
    cell, hidden = terms.equations
    assert [[f.value for f in product] for product in cell.products] == [
        pytest.approx([f[1], c_before[1]], abs=1e-6), pytest.approx([i[1], g[1]], abs=1e-6)]
    assert terms.value == cell.value == pytest.approx(c[1], abs=1e-6) and hidden.value == pytest.approx(h[1], abs=1e-6)
    assert (terms.letter, terms.direction, terms.first) == ("c", direction.replace("_", " "), False)


def test_before_the_first_step_nothing_is_remembered():
    for direction, first in (("left_to_right", 0), ("right_to_left", 2)):
        terms = arithmetic(OneCell(), X_of("GAT"), f"lstm.{direction}.f", 0, first)
        assert terms.first and all(gate.memory == ((), 0, 0.0) for gate in terms.gates)


def test_the_gru_weighs_what_its_candidate_remembers():
    entry = ARCHITECTURES["gru"]
    model = entry.make(entry.presets["raw bases"], n_outputs=2, length=LENGTH, seed=0)
    terms = arithmetic(model, X_of(random_sequences(1, LENGTH, seed=2)[0]), "gru.left_to_right.n", 4, 9)
    gates, fused = {gate.letter: gate for gate in terms.gates}, model.gru.fused
    row = 2 * model.gru.units + 4
    assert list(gates) == ["r", "z", "n"] and gates["n"].reset == gates["r"].value
    assert gates["n"].memory_bias == fused.bias_hh_l0[row].item() and gates["n"].bias == fused.bias_ih_l0[row].item()
    assert gates["z"].reset is None and terms.value == gates["n"].value
