"""Agreement between trainings: what it is of equal, unrelated and flipped models, and what is said of it."""

import numpy as np
import pytest
import torch

from seqviz_core.checks.lens import Lens, cases
from seqviz_core.checks.randomisation import Likeness
from seqviz_core.checks.seeds import control_says, seeds_agree, seeds_say
from tests.toy_models import linear_model, one_hot, random_sequences

X = one_hot(*random_sequences(12, 50, 0))
PLANTED = np.zeros((12, 50), dtype=bool)
PLANTED[:, 5:15] = True


def test_equal_models_agree_wholly_and_unrelated_ones_no_more_than_turned_maps():
    asked, lens = cases(X, 0, PLANTED), Lens("saliency", True)
    equal = seeds_agree([linear_model(1, length=50)] * 3, asked, lens, seed=0)
    assert equal.value == pytest.approx(1) and equal.models == 3 and equal.n == 12 and len(set(equal.truth)) == 1
    other = seeds_agree([linear_model(1, length=50), linear_model(2, length=50)], asked, lens, seed=0)
    assert abs(other.value) < 0.3 and "agree at r" in seeds_say(other)
    assert "Over 12 sequences the maps of 3 seeds by corrected saliency agree at r 1.00" in seeds_say(equal)


def test_what_is_no_better_than_chance_is_said_so():
    from seqviz_core.checks.seeds import SeedsAgree
    said = seeds_say(SeedsAgree("ism", 0.02, -0.01, 0.05, 0.06, (), 2, 40))
    assert said.endswith("no better than chance: what one map shows is that training's own.")


def test_a_control_that_draws_the_same_map_is_told():
    one = lambda name, value: Likeness(name, (value,), (value,), (value,), (value,), (-0.1,), (0.1,), (0.1,))
    assert "saliency −0.30, guided backpropagation 0.70" in control_says([one("saliency", -0.3), one("guided_backprop", 0.7)], 40)
    assert "What guided backpropagation shows is there without" in control_says([one("guided_backprop", 0.7)], 40)
    assert "No map of the control is like the model's" in control_says([one("ism", 0.15)], 40)


def test_of_flat_maps_nothing_is_said():
    flat = Likeness("ism", *(((float("nan"),),) * 7))
    there = Likeness("saliency", (0.1,), (0.1,), (0.1,), (0.1,), (-0.2,), (0.2,), (0.2,))
    assert control_says([flat], 40).startswith("Nothing can be said")
    both = control_says([there, flat], 40)
    assert "nan" not in both and "Of in-silico mutagenesis nothing can be said" in both
    models = [linear_model(1, length=50), linear_model(2, length=50)]
    with torch.no_grad():
        models[1].weight[:] = 0
    said = seeds_say(seeds_agree(models, cases(X, 0), Lens("saliency", True), seed=0))
    assert "nothing can be said" in said and "nan" not in said
