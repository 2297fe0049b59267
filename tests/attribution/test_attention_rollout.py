import numpy as np
import pytest
import torch
from torch import nn
from toy_models import conv_model, one_hot, random_sequences

from seqviz_core.attribution import METHODS, attribute
from seqviz_core.errors import SeqVizError
from seqviz_core.models import intervene, make_model, record
from seqviz_core.models.internals import Probe, Span, name_probes

AXES = ("sequence", "head", "query", "key")


class Fixed(nn.Module):
    """Shows the attention patterns it was given, whatever the sequence; a token is `stride` bases."""

    def __init__(self, *patterns, stride=1):
        super().__init__()
        self.patterns = patterns  # each (head, query, key)
        for i in range(len(patterns)):
            self.add_module(f"layer{i}", Probe("attention", AXES, Span(stride, 0, stride)))
        name_probes(self)

    def forward(self, X):
        for i, pattern in enumerate(self.patterns):
            self.get_submodule(f"layer{i}")(torch.as_tensor(pattern, dtype=X.dtype).expand(len(X), -1, -1, -1))
        return X.sum(2)[:, :2]


BACK = [[[1.0, 0], [1, 0]]]  # both tokens look at the first
SWAP = [[[0.0, 1], [1, 0]]]


@pytest.mark.parametrize("patterns, shares", [
    ([BACK], [0.75, 0.25]),  # half of each layer is passed on: rows (1, 0) and (.5, .5), and their mean
    ([SWAP], [0.5, 0.5]),
    ([SWAP, BACK], [0.5, 0.5]),  # rows of BACK (1, 0), (.5, .5) times rows (.5, .5), (.5, .5)
    ([BACK, SWAP], [0.75, 0.25]),
    ([BACK, BACK], [0.875, 0.125]),
    ([[*SWAP, *BACK]], [0.625, 0.375]),  # two heads count half each: rows (.75, .25) and (.5, .5)
    ([BACK, [[[0.0, 1]]]], [0.5, 0.5]),  # a read-out that takes the second token alone: its row
    ([[[[0.0, 1]]], BACK], [0.75, 0.25])])  # pooling before the layers is no read-out
def test_hand_arithmetic(patterns, shares):
    np.testing.assert_allclose(attribute("attention_rollout", Fixed(*patterns), one_hot("AC"), 0).observed, [shares])
    tokens_of_two = attribute("attention_rollout", Fixed(*patterns, stride=2), one_hot("ACGT"), 0).observed
    np.testing.assert_allclose(tokens_of_two, [np.repeat(shares, 2) / 2])


@pytest.mark.parametrize("read_out", ["mean", "attention"])
def test_equals_the_product_written_out(read_out):
    model = make_model("attention", {"read_out": read_out, "stem_pool": 1, "stem_width": 3}, n_outputs=2, length=20, seed=0)
    X = one_hot(*random_sequences(2, 20, seed=0))
    patterns = [p.value.double().numpy() for p in record(model, torch.from_numpy(X)).of_kind("attention")]
    for n in range(2):
        flow = np.eye(20)
        for pattern in patterns[:2]:
            flow = (pattern[n].mean(0) + np.eye(20)) / 2 @ flow
        tokens = (patterns[2][n, 0] @ flow)[0] if read_out == "attention" else flow.mean(0)
        bases = np.convolve(tokens, np.ones(3) / 3, "same")
        bases[[0, 1]] += tokens[0] / 6  # the first and the last token see two bases, so give each a half, not a third
        bases[[-1, -2]] += tokens[-1] / 6
        observed = attribute("attention_rollout", model, X, 0).observed[n]
        np.testing.assert_allclose(observed, bases, atol=1e-6)
        assert observed.sum() == pytest.approx(1, abs=1e-6)


def test_the_class_does_not_matter_but_has_to_be_there():
    model, X = make_model("attention", {}, n_outputs=2, length=40, seed=0), one_hot(*random_sequences(2, 40, seed=1))
    first, second = (attribute("attention_rollout", model, X, target).values for target in (0, 1))
    np.testing.assert_array_equal(first, second)
    assert (first >= 0).all() and not METHODS["attention_rollout"].signed
    with pytest.raises(SeqVizError, match="no class 2"):
        attribute("attention_rollout", model, X, 2)


def test_an_edited_pattern_counts():
    model, X = Fixed(BACK), one_hot("AC")
    with intervene({"layer0": lambda value, positions: value.flip(-1)}):
        np.testing.assert_allclose(attribute("attention_rollout", model, X, 0).observed, [[0.25, 0.75]])


@pytest.mark.parametrize("model, reason", [
    (conv_model(), "it has no attention."), (Fixed([[[0.5, 0.5]]]), "there are no layers of it to follow."),
    (Fixed(BACK, np.eye(3)[None]), "look at different numbers of tokens."),
    (make_model("lstm", {"read_out": "attention"}, n_outputs=2, length=40, seed=0), "there are no layers of it to follow.")])
def test_refuses_with_the_reason(model, reason):
    assert METHODS["attention_rollout"].supports(model).endswith(reason)
    with pytest.raises(SeqVizError, match=f"Attention rollout does not apply to this model: .*{reason}"):
        attribute("attention_rollout", model, one_hot(*random_sequences(1, 40, seed=0)), 0)
