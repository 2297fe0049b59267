"""The bundled JASPAR library: what is in it, how it is asked, and that it is what pyjaspar gives."""

import runpy
import time
from pathlib import Path

import numpy as np
import pytest

from seqviz_core.errors import SeqVizError
from seqviz_core.motifs import Motif, find_motif, jaspar, jaspar_release
from seqviz_core.motifs.library import DATA

ROOT = Path(__file__).resolve().parents[2]


def test_release_licence_and_citation_travel_with_the_data():
    release = jaspar_release()
    assert release.release == "JASPAR2026"
    assert release.n_motifs == len(jaspar()) == 1019
    assert release.licence == "CC BY 4.0"
    assert "10.1093/nar/gkaf1209" in release.citation
    assert "://" not in release.source and "pyjaspar" in release.source
    assert DATA.stat().st_size < 200_000


def test_it_loads_in_milliseconds():
    seconds = []
    for _ in range(5):
        jaspar.cache_clear()
        start = time.perf_counter()
        jaspar()
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.05  # about 0.002 on an idle machine; reading pyjaspar's database takes 3


def test_motifs_are_whole_and_read_only():
    for id, motif in jaspar().items():
        assert motif.id == id
        assert motif == Motif(motif.id, motif.name, motif.counts)  # the checks of a Motif made by hand
        assert not motif.counts.flags.writeable
    assert list(jaspar()) == sorted(jaspar())
    with pytest.raises(TypeError):
        jaspar()["MA0139.2"] = None


@pytest.mark.parametrize(("id", "name", "width", "core"), [
    ("MA0139.2", "CTCF", 15, "CCACCAGGGGGC"), ("MA0035.5", "GATA1", 7, "AGAT"), ("MA0004.1", "Arnt", 6, "CACGTG"),
])
def test_known_motifs_are_found_by_id(id, name, width, core):
    motif = find_motif(f" {id} ")
    assert (motif.id, motif.name, motif.width) == (id, name, width)
    both = motif.consensus + " " + motif.reverse_complement().consensus
    assert core in both


@pytest.mark.parametrize(("asked", "said"), [
    ("CTCF", "MA0139.2, MA1929.2, MA1930.2"),
    ("ctcf", "MA0139.2"),
    ("MA0139", r"It has MA0139 as MA0139.2 \(CTCF\)"),
    ("MA0139.1", r"MA0139.2 \(CTCF\)"),
    ("ma0139.2", "MA0139.2"),
    ("GATTA1", r"Did you mean MA0035.5 \(GATA1\)"),
    ("", "id and version"),
    ("<script>", "id and version"),
])
def test_anything_else_is_told_what_was_meant(asked, said):
    with pytest.raises(SeqVizError, match=said):
        find_motif(asked)


def test_the_bundle_is_what_pyjaspar_gives():
    pyjaspar = pytest.importorskip("pyjaspar")
    database = pyjaspar.jaspardb(release=jaspar_release().release)
    for id in ("MA0139.2", "MA0035.5", "MA0004.1", "MA0095.4", "MA1929.2", list(jaspar())[-1]):
        theirs = database.fetch_motif_by_id(id)
        assert theirs.name == jaspar()[id].name
        np.testing.assert_allclose(jaspar()[id].counts, [theirs.counts[base] for base in "ACGT"], rtol=1e-6)


def test_the_script_makes_the_file_that_is_bundled():
    pyjaspar = pytest.importorskip("pyjaspar")
    script = runpy.run_path(str(ROOT / "scripts" / "make_jaspar.py"))
    with np.load(DATA, allow_pickle=False) as bundled:
        packed = script["pack"](pyjaspar.jaspardb(release=jaspar_release().release))
        assert set(packed) == set(bundled.files)
        for key, array in packed.items():
            np.testing.assert_array_equal(bundled[key], array)
