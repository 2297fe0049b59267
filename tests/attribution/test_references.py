from collections import Counter

import torch
from toy_models import one_hot

from seqviz_core.attribution.references import against_shuffles, known_bases, shuffles, uniform

SEQUENCE = "ACGTNNGGATTACAGATTACACCGN"
x = torch.from_numpy(one_hot(SEQUENCE)[0])


def test_shuffles_keep_dinucleotides_and_unknown_bases():
    known = [i for i, base in enumerate(SEQUENCE) if base != "N"]
    pairs = lambda text: Counter(zip(text, text[1:]))
    rows = shuffles(x, 10, seed=0)
    assert rows.shape == (10, 4, 25) and rows.unique(dim=0).shape[0] > 1
    for row in rows:
        assert row.sum(0).tolist() == [float(base != "N") for base in SEQUENCE]
        assert pairs("".join("ACGT"[i] for i in row[:, known].argmax(0))) == pairs(SEQUENCE.replace("N", ""))
    assert torch.equal(rows, shuffles(x, 10, seed=0)) and not torch.equal(rows, shuffles(x, 10, seed=1))


def test_uniform_is_a_quarter_where_a_base_is_known():
    assert uniform(x)[:, 0].tolist() == [0.25] * 4 and not uniform(x)[:, 4].any()
    assert torch.equal(uniform(torch.stack([x, x]))[1], uniform(x))
    assert known_bases(x).tolist() == [base != "N" for base in SEQUENCE]


def test_nothing_known():
    unknown = torch.zeros(4, 6)
    assert not shuffles(unknown, 3, 0).any() and not uniform(unknown).any()


def test_words():
    assert against_shuffles(1) == "Compared with 1 dinucleotide shuffle of the sequence"
    assert against_shuffles(10) == "Compared with 10 dinucleotide shuffles of the sequence"
