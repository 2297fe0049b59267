"""Faithfulness by hand: linear models whose curves, infidelity and sensitivity are arithmetic, and maps wrong on purpose."""

import numpy as np
import pytest
import torch

from seqviz_core.attribution import attribute
from seqviz_core.checks import deletion as deletion_module
from seqviz_core.checks import faithfulness as faithfulness_module
from seqviz_core.checks.deletion import deletion
from seqviz_core.checks.faithfulness import Effort, Faithfulness, faithfulness
from seqviz_core.checks.faithfulness_says import agreement_says, cases_asked, conclude, correction_says
from seqviz_core.checks.infidelity import claimed, infidelity_of, sensitivity_of, substituting
from seqviz_core.checks.lens import Lens, applicable, cases, explain, lens_of, logits_of
from seqviz_core.errors import SeqVizError
from tests.toy_models import Linear, conv_model, linear_model, one_hot, random_sequences

LENGTH = 20
SALIENCY, ISM, IG = Lens("saliency"), Lens("ism"), Lens("integrated_gradients")


def all_thymine(x: torch.Tensor, n: int, seed: int) -> torch.Tensor:
    """A constant background instead of shuffles."""
    out = torch.zeros(n, *x.shape)
    out[:, 3] = 1
    return out


@pytest.fixture
def constant_background(monkeypatch):
    monkeypatch.setattr(deletion_module, "shuffles", all_thymine)


def worth(values: list[float]) -> Linear:
    """A model whose logit is the sum of values[i] over the places i that hold an A; other bases count nothing."""
    weight = torch.zeros(1, 4, len(values))
    weight[0, 0] = torch.tensor(values)
    return Linear(weight)


def test_curves_of_a_linear_model_are_sums_of_its_weights(constant_background):
    values = [5.0, -1.0, 3.0, 2.0, -4.0]
    asked = cases(one_hot("AAAAA"), 0)
    found = deletion(worth(values), asked, {"map": np.array([values])}, seed=0, steps=5, n_shuffles=2, n_orders=3)
    curve = found.of("map")  # by size: 5, -4, 3, 2, -1 go one after the other; 1, 5, 10 % of five bases are none of them
    at = dict(zip(found.shares, zip(curve.deletion, curve.insertion)))
    expected = {0.0: (5, 0), 0.2: (0, 5), 0.4: (4, 1), 0.6: (1, 4), 0.8: (-1, 6), 1.0: (0, 5)}
    assert {share: at[share] for share in expected} == {k: pytest.approx(v) for k, v in expected.items()}
    assert at[0.01] == at[0.05] == at[0.1] == at[0.0]  # round(.5) is 0
    lost = [0, 0, 0, 5, 5 - at[0.5][0]]
    assert curve.comprehensiveness == pytest.approx(np.mean(lost))
    assert curve.sufficiency == pytest.approx(np.mean([5, 5, 5, 0, 5 - at[0.5][1]]))
    assert curve.deletion_area == pytest.approx(np.trapezoid(curve.deletion, found.shares))


def test_for_the_class_first_is_another_order(constant_background):
    values = [5.0, -1.0, 3.0, 2.0, -4.0]
    found = deletion(worth(values), cases(one_hot("AAAAA"), 0), {"map": np.array([values])}, seed=0, order="for", steps=5)
    at = dict(zip(found.shares, found.of("map").deletion))
    assert [at[s] for s in (0, 0.2, 0.4, 0.6, 0.8, 1)] == pytest.approx([5, 0, -3, -5, -4, 0])


def test_unknown_bases_are_never_replaced(constant_background):
    found = deletion(worth([1.0] * 6), cases(one_hot("ANANAN"), 0), {"map": np.array([[1.0, 9, 2, 9, 3, 9]])}, seed=0, steps=3)
    at = dict(zip(np.round(found.shares, 3), found.of("map").deletion))
    assert (at[0.0], at[0.333], at[0.667], at[1.0]) == pytest.approx((3, 2, 1, 0))


