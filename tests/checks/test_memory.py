"""The memory tests: cells solved by hand, acts equal to editing the weights, and the gradient of gradient_lag."""

import math

import numpy as np
import pytest
import torch
from toy_models import linear_model, one_hot, random_sequences

from seqviz_core.checks import memory_says
from seqviz_core.checks.memory import Act, Row, acted, at_places, edits_of, memories_in, memory_of
from seqviz_core.checks.memory_lag import Lag, gradient_by_lag, half_life, halved, inputs_of, lags, sequences_without
from seqviz_core.checks.memory_says import act_words, lags_say, places_say, reach, step_at
from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.gradient_lag import norms_by_lag
from seqviz_core.models import Span, make_model, record
from seqviz_core.models.internals import intervene

BOTH = ("left_to_right", "right_to_left")
RAW = {"units": 4, "stem_filters": 0}
BIG = 40.0  # sigmoid(40) is 1 in float32


def sequences(n: int, length: int = 24, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(one_hot(*random_sequences(n, length, seed)))


def reader(name: str = "lstm", seed: int = 0, **settings):
    model = make_model(name, RAW | settings, n_outputs=3, length=24, seed=seed).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2)  # so that something is remembered
    return model


def by_hand(model, X, reset: int | None, suffix: str = "") -> torch.Tensor:
    """Hidden states (P, units) of one direction of an LSTM on raw bases, the state zeroed at a border; plain Python."""
    layer = model.lstm
    w = layer.weights(suffix)
    h = c = torch.zeros(layer.units)
    length, out = X.shape[2], [None] * X.shape[2]
    for t in range(length - 1, -1, -1) if suffix else range(length):
        if reset is not None and t == (reset - 1 if suffix else reset):
            h, c = torch.zeros_like(h), torch.zeros_like(c)
        i, f, g, o = (w.ih @ X[0, :, t] + w.b_ih + w.hh @ h + w.b_hh).chunk(4)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        out[t] = h
    return torch.stack(out)


@torch.no_grad()
def test_a_reset_is_the_cell_run_by_hand_from_a_zero_state():
    model, X = reader(), sequences(1)
    act = Act("reset", "lstm", BOTH)
    got = acted(model, X, act, [Row(0, border, border) for border in range(24)])
    for border in range(24):
        h = torch.cat([by_hand(model, X, border or None), by_hand(model, X, border or None, "_reverse")], dim=1)
        assert got[border].tolist() == pytest.approx(model.read_out(h.mean(0)).tolist(), abs=1e-5)
    one = acted(model, X, Act("reset", "lstm", BOTH[:1]), [Row(0, 9, 9)])
    h = torch.cat([by_hand(model, X, 9), by_hand(model, X, None, "_reverse")], dim=1)
    assert one[0].tolist() == pytest.approx(model.read_out(h.mean(0)).tolist(), abs=1e-5)
    assert torch.equal(model(X), reader()(X))  # the model itself is as it was


@torch.no_grad()
@pytest.mark.parametrize("name", ["gru", "rnn"])
def test_a_reset_of_another_cell_is_the_two_halves_read_apart(name):
    model, X = reader(name, bidirectional=False, read_out="mean"), sequences(1)
    layer, x = model.get_submodule(name), X.transpose(1, 2)
    halves = torch.cat([layer(x[:, :10]), layer(x[:, 10:])], dim=1)
    got = acted(model, X, Act("reset", name, BOTH[:1]), [Row(0, 10, 10)])
    assert got.tolist()[0] == pytest.approx(model.read_out(halves.mean(1))[0].tolist(), abs=1e-5)


@torch.no_grad()
@pytest.mark.parametrize(("gate", "row", "value", "bias"), [("i", 0, 0.0, -BIG), ("f", 1, 1.0, BIG), ("f", 1, 0.0, -BIG),
                                                            ("o", 3, 1.0, BIG), ("f", 1, 0.5, 0.0), ("g", 2, 1.0, BIG)])
def test_a_gate_held_everywhere_is_its_weights_zeroed_and_its_bias_set(gate, row, value, bias):
    model, X, edited = reader(), sequences(1), reader()
    rows = slice(4 * row, 4 * row + 4)
    for suffix in ("", "_reverse"):
        for part in edited.lstm.weights(suffix):
            part[rows] = 0
        edited.lstm.weights(suffix).b_ih[rows] = bias
    got = acted(model, X, Act("clamp", "lstm", BOTH, gate, value), [Row(0, 0, 24)])
    assert got[0].tolist() == pytest.approx(edited(X)[0].tolist(), abs=1e-5)


