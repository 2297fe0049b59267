"""Matching: a plain loop as oracle, and cases where the answer was planted."""

import numpy as np
import pytest

from seqviz_core.motifs import Motif, find_motif, jaspar, match_motif

LIBRARY = list(jaspar().values())
SOME = LIBRARY[::13]
ANY = np.full((4, 1), 25.0)  # a column that says nothing


def made(counts):
    return Motif("query", "query", counts)


def sampled(motif, n, rng):
    """The motif as seen in n sites."""
    p = motif.ppm()
    return np.stack([rng.multinomial(n, p[:, i] / p[:, i].sum()) for i in range(motif.width)], axis=1).astype(float)


def by_hand(query, target):
    """The best (score, offset, strand) by numpy's correlation of the two matrices at every offset, one by one."""
    found = []
    for strand, other in (("+", target), ("-", target.reverse_complement())):
        for offset in range(1 - target.width, query.width):
            under = np.full((4, query.width), 0.25)
            columns = [i for i in range(query.width) if 0 <= i - offset < target.width]
            if len(columns) < min(4, query.width, target.width):
                continue
            under[:, columns] = other.ppm()[:, [i - offset for i in columns]]
            q, t = query.ppm().ravel(), under.ravel()
            faint = min(1.0, np.sqrt(4 * t.var() / q.var()))  # a stretch with less than a quarter of the query's energy
            found.append((np.corrcoef(q, t)[0, 1] * faint, offset, strand))
    return max(found)


def test_equals_a_plain_loop():
    rng = np.random.default_rng(0)
    targets = [Motif(f"t{i}", "t", rng.dirichlet([0.4] * 4, w).T * 50) for i, w in enumerate([1, 3, 4, 5, 8, 11, 17])]
    for width in (1, 2, 4, 7, 12):
        query = made(rng.dirichlet([0.4] * 4, width).T * 50)
        for match in match_motif(query, targets):
            score, offset, strand = by_hand(query, match.target)
            assert match.score == pytest.approx(score, abs=1e-8)
            assert (match.offset, match.strand) == (offset, strand)


@pytest.mark.parametrize("motif", SOME, ids=lambda m: m.id)
def test_a_motif_finds_itself_on_the_strand_it_is_read_on(motif):
    best = match_motif(motif, LIBRARY)[0]
    assert best.target == motif
    assert (best.offset, best.strand, best.score) == (0, "+", pytest.approx(1))
    turned = {m.target.id: m for m in match_motif(motif.reverse_complement(), [motif])}[motif.id]
    assert turned.offset == 0 and turned.score == pytest.approx(1)
    palindrome = np.abs(motif.ppm() - motif.reverse_complement().ppm()).max() < 1e-9
    assert turned.strand == ("+" if palindrome else "-")


def test_a_padded_motif_lies_where_it_was_put():
    rng = np.random.default_rng(1)
    for motif in SOME:
        left, right = rng.integers(1, 8, size=2)
        flanks = [rng.multinomial(100, [0.25] * 4, size=n).T for n in (left, right)]
        turn = rng.random() < 0.5
        core = motif.reverse_complement() if turn else motif
        match = match_motif(made(np.hstack([flanks[0], core.counts / core.counts.sum(axis=0) * 100, flanks[1]])), [motif])[0]
        assert match.score > 0.95
        if np.abs(motif.ppm() - motif.reverse_complement().ppm()).max() > 0.2:  # else the strands cannot be told apart
            assert (match.offset, match.strand) == (left, "-" if turn else "+")


def test_a_clipped_motif_begins_before_the_query():
    motif = find_motif("MA0139.2")
    for start, end in [(3, 15), (0, 9), (5, 12)]:
        best = match_motif(made(motif.counts[:, start:end]), [m for m in LIBRARY if m.name != "CTCF"] + [motif])[0]
        assert (best.target, best.offset, best.strand) == (motif, -start, "+")
        assert best.score == pytest.approx(1)
        turned = match_motif(made(motif.counts[:, start:end]).reverse_complement(), [motif])[0]
        assert (turned.offset, turned.strand) == (end - 15, "-")


