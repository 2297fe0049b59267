"""Insertion by hand, against tangermeme, and where it does not fit."""

import numpy as np
import pytest
import torch
from tangermeme.marginalize import marginalize
from tangermeme.predict import predict
from toy_models import conv_model, linear_model

from seqviz_core.datasets import DATASETS, make_task
from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.backgrounds import background_words, backgrounds
from seqviz_core.experiments.insertion import (
    STRENGTHS,
    bayes_score,
    by_copies,
    by_position,
    by_strand,
    by_strength,
    change,
    class_odds,
    curve_of,
    effect_of,
    insert,
    logit_score,
    odds_score,
    written,
)
from seqviz_core.models import make_model
from seqviz_core.motifs import find_motif
from seqviz_core.sequences import decode, encode, gc_content, one_hot_encode, reverse_complement
from tests.experiments.pair_toys import FIRST, Counting, weak_backgrounds

CODES = backgrounds(40, 60, seed=1)
PATTERN = encode(["TGACTCA"])[0]


@pytest.mark.parametrize("position", [0, 13, 53])
def test_the_effect_is_tangermemes(position):
    model, X = conv_model(2, classes=3), one_hot_encode(CODES)
    before, after = marginalize(model, torch.from_numpy(X), "TGACTCA", start=position, device="cpu")
    found = insert(model, X, PATTERN, position, target=2)
    assert found.mean == pytest.approx(float((after - before)[:, 2].mean()), abs=1e-5) and found.n == 40


def test_each_sequence_changes_as_tangermeme_says_on_both_strands():
    model = conv_model(3)
    for strand, text in (("+", "TGACTCA"), ("-", reverse_complement("TGACTCA"))):
        before, after = marginalize(model, torch.from_numpy(one_hot_encode(CODES)), text, start=9, device="cpu")
        ours = change(logit_score(model, 0), CODES, [written(CODES, PATTERN, 9, strand)])[0]
        np.testing.assert_allclose(ours, (after - before)[:, 0].numpy(), atol=1e-5)


def test_a_linear_models_effect_is_its_weights():
    """Writing a pattern into a linear model adds its weights and takes those of what stood there."""
    model, start = linear_model(4, length=60), 20
    weight = model.weight.detach().numpy()[1]  # (4, L)
    place = np.arange(start, start + 7)
    expected = weight[PATTERN, place].sum() - weight[CODES[:, place], place].sum(1).mean()
    assert insert(model, one_hot_encode(CODES), PATTERN, start, 1).mean == pytest.approx(expected, abs=1e-5)


def test_an_unknown_base_of_the_pattern_keeps_the_background():
    assert decode(written(encode(["AAAAAA"]), encode(["GNC"])[0], 2)) == ["AAGACA"]
    assert decode(written(encode(["AAAAAA"]), encode(["GNT"])[0], 2, "-")) == ["AAAACA"]


def test_unknown_bases_of_the_backgrounds_stay():
    X = one_hot_encode(["ACNNNNGT"])
    assert insert(linear_model(0, length=8), X, encode(["N"])[0], 3, 0).mean == 0


def test_the_interval_is_the_means_spread():
    differences = np.random.default_rng(0).normal(2, 3, 400)
    found = effect_of(differences)
    error = differences.std() / 20
    assert found.mean == pytest.approx(differences.mean())
    assert found.low == pytest.approx(found.mean - 1.96 * error, abs=0.3 * error)
    assert found.high == pytest.approx(found.mean + 1.96 * error, abs=0.3 * error)


def test_one_background_has_no_interval():
    found = effect_of(np.array([1.5]))
    assert found.mean == 1.5 and np.isnan(found.low) and np.isnan(found.high)
    assert curve_of([0], np.ones((1, 5))).at(0).low == 1  # but five that agree have one of no width


def test_log_odds_of_a_class():
    logits = np.array([[3.0, 1.0, 1.0]])
    assert class_odds(logits, "softmax", 1)[0] == pytest.approx(1 - np.log(np.exp(3) + np.exp(1)))
    assert class_odds(logits, "sigmoid", 0)[0] == 3
    assert class_odds(np.array([[2.0, 0.0, -np.inf]]), "softmax", 1)[0] == pytest.approx(-2)


def test_log_odds_at_every_base_are_the_largest():
    logits = np.zeros((1, 2, 4))
    logits[0, 1] = [0, 5, -1, 2]
    assert class_odds(logits, "positions", 1)[0] == 5


