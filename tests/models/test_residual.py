"""What shortcuts are for: the gradient that reaches the first layer of a deep stack, with and without them."""

import pytest
import torch
from toy_models import one_hot, random_sequences

from seqviz_core.models import make_model, record

X = torch.from_numpy(one_hot(*random_sequences(16, 60, seed=0)))


def made(**settings):
    return make_model("residual", {"filters": 8, **settings}, n_outputs=2, length=60, seed=2)


def first_gradient(**settings) -> float:
    model = made(**settings)
    torch.nn.functional.cross_entropy(model(X), torch.arange(16) % 2).backward()
    return model.first_conv.weight.grad.norm().item()


def test_shortcuts_keep_the_gradient_that_a_plain_stack_loses():
    assert first_gradient(units=10, skip=True, norm=False) > 1e4 * first_gradient(units=10, skip=False, norm=False)
    shallow, deep = (first_gradient(units=n, skip=True, norm=False) for n in (1, 10))
    assert 0.1 < deep / shallow < 10


def test_a_unit_that_learned_nothing_changes_nothing_only_with_a_shortcut():
    for skip in (True, False):
        model = made(units=2, skip=skip)
        with torch.no_grad():
            model.unit2.conv2.weight.zero_(), model.unit2.conv2.bias.zero_()
        trace = record(model, X)
        assert torch.equal(trace["unit2"].value, trace["unit1"].value) == skip


@pytest.mark.parametrize("dilated, reach", [(False, 19 + 7 * 8), (True, 19 + 8 * (1 + 2 + 4 + 8 + 16 + 1 + 2))])
def test_dilation_grows_five_times_and_starts_again(dilated, reach):
    model = made(units=7, dilated=dilated)
    assert model.unit7.probe.span.width == reach


def test_an_answer_per_base_is_linear_in_the_last_map():
    model = make_model("residual", {"filters": 8, "units": 2}, n_outputs=3, length=60, seed=2, per_position=True)
    trace = record(model, X)
    expected = torch.einsum("cf,nfp->ncp", model.head.weight[..., 0], trace["unit2"].value) + model.head.bias[:, None]
    assert torch.allclose(trace.logits, expected, atol=1e-5)
