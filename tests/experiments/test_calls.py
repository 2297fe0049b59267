"""Whether a class is called, as a number."""

import numpy as np
import pytest
import torch
from toy_models import Constant, linear_model, one_hot, random_sequences

from seqviz_core.attribution import At
from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.calls import Margin, answers, margin

LOGITS = torch.tensor([[1.0, 3.0, 2.5], [4.0, 0.0, -1.0]])


def test_of_several_classes_it_is_the_lead_over_the_best_other():
    assert margin(LOGITS, 1, "softmax").tolist() == [0.5, -4]
    assert margin(LOGITS, 0, "softmax").tolist() == [-2, 4]


def test_of_a_label_by_itself_it_is_its_logit():
    assert margin(LOGITS, 2, "sigmoid").tolist() == [2.5, -1]
    assert margin(LOGITS[:, :1], 0, "sigmoid").tolist() == [1, 4]


def test_at_a_base_it_is_the_lead_there_and_without_one_the_largest():
    per_base = torch.stack([LOGITS, LOGITS.flip(1)], 2)  # (2, 3, 2)
    assert margin(per_base, At(1, 0), "positions").tolist() == [0.5, -4]
    assert margin(per_base, At(0, 1), "positions").tolist() == [-0.5, -5]
    assert margin(per_base, 0, "positions").tolist() == [-0.5, 4]


def test_one_class_has_no_margin_but_answers():
    with pytest.raises(SeqVizError, match="has one class"):
        margin(LOGITS[:, :1], 0, "softmax")
    found = answers(Constant(torch.tensor([2.0])), one_hot("ACGT"), 0, "softmax")
    assert found.logit.tolist() == [2] and np.isnan(found.margin).all()


@pytest.mark.parametrize(("target", "match"), [(7, "There is no class 7"), (At(0, 2), "no logit of a single position")])
def test_a_target_that_is_not_there_is_refused(target, match):
    with pytest.raises(SeqVizError, match=match):
        answers(linear_model(length=8), one_hot("ACGTACGT"), target, "softmax")


def test_the_margin_is_a_model():
    model, X = linear_model(length=20, classes=3).eval(), torch.from_numpy(one_hot(*random_sequences(5, 20, 0)))
    expected = margin(model(X), 2, "softmax")[:, None]
    assert torch.equal(Margin(model, 2, "softmax")(X), expected)
    assert torch.equal(Margin(model, 2, "softmax", away=True)(X), -expected)
    assert np.allclose(answers(model, X, 2, "softmax").margin, expected[:, 0].detach().numpy())
