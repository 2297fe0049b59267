"""The scorecard against `truth_score`, against channels made from the truth, and on a shipped model."""

from importlib import import_module

import numpy as np
import pytest

from seqviz_core.checks import Channel, Channels, model_scorecard, planted_columns, scorecard, truth_score
from seqviz_core.checks.scorecard import ANY
from seqviz_core.datasets import DATASETS
from seqviz_core.errors import SeqVizError
from seqviz_core.motif_discovery import filter_motifs
from seqviz_core.motifs import library_with, tomtom
from seqviz_core.training import pretrained_store

TASK = DATASETS["in_class_danq"].presets["default"]


@pytest.fixture(scope="module")
def data():
    return TASK.sample(55, 7)


def channels(scores):
    return Channels(tuple(Channel("feature_map", "made", i, "channel") for i in range(len(scores))), scores.astype(np.float32))


def test_columns_are_any_motif_and_each_one(data):
    columns = planted_columns(data)
    assert [c.name for c in columns] == [ANY, *(m.name for m in TASK.motifs)]
    assert np.array_equal(columns[0].rows, np.flatnonzero(data.labels < 10)) and [len(c.rows) for c in columns] == [50] + 10 * [5]
    for index, column in enumerate(columns[1:]):
        assert np.array_equal(column.rows, np.flatnonzero(data.labels == index))
        assert column.mask.sum() == 5 * TASK.motifs[index].width


def test_a_channel_made_from_the_truth_is_perfect_and_only_for_its_motif(data):
    columns, rng = planted_columns(data), np.random.default_rng(0)
    oracle = np.zeros((10, *data.codes.shape))
    for index, column in enumerate(columns[1:]):
        oracle[index, column.rows] = column.mask
    card = scorecard([channels(oracle + 1e-3 * rng.random(oracle.shape))], columns)
    assert np.array_equal(np.diag(card.auroc[:, 1:]), np.ones(10)) and np.array_equal(np.diag(card.auprc[:, 1:]), np.ones(10))
    others = card.auroc[:, 1:][~np.eye(10, dtype=bool)]
    assert others.mean() == pytest.approx(0.5, abs=0.03) and others.max() < 0.9
    assert card.best() == card.best("auroc") | {ANY: card.best()[ANY]}
    assert [card.best()[m.name] for m in TASK.motifs] == list(range(10)) and not card.missed()


def test_random_channels_fall_within_the_null_and_find_nothing(data):
    columns = planted_columns(data)
    noise = [np.random.default_rng(seed).normal(size=(30, *data.codes.shape)) for seed in range(4)]
    found = [scorecard([channels(scores)], columns, seed=seed) for seed, scores in enumerate(noise)]
    for card in found:
        assert np.abs(card.auroc.mean(axis=0) - card.null_auroc).max() < 0.06
        assert np.abs(card.auprc.mean(axis=0) - card.null_auprc).max() < 0.06
    share = np.mean([card.found().any(axis=0) for card in found])
    assert share < 0.2  # one in twenty columns is meant to be "found" by chance


def test_smooth_noise_is_held_against_smooth_chance(data):
    """Wide bumps rank a whole motif high or low at once: a shuffled map would call that a find, a turned one does not."""
    columns, rng = planted_columns(data), np.random.default_rng(5)
    bumps = np.stack([np.convolve(row, np.ones(25), "same") for row in rng.normal(size=(20 * len(data), 100))])
    card = scorecard([channels(bumps.reshape(20, len(data), 100))], columns)
    rough = scorecard([channels(rng.normal(size=(20, *data.codes.shape)))], columns)
    assert (card.chance_auroc > rough.chance_auroc).mean() > 0.9 and card.found().any(axis=0).mean() < 0.3


