"""Motifs made and broken: a planted site is lost by its breaking, gained by its making, and nothing else is said."""

import numpy as np
import pytest

from seqviz_core.experiments.motif_changes import motif_changes
from seqviz_core.motifs import find_motif, jaspar
from seqviz_core.motifs.hits import every_hit, hits
from seqviz_core.sequences import reverse_complement
from seqviz_core.sequences.variants import Variant, apply_variant, read_variants

GATA, TATA = find_motif("MA0035.5"), find_motif("MA0108.3")
CTCF = next(m for m in jaspar().values() if m.name == "CTCF")


def consensus(motif) -> str:
    return "".join("ACGT"[i] for i in motif.ppm().argmax(axis=0))


SITE = consensus(GATA)
FLANK = "CTCTGCGCACGTCTGCTCCG"
SEQUENCE = FLANK + SITE + FLANK


def words(sequence, text, motifs):
    found = read_variants(text, sequence)
    assert not found.problems
    return [[(change.word, change.hit.motif.name, change.hit.start) for change in some]
            for some in motif_changes(sequence, found.variants, motifs)]


def test_the_site_is_there_to_begin_with():
    assert [hit.start for hit in every_hit(SEQUENCE, [GATA])] == [20]


def test_a_deletion_in_the_site_loses_it_and_one_beside_it_does_not():
    assert words(SEQUENCE, f"24_27del, 2del, {len(SEQUENCE) - 1}del", [GATA]) == [[("lost", "GATA1", 20)], [], []]


@pytest.mark.parametrize("strand", "+-")
def test_what_a_variant_loses_its_reverse_gains(strand):
    sequence = SEQUENCE if strand == "+" else reverse_complement(SEQUENCE)
    start = 24
    broken = Variant(start, sequence[start:start + 4], "CCCC")
    back = Variant(start, "CCCC", sequence[start:start + 4])
    [lost], [gained] = (motif_changes(s, [v], [GATA])[0] for s, v in ((sequence, broken),
                                                                     (apply_variant(sequence, broken), back)))
    assert (lost.word, gained.word) == ("lost", "gained") and lost.before == gained.after
    assert lost.before.strand == strand and lost.hit.start == 20 and np.isnan(lost.bits)


def test_an_insertion_makes_a_site_at_its_place():
    flank = FLANK + FLANK
    [made] = motif_changes(flank, [Variant(20, "", SITE)], [GATA, TATA])[0]
    assert (made.word, made.after.start, made.after.end) == ("gained", 20, 20 + len(SITE)) and made.before is None


def test_a_weaker_match_is_weaker_by_its_bits():
    ppm, site = CTCF.ppm(), consensus(CTCF)
    bits = {(i, other): np.log2(ppm["ACGT".index(other), i] / ppm["ACGT".index(base), i])
            for i, base in enumerate(site) for other in "ACGT".replace(base, "")}
    for (i, other), lost in list(bits.items())[::7]:
        variant = Variant(20 + i, site[i], other)
        changes = motif_changes(FLANK + site + FLANK, [variant], [CTCF])[0]
        if abs(lost) >= 0.6:
            assert changes[0].word == "weaker" and changes[0].bits == pytest.approx(lost, abs=0.02)
            back = motif_changes(apply_variant(FLANK + site + FLANK, variant), [Variant(20 + i, other, site[i])], [CTCF])[0]
            assert back[0].word == "stronger" and back[0].bits == pytest.approx(-changes[0].bits)
        elif abs(lost) < 0.4:
            assert changes == []


def test_many_variants_are_searched_as_each_alone():
    motifs = list(jaspar().values())[:60] + [GATA, TATA]
    variants = read_variants("22_24del, 25A>C, 3C>A, 30_31insTATAAA, 44G>A", SEQUENCE).variants
    together = motif_changes(SEQUENCE, variants, motifs)
    assert together == [motif_changes(SEQUENCE, [v], motifs)[0] for v in variants]
    for variant, changes in zip(variants, together):
        whole = {(h.motif, h.start, h.strand): h.p for h in every_hit(SEQUENCE, motifs)}
        with_it = {(h.motif, h.start, h.strand): h.p for h in every_hit(apply_variant(SEQUENCE, variant), motifs)}
        for change in changes:
            if change.before:
                assert whole[change.before.motif, change.before.start, change.before.strand] == change.before.p
            if change.after:
                assert with_it[change.after.motif, change.after.start, change.after.strand] == change.after.p


def test_no_motif_no_change():
    assert motif_changes(SEQUENCE, [Variant(22, SEQUENCE[22], "")], []) == [[]]
    assert motif_changes(SEQUENCE, [], [GATA]) == []


def test_every_hit_is_what_hits_counts():
    assert len(every_hit(SEQUENCE * 3, list(jaspar().values()))) == hits(SEQUENCE * 3, list(jaspar().values())).found
