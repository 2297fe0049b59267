"""Many records scored in slices: equal to one by one, whatever the lengths; stopped and resumed; judged by hand."""

import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from seqviz_core.datasets import DATASETS
from seqviz_core.errors import SeqVizError
from seqviz_core.export import dataset_records
from seqviz_core.models import make_model
from seqviz_core.training import pretrained_store
from seqviz_core.training.batch import BATCH_BASES, BATCH_ROWS, BatchScores, judge
from seqviz_core.training.labels import Truth, truth_of
from seqviz_core.ui.answers import answer_of
from tests.toy_models import Constant, RowsTalk, one_hot, random_sequences


def task(head: str = "softmax", name: str = "in_class_danq"):
    made = replace(DATASETS[name].presets["default"])
    object.__setattr__(made, "head", head)
    return made


def mixed_sequences(n: int, seed: int = 0) -> list[str]:
    lengths = np.random.default_rng(seed).choice([1, 7, 60, 61, 200], n)
    return [random_sequences(1, int(length), seed + i)[0] for i, length in enumerate(lengths)]


def scored(of, model, sequences) -> BatchScores:
    scores = BatchScores(of, sequences)
    scores.advance(model)
    assert scores.finished and scores.done == len(sequences)
    return scores


class TooLong(nn.Module):
    """Reads up to 60 bases, as a model with weights for each position does."""

    def __init__(self, classes: int):
        super().__init__()
        self.weights = nn.Parameter(torch.linspace(-1, 1, 4 * classes).reshape(4, classes))

    def forward(self, X):
        if X.shape[-1] > 60:
            raise SeqVizError("This model reads at most 60 bases.")
        return X.mean(-1) @ self.weights


@pytest.mark.parametrize("head, architecture, per_position", [
    ("softmax", "cnn", False), ("softmax", "lstm", False), ("softmax", "attention", False), ("sigmoid", "cnn", False),
    ("positions", "spliceai", True)])
def test_batches_answer_as_one_by_one(head, architecture, per_position):
    of = task(head)
    classes = len(of.classes)
    model = make_model(architecture, {}, n_outputs=classes, length=60, seed=3, per_position=per_position)
    sequences = mixed_sequences(40)
    scores = scored(of, model, sequences)
    for row, sequence in enumerate(sequences):
        with torch.no_grad():
            answer = answer_of(of, model(torch.from_numpy(one_hot(sequence)))[0].double().numpy())
        assert scores.probabilities[row] == pytest.approx(answer.probabilities, abs=1e-6)
        assert scores.logits[row] == pytest.approx(answer.logits, abs=1e-5)
        assert set(np.flatnonzero(scores.called[row])) == set(answer.called)
        assert scores.likeliest[row] == answer.best


def test_shipped_models_answer_as_one_by_one():
    run = pretrained_store().get("lstm")
    of, model, sequences = run.spec.make_task(), run.load_model(), mixed_sequences(30, seed=5)
    scores = scored(of, model, sequences)
    for row in (0, 11, 29):
        with torch.no_grad():
            alone = answer_of(of, model(torch.from_numpy(one_hot(sequences[row])))[0].double().numpy())
        assert scores.probabilities[row] == pytest.approx(alone.probabilities, abs=1e-6)


def test_the_comparison_sees_a_model_whose_rows_talk():
    of, sequences = task(name="one_motif"), random_sequences(6, 20, 1)
    model = RowsTalk(torch.randn(2, 4, 20, generator=torch.Generator().manual_seed(0)))
    together, alone = scored(of, model, sequences), scored(of, model, sequences[:1])
    assert abs(together.logits[0] - alone.logits[0]).max() > 1e-3


def test_a_batch_has_one_length_and_a_bounded_size():
    seen = []

    class Watching(Constant):
        def forward(self, X):
            seen.append(tuple(X.shape))
            return super().forward(X)

    of, sequences = task(name="one_motif"), mixed_sequences(700) + ["ACGT" * 2500] * 3
    scored(of, Watching(torch.tensor([0.0, 1.0])), sequences)
    assert sum(n for n, _, _ in seen) == len(sequences)
    assert all(n <= BATCH_ROWS and (n == 1 or n * length <= BATCH_BASES) for n, _, length in seen)
    assert [s[2] for s in seen] == sorted(s[2] for s in seen)


def test_margins_by_hand():
    logits = torch.tensor([-0.25, 3.0, 2.0])
    three = SimpleNamespace(head="softmax", classes=("a", "b", "c"))
    assert scored(three, Constant(logits), ["ACGT"]).margin == pytest.approx([1.0])
    three.head = "sigmoid"
    answers = scored(three, Constant(logits), ["ACGT"])
    assert answers.margin == pytest.approx([0.25]) and answers.called.tolist() == [[False, True, True]]


def test_slices_stop_and_go_on_where_they_were():
    of, sequences = task(name="one_motif"), random_sequences(300, 200, 2)
    model = make_model("cnn", {}, n_outputs=2, length=200, seed=1)
    scores, steps = BatchScores(of, sequences), []
    assert scores.seconds_left is None and not scores.read.any() and np.isnan(scores.margin).all()
    while not scores.finished:
        scores.advance(model, seconds=0)  # one batch
        steps.append(scores.done)
        assert scores.read.sum() == scores.done and (scores.seconds_left > 0) == (not scores.finished)
    assert steps == [*range(300 % 81, 300, 81), 300]  # 81 sequences of 200 bases a batch
    assert np.array_equal(scores.logits, scored(of, model, sequences).logits)


