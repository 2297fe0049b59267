"""TF-MoDISco is an extra that may not be there: what is said then, and that what it returns is read right."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from seqviz_core.datasets import Dataset, Sites
from seqviz_core.errors import SeqVizError
from seqviz_core.motif_discovery import Explained, modisco, modisco_motifs, why_no_modisco
from seqviz_core.sequences import encode, reverse_complement_codes


def maps(n):
    """Sequences of 40 bases, all with GATTACA at 20, every second one turned around as a whole."""
    codes = np.random.default_rng(0).integers(0, 4, (n, 40)).astype(np.uint8)
    codes[:, 20:27] = encode(["GATTACA"])
    codes[1::2] = reverse_complement_codes(codes[1::2])
    data = Dataset(codes, np.zeros(n, int), Sites(*[np.zeros(0, int)] * 5), ("yes",), ())
    return data, Explained(np.arange(n), np.zeros(n, int), np.zeros((n, 4, 40), np.float32))


def test_refusals_are_one_sentence(monkeypatch):
    monkeypatch.setattr(modisco, "find_spec", lambda name: None)
    with pytest.raises(SeqVizError, match="GPL"):
        modisco_motifs(*maps(3))
    monkeypatch.setattr(modisco, "find_spec", lambda name: object())
    with pytest.raises(SeqVizError, match="at least 2,000 maps .* here are 3"):
        modisco_motifs(*maps(3))
    assert why_no_modisco(2000) is None


def test_its_seqlets_become_sites(monkeypatch):
    """A stand-in for the library: every sequence a seqlet of 15 bases, the motif in its middle."""
    seen = {}

    def stand_in(one_hot, hypothetical_contribs, **options):
        seen.update(options, shapes=(one_hot.shape, hypothetical_contribs.shape))
        seqlets = [SimpleNamespace(example_idx=i, start=16 if i % 2 == 0 else 9, end=31 if i % 2 == 0 else 24,
                                   is_revcomp=bool(i % 2), contrib_scores=np.full((15, 4), i)) for i in range(len(one_hot))]
        return [SimpleNamespace(seqlets=seqlets)], None

    module = ModuleType("modiscolite.tfmodisco")
    module.TFMoDISco = stand_in
    monkeypatch.setitem(sys.modules, "modiscolite", ModuleType("modiscolite"))
    monkeypatch.setitem(sys.modules, "modiscolite.tfmodisco", module)
    monkeypatch.setattr(modisco, "find_spec", lambda name: object())
    (found,) = modisco_motifs(*maps(2000))
    assert found.motif.consensus == "GATTACA" and found.n_sites == 2000 and seen["shapes"] == ((2000, 40, 4),) * 2
    assert {(start, strand) for _, start, strand in found.sites} == {(20, 1), (13, -1)}
    assert found.sites[0, 0] == 1999 and found.name == "pattern 0"