@torch.no_grad()
def test_a_cell_with_set_gates_solved_by_hand():
    model, X = reader(bidirectional=False), sequences(1)
    for weight in (model.lstm.fused.weight_ih_l0, model.lstm.fused.weight_hh_l0, model.lstm.fused.bias_hh_l0):
        weight.zero_()
    keep, new = 0.8, 0.3  # f and g; i = o = 1
    biases = (BIG, math.log(keep / (1 - keep)), math.atanh(new), BIG)
    model.lstm.fused.bias_ih_l0.copy_(torch.tensor(biases).repeat_interleave(4))
    (lag,) = lags(model, X, memory_of(model)).values()
    assert lag.gate == pytest.approx([keep] * 4, abs=1e-6)
    assert lag.promised == pytest.approx(math.log(0.5) / math.log(keep), abs=1e-4) == pytest.approx(3.106, abs=1e-3)
    c = new * (1 - keep ** np.arange(1, 25)) / (1 - keep)
    assert record(model, X)["lstm.left_to_right.c"].value[0, 0].numpy() == pytest.approx(c, abs=1e-5)
    # the forget gate held at 0 over step 10: c begins anew there
    with intervene(edits_of(model, X, Act("clamp", "lstm", BOTH[:1], "f", 0.0), [Row(0, 10, 11)])):
        held = record(model, X)["lstm.left_to_right.c"].value[0, 0].numpy()
    assert held == pytest.approx(np.concatenate([c[:10], c[:14]]), abs=1e-5)
    got = acted(model, X, Act("clamp", "lstm", BOTH[:1], "f", 0.0), [Row(0, 10, 11)])
    mean = np.tanh(np.concatenate([c[:10], c[:14]])).mean()
    assert got[0].tolist() == pytest.approx(model.read_out(torch.full((4,), mean, dtype=torch.float32)).tolist(), abs=1e-5)


def test_a_frozen_unit_stays_what_it_was_and_the_others_go_on():
    model, X = reader(), sequences(2)
    rows = [Row(1, 6, 12), Row(0, 0, 5)]
    plain = record(model, X[[1, 0]])
    with intervene(edits_of(model, X, Act("freeze", "lstm", BOTH, unit=2), rows)):
        frozen = record(model, X[[1, 0]])
    for name in "ch":
        left, right = (f"lstm.{d}.{name}" for d in BOTH)
        assert torch.allclose(frozen[left].value[0, 2, 6:12], frozen[left].value[0, 2, 5], atol=1e-6)
        assert torch.allclose(frozen[left].value[0, 2, 5], plain[left].value[0, 2, 5], atol=1e-6)
        assert torch.allclose(frozen[right].value[0, 2, 6:12], frozen[right].value[0, 2, 12], atol=1e-6)
        assert (frozen[left].value[1, 2, :5] == 0).all()  # there was nothing before
        assert not torch.allclose(frozen[left].value[0, 1, 8:], plain[left].value[0, 1, 8:])  # through h


@pytest.mark.parametrize("act", [Act("reset", "lstm", BOTH), Act("clamp", "lstm", BOTH[:1], "f", 0.0),
                                 Act("freeze", "lstm", BOTH, unit=1)])
def test_every_place_is_as_if_asked_alone_and_controls_have_their_own(act):
    model, X = reader(stem_filters=6, stem_width=5, stem_pool=2), sequences(3)
    width = 1 if act.what == "reset" else 3
    places = at_places(model, X[:1], 1, act, 5, 5 + width, X[1:])
    assert places.starts.tolist() == list(range(act.what == "reset", 12 - width + 1)) and places.starts[places.chosen] == 5
    with torch.no_grad():
        for n in range(3):
            alone = (acted(model, X[n:n + 1], act, [Row(0, 7, 7 + width)]) - model(X[n:n + 1]))[0, 1].item()
            k = places.starts.tolist().index(7)
            assert (places.change if n == 0 else places.control[n - 1])[k] == pytest.approx(alone, abs=1e-5)
    assert places.control.shape == (2, len(places.starts)) and places.logit == pytest.approx(model(X)[0, 1].item(), abs=1e-5)


