"""Filter surgery: zeroing equals editing the weights by hand, a filter replaced by itself changes nothing, twins stand in."""

import json
from copy import deepcopy

import numpy as np
import pytest
import torch

from seqviz_core.checks import filter_redundancy as redundancy
from seqviz_core.checks.filter_redundancy import alike_pairs, each_alone, halves, prune, read_measured, scored
from seqviz_core.checks.filter_says import alone_says, pairs_say, pruning_says, surgery_says
from seqviz_core.checks.filter_surgery import (
    after_first,
    each_without,
    kernel_like,
    log_odds_of,
    maps_of,
    replaced,
    shuffled_columns,
    zeroed,
)
from seqviz_core.checks.skill import Interval, Skill, logits_of, skill_of
from seqviz_core.datasets import Dataset, make_task
from seqviz_core.datasets.task import Sites
from seqviz_core.errors import SeqVizError
from seqviz_core.models import ARCHITECTURES, intervene
from seqviz_core.motifs import Motif, find_motif
from seqviz_core.sequences import encode
from tests.toy_models import ConvReluMax, Linear, conv_model, one_hot, random_sequences

WORD = "GATTACA"
NOTHING = Sites(*(np.zeros(0, dtype=int) for _ in range(5)))


def by_hand(model: ConvReluMax, filters) -> ConvReluMax:
    """A copy whose filters are zero: no weights, and no bias that would let them fire."""
    model = deepcopy(model)
    with torch.no_grad():
        for f in filters:
            model.first_conv.weight[f] = 0
            model.first_conv.bias[f] = -1
    return model


def words(*sequences: str, labels) -> Dataset:
    return Dataset(encode(sequences), np.array(labels), NOTHING, ("off", "on"), ())


def detector(*copies: float) -> ConvReluMax:
    """Filters that each fire (1) at WORD alone, weighed by `copies`; class 1 is called above a half."""
    filters = torch.from_numpy(one_hot(WORD)).repeat(len(copies), 1, 1)
    read_out = torch.stack([torch.zeros(len(copies)), torch.tensor(copies)])
    return ConvReluMax(filters, read_out, threshold=len(WORD) - 1.0)


def task_of(word: str = WORD, n: int = 40) -> Dataset:
    """Half of the sequences hold the word."""
    plain = random_sequences(n, 40, 3)
    return words(*(s[:10] + word + s[10 + len(word):] if i % 2 else s.replace("GATT", "GATC") for i, s in enumerate(plain)),
                 labels=[i % 2 for i in range(n)])


@pytest.mark.parametrize("taken", [[0], [2, 5], []])
def test_zeroing_is_editing_the_weights(taken):
    model, X = conv_model(3), one_hot(*random_sequences(7, 30, 1))
    wanted = logits_of(by_hand(model, taken), X)
    with intervene(zeroed(model, taken)):
        assert np.array_equal(logits_of(model, X), wanted)
    assert np.allclose(after_first(model, X, rows=3).logits(taken), wanted, atol=1e-6)


def test_the_shared_model_is_not_touched():
    model, X = conv_model(3).train(), one_hot(*random_sequences(4, 30, 1))
    before = deepcopy(model.state_dict())
    rest = after_first(model, X)
    rest.logits([1])
    other = replaced(model, 0, kernel_like(model.first_conv, 0, torch.randn(4, 5), X))
    assert model.training and all(torch.equal(v, before[k]) for k, v in model.state_dict().items())
    assert not torch.equal(other.first_conv.weight[0], model.first_conv.weight[0])
    assert torch.equal(other.first_conv.weight[1:], model.first_conv.weight[1:])
    assert "forward" not in vars(model.first_conv)


@pytest.mark.parametrize("name", [a.name for a in ARCHITECTURES])
def test_what_follows_is_the_model_itself(name):
    entry = ARCHITECTURES[name]
    model = entry.make(entry.presets["teaching"], n_outputs=3, length=100, seed=3).eval()
    X = one_hot(*random_sequences(3, 100, 2))
    if getattr(model, "first_map", None) is None:
        with pytest.raises(SeqVizError, match="no convolution"):
            maps_of(model)
        return
    rest = after_first(model, X, rows=2)
    assert np.allclose(rest.logits(), logits_of(model, X), atol=1e-5)
    with intervene(zeroed(model, [0, 1])):
        assert np.allclose(rest.logits([0, 1]), logits_of(model, X), atol=1e-5)
    assert rest.peaks().shape == (3, model.first_conv.out_channels)


