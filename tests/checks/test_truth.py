import numpy as np
import pytest
import torch
from toy_models import ConvReluMax, one_hot, random_sequences

from seqviz_core.attribution import METHODS, attribute
from seqviz_core.checks import spread, truth_by_sequence, truth_score
from seqviz_core.errors import SeqVizError
from seqviz_core.models import Span, record


def test_by_hand():
    """Planted bases score 4 and 2, the others 3, 1, 0: of 6 pairs 5 are in order; precisions 1/1 and 2/3."""
    score = truth_score(np.array([4, 3, 2, 1, 0]), np.array([1, 0, 1, 0, 0]), seed=0)
    assert score.auroc == pytest.approx(5 / 6) and score.auprc == pytest.approx((1 + 2 / 3) / 2)
    assert (score.n_positions, score.n_planted, score.n_sequences) == (5, 2, 1)


def test_mean_over_the_sequences_that_have_sites():
    """A pooled score would not be (1 + 0) / 2: the second sequence's scores are a hundred times larger."""
    scores = np.array([[2, 1, 0, 0], [0, 100, 200, 300], [9, 9, 9, 9], [1, 2, 3, 4]])
    mask = np.array([[1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1]])
    score = truth_score(scores, mask, seed=0)
    assert score.auroc == 0.5 and score.auprc == pytest.approx((1 + 1 / 4) / 2)
    assert (score.n_positions, score.n_planted, score.n_sequences) == (8, 2, 2)


def test_ties_and_no_knowledge():
    mask = np.zeros(50, bool)
    mask[10:20] = True
    flat = truth_score(np.zeros(50), mask, seed=0)
    assert flat.auroc == flat.null_auroc == 0.5
    assert [flat.auprc, flat.null_auprc] == pytest.approx([0.2, 0.2])


def test_by_sequence_are_the_figures_whose_mean_is_told():
    scores = np.array([[2, 1, 0, 0], [0, 100, 200, 300], [9, 9, 9, 9], [1, 2, 3, 4]])
    mask = np.array([[1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1]])
    areas, precisions = truth_by_sequence(scores, mask)
    assert areas[:2].tolist() == [1, 0] and precisions[:2].tolist() == [1, 0.25]
    assert np.isnan(areas[2:]).all() and np.isnan(precisions[2:]).all()


def test_null_knows_nothing_and_is_seeded():
    rng = np.random.default_rng(0)
    mask = np.zeros((200, 60), bool)
    mask[:, 20:32] = True
    perfect = mask + 0.1 * rng.random(mask.shape)
    score = truth_score(perfect, mask, seed=1, n_shuffles=3)
    assert score.auroc == score.auprc == 1
    assert score.null_auroc == pytest.approx(0.5, abs=0.02) and score.null_auprc == pytest.approx(0.2, abs=0.06)
    assert truth_score(perfect, mask, seed=1, n_shuffles=3) == score
    assert truth_score(perfect, mask, seed=2, n_shuffles=3).null_auroc != score.null_auroc


def test_refuses_what_cannot_be_scored():
    with pytest.raises(SeqVizError, match="there is none"):
        truth_score(np.arange(5), np.zeros(5), seed=0)
    with pytest.raises(SeqVizError, match="finite"):
        truth_score(np.array([1, np.nan, 2]), np.array([1, 0, 0]), seed=0)
    with pytest.raises(ValueError, match="one shape"):
        truth_score(np.arange(5), np.zeros(4), seed=0)


def test_spread_by_hand():
    values = np.array([[1.0, 5.0, 2.0], [-3.0, -1.0, -2.0]])
    np.testing.assert_array_equal(spread(values, Span(1, 0, 2), 4), [[1, 5, 5, 2], [-3, -1, -1, -2]])
    np.testing.assert_array_equal(spread(values, Span(1, -1, 3), 3), [[5, 5, 5], [-1, -1, -1]])  # padded at both ends
    np.testing.assert_array_equal(spread(values, Span(3, 1, 2), 9), [[1, 1, 1, 1, 5, 5, 1, 2, 2],
                                                                     [-3, -3, -3, -3, -1, -1, -3, -2, -2]])  # gaps rank last


def test_spread_equals_the_loop():
    rng, span, length = np.random.default_rng(0), Span(4, -6, 11), 30
    values = rng.normal(size=(3, 8))
    for unit, row in enumerate(spread(values, span, length)):
        for base in range(length):
            seen = [values[unit, p] for p in range(8) if p * 4 - 6 <= base < p * 4 - 6 + 11]
            assert row[base] == (max(seen) if seen else values[unit].min())


MOTIF, LENGTH = "TGACTCA", 60


def planted(n, seed):
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, LENGTH - len(MOTIF) + 1, n)
    sequences = [s[:i] + MOTIF + s[i + len(MOTIF):] for s, i in zip(random_sequences(n, LENGTH, seed), starts)]
    mask = (np.arange(LENGTH) >= starts[:, None]) & (np.arange(LENGTH) < starts[:, None] + len(MOTIF))
    return one_hot(*sequences), mask


@pytest.fixture
def knowing_model():
    """One filter, equal to the planted motif, that fires from six of seven matches on: 1 where a base matches, -1 elsewhere."""
    filters = torch.from_numpy(2 * one_hot(MOTIF) - 1)  # (1, 4, 7): 7 at a full match, less 2 for each miss
    return ConvReluMax(filters, torch.tensor([[1.0]]), threshold=4.0)


@pytest.mark.parametrize("method", [name for name in METHODS.names() if name != "attention_rollout"])  # the model has none
def test_every_method_finds_what_was_planted(method, knowing_model):
    X, mask = planted(40, seed=1)
    if METHODS[method].correctable:
        scores = attribute(method, knowing_model, X, 0, corrected=True).observed
    else:
        scores = attribute(method, knowing_model, X, 0).observed
    score = truth_score(np.abs(scores), mask, seed=0)
    assert score.auroc > 0.95 and score.auprc > 0.8
    assert score.null_auroc == pytest.approx(0.5, abs=0.05) and score.null_auprc < 0.3


def test_a_filter_that_knows_nothing_finds_nothing():
    X, mask = planted(100, seed=2)
    generator = torch.Generator().manual_seed(3)
    model = ConvReluMax(torch.randn(1, 4, 7, generator=generator), torch.tensor([[1.0]]))
    scores = np.random.default_rng(0).normal(size=mask.shape)
    assert truth_score(scores, mask, seed=0).auroc == pytest.approx(0.5, abs=0.05)
    assert truth_score(np.abs(attribute("saliency", model, X, 0).observed), mask, seed=0).auroc < 0.8


def test_a_feature_map_can_be_scored(knowing_model):
    X, mask = planted(40, seed=3)
    found = record(knowing_model, torch.from_numpy(X))["conv"]
    scores = np.stack([spread(value, found.span, LENGTH)[0] for value in found.value.numpy()])
    score = truth_score(scores, mask, seed=0)
    assert score.auroc > 0.95 and score.null_auroc == pytest.approx(0.5, abs=0.05)
