"""Pairs: the interaction of a product and of a sum by hand, and the effects against tangermeme's."""

import numpy as np
import pytest
import torch
from tangermeme.space import space
from toy_models import conv_model

from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.backgrounds import backgrounds
from seqviz_core.experiments.insertion import logit_score
from seqviz_core.experiments.spacing import by_gap, gap_grid, pair_start
from seqviz_core.sequences import encode, one_hot_encode
from tests.experiments.pair_toys import FIRST, SECOND, Ordered, Product, Sum, weak_backgrounds

CODES, GAPS = weak_backgrounds(30, 50, 1), [0, 1, 5, 20]
LEFT, RIGHT = (encode([motif] * 30) for motif in (FIRST, SECOND))
SEPARATE = GAPS[1:]  # side by side, the end of one and the beginning of the other could make something new


def test_a_product_is_all_interaction():
    found = by_gap(logit_score(Product(), 1), CODES, LEFT, RIGHT, SEPARATE)
    np.testing.assert_array_equal(found.together.mean, 3)
    np.testing.assert_array_equal(found.interaction.mean, 3)


def test_a_sum_has_none_exactly():
    found = by_gap(logit_score(Sum(), 1), CODES, LEFT, RIGHT, SEPARATE)
    np.testing.assert_array_equal(found.together.mean, 3)
    np.testing.assert_array_equal(found.interaction.mean, 0)
    np.testing.assert_array_equal([found.interaction.low, found.interaction.high], 0)


def test_a_limited_detector_gives_up_at_its_limit_and_minds_the_order():
    score, gaps = logit_score(Ordered(0, 7), 1), [1, 6, 7, 8, 20]
    np.testing.assert_array_equal(by_gap(score, CODES, LEFT, RIGHT, gaps).interaction.mean, [4, 4, 4, 0, 0])
    np.testing.assert_array_equal(by_gap(score, CODES, RIGHT, LEFT, gaps).interaction.mean, 0)


def test_the_effect_is_tangermemes():
    codes, model = backgrounds(25, 60, seed=4), conv_model(1)
    before, after = space(model, torch.from_numpy(one_hot_encode(codes)), [FIRST, SECOND], [[gap] for gap in GAPS], start=7,
                          device="cpu")
    expected = (after - before[:, None]).mean(0)[:, 1]
    found = by_gap(logit_score(model, 1), codes, LEFT[:25], RIGHT[:25], GAPS, start=7)
    np.testing.assert_allclose(found.together.mean, expected.numpy(), atol=1e-5)


def test_the_widest_pair_stands_in_the_middle():
    assert pair_start(50, (4, 5), 21) == 10
    with pytest.raises(SeqVizError, match="need 51 bases; the backgrounds have 50"):
        pair_start(50, (4, 5), 42)


def test_the_gaps_asked_hold_the_planted_ones():
    assert gap_grid(3, 16) == [0, 1, 2, 3]
    found = gap_grid(100, 16, always=(12, 20, 400))
    assert {0, 12, 20, 100} <= set(found) and len(found) <= 18