def test_both_strands_of_a_shared_filter_go():
    entry = ARCHITECTURES["rc_cnn"]
    model = entry.make(entry.presets["teaching"], n_outputs=2, length=60, seed=3).eval()
    assert maps_of(model) == ("forward_strand", "reverse_strand")
    X = one_hot(*random_sequences(2, 60, 2))
    with intervene(zeroed(model, range(model.first_conv.out_channels))):
        found = logits_of(model, X)
    assert np.allclose(found[0], found[1])


def test_one_sequence_without_each_filter():
    model, X = conv_model(3), torch.from_numpy(one_hot(*random_sequences(1, 30, 1)))
    logit, without = each_without(model, X, 1)
    assert logit == pytest.approx(float(logits_of(model, X)[0, 1]))
    assert without == pytest.approx([float(logits_of(by_hand(model, [f]), X)[0, 1]) for f in range(6)], abs=1e-6)


def test_a_filter_replaced_by_itself_changes_nothing():
    model, X = conv_model(3), one_hot(*random_sequences(20, 30, 1))
    kernel = kernel_like(model.first_conv, 2, model.first_conv.weight[2], X)
    assert torch.equal(kernel.weights, model.first_conv.weight[2])
    assert kernel.bias == pytest.approx(model.first_conv.bias[2].item(), abs=1e-12)
    assert np.allclose(logits_of(replaced(model, 2, kernel), X), logits_of(model, X), atol=1e-6)
    doubled = kernel_like(model.first_conv, 2, 2 * model.first_conv.weight[2], X)
    assert torch.allclose(doubled.weights, kernel.weights, atol=1e-6)  # the scale is the old filter's, whatever is given


def test_the_scale_by_hand():
    # the old filter counts A (bias -1), the new one 3 x C; in AAAC the responses of width-1 windows are 1 1 1 0 and 0 0 0 3
    # m_old = 3/4, t_old = 1; m_new = 3/4, t_new = 3: a = (1/4) / (9/4) = 1/9, bias = -1 + 3/4 - 3/4 / 9 = -1/3
    model = ConvReluMax(torch.tensor([[[1.0], [0], [0], [0]]]), torch.ones(1, 1), threshold=1.0)
    kernel = kernel_like(model.first_conv, 0, np.array([[0.0], [3], [0], [0]]), one_hot("AAAC"))
    assert kernel.weights.flatten().tolist() == pytest.approx([0, 1 / 3, 0, 0])
    assert kernel.bias == pytest.approx(-1 / 3)


def test_a_motif_is_centred_or_cut_to_the_filter():
    motif = Motif("m", "m", np.array([[97, 1, 1, 1], [1, 97, 1, 1], [1, 1, 97, 97], [1, 1, 1, 1]]))
    wide, left_out = log_odds_of(motif, 7)
    assert left_out == 0 and (wide[:, [0, 5, 6]] == 0).all() and np.allclose(wide[:, 1:5], motif.pwm())
    flank = Motif("f", "f", np.column_stack([np.full(4, 25), motif.counts, np.full((4, 2), 25)]))
    cut, left_out = log_odds_of(flank, 4)
    assert left_out == 3 and np.allclose(cut, motif.pwm())
    with pytest.raises(SeqVizError, match="says nothing"):
        log_odds_of(Motif("n", "NNN", np.ones((4, 3))), 7)


def test_the_right_pattern_keeps_the_skill_and_a_shuffled_one_does_not():
    data = task_of()
    model, labels = detector(2.0), data.labels
    noisy = deepcopy(model)
    noisy.first_conv.weight.data += 0.05 * torch.randn(1, 4, 7, generator=torch.Generator().manual_seed(1))
    motif = Motif("w", "w", 100 * one_hot(WORD)[0])
    kernel = kernel_like(noisy.first_conv, 0, log_odds_of(motif, 7)[0], data.X)
    assert skill_of(logits_of(replaced(noisy, 0, kernel), data.X), labels).auroc == 1
    control = replaced(noisy, 0, shuffled_columns(kernel, 1))
    assert skill_of(logits_of(control, data.X), labels).auroc < 0.8
    assert skill_of(logits_of(by_hand(noisy, [0]), data.X), labels).auroc == 0.5


