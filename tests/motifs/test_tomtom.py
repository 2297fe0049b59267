"""TOMTOM: by enumeration, against memelite, on parts of known motifs, and on queries that are noise."""

from itertools import product

import numpy as np
import pytest

from benchmarks.published.jaspar2016 import likeness
from seqviz_core.errors import SeqVizError
from seqviz_core.motifs import Motif, find_motif, jaspar, sample_sites
from seqviz_core.motifs.tomtom import library_with, tomtom

LIBRARY = tuple(jaspar().values())


def noise(n: int, width: int, seed: int) -> list[Motif]:
    """Motifs whose columns are drawn from those of the library, each as it is or complemented."""
    rng = np.random.default_rng(seed)
    columns = np.concatenate([m.counts for m in LIBRARY], axis=1)
    columns = np.concatenate([columns, columns[::-1]], axis=1)
    return [Motif(f"noise_{k}", "noise", columns[:, rng.integers(0, columns.shape[1], width)]) for k in range(n)]


def seen(motif: Motif, n: int, rng: np.random.Generator) -> Motif:
    """The motif as counted in n of its sites."""
    sites = sample_sites(motif, n, rng)
    return Motif("seen", "seen", [(sites == base).sum(0) for base in range(4)])


def binned(query: Motif, targets: list[Motif]) -> list[dict[tuple, int]]:
    """For each query column, its score in bins with each target column, by (target, strand, column)."""
    both = {(i, strand, k): oriented.ppm()[:, k] for i, target in enumerate(targets)
            for strand, oriented in (("+", target), ("-", target.reverse_complement())) for k in range(target.width)}
    raw = [{at: -np.sqrt(((column - other) ** 2).sum()) for at, other in both.items()} for column in query.ppm().T]
    raw = [{at: value - np.median(list(row.values())) for at, value in row.items()} for row in raw]
    low = np.floor(min(min(row.values()) for row in raw))
    scale = 100 // max(max(max(row.values()) for row in raw) - low, 1.0)
    return [{at: int(np.floor(value * scale + 0.5)) for at, value in row.items()} for row in raw]


def by_enumeration(query: Motif, targets: list[Motif], index: int) -> tuple[float, set[tuple[int, str]]]:
    """p of one target, every sum of every span listed one by one; and the (offset, strand) pairs that reach the best score."""
    rows, width = binned(query, targets), targets[index].width
    spans = {offset: range(max(0, offset), min(query.width, offset + width)) for offset in range(1 - width, query.width)}
    scores = {(offset, strand): sum(rows[i][index, strand, i - offset] for i in span)
              for offset, span in spans.items() for strand in "+-"}
    best = max(scores.values())
    below = 1.0
    for span in spans.values():
        sums = [sum(combination) for combination in product(*(rows[i].values() for i in span))]
        below *= np.mean(np.array(sums) < best)
    return 1 - below**2, {at for at, score in scores.items() if score == best}


@pytest.mark.parametrize("width", [1, 2, 4])
def test_equals_enumeration(width):
    rng = np.random.default_rng(width)
    query = Motif("query", "query", rng.integers(0, 20, (4, width)) + 0.5)
    targets = [Motif(f"t{k}", f"t{k}", rng.integers(0, 20, (4, k)) + 0.5) for k in (1, 2, 3, 5)]
    found = tomtom([query], targets)
    for index in range(len(targets)):
        p, places = by_enumeration(query, targets, index)
        match = found.match(0, index)
        assert match.p == pytest.approx(p, abs=1e-12) and (match.offset, match.strand) in places
        assert match.e == pytest.approx(4 * p, abs=1e-11)