def test_insertion_is_deletion_from_the_other_end():
    model, X = conv_model(), one_hot(*random_sequences(3, 40, 1))
    score = np.random.default_rng(0).normal(size=(3, 40)) + 10  # all above zero, no ties
    found = deletion(model, cases(X, 1), {"a": score, "b": 100 - score}, seed=4, steps=10)
    share = np.array(found.shares)
    mirrored = [int(np.abs(share - (1 - s)).argmin()) for s in (0.1, 0.2, 0.5, 0.8, 0.9)]
    direct = [int(np.abs(share - s).argmin()) for s in (0.1, 0.2, 0.5, 0.8, 0.9)]
    assert np.array(found.of("a").insertion)[direct] == pytest.approx(np.array(found.of("b").deletion)[mirrored], abs=1e-5)


def test_the_true_order_beats_every_random_one_and_the_reversed_order_is_worse_than_all():
    model, X = linear_model(3, length=60), one_hot(*random_sequences(6, 60, 2))
    asked = cases(X, 0)
    true = attribute("ism", model, X, 0).observed
    found = deletion(model, asked, {"true": true, "wrong": -true}, seed=0, order="for", n_orders=8)
    assert found.beats_random(found.of("true")) and not found.beats_random(found.of("wrong"))
    assert found.of("wrong").deletion_area > found.random_deletion.area_high
    assert found.of("wrong").gain_high < 0 < found.of("true").gain_low
    assert found.of("true").comprehensiveness > 0 > found.of("wrong").comprehensiveness


def test_a_map_without_content_beats_all_random_orders_no_more_often_than_it_should():
    model, X = linear_model(3, length=30), one_hot(*random_sequences(4, 30, 2))
    flat = {"flat": np.zeros((4, 30))}
    found = [deletion(model, cases(X, 0), flat, seed=s, n_orders=10, steps=10, n_shuffles=1) for s in range(60)]
    lucky = sum(d.beats_random(d.of("flat")) for d in found)
    assert lucky <= 12  # one in eleven at the most: 5.5 of 60, and 12 or more come by chance once in a hundred
    assert abs(np.mean([d.of("flat").gain for d in found])) < 3 * np.std([d.of("flat").gain for d in found]) / 60**0.5


def test_each_sequence_is_explained_for_its_own_target():
    model, X = conv_model(classes=3), one_hot(*random_sequences(4, 30, 5))
    asked = cases(X, (2, 0, 2, 1))
    found = explain(model, asked, SALIENCY)
    for i, target in enumerate(asked.targets):
        assert found.values[i] == pytest.approx(attribute("saliency", model, X[i:i + 1], target).values[0], abs=1e-6)
    logits = model(torch.from_numpy(X)).detach().numpy()
    assert logits_of(model, X, asked.targets) == pytest.approx(logits[range(4), asked.targets], abs=1e-6)
    areas = [deletion(model, cases(X[i:i + 1], t), {"m": found.observed[i:i + 1]}, seed=0, n_orders=2).of("m").deletion[0]
             for i, t in enumerate(asked.targets)]
    whole = deletion(model, asked, {"m": found.observed}, seed=0, n_orders=2).of("m").deletion[0]
    assert whole == pytest.approx(np.mean(areas))


@pytest.mark.parametrize("corrected", [False, True])
def test_infidelity_of_the_exact_gradient_of_a_linear_model_is_zero(corrected):
    model, X = linear_model(length=LENGTH), one_hot(*random_sequences(3, LENGTH, 0))
    asked, lens = cases(X, 1), Lens("saliency", corrected)
    found = infidelity_of(model, asked, explain(model, asked, lens), lens, seed=0)
    assert found.raw == pytest.approx(0, abs=1e-9) and found.share == pytest.approx(0, abs=1e-6)
    assert (found.null > 0.5).all()


def test_infidelity_of_a_scaled_map_is_zero_only_after_scaling():
    model, X = linear_model(length=LENGTH), one_hot(*random_sequences(2, LENGTH, 0))
    asked = cases(X, 1)
    explained = explain(model, asked, SALIENCY)
    explained.values[:] *= 3
    found = infidelity_of(model, asked, explained, SALIENCY, seed=0)
    assert (found.raw > 0.1).all() and found.share == pytest.approx(0, abs=1e-5)


