import pytest
import torch
from toy_models import Raising, linear_model

from seqviz_core.attribution.trial import first_that_runs


@pytest.mark.parametrize("length, tried", [(60, [60]), (20, [60, 20]), (5, [60, 20, 5]), (33, [60, 20, 5])])
def test_the_longest_sequence_that_the_model_can_read(length, tried):
    model, lengths = linear_model(length=length), []

    def run(x):
        lengths.append(x.shape[2])
        assert x.shape[:2] == (1, 4) and (x.sum(1) == 1).all()
        model(x)
        return "a reason."
    assert first_that_runs(model, run) == (None if length == 33 else "a reason.")
    assert lengths == tried


def test_a_model_that_fails_on_everything_says_nothing():
    model = Raising(torch.ones(2, 4, 60))
    assert first_that_runs(model, lambda x: model(x) and "unreached") is None


@torch.inference_mode()
def test_in_eval_mode_with_the_models_dtype_and_gradients():
    model = linear_model(length=60, dtype=torch.float64).train()

    def run(x):
        assert not model.training and x.dtype == torch.float64 and torch.is_grad_enabled() and not x.is_inference()
        return "seen."
    assert first_that_runs(model, run) == "seen." and model.training


def test_a_mistake_of_ours_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        first_that_runs(linear_model(length=60), lambda x: 1 / 0)
