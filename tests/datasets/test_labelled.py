"""A visitor's own sequences: classes, lengths, copies, shuffles, and what is refused."""

import json

import numpy as np
import pytest

from seqviz_core.datasets import DATASETS, make_task
from seqviz_core.datasets.labelled import EXAMPLE, OwnSequences
from seqviz_core.datasets.reading import SHUFFLES
from seqviz_core.errors import SeqVizError
from seqviz_core.sequences import decode, reverse_complement
from seqviz_core.training import RunSpec


def drawn(n: int, length: int, seed: int) -> list[str]:
    return decode(np.random.default_rng(seed).integers(0, 4, (n, length), dtype=np.uint8))


def table(**classes: list[str]) -> str:
    return "sequence,label\n" + "".join(f"{s},{name}\n" for name, group in classes.items() for s in group)


def sequences_of(task: OwnSequences) -> list[str]:
    return decode(task.given.codes)


def test_the_example_is_there_and_says_so():
    task = DATASETS["labelled"].presets["default"]
    assert task.is_example and task.classes == ("no E-box", "E-box") and task.given.codes.shape == (160, 40)
    assert [("CACGTG" in s) for s in sequences_of(task)] == (task.given.labels == 1).tolist()
    assert not OwnSequences(table(a=drawn(10, 9, 0), b=drawn(10, 9, 1))).is_example


@pytest.mark.parametrize("names, classes", [(("1", "0"), ("0", "1")), (("bound", "unbound"), ("unbound", "bound")),
                                            (("x", "not x"), ("not x", "x")), (("b", "a"), ("a", "b"))])
def test_the_negative_class_comes_first(names, classes):
    task = OwnSequences(table(**{name: drawn(10, 12, i) for i, name in enumerate(names)}))
    assert task.classes == classes and task.length == 12 and np.bincount(task.given.labels).tolist() == [10, 10]


def test_lengths_are_made_equal_and_it_is_said():
    long, short = drawn(10, 30, 0), drawn(10, 20, 1)
    open_end = OwnSequences(table(a=long, b=short))
    assert open_end.length == 30 and sequences_of(open_end) == long + [s + "N" * 10 for s in short]
    assert "10 shorter than 30 bases" in open_end.notices[0]
    assert "length alone tells 'a' apart (AUROC 1.00)" in open_end.notices[1]
    cut = OwnSequences(table(a=long, b=short), bases=20)
    assert sequences_of(cut) == [s[5:25] for s in long] + short and cut.notices == ("10 longer than 20 bases: only the middle is "
                                                                                   "read.",)
    assert OwnSequences(table(a=drawn(10, 2100, 0), b=drawn(10, 2100, 1))).length == 2000


def test_copies_and_contradictions_are_left_out_and_told():
    a, b = drawn(12, 20, 0), drawn(12, 20, 1)
    task = OwnSequences(table(a=[*a, a[0], a[0], b[0]], b=b))
    assert sequences_of(task) == a + b[1:]
    assert task.notices == ("2 copies of another sequence left out.", "2 left out: the same sequence has several labels.")


def test_a_reverse_complement_stays_in_the_part_of_its_partner():
    a = drawn(60, 20, 0)
    task = OwnSequences(table(a=a, b=[reverse_complement(s) for s in a]))
    for seed in range(3):
        folds = task.folds(seed)
        assert (folds[:60] == folds[60:]).all() and len(set(folds.tolist())) == 10


def pairs(sequence: str) -> list[str]:
    return sorted(sequence[i:i + 2] for i in range(len(sequence) - 1))


def test_positives_alone_get_a_shuffle_each():
    positives = drawn(30, 60, 2)
    for text in ("\n".join(positives), table(**{"1": positives})):
        task = OwnSequences(text, SHUFFLES)
        assert task.classes == ("shuffled", "positive") and np.bincount(task.given.labels).tolist() == [30, 30]
        made = sequences_of(task)
        assert made[:30] == positives and task.given.labels.tolist() == [1] * 30 + [0] * 30
        assert all(pairs(p) == pairs(s) and p != s for p, s in zip(positives, made[30:]))
        assert sequences_of(OwnSequences(text, SHUFFLES)) == made
        assert (task.folds(0)[:30] == task.folds(0)[30:]).all()


def test_a_shuffle_that_is_its_original_is_no_negative():
    task = OwnSequences("\n".join([*drawn(20, 30, 0), "A" * 30]), SHUFFLES)
    assert "A" * 30 not in sequences_of(task) and "several labels" in task.notices[0]


FEW = table(a=drawn(10, 20, 0), b=drawn(9, 20, 1))


@pytest.mark.parametrize("settings, sentence", [
    ({"text": ""}, "There is no sequence here"), ({"text": "\n".join(drawn(9, 9, 0))}, "No sequence has a label"),
    ({"text": table(a=drawn(20, 20, 0))}, "Every sequence is labelled 'a'"),
    ({"text": FEW}, "The class 'b' has 9 different sequences; at least 10"),
    ({"text": FEW, "negatives": SHUFFLES}, r"have 2 labels already \(a, b\)"),
    ({"text": table(a=drawn(10, 20, 0), b=drawn(10, 20, 0))}, "several labels, fewer than two classes remain"),
    ({"text": table(**{f"d{i}": [s] for i, s in enumerate(drawn(60, 10, 0))})}, "60 different labels"),
    ({"text": table(a=drawn(10, 7, 0), b=drawn(10, 7, 1))}, "would be 7 bases long; at least 8"),
    ({"bases": 3}, "would be 3 bases long"), ({"bases": 10_001}, "Length: 10001 is outside"), ({"fold": 11}, "Fold: 11"),
    ({"negatives": "none"}, "Negatives: 'none' is not one of given, dinucleotide shuffles"),
    ({"text": "ACGTACGTAC,a\n" * 2000, "bases": 10_000}, "2,000 sequences of 10,000 bases are 20,000,000 bases; at most 10"),
    ({"text": "ACGTACGTAC,a\n" * 50_001}, "more than 50,000 sequences"), ({"text": "A" * 10**7}, "more than 5,000,000 bytes")])
def test_what_cannot_be_used_is_told(settings, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        make_task("labelled", settings)


def test_the_servers_limits_hold(monkeypatch):
    monkeypatch.setenv("SEQVIZ_MAX_LENGTH", "39")
    with pytest.raises(SeqVizError, match="has 40 bases; at most 39"):
        make_task("labelled", {})


def test_the_content_travels_in_the_runs_settings():
    spec = RunSpec("labelled", {"text": table(a=drawn(10, 20, 0), b=drawn(10, 20, 1))}, "cnn", {}).complete()
    again = RunSpec.from_json(json.dumps(json.loads(spec.to_json())))
    assert again.run_id == spec.run_id and np.array_equal(again.make_task().given.codes, spec.make_task().given.codes)
    assert EXAMPLE not in spec.to_json()
