"""What tasks share: sites and their mask by hand, labels, and names that are refused."""

import numpy as np
import pytest

from seqviz_core.datasets import DATASETS, Dataset, Site, Sites, make_task
from seqviz_core.datasets.planting import SiteBook, draw_starts, draw_strands
from seqviz_core.datasets.task import balanced_labels
from seqviz_core.errors import SeqVizError
from seqviz_core.motifs import Motif

SURE = Motif("M1", "AACG", np.eye(4)[[0, 0, 1, 2]].T * 1e9)  # always AACG
OTHER = Motif("M2", "TG", np.eye(4)[[3, 2]].T * 1e9)


def test_a_site_is_written_as_the_motif_or_its_reverse_complement():
    codes = np.full((2, 7), 3, dtype=np.uint8)
    book = SiteBook(codes)
    book.plant(np.array([0, 1]), np.array([2, 3]), SURE, 0, np.array([1, -1]), np.random.default_rng(0))
    assert codes.tolist() == [[3, 3, 0, 0, 1, 2, 3], [3, 3, 3, 1, 2, 3, 3]]  # TT AACG T, TTT CGTT
    book.plant(np.array([1]), np.array([0]), OTHER, 1, np.array([1]), np.random.default_rng(0))
    data = Dataset(codes, np.array([0, 1]), book.sites(), ("no", "yes"), (SURE, OTHER))
    assert data.sites_of(0) == [Site(SURE, 2, 6, "+")]
    assert data.sites_of(1) == [Site(OTHER, 0, 2, "+"), Site(SURE, 3, 7, "-")]
    assert data.planted_mask().astype(int).tolist() == [[0, 0, 1, 1, 1, 1, 0], [1, 1, 0, 1, 1, 1, 1]]


def test_nothing_planted_is_an_empty_book():
    sites = SiteBook(np.zeros((3, 5), dtype=np.uint8)).sites()
    assert all(len(column) == 0 for column in vars(sites).values()) and not sites.mask(3, 5).any()


def test_a_mask_counts_overlaps_once_and_reaches_the_end():
    sites = Sites(*np.array([[0, 0, 2], [0, 0, 0], [1, 2, 3], [4, 5, 6], [1, 1, 1]]))
    assert sites.mask(3, 6).astype(int).tolist() == [[0, 1, 1, 1, 1, 0], [0] * 6, [0, 0, 0, 1, 1, 1]]


def test_starts_reach_both_ends_and_strands_are_even():
    rng = np.random.default_rng(0)
    starts = draw_starts(2000, 10, SURE, rng)
    assert np.bincount(starts).shape == (7,) and np.bincount(starts).min() > 200
    assert draw_starts(3, 4, SURE, rng).tolist() == [0, 0, 0]
    assert set(draw_strands(9, False, rng)) == {1} and abs(draw_strands(2000, True, rng).mean()) < 0.1


def test_labels_are_even_and_shuffled():
    labels = balanced_labels(1001, 3, np.random.default_rng(0))
    assert sorted(np.bincount(labels)) == [333, 334, 334] and (np.diff(labels) != 0).mean() > 0.5


@pytest.mark.parametrize("name, settings, sentence", [
    ("one_motiv", {}, "Did you mean 'one_motif'"), ("one_motif", {"motive": "x"}, "no setting 'motive'"),
    ("one_motif", {"motif": "CTCF"}, "is a name"), ("one_motif", {"length": 10}, "Sequence length: 10"),
    ("one_motif", {"background": "flat"}, "not one of uniform, GC content, shuffled"),
    ("one_motif", {"motif": "MA0139.2", "gc": 1.0}, "GC content of the background: 1.0 is outside 0.05 to 0.95")])
def test_a_task_that_cannot_be_made_is_told(name, settings, sentence):
    with pytest.raises(SeqVizError, match=sentence):
        make_task(name, settings)


def test_presets_are_made_from_their_settings():
    assert DATASETS["one_motif"].presets["CTCF in 200"] == make_task("one_motif", {"motif": "MA0139.2", "length": 200})
    assert list(DATASETS["motif_pair"].presets) == ["default", "order only"]