@pytest.mark.timeout(900)  # memelite is compiled on its first call: a minute on an idle machine
@pytest.mark.filterwarnings("ignore")
def test_agrees_with_memelite():
    """Its medians are approximate and its ties fall on the other strand; p differs by a few per cent, more only far out."""
    from memelite import tomtom as reference

    rng = np.random.default_rng(0)
    queries = [*noise(6, 12, seed=1), *noise(2, 7, seed=2), seen(LIBRARY[100], 30, rng), seen(LIBRARY[700], 300, rng)]
    columns = [[m.ppm() for m in motifs] for motifs in (queries, LIBRARY)]
    p, _, offset, overlap, strand = reference(*columns, n_target_bins=None, n_jobs=1)
    ours = tomtom(queries, LIBRARY)
    apart = np.abs(np.log10(ours.p) - np.log10(p))
    assert np.quantile(apart, 0.99) < 0.05 and (apart < 0.06 + 0.05 * np.abs(np.log10(p))).all()
    assert (ours.p.argmin(1) == p.argmin(1)).all()
    top = np.arange(len(queries)), p.argmin(1)
    assert (ours.offset[top] == -offset[top]).all() and (ours.strand[top] == 1 - 2 * strand[top]).all()
    assert (ours.overlap[top] == overlap[top]).all()
    assert (ours.offset == -offset).mean() > 0.95 and (ours.strand == 1 - 2 * strand).mean() > 0.9


@pytest.mark.parametrize("id", ["MA0139.2", "MA0138.3", "MA0106.3"])
def test_a_part_of_a_motif_is_found_where_it_was_cut(id):
    motif = find_motif(id)
    part = Motif("part", "part", motif.counts[:, 3:11])
    found = tomtom([part, part.reverse_complement()], LIBRARY)
    forward, backward = (found.match(k, LIBRARY.index(motif)) for k in (0, 1))
    assert (forward.offset, forward.strand, forward.overlap) == (-3, "+", 8)
    assert (backward.offset, backward.strand) == (-(motif.width - 11), "-")
    assert forward.p == pytest.approx(backward.p) and forward.e < 0.1


def test_planted_motifs_are_the_best_match_and_correlation_agrees():
    rng = np.random.default_rng(3)
    planted = [find_motif(i) for i in ("MA0139.2", "MA0138.3", "MA0106.3", "MA0137.4", "MA0093.4", "MA0083.3")]
    queries = [seen(m, 200, rng) for m in planted]
    found = tomtom(queries, LIBRARY)
    for k, (motif, query) in enumerate(zip(planted, queries)):
        best = found.best(k)
        assert best.target == motif == max(LIBRARY, key=lambda target: likeness(query, target))
        assert (best.offset, best.strand) == (0, "+")
        assert best.e < 1e-6 and best.q <= best.e


def test_noise_is_as_significant_as_chance_allows():
    """p is nearly uniform: the offsets of one target share columns, which p takes as independent, so it errs to the safe side."""
    p = tomtom(noise(24, 12, seed=5), LIBRARY).p
    for level in (0.5, 0.1, 0.01, 0.001):
        assert 0.5 * level < (p < level).mean() < 1.1 * level


def test_e_counts_the_targets_and_q_is_benjamini_hochberg():
    found = tomtom(noise(1, 10, seed=6), LIBRARY[:200])
    p, q = found.p[0], found.q[0]
    by_definition = [min(1.0, min(p[k] * 200 / (p <= p[k]).sum() for k in np.flatnonzero(p >= mine))) for mine in p]
    np.testing.assert_allclose(q, by_definition)
    np.testing.assert_allclose(found.e[0], 200 * p)


def test_best_among_some_and_the_order_of_queries_does_not_matter():
    queries = [*noise(2, 9, seed=7), *noise(2, 14, seed=8)]
    together, alone = tomtom(queries, LIBRARY), tomtom(queries[2:3], LIBRARY)
    np.testing.assert_array_equal(together.p[2], alone.p[0])
    assert together.best(2, among=[5, 70, 900]).target == LIBRARY[[5, 70, 900][together.p[2, [5, 70, 900]].argmin()]]


def test_the_library_gets_only_what_it_lacks():
    own = Motif("own", "own", np.eye(4))
    assert library_with([LIBRARY[3], own]) == (*LIBRARY, own)


def test_what_cannot_be_compared_is_told():
    with pytest.raises(SeqVizError, match="no motifs to compare"):
        tomtom([LIBRARY[0]], [])
    with pytest.raises(SeqVizError, match="101 columns"):
        tomtom([Motif("wide", "wide", np.ones((4, 101)))], LIBRARY)
    assert tomtom([], LIBRARY).p.shape == (0, len(LIBRARY))