def test_twins_are_each_redundant_but_not_both():
    data = task_of()
    on = scored(detector(1.0, 1.0), data)
    alone = each_alone(on)
    assert alone.auroc.value == 1 and [i.value for i in alone.losses] == [0, 0] and alone.needed == []
    pair, = alike_pairs(on)
    assert pair[:2] == (0, 1) and pair.correlation == pytest.approx(1)
    assert (pair.first_alone, pair.second_alone, pair.both) == (0, 0, 0.5) and pair.more.value == pytest.approx(0.5)
    assert "each filter makes up for the other: filters 0 and 1" in pairs_say([pair])
    pruning = prune(on, on)
    assert pruning.removable == 1 and pruning.auroc == (1, 1, 0.5)
    assert pruning_says(pruning).startswith("1 of 2 filters can be removed together at a cost of 0.000 AUROC")


def test_a_needed_filter_goes_last_and_a_dead_one_costs_nothing():
    data = task_of()
    on = scored(detector(0.0, 2.0, 0.0), data)
    alone = each_alone(on)
    assert alone.needed == [1] and alone.losses[1].value == 0.5 and alone.losses[0] == (0, 0, 0)
    assert "Filter 1 costs most" in alone_says(alone) and "1 cost AUROC" in alone_says(alone)
    pruning = prune(on, on)
    assert pruning.order[-1] == 1 and pruning.removable == 2 and pruning.auroc == (1, 1, 1, 0.5)
    assert pruning.random[-1] == (3, 0.5, 0.5, 0.5) and 0 <= pruning.random_cost <= 0.5


def test_where_all_are_of_one_class_nothing_is_said():
    data = words(*random_sequences(10, 40, 9), labels=[1] * 10)
    on = scored(detector(1.0, 2.0), data)
    pruning = prune(on, on)
    assert pruning.removable == 0 and "cannot be said" in pruning_says(pruning)
    assert "All of these sequences are of one class" in alone_says(each_alone(on))


def test_what_is_removed_is_chosen_on_other_sequences(monkeypatch):
    """On what it is chosen by both filters look idle; the report says what it costs elsewhere."""
    data = task_of()
    model = detector(2.0)
    idle = words(*random_sequences(40, 40, 9), labels=[i % 2 for i in range(40)])
    pruning = prune(scored(model, idle), scored(model, data))
    assert pruning.removable == 1 and pruning.cost.value == 0.5


def test_the_work_writes_what_can_be_read_again():
    told = []
    files = redundancy.measure({"run": "cnn", "n": 20, "seed": 3, "tolerance": 0.02}, lambda share, said: told.append(share))
    alone, pruning, pairs = read_measured(files["filters.json"])
    assert len(alone.losses) == 40 == len(pruning.order) and alone.n == 20 and len(pairs) == 10
    assert pruning.auroc[0] == pytest.approx(alone.auroc.value) and pruning.tolerance == 0.02
    assert told == sorted(told) and told[-1] < 1
    assert isinstance(pairs[0].more, Interval) and json.loads(files["filters.json"])


def test_halves_share_nothing():
    choose, report = halves(make_task("one_motif", {}).sample(21, 1))
    assert (len(choose), len(report)) == (10, 11)


def test_the_sentence_says_no_more_than_the_interval():
    sure, unsure = np.full(100, 0.0001), np.full(100, 0.01)
    say = lambda drop, parts: surgery_says("Zeroing filter 3", (5.0, 1.5), "GATA2", Skill(0.95, 0.9, np.zeros(100)),
                                           Skill(0.95 - drop, 0.8, parts))
    assert "from 5.00 to 1.50; the AUROC falls from 0.950 to 0.900 (a loss of 0.050 AUROC" in say(0.05, sure)
    assert "no more than chance explains" in say(0.05, unsure)
    assert "rises from 0.950 to 0.970" in say(-0.02, sure)
    same = Skill(0.95, 0.9, np.zeros(100))
    assert surgery_says("This", (-1.0, -1.0), "A", same, same) == (
        "This leaves the logit of A on this sequence at \u22121.00; the AUROC stays at 0.950.")


def test_a_model_without_filters_is_told():
    with pytest.raises(SeqVizError, match="no convolution"):
        after_first(Linear(torch.zeros(2, 4, 10)), one_hot("ACGTACGTAC"))


def test_a_known_motif_fits_the_shipped_filters():
    weights, left_out = log_odds_of(find_motif("MA0036.4"), 19)
    assert weights.shape == (4, 19) and left_out == 0