def test_a_second_visitor_does_not_do_the_work_twice():
    calls, inside, leave = [], threading.Event(), threading.Event()

    class Slow(Constant):
        def forward(self, X):
            calls.append(len(X))
            inside.set()
            leave.wait(10)
            return super().forward(X)

    scores, model = BatchScores(task(name="one_motif"), ["ACGT"] * 5), Slow(torch.tensor([0.0, 1.0]))
    first = threading.Thread(target=scores.advance, args=(model,))
    first.start()
    assert inside.wait(10)
    scores.advance(model)  # returns at once: the other one is at it
    assert not scores.finished
    leave.set()
    first.join()
    assert scores.finished and calls == [5]


def test_what_cannot_be_read_has_a_sentence_and_no_number():
    of, sequences = task(name="one_motif"), ["A" * 61, "ACGT", "C" * 80]
    scores = scored(of, TooLong(2), sequences)
    assert scores.problems == {0: "This model reads at most 60 bases.", 2: "This model reads at most 60 bases."}
    assert scores.read.tolist() == [False, True, False] and not scores.called[[0, 2]].any()
    half = BatchScores(of, sequences)
    half.advance(TooLong(2), seconds=0)
    half.advance(TooLong(2), seconds=0)
    walked, sentences = iter(half.problems), half.problems  # by another visitor's page, while this one goes on
    assert next(walked) == 0
    half.advance(TooLong(2))
    assert list(walked) == [] and list(sentences) == [0] and list(half.problems) == [0, 2]
    assert np.isnan(scores.probabilities[[0, 2]]).all()
    judged = judge(scores, truth_of(["a label=GATA2"] * 3, of))
    assert judged.n == 1


def test_nobody_hides_a_bug_of_a_model():
    scores = BatchScores(task(name="one_motif"), ["ACGT"])
    with pytest.raises(RuntimeError):
        scores.advance(nn.Linear(3, 2))
    assert not scores.finished
    scores.advance(Constant(torch.tensor([0.0, 1.0])))  # and the lock is free again
    assert scores.finished


def filled(of, logits) -> BatchScores:
    """Scores as they stand when all is done; of two classes the log odds are the difference of the logits."""
    scores = BatchScores(of, ["ACGT"] * len(logits))
    scores.logits[:], scores.done = logits, len(logits)
    by = scores.logits[:, 0] - scores.logits[:, 1]
    scores.odds[:] = np.stack([by, -by], axis=1) if of.head == "softmax" else scores.logits
    return scores


def test_one_class_is_judged_by_hand():
    of = task(name="one_motif")  # background, GATA2
    scores = filled(of, [[0, 2], [0, 1], [1, 0], [3, 0], [0, 1]])  # GATA2, GATA2, background, background, GATA2
    names = [f'x label="{label}"' for label in ("GATA2", "background", "GATA2", "background")] + ["no label"]
    judged = judge(scores, truth_of(names, of))
    assert judged.n == 4 and judged.known.tolist() == [True] * 4 + [False]
    assert judged.right.tolist() == [True, False, False, True, False]
    assert judged.confusion.tolist() == [[1, 1], [1, 1]]
    assert judged.counts[1] == ("GATA2", 2, 2, 1, 1)
    assert judged.scores.accuracy == 0.5 and judged.scores.mcc == 0
    assert judged.scores.auroc == 0.75  # log odds of positives 2, -1; of negatives 1, -3: three of four pairs in order
    assert judged.scores.auprc == pytest.approx((1 + 2 / 3) / 2)


def test_labels_are_judged_each_by_itself():
    of = task("sigmoid", "one_motif")
    scores = filled(of, [[1, -1], [1, 2], [-3, -1]])
    judged = judge(scores, truth_of(["a label=background", "b label=GATA2", "c label=none"], of))
    assert judged.right.tolist() == [True, False, True] and judged.confusion is None
    assert judged.counts == (("background", 1, 2, 1, 0), ("GATA2", 1, 1, 0, 0))
    assert judged.scores.accuracy == pytest.approx((2 / 3 + 1) / 2)


def test_of_classes_of_bases_only_what_occurs_is_judged():
    of = task("positions", "gene_splice")  # neither, donor, acceptor
    scores = BatchScores(of, ["ACGT"] * 2)
    scores.odds[:] = [[9, 1, -1], [9, -2, -1]]
    scores.logits[:] = scores.odds
    judged = judge(scores, truth_of(['a label="donor 41-42, acceptor 7-8"', "b label=none"], of))
    assert judged.right.tolist() == [False, True]
    assert judged.counts == (("donor", 1, 1, 0, 0), ("acceptor", 1, 0, 0, 1))


def test_nothing_known_is_not_judged():
    of = task(name="one_motif")
    scores = filled(of, [[0, 1]])
    assert judge(scores, Truth(np.full((1, 2), -1, dtype=np.int8), True, ())) is None


def test_shipped_model_tells_its_own_task():
    run = pretrained_store().get("cnn")
    of = run.spec.make_task()
    records = dataset_records(of.sample(400, 11), "s")
    judged = judge(scored(of, run.load_model(), [r.sequence for r in records]), truth_of([r.name for r in records], of))
    assert judged.n == 400 and judged.scores.accuracy == pytest.approx(run.status.test.accuracy, abs=0.06)
