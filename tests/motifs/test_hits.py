"""Hits of known motifs: p-values against enumeration, scores against scan, counts against chance, planted sites found."""

from itertools import product

import numpy as np
import pytest
from Bio import motifs as biopython

from seqviz_core.datasets.in_class import InClassDanQ
from seqviz_core.errors import SeqVizError
from seqviz_core.motifs import Motif, find_motif, jaspar, scan
from seqviz_core.motifs.hits import BINS, DEEPEST, Hit, distribution, hits, thinned
from seqviz_core.sequences import decode, encode, reverse_complement

UNIFORM = np.full(4, 0.25)
SKEWED = np.array([0.35, 0.15, 0.2, 0.3])
SHORT = Motif("M1", "short", np.array([[9, 1, 0, 4, 2], [1, 7, 0, 3, 2], [0, 1, 10, 2, 2], [0, 1, 0, 1, 4]]))


def random_sequence(length: int, seed: int) -> str:
    return decode(np.random.default_rng(seed).integers(0, 4, (1, length), dtype=np.uint8))[0]


@pytest.mark.parametrize("background", [UNIFORM, SKEWED])
def test_p_values_are_those_of_every_word(background):
    known = distribution(SHORT, background)
    words = np.array(list(product(range(4), repeat=SHORT.width)))
    scores = known.cells[words, np.arange(SHORT.width)].sum(axis=1)
    chances = background[words].prod(axis=1)
    for score in np.unique(scores):
        assert known.reached[score - known.lowest] == pytest.approx(chances[scores >= score].sum(), rel=1e-12)


@pytest.mark.parametrize("motif_id", ["MA0036.4", "MA0139.2", "MA0138.3"])
def test_the_distribution_agrees_with_that_of_biopython(motif_id):
    motif = find_motif(motif_id)
    pssm = biopython.Motif(counts=dict(zip("ACGT", motif.counts.tolist()))).counts.normalize(
        pseudocounts=dict.fromkeys("ACGT", 0.2)).log_odds()
    theirs, ours = pssm.distribution(precision=10**3), distribution(motif, UNIFORM)
    for p in (1e-2, 1e-3, 1e-4):
        score = (ours.lowest + np.count_nonzero(ours.reached > p)) * ours.step
        assert score == pytest.approx(theirs.threshold_fpr(p), abs=0.05 + motif.width * ours.step)


def test_scores_and_strands_are_those_of_a_scan():
    sequence, motif = random_sequence(400, 1), find_motif("MA0079.5")
    scores = scan(motif, encode([sequence]))[0]
    step = distribution(motif, UNIFORM).step
    found = hits(sequence, [motif], p=1.0, limit=10**6)
    assert found.found == scores.size
    for hit in found.best:
        assert hit.score == pytest.approx(scores["+-".index(hit.strand), hit.start], abs=motif.width * step / 2 + 1e-4)


def test_the_number_of_hits_on_random_sequences_is_the_expected_one():
    motifs = [find_motif(i) for i in ("MA0036.4", "MA0079.5", "MA0137.4", "MA0139.2")]
    found = hits(random_sequence(60_000, 7), motifs, p=1e-3)
    assert found.expected == pytest.approx(sum(2 * (60_000 - m.width + 1) for m in motifs) * 1e-3, rel=0.2)  # scores are steps
    assert abs(found.found - found.expected) < 4 * np.sqrt(2 * found.expected)  # twice: hits of one place come in clumps


def test_millions_of_places_are_refused_before_they_are_listed():
    letters = [Motif(f"A{i}", "A", np.array([[90.0 + i] * 8, [1] * 8, [1] * 8, [1] * 8])) for i in range(40)]
    assert hits("A" * 800, letters).found == 40 * 793
    with pytest.raises(SeqVizError, match="at more than 200,000 places"):
        hits("A" * 10_000, letters)


