"""Recovery of planted motifs, with found motifs that are known pieces of them."""

import numpy as np
import pytest

from seqviz_core.motif_discovery import FoundMotif, Measures, filter_motifs, recovery
from seqviz_core.motifs import Motif, find_motif, jaspar, tomtom
from seqviz_core.training import find_run

CTCF, REST, TP53, USF1, GATA = (find_motif(i) for i in ("MA0139.2", "MA0138.3", "MA0106.3", "MA0093.4", "MA0036.4"))
ANY = np.full((4, 4), 25.0)


def found(*counts):
    """Found motifs of these counts; None for one without a site."""
    return [FoundMotif(k, None if c is None else Motif(f"m{k}", f"m {k}", c), 0 if c is None else 100, 0.5,
                       np.zeros((0, 3), int), np.zeros(0), np.zeros(60, int)) for k, c in enumerate(counts)]


def test_found_split_in_part_missed_extra_and_silent():
    parts = REST.counts[:, :10], REST.counts[:, 10:], TP53.counts[:, :9]
    flat = np.concatenate([ANY, ANY], axis=1)
    result = recovery(found(CTCF.counts, *parts, jaspar()["MA0048.3"].counts, flat, None), [CTCF, REST, TP53, USF1])
    assert [(row.motif.name, row.status) for row in result.planted] == [
        ("CTCF", "found"), ("REST", "split"), ("TP53", "in part"), ("USF1", "missed")]
    by = {row.motif.name: row.by for row in result.planted}
    assert by["CTCF"] == (0,) and sorted(by["REST"]) == [1, 2] and by["TP53"] == (3,) and by["USF1"] == ()
    assert result.extra == (4, 5) and result.silent == (6,)
    assert result.named[4].known.target.id == "MA0048.3" and not result.named[4].is_planted
    assert result.named[5] == result.named[6] and result.named[5].match is None
    assert [row.status for row in result.with_status("missed")] == ["missed"]


def test_the_share_that_is_covered_by_hand():
    """Of REST's first ten columns, and of its last eight turned around, those from the first to the last above half a bit."""
    bits = REST.information_content()
    telling = [np.flatnonzero(part > 0.5) for part in (bits[:10], bits[-8:])]
    expected = [part[t[0]:t[-1] + 1].sum() / bits.sum() for part, t in zip((bits[:10], bits[-8:]), telling)]
    result = recovery(found(REST.counts[:, :10], REST.reverse_complement().counts[:, :8]), [REST])
    assert [n.planted.strand for n in result.named] == ["+", "-"]
    assert [n.covered for n in result.named] == pytest.approx(expected)


def test_offsets_count_from_the_first_column_that_is_shown():
    padded = np.concatenate([ANY, ANY, CTCF.counts, ANY], axis=1)
    match = recovery(found(padded), [CTCF]).named[0].planted
    assert (match.offset, match.strand, match.target) == (8, "+", CTCF)


def test_a_motif_is_of_the_best_planted_one_only():
    gata = [m for m in jaspar().values() if m.name.upper().startswith("GATA")]
    result = recovery(found(GATA.counts), gata)
    assert [row.motif for row in result.planted if row.by] == [GATA]
    assert result.measures.coverage == pytest.approx(1 / len(gata))


def test_e_is_of_the_whole_library_however_few_are_planted():
    own = Motif("own", "own", np.random.default_rng(0).dirichlet([0.2] * 4, 11).T * 100)
    result = recovery(found(CTCF.counts, own.counts), [CTCF, own])
    assert result.n_targets == len(jaspar()) + 1
    assert result.named[0].planted.e == pytest.approx(result.named[0].planted.p * result.n_targets)
    assert [row.status for row in result.planted] == ["found", "found"]


def test_what_says_little_is_not_matched_though_tomtom_finds_it_significant():
    """A query of faint columns is significantly like the empty stretch inside the long CTCF motifs."""
    faint = 25 + 12 * np.random.default_rng(1).normal(size=(4, 19)).clip(-1, 1)
    faint[:, [3, 15]] = [[80], [5], [5], [10]]  # two columns above half a bit, so that clipping leaves what is between
    assert tomtom([Motif("faint", "faint", faint)], tuple(jaspar().values())).e.min() < 0.1
    assert not recovery(found(faint), [CTCF]).named[0].is_known


def test_without_planted_motifs_the_library_alone_names_them():
    result = recovery(found(CTCF.counts, ANY), [])
    assert result.planted == () and result.named[0].match.target == CTCF and result.named[0].is_known
    assert np.isnan(result.measures.coverage) and result.measures.any_hit == 0.5 and result.measures.planted_hit == 0


def test_measures_by_hand():
    result = recovery(found(CTCF.counts, USF1.counts, jaspar()["MA0048.3"].counts, None), [CTCF, REST])
    q = [result.named[k].known.q for k in range(3)]
    assert result.measures == Measures(4, 0.75, 0.25, 0.5, pytest.approx(np.median([*-np.log10(q), 0])))
    assert recovery([], [CTCF]).measures == Measures(0, 0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("name", ["cnn", "lstm", "attention"])
def test_trained_filters_hold_every_planted_motif_and_untrained_ones_none(name):
    run = find_run(name)
    data = run.spec.make_task().sample(1000, (11, 1))
    trained, untrained = (recovery(filter_motifs(model, data.codes), data.motifs)
                          for model in (run.load_model(), run.spec.make_model().eval()))
    assert trained.measures.coverage == 1 and trained.measures.planted_hit > 0.25
    assert untrained.measures.planted_hit <= 0.05 and untrained.measures.any_hit <= 0.1
