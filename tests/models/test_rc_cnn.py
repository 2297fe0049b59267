"""The strand-shared CNN: one answer for a sequence and its reverse complement, and both strands under the same bases."""

import pytest
import torch
from toy_models import one_hot, random_sequences

from seqviz_core.errors import SeqVizError
from seqviz_core.models import make_model, record
from seqviz_core.sequences import reverse_complement

SEQUENCES = random_sequences(4, 40, seed=0)
X = torch.from_numpy(one_hot(*SEQUENCES))
OTHER = torch.from_numpy(one_hot(*[reverse_complement(s) for s in SEQUENCES]))


def made(name="rc_cnn", **settings):
    return make_model(name, {"filters": 6, "width": 7, **settings}, n_outputs=3, length=40, seed=2)


@pytest.mark.parametrize("settings", [{}, {"hidden": 5}, {"activation": "relu"}])
def test_a_sequence_and_its_reverse_complement_get_one_answer(settings):
    model, plain = made(**settings), made("cnn")
    assert torch.allclose(record(model, X).logits, record(model, OTHER).logits, atol=1e-6)
    assert (record(plain, X).logits - record(plain, OTHER).logits).abs().max() > 1e-3


def test_the_map_of_the_other_strand_is_that_of_the_reverse_complement_turned_round():
    model, plain = made(), made("cnn")
    plain.load_state_dict(model.state_dict())
    trace, there, back = record(model, X), record(plain, X)["conv"].value, record(plain, OTHER)["conv"].value
    assert torch.allclose(trace["forward_strand"].value, there, atol=1e-6)
    assert torch.allclose(trace["reverse_strand"].value, back.flip(-1), atol=1e-6)
    best = torch.maximum(there.amax(-1), back.amax(-1))
    assert torch.allclose(trace.logits, best @ model.read_out.weight.T + model.read_out.bias, atol=1e-5)


def test_an_even_width_is_refused():
    with pytest.raises(SeqVizError, match="Filter width: 8 is even"):
        made(width=8)
