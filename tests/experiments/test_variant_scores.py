"""Variants of a genome through models: against hand-cut windows, a linear model, tangermeme, and the planted truth."""

import numpy as np
import pytest
import torch
from tangermeme.variant_effect import deletion_effect, insertion_effect, substitution_effect

from seqviz_core.datasets import make_task
from seqviz_core.errors import SeqVizError
from seqviz_core.experiments.variant_scores import score_variants
from seqviz_core.experiments.variant_windows import (
    ANYWHERE,
    FEWEST_NULL,
    MOST_NULL,
    SAME_PLACES,
    null_variants,
    window_pair,
    windows,
)
from seqviz_core.genome import GenomeVariant
from seqviz_core.models import make_model
from seqviz_core.sequences import encode, one_hot_encode
from tests.small_genomes import letters, make_genome
from tests.toy_models import Linear, Smooth

CHR1 = letters(400, 1)


def variant(start: int, ref: str, alt: str, contig: str = "chr1") -> GenomeVariant:
    return GenomeVariant(contig, start, ref, alt, "", 1, 0)


def other(base: str) -> str:
    return "CGTA"["ACGT".index(base)]


@pytest.fixture
def genome(tmp_path):
    return make_genome(tmp_path, {"chr1": CHR1, "chr2": "N" * 30 + letters(40, 2) + "N" * 30})


@pytest.mark.parametrize("length", [20, 21])
@pytest.mark.parametrize(("ref", "alt", "offset"), [("x", "y", 0), ("xxx", "x", 1), ("x", "xTTT", 0), ("xxxx", "GG", 2)])
def test_a_window_is_cut_around_the_middle_of_the_reference_allele(genome, length, ref, alt, offset):
    start = 150
    there = CHR1[start:start + len(ref)]
    found = alt.replace("x", there[0]).replace("y", other(there[0]))
    begin = start + offset - length // 2
    before, after = window_pair(genome, variant(start, there, found), length)
    assert before == CHR1[begin:begin + length]
    whole = CHR1[:start] + found + CHR1[start + len(there):]
    assert after == whole[begin:begin + length] and len(after) == length


def test_windows_beyond_the_ends_are_unknown(genome):
    before, after = window_pair(genome, variant(2, CHR1[2], "A"), 20)
    assert before == "N" * 8 + CHR1[:12] and after == "N" * 8 + CHR1[:2] + "A" + CHR1[3:12]
    before, after = window_pair(genome, variant(398, CHR1[398:400], CHR1[398]), 20)
    assert before == CHR1[389:] + "N" * 9 and after == CHR1[389:399] + "N" * 10


def test_an_allele_that_does_not_fit_has_no_window(genome):
    assert window_pair(genome, variant(100, CHR1[100:121], "A"), 20) is None
    assert window_pair(genome, variant(100, CHR1[100], "A" * 11), 20) is None
    assert window_pair(genome, variant(100, CHR1[100], "A" * 10), 20) is not None


def test_unknown_bases_of_the_window_are_counted(genome):
    chr2 = genome.fetch("chr2", 0, 100)
    made = windows(genome, [variant(35, chr2[35], "A", "chr2"), variant(50, chr2[50], "A", "chr2")], 20)
    assert made.unknown.tolist() == [5, 0]
    assert made.reference[0].tolist() == encode([chr2[25:45]])[0].tolist()


def test_a_linear_model_changes_by_its_weights(genome):
    weight = torch.randn(3, 4, 20, generator=torch.Generator().manual_seed(0))
    listed = [variant(i, CHR1[i], other(CHR1[i])) for i in (CHR1.index(b, 50) for b in "ACG")]
    scored = score_variants(Linear(weight), genome, listed, 20, target=1)
    expected = [weight[1, "ACGT".index(v.alt), 10] - weight[1, "ACGT".index(v.ref), 10] for v in listed]
    np.testing.assert_allclose(scored.change, expected, atol=1e-5)
    largest = score_variants(Linear(weight), genome, listed, 20)
    every = np.stack([weight[:, "ACGT".index(v.alt), 10] - weight[:, "ACGT".index(v.ref), 10] for v in listed])
    assert largest.target.tolist() == np.abs(every).argmax(axis=1).tolist()
    np.testing.assert_allclose(largest.change, every[np.arange(3), largest.target], atol=1e-5)
    order = np.abs(largest.change).argsort()[::-1]
    assert largest.rank[order].tolist() == [1, 2, 3]


@pytest.mark.parametrize("architecture", ["cnn", "lstm", "attention"])
def test_substitutions_agree_with_tangermeme(genome, architecture):
    model = make_model(architecture, {}, n_outputs=3, length=60, seed=0).eval()
    listed = [variant(i, CHR1[i], other(CHR1[i])) for i in range(60, 340, 7)]
    X = torch.from_numpy(one_hot_encode([CHR1[v.start - 30:v.start + 30] for v in listed]))
    places = torch.tensor([[i, 30, "ACGT".index(v.alt)] for i, v in enumerate(listed)])
    before, after = substitution_effect(model, X, places, device="cpu")
    scored = score_variants(model, genome, listed, 60, target=2)
    np.testing.assert_allclose(scored.reference, before[:, 2], atol=1e-5)
    np.testing.assert_allclose(scored.alternative, after[:, 2], atol=1e-5)