def test_planted_sites_are_found():
    data = InClassDanQ(both_strands=True).sample(66, seed=3)
    known, missed = data.motifs, 0
    for row, sequence in enumerate(decode(data.codes)):
        best = hits(sequence, known, p=1e-3).best
        missed += sum(not any((h.motif, h.start, h.strand) == (s.motif, s.start, s.strand) for h in best)
                      for s in data.sites_of(row))
    assert missed <= 6  # of 60: a site is drawn from its motif, so a few look like nothing


def test_the_reverse_complement_has_the_same_hits_turned_round():
    sequence, library = random_sequence(150, 5), list(jaspar().values())[::9]
    there, back = hits(sequence, library, p=1e-3, limit=8), hits(reverse_complement(sequence), library, p=1e-3, limit=8)
    turned = {(h.motif.id, 150 - h.end, 150 - h.start, "+-"[h.strand == "+"]) for h in back.best}
    assert {(h.motif.id, h.start, h.end, h.strand) for h in there.best} == turned and there.found == back.found


def test_no_hit_repeats_another_and_no_base_has_more_than_a_track_shows():
    found = hits(random_sequence(300, 2) + find_motif("MA0139.2").consensus, list(jaspar().values()), limit=40)
    depth = np.zeros(400, dtype=int)
    for hit in found.best:
        depth[hit.start:hit.end] += 1
    assert depth.max() <= DEEPEST and 12 < len(found.best) < found.found
    assert [h.p for h in found.best] == sorted(h.p for h in found.best)
    assert sum("CTCF" in h.motif.name.upper() for h in found.best if h.start >= 295) == 1


def test_a_twin_is_thinned_and_a_neighbour_is_not():
    twin = Motif("M2", "twin", SHORT.counts * 2)
    a, b, c = Hit(SHORT, 10, 15, "+", 9, 1e-4), Hit(twin, 10, 15, "+", 8, 2e-4), Hit(SHORT, 14, 19, "+", 7, 3e-4)
    assert thinned([a, b, c], 12) == [a, c]
    assert thinned([a, b, c], 1) == [a]


def test_the_logo_lies_as_the_forward_strand_reads():
    motif = find_motif("MA0036.4")
    sequence = "A" * 20 + reverse_complement(motif.consensus) + "A" * 20
    hit = hits(sequence, [motif]).best[0]
    assert (hit.start, hit.strand) == (20, "-")
    letters = "".join("ACGT"[i] for i in hit.logo.argmax(axis=0))
    assert letters == reverse_complement(motif.consensus) == sequence[hit.start:hit.end]


def test_unknown_bases_and_short_sequences_have_no_hits():
    motif = find_motif("MA0036.4")
    broken = motif.consensus[:3] + "N" + motif.consensus[4:]
    assert hits(broken, [motif], p=1.0).found == 0
    assert hits("ACG", [motif], p=1.0) == ([], 0, 0.0, 1.0, 1)
    assert hits("ACGT", []).best == []


def test_a_long_sequence_is_searched_in_pieces_without_seams():
    motif, sequence = find_motif("MA0036.4"), random_sequence(2600, 4)
    placed = (1020, 2044)  # over the edges of the pieces
    for start in placed:
        sequence = sequence[:start] + motif.consensus + sequence[start + motif.width:]
    found = {h.start for h in hits(sequence, [motif], p=2e-4, limit=100).best if h.strand == "+"}
    assert set(placed) <= found


def test_bins_are_fine():
    steps = [distribution(m, UNIFORM).step for m in list(jaspar().values())[::50]]
    assert max(steps) < 0.06 and BINS == 10_000


@pytest.mark.parametrize("p", [0, -1, 2, float("nan")])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(SeqVizError, match="above 0, at most 1"):
        hits("ACGT", [SHORT], p=p)


def test_too_many_and_too_wide_motifs_are_refused():
    with pytest.raises(SeqVizError, match="2,001 motifs are too many"):
        hits("ACGT", [SHORT] * 2001)
    with pytest.raises(SeqVizError, match="has 101 columns"):
        hits("ACGT", [Motif("W", "W", np.ones((4, 101)))])