def test_many_places_are_thinned_and_the_one_asked_for_stays():
    model = reader(bidirectional=False, units=2)
    places = at_places(model, sequences(1, 201), 0, Act("reset", "lstm", BOTH[:1]), 77, 78, sequences(1, 201, 3))
    assert 60 <= len(places.starts) <= 61 and places.starts[places.chosen] == 77
    assert places.starts[0] == 1 and places.starts[-1] == 200


@pytest.mark.parametrize("name", ["lstm", "gru", "rnn"])
def test_the_gradient_by_lag_is_gradient_lags(name):
    model, X = reader(name), sequences(1)
    memory = memory_of(model)
    x = inputs_of(model, X, memory)
    assert torch.equal(x, X.transpose(1, 2))
    expected = norms_by_lag(memory.module, x)
    assert gradient_by_lag(memory, x, "left_to_right") == pytest.approx(expected, rel=1e-4, abs=1e-9)
    turned = make_model(name, RAW | {"bidirectional": False}, n_outputs=3, length=24, seed=0)
    for ours, theirs in zip(memory_of(turned).module.weights(""), memory.module.weights("_reverse")):
        ours.data.copy_(theirs.data)
    backwards = norms_by_lag(memory_of(turned).module, x.flip(1))
    assert gradient_by_lag(memory, x, "right_to_left") == pytest.approx(backwards, rel=1e-4, abs=1e-9)


def test_half_lives_by_hand():
    assert half_life(0.5) == pytest.approx(1) and half_life(0.5 ** (1 / 7)) == pytest.approx(7)
    assert half_life(0.85) == pytest.approx(math.log(2) * (-1 / math.log(0.85)))
    assert halved(np.array([8.0, 6, 2, 1])) == pytest.approx(1.5)
    assert halved(np.array([8.0, 2, 6, 1])) == pytest.approx(2.4)  # for good
    assert math.isinf(halved(np.array([8.0, 7, 6])))
    assert lags(reader("rnn"), sequences(1), memory_of(reader("rnn")))["left_to_right"].gate is None
    gru = reader("gru")
    z = record(gru, sequences(1))["gru.right_to_left.z"].value[0].mean(1).tolist()
    assert lags(gru, sequences(1), memory_of(gru))["right_to_left"].gate == pytest.approx(z)


def test_the_trace_of_a_site_begins_behind_it_in_each_direction():
    model, X, site = reader(), sequences(1), (8, 12)
    found = lags(model, X, memory_of(model), site)
    without = sequences_without(X, site)
    assert torch.equal(without[..., :8], X.expand(8, -1, -1)[..., :8]) and not torch.equal(without, X.expand(8, -1, -1))
    for direction, steps in zip(BOTH, (range(11, 24), range(8, -1, -1))):
        name = f"lstm.{direction}.h"
        apart = (record(model, without)[name].value - record(model, X)[name].value).norm(dim=1).mean(0)
        assert found[direction].left == pytest.approx([apart[t].item() for t in steps], abs=1e-5)
    assert lags(model, X, memory_of(model), (20, 24))["left_to_right"].left is None  # nothing is read behind it


def test_reading_forwards_nothing_before_the_site_knows_of_it():
    model, X = reader(), sequences(1)
    without = sequences_without(X, (8, 12))
    apart = record(model, without)["lstm.left_to_right.h"].value - record(model, X)["lstm.left_to_right.h"].value
    assert apart[..., :8].abs().max() < 1e-6 and apart[..., 11:].abs().max() > 1e-3


def test_steps_and_bases():
    span = make_model("lstm", {}, n_outputs=3, length=100, seed=0).span
    assert [step_at(base, span, 20) for base in (0, 4, 5, 99, 120)] == [0, 0, 1, 19, 19]
    places = at_places(reader(), sequences(1), 0, Act("reset", "lstm", BOTH), 8, 9, sequences(1))
    assert places.bases[places.chosen] == 8  # the border before base 8
    held = at_places(reader(), sequences(1), 0, Act("clamp", "lstm", BOTH), 8, 11, sequences(1))
    assert held.bases[held.chosen] == 9.5  # the middle of bases 8, 9, 10, from the left edge of base 0