def test_infidelity_is_the_mean_over_all_substitutions_in_the_long_run():
    model, X = conv_model(), one_hot(*random_sequences(2, 15, 3))
    asked = cases(X, 1)
    explained, effects = explain(model, asked, SALIENCY), attribute("ism", model, X, 1).values
    said = explained.values - (explained.values * X).sum(1, keepdims=True)  # of each mutant, what the gradient says it gains
    exact = (((said - effects) ** 2) * (1 - X)).sum((1, 2)) / (3 * 15)
    assert infidelity_of(model, asked, explained, SALIENCY, seed=0, samples=20_000).raw == pytest.approx(exact, rel=0.05)


def test_a_method_with_one_value_a_base_claims_it_whatever_the_new_base_is():
    model, X = linear_model(length=LENGTH), one_hot(*random_sequences(2, LENGTH, 0))
    asked = cases(X, 0)
    explained = explain(model, asked, IG)
    values = claimed(explained, asked, IG)
    assert values.sum(1) == pytest.approx(explained.observed) and not (values * (1 - X)).any()
    weight = model.weight[0].detach().numpy()
    present = (weight * X).sum(1)  # (2, L)
    lost = [present - (weight * np.roll(X, k, 1)).sum(1) for k in (1, 2, 3)]
    exact = np.mean([(explained.observed - change) ** 2 for change in lost], axis=(0, 2))
    assert infidelity_of(model, asked, explained, IG, seed=1, samples=20_000).raw == pytest.approx(exact, rel=0.05)


@pytest.mark.parametrize("lens", [SALIENCY, IG])
def test_the_moved_map_claims_as_much_as_the_map_itself(lens):
    """A map that is everywhere the same is the same map when it is moved, so its null is itself."""
    X = one_hot(*random_sequences(3, LENGTH, 0))
    model, asked = linear_model(length=LENGTH), cases(X, 1)
    explained = explain(model, asked, lens)
    explained.values[:] = explained.values[..., :1]
    explained.observed[:] = 1
    found = infidelity_of(model, asked, explained, lens, seed=0)
    assert found.null == pytest.approx(found.share, abs=1e-6)


def test_a_substitution_stays_one_hot_changes_one_base_and_leaves_unknown_ones():
    X = torch.from_numpy(np.repeat(one_hot("ACGTNNNACG", "NNNNNNNNNN"), 200, 0))
    out = substituting(0)(X)
    changed = (out != X).any(1)
    assert ((out == 0) | (out == 1)).all() and torch.equal(out.sum(1), X.sum(1))
    assert (changed[:200].sum(1) == 1).all() and not changed[200:].any()
    assert not changed[:, 4:7].any() and changed[:200].any(0).sum() == 7


def test_sensitivity_is_zero_for_the_gradient_of_a_linear_model_and_captums_own_for_others():
    X = one_hot(*random_sequences(3, LENGTH, 0))
    assert sensitivity_of(linear_model(length=LENGTH), cases(X, 1), SALIENCY, seed=0) == pytest.approx(0, abs=1e-6)
    model, asked = conv_model(), cases(X, 1)
    found = sensitivity_of(model, asked, SALIENCY, seed=7, neighbours=5)
    near = substituting(7)(torch.from_numpy(X).repeat_interleave(5, 0)).numpy()  # as captum repeats them
    here, there = explain(model, asked, SALIENCY).values, explain(model, cases(near, 1), SALIENCY).values.reshape(3, 5, 4, -1)
    size = np.linalg.norm(here.reshape(3, -1), axis=1)
    moved = np.linalg.norm((there - here[:, None]).reshape(3, 5, -1), axis=2) / size[:, None]
    assert found == pytest.approx(moved.max(1), abs=1e-5)


