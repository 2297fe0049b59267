"""Every example can be read, says its sites, and the stated sites hold the stated motifs."""

import pytest

from seqviz_core.examples import examples
from seqviz_core.export import sites_from_header
from seqviz_core.motifs import scan
from seqviz_core.sequences import encode


@pytest.mark.parametrize("example", examples(), ids=lambda e: e.label)
def test_stated_sites_hold_their_motif(example):
    sequence = example.record.sequence
    sites = sites_from_header(example.record.name, len(sequence))
    assert bool(sites) == ("sites=" in example.record.name)
    for site in sites:
        log_odds = scan(site.motif, encode([sequence]))[0, 0 if site.strand == "+" else 1]
        assert log_odds[site.start] > 6, site


def test_the_first_example_has_a_planted_site_and_labels_differ():
    assert "sites=" in examples()[0].record.name
    assert len({e.label for e in examples()}) == len(examples()) >= 6
