"""What holds for every registered method, and what `attribute` refuses."""

from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
import pytest
import torch
from toy_models import Constant, Linear, RowsTalk, Smooth, conv_model, linear_model, one_hot, random_sequences

from seqviz_core.attribution import METHODS, attribute, attribution_method, gradient
from seqviz_core.attribution.method import Cost
from seqviz_core.errors import SeqVizError
from seqviz_core.settings import settings_of


def every_sound_on(model):
    """Return the mark that runs a test with every method that is sound on a model like this one."""
    return pytest.mark.parametrize("method", [m.name for m in METHODS if not m.supports(model)])


ON_CONV, ON_SMOOTH, ON_LINEAR = every_sound_on(conv_model()), every_sound_on(Smooth()), every_sound_on(linear_model(length=5))
GRADIENTS = ("saliency", "input_x_gradient", "smoothgrad", "integrated_gradients", "deeplift", "deeplift_shap", "gradient_shap")
ORDER = (*GRADIENTS, "ism", "occlusion", "attention_rollout", "grad_cam", "guided_backprop")


def test_registry_order_and_forms():
    assert METHODS.names() == ORDER
    for method in METHODS:
        assert method.label and method.summary.endswith(".") and method.note(method.options()).endswith(".")
        assert method.cost in get_args(Cost)
        assert "batch_size" in [s.name for s in settings_of(method.options)]


@ON_CONV
def test_shape_dtype_and_finite(method):
    X = one_hot(*random_sequences(3, 20, seed=1))
    result = attribute(method, conv_model(), X, target=1)
    assert result.values.shape == (3, 4, 20) and result.values.dtype == np.float32
    assert result.observed.shape == (3, 20) and result.observed.dtype == np.float32
    assert np.isfinite(result.values).all() and np.abs(result.observed).max() > 0
    assert (result.gap is not None) == METHODS[method].complete
    assert (result.method, result.target) == (method, 1) and result.note


@ON_SMOOTH
def test_float64_model_and_torch_input(method):
    X = one_hot("ACGTACGTAC")
    model = Smooth()
    from_numpy, from_torch = attribute(method, model, X, 2), attribute(method, model, torch.from_numpy(X).bool(), 2)
    np.testing.assert_array_equal(from_numpy.values, from_torch.values)
    as_float = attribute(method, Smooth().float(), X, 2)
    np.testing.assert_allclose(from_numpy.values, as_float.values, atol=1e-5)


def rows_and_batches_do_not_matter(method, model):
    X = one_hot(*random_sequences(5, 12, seed=2))
    options = METHODS[method].options()
    together = attribute(method, model, X, 0, options).values
    for i in range(len(X)):
        np.testing.assert_allclose(attribute(method, model, X[i:i + 1], 0, options).values[0], together[i], atol=2e-6)
    for batch_size in (1, 3):
        small = attribute(method, model, X, 0, replace(options, batch_size=batch_size)).values
        np.testing.assert_allclose(small, together, atol=2e-6)


@ON_CONV
def test_rows_are_independent_and_batch_size_does_not_matter(method):
    rows_and_batches_do_not_matter(method, conv_model(1))


@ON_LINEAR
def test_the_row_test_can_fail(method):
    with pytest.raises((AssertionError, SeqVizError)):  # DeepLIFT has no rule for the product of two logits
        rows_and_batches_do_not_matter(method, RowsTalk(linear_model(length=12).weight.detach()))


class Counting(Smooth):
    """Remembers how many sequences each pass held."""

    def forward(self, X):
        X = X.clone()  # written out in full, also where a method holds mutants as windows
        self.__dict__.setdefault("passes", []).append(len(X))
        return super().forward(X)


@ON_SMOOTH
def test_few_long_sequences_go_through_the_model_at_once(method, monkeypatch):
    """Memory stays bounded whatever the length; the answer does not change."""
    model, X = Counting(), one_hot(*random_sequences(4, 33, seed=8))
    expected = attribute(method, model, X, 0).values
    assert max(model.passes) > 3
    monkeypatch.setattr(gradient, "MOST_BASES", 100)  # three sequences of 33 bases
    model.passes.clear()
    np.testing.assert_allclose(attribute(method, model, X, 0).values, expected, atol=1e-6)
    assert max(model.passes) <= 3
    assert [gradient.rows_per_pass(*limits) for limits in ((64, 10), (64, 33), (2, 33), (64, 999))] == [10, 3, 2, 1]


@ON_CONV
@pytest.mark.filterwarnings("error")
def test_takes_reversed_and_read_only_arrays(method):
    X = one_hot("AACGTGTACC")
    turned = X[:, ::-1, ::-1]
    expected = attribute(method, conv_model(), turned.copy(), 0).values
    turned.flags.writeable = False
    np.testing.assert_array_equal(attribute(method, conv_model(), turned, 0).values, expected)