def test_probability_and_log_odds_agree():
    model, task = make_model("cnn", {}, n_outputs=11, length=100, seed=0), DATASETS["in_class_danq"].presets["default"]
    codes = backgrounds(5, 100, seed=3)
    with torch.no_grad():
        p = task.probabilities(model(torch.from_numpy(one_hot_encode(codes))).numpy())[:, 4]
    np.testing.assert_allclose(odds_score(model, "softmax", 4)(codes), np.log(p / (1 - p)), atol=1e-5)


def test_the_bayes_score_of_one_motif_is_its_evidence():
    task = make_task("one_motif", {"motif": "MA0095.4", "length": 50, "both_strands": False})
    codes = backgrounds(3, 50, seed=0)
    np.testing.assert_allclose(bayes_score(task, 1)(codes), np.subtract(*task.bayes_logits(codes).T[::-1]))
    assert bayes_score(make_task("one_motif", {"background": "shuffled", "sequences": "ACGT" * 50}), 1) is None


def test_every_copy_counts_once():
    sites = np.tile(encode([FIRST]), (4 * 30, 1)).reshape(30, 4, -1)
    curve = by_copies(logit_score(Counting(), 1), weak_backgrounds(30, 40, 0), sites, seed=0)
    assert curve.x.tolist() == [1, 2, 3, 4] and curve.mean[0] == 1
    assert (np.diff(curve.mean) >= 1).all()  # two that touch can make one more


def test_a_position_is_counted_from_one_and_a_linear_model_has_another_effect_at_each():
    model = linear_model(5, length=60)
    curve = by_position(logit_score(model, 0), CODES, np.tile(PATTERN, (40, 1)), [0, 30])
    assert curve.x.tolist() == [1, 31]
    assert curve.mean[1] == pytest.approx(insert(model, one_hot_encode(CODES), PATTERN, 30, 0).mean, abs=1e-6)


def test_the_reverse_strand_is_the_reverse_complement():
    model = conv_model(6)
    curve = by_strand(logit_score(model, 0), CODES, np.tile(PATTERN, (40, 1)), 11)
    _, after = marginalize(model, torch.from_numpy(one_hot_encode(CODES)), "TGAGTCA", start=11, device="cpu")
    before = predict(model, torch.from_numpy(one_hot_encode(CODES)), device="cpu")
    assert curve.mean[1] == pytest.approx(float((after - before)[:, 0].mean()), abs=1e-5)


def test_stronger_sites_do_more_to_the_bayes_classifier():
    task = make_task("one_motif", {"motif": "MA0095.4", "length": 60, "both_strands": False})
    curve = by_strength(bayes_score(task, 1), CODES, find_motif("MA0095.4"), 25, seed=0)
    assert len(curve.x) == len(STRENGTHS) and (np.diff(curve.x) > 0).all() and (np.diff(curve.mean) > 0).all()
    null = by_strength(bayes_score(task, 1), CODES, find_motif("MA0095.4"), 25, seed=0, shuffled=True)
    np.testing.assert_array_equal(null.x, curve.x)
    assert null.mean[-1] < curve.mean[-1] / 4


@pytest.mark.parametrize("position, sentence", [(54, "cannot start at base 55 of 60; it can start at 1 to 54"),
                                                (-1, "cannot start")])
def test_a_place_outside_is_told(position, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        written(CODES, PATTERN, position)


def test_a_pattern_longer_than_the_sequences_is_told():
    with pytest.raises(SeqVizError, match="has 61 bases and the backgrounds have 60"):
        written(CODES, np.zeros(61, dtype=np.uint8), 0)


def test_backgrounds_have_the_gc_content_and_the_seed_decides():
    high = backgrounds(200, 100, gc=0.8, seed=1)
    assert gc_content(high).mean() == pytest.approx(0.8, abs=0.01)
    np.testing.assert_array_equal(high, backgrounds(200, 100, gc=0.8, seed=1))
    assert (high != backgrounds(200, 100, gc=0.8, seed=2)).any()


def test_shuffled_backgrounds_keep_dinucleotides():
    own = "ACGTTGCAACGGTACCGTTA" * 3
    made = decode(backgrounds(5, len(own), sequences=(own,), seed=0))
    pairs = lambda s: sorted(s[i:i + 2] for i in range(len(s) - 1))
    assert all(pairs(s) == pairs(own) for s in made) and own not in made
    with pytest.raises(SeqVizError, match="none has 100 known bases"):
        backgrounds(5, 100, sequences=(own,))
    assert background_words(5, 0.5, 1) == "5 dinucleotide shuffles of one sequence"
    assert background_words(1, 0.41, 0) == "1 random background (GC 41 %)"
