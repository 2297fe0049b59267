"""Recurrent layers through windows: bit for bit the outputs of reading every mutant from end to end."""

import pytest
import torch
from naive_ism import naive_ism
from torch import nn
from toy_models import one_hot, random_sequences

from seqviz_core.attribution import windowed_recurrent
from seqviz_core.attribution.ism import ISMOptions, ism

UNITS = 6


def bases(*sequences):
    return torch.from_numpy(one_hot(*sequences)).double()


class Reader(nn.Module):
    def __init__(self, cell, read_out, stem=False, keep=0.0, **settings):
        super().__init__()
        torch.manual_seed(4)
        self.stem = nn.Sequential(nn.Conv1d(4, 5, 7, padding=3), nn.ReLU(), nn.MaxPool1d(3)) if stem else nn.Identity()
        self.cell, self.read_out = getattr(nn, cell)(5 if stem else 4, UNITS, batch_first=True, **settings), read_out
        if cell == "LSTM":
            self.cell.bias_ih_l0.data[UNITS:2 * UNITS] += keep

    def forward(self, X):
        return self.read_out(*self.cell(self.stem(X).transpose(1, 2)))


READ_OUTS = {"last": lambda h, _: h[:, -1], "max": lambda h, _: h.amax(1), "mean": lambda h, _: h.mean(1),
             "state": lambda h, state: (state[0] if isinstance(state, tuple) else state)[-1],
             "cell": lambda h, state: state[1][0] if isinstance(state, tuple) else state[0],
             "all": lambda h, _: torch.einsum("npu,p->nu", h, torch.linspace(0, 1, h.shape[1], dtype=h.dtype))}
X = bases(random_sequences(1, 80, seed=5)[0] + "NNACGTANACG")


@pytest.mark.parametrize("read_out", READ_OUTS)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", ["LSTM", "GRU", "RNN"])
def test_equals_reading_every_mutant_from_end_to_end(cell, bidirectional, read_out):
    for settings in ({}, {"stem": True}, {"num_layers": 2, "bias": False} if cell != "LSTM" else {"num_layers": 2, "keep": 3.0}):
        model = Reader(cell, READ_OUTS[read_out], bidirectional=bidirectional, **settings).double().eval()
        expected = naive_ism(model, X, 2)
        for batch_size in (1024, 70):
            assert (ism(model, X, 2, ISMOptions(batch_size)) - expected).abs().max() < 1e-12


@pytest.mark.parametrize("keep", [0.0, 1.0, 5.0])
@pytest.mark.parametrize("read_out", ["last", "max", "cell"])
def test_an_lstm_is_read_to_the_last_bit(read_out, keep):
    model = Reader("LSTM", READ_OUTS[read_out], keep=keep).eval()
    assert torch.equal(ism(model, X.float(), 1, ISMOptions()), naive_ism(model, X.float(), 1))


def test_reading_starts_at_the_mutation_and_stops_when_it_is_forgotten(monkeypatch):
    """A cell that forgets within a few bases: a few blocks of steps per mutant, of 40 that the naive way takes."""
    steps, reader = [], windowed_recurrent._reader
    def counted(*arguments):
        read = reader(*arguments)
        return lambda x, states: steps.append(x.shape[0] * x.shape[1]) or read(x, states)
    monkeypatch.setattr(windowed_recurrent, "_reader", counted)
    length = 40 * windowed_recurrent.BLOCK
    model = Reader("LSTM", READ_OUTS["max"], keep=-3.0).eval()
    ism(model, bases(*random_sequences(1, length, seed=6)).float(), 0, ISMOptions())
    assert sum(steps) < 3 * length * 4 * windowed_recurrent.BLOCK


def test_a_start_that_differs_between_mutants_is_read_in_full():
    class Odd(Reader):
        def forward(self, X):
            state = X.sum(2)[None, :, :1].expand(1, len(X), UNITS).contiguous()  # the number of As
            return self.read_out(*self.cell(X.transpose(1, 2), (state, state)))
    model = Odd("LSTM", READ_OUTS["max"]).double().eval()
    assert (ism(model, X, 1, ISMOptions()) - naive_ism(model, X, 1)).abs().max() < 1e-12
