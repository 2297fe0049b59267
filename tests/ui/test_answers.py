"""What a model answers, under each head."""

from dataclasses import replace

import numpy as np
import pytest

from seqviz_core.attribution import At
from seqviz_core.datasets import DATASETS
from seqviz_core.ui.answers import answer_of


@pytest.fixture
def task():
    return replace(DATASETS["one_motif"].presets["default"])


def with_head(task, head: str):
    object.__setattr__(task, "head", head)
    return task


def test_one_class_is_called_the_likeliest(task):
    answer = answer_of(with_head(task, "softmax"), np.array([0.0, np.log(3), 0.0]))
    assert answer.probabilities == pytest.approx([0.2, 0.6, 0.2])
    assert (answer.called, answer.best, answer.target(2)) == ((1,), 1, 2)


def test_labels_are_called_each_by_itself(task):
    answer = answer_of(with_head(task, "sigmoid"), np.array([np.log(3), -1.0, np.log(9)]))
    assert answer.probabilities[[0, 2]] == pytest.approx([0.75, 0.9])
    assert (answer.called, answer.best, answer.target(0)) == ((2, 0), 2, 0)
    assert answer_of(task, np.array([-1.0, -2.0])).called == ()


def test_an_answer_per_base_is_its_largest_and_background_is_no_call(task):
    logits = np.zeros((3, 4))
    logits[0] = 5
    logits[1, 2] = 9
    answer = answer_of(with_head(task, "positions"), logits)
    assert answer.called == (1,) and answer.best == 1 and answer.target(1) == At(1, 2)
    assert answer.probabilities[1] == pytest.approx(np.exp(9) / (np.exp(9) + np.exp(5) + 1))