def test_a_motif_seen_in_twenty_sites_is_found_again():
    """The same motif, or one that the library itself has almost twice."""
    rng, found, scores = np.random.default_rng(2), 0, []
    for motif in SOME:
        best = match_motif(made(sampled(motif, 20, rng)), LIBRARY)[0]
        found += best.target == motif or match_motif(motif, [best.target])[0].score > 0.9
        scores.append(best.score)
    assert found >= 0.97 * len(SOME)
    assert np.quantile(scores, 0.05) > 0.95


def test_random_patterns_score_clearly_lower_than_true_ones():
    """Over the whole library, widths of 8 to 19: the best random match stays below nearly all true ones from 20 sites."""
    rng = np.random.default_rng(3)
    true = [match_motif(made(sampled(m, 20, rng)), LIBRARY)[0].score for m in SOME if m.width >= 8]
    chance = [match_motif(made(rng.dirichlet([0.3] * 4, rng.integers(8, 20)).T * 100), LIBRARY)[0].score for _ in range(60)]
    assert np.median(chance) < 0.75
    assert max(chance) < np.quantile(true, 0.05)


def test_a_short_overlap_does_not_win():
    """Four columns of the query agree perfectly with the end of one target, all twelve agree roughly with another."""
    rng = np.random.default_rng(4)
    core = np.eye(4)[rng.integers(0, 4, 12)].T * 90 + 2.5
    query = made(core)
    end = Motif("end", "end", np.hstack([np.eye(4)[rng.integers(0, 4, 8)].T * 90 + 2.5, core[:, :4]]))
    rough = Motif("rough", "rough", core * 0.6 + 0.4 * 25)
    best, second = match_motif(query, [end, rough])
    assert best.target == rough and best.score == pytest.approx(1, abs=0.01)
    assert second.score < 0.7


def test_a_stretch_that_says_nothing_does_not_win_by_its_shape():
    """The tail of one target has the query's shape at a fiftieth of its height; the other target is the query, blurred."""
    core = np.eye(4)[[0, 2, 1, 3, 3, 0]].T * 96 + 1
    faint = Motif("faint", "faint", np.hstack([np.eye(4)[[1] * 8].T * 96 + 1, 25 + (core - 25) / 50]))
    blurred = Motif("blurred", "blurred", 25 + (core - 25) * 0.75 + np.random.default_rng(0).random((4, 6)) * 8)
    best, second = match_motif(made(core), [faint, blurred])
    assert best.target == blurred and best.score > 0.95
    assert second.score < 0.6


def test_equal_scores_are_ordered_by_how_much_of_the_target_is_covered():
    core = np.random.default_rng(5).dirichlet([0.2] * 4, 6).T * 100
    longer = Motif("longer", "longer", np.hstack([core, np.eye(4)[[2, 2, 1, 0]].T * 99]))
    exact = Motif("exact", "exact", np.hstack([ANY, core, ANY]))
    assert [m.target.id for m in match_motif(made(core), [longer, exact])] == ["exact", "longer"]


def test_best_first_and_one_for_each_target():
    matches = match_motif(find_motif("MA0035.5"), LIBRARY)
    assert len(matches) == len(LIBRARY) == len({m.target.id for m in matches})
    scores = [m.score for m in matches]
    assert scores == sorted(scores, reverse=True)
    assert all(-1 <= score <= 1 for score in scores)


def test_a_pattern_that_says_nothing_scores_zero():
    assert {m.score for m in match_motif(made(np.full((4, 8), 5.0)), SOME)} == {0}
    blank = Motif("blank", "blank", np.full((4, 8), 5.0))
    assert match_motif(find_motif("MA0139.2"), [blank])[0].score == 0


def test_no_targets_no_matches():
    assert match_motif(find_motif("MA0139.2"), []) == []