def test_ism_foretells_every_substitution_and_integrated_gradients_adds_up():
    X = one_hot(*random_sequences(4, LENGTH, 0))
    asked = cases(X, 1, planted=np.arange(LENGTH)[None].repeat(4, 0) < 5)
    effort = Effort(steps=5, shuffles=1, orders=3, samples=30, neighbours=2)
    found = faithfulness(linear_model(length=LENGTH), asked, [SALIENCY, IG], seed=0, effort=effort)
    assert [s.name for s in found.scores] == ["saliency", "integrated_gradients", "ism"] and found.n == 4
    assert found.of("ism").infidelity == pytest.approx(0, abs=1e-6) and found.of("ism").infidelity_null > 0.5
    assert found.of("integrated_gradients").gap == pytest.approx(0, abs=1e-4) and found.of("ism").gap is None
    assert found.of("saliency").sensitivity == pytest.approx(0, abs=1e-6)
    assert 0 < found.of("ism").truth <= 1 and 0 < found.of("ism").truth_null < 1
    assert Faithfulness.from_json(found.to_json()) == found


def test_the_conclusion_names_what_beats_chance_and_what_does_not(monkeypatch):
    model, asked = linear_model(3, length=60), cases(one_hot(*random_sequences(5, 60, 2)), 0)
    effort = Effort(steps=10, shuffles=2, orders=8, samples=10, neighbours=0)
    good = faithfulness(model, asked, [Lens("saliency", True)], order="for", effort=effort)
    said = conclude(good)
    assert "On 5 sequences corrected saliency and in-silico mutagenesis name bases that matter" in said and "8 random" in said
    wrong = lambda m, a, lens: _flipped(explain(m, a, lens))
    monkeypatch.setattr(faithfulness_module, "explain", wrong)
    bad = conclude(faithfulness(model, asked, [Lens("saliency", True)], order="for", effort=effort))
    assert "no map ranks the bases better" in bad


def _flipped(found):
    found.observed[:] *= -1
    return found


def test_lenses_have_names_and_refuse_what_they_cannot_be():
    assert lens_of("saliency+corrected") == Lens("saliency", True) and Lens("saliency", True).name == "saliency+corrected"
    for wrong in ("ism+corrected", "saliency+sharp"):
        with pytest.raises(SeqVizError, match="correction"):
            lens_of(wrong)
    with pytest.raises(SeqVizError):
        lens_of("nothing")
    able, why = applicable(linear_model(length=5), [Lens("guided_backprop"), SALIENCY])
    assert able == [SALIENCY] and "no ReLU" in why[0]


def test_what_is_said_of_the_correction_and_of_agreement():
    model, asked = linear_model(3, length=40), cases(one_hot(*random_sequences(6, 40, 2)), 0)
    found = faithfulness(model, asked, [SALIENCY, Lens("saliency", True)], effort=Effort(10, 1, 5, 10, 0))
    gains = [found.deletion.of(name).gain for name in ("saliency", "saliency+corrected")]
    assert f"takes saliency from {gains[0]:.2f} to {gains[1]:.2f} logits above random orders." in correction_says(found)
    assert found.agreement[1][2] == pytest.approx(1, abs=1e-5)  # of a linear model, mutagenesis is the corrected gradient
    assert agreement_says(found).startswith("Most alike are corrected saliency and in-silico mutagenesis (r 1.00), least")
    only_ism = faithfulness(model, asked, [ISM], effort=Effort(5, 1, 2, 5, 0))
    assert correction_says(only_ism) == "" and agreement_says(only_ism) == "There is no second map to compare with."


def test_nothing_is_said_where_shuffles_change_nothing():
    found = faithfulness(linear_model(length=30), cases(one_hot("A" * 30), 0), [SALIENCY], effort=Effort(5, 1, 2, 5, 0))
    assert conclude(found) == "On this sequence nothing can be said: replacing bases by shuffled ones changes nothing at all."


def test_one_sequence_is_asked_with_its_sites():
    args = {"sequence": "ACGTNACGT", "target": 2, "position": None, "sites": [[1, 3]]}
    asked = cases_asked(args, task=None)
    assert asked.targets == (2,) and asked.planted[0].tolist() == [False, True, True] + 6 * [False]
    assert asked.known[0].tolist() == [True] * 4 + [False] + [True] * 4
    assert cases_asked(args | {"position": 4, "sites": None}, task=None).targets[0] == (2, 4)