def test_deletions_and_insertions_agree_with_tangermeme(genome):
    model = Smooth()
    at, length = 200, 40
    lost = variant(at, CHR1[at:at + 4], CHR1[at])  # three bases behind `at`
    begin = at + 2 - length // 2
    X = torch.from_numpy(one_hot_encode([CHR1[begin:begin + length + 3]])).double()
    gone = torch.tensor([[0, at + k - begin] for k in (1, 2, 3)])
    before, after = deletion_effect(model, X, gone, device="cpu")
    scored = score_variants(model, genome, [lost], length, target=0)
    np.testing.assert_allclose([scored.reference[0], scored.alternative[0]], [before[0, 0], after[0, 0]], atol=1e-5)
    gained = variant(at, CHR1[at], CHR1[at] + "TG")
    begin = at - length // 2
    X = torch.from_numpy(one_hot_encode([CHR1[begin:begin + length]])).double()
    rows = torch.tensor([[0, at + 1 - begin, "ACGT".index(base)] for base in "GT"])  # the last one given comes first
    before, after = insertion_effect(model, X, rows, device="cpu")
    scored = score_variants(model, genome, [gained], length, target=0)
    np.testing.assert_allclose([scored.reference[0], scored.alternative[0]], [before[0, 0], after[0, 0]], atol=1e-5)


class PerBase(torch.nn.Module):
    """Answers for every base: three classes, by a convolution."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv1d(4, 3, 5, padding=2)

    def forward(self, X):
        return 3 * self.conv(X)


def test_a_model_that_answers_at_every_base_is_judged_where_a_class_is_likeliest(genome):
    torch.manual_seed(0)
    model, task = PerBase().eval(), make_task("gene_splice", {})
    v = variant(150, CHR1[150], other(CHR1[150]))
    scored = score_variants(model, genome, [v], 40, task=task, target=1)
    for text, found, p in zip(window_pair(genome, v, 40), (scored.reference[0], scored.alternative[0]),
                              (scored.reference_p[0], scored.alternative_p[0])):
        logits = model(torch.from_numpy(one_hot_encode([text]))).detach().numpy()
        share = task.probabilities(logits)[0, 1]
        assert found == pytest.approx(logits[0, 1, share.argmax()], abs=1e-5) and p == pytest.approx(share.max(), abs=1e-5)


def test_each_label_of_a_multi_label_model_is_judged_alone(genome):
    weight, task = torch.randn(2, 4, 20), make_task("multi_label", {})
    v = variant(150, CHR1[150], other(CHR1[150]))
    scored = score_variants(Linear(weight), genome, [v], 20, task=task, target=0)
    assert scored.alternative_p[0] == pytest.approx(1 / (1 + np.exp(-scored.alternative[0])), abs=1e-6)


class Counting(Linear):
    """A linear model that counts the sequences it reads."""

    read = 0

    def forward(self, X):
        self.read += len(X)
        return super().forward(X)


def test_equal_windows_are_read_once(genome):
    model = Counting(torch.randn(2, 4, 20))
    base = CHR1[100]
    listed = [variant(100, base, b) for b in "ACGT" if b != base] * 50
    scored = score_variants(model, genome, listed, 20)
    assert model.read == 4 and scored.scored == 150
    assert len(set(scored.reference[scored.target == scored.target[0]].tolist())) == 1


def test_the_order_is_the_lists_own_though_windows_are_read_along_the_genome(genome):
    model, rng = Linear(torch.randn(2, 4, 20)), np.random.default_rng(0)
    listed = [variant(int(i), CHR1[i], other(CHR1[i])) for i in rng.permutation(np.arange(20, 380))]
    together = score_variants(model, genome, listed, 20, target=0)
    alone = [score_variants(model, genome, [v], 20, target=0).change[0] for v in listed[:40]]
    np.testing.assert_allclose(together.change[:40], alone, atol=1e-5)


def test_what_does_not_fit_is_nan_and_ranks_nowhere(genome):
    listed = [variant(100, CHR1[100], "A" * 30), variant(101, CHR1[101], other(CHR1[101]))]
    scored = score_variants(Linear(torch.randn(2, 4, 20)), genome, listed, 20)
    assert np.isnan(scored.change[0]) and np.isnan(scored.reference_p[0])
    assert scored.rank.tolist() == [0, 1] and scored.scored == 1 and not scored.above[0]


def test_the_share_above_random_substitutions_is_five_percent_of_random_ones(genome):
    """The control of the control: a list that is itself random."""
    model = Smooth()
    listed = null_variants(genome, [variant(100, CHR1[100], "A")] * 2000, ANYWHERE, seed=5)
    scored = score_variants(model, genome, listed, 40, target=1, null=null_variants(genome, listed, ANYWHERE, seed=6))
    assert 0.03 < scored.above.mean() < 0.07


def test_random_substitutions_are_of_the_genome(genome):
    far = variant(40, genome.fetch("chr2", 40, 41), "A", "chr2")
    listed = [*(variant(i, CHR1[i], other(CHR1[i])) for i in range(100, 110)), far]
    for where in (ANYWHERE, SAME_PLACES):
        drawn = null_variants(genome, listed, where)
        assert len(drawn) == FEWEST_NULL
        assert all(genome.fetch(v.contig, v.start, v.start + 1) == v.ref != v.alt for v in drawn)
        assert drawn == null_variants(genome, listed, where) != null_variants(genome, listed, where, seed=1)
        assert 10 <= sum(v.contig == "chr2" for v in drawn) <= 30
    assert {v.start for v in drawn if v.contig == "chr1"} == set(range(100, 110))
    assert all(v.alt != other(v.ref) for v in drawn if v.contig == "chr1")  # the list's own alternatives are left out
    assert len(null_variants(genome, listed * 300, ANYWHERE)) == MOST_NULL


class OneRow(Linear):
    """Wrong on purpose: one row of logits for all sequences."""

    def forward(self, X):
        return super().forward(X)[:1]


def test_a_model_that_cannot_read_the_windows_is_told(genome):
    with pytest.raises(SeqVizError, match="needs one row"):
        score_variants(OneRow(torch.randn(2, 4, 20)), genome, [variant(100, CHR1[100], other(CHR1[100]))], 20)