@ON_LINEAR
@pytest.mark.parametrize("X, sentence", [
    (np.zeros((2, 5, 4), np.float32), "of shape"), (np.zeros((4, 5), np.float32), "of shape"),
    (np.zeros((0, 4, 5), np.float32), "of shape"), (np.full((1, 4, 5), 0.25, np.float32), "a single 1"),
    (np.ones((1, 4, 5), np.float32), "a single 1"), (np.full((1, 4, 5), np.nan, np.float32), "a single 1")])
def test_refuses_what_is_not_one_hot(method, X, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        attribute(method, linear_model(length=5), X, 0)


@ON_LINEAR
@pytest.mark.parametrize("target", [2, -1, 1.0, None, True, "0"])
def test_refuses_a_target_the_model_does_not_have(method, target):
    with pytest.raises(SeqVizError, match="class"):
        attribute(method, linear_model(length=5), one_hot("ACGTA"), target)


@ON_LINEAR
def test_refuses_wrong_options(method):
    @dataclass(frozen=True)
    class Other:
        batch_size: int = 1
    X = one_hot("ACGTA")
    with pytest.raises(SeqVizError, match="takes"):
        attribute(method, linear_model(length=5), X, 0, Other())
    with pytest.raises(SeqVizError, match="outside"):
        attribute(method, linear_model(length=5), X, 0, METHODS[method].options(batch_size=0))


@ON_LINEAR
def test_refuses_a_model_without_rows_of_logits(method):
    class Flat(Linear):
        def forward(self, X):
            return super().forward(X)[:, 0]
    with pytest.raises(SeqVizError, match="one row of logits"):
        attribute(method, Flat(torch.ones(2, 4, 5)), one_hot("ACGTA"), 0)


def test_unknown_method_is_named_with_a_hint():
    with pytest.raises(SeqVizError, match="saliency"):
        attribute("salience", linear_model(length=5), one_hot("ACGTA"), 0)


@ON_LINEAR
def test_a_constant_model(method):
    model, X = Constant(torch.tensor([1.0, 2.0])), one_hot("ACGTA")
    if method in GRADIENTS:  # zeros would claim that a gradient had been measured
        with pytest.raises(SeqVizError, match="mutagenesis needs none"):
            attribute(method, model, X, 0)
    else:
        assert not attribute(method, model, X, 0).values.any()
    zero = linear_model(length=5)
    zero.weight.data.zero_()
    assert not attribute(method, zero, X, 0).values.any()


@ON_CONV
def test_correction_is_for_methods_that_say_so(method):
    model, X = conv_model(6), one_hot(*random_sequences(2, 12, seed=6))
    if METHODS[method].correctable:
        plain, corrected = attribute(method, model, X, 0), attribute(method, model, X, 0, corrected=True)
        np.testing.assert_allclose(corrected.values.sum(1), 0, atol=1e-6)
        difference = plain.values - corrected.values
        np.testing.assert_allclose(difference, np.broadcast_to(plain.values.mean(1, keepdims=True), X.shape), atol=1e-6)
        assert "gradient correction" in corrected.note and "gradient correction" not in plain.note
    else:
        with pytest.raises(SeqVizError, match="no gradient correction"):
            attribute(method, model, X, 0, corrected=True)


def test_a_method_that_does_not_apply_says_why(monkeypatch):
    monkeypatch.setattr(METHODS, "_entries", dict(METHODS._entries))
    monkeypatch.setattr(METHODS, "_orders", dict(METHODS._orders))
    monkeypatch.setattr(METHODS, "_origins", dict(METHODS._origins))
    options = METHODS["saliency"].options
    supports = lambda model: "it has no maximum." if not hasattr(model, "first_conv") else None
    note = lambda options: "Zeros."
    attribution_method("fussy", label="Fussy", summary=".", options=options, note=note,
                       supports=supports)(lambda model, X, target, options: X * 0)
    attribution_method("cut", label="Cut", summary=".", options=options, note=note)(lambda model, X, target, options: X[:, :, 1:])
    X = one_hot("ACGTACG")
    assert not attribute("fussy", conv_model(), X, 0).values.any()
    with pytest.raises(SeqVizError, match="Fussy does not apply to this model: it has no maximum."):
        attribute("fussy", linear_model(length=7), X, 0)
    with pytest.raises(ValueError, match="returned"):  # a bug in a method is not the visitor's mistake
        attribute("cut", conv_model(), X, 0)


def test_linear_model_gives_the_same_letters_by_three_roads():
    """Corrected gradient = integrated gradients from a quarter of every base = mean-centred mutagenesis."""
    model, X = linear_model(7, length=9, dtype=torch.float64), one_hot(*random_sequences(3, 9, seed=7), "ACNNGTACG")
    uniform = METHODS["integrated_gradients"].options(reference="uniform")
    corrected = attribute("saliency", model, X, 1, corrected=True).observed
    np.testing.assert_allclose(attribute("integrated_gradients", model, X, 1, uniform).observed, corrected, atol=1e-6)
    np.testing.assert_allclose(attribute("ism", model, X, 1).observed, corrected, atol=1e-6)