def test_the_figures_are_those_of_truth_score(data):
    columns = planted_columns(data)
    scores = np.random.default_rng(1).integers(5, size=(3, *data.codes.shape)).astype(float)  # many ties
    card = scorecard([channels(scores[:2]), channels(scores[2:])], columns)
    for k in range(3):
        for m, column in enumerate(columns):
            one = truth_score(scores[k, column.rows], column.mask, seed=0)
            assert card.auroc[k, m] == pytest.approx(one.auroc) and card.auprc[k, m] == pytest.approx(one.auprc)
            assert (card.n_sequences[m], card.n_planted[m], card.n_positions[m]) == (
                one.n_sequences, one.n_planted, one.n_positions)
    again = scorecard([channels(scores)], columns)
    assert np.allclose(again.chance_auroc, card.chance_auroc) and np.allclose(again.null_auprc, card.null_auprc)


def test_of_the_shipped_cnn_the_filter_that_looks_like_a_motif_is_its_best_channel(data):
    """Two roads to the same filter: where it fires, and what it fires on."""
    model = pretrained_store().get("cnn").load_model()
    card = model_scorecard(model, data, methods=("saliency",))
    filters = [f for f in filter_motifs(model, TASK.sample(400, 3).codes) if f.motif is not None]
    library = library_with(TASK.motifs)
    matches = tomtom([f.motif for f in filters], library)
    looks_like = {f.motif.id: matches.best(k, among=[library.index(m) for m in TASK.motifs]) for k, f in enumerate(filters)}
    best = card.best("auroc", kind="feature_map")
    agree = [looks_like[f"filter_{card.channels[best[m.name]].index}"].target == m for m in TASK.motifs]
    assert sum(agree) >= 8 and not card.missed("auroc")
    saliency = [i for i, c in enumerate(card.channels) if c.name == "Saliency"]
    assert card.auroc[saliency, 0] > 0.95 and card.null_auroc[0] == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("run", ["lstm", "attention"])
def test_gates_and_heads_are_scored_too(run, data):
    card = model_scorecard(pretrained_store().get(run).load_model(), data)
    kinds = {c.kind for c in card.channels}
    assert {"gate", "state"} <= kinds if run == "lstm" else {"attention", "embedding"} <= kinds
    assert card.auroc.shape == (len(card.channels), 11) and np.isfinite(card.auroc).all() and len(card.missed()) < 3
    for kind in kinds:
        assert card.channels[card.best(kind=kind)[ANY]].kind == kind


def test_one_motif_has_one_column_and_motifs_of_one_name_are_told_apart():
    one = DATASETS["one_motif"].presets["default"].sample(20, 1)
    assert [c.name for c in planted_columns(one)] == [one.motifs[0].name]


def test_nothing_planted_and_nothing_to_score_are_said():
    real = DATASETS["uci_promoters"].presets["default"].sample(5, 1)
    with pytest.raises(SeqVizError, match="planted sites; there are none"):
        planted_columns(real)
    with pytest.raises(SeqVizError, match="no channel"):
        scorecard([], planted_columns(TASK.sample(11, 1)))


def test_a_few_channels_and_sequences_at_a_time_give_the_same_figures(monkeypatch):
    """What bounds the memory changes no figure; models and sets of any size go through it."""
    model = next(run for run in pretrained_store().runs() if run.spec.architecture == "attention").load_model()
    some = TASK.sample(20, 3)
    whole = model_scorecard(model, some)
    scorecard_module = import_module("seqviz_core.checks.scorecard")  # its name is the function's in the package
    sizes, record = [], scorecard_module.record
    monkeypatch.setattr(scorecard_module, "record", lambda model, X: sizes.append(len(X)) or record(model, X))
    monkeypatch.setattr(scorecard_module, "_BASES_AT_ONCE", 700)
    ranks, ranked = [], scorecard_module.rank_rows
    monkeypatch.setattr(scorecard_module, "rank_rows", lambda scores: ranks.append(scores.size) or ranked(scores))
    monkeypatch.setattr(scorecard_module, "_AT_ONCE", 10_000)
    parts = model_scorecard(model, some)
    assert sizes == [7, 7, 6] and max(ranks) <= 10_000 and parts.channels == whole.channels
    for name in ("auroc", "auprc", "null_auroc", "null_auprc", "chance_auroc", "chance_auprc"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), atol=1e-4)