def test_what_is_said():
    model, X = reader(), sequences(1)
    places = at_places(model, X, 0, Act("reset", "lstm", BOTH), 12, 13, sequences_without(X, (8, 12), n=4))
    said = places_say(places, "at base 13", (8, 12), "the planted site")
    change, logit = places.change[places.chosen], places.logit
    assert f"Resetting the state in both directions at base 13 changes the logit from {logit:.2f} to {logit + change:.2f}" in said
    assert "in 4 sequences without the planted site" in said
    assert act_words(Act("clamp", "lstm", BOTH[:1], "f", 0.0, 3)) == "holding the forget gate f of unit 3 at 0 (left to right)"
    assert act_words(Act("freeze", "lstm", BOTH, unit=3)) == "freezing unit 3 in both directions"
    lag = Lag("left_to_right", 5, np.array([8.0, 4, 2, 1]), np.full(4, 0.5), None)
    said = lags_say({"left_to_right": lag}, memory_of(model), 10)
    assert "the mean forget gate f halves the memory every 5 bases" in said and "25% would be left" in said
    assert "the gradient is halved after 5 bases" in said
    assert lag.after(10) == (0.25, 0.25, pytest.approx(math.nan, nan_ok=True))
    rnn = Lag("left_to_right", 1, np.array([8.0, 7]), None, np.array([2.0, 1.0]))
    said = lags_say({"left_to_right": rnn, "right_to_left": rnn}, memory_of(reader("rnn")))
    assert said.count("the gradient is not halved within 1 bases") == 2 and "No gate keeps anything" in said
    assert "Reading left to right, the gradient" in said and "Reading right to left, the gradient" in said


def test_the_reach_is_the_farthest_place_with_half_of_the_effect():
    places = at_places(reader(), sequences(1), 0, Act("reset", "lstm", BOTH), 12, 13, sequences(2))
    object.__setattr__(places, "change", np.where(places.starts < 18, 1.0, 0.4))
    object.__setattr__(places, "control", np.zeros((2, len(places.starts))))
    assert reach(places, (8, 12)) == 7  # from base 1, the first border, to base 8
    object.__setattr__(places, "control", np.ones((2, len(places.starts))))
    assert math.isnan(reach(places, (8, 12)))
    assert places_say(places, "here", (8, 12)).endswith("At no place does it change the logit more than there.")
    object.__setattr__(places, "control", np.where(places.starts < 18, 2.0, 0.1)[None].repeat(2, 0))
    assert math.isnan(reach(places, (8, 12)))
    assert "only lesser changes go beyond that" in places_say(places, "here", (8, 12))


def test_what_cannot_be_measured_is_not_told_as_little():
    nothing = np.array([(0.5, math.nan, math.nan)])
    found = memory_says._findings(memory_of(reader()), [], nothing, nothing, [], 1, False)
    assert "nothing that can be measured is left" in found.conclusion and found.mark == "open"


@pytest.mark.parametrize(("act", "start", "end", "sentence"), [
    (Act("clamp", "lstm", BOTH, "z"), 1, 2, "no gate z; it has i, f, g, o"),
    (Act("freeze", "lstm", BOTH, unit=4), 1, 2, "no unit 4; the layer has 4"),
    (Act("clamp", "lstm", BOTH), 20, 25, "steps 21 to 25 do not lie among the 24"),
    (Act("clamp", "gru", BOTH), 1, 2, "no recurrent layer 'gru'; there is lstm")])
def test_wrong_questions_are_one_sentence(act, start, end, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        at_places(reader(), sequences(1), 0, act, start, end, sequences(1))


def test_models_without_gates_or_memory_and_sequences_too_long():
    with pytest.raises(SeqVizError, match="plain RNN has none to hold"):
        at_places(reader("rnn"), sequences(1), 0, Act("clamp", "rnn", BOTH), 1, 2, sequences(1))
    with pytest.raises(SeqVizError, match="reads from left to right only"):
        at_places(reader(bidirectional=False), sequences(1), 0, Act("reset", "lstm", BOTH), 1, 2, sequences(1))
    with pytest.raises(SeqVizError, match="has no memory"):
        memories_in(linear_model(length=24))
    with pytest.raises(SeqVizError, match="500 steps; memory is tested up to 400, which is 400 bases"):
        lags(reader(), sequences(1, 500), memory_of(reader()))
    assert memory_of(reader()).gates == ("i", "f", "g", "o") and memory_of(reader("gru")).keeps == "z"
    assert Span() == memory_of(reader()).span
