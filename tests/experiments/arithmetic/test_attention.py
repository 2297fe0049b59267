"""Scores and softmax of one query, by hand."""

import numpy as np
import pytest
import torch
from torch import nn

from seqviz_core.experiments.arithmetic import arithmetic
from seqviz_core.models.internals import Span, name_probes
from seqviz_core.models.layers import AttentionPooling, SelfAttention
from seqviz_core.models.positions import ALiBiAttention
from tests.toy_models import one_hot


def X_of(sequence: str) -> torch.Tensor:
    return torch.from_numpy(one_hot(sequence))


class Looks(nn.Module):
    """Bases straight into attention whose query, key and value are the bases themselves."""

    def __init__(self, attention: type[SelfAttention]):
        super().__init__()
        self.attention = attention(4, 1, Span())
        self.attention.query_key_value.weight.data.copy_(torch.eye(4).repeat(3, 1))
        self.attention.query_key_value.bias.data.zero_()
        name_probes(self)

    def forward(self, X):
        return self.attention(X.transpose(1, 2)).mean(1)


@pytest.mark.parametrize(("attention", "slope"), [(SelfAttention, None), (ALiBiAttention, 2.0**-8)])
def test_attention_scores_by_hand(attention, slope):
    terms = arithmetic(Looks(attention), X_of("GAGT"), "attention.pattern", 0, 2)
    assert terms.content.tolist() == [0.5, 0, 0.5, 0] and terms.scale == 0.5  # 1 where the base is the same, over sqrt(4)
    assert terms.query.tolist() == [0, 0, 1, 0] and terms.keys.argmax(axis=1).tolist() == [2, 0, 2, 3]
    distance = np.zeros(4) if slope is None else -slope * np.array([2, 1, 0, 1])
    assert (terms.distance is None) if slope is None else np.allclose(terms.distance, distance, atol=1e-7)
    risen = np.exp(np.array([0.5, 0, 0.5, 0]) + distance)
    assert np.allclose(terms.pattern, risen / risen.sum(), atol=1e-6) and np.allclose(terms.shares, terms.pattern, atol=1e-6)
    assert set(terms.top(2)) == {0, 2} and terms.bases == ((0, 1), (1, 2), (2, 3), (3, 4)) and not terms.learned


def test_a_pooling_asks_with_a_learned_query():
    class Pooled(nn.Module):
        def __init__(self):
            super().__init__()
            self.pool = AttentionPooling(4, Span())
            self.pool.score.weight.data.copy_(torch.tensor([[0.0, 1.0, 2.0, 3.0]]))
            self.pool.score.bias.data.fill_(0.25)
            name_probes(self)

        def forward(self, X):
            return self.pool(X)

    terms = arithmetic(Pooled(), X_of("TAC"), "pool.pattern", 0, 0)
    assert terms.learned and terms.content.tolist() == [3.25, 0.25, 1.25] and terms.top(1) == [0]
    assert (terms.query.tolist(), terms.bias) == ([0, 1, 2, 3], 0.25)
