"""Positional encodings: each against its formula, term by term, and what the distance alone decides."""

import math

import pytest
import torch

from seqviz_core.errors import SeqVizError
from seqviz_core.models.architecture import initialise
from seqviz_core.models.internals import Span
from seqviz_core.models.positions import (
    POSITIONS,
    ALiBiAttention,
    RelativeAttention,
    RotaryAttention,
    by_distance,
    check_positions,
    distances,
    turned,
)

Q, K = torch.randn(2, 1, 2, 7, 6, generator=torch.Generator().manual_seed(0))  # each (1, 2 heads, 7, 6)


def made(kind):
    layer = kind(12, 2, Span())
    initialise(layer, seed=1)
    return layer


def test_rotary_scores_are_products_of_pairs_turned_by_the_distance():
    """q_i k_j as complex numbers: Re sum over pairs of q conj(k) exp(i rate (i - j))."""
    scores = made(RotaryAttention).scores(Q, K)
    rate = 10_000.0 ** (-torch.arange(0, 6, 2) / 6)
    q, k = (torch.view_as_complex(x.unflatten(-1, (3, 2)).contiguous()) for x in (Q, K))
    for i in range(7):
        for j in range(7):
            turn = torch.exp(1j * rate * (i - j))
            expected = (q[0, :, i] * k[0, :, j].conj() * turn).real.sum(-1) / math.sqrt(6)
            assert torch.allclose(scores[0, :, i, j], expected, atol=1e-5)


def test_turning_keeps_lengths_and_place_zero():
    table = torch.stack([torch.tensor([0.0, 1.0] * 3), torch.tensor([1.0, 0.0] * 3)])  # angles 0 and 90 degrees
    x = torch.arange(1.0, 13).view(1, 1, 2, 6)
    out = turned(x, table)[0, 0]
    assert torch.equal(out[0], x[0, 0, 0]) and out[1].tolist() == [-8, 7, -10, 9, -12, 11]


def test_alibi_slopes_by_hand():
    layer = ALiBiAttention(8, 4, Span())
    scores = layer.scores(torch.zeros(1, 4, 5, 2), torch.zeros(1, 4, 5, 2))[0]
    assert scores[:, 0, 3].tolist() == [-3 / 4, -3 / 16, -3 / 64, -3 / 256] and torch.equal(scores, scores.transpose(1, 2))
    assert not scores.diagonal(dim1=1, dim2=2).any()


def test_relative_scores_are_the_four_terms_of_transformer_xl():
    layer = made(RelativeAttention)
    with torch.no_grad():
        layer.content.bias.normal_(generator=torch.Generator().manual_seed(3))
        layer.place.bias.normal_(generator=torch.Generator().manual_seed(4))
    scores = layer.scores(Q, K)
    u, v, w = layer.content.bias[:, 0], layer.place.bias[:, 0], layer.distance.weight.view(2, 6, 12)
    for i in range(7):
        for j in range(7):
            waves = [f((i - j) * 10_000 ** (-2 * m / 12)) for m in range(6) for f in (math.sin, math.cos)]
            r = w @ torch.tensor(waves)  # (2 heads, 6)
            q, k = Q[0, :, i], K[0, :, j]
            expected = (q * k + u * k + q * r + v * r).sum(-1) / math.sqrt(6)
            assert torch.allclose(scores[0, :, i, j], expected, atol=1e-5)


def test_by_distance_picks_the_column_of_query_minus_key():
    table = torch.arange(-3.0, 4).expand(1, 1, 4, 7)  # each column holds its distance
    assert torch.equal(by_distance(table)[0, 0], distances(4, torch.device("cpu")).float())


@pytest.mark.parametrize("kind", [RotaryAttention, ALiBiAttention, RelativeAttention])
def test_equal_tokens_are_told_apart_by_distance_only(kind):
    q, k = Q[:, :, :1].expand(-1, -1, 7, -1), K[:, :, :1].expand(-1, -1, 7, -1)
    scores = made(kind).scores(q, k)[0]  # (2, 7, 7)
    assert torch.allclose(scores[:, 1:, 1:], scores[:, :-1, :-1], atol=1e-6)
    assert scores[:, 0].std() > 1e-3


def test_widths_that_do_not_work_are_told():
    with pytest.raises(SeqVizError, match="5 does not divide"):
        check_positions("none", 48, 5)
    with pytest.raises(SeqVizError, match="leave 3 of 12"):
        check_positions("rotary", 12, 4)
    for name in POSITIONS:
        check_positions(name, 12, 2)
