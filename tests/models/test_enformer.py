"""Enformer's parts against their definitions; its tower, its bins, its answer per base."""

import math

import numpy as np
import pytest
import torch
from toy_models import one_hot, random_sequences

from seqviz_core.errors import SeqVizError
from seqviz_core.models import make_model, record
from seqviz_core.models.architecture import initialise
from seqviz_core.models.enformer import tower_widths
from seqviz_core.models.enformer_blocks import DistanceAttention, PairPooling, distance_features
from seqviz_core.models.internals import Span

X = torch.from_numpy(one_hot(*random_sequences(3, 41, seed=0)))


def made(per_position=False, **settings):
    settings = {"width": 24, "heads": 2, "key": 4, **settings}
    return make_model("enformer", settings, n_outputs=3, length=41, seed=2, per_position=per_position)


def test_widths_of_the_published_tower():
    assert tower_widths(1536, 6) == [768, 768, 896, 1024, 1152, 1280, 1536]
    assert tower_widths(48, 1) == [24, 48] and tower_widths(48, 0) == [48]


def test_pooling_begins_as_a_soft_maximum_and_keeps_a_last_single_position():
    pool = PairPooling(2)
    initialise(pool, 0)
    with torch.no_grad():
        assert torch.allclose(pool.score.weight[..., 0], 2 * torch.eye(2), atol=0.1)
        pool.score.weight[..., 0] = 2 * torch.eye(2)
    out = pool(torch.tensor([[[0.0, 1.0, 3.0], [5.0, -5.0, 0.5]]]))[0]
    share = 1 / (1 + math.exp(-2))  # of the larger one, which leads by 1
    assert torch.allclose(out[0], torch.tensor([share, 3.0])) and torch.allclose(out[1], torch.tensor([5.0, 0.5]), atol=1e-4)


def test_distance_functions_by_hand():
    f = distance_features(4, 12, 16, like=torch.zeros(1)).double()  # distances -3 ... 3, two functions a family
    assert f.shape == (7, 12)
    d = np.abs(np.arange(-3, 4))
    assert np.allclose(f[:, 0], 0.5 ** (d / 8)) and np.allclose(f[:, 1], 0.5 ** (d / 16))  # half lives 8 and the reach
    assert f[:, 2].tolist() == [float(x < 1) for x in d] and f[:, 3].tolist() == [float(x < 3) for x in d]
    gamma = np.stack([d ** 3.0 * np.exp(-0.5 * d) * 0.5 ** 4 / math.gamma(4),  # mean 8, standard deviation 4
                      d ** 15.0 * np.exp(-1.0 * d) / math.gamma(16)], axis=1) + 1e-8  # mean 16
    assert np.allclose(f[:, 4:6], gamma / gamma.max(1, keepdims=True), atol=1e-6)
    signed = torch.arange(-3, 4).sign()[:, None]
    assert torch.equal(f[:, 6:], f[:, :6] * signed)


def test_attention_is_softmax_of_content_and_distance_terms():
    layer = DistanceAttention(12, 2, 3, 5, Span(), 0.0)
    initialise(layer, 1)
    with torch.no_grad():
        layer.content.bias.normal_(generator=torch.Generator().manual_seed(3))
        layer.place.bias.normal_(generator=torch.Generator().manual_seed(4))
    x = torch.randn(1, 5, 12, generator=torch.Generator().manual_seed(0))
    f = distance_features(5, 6, 5, like=x)
    by_head = lambda linear, h, y: y @ linear.weight.chunk(2)[h].T
    mixed = []
    for h in range(2):
        q, k, v, r = (by_head(part, h, y) for part, y in ((layer.query, x[0]), (layer.key, x[0]), (layer.value, x[0]),
                                                          (layer.distance, f)))
        q = q / math.sqrt(3)
        u, v_ = layer.content.bias[h, 0], layer.place.bias[h, 0]
        scores = torch.stack([torch.stack([(q[i] + u) @ k[j] + (q[i] + v_) @ r[i - j + 4] for j in range(5)]) for i in range(5)])
        mixed.append(scores.softmax(-1) @ v)
    assert torch.allclose(layer(x)[0], layer.out(torch.cat(mixed, -1)), atol=1e-5)


@pytest.mark.parametrize("read_out", ["max", "mean"])
def test_bins_and_their_bases(read_out):
    model = made(blocks=2, read_out=read_out)
    trace = record(model, X)
    assert trace["stem_map"].value.shape == (3, 12, 41) and trace["block2"].value.shape == (3, 24, 11)
    embedding = trace["layer2.embedding"]
    assert embedding.value.shape == (3, 24, 6) and embedding.span.stride == 8
    with torch.no_grad():
        bins = model.pointwise(embedding.value)
        pooled = bins.max(-1).values if read_out == "max" else bins.sum(-1) / 6
        assert torch.allclose(trace.logits, model.read_out(pooled), atol=1e-5)


def test_per_base_every_base_of_a_bin_gets_the_answer_of_the_bin():
    trace = record(made(per_position=True), X)
    logits = trace.logits  # bins of four
    assert logits.shape == (3, 3, 41) and torch.equal(logits[..., 0:4], logits[..., :1].expand(-1, -1, 4))
    assert not torch.equal(logits[..., 3], logits[..., 4])


def test_it_tells_the_order_of_bins():
    """The same bins in another order: a shift by whole bins inside uniform ends changes what distances say."""
    near, far = "A" * 16 + "CGTGGCAT" * 2 + "A" * 16, "A" * 12 + "CGTGGCAT" + "A" * 8 + "CGTGGCAT" + "A" * 12
    logits = [record(made(read_out="mean", stem_width=3), torch.from_numpy(one_hot(s))).logits for s in (near, far)]
    assert (logits[0] - logits[1]).abs().max() > 1e-4


def test_widths_that_do_not_work_are_told():
    with pytest.raises(SeqVizError, match="Width: 24 with 3 heads .* such as 36 or 72"):
        made(heads=3)
