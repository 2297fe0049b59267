"""DanQ: its forward pass written out, the published sizes, filters started from JASPAR."""

import pytest
import torch
from torch.nn import functional as F
from toy_models import one_hot, random_sequences

from seqviz_core.errors import SeqVizError
from seqviz_core.models import make_model, record
from seqviz_core.motifs import jaspar

X = torch.from_numpy(one_hot(*random_sequences(3, 62, seed=0)))


def made(**settings):
    small = {"filters": 6, "width": 9, "pool": 5, "units": 5, "hidden": 7}
    return make_model("danq", {**small, **settings}, n_outputs=3, length=62, seed=2)


@pytest.mark.parametrize("padding, positions", [("same", 13), ("valid", 10)])  # ceil(62 / 5), floor((62 - 8) / 5)
def test_it_is_convolution_pool_lstm_flatten_and_two_dense_layers(padding, positions):
    model = made(padding=padding)
    w, b = model.first_conv.weight, model.first_conv.bias
    with torch.no_grad():
        if padding == "valid":
            pooled = F.max_pool1d(F.conv1d(X, w, b).relu(), 5)
        else:
            pooled = F.max_pool1d(F.conv1d(X, w, b, padding=4).relu(), 5, ceil_mode=True)
        h, _ = model.lstm.fused(pooled.transpose(1, 2))
        first, last = model.head[1], model.head[3]
        expected = last(first(h.transpose(1, 2).reshape(3, -1)).relu())
    assert pooled.shape == (3, 6, positions) and first.in_features == 10 * positions
    assert torch.allclose(record(model, X).logits, expected, atol=1e-6)


def test_a_valid_token_sees_only_where_filters_fit_whole():
    model = made(padding="valid")
    span = record(model, X)["lstm.left_to_right.i"].span
    assert span.bases(0, 62) == (0, 13) and span.bases(9, 62) == (45, 58)  # 4 of 54 windows do not fill a pool
    read, unread = X.clone(), X.clone()
    read[:, :, 57], unread[:, :, 58] = read[:, [1, 2, 3, 0], 57], unread[:, [1, 2, 3, 0], 58]
    logits = [record(model, x).logits for x in (X, read, unread)]
    assert not torch.equal(logits[0], logits[1]) and torch.equal(logits[0], logits[2])


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_shorter_sequences_work_and_longer_ones_are_refused(padding):
    model = made(padding=padding)
    assert all(torch.isfinite(record(model, X[..., :n]).logits).all() for n in (1, 2, 12, 13, 40))
    with pytest.raises(SeqVizError, match="at most 62 bases"):
        record(model, torch.cat([X, X], dim=-1))


def test_half_of_the_filters_start_as_jaspar_motifs_at_a_random_place():
    model, plain = made(filters=8, width=20, from_jaspar=True), made(filters=8, width=20)
    library = {m.id: torch.from_numpy(m.ppm() - 0.25).float() for m in jaspar().values()}
    starts = []
    for weight, bias in zip(model.first_conv.weight[:4], model.first_conv.bias[:4]):
        used = weight.abs().sum(0).nonzero().flatten()
        inside = weight[:, int(used.min()):int(used.max()) + 1]
        assert any(m.shape == inside.shape and torch.equal(m, inside) for m in library.values())
        assert -1 < bias < 0
        starts.append(int(used.min()))
    assert len(set(starts)) > 1
    assert torch.equal(model.first_conv.weight[4:], plain.first_conv.weight[4:])
    assert model.first_conv.weight[4:].abs().max() < 1 / 80 ** 0.5


def test_a_motif_written_into_a_filter_finds_its_own_consensus():
    model = made(filters=2, width=30, from_jaspar=True)
    used = model.first_conv.weight[0].abs().sum(0).nonzero().flatten()
    consensus = "".join("ACGT"[i] for i in model.first_conv.weight[0][:, used].argmax(0))
    sequence = "ACGT" * 5 + consensus + "ACGT" * 5
    hits = record(model, torch.from_numpy(one_hot(sequence)))["stem"].value[0, 0]
    offset = int(used.min()) - model.first_conv.left
    assert int(hits.argmax()) == 20 - offset


def test_a_library_smaller_than_half_the_filters_leaves_the_others_as_they_are():
    narrow = [m for m in jaspar().values() if m.width <= 6]
    model = made(filters=2 * len(narrow) + 20, width=6, from_jaspar=True)
    written = [(w.abs().sum(0) == 0).any() or torch.allclose(w.sum(0), torch.zeros(6), atol=1e-6)
               for w in model.first_conv.weight]
    assert sum(map(bool, written)) == len(narrow)
